/** Which way a series goes: a straight line fitted through what a window holds. Owns what counts as steady. */

/** `stable` is a change under 2 % of the samples' mean size. */
export type Trend = 'up' | 'down' | 'stable';

/** The part of a store's rows that a trend reads: oldest first, times in milliseconds. */
export interface TrendRows {
  readonly length: number;
  time(row: number): number;
  /** What is not finite is no sample. */
  value(column: number, row: number): number;
  /** The first row whose time is at or after `time`. */
  rowAt(time: number): number;
}

const STEADY = 0.02;

/**
 * The trend of a column in the `windowMs` milliseconds up to `edge` (both ends included). The change is that of the
 * least-squares line from the first sample to the last; of two samples it is their difference. `undefined` with fewer
 * than two samples, or where no time has passed between them.
 */
export const trendOf = (rows: TrendRows, column: number, edge: number, windowMs: number): Trend | undefined => {
  let count = 0;
  let start = 0;
  let origin = 0;
  let span = 0;
  let sumX = 0;
  let sumY = 0;
  let sumXX = 0;
  let sumXY = 0;
  let sumSize = 0;
  for (let row = rows.rowAt(edge - windowMs); row < rows.length; row++) {
    const time = rows.time(row);
    const value = rows.value(column, row);
    if (time > edge) break;
    if (!Number.isFinite(value)) continue;
    // Counted from the first sample, so that large times and values lose no digits.
    if (count === 0) [start, origin] = [time, value];
    span = time - start;
    count++;
    sumX += span;
    sumY += value - origin;
    sumXX += span * span;
    sumXY += span * (value - origin);
    sumSize += Math.abs(value);
  }
  if (span === 0) return undefined;
  const change = ((count * sumXY - sumX * sumY) / (count * sumXX - sumX * sumX)) * span;
  const least = (STEADY * sumSize) / count;
  if (change > 0 && change >= least) return 'up';
  return change < 0 && -change >= least ? 'down' : 'stable';
};
