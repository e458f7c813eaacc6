/** What a feed tells of its inside to whoever looks for a fault: plain data, fit for JSON, and free of secrets. */
import type { RtError } from './errors.js';
import type { Status, TransportName } from './status.js';

/** One source of a feed, as its state machine sees it. */
export interface InspectedSource {
  /** Without query: it may hold a secret. */
  readonly address: string;
  readonly transport: TransportName | undefined;
  /** `used`: what is shown comes from here. `probed`: tried beside it. `aside`: another is used. */
  readonly role: 'used' | 'probed' | 'aside';
  /** The state machine's state: `opening`, `live`, `waiting` and so on. */
  readonly phase: string;
  /** Retries since it last proved itself. */
  readonly attempt: number;
  /** Milliseconds until the next retry; `undefined` where none is waited for. */
  readonly retryIn: number | undefined;
  /** Milliseconds since the last byte; `undefined` where none came on this connection. */
  readonly silence: number | undefined;
  /** What is known of it whatever becomes of its connections. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** A buffer and its bound. */
export interface InspectedBuffer {
  readonly name: string;
  readonly used: number;
  /** `undefined` where only time bounds it. */
  readonly limit: number | undefined;
}

export interface InspectedChannel {
  readonly name: string;
  /** Milliseconds since something was last heard of it. */
  readonly silence: number;
  /** The usual gap between its messages, in milliseconds; `undefined` until it is learned. */
  readonly usualGap: number | undefined;
  readonly freshness: 'live' | 'stale';
}

export interface LoggedError extends Pick<RtError, 'code' | 'message' | 'fatal'> {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface Inspection {
  readonly version: string;
  readonly status: Status;
  readonly freshness: 'live' | 'stale';
  readonly paused: boolean;
  readonly sources: readonly InspectedSource[];
  /** How many feeds of the page share the connection. */
  readonly sharedBy: number;
  /** Since the feed began. */
  readonly messages: number;
  /** Since the connection began: what came over the wire. */
  readonly bytes: number;
  /** How often widgets were told of something new. */
  readonly flushes: number;
  readonly buffers: readonly InspectedBuffer[];
  readonly channels: readonly InspectedChannel[];
  /** The last hundred, oldest first. */
  readonly errors: readonly LoggedError[];
}
