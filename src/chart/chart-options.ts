/** What Chart.js is told of a chart: the options and datasets that follow from ours. Pure. */
import type { ChartDataset, ChartOptions, ScaleOptionsByType, TooltipItem } from 'chart.js';
import { fullTimeLabel } from '../format/time.js';
import { LABEL_GAP, TICK_LENGTH } from './axes.js';
import { valueLabel } from './labels.js';
import { hasAxis, type LineChartOptions, type SeriesOptions } from './options.js';
import { toldBy, type Axis } from './plain-scale.js';
import type { Readable } from './readable.js';
import type { TraceType } from './trace-controller.js';

/** Beside the plot where no axis stands, so that what lies on its edge is whole. */
export const MARGIN = 8;
/** The longest label of a series in the tooltip. */
const LONGEST = 40;

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

/** The finest time that the tooltip tells apart, in milliseconds, where samples come so far apart. */
const grainOf = (readable: Readable): number => Math.min(...readable.traces.map(({ gap }) => gap));

const tooltip = (
  options: LineChartOptions,
  readable: Readable,
  font: Font,
): NonNullable<ChartOptions<TraceType>['plugins']> => ({
  tooltip: {
    position: 'besidePointer',
    rtl: options.rtl,
    textDirection: options.rtl ? 'rtl' : 'ltr',
    backgroundColor: options.colors.surface,
    borderColor: options.colors.grid,
    borderWidth: 1,
    cornerRadius: 4,
    caretSize: 0,
    caretPadding: 12,
    padding: 8,
    titleColor: options.colors.muted,
    titleFont: { ...font, weight: 'normal' },
    bodyColor: options.colors.text,
    bodyFont: font,
    // Behind the colour of each series: seen as a rim.
    multiKeyBackground: 'transparent',
    usePointStyle: true,
    boxWidth: 8,
    boxHeight: 8,
    boxPadding: 4,
    callbacks: {
      title: () => (readable.time === undefined ? '' : fullTimeLabel(readable.time, grainOf(readable), options)),
      label: ({ datasetIndex, dataIndex }: TooltipItem<TraceType>) => {
        const label = options.series[datasetIndex]?.label ?? '';
        const text = label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}…` : label;
        return `${text}: ${valueLabel(readable.traces[datasetIndex]?.points[dataIndex]?.y ?? NaN, options.lang)}`;
      },
      labelColor: ({ datasetIndex }) => {
        const color = options.series[datasetIndex]?.color ?? options.colors.text;
        return { borderColor: color, backgroundColor: color };
      },
    },
  },
});

/** The chart's font, as Chart.js takes it. */
export interface Font {
  readonly family: string;
  readonly size: number;
}

export const chartOptions = (
  options: LineChartOptions,
  { x, left, right }: AxesOf,
  readable: Readable,
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
  plugins: tooltip(options, readable, font),
});

/** The dataset of a series: it has no data of its own, for its controller draws the trace. */
export const toDataset = (series: SeriesOptions): ChartDataset<TraceType> => ({
  data: [],
  label: series.label,
  hidden: series.hidden,
  yAxisID: series.axis,
});
