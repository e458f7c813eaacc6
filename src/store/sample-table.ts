/**
 * Owns the numbers: one ring of times and one ring a column, each a `Float64Array` whose capacity is a power of two and
 * grows on demand. Keeps rows in the order of time. Knows neither channels nor clocks.
 */
import { ABSENT, NO_VALUE, type Keep, type SampleRows } from './samples.js';

/** However much is to be kept: never more rows than this. */
export const MAX_ROWS = 2 ** 21;

const FIRST_CAPACITY = 64;

export class SampleTable implements SampleRows {
  #columns: readonly Float64Array[];
  #times = new Float64Array(FIRST_CAPACITY);
  #mask = FIRST_CAPACITY - 1;
  /** Absolute numbers of the oldest row and of the next one: a row's place in the rings is its number `& #mask`. */
  #first = 0;
  #end = 0;
  #limit = MAX_ROWS;
  /** How much older than the newest row a row may be, in milliseconds. */
  #reach = Infinity;
  /** How many rows are kept however old they are. */
  #least = 1;
  #revision = 0;

  constructor(columns: number, keep: Keep) {
    this.#columns = Array.from({ length: columns }, () => new Float64Array(FIRST_CAPACITY));
    this.setKeep(keep);
  }

  get length(): number {
    return this.#end - this.#first;
  }

  /** The absolute number of the next row. Row `r` has the number `head - length + r`, and keeps it within a revision. */
  get head(): number {
    return this.#end;
  }

  /** Rises when anything else has happened than rows added at the end and old ones gone. */
  get revision(): number {
    return this.#revision;
  }

  /** The newest row's time; `undefined` where there is none. */
  get newest(): number | undefined {
    return this.length === 0 ? undefined : this.time(this.length - 1);
  }

  time(row: number): number {
    return this.#times[(this.#first + row) & this.#mask] ?? NaN;
  }

  value(column: number, row: number): number {
    return this.#columns[column]?.[(this.#first + row) & this.#mask] ?? ABSENT;
  }

  rowAt(time: number): number {
    return this.#search((other) => other < time);
  }

  /** The first row newer than `time`; `length` where there is none. */
  #rowAfter(time: number): number {
    return this.#search((other) => other <= time);
  }

  /** The first row whose time is not before what is looked for. */
  #search(isBefore: (time: number) => boolean): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(this.time(middle))) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Keeps the newest `samples` rows, or as much time before the newest as asked for. Loses only what is beyond it. */
  setKeep(keep: Keep): void {
    const samples = 'samples' in keep ? Math.min(Math.max(keep.samples, 1), MAX_ROWS) : 1;
    const isTimed = 'ms' in keep;
    this.#limit = isTimed ? MAX_ROWS : samples;
    this.#reach = isTimed ? keep.ms : Infinity;
    this.#least = isTimed ? samples : 1;
    this.#first = Math.max(this.#first, this.#end - this.#limit);
    this.#forget();
  }

  /**
   * Puts a row where its time belongs, after those of the same time. `cells` holds a number or mark for each column,
   * from the index `from` on. False where it is older than all that is kept and there is no room for it.
   */
  put(time: number, cells: ArrayLike<number>, from = 0): boolean {
    const { length } = this;
    const isFull = length >= this.#limit;
    const isLate = length > 0 && time < this.time(length - 1);
    const isBeyond = length >= this.#least && this.time(0) <= this.time(length - 1) - this.#reach;
    if (isLate && time < this.time(0) && (isFull || isBeyond)) return false;
    if (isFull) this.#first++;
    else if (length > this.#mask) this.#grow();
    const at = (isLate ? this.#open(this.#rowAfter(time)) : this.#end++) & this.#mask;
    this.#times[at] = time;
    let cell = from;
    for (const column of this.#columns) column[at] = cells[cell++] ?? NO_VALUE;
    this.#forget();
    return true;
  }

  /** Removes every row newer than `time`. */
  removeAfter(time: number): void {
    const row = this.#rowAfter(time);
    if (row === this.length) return;
    this.#end = this.#first + row;
    this.#revision++;
  }

  clear(): void {
    this.#first = this.#end;
    this.#revision++;
  }

  /** Makes room at `row`, moving whichever side is shorter; returns the new row's absolute number. */
  #open(row: number): number {
    this.#revision++;
    const at = this.#first + row;
    if (row > this.length / 2) {
      for (let number = this.#end++; number > at; number--) this.#copy(number - 1, number);
      return at;
    }
    this.#first--;
    for (let number = this.#first; number < at - 1; number++) this.#copy(number + 1, number);
    return at - 1;
  }

  #copy(from: number, to: number): void {
    this.#times[to & this.#mask] = this.#times[from & this.#mask] ?? NaN;
    for (const column of this.#columns) column[to & this.#mask] = column[from & this.#mask] ?? NO_VALUE;
  }

  /** Lets go of what is older than asked for, but for one row: a line enters a window from beyond its edge. */
  #forget(): void {
    if (this.length < 2) return;
    const oldest = this.time(this.length - 1) - this.#reach;
    while (this.length > this.#least && this.time(1) <= oldest) this.#first++;
  }

  #grow(): void {
    const mask = this.#mask * 2 + 1;
    const moved = (ring: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(mask + 1);
      for (let number = this.#first; number < this.#end; number++) {
        larger[number & mask] = ring[number & this.#mask] ?? NO_VALUE;
      }
      return larger;
    };
    this.#times = moved(this.#times);
    this.#columns = this.#columns.map(moved);
    this.#mask = mask;
  }
}
