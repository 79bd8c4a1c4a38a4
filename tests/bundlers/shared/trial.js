// What a page with a router has for the person before it. Its address says when it calls resume():
// /vue/effect/back
import { openFinx, resume } from 'link-widget';

const folder = () => location.pathname.replace(/\/[^/]*$/, '');

/** The folder that the page has to itself. */
export const base = globalThis.location && folder();

/** What each call of resume() gave. */
export const answers = [];
if (globalThis.window) {
  window.answers = answers;
  window.leave = () => {
    const bank = location.origin.replace('127.0.0.1', 'localhost');
    openFinx(`${bank}/?token=1`, { mode: 'redirect', state: 'STATE', returnUrl: `${folder()}/back` }).catch(
      () => {},
    );
  };
}

/** Calls resume(), if this is the time. */
export function now(moment) {
  if (!globalThis.window || !location.pathname.endsWith(`/${moment}/back`)) return;
  resume().then(
    (answer) => answers.push(answer?.result.code ?? answer),
    (error) => answers.push(error.code),
  );
}
