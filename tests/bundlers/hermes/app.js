// React Native's engine, without React Native: an old one, which has neither URL, TextDecoder nor
// WebAssembly.
import { URL, URLSearchParams } from 'react-native-url-polyfill';
import * as widget from 'link-widget';
import * as csp from 'link-widget/csp';
import { ANSWERS, SOURCES_OF_SCRIPTS, asked } from './pure.js';

Object.assign(globalThis, { URL, URLSearchParams });

const told = JSON.stringify([asked(widget), asked(csp), widget.cspDirectives('fiskil')['script-src']]);
const wanted = JSON.stringify([ANSWERS, ANSWERS, SOURCES_OF_SCRIPTS]);
if (told !== wanted) throw new Error(`it says ${told}`);
