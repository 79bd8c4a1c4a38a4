// The provider's page in a modal dialog.
import { dialog } from './dialog.js';
import { frame } from './frame.js';

// Between its insets, which an on-screen keyboard moves. On a phone it is the whole of the window, and what
// it shows stays clear of notches and rounded corners.
const CSS = `
dialog{inset-block:0;block-size:auto;max-block-size:min(100dvh - 2em,var(--link-widget-height,50em))}
dialog[open]{display:grid;grid-template-rows:max-content minmax(8em,1fr)}
@media(max-width:32rem),(max-height:40rem){dialog{max-inline-size:none;max-block-size:none;border:0;
border-radius:0;
padding:env(safe-area-inset-top) env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left)}}`;

/** @type {import('./stage.js').Show} */
export function overlay(entries, shown, tell) {
  let surface;
  const fill = (parent) => (surface = frame(entries, parent, shown, tell));
  let isLoaded = false;
  const { modal, root, raise } = dialog(entries, shown, shown.close, CSS, tell, fill);
  return {
    ...surface,
    focus() {
      raise();
      if (isLoaded) surface.focus();
    },
    reveal() {
      isLoaded = true;
      surface.reveal();
      // Only from where it was put: a user who has moved on is not pulled back.
      if (root.activeElement === modal) surface.focus();
    },
  };
}
