// What the WebAssembly answers, in the order of `Answer` in src/api.rs.
export const START_FLOW = 0;
export const START_LOAD = 1;
export const STOP = 2;
export const REVEAL = 3;
export const RENEW_TOKEN = 4;
export const URL_TO_SHOW = 5;
export const TEAR_DOWN = 6;
export const OPEN = 7;
export const LOAD = 8;
export const STEP = 9;
export const POPUP_SEVERED = 10;
export const FOREIGN_MESSAGE = 11;
export const SETTLED = 12;
export const COMPLETED = 13;
export const FAILED = 14;
export const PROVIDER = 15;
export const CONSUMED = 16;

/** In the order of `Provider::ALL`. */
export const PROVIDERS = ['fiskil', 'flinks', 'finx', 'finqlink', 'fimento'];
export const numberOf = (provider) => PROVIDERS.indexOf(provider);
