/** Which picture belongs to which chart of Chart.js: its controllers, modes and plugins know the chart alone. */
import type { LineChartOptions } from './options.js';
import type { Trace } from './trace.js';

/** What a chart is drawn and read from; `time` is the moment that was read last. */
export interface Readable {
  readonly options: LineChartOptions;
  readonly traces: readonly Trace[];
  time: number | undefined;
}

const readables = new WeakMap<object, Readable>();

/** Lets the chart's parts read `readable`. */
export const makeReadable = (chart: object, readable: Readable): void => {
  readables.set(chart, readable);
};

export const readableOf = (chart: object): Readable | undefined => readables.get(chart);
