// An app's component, with a flow that the test makes up.
import { link } from 'link-widget';
import { linkStore } from 'link-widget/svelte';

jest.mock('link-widget', () => ({ ...jest.requireActual('link-widget'), link: jest.fn() }));

test('what is mocked is what the adapters open', async () => {
  link.mockResolvedValue({ consentID: 'c' });
  const store = linkStore();
  expect(await store.start('session')).toEqual({ consentID: 'c' });
  expect(link).toHaveBeenCalledWith('session');
});
