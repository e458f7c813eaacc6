/** Rows for tests of pure parts: one column of `[time, value]`, or several. */
import type { SampleRows } from '../../src/store/samples.js';

export const rowsOf = (...rows: readonly (readonly [number, ...number[]])[]): SampleRows => ({
  length: rows.length,
  time: (row) => rows[row]?.[0] ?? NaN,
  value: (column, row) => rows[row]?.[column + 1] ?? -Infinity,
  rowAt: (time) => {
    const found = rows.findIndex(([at]) => at >= time);
    return found < 0 ? rows.length : found;
  },
});
