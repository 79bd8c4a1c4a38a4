// The provider's page in a modal dialog.
import { dialog } from './dialog.js';
import { frame } from './frame.js';

const CSS = `
dialog{block-size:100%;max-block-size:min(100%,50em)}
dialog[open]{display:grid;grid-template-rows:auto 1fr}
@media(max-width:32rem),(max-height:40rem){dialog{max-inline-size:none;max-block-size:none;border:0;border-radius:0}}`;

export function overlay(entries, shown, tell) {
  let surface;
  const fill = (parent) => (surface = frame(entries, parent, shown, tell));
  const [modal, root] = dialog(entries, shown, shown.close, CSS, tell, fill);
  return {
    ...surface,
    reveal() {
      surface.reveal();
      // Only from where it was put: a person who has moved on is not pulled back.
      if (root.activeElement === modal) surface.focus();
    },
  };
}
