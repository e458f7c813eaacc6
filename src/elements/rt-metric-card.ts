/** Registers `<rt-metric-card>`. */
import { RtMetricCard } from './rt-metric-card/rt-metric-card.js';

RtMetricCard.define();

export { RtMetricCard };
