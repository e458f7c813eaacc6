/**
 * What is usual for a source, whatever becomes of its connections: the pauses in its stream, the beat of its comments,
 * the length of its long polls. From it follows how long it may be silent. Pure: it is told the time.
 */

/** An event stream without a regular beat, and a long poll, may be silent this long at least. Milliseconds. */
const PATIENCE = 120_000;
/** What is granted beyond two beats. */
const GRACE = 10_000;
/** How long after its headers a stream's first byte is waited for, where nothing is known; and at least. */
const STALL = 45_000;
const LEAST_STALL = 5_000;
/** Bytes within this time of each other are one arrival. */
const ONE_ARRIVAL = 50;
/** What comes is regular where three pauses are known and none is half as long again as the middle one. */
const BEATS = 3;
const IRREGULAR = 1.5;

/** The last few gaps between something that comes again and again. */
class Gaps {
  #last = NaN;
  #gaps: number[] = [];

  /** What comes next does not follow from what was. */
  interrupt(): void {
    this.#last = NaN;
  }

  note(now: number): void {
    const gap = now - this.#last;
    if (gap < ONE_ARRIVAL) return;
    this.#last = now;
    if (gap > 0) this.#gaps = [...this.#gaps.slice(-7), gap];
  }

  /** The usual gap; `undefined` where there is none: a burst is no rhythm. */
  get regular(): number | undefined {
    const sorted = [...this.#gaps].sort((a, b) => a - b);
    const median = sorted[sorted.length >> 1];
    const isRegular = median !== undefined && sorted.length >= BEATS && Math.max(...sorted) <= IRREGULAR * median;
    return isRegular ? median : undefined;
  }
}

export class Liveness {
  readonly #bytes = new Gaps();
  readonly #comments = new Gaps();
  /** Of all byte gaps, and of all long polls. */
  #longest = 0;
  #last = NaN;
  #longestPoll = 0;

  /** A connection begins. */
  begin(): void {
    this.#bytes.interrupt();
    this.#comments.interrupt();
    this.#last = NaN;
  }

  bytes(now: number): void {
    const gap = now - this.#last;
    if (gap > this.#longest) this.#longest = gap;
    this.#last = now;
    this.#bytes.note(now);
  }

  comment(now: number): void {
    this.#comments.note(now);
  }

  /** A long poll was answered after so many milliseconds. */
  poll(ms: number): void {
    this.#longestPoll = Math.max(this.#longestPoll, ms);
  }

  /** How long an event stream may be silent. Milliseconds. */
  get streamPatience(): number {
    const { beat } = this;
    return beat === undefined ? Math.max(PATIENCE, 5 * this.#longest) : 2 * beat + GRACE;
  }

  /** How long a long poll may be without an answer. Milliseconds. */
  get pollPatience(): number {
    return Math.max(PATIENCE, 2 * this.#longestPoll + GRACE);
  }

  /** How long after a stream's headers its first byte may take. Milliseconds. */
  get stallAfter(): number {
    const usual = this.beat ?? this.#bytes.regular;
    return usual === undefined ? STALL : Math.max(LEAST_STALL, 2 * usual);
  }

  /** The interval of regular heartbeat comments. */
  private get beat(): number | undefined {
    return this.#comments.regular;
  }
}
