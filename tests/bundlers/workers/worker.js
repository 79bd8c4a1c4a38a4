// Cloudflare's runtime compiles no WebAssembly from bytes.
import * as widget from 'link-widget';
import * as csp from 'link-widget/csp';
import 'link-widget/element';
import 'link-widget/locales/fr';
import { linkStore } from 'link-widget/svelte';
import { ANSWERS, SOURCES_OF_SCRIPTS, asked } from './pure.js';

function check(name, told, wanted) {
  if (JSON.stringify(told) !== JSON.stringify(wanted)) throw new Error(`${name}: ${JSON.stringify(told)}`);
}

export default {
  async test() {
    check('link-widget', asked(widget), ANSWERS);
    check('link-widget/csp', asked(csp), ANSWERS);
    check('what a page must allow', widget.cspDirectives('fiskil')['script-src'], SOURCES_OF_SCRIPTS);
    check(
      'another language',
      widget.describeError('LINK_TIMEOUT', 'fr').message,
      'La session a expiré. Veuillez réessayer.',
    );
    let state;
    const store = linkStore(widget.link);
    store.subscribe((told) => (state = told));
    await store.start('session');
    check('a flow without a page', state.error.code, 'LINK_UNSUPPORTED');
    check('its error', state.error.cause instanceof widget.LinkError, true);
  },
};
