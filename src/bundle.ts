/** What `dist/rt-widgets.js` starts: every tag is registered, and everything is exported to scripts of the page. */
import './define.js';

export * from './index.js';
export * from './fill.js';
