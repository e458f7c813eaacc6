/** Owns what part of time a chart shows. Pure. */
import type { Span } from '../kernel/duration.js';
import { ABSENT, BREAK, type SampleRows } from '../store/samples.js';

/** The ends of an axis; `min` is always less than `max`. */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** What is shown where all that there is lies at one moment, in milliseconds. */
const LEAST = 1_000;

/**
 * The shown part of time, in milliseconds since the epoch, up to `edge`; `undefined` where there is nothing to show.
 * A window of n samples begins at the n-th last sample of the series that has most of them there, so that a slow
 * series beside a fast one does not stretch it.
 */
export const xRange = (
  rows: SampleRows,
  columns: number,
  window: Span | undefined,
  edge: number | undefined,
): Range | undefined => {
  if (edge === undefined || rows.length === 0) return undefined;
  const wanted =
    window === undefined
      ? rows.time(0)
      : 'ms' in window
        ? edge - window.ms
        : startOf(rows, columns, window.samples, edge);
  // One moment alone, or an edge too far away for numbers to tell a second from the next.
  const min = wanted < edge ? wanted : edge - Math.max(LEAST, Math.abs(edge) * 1e-9);
  return Number.isFinite(edge - min) ? { min, max: edge } : undefined;
};

const startOf = (rows: SampleRows, columns: number, samples: number, edge: number): number => {
  const counts = new Array<number>(columns).fill(0);
  for (let row = rows.length - 1; row >= 0; row--) {
    if (rows.time(row) > edge) continue;
    for (let column = 0; column < columns; column++) {
      const value = rows.value(column, row);
      if (value === ABSENT || value === BREAK) continue;
      const count = (counts[column] ?? 0) + 1;
      if (count >= samples) return rows.time(row);
      counts[column] = count;
    }
  }
  return rows.time(0);
};
