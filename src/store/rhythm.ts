/** Owns the usual gap between samples: the median of the last few, so that a pause or a stray sample moves nothing. */

const REMEMBERED = 15;

export class Rhythm {
  readonly #gaps = new Float64Array(REMEMBERED);
  #count = 0;
  #previous = NaN;
  #median: number | undefined;
  #isCurrent = true;

  /** @param upper - Of two gaps in the middle: 0 for the smaller, as a stray sample's is never small; 1 for the other. */
  constructor(private readonly upper: 0 | 1 = 0) {}

  /** Hears of a sample's time, in milliseconds. Times that stand still or run back tell no gap. */
  note(time: number): void {
    const gap = time - this.#previous;
    this.#previous = time;
    if (!(gap > 0)) return;
    this.#gaps[this.#count++ % REMEMBERED] = gap;
    this.#isCurrent = false;
  }

  /** Forgets the last time, so that the step to the next one counts as no gap. */
  interrupt(): void {
    this.#previous = NaN;
  }

  /** In milliseconds; `undefined` before the first gap. Worked out when asked for, as samples come more often. */
  get usualGap(): number | undefined {
    if (!this.#isCurrent) {
      const known = Math.min(this.#count, REMEMBERED);
      this.#median = this.#gaps.slice(0, known).sort()[(known - 1 + this.upper) >> 1];
      this.#isCurrent = true;
    }
    return this.#median;
  }
}
