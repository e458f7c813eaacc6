/**
 * How much happens a second: what the page does as a whole (frames, long tasks), and what one feed counts. Knows
 * nothing of how it is shown. Costs one callback a frame while it runs.
 */
import type { Disposer } from '../kernel/disposer.js';
import type { Env } from '../kernel/env.js';
import type { Inspection } from '../kernel/inspection.js';

/** Rates are those of about the last five seconds: shorter ones jump, longer ones hide a stop. Milliseconds. */
const RATE_WINDOW = 5_000;

/** How long a long task is remembered. Milliseconds. */
const TASK_WINDOW = 10_000;

/** Each is a second's, over the last five seconds; `undefined` until it is known. */
export interface Rates {
  readonly messages: number | undefined;
  readonly bytes: number | undefined;
  readonly flushes: number | undefined;
  /** Animation frames of the page. */
  readonly frames: number | undefined;
  /** Milliseconds that the longest task of the last ten seconds took; 0: none took 50 ms. `undefined`: not told. */
  readonly longestTask: number | undefined;
}

/** Counts the frames of a page, and remembers its long tasks where the browser tells of them. */
export class PageMeter {
  /** How many frames there have been. */
  frames = 0;
  #stopFrames: Disposer;
  readonly #observer: PerformanceObserver | undefined;
  #tasks: { readonly seen: number; readonly duration: number }[] = [];

  constructor(private readonly env: Env) {
    const count = (): void => {
      this.frames++;
      this.#stopFrames = env.frame(count);
    };
    this.#stopFrames = env.frame(count);
    if (!PerformanceObserver.supportedEntryTypes.includes('longtask')) return;
    this.#observer = new PerformanceObserver((list) => {
      const seen = env.now();
      this.#tasks.push(...list.getEntries().map(({ duration }) => ({ seen, duration })));
    });
    this.#observer.observe({ type: 'longtask' });
  }

  /** Milliseconds that the longest task of the last ten seconds took; `undefined` where the browser does not tell. */
  longestTask(): number | undefined {
    if (this.#observer === undefined) return undefined;
    const since = this.env.now() - TASK_WINDOW;
    this.#tasks = this.#tasks.filter(({ seen }) => seen >= since);
    return this.#tasks.reduce((most, { duration }) => Math.max(most, duration), 0);
  }

  dispose(): void {
    this.#stopFrames();
    this.#observer?.disconnect();
    this.#tasks = [];
  }
}

type Counts = Readonly<Record<'messages' | 'bytes' | 'flushes' | 'frames', number>>;

/** What has been counted at a moment: `sum` without the fall of a counter that began anew, as bytes do. */
interface Sample {
  readonly at: number;
  readonly raw: Counts;
  readonly sum: Counts;
}

/** Turns one feed's counters into rates. */
export class FeedMeter {
  #samples: Sample[] = [];

  constructor(
    private readonly env: Env,
    private readonly page: PageMeter,
  ) {}

  /** Takes the counters as they are now, and says what they make a second. */
  read({ messages, bytes, flushes }: Inspection): Rates {
    const at = this.env.now();
    const raw: Counts = { messages, bytes, flushes, frames: this.page.frames };
    const last = this.#samples.at(-1);
    const sum = last === undefined ? raw : each((name) => last.sum[name] + grown(last.raw[name], raw[name]));
    const newest: Sample = { at, raw, sum };
    // The oldest sample that is kept is the last one at or before the window's start.
    const start = this.#samples.findLastIndex((sample) => sample.at <= at - RATE_WINDOW);
    this.#samples = [...this.#samples.slice(Math.max(0, start)), newest];
    const oldest = this.#samples[0] ?? newest;
    const seconds = (at - oldest.at) / 1_000;
    const rates = seconds > 0 ? each((name) => (sum[name] - oldest.sum[name]) / seconds) : UNKNOWN;
    return { ...rates, longestTask: this.page.longestTask() };
  }
}

const UNKNOWN = { messages: undefined, bytes: undefined, flushes: undefined, frames: undefined } as const;

/** A counter that fell has begun anew. */
const grown = (before: number, after: number): number => (after >= before ? after - before : after);

const each = (count: (name: keyof Counts) => number): Counts => ({
  messages: count('messages'),
  bytes: count('bytes'),
  flushes: count('flushes'),
  frames: count('frames'),
});
