// The page that a popup or a frame returns to.
import { completeCallback } from '/pkg/index.js';

completeCallback();
