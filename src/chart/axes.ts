/** The two kinds of axis: time, and values. Each knows its range, its ticks and the room that its labels need. */
import type { Tick } from 'chart.js';
import { timeLabel, timeTicks, type TimeOptions } from '../format/time.js';
import { tickLabels } from './labels.js';
import { UNKNOWN, type Axis } from './plain-scale.js';
import type { Range } from './x-range.js';
import { valueTicks, type ValueRange } from './y-range.js';

/** Between an axis and its labels. */
export const LABEL_GAP = 6;
export const TICK_LENGTH = 4;

/** Measures texts in the chart's font. */
export interface Ruler {
  readonly size: number;
  width(text: string): number;
}

/** Between two labels of the time axis at least; few labels are calm. */
const TIME_GAP = 28;
const MOST_TIMES = 8;
/** The furthest from the epoch that times are written, in milliseconds: some 30,000 years. */
const FURTHEST = 1e15;

export class TimeAxis implements Axis {
  /** `undefined` where there is no time to show. */
  shown: Range | undefined;

  constructor(
    private readonly ruler: Ruler,
    private readonly options: TimeOptions,
    /** How far labels may reach beyond the ends of the axis, to the left and to the right. */
    private readonly margin: () => { readonly left: number; readonly right: number },
  ) {}

  get range(): Range {
    return this.shown ?? UNKNOWN;
  }

  ticks(length: number): Tick[] {
    const { min, max } = this.range;
    if (this.shown === undefined || min < -FURTHEST || max > FURTHEST) return [];
    const pixelsPerMs = length / (max - min);
    let most = MOST_TIMES;
    for (;;) {
      const { times, step } = timeTicks(min, max, most, this.options.timeZone);
      const ticks = times.map((value) => ({ value, label: timeLabel(value, step, this.options) }));
      const widest = ticks.reduce((width, { label }) => Math.max(width, this.#width(label)), 0);
      if (most === 1 || step * pixelsPerMs >= widest + TIME_GAP) return this.#fitting(ticks, pixelsPerMs, length);
      most--;
    }
  }

  fit(): number {
    return TICK_LENGTH + LABEL_GAP + Math.ceil(this.ruler.size * 1.2);
  }

  /** By the count of its letters: a width that changes with the digits would change how many labels there are. */
  #width(label: string): number {
    return label.length * this.ruler.width('0');
  }

  /** A label that would be cut off is left away; its tick stays. */
  #fitting(ticks: Tick[], pixelsPerMs: number, length: number): Tick[] {
    const { left, right } = this.margin();
    return ticks.map(({ value, label }) => {
      const at = (value - this.range.min) * pixelsPerMs;
      const half = typeof label === 'string' ? this.ruler.width(label) / 2 : 0;
      return { value, label: at - half >= -left && at + half <= length + right ? (label ?? '') : '' };
    });
  }
}

/** Pixels from one tick to the next at least, and how many there are at most. */
const VALUE_GAP = 40;
const MOST_VALUES = 6;
/** How thick a vertical axis is at least. */
const LEAST_THICKNESS = 28;
/** Room that labels no longer need is given up only from so many pixels on, so that the plot keeps its width. */
const SLACK = 20;

/** How many steps an axis so many pixels high has room for. */
export const valueParts = (height: number): number =>
  Math.max(1, Math.min(MOST_VALUES, Math.floor(height / VALUE_GAP)));

export class ValueAxis implements Axis {
  shown: ValueRange | undefined;
  /** How thick the axis is: it changes seldom, so that the plot keeps its width while labels change. */
  room = LEAST_THICKNESS;

  constructor(
    private readonly ruler: Ruler,
    private readonly lang: string,
  ) {}

  get range(): Range {
    return this.shown ?? UNKNOWN;
  }

  ticks(): Tick[] {
    if (this.shown === undefined) return [];
    const values = valueTicks(this.shown);
    const labels = tickLabels(values, this.shown.step, this.lang);
    return values.map((value, index) => ({ value, label: labels[index] ?? '' }));
  }

  fit(ticks: readonly Tick[]): number {
    let widest = LEAST_THICKNESS;
    for (const { label } of ticks) {
      if (typeof label === 'string') widest = Math.max(widest, Math.ceil(this.ruler.width(label)) + LABEL_GAP + 2);
    }
    if (widest > this.room || widest < this.room - SLACK) this.room = widest;
    return this.room;
  }
}
