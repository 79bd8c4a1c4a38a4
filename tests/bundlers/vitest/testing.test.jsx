// An app's components, with a bank that the test drives: the examples of docs/testing.md.
import { act, render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { LinkError, completeCallback, link } from 'link-widget';
import { linkStore } from 'link-widget/svelte';
import { StrictMode, Suspense, startTransition, useState } from 'react';
import { BankWithHook, StartsAtOnce } from './BankWithHook.jsx';
import { ConnectBank } from './ConnectBank.jsx';

const bank = await vi.hoisted(async () => (await import('link-widget/testing')).fakeBank());
vi.mock('link-widget', () => bank);

const click = () => userEvent.click(screen.getByRole('button'));

beforeEach(() => {
  vi.spyOn(console, 'error');
});
afterEach(() => {
  bank.reset();
  // React's word for an update that no act() waited for
  expect(console.error).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

test('connects the bank', async () => {
  render(<ConnectBank />);
  await click();
  expect(bank.current.subject).toBe('session');

  await act(async () => bank.step('credentials'));
  expect(screen.getByTestId('step').textContent).toBe('credentials');

  await act(async () => bank.complete({ consentID: 'c1' }));
  expect(screen.getByRole('status').textContent).toBe('Connected: c1');
});

test('says what went wrong', async () => {
  render(<ConnectBank />);
  await click();
  await act(async () => bank.fail('CONSENT_TIMEOUT'));
  expect(screen.getByRole('status').textContent).toMatch(/timed out/);
});

test('a hook opens the launcher of what is shown, not of what React has yet to show', async () => {
  const never = new Promise(() => {});
  let choose;
  function Waits({ isDue }) {
    // not `use()`, at which React complains of act()
    if (isDue) throw never;
  }
  function App() {
    const [launcher, setLauncher] = useState(() => bank.link);
    choose = setLauncher;
    return (
      <Suspense>
        <BankWithHook launcher={launcher} />
        <Waits isDue={launcher !== bank.link} />
      </Suspense>
    );
  }
  render(<App />);
  await act(async () => startTransition(() => choose(() => bank.openFinx)));
  await click();
  expect(bank.current.launcher).toBe('link');
});

test('a hook opens the launcher that it is given, and ends the flow with its component', async () => {
  const { unmount } = render(<BankWithHook launcher={bank.link} />);
  await click();
  await act(async () => bank.step('mfa'));
  expect(screen.getByTestId('step').textContent).toBe('mfa');
  await act(async () => bank.fail('CONSENT_OTP_FAILURE'));
  expect(screen.getByRole('alert').textContent).toMatch(/Verification failed/);

  await click();
  await act(async () => bank.complete({ consentID: 'c1' }));
  expect(screen.getByRole('status').textContent).toBe('Connected: c1');

  await click();
  unmount();
  expect(bank.flows.map(({ outcome }) => outcome)).toEqual([
    'CONSENT_OTP_FAILURE',
    'completed',
    'LINK_USER_CANCELLED',
  ]);
});

test('a component that has gone while its server answered opens nothing', async () => {
  let answer;
  const session = new Promise((resolve) => (answer = resolve));
  const { unmount } = render(
    <StrictMode>
      <BankWithHook launcher={bank.link} session={session} />
    </StrictMode>,
  );
  await click();
  unmount();
  await act(async () => answer('late'));
  expect(bank.flows).toEqual([]);
});

test('a child may start a flow as it is mounted', async () => {
  render(
    <StrictMode>
      <StartsAtOnce launcher={bank.link} />
    </StrictMode>,
  );
  await act(async () => bank.complete({ consentID: 'c1' }));
  expect(screen.getByRole('status').textContent).toBe('c1');
});

test('an open flow is seen through a spy', async () => {
  vi.spyOn(bank, 'link');
  render(<BankWithHook launcher={bank.link} />);
  await click();
  await act(async () => bank.step('mfa'));
  expect(screen.getByTestId('step').textContent).toBe('mfa');
  await act(async () => bank.cancel());
});

test('there is one LinkError, and what is imported is of the bank', async () => {
  expect(link).toBe(bank.link);
  const flow = link('session');
  bank.cancel();
  await expect(flow).rejects.toBeInstanceOf(LinkError);
  const store = linkStore(link);
  let told;
  store.subscribe(({ error }) => (told = error));
  const started = store.start('session');
  bank.fail('LINK_TIMEOUT');
  await started;
  expect(told.cause).toBeInstanceOf(LinkError);
});

test('a function of the bank can be spied on', () => {
  vi.spyOn(bank, 'completeCallback');
  completeCallback('https://app.example/back');
  expect(bank.completeCallback).toHaveBeenCalledWith('https://app.example/back');
});
