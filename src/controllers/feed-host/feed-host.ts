/**
 * What stands behind one `<rt-feed>`: it alone wires the connection, the store and the frames, and hands widgets their
 * port. Samples enter the store as they come; events and widgets hear of them at most once a frame.
 */
import { Connection, type ConnectionView, type Source } from '../../feed/connection.js';
import type { Span } from '../../kernel/duration.js';
import { Listeners, reportLater, type Disposer } from '../../kernel/disposer.js';
import type { FrameTask } from '../../kernel/env.js';
import type { RtError } from '../../kernel/errors.js';
import { MAX_MESSAGES_A_FLUSH } from '../../kernel/limits.js';
import type { Message } from '../../kernel/message.js';
import { compilePath } from '../../store/path.js';
import type { StoreReader } from '../../store/samples.js';
import { Store } from '../../store/store.js';
import { PORT_VERSION, type FeedPort, type ShownFeed } from '../feed-port.js';
import { ShownStatus } from '../shown-status.js';
import type { World } from '../world.js';

export interface FeedHostSink {
  /** The status, or the retry that is waited for, has changed. */
  status(view: ConnectionView, previous: ConnectionView): void;
  /** Every message since the last flush, in order; `dropped` of them, the oldest, were too many. */
  messages(messages: readonly Message[], dropped: number): void;
  error(error: RtError): void;
}

export class FeedHost implements FeedPort {
  readonly version = PORT_VERSION;
  readonly connection: Connection;
  readonly #store = new Store();
  readonly #observers = new Listeners();
  readonly #shown: ShownStatus;
  /** What shows each reader that has taken something in since it was last shown. */
  readonly #dirty = new Set<() => void>();
  readonly #flush: FrameTask = (now) => this.#run(now);
  #view: ConnectionView;
  #messages: Message[] = [];
  #dropped = 0;
  #paused = false;
  #history: Span = { samples: 10_000 };
  #channels = '';
  #lastArrival: number | undefined;
  #lastFlush = -Infinity;
  /** The least time between two flushes, in milliseconds. */
  #period = 0;

  constructor(
    private readonly world: World,
    private readonly sink: FeedHostSink,
    queueLimit: number,
  ) {
    this.connection = new Connection(
      world.env,
      {
        messages: (messages, arrival) => this.#take(messages, arrival),
        confirmed: (arrival) => this.#confirm(arrival),
        changed: () => this.#changed(),
        error: (error) => sink.error(error),
      },
      queueLimit,
    );
    this.#view = this.connection.view;
    this.#shown = new ShownStatus(world.env, this.#view, () => this.#observers.emit());
  }

  get frames(): World['frames'] {
    return this.world.frames;
  }

  get view(): ConnectionView {
    return this.#view;
  }

  get shown(): ShownFeed {
    return this.#shown.view;
  }

  get paused(): boolean {
    return this.#paused;
  }

  set paused(paused: boolean) {
    if (this.#paused === paused) return;
    this.#paused = paused;
    this.#observers.emit();
    if (!paused && this.#dirty.size > 0) this.#mark();
  }

  get history(): Span {
    return this.#history;
  }

  set history(history: Span) {
    if (this.#history === history) return;
    this.#history = history;
    this.#observers.emit();
  }

  /** The names of the `channels` attribute. The same again takes no `unsubscribe()` back. */
  set channels(text: string) {
    if (this.#channels === text) return;
    this.#channels = text;
    this.connection.setChannels(text.split(/\s+/).filter((name) => name !== ''));
  }

  get lastArrival(): number | undefined {
    return this.#lastArrival;
  }

  /** The most flushes to widgets a second; `undefined`: the display's own rate. */
  set maxRate(rate: number | undefined) {
    this.#period = rate === undefined ? 0 : 1_000 / rate;
  }

  now(): number {
    return this.world.env.now();
  }

  setSource(source: Source | RtError | undefined): void {
    this.connection.setSource(source);
  }

  observe(listener: () => void): Disposer {
    return this.#observers.add(listener);
  }

  attach(reader: StoreReader, changed: () => void): Disposer {
    const show = (): void => {
      attached.clean();
      changed();
    };
    const attached = this.#store.attach(reader, () => {
      this.#dirty.add(show);
      this.#mark();
    });
    return () => {
      attached.dispose();
      this.#dirty.delete(show);
    };
  }

  reconnect(): void {
    this.connection.reconnect();
  }

  /** A field of the channel's last message; `undefined` where there is none. */
  latest(channel: string, field: string | undefined): unknown {
    const message = this.#store.lastMessage(channel);
    return message === undefined ? undefined : compilePath(field)(message.data);
  }

  dispose(): void {
    this.connection.dispose();
    this.#shown.dispose();
    this.world.frames.unmark(this.#flush);
  }

  #take(messages: readonly Message[], arrival: number): void {
    this.#store.ingest(messages, arrival);
    this.#noteArrival(arrival);
    for (const message of messages) this.#messages.push(message);
    // Twice the bound, so that the array is cut once in a while and not with each message.
    if (this.#messages.length > 2 * MAX_MESSAGES_A_FLUSH) this.#trim();
    this.#mark();
  }

  #confirm(arrival: number): void {
    this.#store.confirm(arrival);
    this.#noteArrival(arrival);
  }

  /** From the first arrival on, what a widget has not read is not there: "no data" and no longer "waiting". */
  #noteArrival(arrival: number): void {
    const isFirst = this.#lastArrival === undefined;
    this.#lastArrival = arrival;
    if (isFirst) this.#observers.emit();
  }

  #trim(): void {
    const over = this.#messages.length - MAX_MESSAGES_A_FLUSH;
    if (over <= 0) return;
    this.#messages = this.#messages.slice(over);
    this.#dropped += over;
  }

  #mark(): void {
    this.frames.mark(this.#flush, 'data');
  }

  #run(now: number): void {
    // A frame comes a little early or late; half a millisecond must not cost a whole one.
    if (now - this.#lastFlush < this.#period - 0.5) return this.#mark();
    this.#lastFlush = now;
    if (!this.#paused) {
      const dirty = [...this.#dirty];
      this.#dirty.clear();
      for (const show of dirty) {
        try {
          show();
        } catch (error) {
          // One widget that fails starves neither the others nor the messages.
          reportLater(error);
        }
      }
    }
    this.#trim();
    if (this.#messages.length === 0) return;
    const messages = this.#messages;
    const dropped = this.#dropped;
    this.#messages = [];
    this.#dropped = 0;
    this.sink.messages(messages, dropped);
  }

  #changed(): void {
    const previous = this.#view;
    const view = this.connection.view;
    this.#view = view;
    this.#shown.update(view);
    const retries = view.retryAt !== undefined && view.retryAt !== previous.retryAt;
    if (view.status !== previous.status || retries) this.sink.status(view, previous);
  }
}
