// The page that a popup or a frame returns to.
import { completeCallback } from '/pkg/all.js';

completeCallback();
