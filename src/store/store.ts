/**
 * Owns the last message of each channel, with which a late reader starts, and when the channel was heard; hands every
 * message to the readers that want its channel. Knows neither what they make of it, nor feeds, nor frames.
 */
import { once, type Disposer } from '../kernel/disposer.js';
import { MAX_CHANNELS } from '../kernel/limits.js';
import type { Message } from '../kernel/message.js';
import { Arrivals } from './arrivals.js';
import type { StoreReader } from './samples.js';

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
export interface Channel {
  last: Message;
  /** When `last` came; monotonic milliseconds. */
  arrival: number;
  readonly arrivals: Arrivals;
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

  /** All channels that are kept; the one whose last message is newest comes last. */
  get channels(): ReadonlyMap<string, Readonly<Channel>> {
    return this.#channels;
  }

  /**
   * Takes in messages that came at `arrival` (monotonic milliseconds), in order. True where one is of a channel that did
   * not count as live.
   */
  ingest(messages: readonly Message[], arrival: number): boolean {
    let isNews = false;
    for (const message of messages) {
      const { entries, arrivals } = this.#remember(message, arrival);
      arrivals.note(arrival);
      if (!arrivals.isLive) isNews = true;
      for (const entry of entries) {
        if (entry.reader.ingest(message, arrival)) tell(entry);
      }
    }
    return isNews;
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

  /**
   * What came last still holds (a 304, an equal answer): of every channel, or of one. True where one did not count as live.
   */
  confirm(arrival: number, channel?: string): boolean {
    let isNews = false;
    for (const [name, { arrivals }] of this.#channels) {
      if (channel !== undefined && channel !== name) continue;
      arrivals.confirm(arrival);
      if (!arrivals.isLive) isNews = true;
    }
    for (const entry of this.#entries) {
      if (entry.reader.confirm(arrival, channel)) tell(entry);
    }
    return isNews;
  }

  /** How many samples the readers keep in all. */
  get samples(): number {
    let sum = 0;
    for (const { reader } of this.#entries) sum += reader.samples ?? 0;
    return sum;
  }

  /** What comes next does not follow from what was: every line breaks there. */
  breakLines(): void {
    for (const entry of this.#entries) if (entry.reader.breakLine?.() === true) tell(entry);
  }

  #seed(reader: StoreReader): void {
    const known = [...this.#channels.values()].filter(({ last }) => reader.reads(last.channel));
    reader.seed(known);
    for (const { last, arrival, arrivals } of known) {
      if (arrivals.last !== arrival) reader.confirm(arrivals.last, last.channel);
    }
  }

  #remember(message: Message, arrival: number): Channel {
    let channel = this.#channels.get(message.channel);
    this.#channels.delete(message.channel);
    if (channel === undefined) {
      const [oldest] = this.#channels.keys();
      if (oldest !== undefined && this.#channels.size >= MAX_CHANNELS) this.#channels.delete(oldest);
      channel = { last: message, arrival, arrivals: new Arrivals(), entries: [], generation: -1 };
    }
    this.#channels.set(message.channel, channel);
    channel.last = message;
    channel.arrival = arrival;
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
