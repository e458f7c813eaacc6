/**
 * Owns when one channel was heard, and how often that usually is. Pure. What comes in a burst is heard once: ten messages
 * at once each minute tell the minute.
 */
import { Rhythm } from './rhythm.js';

/** What comes so soon after the first of a burst belongs to it, in milliseconds. */
const BURST = 50;
/** A rhythm is learned from so many messages. */
const ENOUGH = 5;

export class Arrivals {
  /** When it was last heard: a message, or a confirmation of the last. Monotonic milliseconds. */
  last = -Infinity;
  /** Whether it counts as live, as last judged. */
  isLive = false;
  /** How many messages have come. */
  messages = 0;
  #burst = -Infinity;
  /** Of two gaps the longer: what a reconnect brings at once is closer together than what follows. */
  readonly #rhythm = new Rhythm(1);

  /** A message came at `arrival` (monotonic milliseconds). Called for each one of a flood. */
  note(arrival: number): void {
    this.messages++;
    this.confirm(arrival);
  }

  /** What came last still holds at `arrival`. */
  confirm(arrival: number): void {
    this.last = arrival;
    if (arrival - this.#burst <= BURST) return;
    this.#burst = arrival;
    this.#rhythm.note(arrival);
  }

  /** In milliseconds; `undefined` until it is learned. */
  get usualGap(): number | undefined {
    return this.messages < ENOUGH ? undefined : this.#rhythm.usualGap;
  }
}
