// The dialog and the container as people meet them: with a keyboard, a mouse, a screen reader.

const { origins, hosts, start, started, end, isPending, shadow, frame, say, until, snapshot, is } =
  window.kit;

export const cases = {
  async 'a modal dialog with a name, which the frame has too'() {
    const names = [];
    for (const title of [undefined, '', 'Link <b>your</b> bank']) {
      const { flow } = await started({ title });
      const dialog = shadow().querySelector('dialog');
      names.push(
        dialog.matches(':modal'),
        shadow().getElementById(dialog.getAttribute('aria-labelledby')).textContent,
        frame().title,
        shadow().querySelector('button').ariaLabel,
      );
      flow.close();
      await end(flow);
    }
    is(names, [
      true,
      'Connect your bank',
      'Connect your bank',
      'Close',
      true,
      'Connect your bank',
      'Connect your bank',
      'Close',
      true,
      'Link <b>your</b> bank',
      'Link <b>your</b> bank',
      'Close',
    ]);
  },

  async "a frame in a container has a name, and asks for what a bank's page may need"() {
    const { flow } = await started({ container: 'bank', title: 'My bank' });
    const { title, referrerPolicy, allow } = frame();
    flow.close();
    await end(flow);
    is(
      [title, referrerPolicy, allow],
      ['My bank', 'strict-origin', 'clipboard-write; fullscreen; publickey-credentials-get'],
    );
  },

  async 'it says that it is loading until the page has loaded'() {
    const said = [];
    for (const [key, options] of [
      ['one', {}],
      ['two', { container: 'bank' }],
    ]) {
      const flow = start({ ...options, authServer: `${origins.provider}/hold/saying-${key}` });
      const status = shadow().querySelector('[role=status]');
      said.push(status.textContent, getComputedStyle(status).display);
      fetch(`/release/saying-${key}`);
      await until(() => flow.events.some(({ type }) => type === 'load'));
      said.push(status.textContent, getComputedStyle(status).display);
      flow.close();
      await end(flow);
    }
    is(said, ['Loading…', 'grid', '', 'none', 'Loading…', 'grid', '', 'none']);
  },

  async "the page's own overflow comes back, also with flows that overlap"() {
    const { documentElement: root } = document;
    root.style.overflow = 'scroll';
    root.style.setProperty('scrollbar-gutter', 'auto');
    document.body.style.overflow = 'auto';
    scrollTo(0, 300);
    const before = JSON.stringify(snapshot());
    const seen = [];
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const flows = [(await started()).flow, (await started()).flow];
      seen.push(getComputedStyle(root).overflow);
      flows[order[0]].close();
      await end(flows[order[0]]);
      seen.push(getComputedStyle(root).overflow, hosts().length);
      flows[order[1]].close();
      await end(flows[order[1]]);
      seen.push(getComputedStyle(root).overflow, JSON.stringify(snapshot()) === before, scrollY);
    }
    root.removeAttribute('style');
    document.body.removeAttribute('style');
    scrollTo(0, 0);
    is(seen, ['hidden', 'hidden', 1, 'scroll', true, 300, 'hidden', 'hidden', 1, 'scroll', true, 300]);
  },

  async "the page's own style sheets stay, those that it adds meanwhile too"() {
    const mine = [new CSSStyleSheet(), new CSSStyleSheet()];
    document.adoptedStyleSheets = [mine[0]];
    const { flow } = await started();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, mine[1]];
    flow.close();
    await end(flow);
    const kept = document.adoptedStyleSheets.map((sheet) => mine.indexOf(sheet));
    document.adoptedStyleSheets = [];
    is(kept, [0, 1]);
  },

  async 'the focus goes back to where it was'() {
    const connect = document.getElementById('connect');
    const places = [];
    for (const how of ['close', 'success', 'failure']) {
      connect.focus();
      const { flow } = await started();
      if (how === 'close') flow.close();
      if (how === 'success') say({ isCompleted: true, consentID: 'arr_1' });
      if (how === 'failure') say({ isCompleted: false, error: 'no' });
      await end(flow);
      places.push(document.activeElement.id);
    }
    connect.blur();
    is(places, ['connect', 'connect', 'connect']);
  },

  async 'the focus goes back to where it was when flows that overlap have ended, in either order'() {
    const connect = document.getElementById('connect');
    const places = [];
    for (const order of [
      [1, 0],
      [0, 1],
    ]) {
      connect.focus();
      const flows = [(await started()).flow, (await started()).flow];
      for (const index of order) {
        flows[index].close();
        await end(flows[index]);
      }
      places.push(document.activeElement.id);
    }
    connect.blur();
    is(places, ['connect', 'connect']);
  },

  async 'what had the focus has left the page meanwhile'() {
    const button = document.body.appendChild(document.createElement('button'));
    button.focus({ preventScroll: true });
    const { flow } = await started();
    button.remove();
    flow.close();
    is([await end(flow), document.activeElement.localName], ['LINK_USER_CANCELLED', 'body']);
  },

  async "a script of the page's closes the dialog"() {
    const { flow } = await started();
    shadow().querySelector('dialog').close();
    const { flow: locked } = await started({ closeButton: false });
    shadow().querySelector('dialog').close();
    await until(() => shadow().querySelector('dialog').matches(':modal'));
    const pending = await isPending(locked);
    locked.close();
    is([await end(flow), pending, await end(locked)], ['LINK_USER_CANCELLED', true, 'LINK_USER_CANCELLED']);
  },
};
