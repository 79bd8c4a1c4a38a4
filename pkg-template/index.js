// The default entry: Fiskil, in an overlay or a container.
import { FRAMES } from '../src/browser/stage.js';
import { launch } from './launch.js';

export * from './common.js';

export const link = (sessionId, options) => launch('fiskil', sessionId, options, FRAMES);
