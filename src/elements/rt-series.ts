/** Registers `<rt-series>`. */
import { RtSeries } from './rt-series/rt-series.js';

RtSeries.define();

export { RtSeries };
