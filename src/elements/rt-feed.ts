/** Registers `<rt-feed>`. */
import { RtFeed } from './rt-feed/rt-feed.js';

RtFeed.define();

export { RtFeed };
