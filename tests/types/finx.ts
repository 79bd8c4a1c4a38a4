// finX's launcher. It is compiled, never run.
import { createState, openFinx, type FinxOptions, type FinxResult, type LinkFlow } from 'link-widget';

import { modes } from './consumer.js';
import { same } from './same.js';

same<Parameters<typeof openFinx>, [string, FinxOptions?]>(true);
for (const options of Object.values(modes)) openFinx('https://pages.example/x', options);

const finxOptions: FinxOptions = { ...modes.redirect, state: createState() };
const finx = openFinx('https://pages.example/x', finxOptions);
same<typeof finx, LinkFlow<FinxResult>>(true);
const { code, state, flowId, location: returnedTo } = await finx;
// A payment has none.
for (const text of [code, state, flowId, returnedTo]) same<typeof text, string | undefined>(true);
// @ts-expect-error the page to open is needed
openFinx();
// @ts-expect-error a text, not a Location
openFinx(location);
// @ts-expect-error
openFinx('https://pages.example/x', { state: 5 });
