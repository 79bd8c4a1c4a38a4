// Some of an app, with a bank that the test drives: the example of docs/testing.md.
import { LinkError, completeCallback, link } from 'link-widget';
import 'link-widget/element';
import { useLink } from 'link-widget/react';
import { linkStore } from 'link-widget/svelte';
import { act, createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { connect } from './app';

jest.mock('link-widget', () => require('link-widget/testing').fakeBank());
const bank = jest.requireMock('link-widget');

afterEach(() => bank.reset());

test('connects the bank', async () => {
  const onEvent = jest.fn();
  const connected = connect('session', onEvent);
  expect(bank.current.subject).toBe('session');
  bank.step('credentials');
  bank.complete({ consentID: 'c1' });
  expect(await connected).toBe('c1');
  expect(onEvent.mock.calls.map(([{ type }]) => type)).toEqual(['open', 'step', 'settled']);
});

test('says what went wrong', async () => {
  const connected = connect('session');
  bank.fail('CONSENT_TIMEOUT');
  expect(await connected).toMatch(/timed out/);
});

test('a hook without an argument opens a flow of the bank', async () => {
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  const Bank = () => {
    const { start, status, result } = useLink();
    return createElement('button', { onClick: () => start('session') }, status, result?.consentID);
  };
  const page = document.createElement('main');
  document.body.append(page);
  await act(async () => createRoot(page).render(createElement(Bank)));
  await act(async () => page.firstChild.click());
  await act(async () => bank.complete({ consentID: 'c1' }));
  expect(page.textContent).toBe('successc1');
});

test('so does an element', async () => {
  const started = document.createElement('link-widget').start();
  bank.complete({ consentID: 'c2' });
  expect(await started).toEqual({ consentID: 'c2' });
});

test('there is one LinkError', async () => {
  const flow = link('session');
  bank.cancel();
  await expect(flow).rejects.toBeInstanceOf(LinkError);
  expect(jest.requireActual('link-widget').LinkError).toBe(LinkError);
  const store = linkStore();
  let told;
  store.subscribe(({ error }) => (told = error));
  const started = store.start('session');
  bank.fail('LINK_TIMEOUT');
  await started;
  expect(told.cause).toBeInstanceOf(LinkError);
});

test('fake timers do not hold what the bank tells', async () => {
  jest.useFakeTimers();
  try {
    const onEvent = jest.fn();
    const connected = connect('session', onEvent);
    jest.advanceTimersByTime(1500);
    bank.complete({ consentID: 'c1' });
    expect(await connected).toBe('c1');
    expect(onEvent.mock.lastCall).toEqual([
      { type: 'settled', provider: 'fiskil', elapsedMs: 1500, outcome: 'completed' },
    ]);
  } finally {
    jest.useRealTimers();
  }
});

test('a function of the bank can be spied on', () => {
  jest.spyOn(bank, 'completeCallback');
  completeCallback('https://app.example/back');
  expect(bank.completeCallback).toHaveBeenCalledWith('https://app.example/back');
});
