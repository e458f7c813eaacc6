/**
 * The replay log: recent events of each channel, within bounds for one (events, bytes) and for all (channels, bytes), so
 * that a channel that says much does not push out one that says little. Past the bounds for all the channel that has been
 * silent longest goes. Knows of each id whether all that came after it is still here, on one channel and on all. Ids grow;
 * where instances share a log, some are given to no event.
 */
import type { Bounds } from './bounds.js';
import type { HubEvent } from './hub.js';
import { Queue } from './queue.js';

interface ChannelLog {
  readonly events: Queue<HubEvent>;
  bytes: number;
  /** The newest event that is not kept any more, or one that is sure to be no older. */
  dropped: number;
}

export class EventLog {
  /** By their last event: the one that has been silent longest stands first. */
  readonly #channels = new Map<string, ChannelLog>();
  /** Every event after `#dropped`, of all channels, in the order of their ids. */
  readonly #recent = new Queue<HubEvent>();
  #bytes = 0;
  #newest: number;
  /** The newest event of any channel that is not kept any more. */
  #dropped: number;
  /** The same of the channels that are gone altogether. */
  #forgotten: number;
  /** The last row of ids that nobody was given: from none of them can anybody go on. */
  #hole = { after: 0, to: 0 };

  /** How far an id may be ahead of the newest that is here: others have it already. */
  ahead = 0;

  /** Ids begin after `start`. */
  constructor(
    start: number,
    private readonly bounds: Bounds,
  ) {
    this.#newest = this.#dropped = this.#forgotten = start;
  }

  /** Of one channel, or, without it, of all. A channel that is not kept stands where all of them do. */
  newest(channel?: string): number {
    const events = channel === undefined ? undefined : this.#channels.get(channel)?.events;
    return events?.at(events.length - 1)?.id ?? this.#newest;
  }

  /** Whether every event after this id is still kept: of one channel, or, without it, of all. */
  covers(id: number, channel?: string): boolean {
    const isGiven = id <= this.#hole.after || id >= this.#hole.to;
    return isGiven && id >= this.#floor(channel) && id <= this.#newest + this.ahead;
  }

  /** The first event after an id that is covered, of one channel or of all. */
  after(id: number, channel?: string): HubEvent | undefined {
    const events = channel === undefined ? this.#recent : this.#channels.get(channel)?.events;
    return events?.at(firstAfter(events, id));
  }

  add(event: HubEvent): void {
    const { logEvents, logBytes, logChannels, logBytesInAll } = this.bounds;
    const { channel, id } = event;
    const log = this.#channels.get(channel) ?? { events: new Queue(), bytes: 0, dropped: this.#forgotten };
    this.#channels.delete(channel);
    this.#channels.set(channel, log);
    log.events.push(event);
    log.bytes += sizeOf(event);
    this.#bytes += sizeOf(event);
    this.#recent.push(event);
    this.#newest = id;
    while (log.events.length > logEvents || log.bytes > logBytes) this.#dropOldest(log);
    for (const [name, silent] of this.#channels) {
      if (this.#channels.size <= logChannels && this.#bytes <= logBytesInAll) break;
      while (silent.events.length > 0) this.#dropOldest(silent);
      this.#channels.delete(name);
      this.#forgotten = silent.dropped;
    }
  }

  /** Ids go on after `id`; those between are of no event, and nothing is missed. */
  pass(id: number): void {
    if (id > this.#newest + 1) {
      this.#dropTo(this.#hole.to); // one hole is known at a time
      this.#hole = { after: this.#newest, to: id };
    }
    this.#newest = id;
  }

  /** Ids go on after `id`, and what came before is not known: it may be smaller than the newest. */
  forget(id: number): void {
    this.#dropTo(this.#newest);
    this.#channels.clear();
    this.#hole = { after: 0, to: 0 };
    this.#newest = this.#dropped = this.#forgotten = id;
  }

  #floor(channel: string | undefined): number {
    return channel === undefined ? this.#dropped : (this.#channels.get(channel)?.dropped ?? this.#forgotten);
  }

  #dropTo(id: number): void {
    for (const log of this.#channels.values()) {
      while ((log.events.at(0)?.id ?? Infinity) <= id) this.#dropOldest(log);
      log.dropped = Math.max(log.dropped, id);
    }
    this.#dropped = Math.max(this.#dropped, id);
    this.#forgotten = Math.max(this.#forgotten, id);
  }

  #dropOldest(log: ChannelLog): void {
    const event = log.events.shift();
    if (event === undefined) return;
    log.bytes -= sizeOf(event);
    this.#bytes -= sizeOf(event);
    log.dropped = event.id;
    this.#dropped = Math.max(this.#dropped, event.id);
    while ((this.#recent.at(0)?.id ?? Infinity) <= this.#dropped) this.#recent.shift();
  }
}

/** The index of the first event after an id, in a row that grows. */
const firstAfter = (events: Queue<HubEvent>, id: number): number => {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((events.at(middle)?.id ?? Infinity) <= id) low = middle + 1;
    else high = middle;
  }
  return low;
};

const sizeOf = ({ json, sse }: HubEvent): number => json.length + sse.length;
