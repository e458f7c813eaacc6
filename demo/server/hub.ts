/**
 * Where messages meet clients: keeps the newest snapshot of each kept channel, hands messages to the outlets (one a
 * transport), and answers from its log what came after an id. Events get their ids here, or bring them where instances
 * share them. Knows nothing of sockets.
 */
import type { Bounds } from './bounds.js';
import type { Clock } from './clock.js';
import { EventLog } from './log.js';

/** What goes to clients. Without an id it is of this moment alone: it is not in the log, and is not repeated. */
export interface Message {
  readonly channel: string;
  /** The data alone, as JSON text. */
  readonly data: string;
  /** The envelope, for WebSockets; written as text once for all of them. */
  readonly json: string;
  /** The same as an event stream has it. */
  readonly sse: string;
}

export interface HubEvent extends Message {
  readonly id: number;
}

export const isEvent = (message: Message): message is HubEvent => 'id' in message;

/** An event that has its id already. */
export interface Arrival {
  readonly id: number;
  readonly channel: string;
  /** JSON text. */
  readonly data: string;
  /** When it was published, in milliseconds since the epoch. */
  readonly at: number;
  /** Whether it is what a new stream or subscription begins with. */
  readonly kept: boolean;
}

/** Hands a message to a transport's clients; returns how many it went to. */
export type Outlet = (message: Message) => number;

/** The channel that a stream, and a poll, begins with. */
export const SNAPSHOT_CHANNEL = 'metrics';

/** More than an instance lags behind the others; an id of another server differs by far more. */
const AHEAD = 10_000;
const MAX_CHANNEL = 128;
const ID = /^\d{1,16}$/;
const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** A channel's name goes into an event stream's lines, so it holds no control characters and no line ends. */
export const isChannel = (name: unknown): name is string =>
  typeof name === 'string' && name !== '' && name.length <= MAX_CHANNEL && name.trim() === name && !CONTROL.test(name);

/** The id that a client says it has; NaN, which is never covered, where it is none. */
export const idOf = (text: unknown): number => (typeof text === 'string' && ID.test(text) ? Number(text) : NaN);

export class Hub {
  /** Events published since the start. */
  published = 0;
  readonly #outlets = new Set<Outlet>();
  readonly #gapListeners = new Set<() => void>();
  readonly #snapshots = new Map<string, Message>();
  readonly #log: EventLog;

  constructor(
    private readonly clock: Clock,
    bounds: Bounds,
  ) {
    // Microseconds since the epoch: ids grow over a restart too, and an id of an earlier run is known for one.
    this.#log = new EventLog(Math.floor(clock.wall()) * 1_000, bounds);
  }

  /** Ids come from elsewhere: a client that comes from another instance may have later ones than are here yet. */
  share(): void {
    this.#log.ahead = AHEAD;
  }

  addOutlet(outlet: Outlet): void {
    this.#outlets.add(outlet);
  }

  /** Calls back when what was published is not known here: clients that are live have missed something. */
  onGap(listener: () => void): void {
    this.#gapListeners.add(listener);
  }

  /** `data` is JSON text. A kept event is what a new stream or subscription begins with. */
  publish(channel: string, data: string, kept = false): { id: string; delivered: number } {
    const id = this.newestId + 1;
    return { id: String(id), delivered: this.deliver({ id, channel, data, at: this.clock.wall(), kept }) };
  }

  /** Its id is the greatest so far. Returns how many clients it was handed to. */
  deliver(arrival: Arrival): number {
    const event = eventOf(arrival);
    if (arrival.kept) this.#snapshots.set(event.channel, event);
    this.#log.add(event);
    this.published += 1;
    return this.#hand(event);
  }

  /** For clients of this moment: no event, and nothing that comes after it depends on it. `data` is JSON text. */
  show(channel: string, data: string): void {
    const message = messageOf(channel, data, this.clock.wall());
    this.#snapshots.set(channel, message);
    this.#hand(message);
  }

  /** Makes an event that the log has not any more what a new stream or subscription begins with, unless a newer is. */
  keep(arrival: Arrival): void {
    const known = this.#snapshots.get(arrival.channel);
    if (known === undefined || (isEvent(known) && known.id < arrival.id)) {
      this.#snapshots.set(arrival.channel, eventOf(arrival));
    }
  }

  /** Ids go on after this one; nothing was missed. */
  pass(id: number): void {
    this.#log.pass(id);
  }

  /** Ids go on after this one, and what came between is lost to this instance: whoever has an older id is told of a gap. */
  skipTo(id: number): void {
    this.#log.forget(id);
    for (const listener of this.#gapListeners) listener();
  }

  snapshot(channel: string): Message | undefined {
    return this.#snapshots.get(channel);
  }

  get newestId(): number {
    return this.#log.newest();
  }

  /** The id of a channel's newest event: from there a subscription goes on. Where there is none, the newest of all. */
  newestOf(channel: string): number {
    return this.#log.newest(channel);
  }

  /** Whether every event after this id is still kept, or is yet to come: of one channel, or, without it, of all. */
  covers(id: number, channel?: string): boolean {
    return this.#log.covers(id, channel);
  }

  /** The first event after an id that is covered, of one channel or of all. */
  after(id: number, channel?: string): HubEvent | undefined {
    return this.#log.after(id, channel);
  }

  #hand(message: Message): number {
    let delivered = 0;
    for (const outlet of this.#outlets) delivered += outlet(message);
    return delivered;
  }
}

const eventOf = ({ id, channel, data, at }: Arrival): HubEvent => ({ id, ...messageOf(channel, data, at, id) });

/** `at` in milliseconds since the epoch. */
const messageOf = (channel: string, json: string, at: number, id?: number): Message => {
  const data = json.replace(/[\r\n]/g, ' ');
  const [idLine, idMember] = id === undefined ? ['', ''] : [`id: ${id}\n`, `,"id":"${id}"`];
  const timestamp = new Date(at).toISOString();
  return {
    channel,
    data,
    json: `{"channel":${JSON.stringify(channel)},"data":${data},"timestamp":"${timestamp}"${idMember}}`,
    sse: `${idLine}event: ${channel}\ndata: ${data}\n\n`,
  };
};
