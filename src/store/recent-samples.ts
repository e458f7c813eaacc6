/**
 * Owns a short past of one value, thinned: however fast samples come, at most 128 of them are kept. Enough for a trend;
 * what a chart needs is kept elsewhere.
 */

const MOST = 128;

export class RecentSamples {
  #times: number[] = [];
  #values: number[] = [];

  /** @param span - How far back it reaches, in milliseconds. */
  constructor(private readonly span: number) {}

  get length(): number {
    return this.#times.length;
  }

  time(row: number): number {
    return this.#times[row] ?? NaN;
  }

  value(_column: number, row: number): number {
    return this.#values[row] ?? NaN;
  }

  /** The first row whose time is at or after `time`; `length` where there is none. */
  rowAt(time: number): number {
    const row = this.#times.findIndex((other) => other >= time);
    return row < 0 ? this.length : row;
  }

  /** The newest sample's time; `undefined` where there is none. */
  get newest(): number | undefined {
    return this.#times.at(-1);
  }

  /** Adds a sample. One that does not follow, by time, what was before begins anew: a clock was set, or the past is over. */
  add(time: number, value: number): void {
    const { newest } = this;
    if (newest === undefined || time < newest || time - newest > this.span) {
      this.#times = [time];
      this.#values = [value];
      return;
    }
    const before = this.#times.at(-2);
    // The newest two stand closer than the span has room for: the newest gives way to what is newer still.
    if (before !== undefined && time - before < this.span / (MOST / 2)) {
      this.#times.pop();
      this.#values.pop();
    }
    this.#times.push(time);
    this.#values.push(value);
    while (this.#times.length > MOST || time - this.time(0) > this.span) {
      this.#times.shift();
      this.#values.shift();
    }
  }
}
