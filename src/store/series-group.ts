/**
 * Owns what one widget reads: its series' samples in one table, under one clock, and the last that each series heard.
 * Turns messages into rows. Knows neither feeds nor frames.
 */
import type { Message } from '../kernel/message.js';
import { DataClock, HELD } from './data-clock.js';
import { compilePath, type FieldReader } from './path.js';
import { Rhythm } from './rhythm.js';
import { SampleTable } from './sample-table.js';
import { heardOf, SeriesReading, timeOf, visitItems } from './series-reading.js';
import {
  ABSENT,
  BREAK,
  NO_VALUE,
  type GroupQuery,
  type GroupReading,
  type Latest,
  type StoreReader,
} from './samples.js';

/** A series of the group, and its rhythm. */
class Column extends SeriesReading {
  rhythm = new Rhythm();

  adopt({ rhythm, last, lastNumber }: Column): void {
    this.rhythm = rhythm;
    this.last = last;
    this.lastNumber = lastNumber;
  }
}

export class SeriesGroup implements GroupReading, StoreReader {
  readonly #columns: readonly Column[];
  readonly #xField: string | undefined;
  readonly #readX: FieldReader | undefined;
  /** How many different streams of messages meet in the table: `keep` counts the samples of each. */
  readonly #sources: number;
  readonly #table: SampleTable;
  #clock: DataClock;
  /** The row that is being read. */
  readonly #cells: Float64Array;
  readonly #heldCells: Float64Array;
  readonly #heldTimes = new Float64Array(HELD);
  /** True where rows come from a script, so that no clock runs. */
  #isStill = false;
  #version = 0;
  #dropped = 0;
  #confirmedUntil: number | undefined;

  constructor({ series, xField, window, keep }: GroupQuery) {
    const { length } = series;
    this.#columns = series.map((query) => new Column(query));
    this.#xField = xField;
    this.#readX = xField === undefined ? undefined : compilePath(xField);
    this.#sources = new Set(series.map(({ channel, where }) => JSON.stringify([channel, where?.text]))).size;
    this.#table = new SampleTable(length, keep);
    this.#clock = new DataClock(window);
    this.#cells = new Float64Array(length);
    this.#heldCells = new Float64Array(length * HELD);
    this.configure({ window, keep });
  }

  get rows(): SampleTable {
    return this.#table;
  }

  get samples(): number {
    return this.#table.length * this.width;
  }

  /** How many series there are. */
  get width(): number {
    return this.#columns.length;
  }

  get version(): number {
    return this.#version;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get confirmedUntil(): number | undefined {
    return this.#confirmedUntil;
  }

  /** That of the slowest series: what comes between a series' own samples is no rhythm of its own. */
  get usualGap(): number | undefined {
    let usual: number | undefined;
    for (const { rhythm } of this.#columns) {
      const { usualGap } = rhythm;
      if (usualGap !== undefined) usual = Math.max(usual ?? 0, usualGap);
    }
    return usual;
  }

  /** The usual gap between this column's own samples, in milliseconds; `undefined` before two have come. */
  usualGapOf(column: number): number | undefined {
    return this.#columns[column]?.rhythm.usualGap;
  }

  edge(now: number): number | undefined {
    return this.#isStill ? this.#table.newest : this.#clock.edge(now);
  }

  latest(column: number): Latest | undefined {
    return this.#columns[column]?.last;
  }

  latestNumber(column: number): Latest | undefined {
    return this.#columns[column]?.lastNumber;
  }

  /** True where a message of this channel can concern the group. */
  reads(channel: string): boolean {
    return this.#columns.some((column) => column.reads(channel));
  }

  /** Takes in a message that came at `arrival` (monotonic milliseconds). True where it held anything for a series. */
  ingest(message: Message, arrival: number): boolean {
    return this.#read(message, arrival, this.#columns);
  }

  /** What a late group starts with: messages, oldest first, for the series alone that have heard nothing yet. */
  seed(messages: readonly { readonly last: Message; readonly arrival: number }[]): void {
    const late = this.#columns.map((column) => (column.last === undefined ? column : undefined));
    for (const { last, arrival } of messages) this.#read(last, arrival, late);
  }

  /**
   * What was heard last still holds (a 304, an equal answer): of every channel, or of one. True where anything had been
   * heard.
   */
  confirm(arrival: number, channel?: string): boolean {
    let isHeard = false;
    for (const column of this.#columns) {
      if (column.confirm(arrival, channel)) isHeard = true;
    }
    if (!isHeard) return false;
    this.#confirmedUntil = this.edge(arrival);
    this.#version++;
    return true;
  }

  /** Breaks every line after the newest row: what came between is lost. */
  breakLine(): boolean {
    const { newest, length } = this.#table;
    if (newest === undefined || this.#table.value(0, length - 1) === BREAK) return false;
    this.#breakAt(newest);
    return true;
  }

  /** Changes what is shown and how much is kept. No row is lost but those beyond `keep`. */
  configure({ window, keep }: Pick<GroupQuery, 'window' | 'keep'>): void {
    this.#clock.window = window;
    this.#table.setKeep('samples' in keep ? { ...keep, samples: keep.samples * this.#sources } : keep);
    this.#version++;
  }

  /**
   * Takes over the past of every series that `previous` has, too, into a group that is new; the old one is done with.
   * Nothing is taken over where times were read from another field.
   */
  adopt(previous: SeriesGroup): void {
    const taken = new Set<number>();
    const sources = this.#columns.map((column) => {
      // Two series may read the same: each takes over one.
      const source = previous.#columns.findIndex((other, index) => !taken.has(index) && other.equals(column));
      taken.add(source);
      return source;
    });
    if (previous.#xField !== this.#xField || sources.every((source) => source < 0)) return;
    sources.forEach((source, index) => {
      const column = previous.#columns[source];
      if (column !== undefined) this.#columns[index]?.adopt(column);
    });
    const { rows } = previous;
    for (let row = 0; row < rows.length; row++) {
      // A column that there is not reads as absent.
      this.#cells.forEach((_, index) => (this.#cells[index] = rows.value(sources[index] ?? -1, row)));
      if (this.#cells.some((cell) => cell !== ABSENT)) this.#table.put(rows.time(row), this.#cells);
    }
    const { window } = this.#clock;
    this.#clock = previous.#clock;
    this.#clock.window = window;
    this.#clock.release();
    this.#isStill = previous.#isStill;
    this.#dropped = previous.#dropped;
    this.#confirmedUntil = previous.#confirmedUntil;
    this.#version++;
  }

  /**
   * Adds a row that a script has, judged by no clock: a number or `NO_VALUE` for each series. From then on the right
   * edge stands at the newest row.
   */
  fill(time: number, cells: ArrayLike<number>): void {
    this.#isStill = true;
    this.#columns.forEach((column, index) => {
      const raw = cells[index];
      column.hear(heardOf(raw, '', time, 0));
    });
    this.#place(time, cells, 0);
    this.#version++;
  }

  /** Forgets every row and all that was heard. */
  clear(): void {
    this.#table.clear();
    for (const column of this.#columns) column.adopt(new Column(column.query));
    this.#clock = new DataClock(this.#clock.window);
    this.#confirmedUntil = undefined;
    this.#version++;
  }

  #read(message: Message, arrival: number, columns: readonly (Column | undefined)[]): boolean {
    return visitItems(message.data, (item) => this.#readItem(item, message, arrival, columns));
  }

  #readItem(item: unknown, message: Message, arrival: number, columns: readonly (Column | undefined)[]): boolean {
    let time: number | undefined;
    for (let index = 0; index < columns.length; index++) {
      const raw = columns[index]?.find(item, message.channel);
      if (raw === undefined) {
        this.#cells[index] = ABSENT;
        continue;
      }
      time ??= timeOf(item, message, this.#readX);
      const heard = heardOf(raw, message.channel, time, arrival);
      this.#cells[index] = heard.number ?? NO_VALUE;
      columns[index]?.hear(heard);
    }
    if (time === undefined) return false;
    this.#version++;
    this.#judge(time, arrival);
    return true;
  }

  /** What was confirmed since the newest row was true until then: the line goes on to there before it goes to `time`. */
  #bridge(time: number): void {
    const until = this.#confirmedUntil;
    const { newest, length } = this.#table;
    this.#confirmedUntil = undefined;
    if (until === undefined || newest === undefined || until <= newest || until >= time) return;
    this.#table.put(
      until,
      this.#columns.map((_, column) => this.#table.value(column, length - 1)),
    );
  }

  #judge(time: number, arrival: number): void {
    const { held } = this.#clock;
    const verdict = this.#clock.judge(time, arrival, this);
    if (verdict === 'hold') {
      const slot = this.#clock.held - 1;
      if (slot === 0) this.#dropped += held;
      this.#heldTimes[slot] = time;
      this.#heldCells.set(this.#cells, slot * this.width);
      return;
    }
    if (verdict === 'jump') {
      const start = Math.min(time, ...this.#heldTimes);
      this.#table.removeAfter(start);
      this.#breakAt(start);
      this.#heldTimes.forEach((heldTime, slot) => this.#place(heldTime, this.#heldCells, slot * this.width));
    } else {
      this.#dropped += held;
      this.#bridge(time);
    }
    this.#place(time, this.#cells, 0);
  }

  #place(time: number, cells: ArrayLike<number>, from: number): void {
    let cell = from;
    for (const { rhythm } of this.#columns) {
      if (cells[cell++] !== ABSENT) rhythm.note(time);
    }
    if (!this.#table.put(time, cells, from)) this.#dropped++;
  }

  /** What comes next does not follow from what was. */
  #breakAt(time: number): void {
    this.#table.put(
      time,
      this.#columns.map(() => BREAK),
    );
    for (const { rhythm } of this.#columns) rhythm.interrupt();
    this.#confirmedUntil = undefined;
    this.#version++;
  }
}
