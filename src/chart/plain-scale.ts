/**
 * An axis that is told where it begins and ends, which ticks it has and how thick it is. Chart.js's own axes look for
 * all that in the data, anew in every update, and make the plot tremble as their labels change.
 */
import { Scale, type CartesianScaleOptions, type Tick } from 'chart.js';
import type { Range } from './x-range.js';

declare module 'chart.js' {
  interface CartesianScaleTypeRegistry {
    plain: { options: CartesianScaleOptions };
  }
}

/** What an axis is told. All lengths in CSS pixels. */
export interface Axis {
  readonly range: Range;
  /** The ticks, with their labels, of an axis that long. */
  ticks(length: number): Tick[];
  /** How much room the axis takes, across it, for the labels of these ticks. */
  fit(ticks: readonly Tick[]): number;
}

/** What a scale that is not told anything yet shows. */
export const UNKNOWN: Range = { min: 0, max: 1 };

/** The options of a scale that is told by `axis`. */
export const toldBy = (
  axis: Axis,
): Pick<CartesianScaleOptions, 'afterDataLimits' | 'afterBuildTicks' | 'afterFit'> => ({
  afterDataLimits(scale) {
    scale.min = axis.range.min;
    scale.max = axis.range.max;
  },
  afterBuildTicks(scale) {
    scale.ticks = axis.ticks(scale.isHorizontal() ? scale.width : scale.height);
  },
  afterFit(scale) {
    const thickness = scale.options.display === false ? 0 : axis.fit(scale.ticks);
    if (scale.isHorizontal()) scale.height = thickness;
    else scale.width = thickness;
  },
});

export class PlainScale extends Scale<CartesianScaleOptions> {
  static readonly id = 'plain';
  static readonly defaults = {};

  override generateTickLabels(): void {
    // They come with the ticks.
  }

  override calculateLabelRotation(): void {
    this.labelRotation = 0;
  }

  override fit(): void {
    this.width = this.maxWidth;
    this.height = this.maxHeight;
  }

  override getPixelForValue(value: number): number {
    return this.getPixelForDecimal((value - this.min) / (this.max - this.min));
  }

  override getValueForPixel(pixel: number): number {
    return this.min + this.getDecimalForPixel(pixel) * (this.max - this.min);
  }
}
