/** What a feed fetches when it has `debug`: the overlay, and what it shows. */
export { inspect } from './inspect.js';
export { showDebug } from './overlay.js';
