/**
 * Where messages meet clients: gives each event its id, keeps the newest snapshot of each kept channel, hands events to
 * the outlets (one a transport), and answers from its log what came after an id. Knows nothing of sockets.
 */
import type { Bounds } from './bounds.js';
import type { Clock } from './clock.js';
import { EventLog } from './log.js';

export interface HubEvent {
  readonly id: number;
  readonly channel: string;
  /** The data alone, as JSON text. */
  readonly data: string;
  /** The envelope, for WebSockets; written as text once for all of them. */
  readonly json: string;
  /** The same event as an event stream has it. */
  readonly sse: string;
}

/** Hands an event to a transport's clients; returns how many it went to. */
export type Outlet = (event: HubEvent) => number;

/** The channel that a stream, and a poll, begins with. */
export const SNAPSHOT_CHANNEL = 'metrics';

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
  readonly #snapshots = new Map<string, HubEvent>();
  readonly #log: EventLog;

  constructor(
    private readonly clock: Clock,
    bounds: Bounds,
  ) {
    // Microseconds since the epoch: ids grow over a restart too, and an id of an earlier run is known for one.
    this.#log = new EventLog(Math.floor(clock.wall()) * 1_000, bounds);
  }

  addOutlet(outlet: Outlet): void {
    this.#outlets.add(outlet);
  }

  /** `data` is JSON text. A kept event is what a new stream or subscription begins with. */
  publish(channel: string, data: string, kept = false): { id: string; delivered: number } {
    const event = this.#event(channel, data.replace(/[\r\n]/g, ' '));
    if (kept) this.#snapshots.set(channel, event);
    this.#log.add(event);
    this.published += 1;
    let delivered = 0;
    for (const outlet of this.#outlets) delivered += outlet(event);
    return { id: String(event.id), delivered };
  }

  snapshot(channel: string): HubEvent | undefined {
    return this.#snapshots.get(channel);
  }

  get newestId(): number {
    return this.#log.newest();
  }

  /** The id of a channel's newest event: from there a subscription goes on. Where there is none, the newest of all. */
  newestOf(channel: string): number {
    return this.#log.newest(channel);
  }

  /** Whether every event after this id is still kept: of one channel, or, without it, of all. */
  covers(id: number, channel?: string): boolean {
    return this.#log.covers(id, channel);
  }

  /** The first event after an id that is covered, of one channel or of all. */
  after(id: number, channel?: string): HubEvent | undefined {
    return this.#log.after(id, channel);
  }

  #event(channel: string, data: string): HubEvent {
    const id = this.newestId + 1;
    const timestamp = new Date(this.clock.wall()).toISOString();
    return {
      id,
      channel,
      data,
      json: `{"channel":${JSON.stringify(channel)},"data":${data},"timestamp":"${timestamp}","id":"${id}"}`,
      sse: `id: ${id}\nevent: ${channel}\ndata: ${data}\n\n`,
    };
  }
}
