/** What Chart.js is told of a chart: the options and datasets that follow from ours. Pure. */
import type { ChartDataset, ChartOptions, ScaleOptionsByType } from 'chart.js';
import { LABEL_GAP, TICK_LENGTH } from './axes.js';
import { hasAxis, type LineChartOptions, type SeriesOptions } from './options.js';
import { toldBy, type Axis } from './plain-scale.js';
import type { TraceType } from './trace-controller.js';

/** Beside the plot where no axis stands, so that what lies on its edge is whole. */
export const MARGIN = 8;

export interface AxesOf {
  readonly x: Axis;
  readonly left: Axis;
  readonly right: Axis;
}

type Plain = Partial<ScaleOptionsByType<'plain'>> & { readonly type: 'plain' };

const timeScale = (axis: Axis, { colors }: LineChartOptions, font: Font): Plain => ({
  type: 'plain',
  axis: 'x',
  position: 'bottom',
  ...toldBy(axis),
  grid: { drawOnChartArea: false, tickLength: TICK_LENGTH, color: colors.grid },
  border: { color: colors.grid } as ScaleOptionsByType<'plain'>['border'],
  ticks: { padding: LABEL_GAP, autoSkip: false, color: colors.muted, font } as ScaleOptionsByType<'plain'>['ticks'],
});

const valueScale = (axis: Axis, side: 'left' | 'right', { colors, series }: LineChartOptions, font: Font): Plain => ({
  type: 'plain',
  axis: 'y',
  position: side,
  display: hasAxis(side, series),
  ...toldBy(axis),
  // One grid: that of the left axis, where there is one.
  grid: { drawTicks: false, drawOnChartArea: side === 'left' || !hasAxis('left', series), color: colors.grid },
  border: { display: false } as ScaleOptionsByType<'plain'>['border'],
  ticks: { padding: LABEL_GAP, autoSkip: false, color: colors.muted, font } as ScaleOptionsByType<'plain'>['ticks'],
});

/** The chart's font, as Chart.js takes it. */
export interface Font {
  readonly family: string;
  readonly size: number;
}

export const chartOptions = (
  options: LineChartOptions,
  { x, left, right }: AxesOf,
  font: Font,
): ChartOptions<TraceType> => ({
  // Frames, sizes and numbers are ours: nothing moves, is measured or is parsed but when we say so.
  animation: false,
  responsive: false,
  maintainAspectRatio: false,
  parsing: false,
  normalized: true,
  interaction: { mode: 'nearestTime', intersect: false },
  layout: {
    autoPadding: false,
    padding: {
      // Half of the topmost label.
      top: Math.ceil(font.size * 0.6) + 1,
      left: hasAxis('left', options.series) ? 0 : MARGIN,
      right: hasAxis('right', options.series) ? 0 : MARGIN,
      bottom: 0,
    },
  },
  scales: {
    x: timeScale(x, options, font),
    left: valueScale(left, 'left', options, font),
    right: valueScale(right, 'right', options, font),
  },
});

/** The dataset of a series: it has no data of its own, for its controller draws the trace. */
export const toDataset = (series: SeriesOptions): ChartDataset<TraceType> => ({
  data: [],
  label: series.label,
  hidden: series.hidden,
  yAxisID: series.axis,
});
