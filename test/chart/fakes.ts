/** A chart on a page with frames, timers and a clock that stand still until a test moves them; and its pixels. */
import {
  LineChart,
  type ChartGroup,
  type LineChartOptions,
  type ReadOut,
  type SeriesOptions,
} from '../../src/chart/line-chart.js';
import type { Disposer } from '../../src/kernel/disposer.js';
import type { FramePhase, Frames, FrameTask } from '../../src/kernel/env.js';
import { SeriesGroup } from '../../src/store/series-group.js';

export class FakeFrames implements Frames {
  readonly tasks = new Map<FrameTask, FramePhase>();

  mark(task: FrameTask, phase: FramePhase): void {
    this.tasks.set(task, phase);
  }

  unmark(task: FrameTask): void {
    this.tasks.delete(task);
  }

  /** Runs one frame; returns how many tasks it had. */
  run(now: number): number {
    const tasks = [...this.tasks.keys()];
    this.tasks.clear();
    for (const task of tasks) task(now);
    return tasks.length;
  }
}

export class FakeTimers {
  readonly waiting = new Map<() => void, number>();

  readonly timer = (action: () => void, ms: number): Disposer => {
    this.waiting.set(action, ms);
    return () => this.waiting.delete(action);
  };

  /** Runs all that waits, however long it would have. */
  fire(): void {
    const actions = [...this.waiting.keys()];
    this.waiting.clear();
    for (const action of actions) action();
  }
}

export const RED = 'rgb(255, 0, 0)';
export const BLUE = 'rgb(0, 0, 255)';
export const GREEN = 'rgb(0, 160, 0)';

export const series = (color: string, more: Partial<SeriesOptions> = {}): SeriesOptions => ({
  label: color,
  color,
  axis: 'left',
  hidden: false,
  ...more,
});

export const OPTIONS: LineChartOptions = {
  series: [series(RED)],
  window: { ms: 1_000 },
  yMin: 0,
  yMax: 100,
  softMin: undefined,
  softMax: undefined,
  fill: false,
  stepped: false,
  gap: 'break',
  gapAfter: undefined,
  thresholds: [],
  lang: 'en',
  timeZone: 'UTC',
  rtl: false,
  // All grey: what has a colour is data.
  colors: { text: '#000', muted: '#555', grid: '#ddd', surface: '#fff' },
  fontFamily: 'sans-serif',
  fontSize: 12,
  reducedMotion: false,
};

/** The moment of the data's clock at which tests begin: 12:00 UTC. */
export const NOON = Date.UTC(2025, 4, 9, 12);

export const groupOf = (width = 1, window: LineChartOptions['window'] = OPTIONS.window): SeriesGroup =>
  new SeriesGroup({
    series: Array.from({ length: width }, (_, index) => ({ channel: 'm', field: `s${index}` })),
    window,
    keep: { samples: 100_000 },
  });

/** Takes in a message, `ms` after noon, that comes at the moment `now`. A value for each series. */
export const feed = (group: SeriesGroup, now: number, ms: number, ...values: readonly unknown[]): void => {
  const data = Object.fromEntries(values.map((value, index) => [`s${index}`, value]));
  group.ingest({ channel: 'm', data, time: NOON + ms, id: undefined }, now);
};

type Colour = 'red' | 'blue' | 'green';

const IS: Readonly<Record<Colour, (red: number, green: number, blue: number) => boolean>> = {
  red: (red, green, blue) => red - Math.max(green, blue) > 100,
  green: (red, green, blue) => green - Math.max(red, blue) > 60,
  blue: (red, green, blue) => blue - Math.max(red, green) > 100,
};

/** A chart in a box of so many CSS pixels. */
export class Stage {
  readonly frames = new FakeFrames();
  readonly timers = new FakeTimers();
  readonly box = document.createElement('div');
  readonly canvas = document.createElement('canvas');
  readonly chart: LineChart;
  /** What the chart began with. */
  readonly options: LineChartOptions;
  now = 0;
  /** What the chart told last of what is read. */
  reading: ReadOut | undefined;

  private constructor(options: Partial<LineChartOptions>, width: number, height: number) {
    this.options = { ...OPTIONS, ...options };
    this.box.style.cssText = `position: relative; width: ${width}px; height: ${height}px`;
    this.canvas.style.position = 'absolute';
    this.box.append(this.canvas);
    document.body.append(this.box);
    const host = { frames: this.frames, env: this.timers, read: (reading?: ReadOut) => (this.reading = reading) };
    this.chart = new LineChart(this.canvas, host, this.options);
  }

  /** A chart that shows `group`, laid out and drawn. */
  static async of(
    group: ChartGroup | undefined,
    options: Partial<LineChartOptions> = {},
    { width = 400, height = 200 } = {},
  ): Promise<Stage> {
    const stage = new Stage(options, width, height);
    stage.chart.show(group);
    await stage.laidOut();
    stage.frame();
    return stage;
  }

  /** The browser has told everyone of the sizes that they observe: this observer is the last to hear. */
  async laidOut(): Promise<void> {
    await new Promise<void>((resolve) => {
      const observer = new ResizeObserver(() => {
        observer.disconnect();
        // What follows changes sizes again, and must not do so while the browser tells of them.
        requestAnimationFrame(() => resolve());
      });
      observer.observe(this.box);
    });
  }

  frame(): number {
    return this.frames.run(this.now);
  }

  remove(): void {
    this.chart.destroy();
    this.box.remove();
  }

  /** How many pixels have that colour, in each column of the device's pixels. */
  columns(colour: Colour): number[] {
    const { width, height } = this.canvas;
    const data = this.canvas.getContext('2d')?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
    const counts = new Array<number>(width).fill(0);
    for (let pixel = 0; pixel < width * height; pixel++) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(pixel * 4, pixel * 4 + 4);
      if (alpha > 40 && IS[colour](red, green, blue)) counts[pixel % width] = (counts[pixel % width] ?? 0) + 1;
    }
    return counts;
  }

  /** The first and the last column with that colour, and how many between them have none. */
  reach(colour: Colour): { readonly from: number; readonly to: number; readonly gaps: number } {
    const counts = this.columns(colour);
    const from = counts.findIndex((count) => count > 0);
    const to = counts.findLastIndex((count) => count > 0);
    return { from, to, gaps: counts.slice(from, to).filter((count) => count === 0).length };
  }

  has(colour: Colour): boolean {
    return this.columns(colour).some((count) => count > 0);
  }

  /** All that is drawn, as one text. */
  get picture(): string {
    return this.canvas.toDataURL();
  }

  /** A pointer does something over the canvas. Chart.js hears of it in the page's next frame. */
  async point(type: 'mousemove' | 'mouseout', x: number, y: number): Promise<void> {
    const { left, top } = this.canvas.getBoundingClientRect();
    this.canvas.dispatchEvent(new MouseEvent(type, { clientX: left + x, clientY: top + y, bubbles: true }));
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}
