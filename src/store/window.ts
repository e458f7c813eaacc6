/** Owns where what is shown begins: a window of time, or of samples, up to the right edge. Pure. */
import type { Span } from '../kernel/duration.js';
import { ABSENT, BREAK, type SampleRows } from './samples.js';

/**
 * The time at which a window begins that ends at `edge`, in milliseconds since the epoch. A window of n samples begins
 * at the n-th last sample of the series that has most of them there, so that a slow series beside a fast one does not
 * stretch it. Without a window: at the first row.
 */
export const windowStart = (rows: SampleRows, columns: number, window: Span | undefined, edge: number): number => {
  if (window !== undefined && 'ms' in window) return edge - window.ms;
  const samples = window?.samples ?? Infinity;
  if (samples >= rows.length) return rows.time(0);
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
