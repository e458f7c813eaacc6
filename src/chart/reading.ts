/**
 * Reading a point: which samples stand nearest to the pointer in time, and what they say. The page shows it: a tooltip
 * of HTML has the page's own text and weighs a fifth of Chart.js's.
 */
import { Interaction, type Chart, type InteractionModeFunction } from 'chart.js';
import { fullTimeLabel } from '../format/time.js';
import { valueLabel } from './labels.js';
import { readableOf, type Readable } from './readable.js';
import { Spot } from './trace-controller.js';
import type { Trace, TracePoint } from './trace.js';

declare module 'chart.js' {
  interface InteractionModeMap {
    /** The moment nearest to the pointer at which any series has a sample, and each series' sample at about then. */
    nearestTime: InteractionModeFunction;
  }
}

/** What stands at about one moment. */
export interface Reading {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly hits: readonly { readonly series: number; readonly index: number }[];
}

/** The index of the point nearest to `x` that is a sample; -1 where there is none. Few points that are none lie together. */
const nearest = (points: readonly TracePoint[], x: number): number => {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle]?.x ?? Infinity) < x) low = middle + 1;
    else high = middle;
  }
  let left = low - 1;
  let right = low;
  while (points[left]?.isSample === false) left--;
  while (points[right]?.isSample === false) right++;
  const before = x - (points[left]?.x ?? -Infinity);
  const after = (points[right]?.x ?? Infinity) - x;
  if (before === Infinity && after === Infinity) return -1;
  return before < after ? left : right;
};

/** What stands nearest to the moment `x`; `undefined` where there is nothing. */
export const readAt = (traces: readonly Trace[], x: number): Reading | undefined => {
  let time: number | undefined;
  for (const { points } of traces) {
    const found = points[nearest(points, x)]?.x;
    if (found !== undefined && (time === undefined || Math.abs(found - x) < Math.abs(time - x))) time = found;
  }
  if (time === undefined) return undefined;
  const moment = time;
  const hits = traces.flatMap(({ points, reach }, series) => {
    const index = nearest(points, moment);
    const point = points[index];
    return point !== undefined && Math.abs(point.x - moment) <= reach ? [{ series, index }] : [];
  });
  return { time, hits };
};

const nearestTime: InteractionModeFunction = (chart, event) => {
  const readable = readableOf(chart);
  const scale = chart.scales['x'];
  const x = scale?.getValueForPixel(event.x ?? NaN);
  if (readable === undefined || scale === undefined || x === undefined || Number.isNaN(x)) return [];
  const reading = readAt(readable.traces, x);
  readable.time = reading?.time;
  return (reading?.hits ?? []).flatMap(({ series, index }) => {
    const point = readable.traces[series]?.points[index];
    const y = chart.scales[readable.options.series[series]?.axis ?? 'left'];
    if (point === undefined || y === undefined) return [];
    const element = new Spot(scale.getPixelForValue(point.x), y.getPixelForValue(point.y));
    return [{ element, datasetIndex: series, index }];
  });
};

/** Where the moment that is read stands, in pixels; `undefined` where none is. */
export const readPixel = (chart: Pick<Chart, 'scales'>): number | undefined => {
  const time = readableOf(chart)?.time;
  return time === undefined ? undefined : chart.scales['x']?.getPixelForValue(time);
};

/** Makes the mode known to Chart.js; again does nothing new. */
export const registerReading = (): void => {
  Interaction.modes.nearestTime = nearestTime;
};

/** What is read, in words. */
export interface ReadOut {
  /** Where the moment stands, in CSS pixels from the canvas's left. */
  readonly x: number;
  /** The moment, in full. */
  readonly title: string;
  readonly rows: readonly { readonly color: string; readonly label: string; readonly value: string }[];
}

/** The finest time that is told apart, in milliseconds, where samples come so far apart. */
const grainOf = ({ traces }: Readable): number => Math.min(...traces.map(({ gap }) => gap));

/** What a chart reads now; `undefined` where nothing is read. */
export const readOut = (chart: Chart): ReadOut | undefined => {
  const readable = readableOf(chart);
  const items = chart.getActiveElements();
  const x = readPixel(chart);
  if (readable?.time === undefined || items.length === 0 || x === undefined) return undefined;
  const { options, traces } = readable;
  const rows = items.flatMap(({ datasetIndex, index }) => {
    const series = options.series[datasetIndex];
    const point = traces[datasetIndex]?.points[index];
    if (series === undefined || point === undefined) return [];
    return [{ color: series.color, label: series.label, value: valueLabel(point.y, options.lang) }];
  });
  return { x, title: fullTimeLabel(readable.time, grainOf(readable), options), rows };
};
