/**
 * What stands behind one `<rt-feed>`: it alone wires the connection, the store and the frames, and hands widgets their
 * port. Samples enter the store as they come; events and widgets hear of them at most once a frame.
 */
import type { ConnectionView } from '../../feed/connection.js';
import { Membership } from '../../feed/membership.js';
import { poolOf } from '../../feed/pool.js';
import type { Source } from '../../feed/source.js';
import type { Span } from '../../kernel/duration.js';
import { Listeners, reportLater, type Disposer } from '../../kernel/disposer.js';
import type { FrameTask } from '../../kernel/env.js';
import type { RtError } from '../../kernel/errors.js';
import { MAX_MESSAGES_A_FLUSH } from '../../kernel/limits.js';
import type { Message } from '../../kernel/message.js';
import { FeedFreshness, LEAST_PATIENCE, nameOf, type Freshness, type FreshnessChange } from '../../store/freshness.js';
import { compilePath } from '../../store/path.js';
import type { StoreReader } from '../../store/samples.js';
import { Store } from '../../store/store.js';
import { PORT_VERSION, type FeedPort, type ShownFeed } from '../feed-port.js';
import { ShownStatus } from '../shown-status.js';
import type { World } from '../world.js';

/** What becomes of a feed while nobody looks. To close it is the connection's part: nothing is drawn until then. */
export type WhenHidden = 'keep' | 'throttle' | 'close';

export interface FeedHostSink {
  /** The status, or the retry that is waited for, has changed. */
  status(view: ConnectionView, previous: ConnectionView): void;
  /** A channel, or the feed as a whole, has turned live or stale; `since` in milliseconds since the epoch. */
  freshness(change: FreshnessChange): void;
  /** Every message since the last flush, in order; `dropped` of them, the oldest, were too many. */
  messages(messages: readonly Message[], dropped: number): void;
  error(error: RtError): void;
  /** A widget wants it paused, or no longer: the element says so to the host in turn. */
  wantPaused(paused: boolean): void;
}

/** The least time between two words on how much is held, in milliseconds: a person reads no faster. */
const HELD_PERIOD = 250;

export class FeedHost implements FeedPort {
  readonly version = PORT_VERSION;
  readonly connection: Membership;
  /** While the page is hidden widgets are told nothing, unless it is `keep`. */
  whenHidden: WhenHidden = 'throttle';
  /** How many messages came, and how often widgets were told of something new. */
  taken = 0;
  flushes = 0;
  readonly store = new Store();
  readonly #observers = new Listeners();
  /** Apart from the others, as nothing but the count is news to them. */
  readonly #heldObservers = new Listeners();
  readonly #shown: ShownStatus;
  /** What shows each reader that has taken something in since it was last shown. */
  readonly #dirty = new Set<() => void>();
  readonly #flush: FrameTask = (now) => this.#run(now);
  #view: ConnectionView;
  #messages: Message[] = [];
  #dropped = 0;
  #paused = false;
  #held = 0;
  /** Runs while the count has risen and its observers have not heard of it. */
  #heldTimer: Disposer | undefined;
  #history: Span = { samples: 10_000 };
  #channels = '';
  #lastArrival: number | undefined;
  #lastFlush = -Infinity;
  readonly #freshness = new FeedFreshness();
  #staleAfter: number | undefined;
  #wake: Disposer | undefined;
  /** When freshness is judged next unless something is heard; monotonic milliseconds. */
  #wakeAt = Infinity;
  /** Changes of freshness that are being told. */
  #changes: FreshnessChange[] = [];
  /** The least time between two flushes, in milliseconds. */
  #period = 0;

  constructor(
    private readonly world: World,
    private readonly sink: FeedHostSink,
    queueLimit: number,
  ) {
    this.connection = new Membership(
      world.env,
      poolOf(world.env),
      {
        messages: (messages, arrival) => this.#take(messages, arrival),
        confirmed: (arrival) => this.#confirm(arrival),
        changed: () => this.#changed(),
        error: (error) => sink.error(error),
        gap: () => this.store.breakLines(),
      },
      queueLimit,
    );
    this.#view = this.connection.view;
    this.#shown = new ShownStatus(world.env, this.#view, () => {
      if (!this.#judge()) this.#observers.emit();
    });
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
    if (this.#heldTimer !== undefined) this.#tellHeld();
    this.#held = 0;
    this.#paused = paused;
    this.#observers.emit();
    if (!paused && this.#dirty.size > 0) this.#mark();
  }

  get held(): number {
    return this.#held;
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

  /** The silence after which values are stale, in milliseconds; `undefined`: by each channel's own rhythm. */
  set staleAfter(ms: number | undefined) {
    if (this.#staleAfter === ms) return;
    this.#staleAfter = ms;
    this.#judge();
  }

  freshnessOf(channel: string | undefined): Freshness {
    const known = channel === undefined ? this.#freshness : this.store.channels.get(channel)?.arrivals;
    return nameOf(known?.isLive === true);
  }

  /** The most flushes to widgets a second; `undefined`: the display's own rate. */
  set maxRate(rate: number | undefined) {
    this.#period = rate === undefined ? 0 : 1_000 / rate;
  }

  now(): number {
    return this.world.env.now();
  }

  /** None: the feed lives from what is pushed. An error: there is one, and it can never work. */
  setSources(sources: readonly Source[] | RtError): void {
    this.connection.setSources(sources);
  }

  observe(listener: () => void): Disposer {
    return this.#observers.add(listener);
  }

  observeHeld(listener: () => void): Disposer {
    return this.#heldObservers.add(listener);
  }

  attach(reader: StoreReader, changed: () => void): Disposer {
    const show = (): void => {
      attached.clean();
      changed();
    };
    const attached = this.store.attach(reader, () => {
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

  pause(): void {
    this.sink.wantPaused(true);
  }

  resume(): void {
    this.sink.wantPaused(false);
  }

  /** A field of the channel's last message; `undefined` where there is none. */
  latest(channel: string, field: string | undefined): unknown {
    const message = this.store.lastMessage(channel);
    return message === undefined ? undefined : compilePath(field)(message.data);
  }

  /** How many messages wait for the next flush. */
  get pending(): number {
    return this.#messages.length;
  }

  dispose(): void {
    this.connection.dispose();
    this.#shown.dispose();
    this.#wake?.();
    this.#heldTimer?.();
    this.world.frames.unmark(this.#flush);
  }

  #take(messages: readonly Message[], arrival: number): void {
    this.taken += messages.length;
    if (this.#paused) this.#hold(messages.length);
    this.#noteArrival(this.store.ingest(messages, arrival), arrival);
    for (const message of messages) this.#messages.push(message);
    // Twice the bound, so that the array is cut once in a while and not with each message.
    if (this.#messages.length > 2 * MAX_MESSAGES_A_FLUSH) this.#trim();
    this.#mark();
  }

  #hold(count: number): void {
    if (count === 0) return;
    this.#held += count;
    this.#heldTimer ??= this.world.env.timer(() => this.#tellHeld(), HELD_PERIOD);
  }

  #tellHeld(): void {
    this.#heldTimer?.();
    this.#heldTimer = undefined;
    this.#heldObservers.emit();
  }

  #confirm(arrival: number): void {
    this.#noteArrival(this.store.confirm(arrival), arrival);
  }

  /** From the first arrival on, what a widget has not read is not there: "no data" and no longer "waiting". */
  #noteArrival(isNews: boolean, arrival: number): void {
    const isFirst = this.#lastArrival === undefined;
    this.#lastArrival = arrival;
    if (isFirst) this.#observers.emit();
    if (!this.#isConnected) return;
    const soon = arrival + (this.#staleAfter ?? LEAST_PATIENCE);
    if (isNews) this.#judge();
    // A rhythm may have been learned or have quickened, but not to less than this: to look then is in time.
    else if (soon < this.#wakeAt) this.#wakeUp(soon);
  }

  get #isConnected(): boolean {
    return this.shown.status === 'connected';
  }

  #wakeUp(at: number): void {
    this.#wake?.();
    this.#wakeAt = at;
    this.#wake = at === Infinity ? undefined : this.world.env.timer(() => this.#judge(), Math.max(0, at - this.now()));
  }

  /** Judges the freshness of all, and tells of what has changed: true where anything has. */
  #judge(): boolean {
    const { env } = this.world;
    const now = env.now();
    const changes = this.#freshness.judge(this.store.channels, this.#isConnected, this.#staleAfter, now);
    this.#wakeUp(this.#freshness.due);
    if (changes.length === 0) return false;
    this.#observers.emit();
    const isTelling = this.#changes.length > 0;
    for (const change of changes) this.#changes.push({ ...change, since: env.wall() + change.since - now });
    // Who hears of one may cause another: it is told after those that came before it.
    if (isTelling) return true;
    for (const change of this.#changes) this.sink.freshness(change);
    this.#changes = [];
    return true;
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
    this.flushes++;
    if (this.whenHidden !== 'keep' && this.world.env.hidden()) {
      // Drawings wait until the page is seen: so does what is to be shown.
      if (this.#dirty.size > 0) this.frames.mark(this.#flush, 'draw');
    } else if (!this.#paused) {
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
    const retries = view.retryAt !== undefined && view.retryAt !== previous.retryAt;
    if (view.status !== previous.status || retries) this.sink.status(view, previous);
    // After the status, as a freshness may follow from it; what is told of may have changed it again.
    this.#shown.update(this.#view);
  }
}
