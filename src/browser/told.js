// What a flow is told of, in the order of `Told` in mod.rs.
export const OPENED = 0;
export const LOADED = 1;
export const CLOSED_BY_USER = 2;
export const CLOSED_BY_CALLER = 3;
export const MESSAGE = 4;
export const ELAPSED = 5;
export const CALLBACK = 6;
export const LOOKED = 7;
export const TOKEN = 8;
export const FRAME_REFUSED = 9;
export const FAILED = 10;

/** The codes of `FAILED`, in the order of mod.rs. */
export const FAILURES = ['LINK_INTERNAL_ERROR', 'LINK_POPUP_BLOCKED', 'LINK_UNSUPPORTED'];

/** The modes, in the order of `Mode` in options.rs. */
export const MODES = ['overlay', 'container', 'popup', 'redirect'];
