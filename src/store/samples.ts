/**
 * The face that readers of the store see: rows of samples in the order of time, one column a series.
 *
 * A cell is a finite number or one of three marks. Live values are finite by the one rule for numbers, so the marks
 * cannot collide with one.
 */
import type { Span } from '../kernel/duration.js';
import type { Message } from '../kernel/message.js';
import type { Where } from './where.js';

/** The message had the field, and it was null or no number: a gap. */
export const NO_VALUE = NaN;
/** The row belongs to other series alone: this one's line passes through. */
export const ABSENT = -Infinity;
/** A break that no gap setting bridges: the clock jumped, or history was lost. */
export const BREAK = Infinity;

/** What a series reads. Without `channel`, every channel that has the field; without `field`, the data itself. */
export interface SeriesQuery {
  readonly channel?: string | undefined;
  readonly field?: string | undefined;
  readonly where?: Where | undefined;
}

/** How much is kept: so many samples, or so much time before the newest; of both, whichever is more. */
export type Keep = Span | { readonly ms: number; readonly samples: number };

/** What a widget asks the store for: its series share one table of times and one clock. */
export interface GroupQuery {
  readonly series: readonly SeriesQuery[];
  /** Where a sample's time is read first; a field path. */
  readonly xField?: string | undefined;
  /** What is shown: it fixes how far a sample may stray from the clock. Absent: judged by the usual gap. */
  readonly window?: Span | undefined;
  /** How much is kept. */
  readonly keep: Keep;
}

/** Rows of samples, oldest first; times ascend (equal ones keep their order of arrival). */
export interface SampleRows {
  readonly length: number;
  /** Milliseconds since the epoch. */
  time(row: number): number;
  /** A finite number, `NO_VALUE`, `ABSENT` or `BREAK`. */
  value(column: number, row: number): number;
  /** The first row whose time is at or after `time`; `length` where there is none. */
  rowAt(time: number): number;
}

/** The last thing a series heard, numbers or not, in the order of arrival. */
export interface Latest {
  /** The field's value as it came. */
  readonly raw: unknown;
  /** The channel that it came by; empty for a script's own rows. */
  readonly channel: string;
  /** The same as a number; `undefined` where it is none. */
  readonly number: number | undefined;
  /** The sample's time, milliseconds since the epoch. */
  readonly time: number;
  /** When it came, monotonic milliseconds. A confirmation (304, equal answer) renews it. */
  readonly arrival: number;
}

/** A message as the store remembers it. */
export interface Remembered {
  readonly last: Message;
  /** Monotonic milliseconds. */
  readonly arrival: number;
  /** How many messages of its channel have come, where that is known. */
  readonly arrivals?: { readonly messages: number };
}

/** Whoever takes messages in from the store as they come. */
export interface StoreReader {
  /** True where a message of this channel can concern it. */
  reads(channel: string): boolean;
  /** Takes in a message that came at `arrival` (monotonic milliseconds). True where it held anything of interest. */
  ingest(message: Message, arrival: number): boolean;
  /** What came last still holds: of every channel, or of one. True where that is of interest. */
  confirm(arrival: number, channel?: string): boolean;
  /** How many samples it keeps, where it keeps any. */
  readonly samples?: number;
  /** Of one that keeps lines: what comes next does not follow from what was. True where that is of interest. */
  breakLine?(): boolean;
  /** The last message of each channel that it reads, oldest first: what a late reader starts with. */
  seed(messages: readonly Remembered[]): void;
}

/** A group's samples and their clock, as a chart or a card reads them. */
export interface GroupReading {
  readonly rows: SampleRows;
  /** Rises with every change. */
  readonly version: number;
  /** Samples that the clock or the order of time did not let in. */
  readonly dropped: number;
  /** The usual gap between samples, in milliseconds of the data's clock; `undefined` before two have come. */
  readonly usualGap: number | undefined;
  /** The same between this column's own samples. */
  usualGapOf(column: number): number | undefined;
  /** Up to where the newest values were confirmed, in the data's clock; `undefined` where nothing was. */
  readonly confirmedUntil: number | undefined;
  /** The right edge at the monotonic moment `now`: the newest sample's time and what has passed since it came. */
  edge(now: number): number | undefined;
  /** The last thing that this column's series heard. */
  latest(column: number): Latest | undefined;
  /** The last that was a number. */
  latestNumber(column: number): Latest | undefined;
}
