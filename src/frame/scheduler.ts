/**
 * One scheduler a page: whoever has something to show marks itself, and everything marked runs once in the coming
 * frame, data before drawings. Animation frames stop in a hidden page; there a slow timer keeps data moving, and
 * drawings wait.
 */
import { reportLater, type Disposer } from '../kernel/disposer.js';
import type { Env, FramePhase, Frames, FrameTask } from '../kernel/env.js';

/** How often data is handed on while nobody looks; browsers may slow it down further. */
const HIDDEN_PERIOD = 1_000;

export class FrameScheduler implements Frames {
  readonly #tasks: Readonly<Record<FramePhase, Set<FrameTask>>> = { data: new Set(), draw: new Set() };
  /** What is left of the flush under way. */
  readonly #due = new Set<FrameTask>();
  #scheduled: Disposer | undefined;
  #running = false;

  constructor(
    private readonly env: Env,
    private readonly report: (error: unknown) => void = reportLater,
  ) {
    env.watch((what) => {
      if (what === 'hidden') this.#reschedule();
    });
  }

  mark(task: FrameTask, phase: FramePhase): void {
    this.#tasks[phase].add(task);
    if (this.#scheduled === undefined && !this.#running) this.#schedule();
  }

  unmark(task: FrameTask): void {
    this.#tasks.data.delete(task);
    this.#tasks.draw.delete(task);
    this.#due.delete(task);
  }

  get #hasWork(): boolean {
    return this.#tasks.data.size > 0 || (this.#tasks.draw.size > 0 && !this.env.hidden());
  }

  #schedule(): void {
    if (!this.#hasWork) return;
    this.#scheduled = this.env.hidden()
      ? this.env.timer(() => this.#run(), HIDDEN_PERIOD)
      : this.env.frame(() => this.#run());
  }

  /** The page was hidden or shown: what waits for a frame waits for a timer now, or the other way about. */
  #reschedule(): void {
    this.#scheduled?.();
    this.#scheduled = undefined;
    if (!this.#running) this.#schedule();
  }

  #run(): void {
    this.#scheduled = undefined;
    this.#running = true;
    const now = this.env.now();
    this.#flush('data', now);
    if (!this.env.hidden()) this.#flush('draw', now);
    this.#running = false;
    this.#schedule();
  }

  /** What is marked while this runs waits for the next frame, so that no task can hold a frame for ever. */
  #flush(phase: FramePhase, now: number): void {
    for (const task of this.#tasks[phase]) this.#due.add(task);
    this.#tasks[phase].clear();
    for (const task of this.#due) {
      this.#due.delete(task);
      try {
        task(now);
      } catch (error) {
        this.report(error);
      }
    }
  }
}
