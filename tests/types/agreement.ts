// The declarations of `link-widget` against the contract. Compiled, never run.
import * as widget from 'link-widget';
import type * as contract from './contract.js';
import { same, type Same } from './same.js';

/** Written out, member of a union by member: an intersection becomes the record that it stands for. */
type Flat<T> = T extends unknown ? { [K in keyof T]: T[K] } : never;
/** Compiles where both are the same, written out. */
const alike = <A, B>(_: Same<Flat<A>, Flat<B>>): void => {};
/** Compiles where `A` has all of `B`: a member that `A` has beyond it may be there. */
const holds = <A extends { [K in keyof B]?: unknown }, B>(
  _: Same<Flat<Pick<A, keyof B & keyof A>>, Flat<B>>,
): void => {};

// ------------------------------------------------------------ the contract

export const functions: typeof contract = widget;

// Nor does any take more than it says: those that are here, and each launcher in its provider's file.
same<Parameters<typeof widget.createState>, []>(true);
same<Parameters<typeof widget.resume>, [string?]>(true);
same<Parameters<typeof widget.completeCallback>, [string?]>(true);
same<Parameters<typeof widget.parseMessage>, [widget.Provider, unknown]>(true);
same<Parameters<typeof widget.parseCallback>, [widget.Provider, string]>(true);
same<Parameters<typeof widget.scaQueryString>, [string]>(true);
same<Parameters<typeof widget.describeError>, [widget.LinkErrorCode, string?]>(true);
same<Parameters<typeof widget.cspDirectives>, [widget.Provider, { url?: string; mode?: widget.Mode }?]>(true);
same<Parameters<typeof widget.preload>, [string?]>(true);

same<widget.Provider, contract.Provider>(true);
same<widget.Mode, contract.Mode>(true);
same<widget.Step, contract.Step>(true);
same<widget.LinkErrorCode, contract.LinkErrorCode>(true);
same<widget.ConsentErrorType, contract.ConsentErrorType>(true);
alike<widget.LastStep, contract.LastStep>(true);
alike<widget.Outcome, contract.Outcome>(true);
alike<widget.LinkEvent, contract.LinkEvent>(true);
alike<widget.ErrorDescription, contract.ErrorDescription>(true);
alike<widget.FiskilResult, contract.FiskilResult>(true);
same<widget.LinkResult, widget.FiskilResult>(true);
alike<widget.FlinksResult, contract.FlinksResult>(true);
alike<widget.FinxResult, contract.FinxResult>(true);
alike<widget.CallbackResult, contract.CallbackResult>(true);
alike<widget.Embed, contract.Embed>(true);
same<widget.LinkFlow<'answer'>, contract.LinkFlow<'answer'>>(true);
same<widget.LinkFlow, contract.LinkFlow>(true);
alike<widget.LinkError, contract.LinkError>(true);

holds<Unheard<widget.LinkOptions>, Unheard<contract.LinkOptions>>(true);
holds<Unheard<widget.FiskilOptions>, Unheard<contract.FiskilOptions>>(true);
holds<Unheard<widget.FlinksOptions>, Unheard<contract.FlinksOptions>>(true);
holds<Unheard<widget.FinxOptions>, Unheard<contract.FinxOptions>>(true);
holds<Unheard<widget.CallbackOptions>, Unheard<contract.CallbackOptions>>(true);
holds<Unheard<widget.EmbedOptions>, Unheard<contract.EmbedOptions>>(true);
/** Without the listener, whose events are compared below. */
type Unheard<T> = Omit<T, 'onEvent'>;
type Heard<T extends { onEvent?: (event: never) => void }> = Parameters<NonNullable<T['onEvent']>>[0];
alike<Heard<widget.LinkOptions>, contract.LinkEvent>(true);
alike<Heard<widget.EmbedOptions>, contract.LinkEvent>(true);
