// Errors and their words: all of the package that works where WebAssembly is refused.
import codes from 'link-widget:codes';

export class LinkError extends Error {
  name = 'LinkError';

  constructor({ code, message, provider, details }) {
    super(message);
    this.code = code;
    if (provider !== undefined) this.provider = provider;
    if (details !== undefined) this.details = details;
  }
}

export function describeError(code) {
  return { ...codes[Object.hasOwn(codes, code) ? code : 'LINK_INTERNAL_ERROR'] };
}
