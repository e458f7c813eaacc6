/** Rows of samples from plain arrays, as a store would hand them over. */

export interface PlainRows {
  readonly length: number;
  time(row: number): number;
  value(column: number, row: number): number;
  rowAt(time: number): number;
}

/** Each row is a time and the cells of its columns. */
export const rowsOf = (rows: readonly (readonly number[])[]): PlainRows => ({
  length: rows.length,
  time: (row) => rows[row]?.[0] ?? Number.NaN,
  value: (column, row) => rows[row]?.[column + 1] ?? Number.NaN,
  rowAt(time) {
    const found = rows.findIndex((row) => (row[0] ?? Number.NaN) >= time);
    return found < 0 ? rows.length : found;
  },
});
