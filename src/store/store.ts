/**
 * Owns the last message of each channel, with which a late reader starts, and hands every message to the readers that
 * want its channel. Knows neither what they make of it, nor feeds, nor frames.
 */
import { once, type Disposer } from '../kernel/disposer.js';
import type { Message } from '../kernel/message.js';
import type { StoreReader } from './samples.js';

/** How many channels' last messages are kept; of more, the one that was silent longest goes. */
export const MAX_CHANNELS = 1_000;

interface Entry {
  readonly reader: StoreReader;
  readonly onDirty: () => void;
  /** Told, and not looked at since. */
  isDirty: boolean;
}

export interface Attached {
  /** The reader has been looked at: the next change is told again. */
  clean(): void;
  readonly dispose: Disposer;
}

/** What is known of a channel. */
interface Channel {
  last: Message;
  arrival: number;
  /** When `last` was confirmed since it came; monotonic milliseconds. */
  confirmed: number | undefined;
  /** Who wants it, as of `generation`. */
  entries: readonly Entry[];
  generation: number;
}

export class Store {
  readonly #entries = new Set<Entry>();
  /** The one whose last message is newest comes last. */
  readonly #channels = new Map<string, Channel>();
  /** Rises when a reader comes or goes. */
  #generation = 0;

  /** Takes in messages that came at `arrival` (monotonic milliseconds), in order. */
  ingest(messages: readonly Message[], arrival: number): void {
    for (const message of messages) {
      for (const entry of this.#remember(message, arrival).entries) {
        if (entry.reader.ingest(message, arrival)) tell(entry);
      }
    }
  }

  /** The last message of a channel; `undefined` where none came, or too many channels came since. */
  lastMessage(channel: string): Message | undefined {
    return this.#channels.get(channel)?.last;
  }

  /**
   * Lets a reader read, from the last message of each of its channels on. `onDirty` is called at the first change until
   * `clean()`, while messages are taken in; not for what the reader starts with; and it must not throw.
   */
  attach(reader: StoreReader, onDirty: () => void): Attached {
    this.#seed(reader);
    const entry: Entry = { reader, onDirty, isDirty: false };
    this.#entries.add(entry);
    this.#generation++;
    return {
      clean: () => {
        entry.isDirty = false;
      },
      dispose: once(() => {
        this.#entries.delete(entry);
        this.#generation++;
      }),
    };
  }

  /** What came last still holds (a 304, an equal answer): of every channel, or of one. */
  confirm(arrival: number, channel?: string): void {
    for (const [name, known] of this.#channels) {
      if (channel === undefined || channel === name) known.confirmed = arrival;
    }
    for (const entry of this.#entries) {
      if (entry.reader.confirm(arrival, channel)) tell(entry);
    }
  }

  #seed(reader: StoreReader): void {
    const known = [...this.#channels.values()].filter(({ last }) => reader.reads(last.channel));
    reader.seed(known);
    for (const { last, confirmed } of known) {
      if (confirmed !== undefined) reader.confirm(confirmed, last.channel);
    }
  }

  #remember(message: Message, arrival: number): Channel {
    let channel = this.#channels.get(message.channel);
    this.#channels.delete(message.channel);
    if (channel === undefined) {
      const [oldest] = this.#channels.keys();
      if (oldest !== undefined && this.#channels.size >= MAX_CHANNELS) this.#channels.delete(oldest);
      channel = { last: message, arrival, confirmed: undefined, entries: [], generation: -1 };
    }
    this.#channels.set(message.channel, channel);
    channel.last = message;
    channel.arrival = arrival;
    channel.confirmed = undefined;
    if (channel.generation !== this.#generation) {
      channel.entries = [...this.#entries].filter(({ reader }) => reader.reads(message.channel));
      channel.generation = this.#generation;
    }
    return channel;
  }
}

const tell = (entry: Entry): void => {
  if (entry.isDirty) return;
  entry.isDirty = true;
  entry.onDirty();
};
