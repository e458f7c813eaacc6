/**
 * When what fails is tried again: at once while it fails seldom, then after pauses that double, so that a server in trouble
 * is not asked as if nothing were. Pure.
 */

/** Failures in a row after which it waits. */
const PATIENCE = 3;
const LONGEST_MS = 60_000;

export class Circuit {
  #failures = 0;
  #until = -Infinity;

  /** `pause`: the first one, in milliseconds. */
  constructor(private readonly pause: number) {}

  /** Whether it may be tried now, in milliseconds of a clock that only grows. */
  isClosed(now: number): boolean {
    return now >= this.#until;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#until = -Infinity;
  }

  failed(now: number): void {
    this.#failures += 1;
    if (this.#failures < PATIENCE) return;
    this.#until = now + Math.min(LONGEST_MS, this.pause * 2 ** (this.#failures - PATIENCE + 1));
  }
}
