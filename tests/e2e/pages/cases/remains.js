// What flows leave behind: nothing, however many there were, however they ended, whatever the page did
// meanwhile.

const { origins, timers, hosts, start, launch, started, end, isPending, types, say, embed, until, is } =
  window.kit;

export const cases = {
  async 'the page takes the container away, and closes the flow'() {
    const told = [];
    for (const how of ['remove', 'replaceChildren', 'innerText']) {
      const place = document.getElementById('bank').appendChild(document.createElement('section'));
      const { flow } = await started({ container: place });
      if (how === 'remove') place.remove();
      else if (how === 'replaceChildren') place.replaceChildren();
      // biome-ignore lint/performance/useDomNodeTextContent: what pages do
      else place.innerText = '';
      const pending = await isPending(flow);
      flow.focus();
      flow.close();
      told.push(pending, await end(flow));
      place.remove();
    }
    is(told, [true, 'LINK_USER_CANCELLED', true, 'LINK_USER_CANCELLED', true, 'LINK_USER_CANCELLED']);
  },

  async 'the page takes the container away, and the time of the flow runs out'() {
    const place = document.getElementById('bank').appendChild(document.createElement('section'));
    const { flow } = await started({ container: place });
    place.remove();
    [...timers.values()].find(({ ms }) => ms === 600_000).fire();
    is([await end(flow), place.childElementCount], ['LINK_TIMEOUT', 0]);
  },

  async 'the page moves the container: the frame loads again, and is heard'() {
    const place = document.getElementById('bank').appendChild(document.createElement('section'));
    const { flow } = await started({ container: place });
    document.querySelector('main').prepend(place);
    await until(() => types(flow).filter((type) => type === 'load').length === 2);
    say({ isCompleted: true, consentID: 'arr_1' });
    const ended = await end(flow);
    place.remove();
    is([ended, types(flow)], ['completed', ['open', 'load', 'load', 'completed']]);
  },

  async "a script takes the dialog's host away"() {
    const { flow } = await started();
    hosts()[0].remove();
    const pending = await isPending(flow);
    flow.close();
    is(
      [pending, await end(flow), getComputedStyle(document.documentElement).overflow],
      [true, 'LINK_USER_CANCELLED', 'visible'],
    );
  },

  async 'close() inside a message: before the flow has heard it, and after'() {
    const told = [];
    for (const options of [{}, { container: 'bank' }]) {
      let flow;
      const close = ({ data }) => {
        if (data.isCompleted) flow.close();
      };
      addEventListener('message', close);
      ({ flow } = await started(options));
      say({ isCompleted: true, consentID: 'arr_1' });
      told.push(await end(flow), hosts().length);
      removeEventListener('message', close);
      ({ flow } = await started(options));
      addEventListener('message', close);
      say({ isCompleted: true, consentID: 'arr_1' });
      told.push(await end(flow), hosts().length);
      removeEventListener('message', close);
    }
    is(told, ['LINK_USER_CANCELLED', 0, 'completed', 0, 'LINK_USER_CANCELLED', 0, 'completed', 0]);
  },

  async 'a flow that is opened in onEvent of another, and in its end'() {
    const opened = [];
    const { flow } = await started({
      onEvent({ type }) {
        if (type === 'settled') opened.push(start());
      },
    });
    flow.close();
    await end(flow);
    opened.push(start({ container: 'bank' }));
    const pending = await Promise.all(opened.map(isPending));
    for (const other of opened) {
      other.close();
      await end(other);
    }
    is([pending, hosts().length], [[true, true], 0]);
  },

  async 'a dialog that is opened from inside a shadow tree gives the focus back into it'() {
    const host = document.querySelector('main').appendChild(document.createElement('div'));
    const button = host.attachShadow({ mode: 'open' }).appendChild(document.createElement('button'));
    button.focus({ preventScroll: true });
    const told = [];
    for (const how of ['close', 'success']) {
      const { flow } = await started();
      told.push(host.shadowRoot.activeElement === button);
      if (how === 'close') flow.close();
      else say({ isCompleted: true, consentID: 'arr_1' });
      await end(flow);
      told.push(host.shadowRoot.activeElement === button);
    }
    host.remove();
    is(told, [false, true, false, true]);
  },

  async "inside a dialog of the page's own, over it and in it"() {
    const dialog = document.body.appendChild(document.createElement('dialog'));
    const button = dialog.appendChild(document.createElement('button'));
    const place = dialog.appendChild(document.createElement('div'));
    dialog.showModal();
    const told = [];
    for (const options of [{}, { container: place }]) {
      button.focus();
      const { flow } = await started(options);
      told.push(dialog.open, place.contains(hosts()[0]), hosts()[0].getRootNode() === document);
      flow.focus();
      told.push(document.activeElement === hosts()[0]);
      if (options.container) button.focus();
      say({ isCompleted: true, consentID: 'arr_1' });
      told.push(await end(flow), dialog.matches(':modal'), document.activeElement === button);
    }
    dialog.remove();
    is(told, [
      true,
      false,
      true,
      true,
      'completed',
      true,
      true,
      true,
      true,
      true,
      true,
      'completed',
      true,
      true,
    ]);
  },

  async 'close() in onEvent, of every type, in every mode beside the page'() {
    const brings = {
      open() {},
      load() {},
      step: () => say({ step: 'APP_MOUNTED' }),
      'foreign-message': async () => say({}, await embed(origins.attacker)),
      settled: () => say({ step: 'REDIRECT', loginId: '1' }),
    };
    for (const mode of [{ mode: 'overlay' }, { container: 'bank' }]) {
      for (const [wanted, bring] of Object.entries(brings)) {
        let closed = 0;
        const onEvent = ({ type }) => {
          if (type !== wanted) return;
          closed += 1;
          flow.close();
        };
        const flow = launch('flinks', { ...mode, onEvent });
        if (wanted !== 'open') await until(() => types(flow).includes('load'));
        await bring();
        const ended = wanted === 'settled' ? 'completed' : 'LINK_USER_CANCELLED';
        is([wanted, await end(flow), closed, hosts().length], [wanted, ended, 1, 0]);
      }
    }
  },
};
