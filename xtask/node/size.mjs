import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/**
 * What arrives when this is served: as it is, and compressed as well as a server can.
 * @param {string | Uint8Array} content
 * @returns {{ raw: number, gzip: number, brotli: number }} in bytes
 */
export function sizes(content) {
  const bytes = Buffer.from(content);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return {
    raw: bytes.length,
    gzip: gzipSync(bytes, { level: 9 }).length,
    brotli: brotliCompressSync(bytes, { params }).length,
  };
}
