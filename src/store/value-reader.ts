/** Owns what a card reads: the last value of one series, and enough of its recent past to tell a trend. */
import type { Message } from '../kernel/message.js';
import { RecentSamples } from './recent-samples.js';
import type { Latest, Remembered, SeriesQuery, StoreReader } from './samples.js';
import { heardOf, SeriesReading, timeOf, visitItems } from './series-reading.js';

export class ValueReader implements StoreReader {
  readonly recent: RecentSamples;
  /** The last that was a text, a boolean or a number. */
  lastPlain: Latest | undefined;
  readonly #reading: SeriesReading;

  /** @param span - How far back `recent` reaches, in milliseconds. */
  constructor(query: SeriesQuery, span: number) {
    this.#reading = new SeriesReading(query);
    this.recent = new RecentSamples(span);
  }

  /** The last thing heard, of whatever kind. */
  get last(): Latest | undefined {
    return this.#reading.last;
  }

  /** The last that was a number. */
  get lastNumber(): Latest | undefined {
    return this.#reading.lastNumber;
  }

  reads(channel: string): boolean {
    return this.#reading.reads(channel);
  }

  ingest(message: Message, arrival: number): boolean {
    return visitItems(message.data, (item) => {
      const raw = this.#reading.find(item, message.channel);
      if (raw === undefined) return false;
      this.#hear(heardOf(raw, message.channel, timeOf(item, message), arrival));
      return true;
    });
  }

  confirm(arrival: number, channel?: string): boolean {
    if (!this.#reading.confirm(arrival, channel)) return false;
    if (this.lastPlain !== undefined && this.lastPlain.raw === this.last?.raw) this.lastPlain = this.last;
    return true;
  }

  seed(messages: readonly Remembered[]): void {
    for (const { last, arrival } of messages) this.ingest(last, arrival);
  }

  #hear(heard: Latest): void {
    this.#reading.hear(heard);
    if (/string|boolean|number/.test(typeof heard.raw)) this.lastPlain = heard;
    if (heard.number !== undefined) this.recent.add(heard.time, heard.number);
  }
}
