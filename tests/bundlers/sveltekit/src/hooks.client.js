import { now } from '../trial.js';

now('hooks');
