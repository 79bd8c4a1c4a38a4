// The options of flows that leave the page, or that only providers beside Fiskil have.
import { invalid, isString, read } from './stage.js';
import { TOKEN } from './told.js';

const RETURN_URL = "a URL of this page's own origin";

/** The page that the provider sends the user back to: one of this origin. */
function ownUrl(text) {
  try {
    const url = new URL(text, document.baseURI);
    if (url.origin === location.origin && !url.username) return url.href;
  } catch {}
  throw invalid('returnUrl', RETURN_URL);
}

/** Asks the caller for a token. Whatever goes wrong is no token. */
async function answer(renew, tell) {
  let token;
  try {
    token = await renew();
  } catch {}
  if (isString(token)) tell(TOKEN, 1, token);
  else tell(TOKEN);
}

/** Checks them. Throws the parts of a LinkError. */
export function checkAway(options) {
  const returnUrl = read(options, 'returnUrl', isString, RETURN_URL);
  const renew = read(options, 'getAuthorizeToken', (value) => typeof value === 'function', 'a function that gives a promise of a string');
  return {
    // A window of another origin lets nobody ask what it is an instance of.
    window: read(options, 'window', (value) => value?.window === value, 'a Window'),
    renewToken: renew && ((tell) => answer(renew, tell)),
    state: read(options, 'state', isString, 'a string, as createState() gives it'),
    returnUrl: returnUrl && ownUrl(returnUrl),
    timeoutMs: read(options, 'timeoutMs', (value) => typeof value === 'number' && value >= 0, 'a number of milliseconds, 0 or more; 0 and Infinity mean no limit') ?? 600000,
  };
}
