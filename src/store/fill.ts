/**
 * Owns how a script's own rows (`data`, `append()`) enter a group. Times are milliseconds since the epoch; each series
 * has as many numbers as there are times, and what is no number is "no value". A problem is told before anything is
 * changed. Apart from the group, as only charts need it.
 */
import { toNumber } from '../kernel/number.js';
import { bad, ok, type Result } from '../kernel/result.js';
import { NO_VALUE } from './samples.js';
import type { SeriesGroup } from './series-group.js';

/** Adds rows; times that do not ascend are put where they belong. */
export const appendRows = (
  group: SeriesGroup,
  x: ArrayLike<number>,
  columns: readonly ArrayLike<number>[],
): Result<void> => {
  const problem = problemOf(group.width, x, columns);
  if (problem !== undefined) return bad(problem);
  const order = orderOf(x);
  for (let turn = 0; turn < x.length; turn++) {
    const row = order?.[turn] ?? turn;
    const cells = columns.map((column) => toNumber(column[row]) ?? NO_VALUE);
    group.fill(x[row] ?? NO_VALUE, cells);
  }
  return ok(undefined);
};

/** The same in place of all that was there. */
export const replaceRows: typeof appendRows = (group, x, columns) => {
  const problem = problemOf(group.width, x, columns);
  if (problem !== undefined) return bad(problem);
  group.clear();
  return appendRows(group, x, columns);
};

const problemOf = (width: number, x: ArrayLike<number>, columns: readonly ArrayLike<number>[]): string | undefined => {
  if (columns.length !== width) return `There are ${width} series, but values for ${columns.length}.`;
  const unequal = columns.findIndex((column) => column.length !== x.length);
  if (unequal >= 0) {
    return `Series ${unequal + 1} has ${columns[unequal]?.length} values for ${x.length} times: there must be as many.`;
  }
  for (let row = 0; row < x.length; row++) {
    if (!Number.isFinite(x[row])) return `Time ${row + 1} is not a finite number of milliseconds.`;
  }
  return undefined;
};

/** The rows of `x` in the order of time; `undefined` where they are. (Many that are not would each be moved.) */
const orderOf = (x: ArrayLike<number>): Uint32Array | undefined => {
  const at = (row: number): number => x[row] ?? NO_VALUE;
  let row = 1;
  while (row < x.length && at(row - 1) <= at(row)) row++;
  return row >= x.length
    ? undefined
    : Uint32Array.from({ length: x.length }, (_, index) => index).sort((a, b) => at(a) - at(b));
};
