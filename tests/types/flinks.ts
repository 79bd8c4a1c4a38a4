// Flinks' launcher. It is compiled, never run.
import { openFlinks, type FlinksOptions, type FlinksResult, type LinkFlow } from 'link-widget';

import { modes } from './consumer.js';
import { same } from './same.js';

same<Parameters<typeof openFlinks>, [FlinksOptions]>(true);
for (const options of Object.values(modes)) openFlinks(options);

const flinksOptions: FlinksOptions = {
  ...modes.overlay,
  instance: 'toolbox',
  url: undefined,
  authorizeToken: 'token',
  getAuthorizeToken: async () => 'token',
  language: 'fr',
  params: { demo: true, tag: 'x', days: 90 },
};
const flinks = openFlinks(flinksOptions);
same<typeof flinks, LinkFlow<FlinksResult>>(true);
openFlinks({ url: 'https://x-iframe.private.fin.ag/v2/' });
const { loginId, accountIds, institution, requestId, tag, url: flinksUrl } = await flinks;
same<typeof loginId, string>(true);
same<typeof accountIds, string[] | undefined>(true);
for (const text of [institution, requestId, tag, flinksUrl]) same<typeof text, string | undefined>(true);
// @ts-expect-error there is nothing to open without options
openFlinks();
// @ts-expect-error
openFlinks('toolbox');
// @ts-expect-error
openFlinks({ instance: 'toolbox', language: 'de' });
// @ts-expect-error
openFlinks({ instance: 'toolbox', params: { list: ['a'] } });
// @ts-expect-error
openFlinks({ instance: 'toolbox', params: { nothing: null } });
// @ts-expect-error a promise of a token
openFlinks({ instance: 'toolbox', getAuthorizeToken: () => 'token' });
// @ts-expect-error a promise of a text
openFlinks({ instance: 'toolbox', getAuthorizeToken: async () => 5 });
