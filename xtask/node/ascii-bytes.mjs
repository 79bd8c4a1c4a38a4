/**
 * Bytes as a string of printable ASCII, with a decoder of a few lines.
 *
 * What counts is the size after compression: base64 hides the repetitions that WebAssembly is full of. Here
 * each byte keeps its place: a printable one stands for itself, the 32 control bytes trade places with the
 * printable ones that the bytes use least, and the rest take a prefix that turns bit 7, bit 6 or both: `A` is
 * the byte 0x41, `~A` 0xC1. ASCII, because many bundlers write four characters for any other one.
 */

const TURN_BIT_7 = '~';
const TURN_BIT_6 = '}';
/** Never used: what ends or escapes a string, and what begins a tag that ends a script. */
const UNUSED = '"\\<';

/** The characters that stand for the bytes 0 to 31: the rarest that leave two ways to write any byte. */
function standIns(bytes) {
  const count = new Array(256).fill(0);
  for (const byte of bytes) count[byte]++;
  const all = Array.from({ length: 128 }, (_, byte) => byte);
  const singles = new Set(all.slice(0, 127));
  for (const char of UNUSED + TURN_BIT_7 + TURN_BIT_6) singles.delete(char.charCodeAt(0));
  const printable = [...singles].filter((byte) => byte >= 32).sort((a, b) => count[a] - count[b]);
  const isEncodable = (byte) => singles.has(byte) || singles.has(byte ^ 64);
  const chosen = [];
  for (const byte of printable) {
    if (chosen.length === 32) break;
    singles.delete(byte);
    if (all.every(isEncodable)) chosen.push(byte);
    else singles.add(byte);
  }
  return String.fromCharCode(...chosen.sort((a, b) => a - b));
}

/**
 * @param {Uint8Array} bytes
 * @returns {{ text: string, module: string }} the bytes as text, and a JavaScript module around it whose
 * default export is a function that returns the bytes
 */
export function encode(bytes) {
  const controls = standIns(bytes);
  const singles = new Map([...controls].map((char, byte) => [byte, char]));
  for (let byte = 32; byte < 127; byte++) {
    const char = String.fromCharCode(byte);
    if (!(UNUSED + TURN_BIT_7 + TURN_BIT_6 + controls).includes(char)) singles.set(byte, char);
  }
  /** @type {[number, string][]} */
  const prefixes = [
    [0, ''],
    [128, TURN_BIT_7],
    [64, TURN_BIT_6],
    [192, TURN_BIT_7 + TURN_BIT_6],
  ];
  const encoded = Array.from({ length: 256 }, (_, byte) => {
    // one of them does: see `standIns`
    const [bits, prefix] = prefixes.find(([bits]) => singles.has(byte ^ bits)) ?? [0, ''];
    return prefix + singles.get(byte ^ bits);
  });
  const text = Array.from(bytes, (byte) => encoded[byte]).join('');
  // By tables and numbers: what a first call waits for runs before any compiler has looked at it.
  const module = `export default function bytes() {
  const text = "${text}";
  const controls = "${controls}";
  const values = new Uint8Array(128).map((_, code) => code);
  for (let byte = 0; byte < 32; byte++) values[controls.charCodeAt(byte)] = byte;
  const decoded = new Uint8Array(${bytes.length});
  let length = 0;
  let bits = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === ${TURN_BIT_7.charCodeAt(0)}) bits = 128;
    else if (code === ${TURN_BIT_6.charCodeAt(0)}) bits ^= 64;
    else {
      decoded[length++] = bits ^ values[code];
      bits = 0;
    }
  }
  return decoded;
}`;
  return { text, module };
}
