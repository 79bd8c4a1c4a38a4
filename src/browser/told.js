// What a flow is told of: see `told` in mod.rs.
export const OPENED = 0;
export const LOADED = 1;
export const CLOSED_BY_USER = 2;
export const CLOSED_BY_CALLER = 3;
export const MESSAGE = 4;
export const ELAPSED = 5;
export const CALLBACK = 6;
export const LOOKED = 7;
export const TOKEN = 8;
export const FAILED = 9;

/** The number of LINK_FRAME_BLOCKED in error.rs. */
export const FRAME_BLOCKED = 8;

/** The modes, in the order of `Mode` in options.rs. */
export const MODES = ['overlay', 'container', 'popup', 'redirect'];
