/**
 * One logical connection, over the first of its sources that works, for all feeds that are made of the same: it counts
 * their subscriptions, keeps what they send while it is away, and hands each of them what comes. Knows no store.
 */
import type { Disposer } from '../kernel/disposer.js';
import type { Env, Outside } from '../kernel/env.js';
import { rtError, type RtError } from '../kernel/errors.js';
import { MAX_CHANNELS } from '../kernel/limits.js';
import type { Message } from '../kernel/message.js';
import type { Status, TransportName } from '../kernel/status.js';
import { climb, FIRST_RUNG, type LadderEffect, type LadderEvent } from './ladder.js';
import { Link, type LinkSink } from './link.js';
import { statusOf } from './machine.js';
import { SendQueue, type Sendable } from './send-queue.js';
import { SleepWatch } from './sleep.js';
import { originOf, type Decode, type Source } from './source.js';
import { Teller } from './teller.js';

/** The connection as others see it. */
export interface ConnectionView {
  readonly status: Status;
  /** What is spoken, or will be; `undefined` while an `auto` has not decided, and without a source. */
  readonly transport: TransportName | undefined;
  /** How many retries it took or takes since the connection last proved itself; 0 for none. */
  readonly attempt: number;
  /** Monotonic milliseconds; `undefined` where no retry is waited for. */
  readonly retryAt: number | undefined;
  readonly error: RtError | undefined;
}

/** A feed, as its connection sees it. */
export interface Member {
  readonly channels: { readonly all: ReadonlySet<string> };
  /** How many messages it wants kept while the connection is away. */
  readonly queueLimit: number;
  messages(messages: readonly Message[], arrival: number): void;
  confirmed(arrival: number): void;
  changed(): void;
  error(error: RtError): void;
  /** What came since the last message is lost. */
  gap(): void;
}

/** After so long with nobody looking, a connection that is not to be kept then is closed. Milliseconds. */
const UNSEEN = 300_000;

export class Connection {
  /** An author's own decoding. */
  decode: Decode | undefined;
  readonly #members = new Set<Member>();
  /** By the number of their source; those that were never used are not there. */
  readonly links = new Map<number, Link>();
  readonly #queue = new SendQueue(0);
  readonly #teller: Teller;
  readonly #sleep: SleepWatch;
  readonly #unwatch: Disposer;
  /** The last message of each channel, and when it came; the newest last. */
  readonly #last = new Map<string, { readonly message: Message; readonly arrival: number }>();
  /** When all that came last was confirmed. */
  #confirmed: number | undefined;
  ladder = FIRST_RUNG;
  /** Which source brought the last message, and whether it was told since that another one is used. */
  #from: number | undefined;
  #changeTold = false;
  #look: Disposer | undefined;
  #unseen: Disposer | undefined;
  #overflow: Disposer | undefined;

  constructor(
    private readonly env: Env,
    readonly sources: readonly Source[],
    /** How many streams the page holds open to an origin, these included. */
    private readonly streams: (origin: string) => number,
  ) {
    this.#teller = new Teller(env, (error) => this.#each((member) => member.error(error)));
    this.#sleep = new SleepWatch(env, () => this.#all({ type: 'woke' }));
    this.#unwatch = env.watch((what) => this.#outside(what));
  }

  get view(): ConnectionView {
    const { model } = this.#used;
    const { phase } = model;
    return {
      status: statusOf(model, this.env.online()),
      transport: this.#transport,
      attempt: 'attempt' in phase ? phase.attempt : 0,
      retryAt: 'retryAt' in phase ? phase.retryAt : undefined,
      error: 'error' in phase ? phase.error : undefined,
    };
  }

  /** How many feeds listen. */
  get size(): number {
    return this.#members.size;
  }

  /** Streams and long polls that it holds open to an origin. */
  streamsTo(origin: string): number {
    let count = 0;
    for (const link of this.links.values()) if (link.isStream && originOf(link.source) === origin) count++;
    return count;
  }

  /** A feed listens from now on, and what it names is subscribed. The connection is opened if it is not. */
  join(member: Member): void {
    this.#members.add(member);
    this.limitQueue();
    for (const channel of member.channels.all) if (this.#wants(channel) === 1) this.#say('subscribe', channel);
    // Each thing in its turn: what was confirmed came before, and what has come since is younger than that.
    let confirmed = this.#last.size > 0 ? this.#confirmed : undefined;
    const confirm = (until: number): void => {
      if (confirmed === undefined || confirmed > until) return;
      member.confirmed(confirmed);
      confirmed = undefined;
    };
    for (const { message, arrival } of this.#last.values()) {
      confirm(arrival);
      member.messages([message], arrival);
    }
    confirm(Infinity);
    this.connect();
  }

  /** A feed listens no more; with the last one the connection is closed. */
  leave(member: Member): void {
    if (!this.#members.delete(member)) return;
    if (this.#members.size === 0) return this.#disconnect();
    this.limitQueue();
    for (const channel of member.channels.all) if (this.#wants(channel) === 0) this.#unsubscribe(channel);
  }

  /** What the most demanding member wants kept, is. */
  limitQueue(): void {
    this.#queue.setLimit(Math.max(0, ...[...this.#members].map(({ queueLimit }) => queueLimit)));
    this.#tellOverflow();
  }

  connect(): void {
    this.#used.dispatch({ type: 'connect' });
  }

  /** Drops what there is and tries at once: what works again, anything else from the best source on. */
  reconnect(): void {
    if (this.#used.model.phase.name !== 'live' && this.ladder.used > 0) {
      this.#all({ type: 'set-aside' });
      this.ladder = FIRST_RUNG;
    }
    this.#used.dispatch({ type: 'reconnect' });
  }

  /** A member wants, or does not want, a channel; its own list knows already. */
  subscribed(channel: string): void {
    if (this.#wants(channel) === 1) this.#say('subscribe', channel);
  }

  unsubscribed(channel: string): void {
    if (this.#wants(channel) === 0) this.#unsubscribe(channel);
  }

  /**
   * Sends over a WebSocket, now or when it is open; over anything else it is told.
   *
   * @param limit - how many messages are kept where no feed listens yet.
   */
  send(data: Sendable, limit: number): RtError | undefined {
    if (this.sources.every(({ policy }) => policy.transport !== 'websocket')) return CANNOT_SEND;
    if (this.#used.send(data)) return undefined;
    if (this.size === 0) this.#queue.setLimit(limit);
    this.#queue.add(data);
    this.#tellOverflow();
    return undefined;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** Whether each feed must pick its own: over a socket of its own the server does, by what was subscribed. */
  get isMixed(): boolean {
    return this.#members.size > 1 || this.#transport !== 'websocket';
  }

  /** Lets go of everything, and says nothing more. */
  dispose(): void {
    this.#members.clear();
    for (const link of this.links.values()) link.dispose();
    for (const stop of [this.#look, this.#unseen, this.#overflow, this.#unwatch]) stop?.();
    this.#sleep.watching = false;
    this.#teller.dispose();
  }

  get #transport(): TransportName | undefined {
    const { model, source } = this.#used;
    const { transport } = source.policy;
    return transport === 'auto' ? model.facts.transport : transport;
  }

  get #hasWorked(): boolean {
    return [...this.links.values()].some(({ model }) => model.facts.worked);
  }

  get #used(): Link {
    return this.#link(this.ladder.used);
  }

  #link(index: number): Link {
    const known = this.links.get(index);
    if (known !== undefined) return known;
    const source = this.sources[index];
    if (source === undefined) throw new RangeError(`There is no source ${index}.`);
    const link: Link = new Link(
      this.env,
      source,
      this.#listener(index, () => link),
    );
    this.links.set(index, link);
    return link;
  }

  #listener(index: number, link: () => Link): LinkSink {
    const isUsed = (): boolean => index === this.ladder.used;
    return {
      messages: (messages, arrival) => {
        if (!isUsed()) this.#climb({ type: 'proved', index });
        if (isUsed()) this.#deliver(index, messages, arrival);
      },
      confirmed: (arrival) => {
        if (!isUsed()) return;
        this.#confirmed = arrival;
        this.#each((member) => member.confirmed(arrival));
      },
      changed: () => {
        if (isUsed()) this.#changed();
        else this.#takeOpen();
      },
      error: (error) => {
        // One that has just handed over says why; one that is only tried may fail as it likes.
        if (index !== this.ladder.probed) this.#each((member) => member.error(error));
      },
      report: (error) => {
        if (isUsed()) this.#teller.report(error);
      },
      greet: () => {
        for (const channel of this.#channels()) link().send(subscribe(channel, link().replay.resumeOf(channel)));
        if (isUsed()) this.#queue.drain((data) => link().send(data));
      },
      gap: () => {
        if (isUsed() || index === this.#from) this.#gap();
      },
      handOver: () => this.#climb({ type: 'handed-over', index }),
      isResumable: () => {
        const wanted = this.#channels();
        return wanted.size > 0 && [...wanted].every((channel) => link().replay.resumeOf(channel) !== undefined);
      },
      decode: () => this.decode,
      hasNext: () => index + 1 < this.sources.length,
      hasBetter: () => index > 0,
      isProbing: () => index === this.ladder.probed,
      streams: () => this.streams(originOf(link().source)),
    };
  }

  #climb(event: LadderEvent): void {
    const before = this.#used;
    const [ladder, effects] = climb(this.ladder, event);
    this.ladder = ladder;
    for (const effect of effects) this.#perform(effect);
    if (before === this.#used) return;
    // One that has proved itself brings a message at once, and is told of with that.
    if (event.type === 'handed-over' && before.model.facts.delivered) this.#tellChange(before, this.#used);
    this.#queue.drain((data) => this.#used.send(data));
    this.#changed();
  }

  #perform(effect: LadderEffect): void {
    switch (effect.type) {
      case 'use':
      case 'probe': {
        const link = this.#link(effect.index);
        // What was said to it before, and brought nothing, leads behind what another one has brought since.
        if (this.#from !== undefined && this.#from !== effect.index && !link.isUnderWay) link.forget();
        // One that was tried and has proved itself is open already.
        return link.dispatch({ type: 'connect', again: this.#hasWorked });
      }
      case 'drop':
        return this.#link(effect.index).dispatch({ type: 'set-aside' });
      case 'look-in':
        this.#look?.();
        // Who heard of the change may have been the last to listen.
        if (this.size > 0) this.#look = this.env.timer(() => this.#lookUp(), effect.ms);
        return;
    }
  }

  #changed(): void {
    const used = this.#used;
    this.#sleep.watching = used.isUnderWay;
    this.#climb({ type: used.model.phase.name === 'failed' ? 'stuck' : 'unstuck' });
    this.#takeOpen();
    this.#watchUnseen();
    this.#each((member) => member.changed());
  }

  /** While nothing works, a better one that is open is used before it has brought a message: it may have none. */
  #takeOpen(): void {
    const { stuck, probed } = this.ladder;
    if (!stuck || probed === undefined || this.#link(probed).model.phase.name !== 'live') return;
    this.#climb({ type: 'proved', index: probed });
  }

  #deliver(index: number, messages: readonly Message[], arrival: number): void {
    if (messages.length === 0 || this.size === 0) return;
    this.#comesFrom(index);
    for (const message of messages) {
      this.#last.delete(message.channel);
      this.#last.set(message.channel, { message, arrival });
      if (this.#last.size <= MAX_CHANNELS) continue;
      const [oldest] = this.#last.keys();
      if (oldest !== undefined) this.#last.delete(oldest);
    }
    this.#each((member) => member.messages(messages, arrival));
  }

  /** Ids are not carried from one source to another: what others could replay is behind what this one brings. */
  #comesFrom(index: number): void {
    const before = this.#from;
    if (before === index) return;
    if (before !== undefined) this.#tellChange(this.#link(before), this.#link(index));
    this.#from = index;
    this.#changeTold = false;
    for (const [other, link] of this.links) if (other !== index) link.forget();
  }

  /** The gap is told once more with the first message: to who came meanwhile, too. */
  #tellChange(before: Link, after: Link): void {
    this.#gap();
    if (this.#changeTold) return;
    this.#changeTold = true;
    const text = `Ids are not carried from one source to another: between ${before.source.address.shown} and ${after.source.address.shown} messages may be lost; charts show a gap.`;
    this.#each((member) => member.error(rtError('history-gap', text)));
  }

  #gap(): void {
    this.#each((member) => member.gap());
  }

  #each(tell: (member: Member) => void): void {
    for (const member of this.#members) tell(member);
  }

  #disconnect(): void {
    for (const link of this.links.values()) link.dispatch({ type: 'disconnect' });
    this.#look?.();
    this.#unseen?.();
    this.#sleep.watching = false;
    this.ladder = FIRST_RUNG;
    this.#last.clear();
    this.#confirmed = undefined;
  }

  #all(event: { readonly type: 'woke' | 'park' | 'unpark' | 'returned' | 'set-aside' }): void {
    for (const link of this.links.values()) link.dispatch(event);
  }

  #outside(what: Outside): void {
    switch (what) {
      case 'online':
        this.#each((member) => member.changed());
        if (!this.env.online()) return;
        this.#all({ type: 'returned' });
        return this.#lookUp();
      case 'hidden':
        this.#watchUnseen();
        if (this.env.hidden()) return;
        this.#unpark();
        return this.#all({ type: 'returned' });
      case 'frozen':
        return this.#all({ type: 'park' });
      case 'thawed':
        // What was closed because nobody looks stays so.
        if (!this.env.hidden() || this.sources[0]?.closeHidden !== true) this.#unpark();
        return;
    }
  }

  /** It is time for a better source; while nothing is to be open, that waits until something is. */
  #lookUp(): void {
    if (!this.#isParked) this.#climb({ type: 'look' });
  }

  #unpark(): void {
    const wasParked = this.#isParked;
    this.#all({ type: 'unpark' });
    if (wasParked) this.#lookUp();
  }

  get #isParked(): boolean {
    return this.#used.model.phase.name === 'parked';
  }

  /** A connection that is not to be kept while nobody looks is closed after a while. */
  #watchUnseen(): void {
    const closes = this.sources[0]?.closeHidden === true && this.env.hidden() && this.#used.isUnderWay;
    if (closes === (this.#unseen !== undefined)) return;
    this.#unseen?.();
    this.#unseen = closes ? this.env.timer(() => this.#all({ type: 'park' }), UNSEEN) : undefined;
  }

  /** By how many members a channel is wanted. */
  #wants(channel: string): number {
    let count = 0;
    for (const { channels } of this.#members) if (channels.all.has(channel)) count++;
    return count;
  }

  #channels(): ReadonlySet<string> {
    const channels = new Set<string>();
    for (const member of this.#members) for (const channel of member.channels.all) channels.add(channel);
    return channels;
  }

  #unsubscribe(channel: string): void {
    for (const { replay } of this.links.values()) replay.forget(channel);
    // Over anything else it goes on coming, for feeds that name no channel.
    if (this.#transport === 'websocket') this.#last.delete(channel);
    this.#say('unsubscribe', channel);
  }

  #say(type: 'subscribe' | 'unsubscribe', channel: string): void {
    const text = JSON.stringify({ type, channel });
    for (const link of this.links.values()) link.send(text);
  }

  #tellOverflow(): void {
    // Where nobody listens, it is told to who comes.
    if (!this.#queue.hasDropped || this.size === 0) return;
    this.#overflow ??= this.env.timer(() => {
      this.#overflow = undefined;
      const dropped = this.#queue.takeDropped();
      const text = `${dropped} ${dropped === 1 ? 'message' : 'messages'} to send did not fit into queue-limit; the oldest were dropped.`;
      this.#each((member) => member.error(rtError('queue-overflow', text)));
    }, 0);
  }
}

export const CANNOT_SEND = rtError(
  'protocol',
  'Only a WebSocket can send: the message is dropped. Set transport="websocket".',
);

const subscribe = (channel: string, resume: string | undefined): string =>
  JSON.stringify({ type: 'subscribe', channel, resume });
