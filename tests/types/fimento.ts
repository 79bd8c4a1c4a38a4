// Fimento's launcher, and what embeds its tool. It is compiled, never run.
import { embedFimento, openFimento, type openFinqlink, type Embed, type EmbedOptions } from 'link-widget';

import { modes } from './consumer.js';
import { same } from './same.js';

// all that finqlink.ts says of the other one
same<typeof openFimento, typeof openFinqlink>(true);
for (const options of Object.values(modes)) openFimento('https://pages.example/x', options);
// @ts-expect-error a link is needed
openFimento(undefined);
// @ts-expect-error a token is asked for by Flinks only
openFimento('https://pages.example/x', { getAuthorizeToken: async () => 'token' });
// @ts-expect-error what is awaited is the result, without the controller
(await openFimento('https://pages.example/x')).close();

same<Parameters<typeof embedFimento>, [string, EmbedOptions]>(true);
const embedOptions: EmbedOptions = {
  container: '#tool',
  title: 'Insights',
  onEvent: (event) => void event.elapsedMs,
  loadTimeoutMs: 0,
};
const embed: Embed = embedFimento('https://pages.example/x', embedOptions);
same<typeof embed.ready, Promise<void>>(true);
same<ReturnType<typeof embed.close>, void>(true);
embedFimento('https://pages.example/x', { container: document.body });
// @ts-expect-error an element is needed
embedFimento('https://pages.example/x');
// @ts-expect-error an element is needed
embedFimento('https://pages.example/x', { title: 'Insights' });
// @ts-expect-error it has one place to be
embedFimento('https://pages.example/x', { container: '#tool', mode: 'popup' });
// @ts-expect-error it stays until it is closed
embedFimento('https://pages.example/x', { container: '#tool', timeoutMs: 5 });
// @ts-expect-error it has no outcome
embed.then(() => {});
// @ts-expect-error
embed.ready = Promise.resolve();
