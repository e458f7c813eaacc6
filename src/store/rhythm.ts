/** Owns the usual gap between samples: the median of the last few, so that a pause or a stray sample moves nothing. */

const REMEMBERED = 15;

export class Rhythm {
  readonly #gaps = new Float64Array(REMEMBERED);
  readonly #sorted = new Float64Array(REMEMBERED);
  #count = 0;
  #previous = NaN;
  #median: number | undefined;
  #isCurrent = true;

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
      // What is not known yet sorts to the end. Of two in the middle the smaller: a stray sample's gap is never small.
      this.#sorted.set(this.#gaps);
      this.#sorted.fill(Infinity, known);
      this.#median = this.#sorted.sort()[(known - 1) >> 1];
      this.#isCurrent = true;
    }
    return this.#median;
  }
}
