// Each mode, with what shows the provider's page in it.
import { awaitCallback } from './callback.js';
import { container } from './container.js';
import { overlay } from './overlay.js';
import { popup } from './popup.js';
import { redirect } from './redirect.js';

/** A frame in which the provider may send the user back to a page of this origin. */
const returning = (surface) => (entries, shown, tell) => {
  const frame = surface(entries, shown, tell);
  return shown.returnUrl ? awaitCallback(entries, frame, tell) : frame;
};

export const SURFACES = { overlay: returning(overlay), container: returning(container), popup, redirect };
