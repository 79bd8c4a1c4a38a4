// The declarations of `link-widget/all` against the contract, and against those of `link-widget`. Compiled, never run.
import * as all from 'link-widget/all';
import * as index from 'link-widget';
import type * as contract from './contract.js';

/** Compiles where `A` and `B` are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Written out, member of a union by member: an intersection becomes the record that it stands for. */
type Flat<T> = T extends unknown ? { [K in keyof T]: T[K] } : never;
const same = <A, B>(_: Same<A, B>): void => {};
/** Compiles where both are the same, written out. */
const alike = <A, B>(_: Same<Flat<A>, Flat<B>>): void => {};
/** Compiles where `A` has all of `B`: a member that `A` has beyond it may be there. */
const holds = <A extends { [K in keyof B]?: unknown }, B>(_: Same<Flat<Pick<A, keyof B & keyof A>>, Flat<B>>): void => {};

// ------------------------------------------------------------ the contract

export const functions: typeof contract = all;

// Nor does any take more than it says.
same<Parameters<typeof all.link>, [string, all.FiskilOptions?]>(true);
same<Parameters<typeof all.openFlinks>, [all.FlinksOptions]>(true);
same<Parameters<typeof all.openFinx>, [string, all.FinxOptions?]>(true);
same<Parameters<typeof all.openFinqlink>, [string, all.CallbackOptions?]>(true);
same<Parameters<typeof all.openFimento>, [string, all.CallbackOptions?]>(true);
same<Parameters<typeof all.embedFimento>, [string, all.EmbedOptions]>(true);
same<Parameters<typeof all.createState>, []>(true);
same<Parameters<typeof all.resume>, [string?]>(true);
same<Parameters<typeof all.completeCallback>, [string?]>(true);
same<Parameters<typeof all.parseMessage>, [all.Provider, unknown]>(true);
same<Parameters<typeof all.parseCallback>, [all.Provider, string]>(true);
same<Parameters<typeof all.scaQueryString>, [string]>(true);
same<Parameters<typeof all.describeError>, [all.LinkErrorCode, string?]>(true);
same<Parameters<typeof all.cspDirectives>, [all.Provider, { url?: string; mode?: all.Mode }?]>(true);
same<Parameters<typeof all.preload>, []>(true);

same<all.Provider, contract.Provider>(true);
same<all.Mode, contract.Mode>(true);
same<all.Step, contract.Step>(true);
same<all.LinkErrorCode, contract.LinkErrorCode>(true);
alike<all.Outcome, contract.Outcome>(true);
alike<all.LinkEvent, contract.LinkEvent>(true);
alike<all.ErrorDescription, contract.ErrorDescription>(true);
alike<all.FiskilResult, contract.FiskilResult>(true);
alike<all.FlinksResult, contract.FlinksResult>(true);
alike<all.FinxResult, contract.FinxResult>(true);
alike<all.CallbackResult, contract.CallbackResult>(true);
alike<all.Embed, contract.Embed>(true);
same<all.LinkFlow<'answer'>, contract.LinkFlow<'answer'>>(true);
alike<all.LinkError, contract.LinkError>(true);

holds<Unheard<all.LinkOptions>, Unheard<contract.LinkOptions>>(true);
holds<Unheard<all.FiskilOptions>, Unheard<contract.FiskilOptions>>(true);
holds<Unheard<all.FlinksOptions>, Unheard<contract.FlinksOptions>>(true);
holds<Unheard<all.FinxOptions>, Unheard<contract.FinxOptions>>(true);
holds<Unheard<all.CallbackOptions>, Unheard<contract.CallbackOptions>>(true);
holds<Unheard<all.EmbedOptions>, Unheard<contract.EmbedOptions>>(true);
/** Without the listener, whose events are compared below. */
type Unheard<T> = Omit<T, 'onEvent'>;
type Heard<T extends { onEvent?: (event: never) => void }> = Parameters<NonNullable<T['onEvent']>>[0];
alike<Heard<all.LinkOptions>, contract.LinkEvent>(true);
alike<Heard<all.EmbedOptions>, contract.LinkEvent>(true);

// ------------------------------------------------------------ the other entry

export const names: { [K in keyof typeof index]: unknown } = all;

alike<index.FiskilResult, all.FiskilResult>(true);
alike<index.ErrorDescription, all.ErrorDescription>(true);
same<index.LinkFlow<'answer'>, all.LinkFlow<'answer'>>(true);
same<index.LinkErrorCode, all.LinkErrorCode>(true);
same<index.Step, all.Step>(true);
same<index.Provider, Extract<all.Provider, 'fiskil'>>(true);
same<index.Mode, Exclude<all.Mode, 'popup' | 'redirect'>>(true);

/** As it is where there is only Fiskil. */
type OfFiskil<T> = T extends { provider?: unknown } ? Omit<T, 'provider'> & { provider: 'fiskil' } : never;
/** With Fiskil's modes. */
type InFrame<T> = T extends { mode: unknown } ? Omit<T, 'mode'> & { mode: index.Mode } : T;
/** The events that need a second window. */
type OfPopup = { type: 'popup-severed' };

alike<Exclude<index.Outcome, { kind: 'completed' }>, OfFiskil<Exclude<all.Outcome, { kind: 'completed' }>>>(true);
same<Extract<index.Outcome, { kind: 'completed' }>['result'], index.FiskilResult>(true);
alike<index.LinkEvent, InFrame<OfFiskil<Exclude<all.LinkEvent, OfPopup>>>>(true);
alike<Omit<index.LinkError, 'provider'>, Omit<all.LinkError, 'provider'>>(true);
same<index.LinkError['provider'], 'fiskil' | undefined>(true);

holds<InPage<all.LinkOptions>, InPage<index.LinkOptions>>(true);
holds<InPage<all.FiskilOptions>, InPage<index.FiskilOptions>>(true);
/** The options that are the same in both entries, and the one that only differs in its modes. */
type InPage<T> = Unheard<Omit<T, 'mode'>>;
alike<Heard<index.LinkOptions>, index.LinkEvent>(true);
same<index.LinkOptions['mode'], index.Mode | undefined>(true);

// What is written for the one compiles with the other, and what comes from the one may be handed to the other's users.
export const asAll: all.Outcome | null = index.parseMessage('fiskil', {});
export const flow: all.LinkFlow<all.FiskilResult> = index.link('session');
export const back: index.LinkFlow<index.FiskilResult> = all.link('session', {} as Omit<index.FiskilOptions, 'onEvent'>);
export const told = (event: index.LinkEvent): all.LinkEvent => event;
export const described: typeof index.describeError = all.describeError;
export const directives: typeof index.cspDirectives = all.cspDirectives;
export const preload: typeof index.preload = all.preload;
export const caught = (error: index.LinkError): all.LinkError => error;
