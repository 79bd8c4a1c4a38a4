// What the widget looks like: each look is a style sheet of this page's, as docs/theming.md explains them.
import { byId, element } from './dom.js';

const LOOKS = {
  light: ['Light', 'What the widget looks like by itself.'],
  dark: ['Dark', 'The widget follows the page’s colour scheme.'],
  brand: ['A brand', 'Colours, a font and sizes, by custom properties.'],
  sheet: ['A bottom sheet on phones', 'Only in a window narrower than about 510 pixels.'],
};

/** The wanted look, or the one that the person prefers. */
export function nearestLook(wanted) {
  if (Object.hasOwn(LOOKS, wanted)) return wanted;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Shows a look, its name among the others, and its style sheet. */
export async function showLook(chosen) {
  const address = `/looks/${chosen}.css`;
  const sheet = byId('look-sheet');
  const isShown = () => sheet.getAttribute('href') === address;
  if (isShown()) return;
  sheet.href = address;
  byId('look').replaceChildren(
    ...Object.entries(LOOKS).map(([id, [name]]) =>
      element('option', { value: id, selected: id === chosen }, name),
    ),
  );
  byId('look-hint').textContent = LOOKS[chosen][1];
  const css = await (await fetch(address)).text();
  // Another look may have been chosen meanwhile.
  if (isShown()) byId('look-code').firstElementChild.textContent = css;
}
