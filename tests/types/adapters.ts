// What a user of the entries for frameworks may write, and what the compiler must refuse. It is compiled,
// never run.
import {
  type FinxResult,
  type FlinksOptions,
  type FiskilResult,
  type LinkError,
  type LinkErrorCode,
  type LastStep,
  type LinkEvent,
  link,
  openFinx,
  openFlinks,
} from 'link-widget';
import type { link as linkCsp } from 'link-widget/csp';
import 'link-widget/locales/fr';
import type { LinkWidgetElement } from 'link-widget/element';
import { type Launcher, type LinkFailure, type LinkStatus, useLink } from 'link-widget/react';
import { type LinkStore, linkStore } from 'link-widget/svelte';
import { useLink as useLinkInVue } from 'link-widget/vue';
import { init, type link as linkWasm } from 'link-widget/wasm';
import type { Ref } from 'vue';

import { same } from './same.js';

// ------------------------------------------------------------ React

const bank = useLink();
same<typeof bank.status, 'idle' | 'linking' | 'success' | 'error'>(true);
same<typeof bank.result, FiskilResult | null>(true);
same<typeof bank.error, LinkFailure | null>(true);
same<typeof bank.lastStep, LastStep | null>(true);
same<typeof bank.event, LinkEvent | null>(true);
same<ReturnType<typeof bank.start>, Promise<FiskilResult | null>>(true);
same<ReturnType<typeof bank.cancel>, void>(true);
same<LinkFailure, { code: LinkErrorCode; message: string; cause: LinkError }>(true);
bank.start('session');
bank.start('session', { mode: 'popup', locale: 'fr' });
// @ts-expect-error a session is needed
bank.start();
// @ts-expect-error and it is a text
bank.start(5);
// @ts-expect-error as the launcher has them
bank.start('session', { mode: 'sideways' });

const finx = useLink(openFinx);
same<typeof finx.result, FinxResult | null>(true);
useLink(openFlinks).start({ url: 'https://pages.example/v2/' });
// @ts-expect-error its options come alone
useLink(openFlinks).start('session', {});
const own = useLink((session: string) => link(session, { mode: 'container', container: '#bank' }));
own.start('session');
same<typeof own.result, FiskilResult | null>(true);
useLink((id, options) => link(id, { ...options, title: 'Your bank' })).start('session');
const tagged = useLink((id: string, options: FlinksOptions | undefined) =>
  openFlinks({ ...options, params: { tag: id } }),
);
tagged.start('session');
tagged.start('session', { language: 'fr' });
// @ts-expect-error as the launcher has them
tagged.start('session', { language: 'de' });
export function useMine<L extends Launcher>(launcher: L) {
  const { start } = useLink(launcher);
  return (...given: Parameters<L>) => start(...given);
}
// @ts-expect-error no launcher
useLink('session');
// @ts-expect-error nor what gives no flow
useLink((session: string) => session);

// ------------------------------------------------------------ Vue

const inVue = useLinkInVue();
same<typeof inVue.status, Ref<LinkStatus>>(true);
same<typeof inVue.result, Ref<FiskilResult | null>>(true);
same<typeof inVue.error, Ref<LinkFailure | null>>(true);
same<typeof inVue.event, Ref<LinkEvent | null>>(true);
same<typeof inVue.start, typeof bank.start>(true);
const { result } = useLinkInVue(openFinx);
same<typeof result.value, FinxResult | null>(true);
// @ts-expect-error
useLinkInVue('session');

// ------------------------------------------------------------ Svelte

const store = linkStore();
same<typeof store, LinkStore<typeof link>>(true);
const away: () => void = store.subscribe(({ status, result, error, event }) => {
  same<typeof status, LinkStatus>(true);
  same<typeof result, FiskilResult | null>(true);
  same<typeof error, LinkFailure | null>(true);
  same<typeof event, LinkEvent | null>(true);
});
away();
linkStore(openFinx).subscribe(({ result }) => same<typeof result, FinxResult | null>(true));
// @ts-expect-error
store.set({});

// ------------------------------------------------------------ <link-widget>

const element = document.createElement('link-widget');
same<typeof element, LinkWidgetElement>(true);
element.options = { timeoutMs: 5, authServer: 'https://auth.staging.example' };
const typed: FlinksOptions = { instance: 'toolbox' };
element.options = typed;
// @ts-expect-error
element.options = { timeoutMs: '5' };
element.cancel();
element.addEventListener('link-event', ({ detail }) => same<typeof detail, LinkEvent>(true));
element.addEventListener('link-error', ({ detail }) => same<typeof detail, LinkFailure>(true));
element.addEventListener('link-cancel', ({ detail }) => same<typeof detail, LastStep | null>(true));
element.addEventListener('link-success', ({ detail }) => {
  if ('consentID' in detail) same<typeof detail, FiskilResult>(true);
});

// ------------------------------------------------------------ a separate .wasm, and none

same<typeof linkWasm, typeof link>(true);
same<typeof linkCsp, typeof link>(true);
same<ReturnType<typeof init>, Promise<void>>(true);
init('/link-widget.wasm');
init(new URL('https://cdn.example/link-widget.wasm'));
init(fetch('/link-widget.wasm'));
init(new Uint8Array());
init(new ArrayBuffer(8));
// @ts-expect-error
init();
// @ts-expect-error (a number is none either, but TypeScript takes anything for a WebAssembly.Module)
init(null);
