/**
 * Owns the data's clock: which samples fit it, and where its right edge stands. Pure: it judges times and keeps none
 * of the samples.
 *
 * A sample that strays is held. If the next five stay with it, the clock has jumped; if one returns to the old clock,
 * the held ones were strays. So one sample dated 2099 changes nothing, and a clock set back recovers.
 */
import type { Span } from '../kernel/duration.js';

/**
 * What to do with a sample. `take`: it fits; whatever is held was stray. `hold`: keep it aside; where `held` is then
 * 1, whatever was held before was stray. `jump`: the clock has jumped; let in what is held, then this one.
 */
export type Verdict = 'take' | 'hold' | 'jump';

/** How many more samples must stay with a held one before the clock has jumped: never more than this are held. */
export const HELD = 5;

const FREE = 5;
const MINUTE = 60_000;
/** The least tolerance where the usual gap sets it: a hundred gaps of a flood are less than the network's jitter. */
const LEAST = 1_000;

/** Who knows the usual gap between samples, in milliseconds. */
export interface Rhythmic {
  readonly usualGap: number | undefined;
}

export class DataClock {
  #newest = NaN;
  #arrival = 0;
  /** The edge as it stood when the newest sample came: it does not go back. */
  #mark = -Infinity;
  #taken = 0;
  #held = 0;
  #heldFirst = 0;
  #heldNewest = 0;
  #heldArrival = 0;

  constructor(
    /** What is shown: a duration says how far a sample may stray, else a hundred times the usual gap does. */
    public window: Span | undefined,
  ) {}

  /** How many samples are held. */
  get held(): number {
    return this.#held;
  }

  /** The right edge at the monotonic moment `now`, in milliseconds since the epoch; `undefined` before any sample. */
  edge(now: number): number | undefined {
    return this.#taken === 0 ? undefined : this.#edge(now);
  }

  /**
   * Judges the sample of `time` (milliseconds since the epoch) that came at `arrival` (monotonic milliseconds). The
   * rhythm is asked for the usual gap only where it is needed.
   */
  judge(time: number, arrival: number, rhythm: Rhythmic): Verdict {
    if (this.#fits(time, arrival, rhythm)) {
      this.#held = 0;
      if (this.#taken++ === 0) this.#moveTo(time, arrival, -Infinity);
      else if (time > this.#newest) this.#moveTo(time, arrival, this.#edge(arrival));
      return 'take';
    }
    if (this.#held === 0 || !this.#staysWithHeld(time, arrival, rhythm)) {
      this.#held = 1;
      this.#heldFirst = this.#heldNewest = time;
      this.#heldArrival = arrival;
      return 'hold';
    }
    if (time > this.#heldNewest) {
      this.#heldNewest = time;
      this.#heldArrival = arrival;
    }
    if (this.#held < HELD) {
      this.#held++;
      return 'hold';
    }
    this.#taken += HELD + 1;
    this.#held = 0;
    this.#moveTo(this.#heldNewest, this.#heldArrival, -Infinity);
    return 'jump';
  }

  /** Forgets what is held, as nobody holds it any more. */
  release(): void {
    this.#held = 0;
  }

  #moveTo(newest: number, arrival: number, mark: number): void {
    this.#newest = newest;
    this.#arrival = arrival;
    this.#mark = mark;
  }

  #edge(now: number): number {
    return Math.max(this.#mark, this.#newest + Math.max(0, now - this.#arrival));
  }

  #fits(time: number, arrival: number, rhythm: Rhythmic): boolean {
    const isTimed = this.window !== undefined && 'ms' in this.window;
    if (this.#taken < (isTimed ? 1 : FREE)) return true;
    const stray = Math.max(time - this.#edge(arrival), this.#newest - time);
    return stray <= LEAST || stray <= this.#tolerance(rhythm);
  }

  /** Close to the first held sample, or to the clock that the held ones tell: that one moves on meanwhile, too. */
  #staysWithHeld(time: number, arrival: number, rhythm: Rhythmic): boolean {
    const tolerance = this.#tolerance(rhythm);
    const elapsed = Math.max(0, arrival - this.#heldArrival);
    return time >= this.#heldFirst - tolerance && time <= this.#heldNewest + elapsed + tolerance;
  }

  #tolerance(rhythm: Rhythmic): number {
    const { window } = this;
    if (window !== undefined && 'ms' in window) return Math.max(MINUTE, window.ms);
    const { usualGap } = rhythm;
    return usualGap === undefined ? MINUTE : Math.max(LEAST, 100 * usualGap);
  }
}
