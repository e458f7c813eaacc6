/**
 * What the server reads from: one interface, in two manners. A source is a small module; it knows neither the snapshot
 * nor the clients, and whatever it does (throw, hang, flood, lie) costs the others nothing. PROTOCOL.md says in ten lines
 * how another is written.
 */

/** What can be written as JSON. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [name: string]: Value };

/** What a source gives, by name. */
export type Figures = Readonly<Record<string, Value>>;

/** Asked again and again; its figures stand in the snapshot. */
export interface AskedSource {
  /** Its own, for logs and for what is stale. */
  readonly name: string;
  /** The part of the snapshot that its figures belong to; several sources may share one. */
  readonly part: string;
  /** The figures it gives: null in the snapshot until it has given them once. What is not named here is left out. */
  readonly figures: readonly string[];
  /** How often it is asked, in milliseconds. Default: for every snapshot. */
  readonly period?: number;
  /** How long one reading may take, in milliseconds. */
  readonly limit?: number;
  /** Rejects where it has nothing. Stops what it does when the signal is aborted. */
  read(signal: AbortSignal): Promise<Figures>;
  /** Gives back what it holds (a pool, a connection); called once, at the end. */
  close?(): Promise<void>;
}

/** Pushes messages as they come. */
export interface PushingSource {
  readonly name: string;
  /** How long it may take to stand, in milliseconds. Default 10 s. */
  readonly limit?: number;
  /**
   * Resolves when it stands. When `signal` is aborted it lets go of everything, and `ended` resolves. Where it fails, by a
   * rejection of this or of `ended`, it is started anew after a pause that grows.
   */
  subscribe(push: Push, signal: AbortSignal): Promise<Standing>;
}

export interface Standing {
  readonly ended: Promise<void>;
}

/** Resolves when the message is published, which is the time to acknowledge it; rejects where it could not be. */
export type Push = (message: Pushed) => Promise<void>;

export interface Pushed {
  readonly channel: string;
  readonly data: Value;
  /** Whether a client that comes later begins with it, until the next of its channel. */
  readonly kept?: boolean;
}

export type Source = AskedSource | PushingSource;

export const isAsked = (source: Source): source is AskedSource => 'read' in source;

/** Why what a source says is not current, and since when. */
export interface Staleness {
  readonly reason: 'timeout' | 'error';
  /** Milliseconds since it last was; null where it never was. */
  readonly age: number | null;
}
