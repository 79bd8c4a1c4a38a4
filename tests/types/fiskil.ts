// Fiskil's launcher. It is compiled, never run.
import { createState, link, type FiskilOptions, type FiskilResult, type LinkFlow } from 'link-widget';

import { modes } from './consumer.js';
import { same } from './same.js';

same<Parameters<typeof link>, [string, FiskilOptions?]>(true);
for (const options of Object.values(modes)) link('session', options);

const fiskilOptions: FiskilOptions = { ...modes.popup, authServer: 'https://auth.staging.example' };
const fiskil = link('session', fiskilOptions);
same<typeof fiskil, LinkFlow<FiskilResult>>(true);
same<Awaited<typeof fiskil>, FiskilResult>(true);
same<FiskilResult['consentID'], string | undefined>(true);
same<FiskilResult['redirectURL'], string | undefined>(true);
link('session', { onEvent: async () => {} });
// @ts-expect-error a session is needed
link();
// @ts-expect-error and it is a text
link(5);
// @ts-expect-error a flow is not extended
fiskil.open();
// @ts-expect-error Fiskil gives no state back
link('session', { state: createState() });
