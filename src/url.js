// The browser's URL parser, as the WebAssembly asks it.

/** Many pages have a variable named `URL`; none uses the browser's other name for the same class. */
export const BrowserURL = globalThis.webkitURL ?? globalThis.URL;

/** The normal form of a URL; undefined if it is none. */
export function parse(text, base) {
  try {
    return new BrowserURL(text, base).href;
  } catch {}
}

export function withParameter(href, name, value) {
  const url = new BrowserURL(href);
  url.searchParams.set(name, value);
  return url.href;
}

/** The parameters of a query: a name, its value, the next name and so on. */
export const pairs = (query) =>
  // URLSearchParams removes the first question mark: it must not be one of the query's own.
  [...new URLSearchParams(`?${query}`)].flat();

export function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {}
}
