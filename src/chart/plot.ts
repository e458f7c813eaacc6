/**
 * The picture: owns the Chart.js chart of one canvas, and what is drawn into it from a group. Knows nothing of frames,
 * timers or sizes: it draws when told to, and asks for a frame when the pointer has moved.
 */
import { Chart, type ChartEvent } from 'chart.js';
import type { SeriesGroup } from '../store/series-group.js';
import { TimeAxis, ValueAxis, valueParts, type Ruler } from './axes.js';
import { chartOptions, MARGIN, toDataset } from './chart-options.js';
import { drawSeries } from './draw-series.js';
import { marks, type Marked } from './marks.js';
import { hasAxis, type LineChartOptions } from './options.js';
import { PlainScale } from './plain-scale.js';
import { makeReadable, type Readable } from './readable.js';
import { readOut, registerReading, type ReadOut } from './reading.js';
import { Trace } from './trace.js';
import { Spot, TraceController, type TraceType } from './trace-controller.js';
import type { Range } from './x-range.js';
import { YRange, type ValueRange } from './y-range.js';

/** What a chart reads of a group. */
export type ChartGroup = Pick<SeriesGroup, 'rows' | 'width' | 'edge' | 'usualGapOf' | 'confirmedUntil'>;

/** Smaller text is not legible. */
const LEAST_FONT = 11;
/** Silence that counts as no value, in usual gaps. */
const GAPS = 3;
const SIDES = ['left', 'right'] as const;

interface Axes {
  readonly x: TimeAxis;
  readonly left: ValueAxis;
  readonly right: ValueAxis;
}

interface Ranges {
  readonly left: YRange;
  readonly right: YRange;
}

export class Plot implements Readable, Marked {
  time: number | undefined;
  traces: readonly Trace[] = [];
  font = '';
  fontSize = LEAST_FONT;
  readonly #chart: Chart<TraceType>;
  #axes: Axes;
  #ranges: Ranges;
  /** What an update of Chart.js is for: it may draw only when told to, and draws at once when it has been sized. */
  #task: 'none' | 'draw' | 'size' = 'size';
  #size = { width: 0, height: 0, ratio: 0 };

  constructor(
    canvas: HTMLCanvasElement,
    public options: LineChartOptions,
    /** The picture is another one than is shown: the pointer has moved. */
    private readonly changed: () => void,
  ) {
    Chart.register(TraceController, Spot, PlainScale);
    registerReading();
    [this.#axes, this.#ranges] = [this.#makeAxes(), this.#makeRanges()];
    this.#chart = new Chart<TraceType>(canvas, {
      type: 'trace',
      data: { datasets: [] },
      options: this.#chartOptions(),
      plugins: [
        marks(this),
        {
          id: 'rt-frames',
          // Chart.js would draw at every move of the pointer: it draws in a frame, as all else does.
          beforeRender: () => {
            if (this.#task === 'none') this.changed();
            return this.#task === 'draw';
          },
          // Beside the plot nothing is read; Chart.js alone would go on showing what was read last.
          beforeEvent: (chart, args) => {
            const { event } = args;
            if (!args.replay) unzoom(event, canvas);
            args.inChartArea = chart.isPointInArea({ x: event.x ?? NaN, y: event.y ?? NaN });
            if (!args.inChartArea && event.type !== 'mouseout') this.#stopReading();
          },
        },
      ],
    });
    this.#task = 'none';
    makeReadable(this.#chart, this);
    this.configure(options);
  }

  configure(options: LineChartOptions): void {
    this.options = options;
    this.fontSize = Math.max(LEAST_FONT, options.fontSize);
    this.font = `${this.fontSize}px ${options.fontFamily}`;
    this.#axes = this.#makeAxes();
    this.#ranges = this.#makeRanges();
    const { length } = options.series;
    this.traces = Array.from({ length }, (_, index) => this.traces[index] ?? new Trace());
    const { data } = this.#chart;
    data.datasets = options.series.map((series, index) => Object.assign(data.datasets[index] ?? {}, toDataset(series)));
    this.#chart.options = this.#chartOptions();
  }

  /** How wide the plot itself was when it was drawn last, in CSS pixels. */
  get width(): number {
    const { left, right } = this.#chart.chartArea;
    return Math.max(1, right - left);
  }

  /** Takes a size in CSS pixels, which are whole pixels of the device at that ratio. The canvas is empty afterwards. */
  resize(width: number, height: number, ratio: number): void {
    const size = this.#size;
    if (size.width === width && size.height === height && size.ratio === ratio) return;
    this.#size = { width, height, ratio };
    this.#during('size', () => {
      // Chart.js knows that of its script's window alone.
      this.#chart.options.devicePixelRatio = ratio;
      this.#chart.resize(width, height);
    });
  }

  /** Draws what `group` has in `range`; nothing but the frame where there is none. */
  draw(group: ChartGroup | undefined, range: Range | undefined): void {
    this.#axes.x.shown = range;
    this.traces.forEach((trace, column) => {
      if (group === undefined || range === undefined || this.options.series[column]?.hidden !== false) {
        trace.begin(1);
        trace.end();
        return;
      }
      const { rows, confirmedUntil } = group;
      const { gap, stepped } = this.options;
      const usual = group.usualGapOf(column) ?? Infinity;
      const msPerPixel = (range.max - range.min) / this.width;
      trace.gap = usual;
      const gapAfter = this.options.gapAfter ?? GAPS * usual;
      drawSeries({ rows, column, range, msPerPixel, gap, gapAfter, stepped, confirmedUntil }, trace);
    });
    for (const side of SIDES) this.#axes[side].shown = this.#fit(side);
    this.#during('draw', () => this.#chart.update('none'));
  }

  /** What the pointer reads in the picture that was drawn last. */
  get reading(): ReadOut | undefined {
    return readOut(this.#chart);
  }

  destroy(): void {
    this.#chart.destroy();
  }

  #during(task: 'draw' | 'size', action: () => void): void {
    this.#task = task;
    try {
      action();
    } finally {
      this.#task = 'none';
    }
  }

  #fit(side: 'left' | 'right'): ValueRange | undefined {
    let low = Infinity;
    let high = -Infinity;
    this.traces.forEach((trace, index) => {
      if (this.options.series[index]?.axis !== side) return;
      low = Math.min(low, trace.low);
      high = Math.max(high, trace.high);
    });
    const { top, bottom } = this.#chart.chartArea;
    return this.#ranges[side].fit(low, high, valueParts(bottom - top));
  }

  #makeAxes(): Axes {
    const { lang } = this.options;
    const ruler: Ruler = {
      size: this.fontSize,
      width: (text) => {
        const { ctx } = this.#chart;
        ctx.font = this.font;
        return ctx.measureText(text).width;
      },
    };
    const left = new ValueAxis(ruler, lang);
    const right = new ValueAxis(ruler, lang);
    const beside = (side: 'left' | 'right'): number =>
      hasAxis(side, this.options.series) ? this.#axes[side].room : MARGIN;
    const x = new TimeAxis(ruler, this.options, () => ({ left: beside('left'), right: beside('right') }));
    return { x, left, right };
  }

  #makeRanges(): Ranges {
    const { series, thresholds } = this.options;
    const lines = thresholds.map(({ value }) => value);
    const isLeft = hasAxis('left', series);
    return {
      left: new YRange(this.options, isLeft ? lines : []),
      right: new YRange(this.options, isLeft ? [] : lines),
    };
  }

  #chartOptions(): ReturnType<typeof chartOptions> {
    const font = { family: this.options.fontFamily, size: this.fontSize };
    const { ratio } = this.#size;
    return { ...chartOptions(this.options, this.#axes, font), ...(ratio > 0 && { devicePixelRatio: ratio }) };
  }

  #stopReading(): void {
    if (this.#chart.getActiveElements().length === 0) return;
    this.#chart.setActiveElements([]);
    this.changed();
  }
}

/** Chart.js takes a pointer's place as the page's own pixels, which CSS `zoom` makes larger than the canvas counts. */
const unzoom = (event: ChartEvent, { currentCSSZoom }: Partial<HTMLCanvasElement>): void => {
  const zoom = currentCSSZoom ?? 1;
  if (event.x !== null) event.x /= zoom;
  if (event.y !== null) event.y /= zoom;
};
