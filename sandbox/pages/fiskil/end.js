// How a consent page tells what came of it: to the window that embeds it, to the one that opened it, else by
// leaving.
import { byId, given, show } from '/assets/steps.js';

/** Carries out what the server decided. */
export function end({ message, returnUrl, strangerUrl, invalidSession }) {
  if (strangerUrl) return location.replace(strangerUrl);
  if (!message) return show('working');
  const listener = listeningWindow();
  if (listener) {
    // who may embed the page is the business of the provider's console, so the target is anybody
    listener.postMessage(message, '*');
    report({ to: listener === parent ? 'parent' : 'opener', message });
  } else if (returnUrl && (!invalidSession || given.plays)) {
    report({ to: 'url', url: returnUrl });
    return location.replace(returnUrl);
  }
  if (invalidSession && returnUrl && !listener) {
    byId('back-link').href = returnUrl;
    byId('back').hidden = false;
  }
  show(invalidSession ? 'invalid' : 'done');
}

/** The window that hears the answer, or null: nobody embeds the page, and no opener is left. */
function listeningWindow() {
  if (parent !== window) return parent;
  return opener && !opener.closed ? opener : null;
}

function report(what) {
  fetch('/consent/ended', {
    method: 'POST',
    keepalive: true,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(what),
  }).catch(() => {});
}
