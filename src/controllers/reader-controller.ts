/**
 * Keeps one reader of the store attached to the widget's feed, whichever that is. A widget that is moved within the page
 * keeps what it has read; one whose feed went away keeps its last values; another feed begins anew.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Disposer } from '../kernel/disposer.js';
import type { StoreReader } from '../store/samples.js';
import type { FeedController } from './feed-controller.js';
import type { FeedPort } from './feed-port.js';
import { world } from './world.js';

/** A move takes an element out of the document and puts it back: what it reads outlives that. */
const GRACE = 500;

export class ReaderController<R extends StoreReader> implements ReactiveController {
  #reader: R | undefined;
  #port: FeedPort | undefined;
  #detach: Disposer | undefined;
  #release: Disposer | undefined;

  constructor(
    private readonly host: ReactiveControllerHost,
    private readonly feed: FeedController,
    /** Makes a reader; `previous` is the one that it replaces, of the same feed. */
    private readonly make: (previous: R | undefined, port: FeedPort) => R,
    /** Something to show has come; at most once a frame. */
    private readonly changed: () => void,
  ) {
    host.addController(this);
  }

  /** What was read last; `undefined` before there was a feed. */
  get reader(): R | undefined {
    return this.#reader;
  }

  /** Reads anew, from what is made now. */
  renew(): void {
    this.#attach(this.#reader);
  }

  hostConnected(): void {
    this.#release?.();
    this.#release = undefined;
    this.host.requestUpdate();
  }

  hostUpdate(): void {
    const { port } = this.feed;
    if (port === this.#port) return;
    this.#letGo();
    this.#port = port;
    this.#attach(undefined);
  }

  hostDisconnected(): void {
    this.#release = world().env.timer(() => this.#letGo(), GRACE);
  }

  #letGo(): void {
    this.#detach?.();
    this.#detach = undefined;
    this.#port = undefined;
  }

  #attach(previous: R | undefined): void {
    if (this.#port === undefined) return;
    this.#detach?.();
    this.#reader = this.make(previous, this.#port);
    this.#detach = this.#port.attach(this.#reader, this.changed);
    this.changed();
  }
}
