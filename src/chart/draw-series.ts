/**
 * Owns what becomes of a series' samples as a line: where it breaks, bridges a gap, holds a value, and where it enters
 * the plot. Pure; the points go into a `Trace`.
 */
import { ABSENT, BREAK, type SampleRows } from '../store/samples.js';
import type { Gap } from './options.js';
import type { Trace } from './trace.js';
import type { Range } from './x-range.js';

export interface SeriesView {
  readonly rows: SampleRows;
  readonly column: number;
  /** The shown part of time. Rows after its end are no part of the picture. */
  readonly range: Range;
  readonly msPerPixel: number;
  readonly gap: Gap;
  /** Silence that counts as no value, in milliseconds. */
  readonly gapAfter: number;
  readonly stepped: boolean;
  /** Up to where the newest value is known to hold. */
  readonly confirmedUntil: number | undefined;
}

/** Silence shorter than this many pixels is never seen as a gap, whatever the rhythm: a burst's pauses are shorter. */
const LEAST_GAP = 2;
/** How far around a sample the tooltip still takes it for the value of that moment, in pixels. */
const LEAST_REACH = 24;

/** Draws a line that enters the plot exactly at its edge, and never outside. */
class Pen {
  /** Where the pen is; NaN where it is lifted. */
  x = NaN;
  y = NaN;

  constructor(
    private readonly trace: Trace,
    private readonly start: number,
    private readonly stepped: boolean,
  ) {}

  to(x: number, y: number, isSample: boolean): void {
    if (x >= this.start) {
      if (this.x < this.start) this.trace.add(this.start, this.stepped ? this.y : this.#crossing(x, y), false);
      this.trace.add(x, y, isSample);
    }
    this.x = x;
    this.y = y;
  }

  lift(): void {
    this.trace.cut();
    this.x = NaN;
  }

  #crossing(x: number, y: number): number {
    const part = (this.start - this.x) / (x - this.x);
    return this.y * (1 - part) + y * part;
  }
}

/** Draws the shown part of a series into `trace`, in place of what was there. */
export const drawSeries = (view: SeriesView, trace: Trace): void => {
  const { rows, column, range, msPerPixel, gap } = view;
  const gapAfter = Math.max(view.gapAfter, LEAST_GAP * msPerPixel);
  trace.begin(msPerPixel);
  trace.reach = Math.max(gapAfter, LEAST_REACH * msPerPixel);
  const pen = new Pen(trace, range.min, view.stepped);
  let isBroken = false;
  let isMissing = false;
  for (let row = firstRow(view, gapAfter); row < rows.length; row++) {
    const x = rows.time(row);
    if (x > range.max) break;
    const y = rows.value(column, row);
    if (Number.isFinite(y)) {
      if (isBroken) pen.lift();
      else if (isMissing || x - pen.x > gapAfter) pass(pen, gap, x);
      pen.to(x, y, true);
      isBroken = isMissing = false;
    } else if (y === BREAK) isBroken = true;
    else if (y !== ABSENT) isMissing = true;
  }
  if (!isBroken && !Number.isNaN(pen.x)) finish(view, pen, gapAfter, isMissing);
  trace.end();
};

/** Passes a gap, at the end of which a value stands at `x`. */
const pass = (pen: Pen, gap: Gap, x: number): void => {
  if (gap === 'break') pen.lift();
  else if (gap === 'hold' && !Number.isNaN(pen.x)) pen.to(x, pen.y, false);
};

/** What is known, or held, after the last sample. */
const finish = (
  { gap, range, stepped, confirmedUntil = -Infinity }: SeriesView,
  pen: Pen,
  gapAfter: number,
  isMissing: boolean,
): void => {
  const confirmed = Math.min(confirmedUntil, range.max);
  if (!isMissing && confirmed > pen.x) pen.to(confirmed, pen.y, true);
  const isSilent = range.max - pen.x > (stepped ? 0 : gapAfter);
  if (gap === 'hold' && (isMissing || isSilent) && range.max > pen.x) pen.to(range.max, pen.y, false);
};

/** The last row before the plot whose value a line comes from, or the first row in it. */
const firstRow = ({ rows, column, range, gap, confirmedUntil = -Infinity }: SeriesView, gapAfter: number): number => {
  const inside = rows.rowAt(range.min);
  // Across a longer silence no line is drawn, unless the value was confirmed meanwhile.
  const oldest = gap === 'break' && confirmedUntil < range.min ? range.min - gapAfter : -Infinity;
  for (let row = inside - 1; row >= 0 && rows.time(row) >= oldest; row--) {
    const y = rows.value(column, row);
    if (Number.isFinite(y)) return row;
    if (y === BREAK || (gap === 'break' && y !== ABSENT)) break;
  }
  return inside;
};
