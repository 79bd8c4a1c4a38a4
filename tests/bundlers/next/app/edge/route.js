// The edge runtime compiles no WebAssembly from bytes.
import * as widget from 'link-widget';
import { ANSWERS, SOURCES_OF_SCRIPTS, asked } from '../../pure.js';

export const runtime = 'edge';

export function GET() {
  const told = JSON.stringify([asked(widget), widget.cspDirectives('fiskil')['script-src']]);
  const wanted = JSON.stringify([ANSWERS, SOURCES_OF_SCRIPTS]);
  return new Response(told === wanted ? 'as wanted' : told);
}
