/**
 * The driver of one source's state machine: it opens attempts, runs timers, decodes what comes and says what it is told
 * to. It decides nothing about retrying, and knows neither the other sources nor the feeds that listen.
 */
import { decodeEvent, decodeSocketPayload, decodeValue, type Control, type DecodeContext } from '../decode/decode.js';
import type { Disposer } from '../kernel/disposer.js';
import type { Env } from '../kernel/env.js';
import { rtError, type ErrorCode, type RtError } from '../kernel/errors.js';
import type { Message } from '../kernel/message.js';
import { bad, ok, type Result } from '../kernel/result.js';
import {
  emptyMemory,
  until,
  type Attempt,
  type Carries,
  type Payload,
  type PullMemory,
  type Transport,
  type Wire,
} from '../transport/attempt.js';
import { auto } from '../transport/auto.js';
import { longPolling } from '../transport/long-polling.js';
import { polling } from '../transport/polling.js';
import { sse } from '../transport/sse.js';
import { websocket } from '../transport/websocket.js';
import { asHttp } from './address.js';
import { Liveness } from './liveness.js';
import {
  initialModel,
  isPolling,
  isUnderWay,
  step,
  type Circumstances,
  type Effect,
  type Event,
  type Model,
  type TimerName,
} from './machine.js';
import { Replay } from './replay.js';
import { toSendable, type Sendable } from './send-queue.js';
import type { Asked, Decode, Source } from './source.js';

/** The channel of what names none: each feed reads it as its own first one. */
export const UNNAMED = '';

/** Who hears of a link. */
export interface LinkSink {
  /** Messages, in order, that came at `arrival` (monotonic milliseconds). */
  messages(messages: readonly Message[], arrival: number): void;
  /** What came last still holds. */
  confirmed(arrival: number): void;
  /** The machine's state has changed. */
  changed(): void;
  error(error: RtError): void;
  /** May come in floods: told once in a while. */
  report(error: RtError): void;
  /** A WebSocket is open: what must be said now, is. */
  greet(): void;
  /** What came since the last message is lost. */
  gap(): void;
  /** This source is of no use now. */
  handOver(): void;
  /** Whether every channel that is subscribed over a WebSocket can be resumed. */
  isResumable(): boolean;
  /** An author's own decoding. */
  decode(): Decode | undefined;
  hasNext(): boolean;
  hasBetter(): boolean;
  isProbing(): boolean;
  /** Streams and long polls of the page that the same origin holds open. */
  streams(): number;
}

/** An answer that comes within this time with nothing in it was not waited for by the server. Milliseconds. */
const UNHELD = 100;
/** So many of them in a row, and the next request waits. */
const MAX_UNHELD = 10;
/** The headers that a browser sends across origins without asking (Fetch, "CORS-safelisted request-header"). */
const SAFE = /^(?:accept|accept-language|content-language)$/i;
/** How long messages wait for the replay of what came before them, and how many. */
const HOLD = 3_000;
const MAX_HELD = 10_000;

export class Link {
  replay = new Replay();
  readonly #liveness = new Liveness();
  readonly #timers = new Map<TimerName, Disposer>();
  readonly #events: Event[] = [];
  #working = false;
  #disposed = false;
  #model: Model = initialModel;
  #memory: PullMemory = emptyMemory();
  #attempt: Attempt | undefined;
  /** Another one with every attempt: what an older one still says is not heard. */
  #token = {};
  #began = 0;
  /** When a byte came last on this attempt; `-Infinity` before. */
  lastByte = -Infinity;
  #firstByte = Infinity;
  #mute = true;
  #used = false;
  #unheld = 0;
  /** The attempt beside a stream that opened without the id, and what the stream brought meanwhile. */
  #beside: Attempt | undefined;
  #besideToken = {};
  #held: (() => void)[] | undefined;
  #release: Disposer | undefined;
  /** What a long poll without the cursor brought, until one with it is answered or refused. */
  #aside: (() => void) | undefined;
  readonly #inquiry = new AbortController();
  /** The author's headers, as they were given for the last attempt. */
  #given: Readonly<Record<string, string>> = {};
  /** Bytes that came over the wire. */
  bytes = 0;

  constructor(
    private readonly env: Env,
    readonly source: Source,
    private readonly sink: LinkSink,
  ) {}

  get model(): Model {
    return this.#model;
  }

  /** True where it holds, or asks for, one of the few connections that a browser opens to an origin. */
  get isStream(): boolean {
    const { transport } = this.source.policy;
    return this.#attempt !== undefined && transport !== 'websocket' && !isPolling(this.#model, this.source.policy);
  }

  /** True while there is something that a sleep of the machine may have outlasted. */
  get isUnderWay(): boolean {
    return isUnderWay(this.#model);
  }

  /** Sends now, or returns false where it cannot. */
  send(data: Sendable): boolean {
    return this.#attempt?.send(data) === true;
  }

  /** One event after another: what a listener asks for while an event is worked on waits until that is done. */
  dispatch(event: Event): void {
    if (this.#disposed) return;
    this.#events.push(event);
    if (this.#working) return;
    this.#working = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        const { phase } = this.#model;
        const [model, effects] = step(this.#model, next, this.#circumstances());
        this.#model = model;
        for (const effect of effects) this.#perform(effect);
        if (phase !== model.phase) this.sink.changed();
      }
    } finally {
      this.#working = false;
    }
  }

  /** Another source has brought what came after: to go on from here would bring it a second time. */
  forget(): void {
    this.replay = new Replay();
    this.#memory = emptyMemory();
    this.dispatch({ type: 'overtaken' });
  }

  /** Lets go of everything, and says nothing more. */
  dispose(): void {
    this.#disposed = true;
    this.#inquiry.abort();
    this.#events.length = 0;
    this.#held = undefined;
    this.#model = initialModel;
    for (const stop of this.#timers.values()) stop();
    this.#timers.clear();
    this.#close();
  }

  /** Whether our own headers cost nothing: within the origin, and where the author's need a browser's leave anyway. */
  get #isFree(): boolean {
    return !this.source.address.crossOrigin || Object.keys(this.#given).some((name) => !SAFE.test(name));
  }

  get #hasCursor(): boolean {
    if (this.source.policy.transport === 'websocket') return this.sink.isResumable();
    const { etag, lastModified } = this.#memory;
    return this.replay.lastEventId !== '' || (this.#pullsLong && (etag ?? lastModified) !== undefined);
  }

  get #pullsLong(): boolean {
    return this.source.policy.transport === 'long-polling';
  }

  #circumstances(): Circumstances {
    const { address, policy, credentials } = this.source;
    const cursor = this.#hasCursor;
    return {
      now: this.env.now(),
      chance: this.env.random(),
      policy,
      hidden: this.env.hidden(),
      began: this.#began,
      lastByte: this.lastByte,
      firstByte: this.#firstByte,
      mute: this.#mute,
      patience: this.#pullsLong ? this.#liveness.pollPatience : this.#liveness.streamPatience,
      stallAfter: this.#liveness.stallAfter,
      cursor,
      asksLeave: cursor && !this.#isFree && policy.transport !== 'websocket',
      hasNext: this.sink.hasNext(),
      hasBetter: this.sink.hasBetter(),
      probing: this.sink.isProbing(),
      address: address.shown,
      crossOrigin: address.crossOrigin,
      pageOrigin: address.pageOrigin,
      credentials,
      streams: this.sink.streams(),
    };
  }

  #perform(effect: Effect): void {
    // Who heard of an effect before this one may have let go of all.
    if (this.#disposed) return;
    switch (effect.type) {
      case 'open':
        return this.#open();
      case 'close':
        return this.#close();
      case 'start': {
        const { timer, ms } = effect;
        this.#timers.get(timer)?.();
        this.#timers.set(
          timer,
          this.env.timer(() => this.dispatch({ type: 'timer', timer }), ms),
        );
        return;
      }
      case 'stop':
        this.#timers.get(effect.timer)?.();
        this.#timers.delete(effect.timer);
        return;
      case 'ping':
        this.#attempt?.send(PING);
        return;
      case 'tell':
        return this.sink.error(effect.error);
      case 'inquire':
        void this.#inquire();
        return;
      case 'open-beside':
        return this.#openBeside();
      case 'take-beside':
        return this.#takeBeside();
      case 'close-beside':
        this.#closeBeside();
        this.#letGo();
        return this.#takeAside();
      case 'gap':
        return this.sink.gap();
      case 'hand-over':
        return this.sink.handOver();
    }
  }

  #close(): void {
    this.#token = {};
    this.#closeBeside();
    // What waited for the replay came before the end, and what it waited for will not come.
    if (this.#held !== undefined) this.#lost('it ended before it had replayed what was missed');
    this.#letGo();
    this.#attempt?.close();
    this.#attempt = undefined;
  }

  #open(): void {
    this.#close();
    const token = this.#token;
    this.#used = false;
    this.#mute = true;
    this.#began = this.env.now();
    this.lastByte = -Infinity;
    this.#firstByte = Infinity;
    this.#liveness.begin();
    const { headers, protocols, policy } = this.source;
    const hello = policy.transport === 'websocket' ? this.source.hello : undefined;
    const start = (given: Readonly<Record<string, string>>, names: readonly string[], greeting: unknown): void => {
      if (token !== this.#token) return;
      this.#given = given;
      this.#attempt = this.#ask(names, this.#carries, this.#wire(token, greeting));
    };
    if (typeof headers !== 'function' && typeof protocols !== 'function' && hello === undefined) {
      return start(headers, protocols, undefined);
    }
    Promise.all([ask(headers), ask(protocols), ask(hello)]).then(
      ([given, names, greeting]) => start(given, names, greeting),
      (cause: unknown) => {
        if (token === this.#token) this.dispatch({ type: 'failed', failure: { kind: 'author', cause } });
      },
    );
  }

  get #carries(): Carries {
    if (this.#isFree) return 'all';
    const { leave } = this.#model.facts;
    return leave === 'refused' || leave === 'doubted' ? 'none' : 'cursor';
  }

  #ask(protocols: readonly string[], carries: Carries, wire: Wire): Attempt {
    const { address, credentials } = this.source;
    const transport = this.#transport();
    return transport(
      {
        url: transport === websocket ? address.url : asHttp(address.url),
        carries,
        headers: this.#given,
        credentials,
        protocols,
        lastEventId: this.replay.lastEventId,
        memory: this.#isDoubted ? { ...this.#memory } : this.#memory,
      },
      wire,
      this.env,
    );
  }

  #transport(): Transport {
    const { policy } = this.source;
    switch (policy.transport) {
      case 'websocket':
        return websocket;
      case 'long-polling':
        return longPolling;
      case 'sse':
        return sse;
      default:
        return isPolling(this.#model, policy) ? polling : auto;
    }
  }

  #alive(bytes: number): void {
    const now = this.env.now();
    this.lastByte = now;
    if (bytes === 0) return;
    this.bytes += bytes;
    if (this.#firstByte === Infinity) this.#firstByte = now;
    this.#mute = false;
    this.#liveness.bytes(now);
  }

  #wire(token: object, greeting: unknown): Wire {
    const carries = this.#carries;
    const isBeside = (): boolean => token === this.#besideToken;
    let took = false;
    return until(() => token !== this.#token && !isBeside(), {
      opened: (transport) => {
        if (isBeside()) return this.dispatch({ type: 'beside', outcome: 'opened' });
        this.#alive(0);
        if (transport === 'sse' && carries !== 'none' && this.replay.lastEventId !== '') this.replay.resumed();
        else if (transport === 'sse') this.replay.began();
        if (transport === 'websocket') {
          // Before a listener hears of it: what it sends goes after what has waited.
          if (greeting !== undefined && greeting !== null) this.send(toSendable(greeting));
          this.sink.greet();
        }
        this.dispatch({ type: 'opened', transport });
      },
      alive: (bytes) => this.#alive(bytes),
      payload: (payload) => this.#inOrder(() => this.#takePayload(token, payload)),
      answer: (text) => {
        if (this.#isDoubted) return this.#setAside(text);
        const result = this.#take({ data: text, event: undefined, id: undefined });
        took = typeof result === 'number' && result > 0;
        return typeof result === 'string' ? result : undefined;
      },
      unchanged: () => {
        this.#pollOpened();
        this.sink.confirmed(this.env.now());
      },
      answered: (transport, empty) => {
        const pause = this.#countUnheld(transport === 'long-polling' && empty);
        if (transport === 'long-polling') this.#liveness.poll(this.env.now() - this.#began);
        this.dispatch({ type: 'answered', transport, pause });
        if (took) this.dispatch({ type: 'used' });
      },
      committed: (id) =>
        this.#inOrder(() => {
          this.replay.lastEventId = id;
        }),
      comment: (text) => {
        this.#liveness.comment(this.env.now());
        // The word of our own protocol for it (PROTOCOL.md); a comment means nothing to the standard.
        if (/^\s*gap\b/.test(text)) this.#lost('the server no longer has what came after the last event');
      },
      gap: () => this.#lost('the server no longer has what came after the last answer'),
      retryIn: (ms) => this.dispatch({ type: 'retry-in', ms }),
      overLimit: () =>
        this.#report(
          'over-limit',
          'A message of more than 4 MiB is passed over; the connection goes on. Send smaller ones.',
        ),
      failed: (failure) => {
        if (!isBeside()) return this.dispatch({ type: 'failed', failure });
        this.dispatch({ type: 'beside', outcome: failure.kind === 'network' ? 'refused' : 'lost' });
      },
    });
  }

  /** Whether a server that answers at once with nothing must be asked less often. */
  #countUnheld(empty: boolean): boolean {
    this.#unheld = empty && this.env.now() - this.#began < UNHELD ? this.#unheld + 1 : 0;
    if (this.#unheld === MAX_UNHELD) {
      const { shown } = this.source.address;
      const text = `${shown} answers at once with nothing new, where a long poll should wait; it is asked every reconnect-delay. Use transport="polling", or let the server wait.`;
      this.#report('protocol', text);
    }
    return this.#unheld >= MAX_UNHELD;
  }

  /** Tells of what may come in floods. */
  #report(code: ErrorCode, message: string): void {
    this.sink.report(rtError(code, message));
  }

  #lost(why: string): void {
    this.sink.gap();
    this.sink.report(rtError('history-gap', `${this.source.address.shown}: ${why}; charts show a gap.`));
  }

  #takePayload(token: object, payload: Payload): void {
    const seen = this.replay.event(payload.id, typeof payload.data === 'string' ? payload.data : '');
    if (seen === 'gap') this.#lost('the server’s history has begun anew');
    if (seen === 'again') {
      this.sink.confirmed(this.env.now());
      return this.#noteUse();
    }
    const result = this.#take(payload);
    if (typeof result === 'string') {
      return this.#report('decode', `${result} It is passed over; the connection goes on.`);
    }
    // A reader of messages may have changed the source.
    if (token === this.#token && result >= 0) this.#noteUse();
  }

  /** Returns how many messages it was, -1 for the protocol's own, or what is wrong with the payload. */
  #take(payload: Payload): string | number {
    const arrival = this.env.now();
    const decoded = this.#decoded(payload);
    if (!decoded.ok) return decoded.problem;
    if ('kind' in decoded.value) {
      this.#obey(decoded.value);
      return -1;
    }
    this.#pollOpened();
    const messages = this.replay.messages(decoded.value);
    if (this.#pullsLong) this.#commit(messages);
    if (messages.length > 0) this.sink.messages(messages, arrival);
    else if (decoded.value.length > 0) this.sink.confirmed(arrival);
    return messages.length;
  }

  /** A long poll is open by an answer that can be read: what it brings is judged by what came before it. */
  #pollOpened(): void {
    if (this.#pullsLong) this.dispatch({ type: 'opened', transport: 'long-polling' });
  }

  /** A long poll without `ETag` goes on from its last message. */
  #commit(messages: readonly Message[]): void {
    const id = messages.at(-1)?.id;
    if (id !== undefined) this.replay.lastEventId = String(id);
  }

  #noteUse(): void {
    if (this.#used) return;
    this.#used = true;
    this.dispatch({ type: 'used' });
  }

  #decoded(payload: Payload): Result<readonly Message[] | Control> {
    const { data, event, id } = payload;
    const { policy } = this.source;
    const decode = this.sink.decode();
    const context: DecodeContext = { event, id, channels: undefined, firstChannel: UNNAMED, now: this.env.wall() };
    if (decode !== undefined) {
      try {
        return ok(decodeValue(decode(payload), context));
      } catch (error) {
        return bad(`The feed’s decode threw: ${error instanceof Error ? error.message : String(error)}.`);
      }
    }
    if (typeof data !== 'string') {
      return bad('A binary message came, and the feed has no decode function.');
    }
    if (policy.transport !== 'websocket') return decodeEvent(data, context);
    const socket = decodeSocketPayload(data, context);
    if (!socket.ok) return socket;
    return ok(socket.value.kind === 'control' ? socket.value : socket.value.messages);
  }

  #obey({ type, message, channel, resume, gap }: Control): void {
    if (type === 'pong') this.dispatch({ type: 'ponged' });
    if (type === 'ping') this.#attempt?.send(PONG);
    if (type === 'error') {
      this.#report('protocol', `The server refused what was sent to it: ${message ?? 'it does not say why'}.`);
    }
    if (type === 'subscribed' && channel !== undefined && resume !== undefined) {
      this.replay.announced(channel, resume, gap);
      if (gap) this.#lost(`the server no longer has what was missed of channel ${channel}`);
    }
  }

  // A stream across origins that opened without the id, and the one beside it that asks with it.

  /** What a stream brings waits while it is not known whether what came before it is replayed. */
  #inOrder(take: () => void): void {
    if (this.#beside === undefined && this.#held === undefined) return take();
    this.#held ??= [];
    this.#held.push(take);
    this.#release ??= this.env.timer(() => this.#giveUpBeside(), HOLD);
    if (this.#held.length > MAX_HELD) this.#giveUpBeside();
  }

  #giveUpBeside(): void {
    this.dispatch({ type: 'beside', outcome: 'lost' });
  }

  #openBeside(): void {
    const token = (this.#besideToken = {});
    this.#beside = this.#ask([], 'cursor', this.#wire(token, undefined));
  }

  /** A long poll is asked for without the cursor, only to learn whether the server is there. */
  get #isDoubted(): boolean {
    return this.#pullsLong && this.#hasCursor && !this.#isFree && this.#model.facts.leave === 'doubted';
  }

  #setAside(text: string): undefined {
    this.#pollOpened();
    this.#aside = () => void this.#take({ data: text, event: undefined, id: undefined });
  }

  #takeAside(): void {
    const aside = this.#aside;
    this.#aside = undefined;
    aside?.();
  }

  /** It replays all that came since the last id, also what the other stream has brought since: that is not needed. */
  #takeBeside(): void {
    this.#aside = undefined;
    if (this.#beside === undefined) return;
    this.#attempt?.close();
    this.#attempt = this.#beside;
    this.#token = this.#besideToken;
    this.#beside = undefined;
    this.#besideToken = {};
    this.#held = undefined;
    this.#letGo();
    this.#mute = true;
    this.replay.resumed();
  }

  #closeBeside(): void {
    this.#besideToken = {};
    this.#beside?.close();
    this.#beside = undefined;
  }

  /** Hands on what waited, in order. */
  #letGo(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#release?.();
    this.#release = undefined;
    for (const take of held) take();
  }

  /** The browser does not say why a WebSocket fails; the same address over plain HTTP often does. */
  async #inquire(): Promise<void> {
    const { address, credentials } = this.source;
    const { signal } = this.#inquiry;
    const init: RequestInit = { credentials, cache: 'no-store', redirect: 'manual', signal };
    const text = await this.env
      .fetch(asHttp(address.url).href, init)
      .then(({ type, status, body }) => {
        void body?.cancel();
        return `answers plain HTTP with ${type === 'opaqueredirect' ? 'a redirect' : `status ${status}`}`;
      })
      .catch(() => 'cannot be reached by plain HTTP either');
    const { name } = this.#model.phase;
    if (name === 'stopped' || name === 'idle') return;
    const sequel = name === 'failed' ? 'Correct the address or the server.' : 'It is tried again.';
    this.sink.error(rtError('network', `${address.shown} opened no WebSocket twice; it ${text}. ${sequel}`));
  }
}

const PING = '{"type":"ping"}';
const PONG = '{"type":"pong"}';

const ask = async <T>(asked: Asked<T>): Promise<T> =>
  typeof asked === 'function' ? (asked as () => T | Promise<T>)() : asked;
