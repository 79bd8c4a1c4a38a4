// Scenarios that need no provider: what the page itself, or the person before it, does wrong.
// `launch`: what replaces what the back end gave; nothing where the scenario is none of this provider's.
// `options` is added to the call.
import { PROVIDERS } from './providers.js';

const FRAMED = ['overlay', 'container'];
const ELSEWHERE = 'https://not-in-frame-src.example/';

const MISTAKES = [
  {
    id: 'user-cancelled',
    title: 'Closed by the person',
    expect: 'LINK_USER_CANCELLED',
    hint: 'Close the provider’s page, or press Cancel, before it has an answer.',
    modes: ['overlay', 'container', 'popup'],
  },
  {
    id: 'container-missing',
    title: 'A container that is not on the page',
    expect: 'LINK_NOT_FOUND',
    hint: 'The page names an element that it does not have.',
    modes: ['container'],
    options: () => ({ container: '#not-on-this-page' }),
  },
  {
    id: 'options-invalid',
    title: 'An option that makes no sense',
    expect: 'LINK_INVALID_OPTIONS',
    hint: 'The page gives a negative timeout.',
    modes: ['overlay', 'container', 'popup', 'redirect'],
    options: () => ({ timeoutMs: -1 }),
  },
  {
    id: 'popup-blocked',
    title: 'A popup that may not open',
    expect: 'LINK_POPUP_BLOCKED',
    hint: 'The page hands over a window that is closed already, as a popup blocker leaves it.',
    modes: ['popup'],
    options: () => ({ window: closedWindow() }),
  },
  {
    id: 'frame-blocked',
    title: 'A page that the Content-Security-Policy refuses',
    expect: 'LINK_FRAME_BLOCKED',
    hint: 'The page opens an address that its frame-src does not name.',
    modes: FRAMED,
    launch: ({ isFramed, page }) => isFramed && { [page]: ELSEWHERE },
  },
  {
    id: 'wrong-state',
    title: 'An answer to somebody else’s question',
    expect: 'LINK_STATE_MISMATCH',
    hint: 'The page expects another state than the server gave. Go through it as usual.',
    modes: ['overlay', 'container', 'popup'],
    launch: ({ echoesState }) => echoesState && { state: 'another-state' },
  },
];

/**
 * The back end's scenarios, and the page's own that this provider allows. Where both know one, the back end
 * describes it.
 */
export function withMistakes({ id, scenarios }) {
  const own = new Map();
  for (const { launch: launchFor, ...mistake } of MISTAKES) {
    const launch = launchFor?.(PROVIDERS[id]);
    if (!launchFor || launch) own.set(mistake.id, { ...mistake, launch, mistake: true });
  }
  const known = scenarios.map((scenario) => {
    const mistake = own.get(scenario.id);
    own.delete(scenario.id);
    return mistake
      ? { ...scenario, mistake: true, known: true, options: mistake.options }
      : { ...scenario, known: true };
  });
  return [...known, ...own.values()];
}

// A frame's window counts as closed once the frame has left the page.
function closedWindow() {
  const frame = document.body.appendChild(document.createElement('iframe'));
  frame.hidden = true;
  const { contentWindow } = frame;
  frame.remove();
  return contentWindow;
}
