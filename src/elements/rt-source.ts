/** Registers `<rt-source>`. */
import { RtSource } from './rt-source/rt-source.js';

RtSource.define();

export { RtSource };
