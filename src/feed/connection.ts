/**
 * The one driver of the state machine's effects: it opens attempts, runs timers, decodes what comes and sends what
 * goes. It decides nothing about retrying, and knows no element and no store.
 */
import { decodeEvent, decodeSocketPayload, decodeValue, type Control, type DecodeContext } from '../decode/decode.js';
import type { Disposer } from '../kernel/disposer.js';
import type { Env } from '../kernel/env.js';
import { rtError, type ErrorCode, type RtError } from '../kernel/errors.js';
import { bad, ok, type Result } from '../kernel/result.js';
import type { Message } from '../kernel/message.js';
import type { Status, TransportName } from '../kernel/status.js';
import {
  emptyMemory,
  until,
  type Attempt,
  type Payload,
  type PullMemory,
  type Transport,
  type Wire,
} from '../transport/attempt.js';
import { auto } from '../transport/auto.js';
import { polling } from '../transport/polling.js';
import { sse } from '../transport/sse.js';
import { websocket } from '../transport/websocket.js';
import { asHttp, isSocket, type Address } from './address.js';
import { Channels } from './channels.js';
import {
  initialModel,
  isPolling,
  statusOf,
  step,
  type Circumstances,
  type Effect,
  type Event,
  type TimerName,
} from './machine.js';
import { DEFAULT_POLICY, type Policy } from './policy.js';
import { SendQueue, type Sendable } from './send-queue.js';
import { Teller } from './teller.js';

/** A value, or what gives it: asked before each attempt. */
export type Asked<T> = T | (() => T | Promise<T>);

/** An author's own decoding: whatever it returns is read like a decoded payload. */
export type Decode = (payload: {
  readonly data: string | ArrayBuffer;
  readonly event: string | undefined;
  readonly id: string | undefined;
}) => unknown;

/** What a connection is made of; another one means another connection. */
export interface Source {
  readonly address: Address;
  readonly policy: Policy;
  readonly credentials: RequestCredentials;
  readonly headers: Asked<Readonly<Record<string, string>>>;
  readonly protocols: Asked<readonly string[]>;
}

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

export interface ConnectionSink {
  /** Messages, in order, that came at `arrival` (monotonic milliseconds). */
  messages(messages: readonly Message[], arrival: number): void;
  /** What came last still holds. */
  confirmed(arrival: number): void;
  /** The view has changed. */
  changed(): void;
  error(error: RtError): void;
}

export class Connection {
  readonly channels = new Channels();
  decode: Decode | undefined;
  readonly #queue: SendQueue;
  readonly #teller: Teller;
  readonly #timers = new Map<TimerName, Disposer>();
  readonly #unwatch: Disposer;
  readonly #events: Event[] = [];
  #working = false;
  #model = initialModel;
  #source: Source | undefined;
  #memory: PullMemory = emptyMemory();
  #lastEventId = '';
  #attempt: Attempt | undefined;
  /** Rises with every attempt: what an older one still says is not heard. */
  #turn = 0;
  #lastByte = 0;
  #used = false;
  #overflow: Disposer | undefined;

  constructor(
    private readonly env: Env,
    private sink: ConnectionSink,
    queueLimit: number,
  ) {
    this.#queue = new SendQueue(queueLimit);
    this.#teller = new Teller(env, (error) => this.sink.error(error));
    this.#unwatch = env.watch((what) => this.#outsideChanged(what));
  }

  get view(): ConnectionView {
    const { phase, facts } = this.#model;
    return {
      status: statusOf(this.#model, this.env.online()),
      transport: phase.name === 'idle' ? undefined : (this.#configuredTransport() ?? facts.transport),
      attempt: 'attempt' in phase ? phase.attempt : 0,
      retryAt: 'retryAt' in phase ? phase.retryAt : undefined,
      error: 'error' in phase ? phase.error : undefined,
    };
  }

  /**
   * Replaces the source, and connects to it at once unless the feed was disconnected by request. `undefined`: none; an
   * error: there is one, and it can never work.
   */
  setSource(source: Source | RtError | undefined): void {
    const { phase } = this.#model;
    const stopped = phase.name === 'stopped' && phase.asked;
    this.#run({ type: 'disconnect' });
    this.#memory = emptyMemory();
    this.#lastEventId = '';
    this.#model = stopped ? { ...initialModel, phase } : initialModel;
    this.#source = source !== undefined && 'address' in source ? settled(source) : undefined;
    if (source !== undefined && 'code' in source) return this.#dispatch({ type: 'refused', error: source });
    if (source !== undefined && !stopped) return this.#dispatch({ type: 'connect' });
    this.sink.changed();
  }

  setQueueLimit(limit: number): void {
    this.#queue.setLimit(limit);
    this.#tellOverflow();
  }

  connect(): void {
    if (this.#source !== undefined) return this.#dispatch({ type: 'connect' });
    if (this.#model.phase.name !== 'stopped') return;
    // Without a source there is nothing to open: the feed waits for what is pushed.
    this.#model = initialModel;
    this.sink.changed();
  }

  disconnect(): void {
    this.#dispatch({ type: 'disconnect' });
  }

  reconnect(): void {
    this.#dispatch(this.#source === undefined ? undefined : { type: 'reconnect' });
  }

  /** Lets go of everything, and says nothing more. The connection is not used again. */
  dispose(): void {
    this.sink = NOBODY;
    this.#run({ type: 'disconnect' });
    this.#events.length = 0;
    this.#source = undefined;
    this.#overflow?.();
    this.#teller.dispose();
    this.#unwatch();
  }

  /** Takes in what a script has, as if it had come over the wire. */
  push(value: unknown): void {
    const arrival = this.env.now();
    const messages = decodeValue(value, this.#context(undefined, undefined));
    this.#deliver(messages, arrival);
    if (messages.length > 0) this.#dispatch({ type: 'pushed' });
  }

  /** Sends over a WebSocket, now or when it is open; over anything else it is told. */
  send(data: Sendable): void {
    if (this.#source?.policy.transport !== 'websocket') {
      const text = 'Only a WebSocket can send: the message is dropped. Set transport="websocket".';
      return this.sink.error(rtError('protocol', text));
    }
    if (this.#attempt?.send(data) === true) return;
    this.#queue.add(data);
    this.#tellOverflow();
  }

  /** Replaces the names of the `channels` attribute; an open socket hears of the difference. */
  setChannels(names: readonly string[]): void {
    const { added, removed } = this.channels.setNamed(names);
    for (const name of removed) this.#say('unsubscribe', name);
    for (const name of added) this.#say('subscribe', name);
  }

  subscribe(channel: string): void {
    if (this.channels.add(channel)) this.#say('subscribe', channel);
  }

  unsubscribe(channel: string): void {
    if (this.channels.remove(channel)) this.#say('unsubscribe', channel);
  }

  #configuredTransport(): TransportName | undefined {
    const transport = this.#source?.policy.transport;
    return transport === 'auto' ? undefined : transport;
  }

  /** One event after another: what a listener asks for while an event is worked on waits until that is done. */
  #dispatch(event: Event | undefined): void {
    if (event === undefined) return;
    this.#events.push(event);
    if (this.#working) return;
    this.#working = true;
    try {
      for (let next = this.#events.shift(); next !== undefined; next = this.#events.shift()) {
        const { phase } = this.#model;
        this.#run(next);
        if (phase !== this.#model.phase) this.sink.changed();
      }
    } finally {
      this.#working = false;
    }
  }

  #run(event: Event): void {
    const [model, effects] = step(this.#model, event, this.#circumstances());
    this.#model = model;
    for (const effect of effects) this.#perform(effect);
  }

  #circumstances(): Circumstances {
    const { address, policy, credentials } = this.#source ?? NO_SOURCE;
    return {
      now: this.env.now(),
      chance: this.env.random(),
      policy,
      hidden: this.env.hidden(),
      lastByte: this.#lastByte,
      address: address.shown,
      crossOrigin: address.crossOrigin,
      credentials,
    };
  }

  #perform(effect: Effect): void {
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
          this.env.timer(() => this.#dispatch({ type: 'timer', timer }), ms),
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
        this.sink.error(effect.error);
        return;
      case 'inquire':
        void this.#inquire();
        return;
    }
  }

  #close(): void {
    this.#turn++;
    this.#attempt?.close();
    this.#attempt = undefined;
  }

  #open(): void {
    const source = this.#source;
    if (source === undefined) return;
    this.#close();
    const turn = this.#turn;
    this.#used = false;
    this.#lastByte = -Infinity;
    const start = (headers: Readonly<Record<string, string>>, protocols: readonly string[]): void => {
      if (turn !== this.#turn) return;
      const { address, credentials, policy } = source;
      const transport = this.#transport(policy);
      const attempt = transport(
        {
          url: transport === websocket ? address.url : asHttp(address.url),
          crossOrigin: address.crossOrigin,
          headers,
          credentials,
          protocols,
          lastEventId: this.#lastEventId,
          memory: this.#memory,
        },
        this.#wire(turn),
        this.env,
      );
      this.#attempt = attempt;
    };
    const { headers, protocols } = source;
    if (typeof headers !== 'function' && typeof protocols !== 'function') return start(headers, protocols);
    Promise.all([ask(headers), ask(protocols)]).then(
      (asked) => start(...asked),
      (cause: unknown) => {
        if (turn === this.#turn) this.#dispatch({ type: 'failed', failure: { kind: 'author', cause } });
      },
    );
  }

  #transport(policy: Policy): Transport {
    if (policy.transport === 'websocket') return websocket;
    if (isPolling(this.#model, policy)) return polling;
    return policy.transport === 'sse' ? sse : auto;
  }

  #wire(turn: number): Wire {
    return until(() => turn !== this.#turn, {
      opened: (transport) => {
        this.#lastByte = this.env.now();
        // Before a listener hears of it: what it sends goes after what has waited.
        this.#greet();
        this.#dispatch({ type: 'opened', transport });
      },
      alive: () => {
        this.#lastByte = this.env.now();
      },
      payload: (payload) => {
        const problem = this.#take(payload);
        if (problem !== undefined) this.#report('decode', `${problem} It is passed over; the connection goes on.`);
      },
      answer: (text) => this.#take({ data: text, event: undefined, id: undefined }),
      unchanged: () => this.sink.confirmed(this.env.now()),
      answered: (transport) => this.#dispatch({ type: 'answered', transport }),
      committed: (id) => {
        this.#lastEventId = id;
      },
      retryIn: (ms) => this.#dispatch({ type: 'retry-in', ms }),
      overLimit: () =>
        this.#report(
          'over-limit',
          'A message of more than 4 MiB is passed over; the connection goes on. Send smaller ones.',
        ),
      failed: (failure) => this.#dispatch({ type: 'failed', failure }),
    });
  }

  /** Tells of what may come in floods. */
  #report(code: ErrorCode, message: string): void {
    this.#teller.report(rtError(code, message));
  }

  /** Subscriptions first, then what waited. */
  #greet(): void {
    for (const channel of this.channels.all) this.#say('subscribe', channel);
    this.#queue.drain((data) => this.#attempt?.send(data) === true);
  }

  #say(type: 'subscribe' | 'unsubscribe', channel: string): void {
    this.#attempt?.send(JSON.stringify({ type, channel }));
  }

  #context(event: string | undefined, id: string | undefined): DecodeContext {
    const { filter, first } = this.channels;
    // Over a WebSocket the subscriptions are the filter: the server knows what it was asked for.
    const channels = this.#source?.policy.transport === 'websocket' ? undefined : filter;
    return { event, id, channels, firstChannel: first, now: this.env.wall() };
  }

  /** Returns what is wrong with the payload, where it cannot be read. */
  #take(payload: Payload): string | undefined {
    const arrival = this.env.now();
    const turn = this.#turn;
    const decoded = this.#decoded(payload);
    if (!decoded.ok) return decoded.problem;
    if ('kind' in decoded.value) {
      this.#obey(decoded.value);
      return undefined;
    }
    this.#deliver(decoded.value, arrival);
    // A reader of messages may have changed the source.
    if (turn === this.#turn) this.#noteUse();
    return undefined;
  }

  #deliver(messages: readonly Message[], arrival: number): void {
    if (messages.length > 0) this.sink.messages(messages, arrival);
  }

  #noteUse(): void {
    if (this.#used) return;
    this.#used = true;
    this.#dispatch({ type: 'used' });
  }

  #decoded(payload: Payload): Result<readonly Message[] | Control> {
    const { data, event, id } = payload;
    const context = this.#context(event, id);
    if (this.decode !== undefined) {
      try {
        return ok(decodeValue(this.decode(payload), context));
      } catch (error) {
        return bad(`The feed’s decode threw: ${error instanceof Error ? error.message : String(error)}.`);
      }
    }
    if (typeof data !== 'string') {
      return bad('A binary message came, and the feed has no decode function.');
    }
    if (this.#source?.policy.transport !== 'websocket') return decodeEvent(data, context);
    const socket = decodeSocketPayload(data, context);
    if (!socket.ok) return socket;
    return ok(socket.value.kind === 'control' ? socket.value : socket.value.messages);
  }

  #obey({ type, message }: Control): void {
    if (type === 'pong') this.#dispatch({ type: 'ponged' });
    if (type === 'ping') this.#attempt?.send(PONG);
    if (type === 'error') {
      this.#report('protocol', `The server refused what was sent to it: ${message ?? 'it does not say why'}.`);
    }
  }

  #outsideChanged(what: 'online' | 'hidden'): void {
    if (what === 'online') this.sink.changed();
    if (what === 'online' ? this.env.online() : !this.env.hidden()) this.#dispatch({ type: 'returned' });
  }

  #tellOverflow(): void {
    this.#overflow ??= this.env.timer(() => {
      this.#overflow = undefined;
      const dropped = this.#queue.takeDropped();
      if (dropped === 0) return;
      const text = `${dropped} ${dropped === 1 ? 'message' : 'messages'} to send did not fit into queue-limit; the oldest were dropped.`;
      this.sink.error(rtError('queue-overflow', text));
    }, 0);
  }

  /** The browser does not say why a WebSocket fails; the same address over plain HTTP often does. */
  async #inquire(): Promise<void> {
    const source = this.#source;
    if (source === undefined) return;
    const { address, credentials } = source;
    const init: RequestInit = { credentials, cache: 'no-store', redirect: 'manual' };
    const text = await this.env
      .fetch(asHttp(address.url).href, init)
      .then(({ type, status, body }) => {
        void body?.cancel();
        return `answers plain HTTP with ${type === 'opaqueredirect' ? 'a redirect' : `status ${status}`}`;
      })
      .catch(() => 'cannot be reached by plain HTTP either');
    const { name } = this.#model.phase;
    if (source !== this.#source || name === 'stopped') return;
    const sequel = name === 'failed' ? 'Correct the address or the server.' : 'It is tried again.';
    this.sink.error(rtError('network', `${address.shown} opened no WebSocket twice; it ${text}. ${sequel}`));
  }
}

const PING = '{"type":"ping"}';
const PONG = '{"type":"pong"}';

const NOBODY: ConnectionSink = {
  messages: () => undefined,
  confirmed: () => undefined,
  changed: () => undefined,
  error: () => undefined,
};

const NO_SOURCE: Pick<Source, 'policy' | 'credentials' | 'address'> = {
  address: { url: new URL('about:blank'), crossOrigin: false, shown: '' },
  credentials: 'same-origin',
  policy: DEFAULT_POLICY,
};

/** `auto` at a `ws:` address is a WebSocket. */
const settled = (source: Source): Source =>
  isSocket(source.address.url, source.policy.transport)
    ? { ...source, policy: { ...source.policy, transport: 'websocket' } }
    : source;

const ask = async <T>(asked: Asked<T>): Promise<T> =>
  typeof asked === 'function' ? (asked as () => T | Promise<T>)() : asked;
