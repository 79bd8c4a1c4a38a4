// UTF-8 for `require`: Jest's jsdom and React Native's older engines lack TextDecoder and TextEncoder, or
// have them from polyfills that lack encodeInto. Only what wasm-bindgen's glue calls, for the crate's
// strings, which are valid.

export class TextDecoder {
  decode(bytes = []) {
    return decodeURIComponent(Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
  }
}

export class TextEncoder {
  encodeInto(text, view) {
    // The flag `u` makes this match only unpaired surrogates.
    const escaped = encodeURIComponent(text.replace(/[\uD800-\uDFFF]/gu, '\uFFFD'));
    let written = 0;
    for (const [unit] of escaped.matchAll(/%..|./g)) {
      view[written++] = unit.length === 1 ? unit.charCodeAt(0) : parseInt(unit.slice(1), 16);
    }
    return { written };
  }
}
