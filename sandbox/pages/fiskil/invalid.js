// The session is unknown, expired or used. The page says so and stays.
import { end } from '/assets/end.js';
import { given } from '/assets/steps.js';

// after `load`, as whoever embeds the page first waits for that
addEventListener('load', () => setTimeout(() => end(given.ending)));
