// The widget's words in the languages that a page has imported.

const {
  origins,
  person,
  hosts,
  start,
  started,
  launch,
  end,
  shadow,
  frame,
  load,
  release,
  until,
  describeError,
  is,
} = window.kit;

export const cases = {
  async 'the words of an overlay: those of the option, of the page, of English'() {
    const words = async (options) => {
      const { flow } = await started(options);
      const [host] = hosts();
      const title = shadow().querySelector('h2');
      const said = [
        host.lang,
        title.textContent,
        title.lang,
        shadow().querySelector('button').ariaLabel,
        frame().title,
      ];
      flow.close();
      await end(flow);
      return said;
    };
    const before = await words({ locale: 'fr' });
    for (const lang of ['fr', 'sv']) await load(`/pkg/locales/${lang}.js`);
    const said = [
      before,
      await words({ locale: 'fr-CA' }),
      await words({ locale: 'de' }),
      await words({ locale: 'fr', title: 'My bank' }),
    ];
    const { lang } = document.documentElement;
    document.documentElement.lang = 'sv-FI';
    said.push(await words());
    // As many servers write it.
    document.documentElement.lang = 'sv_FI';
    said.push(await words());
    const described = describeError('LINK_TIMEOUT').message;
    document.documentElement.lang = lang;
    is(
      [...said, described],
      [
        ['en', 'Connect your bank', 'en', 'Close', 'Connect your bank'],
        ['fr', 'Connectez votre banque', 'fr', 'Fermer', 'Connectez votre banque'],
        ['en', 'Connect your bank', 'en', 'Close', 'Connect your bank'],
        ['fr', 'My bank', 'en', 'Fermer', 'My bank'],
        ['sv', 'Anslut din bank', 'sv', 'Stäng', 'Anslut din bank'],
        ['sv', 'Anslut din bank', 'sv', 'Stäng', 'Anslut din bank'],
        'Sessionen har gått ut. Försök igen.',
      ],
    );
  },

  async 'while it is loading'() {
    await load('/pkg/locales/ro.js');
    const flow = start({ container: 'bank', locale: 'ro', authServer: `${origins.provider}/hold/loading` });
    const said = shadow().querySelector('[role=status]').textContent;
    release('loading');
    flow.close();
    await end(flow);
    is(said, 'Se încarcă…');
  },

  async 'beside a popup'() {
    await load('/pkg/locales/fi.js');
    const { settled } = await person.connect(() => launch('finx', { mode: 'popup', locale: 'fi' }));
    const words = [...shadow().querySelectorAll('h2, p, button')];
    is(
      words.map(({ ariaLabel, textContent }) => ariaLabel ?? textContent),
      ['Sulje', 'Yhdistä pankkisi', 'Jatka toisessa ikkunassa.', 'Näytä ikkuna', 'Peruuta'],
    );
    await person.clickDialogButton('Peruuta');
    await until(() => settled.length > 0);
    is(settled[0].code, 'LINK_USER_CANCELLED');
  },
};
