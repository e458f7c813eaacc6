/**
 * Where messages meet clients: gives each event its id, keeps a bounded log of recent ones and the newest snapshot of
 * each kept channel, and hands events to the outlets (one a transport). Knows nothing of sockets.
 */
import type { Bounds } from './bounds.js';
import type { Clock } from './clock.js';

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

const MAX_CHANNEL = 128;
const CONTROL = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u;

/** A channel's name goes into an event stream's lines, so it holds no control characters and no line ends. */
export const isChannel = (name: unknown): name is string =>
  typeof name === 'string' && name !== '' && name.length <= MAX_CHANNEL && name.trim() === name && !CONTROL.test(name);

export class Hub {
  /** Events published since the start. */
  published = 0;
  readonly #outlets = new Set<Outlet>();
  readonly #snapshots = new Map<string, HubEvent>();
  readonly #log: HubEvent[] = [];
  #logSize = 0;
  #newest: number;

  constructor(
    private readonly clock: Clock,
    private readonly bounds: Bounds,
  ) {
    // Microseconds since the epoch: ids grow over a restart too, and an id of an earlier run is known for one.
    this.#newest = clock.wall() * 1_000;
  }

  addOutlet(outlet: Outlet): void {
    this.#outlets.add(outlet);
  }

  /** `data` is JSON text. A kept event is what a new stream or subscription begins with. */
  publish(channel: string, data: string, kept = false): { id: string; delivered: number } {
    const event = this.#event(channel, data.replace(/[\r\n]/g, ' '));
    if (kept) this.#snapshots.set(channel, event);
    this.#remember(event);
    this.published += 1;
    let delivered = 0;
    for (const outlet of this.#outlets) delivered += outlet(event);
    return { id: String(event.id), delivered };
  }

  snapshot(channel: string): HubEvent | undefined {
    return this.#snapshots.get(channel);
  }

  get newestId(): number {
    return this.#newest;
  }

  /** Whether every event after this id is still kept. */
  covers(id: number): boolean {
    const oldest = this.#log[0]?.id ?? this.#newest + 1;
    return id >= oldest - 1 && id <= this.#newest;
  }

  /** The first event after an id that is covered. */
  after(id: number): HubEvent | undefined {
    const oldest = this.#log[0]?.id ?? 0;
    return this.#log[id + 1 - oldest];
  }

  #event(channel: string, data: string): HubEvent {
    const id = (this.#newest += 1);
    const timestamp = new Date(this.clock.wall()).toISOString();
    return {
      id,
      channel,
      data,
      json: `{"channel":${JSON.stringify(channel)},"data":${data},"timestamp":"${timestamp}","id":"${id}"}`,
      sse: `id: ${id}\nevent: ${channel}\ndata: ${data}\n\n`,
    };
  }

  #remember(event: HubEvent): void {
    this.#log.push(event);
    this.#logSize += sizeOf(event);
    while (this.#log.length > this.bounds.logEvents || this.#logSize > this.bounds.logBytes) {
      const gone = this.#log.shift();
      if (gone === undefined) return;
      this.#logSize -= sizeOf(gone);
    }
  }
}

const sizeOf = ({ json, sse }: HubEvent): number => json.length + sse.length;
