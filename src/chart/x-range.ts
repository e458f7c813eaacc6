/** Owns what part of time a chart shows. Pure. */
import type { Span } from '../kernel/duration.js';
import type { SampleRows } from '../store/samples.js';
import { windowStart } from '../store/window.js';

/** The ends of an axis; `min` is always less than `max`. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What is shown where all that there is lies at one moment, in milliseconds. */
const LEAST = 1_000;

/** The shown part of time, in milliseconds since the epoch, up to `edge`; `undefined` where there is nothing to show. */
export const xRange = (
  rows: SampleRows,
  columns: number,
  window: Span | undefined,
  edge: number | undefined,
): Range | undefined => {
  if (edge === undefined || rows.length === 0) return undefined;
  const wanted = windowStart(rows, columns, window, edge);
  // One moment alone, or an edge too far away for numbers to tell a second from the next.
  const min = wanted < edge ? wanted : edge - Math.max(LEAST, Math.abs(edge) * 1e-9);
  return Number.isFinite(edge - min) ? { min, max: edge } : undefined;
};
