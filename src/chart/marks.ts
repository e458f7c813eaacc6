/**
 * A plugin of Chart.js that draws what is no line of data: the areas under lines (Chart.js's own filler weighs ten times
 * as much), thresholds with their labels, samples that stand alone, and the moment that is read.
 */
import type { Chart, Plugin, Scale } from 'chart.js';
import { valueLabel } from './labels.js';
import { hasAxis, type LineChartOptions, type ThresholdOptions } from './options.js';
import { readPixel } from './reading.js';
import type { Trace } from './trace.js';
import type { TraceType } from './trace-controller.js';

/** What the plugin draws from; read anew in every frame. */
export interface Marked {
  readonly options: LineChartOptions;
  readonly traces: readonly Trace[];
  /** As a canvas takes it. */
  readonly font: string;
  readonly fontSize: number;
}

const DOT_RADIUS = 2.5;
const READ_RADIUS = 3.5;
/** Around the label of a threshold. */
const PAD = 4;
const PLATE_ALPHA = 0.85;
const MOMENT_ALPHA = 0.5;
const FILL_ALPHA = 0.16;

type LineChart = Chart<TraceType>;

/** The middle of a line of one CSS pixel that lies on whole pixels of the device. */
const sharp = (at: number, { currentDevicePixelRatio }: LineChart): number =>
  Math.round((at - 0.5) * currentDevicePixelRatio) / currentDevicePixelRatio + 0.5;

/** The text, cut to what fits. */
const cutTo = (ctx: CanvasRenderingContext2D, text: string, width: number): string => {
  if (ctx.measureText(text).width <= width) return text;
  let end = text.length - 1;
  while (end > 0 && ctx.measureText(`${text.slice(0, end)}…`).width > width) end--;
  return `${text.slice(0, end).trimEnd()}…`;
};

/** Where a threshold stands, in pixels; `undefined` where it is out of sight. */
const levelOf = (chart: LineChart, { value }: ThresholdOptions, axis: string): number | undefined => {
  const { top, bottom } = chart.chartArea;
  const y = chart.scales[axis]?.getPixelForValue(value) ?? NaN;
  return y >= top - 0.5 && y <= bottom + 0.5 ? sharp(y, chart) : undefined;
};

const drawLevel = (chart: LineChart, threshold: ThresholdOptions, y: number): void => {
  const { ctx, chartArea } = chart;
  ctx.strokeStyle = threshold.color;
  ctx.lineWidth = 1;
  ctx.setLineDash([4, 3]);
  ctx.beginPath();
  ctx.moveTo(chartArea.left, y);
  ctx.lineTo(chartArea.right, y);
  ctx.stroke();
  ctx.setLineDash([]);
};

/** Above the line, where the oldest data is; below it where there is no room above. */
const drawLevelLabel = (chart: LineChart, marked: Marked, threshold: ThresholdOptions, y: number): void => {
  const { ctx, chartArea } = chart;
  const { options, font, fontSize } = marked;
  ctx.font = font;
  const text = cutTo(
    ctx,
    threshold.label === '' ? valueLabel(threshold.value, options.lang) : threshold.label,
    chartArea.right - chartArea.left - 4 * PAD,
  );
  const height = fontSize + PAD;
  const top = y - 2 - height >= chartArea.top - height / 2 ? y - 2 - height : y + 2;
  const left = chartArea.left + PAD;
  ctx.globalAlpha = PLATE_ALPHA;
  ctx.fillStyle = options.colors.surface;
  ctx.fillRect(left, top, ctx.measureText(text).width + 2 * PAD, height);
  ctx.globalAlpha = 1;
  ctx.fillStyle = threshold.color;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  ctx.fillText(text, left + PAD, top + height / 2 + 0.5);
};

/** Calls back for each series that is shown, with its axes. */
const eachSeries = (
  { scales }: LineChart,
  { options, traces }: Marked,
  draw: (trace: Trace, color: string, x: Scale, y: Scale) => void,
): void =>
  traces.forEach((trace, index) => {
    const series = options.series[index];
    const x = scales['x'];
    const y = scales[series?.axis ?? 'left'];
    if (series !== undefined && x !== undefined && y !== undefined) draw(trace, series.color, x, y);
  });

/** The areas between the lines and zero, or the end of the axis that is closest to it. */
const fillAreas = (chart: LineChart, marked: Marked): void => {
  const { ctx, chartArea } = chart;
  ctx.save();
  ctx.beginPath();
  ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
  ctx.clip();
  ctx.globalAlpha = FILL_ALPHA;
  eachSeries(chart, marked, ({ points }, color, x, y) => {
    const base = y.getBasePixel();
    ctx.fillStyle = color;
    ctx.beginPath();
    let before: { readonly x: number; readonly y: number } | undefined;
    for (const point of points) {
      const at = { x: x.getPixelForValue(point.x), y: y.getPixelForValue(point.y) };
      if (Number.isNaN(at.y)) {
        if (before !== undefined) ctx.lineTo(before.x, base);
        before = undefined;
        continue;
      }
      if (before === undefined) ctx.moveTo(at.x, base);
      else if (marked.options.stepped) ctx.lineTo(at.x, before.y);
      ctx.lineTo(at.x, at.y);
      before = at;
    }
    if (before !== undefined) ctx.lineTo(before.x, base);
    ctx.fill();
  });
  ctx.restore();
};

const drawDots = (chart: LineChart, marked: Marked): void => {
  const { ctx, chartArea } = chart;
  eachSeries(chart, marked, ({ dots }, color, x, y) => {
    ctx.fillStyle = color;
    ctx.beginPath();
    for (const dot of dots) {
      const at = { x: x.getPixelForValue(dot.x), y: y.getPixelForValue(dot.y) };
      if (at.y < chartArea.top - DOT_RADIUS || at.y > chartArea.bottom + DOT_RADIUS) continue;
      ctx.moveTo(at.x + DOT_RADIUS, at.y);
      ctx.arc(at.x, at.y, DOT_RADIUS, 0, 2 * Math.PI);
    }
    ctx.fill();
  });
};

const drawMoment = (chart: LineChart, { options }: Marked): void => {
  const at = chart.getActiveElements().length === 0 ? undefined : readPixel(chart);
  if (at === undefined) return;
  const { ctx, chartArea } = chart;
  const x = sharp(at, chart);
  ctx.strokeStyle = options.colors.muted;
  ctx.globalAlpha = MOMENT_ALPHA;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(x, chartArea.top);
  ctx.lineTo(x, chartArea.bottom);
  ctx.stroke();
};

/** The points that are read. */
const drawRead = (chart: LineChart, { options }: Marked): void => {
  const { ctx } = chart;
  ctx.strokeStyle = options.colors.surface;
  ctx.lineWidth = 1.5;
  for (const { element, datasetIndex } of chart.getActiveElements()) {
    ctx.fillStyle = options.series[datasetIndex]?.color ?? options.colors.text;
    ctx.beginPath();
    ctx.arc(element.x, element.y, READ_RADIUS, 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  }
};

export const marks = (marked: Marked): Plugin<TraceType> => {
  const levels = (chart: LineChart, draw: (threshold: ThresholdOptions, y: number) => void): void => {
    const axis = hasAxis('left', marked.options.series) ? 'left' : 'right';
    for (const threshold of marked.options.thresholds) {
      const y = levelOf(chart, threshold, axis);
      if (y !== undefined) draw(threshold, y);
    }
  };
  const inContext = (draw: (chart: LineChart) => void) => (chart: LineChart) => {
    chart.ctx.save();
    draw(chart);
    chart.ctx.restore();
  };
  return {
    id: 'rt-marks',
    beforeDatasetsDraw: inContext((chart) => {
      if (marked.options.fill) fillAreas(chart, marked);
      levels(chart, (threshold, y) => drawLevel(chart, threshold, y));
      drawMoment(chart, marked);
    }),
    afterDatasetsDraw: inContext((chart) => {
      drawDots(chart, marked);
      drawRead(chart, marked);
      levels(chart, (threshold, y) => drawLevelLabel(chart, marked, threshold, y));
    }),
  };
};
