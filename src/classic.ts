/** What `dist/rt-widgets.classic.js` starts: every tag is registered. A classic script exports nothing. */
import './define.js';
