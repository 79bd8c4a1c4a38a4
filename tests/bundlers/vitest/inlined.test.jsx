// With `server.deps.inline: ['link-widget']` the mock is what the adapters import as well.
import { act, render, screen } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import 'link-widget/element';
import { BankWithHook } from './BankWithHook.jsx';

const bank = await vi.hoisted(async () => (await import('link-widget/testing')).fakeBank());
vi.mock('link-widget', () => bank);

test('a hook without an argument opens a flow of the bank', async () => {
  render(<BankWithHook />);
  await userEvent.click(screen.getByRole('button'));
  await act(async () => bank.complete({ consentID: 'c1' }));
  expect(screen.getByRole('status').textContent).toBe('Connected: c1');
});

test('so does an element', async () => {
  const started = document.createElement('link-widget').start();
  bank.complete({ consentID: 'c2' });
  expect(await started).toEqual({ consentID: 'c2' });
});
