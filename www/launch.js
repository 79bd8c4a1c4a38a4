// How each provider's launcher is called. `code.js` prints the same description that `app.js` runs.

const LAUNCHERS = {
  fiskil: { name: 'link', first: 'sessionId' },
  flinks: { name: 'openFlinks' },
  finx: { name: 'openFinx', first: 'location' },
  finqlink: { name: 'openFinqlink', first: 'url', returnUrl: true },
  fimento: { name: 'openFimento', first: 'consentLink', returnUrl: true },
};

// Mistakes that a page makes by itself, for the scenarios that show what then happens.
const MISTAKES = {
  LINK_NOT_FOUND: { container: '#not-on-this-page' },
  LINK_INVALID_OPTIONS: { timeoutMs: -1 },
};

/** Where the provider sends the user back to. */
export function returnUrl(mode) {
  const page = new URL(mode === 'redirect' ? location.pathname : '/callback.html', location.origin);
  return page.href;
}

/** `{ name, first, given, own }`: the export to call, its first argument's name in `launch`, the names of the options
 *  that come from `launch`, and the options that this page adds. */
export function describeLaunch({ provider, mode, scenario }, launch) {
  const { name, first, returnUrl: returns } = LAUNCHERS[provider.id];
  const own = { mode };
  if (mode === 'container') own.container = '#bank';
  if (returns) own.returnUrl = returnUrl(mode);
  if (provider.id === 'flinks' && (mode === 'popup' || mode === 'redirect')) own.params = { redirectUrl: returnUrl(mode) };
  for (const [option, value] of Object.entries(MISTAKES[scenario.expect] ?? {})) {
    if (!(option in launch)) own[option] = value;
  }
  return { name, first, given: Object.keys(launch).filter((key) => key !== first), own };
}

/** Calls the launcher. Synchronous, so that a popup opens within the click. */
export function open(widget, description, launch, functions) {
  const { name, first, given, own } = description;
  const options = { ...own, ...Object.fromEntries(given.map((key) => [key, launch[key]])), ...functions };
  return first ? widget[name](launch[first], options) : widget[name](options);
}
