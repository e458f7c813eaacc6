/**
 * The contract of every transport: one attempt, and what it tells of itself. An attempt never retries, never sets a
 * timer, and tells exactly one end; after `close()` it tells nothing more.
 */
import type { Env } from '../kernel/env.js';
import type { Failure } from '../kernel/failure.js';
import type { TransportName } from '../kernel/status.js';

/**
 * Which headers of ours a request may carry. Across origins each of them asks for a preflight, which most servers do not
 * know: so there `cursor` are those alone without which messages are lost, and `none` is for a server that refuses them.
 */
export type Carries = 'all' | 'cursor' | 'none';

export interface AttemptRequest {
  /** Absolute. */
  readonly url: URL;
  readonly carries: Carries;
  /** The author's, asked for this attempt. */
  readonly headers: Readonly<Record<string, string>>;
  readonly credentials: RequestCredentials;
  readonly protocols: readonly string[];
  /** The id of the last complete event, for a stream or a long poll to go on from; '' where there is none. */
  readonly lastEventId: string;
  /** What the answers before this one taught; the attempt reads and writes it. */
  readonly memory: PullMemory;
}

/** What a source's last good answer was, so that the next is asked for conditionally and an equal one draws nothing. */
export interface PullMemory {
  etag: string | undefined;
  lastModified: string | undefined;
  text: string | undefined;
}

export const emptyMemory = (): PullMemory => ({ etag: undefined, lastModified: undefined, text: undefined });

/** Text, or an `ArrayBuffer` for the author's `decode`. */
export interface Payload {
  readonly data: string | ArrayBuffer;
  /** An SSE event's name. */
  readonly event: string | undefined;
  /** An SSE event's own `id:` line. */
  readonly id: string | undefined;
}

export interface Wire {
  /** The connection stands: a socket is open, a stream's headers are here. */
  readonly opened: (transport: TransportName) => void;
  /** Any sign of life, and how many bytes it was. */
  readonly alive: (bytes: number) => void;
  /** One of many to decode. What cannot be is passed over, and told. */
  readonly payload: (payload: Payload) => void;
  /** A whole answer to decode. Returns what is wrong with it where it cannot be. */
  readonly answer: (text: string) => string | undefined;
  /** The source says that what it last said still holds. */
  readonly unchanged: () => void;
  /** A single answer came in full and was good; `empty`: it held nothing new, by its text. The attempt is over. */
  readonly answered: (transport: TransportName, empty: boolean) => void;
  /** A comment of an event stream: a heartbeat, or a word of the server's protocol. */
  readonly comment: (text: string) => void;
  /** The server does not have all that came after the point from which it was asked to go on. */
  readonly gap: () => void;
  /** The id of the last complete event. */
  readonly committed: (id: string) => void;
  /** The server's wish for the pause before the next attempt, in milliseconds: holds until changed. */
  readonly retryIn: (ms: number) => void;
  /** A message was longer than what we keep, and was passed over. */
  readonly overLimit: () => void;
  /** The attempt is over and did not end well. */
  readonly failed: (failure: Failure) => void;
}

/** The wire until `isOver` says that nobody listens any more; silence after. */
export const until = (isOver: () => boolean, wire: Wire): Wire => {
  const told = Object.entries(wire).map(([name, tell]: [string, (...given: readonly unknown[]) => unknown]) => [
    name,
    (...given: readonly unknown[]) => (isOver() ? undefined : tell(...given)),
  ]);
  return Object.fromEntries(told) as Wire;
};

export interface Attempt {
  /** Sends now, or returns false where this transport cannot, or cannot yet. */
  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): boolean;
  /** Lets go at once: nothing is told any more. */
  close(code?: number, reason?: string): void;
}

export type Transport = (request: AttemptRequest, wire: Wire, env: Env) => Attempt;
