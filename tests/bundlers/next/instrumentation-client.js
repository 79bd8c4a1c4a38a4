import { now } from './trial.js';

now('before');
