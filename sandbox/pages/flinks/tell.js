// How Flinks Connect tells what happens: to the window that embeds it, to the one that opened it, or with
// `webview` to the app that shows it; and at the end by leaving.
import { given } from '/assets/steps.js';

// So that whoever listens sees a played flow as a sequence.
const PAUSE_MS = 30;

/** Posts the events, in order. */
export async function tell(events) {
  const app = given.webview ? listeningApp() : undefined;
  const listener = listeningWindow();
  for (const event of events) {
    // React Native takes texts alone
    if (app) app.postMessage(JSON.stringify(event));
    // who may embed the page is the business of the provider's dashboard, so the target is anybody
    else listener?.postMessage(given.stringify ? JSON.stringify(event) : event, '*');
    if (given.plays) await new Promise((wake) => setTimeout(wake, PAUSE_MS));
  }
  const to = app ? 'app' : listener === parent ? 'parent' : listener ? 'opener' : 'nobody';
  if (events.length > 0) report({ to, messages: events });
}

/** What React Native, or an app for iOS, hears the events by. */
function listeningApp() {
  const { ReactNativeWebView, webkit } = /** @type {any} */ (window);
  return ReactNativeWebView ?? webkit?.messageHandlers?.flinksEvent;
}

/** Goes where the person is sent at the end: by default with the whole tab, also out of a frame. */
export function leave({ url, inside, alone }) {
  if (alone && listeningWindow()) return;
  report({ url });
  if (parent === window || inside) return location.replace(url);
  try {
    /** @type {Window} */ (top).location.href = url;
  } catch {
    // a browser lets a frame take its tab along only in a click of the person's
  }
}

/** The window that hears the events, or null: nobody embeds the page, and no opener is left. */
function listeningWindow() {
  if (parent !== window) return parent;
  return opener && !opener.closed ? opener : null;
}

function report(what) {
  fetch('/v2/said', {
    method: 'POST',
    keepalive: true,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(what),
  }).catch(() => {});
}
