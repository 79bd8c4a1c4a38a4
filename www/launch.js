// How each provider's launcher is called. `code.js` prints the same description that `app.js` runs.
import { PROVIDERS } from './providers.js';

/** Where the provider sends the user back to. */
export function returnUrl(mode) {
  return new URL(mode === 'redirect' ? location.pathname : '/callback.html', location.origin).href;
}

/**
 * The call for a choice: the export's `name`, what its `first` argument is called in `launch`, the options
 * `given` by `launch`, and the page's `own`. `page`: what the URL of the provider's page is called in
 * `launch`, and the URL.
 */
export function describeLaunch({ provider, mode, scenario }, launch) {
  const { launcher, first, page, sendsBack, returnParam } = PROVIDERS[provider.id];
  const replaced = scenario.launch ?? {};
  const own = { mode };
  if (mode === 'container') own.container = '#bank';
  const leavesThePage = mode === 'popup' || mode === 'redirect';
  if (sendsBack || leavesThePage) own.returnUrl = returnUrl(mode);
  if (returnParam && leavesThePage) own.params = { [returnParam]: returnUrl(mode) };
  for (const [key, value] of Object.entries({ ...replaced, ...scenario.options?.() })) {
    if (key !== first) own[key] = value;
  }
  return {
    name: launcher,
    first: first && { name: first, value: replaced[first] ?? launch[first], replaced: first in replaced },
    given: Object.fromEntries(Object.entries(launch).filter(([key]) => key !== first && !(key in own))),
    own,
    page: { name: page, url: launch[page] },
  };
}

/** Calls the launcher. Synchronous, so that a popup opens within the click. */
export function open(widget, { name, first, given, own }, functions) {
  const options = { ...given, ...own, ...functions };
  return first ? widget[name](first.value, options) : widget[name](options);
}
