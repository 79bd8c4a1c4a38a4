// What a caller gives, checked. All of it throws the parts of a LinkError.
import { RETURN_URL, ownUrl } from '../src/browser/callback.js';
import { isString, read } from '../src/browser/stage.js';

export const AN_URL = 'a string: an https URL';
const A_DURATION = 'a number of milliseconds, 0 or more; 0 and Infinity mean no limit';

/** The texts that decide something, by what each takes. */
const TEXTS = { allowedOrigin: 'one https origin without a path, such as https://auth.fiskil.com', state: 'a string, as createState() gives it' };
const TEXTS_OF = { fiskil: { authServer: AN_URL }, flinks: { instance: 'a string', url: AN_URL } };

export const isFunction = (value) => typeof value === 'function';

/** Throws where there is no page. */
export function needPage() {
  if (typeof document === 'undefined') throw { code: 'LINK_UNSUPPORTED', message: 'This needs a page: call it in a browser, not on a server.' };
}

/** A limit in milliseconds. */
export const limit = (options, name, otherwise) => read(options, name, (value) => typeof value === 'number' && value >= 0, A_DURATION) ?? otherwise;

/** The parameters of Flinks' URL, as texts. */
function params(options) {
  const texts = Object.create(null);
  const isText = (name, value) => /^(string|number|boolean)$/.test(typeof value) && ((texts[name] = `${value}`), true);
  read(options, 'params', (value) => typeof value === 'object' && Object.entries(value).every(([name, text]) => isText(name, text)), 'an object of strings, numbers and booleans');
  for (const [name, takes] of [['authorizeToken', 'a string'], ['language', "'en' or 'fr'"]]) {
    const text = read(options, name, isString, takes);
    if (text !== undefined) texts[name] = text;
  }
  return texts;
}

/** What the WebAssembly reads: the provider's own, and the options that decide something. */
export function given(provider, subject, options) {
  const checked = { subject };
  const texts = { ...TEXTS, ...TEXTS_OF[provider] };
  for (const name of Object.keys(texts)) checked[name] = read(options, name, isString, texts[name]);
  const returnUrl = read(options, 'returnUrl', isString, RETURN_URL);
  if (returnUrl !== undefined) checked.returnUrl = ownUrl(returnUrl);
  if (provider === 'flinks') checked.params = params(options);
  return checked;
}
