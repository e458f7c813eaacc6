/** Owns what one series reads of messages, and the last it heard. */
import type { Message } from '../kernel/message.js';
import { toNumber } from '../kernel/number.js';
import { ownTime, toMillis } from '../kernel/time.js';
import { compilePath, type FieldReader } from './path.js';
import type { Latest, SeriesQuery } from './samples.js';

export class SeriesReading {
  /** The last thing heard, of whatever kind. */
  last: Latest | undefined;
  /** The last that was a number. */
  lastNumber: Latest | undefined;
  readonly #field: FieldReader;

  constructor(readonly query: SeriesQuery) {
    this.#field = compilePath(query.field);
  }

  /** True where messages of this channel concern it; of no channel: always. */
  reads(channel: string | undefined): boolean {
    return channel === undefined || (this.query.channel ?? channel) === channel;
  }

  /** The field of an item that the query asks for; `undefined` where there is none. */
  find(item: unknown, channel: string): unknown {
    return this.reads(channel) && this.query.where?.matches(item) !== false ? this.#field(item) : undefined;
  }

  hear(heard: Latest): void {
    this.last = heard;
    if (heard.number !== undefined) this.lastNumber = heard;
  }

  /** What was heard last still holds. False where nothing was heard. */
  confirm(arrival: number, channel: string | undefined): boolean {
    if (this.last === undefined || !this.reads(channel)) return false;
    this.hear({ ...this.last, arrival });
    return true;
  }

  equals({ query }: SeriesReading): boolean {
    const { channel, field, where } = this.query;
    return channel === query.channel && field === query.field && where?.text === query.where?.text;
  }
}

/** What is heard, as it is remembered. */
export const heardOf = (raw: unknown, channel: string, time: number, arrival: number): Latest => ({
  raw,
  channel,
  number: toNumber(raw),
  time,
  arrival,
});

/** Shows each item of a message's data to `visit`: the data itself, or, of an array, each of its items in order. */
export const visitItems = (data: unknown, visit: (item: unknown) => boolean): boolean => {
  if (!Array.isArray(data)) return visit(data);
  let isHeard = false;
  for (const item of data as readonly unknown[]) if (visit(item)) isHeard = true;
  return isHeard;
};

/** A sample's time: where the chart's `x-field` says, else the item's own, else the message's. */
export const timeOf = (item: unknown, message: Message, readX?: FieldReader): number =>
  (readX === undefined ? undefined : toMillis(readX(item))) ?? ownTime(item) ?? message.time;
