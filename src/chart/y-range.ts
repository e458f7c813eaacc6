/**
 * Owns the ends of a vertical axis and where its ticks stand: round numbers that hold all values, and that keep still
 * while values tremble. Pure; knows nothing of pixels.
 */
import type { ValueBounds } from './options.js';
import type { Range } from './x-range.js';

/** A range is given up for a smaller one only when less than this part of it is needed. */
const SHRINK_BELOW = 0.4;
/** Values closer together than this part of their size are one value: no label could tell them apart. */
const FINEST = 1e-10;
/** Further from zero sums would overflow, and closer to it nothing could be divided. */
const FURTHEST = 1e300;
const NEAREST = 1e-300;

/** A range whose ends and ticks are multiples of a round step, but for ends that the author fixed. */
export interface ValueRange extends Range {
  readonly step: number;
}

/**
 * The least round number that is not below `least` (which is above zero): 1, 2 or 5 times a power of ten, or 25, 250 and
 * so on, as quarters of a hundred are round, and halves of what is counted are not.
 */
export const niceStep = (least: number): number => {
  const power = 10 ** Math.floor(Math.log10(least));
  // A hair of tolerance: 0.3 / 3 is a little more than 0.1.
  const part = least / power - 1e-9;
  if (part <= 1) return power;
  if (part <= 2) return 2 * power;
  if (part <= 2.5 && power >= 10) return 2.5 * power;
  return (part <= 5 ? 5 : 10) * power;
};

/** `index * step` without the dust of binary fractions. */
const multiple = (index: number, step: number): number => Number((index * step).toPrecision(12)) + 0;

/** The multiples of its step that lie in the range. */
export const valueTicks = ({ min, max, step }: ValueRange): number[] => {
  const values: number[] = [];
  const last = Math.floor(max / step + 1e-9);
  for (let index = Math.ceil(min / step - 1e-9); index <= last; index++) values.push(multiple(index, step));
  return values;
};

const nice = ({ min, max }: Range, parts: number, { yMin, yMax }: ValueBounds): ValueRange => {
  const step = niceStep((max - min) / parts);
  return {
    min: yMin ?? multiple(Math.floor(min / step + 1e-9), step),
    max: yMax ?? multiple(Math.ceil(max / step - 1e-9), step),
    step,
  };
};

const span = ({ min, max }: Range): number => max - min;

/** Half of what is shown around a value that stands alone. */
const padding = (value: number): number => (Math.abs(value) < NEAREST ? 1 : Math.abs(value) / 10);

/** Gives a range that has no length some, without moving an end that the author fixed. */
const widened = (low: number, high: number, isLowFixed: boolean, isHighFixed: boolean): Range => {
  const value = isHighFixed || !Number.isFinite(low) ? high : low;
  if (isLowFixed) return { min: low, max: low + 2 * padding(low) };
  if (isHighFixed) return { min: high - 2 * padding(high), max: high };
  // Zero, above all a counter that has not counted yet, stands on the ground.
  return { min: value === 0 ? 0 : value - padding(value), max: value + padding(value) };
};

/**
 * What an axis must hold: the values from `low` to `high` (`low` > `high`: there are none), the soft ends, and those of
 * the thresholds that no more than double it.
 */
const needed = (low: number, high: number, bounds: ValueBounds, thresholds: readonly number[]): Range | undefined => {
  low = Math.min(Math.max(low, -FURTHEST), bounds.softMin ?? Infinity);
  high = Math.max(Math.min(high, FURTHEST), bounds.softMax ?? -Infinity);
  const reach = high > low ? high - low : padding(high);
  const isNear = (value: number): boolean => low > high || (value >= low - reach && value <= high + reach);
  const near = thresholds.filter(isNear);
  low = bounds.yMin ?? Math.min(low, ...near);
  high = bounds.yMax ?? Math.max(high, ...near);
  if (!Number.isFinite(low) && !Number.isFinite(high)) return undefined;
  return high - low > Math.max(NEAREST, Math.abs(low) * FINEST, Math.abs(high) * FINEST) && Number.isFinite(high - low)
    ? { min: low, max: high }
    : widened(low, high, bounds.yMin !== undefined, bounds.yMax !== undefined);
};

export class YRange {
  #now: ValueRange | undefined;
  #parts = 0;
  readonly #bounds: ValueBounds;

  constructor(
    bounds: ValueBounds,
    /** Values of lines that are shown where they lie near the data. */
    private readonly thresholds: readonly number[],
  ) {
    const { yMin = -Infinity, yMax = Infinity } = bounds;
    this.#bounds = yMin < yMax ? bounds : { ...bounds, yMin: undefined, yMax: undefined };
  }

  /**
   * The range for the values from `low` to `high` (`low` > `high`: there are none), with room for so many steps;
   * `undefined` before anything is known of any. It grows at once, and shrinks only when much of it stands empty, so
   * that the picture does not tremble.
   */
  fit(low: number, high: number, parts: number): ValueRange | undefined {
    if (parts !== this.#parts) this.#now = undefined;
    this.#parts = parts;
    const need = needed(low, high, this.#bounds, this.thresholds);
    if (need === undefined) return this.#now;
    const now = this.#now ?? need;
    const all = { min: Math.min(now.min, need.min), max: Math.max(now.max, need.max) };
    const isTooLarge = span(need) < SHRINK_BELOW * span(all);
    if (this.#now !== undefined && !isTooLarge && span(all) === span(now)) return this.#now;
    this.#now = nice(isTooLarge ? need : all, parts, this.#bounds);
    return this.#now;
  }
}
