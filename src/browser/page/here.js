// This page: where it is, and whether a person is on it.

export const address = () => location.href;
export const origin = () => location.origin;
export const base = () => document.baseURI;
export const hasFocus = () => document.hasFocus();

/** The element that a caller means by an id or a selector; undefined: the selector is not valid. */
export function find(name) {
  try {
    return document.getElementById(name) ?? document.querySelector(name);
  } catch {}
}
