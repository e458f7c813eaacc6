/** What a chart is told by its element: everything resolved, nothing in the author's words. Knows nothing of a canvas. */
import type { Span } from '../kernel/duration.js';

/** How a line passes where there is no value: not at all, straight on, or level until the next value. */
export type Gap = 'break' | 'connect' | 'hold';

export interface SeriesOptions {
  readonly label: string;
  /** A CSS colour that a canvas takes: no custom property, no `light-dark()`. */
  readonly color: string;
  readonly axis: 'left' | 'right';
  readonly hidden: boolean;
}

export interface ThresholdOptions {
  readonly value: number;
  /** Written on the line; where it is empty, the value is. */
  readonly label: string;
  readonly color: string;
}

/** The ends of the vertical axes. */
export interface ValueBounds {
  /** Fixes the lower end. */
  readonly yMin: number | undefined;
  /** Fixes the upper end. */
  readonly yMax: number | undefined;
  /** The lower end, unless values are lower. */
  readonly softMin: number | undefined;
  /** The upper end, unless values are higher. */
  readonly softMax: number | undefined;
}

export interface ChartColors {
  /** The text of the tooltip. */
  readonly text: string;
  /** The labels of the axes. */
  readonly muted: string;
  readonly grid: string;
  /** Behind the chart: what the tooltip and the labels on lines stand on. */
  readonly surface: string;
}

export interface LineChartOptions extends ValueBounds {
  /** One for each column of the group, in the same order. */
  readonly series: readonly SeriesOptions[];
  /** What is shown up to the right edge; absent: all that is kept. */
  readonly window: Span | undefined;
  readonly fill: boolean;
  /** Holds each value until the next, with a step. */
  readonly stepped: boolean;
  readonly gap: Gap;
  /** Silence that counts as no value, in milliseconds; absent: three times the series' usual gap. */
  readonly gapAfter: number | undefined;
  /** Lines across the plot, at values of the left axis (of the right one where no series has the left). */
  readonly thresholds: readonly ThresholdOptions[];
  readonly lang: string;
  readonly timeZone: string | undefined;
  /** Writes from right to left. Time still runs to the right, and `left` is left. */
  readonly rtl: boolean;
  readonly colors: ChartColors;
  readonly fontFamily: string;
  /** In CSS pixels; the chart writes no smaller than 11. */
  readonly fontSize: number;
  /** Where nothing new comes, the window moves on once a second at most. */
  readonly reducedMotion: boolean;
}

/** True where an axis stands on that side. Where no series says otherwise it is the left one. */
export const hasAxis = (side: 'left' | 'right', series: readonly SeriesOptions[]): boolean =>
  series.some(({ axis }) => axis === side) || (side === 'left' && series.length === 0);
