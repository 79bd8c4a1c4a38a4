// FinqLink's launcher. It is compiled, never run.
import {
  createState,
  openFinqlink,
  type CallbackOptions,
  type CallbackResult,
  type LinkFlow,
} from 'link-widget';

import { modes } from './consumer.js';
import { same } from './same.js';

same<Parameters<typeof openFinqlink>, [string, CallbackOptions?]>(true);
for (const options of Object.values(modes)) openFinqlink('https://pages.example/x', options);

const callbackOptions: CallbackOptions = { ...modes.popup, state: createState(), returnUrl: '/callback' };
const finqlink = openFinqlink('https://pages.example/x', callbackOptions);
same<typeof finqlink, LinkFlow<CallbackResult>>(true);
same<ReturnType<typeof finqlink.close>, void>(true);
same<ReturnType<typeof finqlink.focus>, void>(true);
const promise: Promise<CallbackResult> = finqlink;
const { params, state, status, url } = await promise;
same<typeof params, Record<string, string>>(true);
same<typeof url, string>(true);
for (const text of [state, status]) same<typeof text, string | undefined>(true);
// @ts-expect-error a link is needed
openFinqlink();
// @ts-expect-error
openFinqlink('https://pages.example/x', { state: true });
