// The bank in place of the entry without WebAssembly.
import { LinkError, link } from 'link-widget/csp';
import { linkStore } from 'link-widget/svelte';

jest.mock('link-widget/csp', () => require('link-widget/testing').fakeBank());
const bank = jest.requireMock('link-widget/csp');

test('it stands for link-widget/csp', async () => {
  const flow = linkStore(link).start('session');
  bank.complete({ consentID: 'c1' });
  expect(await flow).toEqual({ consentID: 'c1' });
  expect(LinkError).toBe(jest.requireActual('link-widget').LinkError);
});
