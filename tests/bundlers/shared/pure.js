// What needs no page, asked in every engine: texts alone, which compare alike in all of them.

export const asked = ({ cspDirectives, describeError, parseCallback, parseMessage, scaQueryString }) => [
  parseMessage('flinks', JSON.stringify({ step: 'REDIRECT', loginId: 'l', institution: 'Zürcher 🏦' })).result
    .institution,
  parseMessage('fiskil', { isCompleted: true, consentID: 'c' }).kind,
  parseCallback('finx', 'https://shop.example/callback?code=c%C3%A9&state=s').result.code,
  scaQueryString('https://shop.example/callback?code=c&state=s').state,
  describeError('LINK_TIMEOUT').message,
  cspDirectives('fiskil')['frame-src'][0],
];

export const ANSWERS = [
  'Zürcher 🏦',
  'completed',
  'cé',
  's',
  'The session timed out. Please try again.',
  'https://auth.fiskil.com',
];

/**
 * What a server says that a page must allow: the page is in a browser, and has the WebAssembly of the default
 * entry.
 */
export const SOURCES_OF_SCRIPTS = ["'wasm-unsafe-eval'"];
