/**
 * The chart behind one face: lines over time, drawn from a group's samples at most once a frame. Owns when the picture
 * is drawn and which moment is its right edge; what is drawn is the plot's.
 */
import type { Disposer } from '../kernel/disposer.js';
import type { Env, Frames, FrameTask } from '../kernel/env.js';
import { Box } from './box.js';
import type { LineChartOptions } from './options.js';
import { Plot, type ChartGroup } from './plot.js';
import type { ReadOut } from './reading.js';
import { xRange, type Range } from './x-range.js';

export type * from './options.js';
export type { ChartGroup } from './plot.js';
export type { ReadOut } from './reading.js';

/** What a chart needs of the page. */
export interface ChartHost {
  readonly frames: Frames;
  readonly env: Pick<Env, 'timer'>;
  /** Called after each drawing in which something is read, and once when nothing is any more. */
  readonly read?: (reading: ReadOut | undefined) => void;
}

/** How often the window moves where nothing new comes, in milliseconds at least: no display shows more. */
const FRAME = 16;
/** The same for who wants less motion. */
const CALM = 1_000;
/** On paper, pixels a CSS pixel: about 300 an inch. */
const FINE = 3;

export class LineChart {
  readonly #plot: Plot;
  #box: Box | undefined;
  #options: LineChartOptions;
  /** The options as one text. */
  #key: string;
  #group: ChartGroup | undefined;
  #isPaused = false;
  /** The right edge of the picture as it was drawn last; while paused the picture stands there. */
  #edge: number | undefined;
  #timer: Disposer | undefined;
  #isDestroyed = false;
  #isRead = false;
  #isPrinted = false;

  /**
   * The canvas takes the size of its parent's content, which must have a size of its own. It must be in the document,
   * and is drawn on first when it has been laid out.
   */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly host: ChartHost,
    options: LineChartOptions,
  ) {
    this.#options = options;
    this.#key = JSON.stringify(options);
    this.#plot = new Plot(canvas, options, () => this.#request());
    this.settle();
  }

  /** Follows the size that the canvas has in its window: again, where it was moved into another one. */
  settle(): void {
    const parent = this.canvas.parentElement;
    this.#box?.dispose();
    this.#box = parent === null || this.#isDestroyed ? undefined : new Box(parent, () => this.#request());
  }

  /**
   * Draws at once, at the moment `now`, and as finely as paper is: a printer waits for no frame. Until it is told that
   * nothing is printed any more.
   */
  print(isPrinted: boolean, now: number): void {
    if (this.#isDestroyed || this.#isPrinted === isPrinted) return;
    this.#isPrinted = isPrinted;
    this.#draw(now);
  }

  /**
   * Changes what is shown and how; the same again changes nothing. Colours must be told anew when the page's colour
   * scheme changes.
   */
  configure(options: LineChartOptions): void {
    const key = JSON.stringify(options);
    if (this.#isDestroyed || key === this.#key) return;
    this.#key = key;
    this.#options = options;
    this.#plot.configure(options);
    this.#request();
  }

  /** Shows another group, or none. */
  show(group: ChartGroup | undefined): void {
    if (group === this.#group) return;
    this.#group = group;
    this.#request();
  }

  /** Data has changed: it is drawn in the coming frame, but for a picture that stands still. */
  mark(): void {
    if (!this.#isPaused || this.#edge === undefined) this.#request();
  }

  /** While paused the picture stands as it was drawn last; one that shows nothing yet stops at its first data. */
  get paused(): boolean {
    return this.#isPaused;
  }

  set paused(paused: boolean) {
    if (paused === this.#isPaused) return;
    this.#isPaused = paused;
    if (paused) this.#sleep();
    else this.#request();
  }

  /** Stops all work and lets go of the canvas. Everything called afterwards does nothing. */
  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#sleep();
    this.host.frames.unmark(this.#draw);
    this.#box?.dispose();
    this.#plot.destroy();
  }

  #request(): void {
    if (!this.#isDestroyed) this.host.frames.mark(this.#draw, 'draw');
  }

  readonly #draw: FrameTask = (now) => {
    const box = this.#box;
    if (box === undefined || box.width <= 0 || box.height <= 0) return;
    this.#sleep();
    this.#plot.resize(box.width, box.height, this.#isPrinted ? Math.max(FINE, box.ratio) : box.ratio);
    this.#edge = this.#edgeAt(now);
    const group = this.#group;
    const range = group && xRange(group.rows, group.width, this.#options.window, this.#edge);
    this.#plot.draw(group, range);
    this.#tell(this.#plot.reading);
    if (range !== undefined) this.#wake(now, range);
  };

  #tell(reading: ReadOut | undefined): void {
    if (reading !== undefined || this.#isRead) this.host.read?.(reading);
    this.#isRead = reading !== undefined;
  }

  /** A picture that stands still keeps its edge, unless the data has gone from there. */
  #edgeAt(now: number): number | undefined {
    const live = this.#group?.edge(now);
    if (!this.#isPaused || this.#edge === undefined || this.#group === undefined || live === undefined) return live;
    const { rows } = this.#group;
    return rows.length > 0 && rows.time(0) <= this.#edge && this.#edge <= live ? this.#edge : live;
  }

  /** Draws again when time alone will have moved the window by a pixel of the device. */
  #wake(now: number, { min, max }: Range): void {
    if (this.#isPaused || this.#group?.edge(now + CALM) === this.#group?.edge(now)) return;
    const pixel = (max - min) / (this.#plot.width * (this.#box?.ratio ?? 1));
    const pause = Math.max(this.#options.reducedMotion ? CALM : FRAME, pixel);
    this.#timer = this.host.env.timer(() => this.#request(), pause);
  }

  #sleep(): void {
    this.#timer?.();
    this.#timer = undefined;
  }
}
