/**
 * What joins the instances of a server: who gives events their ids and their order, keeps them for clients that come back,
 * and says which instance reads the sources. One instance alone needs none of it: `LocalBroker` is the same in memory.
 */
import type { Hub } from './hub.js';

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

export interface Broker {
  readonly state: BrokerState;
  /** Whether this instance reads the sources and publishes the snapshots. */
  readonly leads: boolean;
  /**
   * `data` is JSON text. A kept event is what a client that comes later begins with. Resolves when it has its id and its
   * place; rejects with `Unpublished` where it cannot be taken.
   */
  publish(channel: string, data: string, kept?: boolean): Promise<Published>;
  /** Tells the others of this instance's counters, and answers with those of all that live: its own among them. */
  share(counters: Counters): Promise<readonly Counters[]>;
  /** Calls back whenever `leads` or `state` has changed. */
  onChange(listener: () => void): void;
  close(): Promise<void>;
}

/** What is to be published cannot be taken now: a sentence for whoever sent it. */
export class Unpublished extends Error {}

export class LocalBroker implements Broker {
  readonly state = 'alone';
  readonly leads = true;

  constructor(private readonly hub: Hub) {}

  publish = async (channel: string, data: string, kept = false): Promise<Published> =>
    this.hub.publish(channel, data, kept);

  share = async (counters: Counters): Promise<readonly Counters[]> => [counters];

  onChange(): void {
    // Nothing ever does.
  }

  async close(): Promise<void> {
    // It holds nothing.
  }
}
