/** Registers `<rt-line-chart>`. */
import { RtLineChart } from './rt-line-chart/rt-line-chart.js';

RtLineChart.define();

export { RtLineChart };
