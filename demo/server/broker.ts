/**
 * What joins the instances of a server: who gives events their ids and their order, keeps them for clients that come back,
 * and says which instance reads the sources. One instance alone needs none of it: `LocalBroker` is the same in memory.
 */
import type { Bounds } from './bounds.js';
import type { Clock } from './clock.js';
import type { Hub } from './hub.js';
import type { Staleness } from './source.js';

export interface Published {
  readonly id: string;
  /** How many clients of this instance it was handed to. */
  readonly delivered: number;
}

/** The counters of one instance over the last ten seconds: what the snapshot's `api` part is made of. */
export interface Counters {
  readonly requests_per_second: number;
  readonly avg_response_time: number;
  readonly error_rate: number;
  readonly active_users: number;
}

/**
 * `alone`: there is nobody to share with. `joined`: shared. `degraded`: those to share with cannot be reached; clients of
 * this instance get its own snapshots, without ids, and what is published waits, within bounds.
 */
export type BrokerState = 'alone' | 'joined' | 'degraded';

/** Who publishes. What the instance that leads says as such is refused once another does. */
export type Publisher = 'anyone' | 'leader';

export interface Broker {
  readonly state: BrokerState;
  /** Whether this instance reads the sources for all, and nobody else does. */
  readonly leads: boolean;
  /** Resolves when it has joined, or knows that it cannot now. Never rejects. */
  start(): Promise<void>;
  /**
   * `data` is JSON text. A kept event is what a client that comes later begins with. Resolves when it has its id and its
   * place; rejects with `Unpublished` where it cannot be taken.
   */
  publish(channel: string, data: string, kept?: boolean, by?: Publisher): Promise<Published>;
  /**
   * A snapshot of this moment, for all clients: published and kept by the instance that leads, and rejected with
   * `Unpublished` where another does; never later than now. While it is degraded, for clients of this instance.
   */
  show(channel: string, data: string): Promise<void>;
  /** Tells the others of this instance's counters, and answers with those of all that live: its own among them. */
  share(counters: Counters): Promise<readonly Counters[]>;
  /** What it cannot reach, by name. */
  stale(): Readonly<Record<string, Staleness>>;
  /** Calls back whenever `leads` or `state` has changed. */
  onChange(listener: () => void): void;
  /** Leads no more, so that another may at once. */
  resign(): Promise<void>;
  close(): Promise<void>;
}

/** What a broker is given beside the hub. */
export interface BrokerContext {
  readonly clock: Clock;
  readonly bounds: Bounds;
  readonly random: () => number;
  readonly log: (sentence: string) => void;
}

/** What is to be published cannot be taken now: a sentence for whoever sent it. */
export class Unpublished extends Error {}

export class LocalBroker implements Broker {
  readonly state = 'alone';
  readonly leads = true;

  constructor(private readonly hub: Hub) {}

  async start(): Promise<void> {
    // There is nobody to join.
  }

  publish = async (channel: string, data: string, kept = false): Promise<Published> =>
    this.hub.publish(channel, data, kept);

  show = async (channel: string, data: string): Promise<void> => void this.hub.publish(channel, data, true);

  share = async (counters: Counters): Promise<readonly Counters[]> => [counters];

  stale = (): Readonly<Record<string, Staleness>> => ({});

  onChange(): void {
    // Nothing ever does.
  }

  async resign(): Promise<void> {
    // There is nobody else.
  }

  async close(): Promise<void> {
    // It holds nothing.
  }
}
