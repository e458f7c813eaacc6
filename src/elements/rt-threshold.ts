/** Registers `<rt-threshold>`. */
import { RtThreshold } from './rt-threshold/rt-threshold.js';

RtThreshold.define();

export { RtThreshold };
