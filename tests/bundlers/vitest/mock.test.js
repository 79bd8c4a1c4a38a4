// An app's component, with a flow that the test makes up.
import { link } from 'link-widget';
import { linkStore } from 'link-widget/svelte';

vi.mock('link-widget', async (original) => ({ ...(await original()), link: vi.fn() }));

test('an adapter opens the launcher that it is given', async () => {
  link.mockResolvedValue({ consentID: 'c' });
  expect(await linkStore(link).start('session')).toEqual({ consentID: 'c' });
  expect(link).toHaveBeenCalledWith('session');
});
