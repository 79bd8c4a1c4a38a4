// What the tests of an app may write with `link-widget/testing`, and what the compiler must refuse. It is
// compiled, never run.
import type * as widget from 'link-widget';
import { linkStore } from 'link-widget/svelte';
import { useLink } from 'link-widget/react';
import { type FakeBank, type FakeFlow, fakeBank } from 'link-widget/testing';

import { same } from './same.js';

const bank = fakeBank();
same<typeof bank, FakeBank>(true);

// ------------------------------------------------------------ in place of the package

export const replaced: typeof widget = bank;
same<typeof bank.link, typeof widget.link>(true);
same<typeof bank.LinkError, typeof widget.LinkError>(true);
const linking = useLink(bank.link);
same<typeof linking.result, widget.FiskilResult | null>(true);
linkStore(bank.openFinx).subscribe(({ result }) => same<typeof result, widget.FinxResult | null>(true));
bank.init('/link-widget.wasm');
// @ts-expect-error as the launcher has them
bank.link(5);

// ------------------------------------------------------------ driven

bank.load();
bank.step('credentials');
bank.step('institution', { providerStep: 'INSTITUTION_SELECTED', data: { institution: 'FlinksCapital' } });
bank.emit({ type: 'popup-severed' });
bank.emit({ type: 'foreign-message', origin: 'https://elsewhere.example' });
bank.complete({ consentID: 'c1' });
bank.complete({ loginId: 'l1', institution: 'FlinksCapital' });
bank.complete({ params: {}, url: 'https://app.example/back' });
bank.fail('CONSENT_TIMEOUT');
bank.fail('LINK_PROVIDER_ERROR', { message: 'down', details: { providerCode: 'E1' } });
bank.cancel();
// @ts-expect-error no step
bank.step('credential');
// @ts-expect-error these the bank tells by itself
bank.emit({ type: 'settled', outcome: 'completed' });
// @ts-expect-error an origin is needed
bank.emit({ type: 'foreign-message' });
// @ts-expect-error what a launcher resolves with is needed
bank.complete();
// @ts-expect-error a name that is mistyped
bank.complete({ consentId: 'c1' });
// @ts-expect-error no code
bank.fail('CONSENT_TIMED_OUT');
// @ts-expect-error
bank.fail('CONSENT_TIMEOUT', 'late');

// ------------------------------------------------------------ looked at

same<typeof bank.flows, readonly FakeFlow[]>(true);
same<typeof bank.current, FakeFlow | undefined>(true);
// @ts-expect-error none may be open
bank.current.subject;
for (const flow of bank.flows) {
  same<typeof flow.launcher, Extract<keyof typeof widget, 'link' | `open${string}` | `embed${string}`>>(true);
  same<typeof flow.provider, widget.Provider>(true);
  same<typeof flow.subject, string | undefined>(true);
  same<typeof flow.outcome, 'completed' | widget.LinkErrorCode | undefined>(true);
  same<typeof flow.focusCalls, number>(true);
  const mode: widget.Mode | undefined = flow.options?.mode;
  const instance: string | undefined = flow.options?.instance;
  void [mode, instance];
  flow.complete({ code: 'c1' });
  // @ts-expect-error the bank's to say
  flow.outcome = 'completed';
}
// @ts-expect-error the bank's to fill
bank.flows.push(bank.flows[0]);

// ------------------------------------------------------------ coming back

bank.comesBackWith('finx', { code: 'c1' });
bank.comesBackWith('flinks', { loginId: 'l1' });
// @ts-expect-error another provider's
bank.comesBackWith('finx', { loginId: 'l1' });
// @ts-expect-error no provider
bank.comesBackWith('plaid', {});
bank.comesBackFailing('finx', 'LINK_STATE_MISMATCH');
// @ts-expect-error no code
bank.comesBackFailing('finx', 'LINK_STATE');
bank.reset();

// @ts-expect-error it takes nothing
fakeBank('fiskil');
