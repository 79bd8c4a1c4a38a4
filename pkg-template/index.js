// What the package exports. Importing it does nothing: no page is looked at, nothing is compiled.
export { completeCallback, createState, resume } from './back.js';
export * from './embed.js';
export { LinkError, describeError } from './errors.js';
export { cspDirectives, parseCallback, parseMessage, scaQueryString } from './parse.js';
export { preload } from './preload.js';
export * from 'link-widget:launchers';
