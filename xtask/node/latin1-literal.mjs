/**
 * Bytes as a JavaScript string literal with one character a byte, in as few bytes of UTF-8 as the language allows.
 *
 * Base64 would be a third longer, and hides from compression the repetitions that WebAssembly is full of.
 *
 * @param {Uint8Array} bytes
 * @returns {string} a literal that is also safe inside an HTML `<script>`
 */
export function latin1Literal(bytes) {
  const text = Buffer.from(bytes).toString("latin1");
  const count = (quote) => text.split(quote).length;
  const quote = count('"') <= count("'") ? '"' : "'";
  const body = text.replace(/[\0\n\r\\'"]|<(?=\/script)|<(?=!--)/gi, (character, at) => {
    switch (character) {
      case "\0":
        // `\0` before a digit would be an octal escape
        return /[0-9]/.test(text[at + 1] ?? "") ? "\\x00" : "\\0";
      case "\n":
        return "\\n";
      case "\r":
        return "\\r";
      case "\\":
        return "\\\\";
      case "<":
        return "\\x3c";
      default:
        return character === quote ? `\\${character}` : character;
    }
  });
  return quote + body + quote;
}
