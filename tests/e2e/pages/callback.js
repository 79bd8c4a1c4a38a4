import { completeCallback } from '/pkg/index.js';

// What a page of the same origin may see of it.
new BroadcastChannel('kit').postMessage({ before: location.href });
completeCallback();
new BroadcastChannel('kit').postMessage({ after: location.href });
