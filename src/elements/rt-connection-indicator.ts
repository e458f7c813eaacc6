/** Registers `<rt-connection-indicator>`. */
import { RtConnectionIndicator } from './rt-connection-indicator/rt-connection-indicator.js';

RtConnectionIndicator.define();

export { RtConnectionIndicator };
