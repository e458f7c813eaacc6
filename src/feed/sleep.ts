/** Notices that the machine has slept: by a clock that moved while no timer did, or by a timer that came far too late. */
import type { Disposer } from '../kernel/disposer.js';
import type { Env } from '../kernel/env.js';

/** Often enough to be back three seconds after a wake. */
const LOOK = 1_000;
/** Less than this a busy page, or a clock set right, explains as well. */
const SLEPT = 5_000;

/** Calls `woke` after each sleep, while watched. */
export class SleepWatch {
  #timer: Disposer | undefined;

  constructor(
    private readonly env: Env,
    private readonly woke: () => void,
  ) {}

  /** Watches, or lets go. */
  set watching(watching: boolean) {
    if (watching === (this.#timer !== undefined)) return;
    this.#timer?.();
    this.#timer = undefined;
    if (watching) this.#look();
  }

  #look(): void {
    const { env } = this;
    const now = env.now();
    const wall = env.wall();
    this.#timer = env.timer(() => {
      this.#look();
      const passed = env.now() - now;
      // Timers of a hidden page run once a minute: there only the clocks can tell.
      const late = env.hidden() ? 0 : passed - LOOK;
      if (env.wall() - wall - passed > SLEPT || late > SLEPT) this.woke();
    }, LOOK);
  }
}
