/**
 * What a feed hands to its widgets, and how it is asked for: by the context community protocol
 * (https://github.com/webcomponents-cg/community-protocols, proposal "Context"), under a key that all bundles share.
 */
import type { Disposer } from '../kernel/disposer.js';
import type { Span } from '../kernel/duration.js';
import type { Frames } from '../kernel/env.js';
import type { RtError } from '../kernel/errors.js';
import type { Status, TransportName } from '../kernel/status.js';
import type { Freshness } from '../store/freshness.js';
import type { StoreReader } from '../store/samples.js';

export const PORT_VERSION = 1;

export const FEED_CONTEXT = Symbol.for('rt-widgets.feed');

/** A feed as its widgets show it: a cut that is over within 1.5 s is not seen here. */
export interface ShownFeed {
  readonly status: Status;
  readonly transport: TransportName | undefined;
  /** Which retry is under way or waited for; 0 for none. */
  readonly attempt: number;
  /** Monotonic milliseconds; `undefined` where no retry is waited for. */
  readonly retryAt: number | undefined;
  readonly error: RtError | undefined;
}

export interface FeedPort {
  readonly version: number;
  readonly frames: Frames;
  readonly shown: ShownFeed;
  readonly paused: boolean;
  /** How many messages have come since it was paused; 0 while it is not. */
  readonly held: number;
  /** How much of each field is kept, unless a chart's window asks for more. */
  readonly history: Span;
  /** When anything last came or was confirmed; monotonic milliseconds. */
  readonly lastArrival: number | undefined;
  /** Monotonic milliseconds, by the feed's own clock. */
  now(): number;
  /** Whether the values of a channel, or (`undefined`) of the feed as a whole, are live. */
  freshnessOf(channel: string | undefined): Freshness;
  /** Calls back when `shown`, `paused`, `history` or a freshness has changed, and at the first arrival. */
  observe(listener: () => void): Disposer;
  /** Calls back when `held` has risen, about four times a second at most, and with its last word before it falls to 0. */
  observeHeld(listener: () => void): Disposer;
  /**
   * Lets a reader take in every message as it comes, from the last of each channel on. `changed` is called at most once
   * a frame, and not while the feed is paused or, unless it is to be kept up, the page is hidden.
   */
  attach(reader: StoreReader, changed: () => void): Disposer;
  reconnect(): void;
  /** Sets the feed's `paused`: it is so a moment later, and the observers hear of it. */
  pause(): void;
  resume(): void;
}

/** The request of the protocol. */
export class ContextRequestEvent extends Event {
  constructor(
    readonly context: unknown,
    readonly contextTarget: Element,
    readonly callback: (value: FeedPort) => void,
    readonly subscribe = false,
    bubbles = true,
  ) {
    super('context-request', { bubbles, composed: bubbles });
  }
}

declare global {
  interface HTMLElementEventMap {
    'context-request': ContextRequestEvent;
  }
}

/** The feeds of a document: shared by all bundles on the page, so kept on the document and not in a module. */
export interface PageFeeds {
  readonly feeds: Set<HTMLElement>;
  /** Fires `change` when a feed comes or goes, or has another id. */
  readonly changes: EventTarget;
}

const PAGE_FEEDS = Symbol.for('rt-widgets.feeds');

export const pageFeeds = (document: Document): PageFeeds => {
  const holder: Document & { [PAGE_FEEDS]?: PageFeeds } = document;
  const known = holder[PAGE_FEEDS];
  if (known !== undefined) return known;
  const made: PageFeeds = { feeds: new Set(), changes: new EventTarget() };
  holder[PAGE_FEEDS] = made;
  return made;
};
