/**
 * An `Env` that a test holds in its hands: time passes, frames come, the wire answers and the browser changes its mind
 * only when told to. Runs in Node and in a browser.
 */
import { once, type Disposer } from '../../src/kernel/disposer.js';
import type { Env, Outside, Socket } from '../../src/kernel/env.js';

interface Due {
  readonly at: number;
  readonly action: () => void;
}

export class FakeEnv implements Env {
  readonly sockets: FakeSocket[] = [];
  readonly requests: FakeRequest[] = [];
  readonly warnings: string[] = [];
  /** Other documents in which elements of the page stand. */
  readonly others = new Set<Document>();
  /** What `random()` says next: the same again and again, or from a source of its own. */
  chance: number | (() => number) = 0.5;
  /** What the constructor of a socket throws, where it is to throw. */
  socketError: Error | undefined;
  /** Where relative addresses are relative to. */
  base = 'https://page.example/app/';
  readonly #timers = new Set<Due>();
  readonly #frames = new Set<() => void>();
  readonly #watchers = new Set<(what: Outside) => void>();
  readonly #began: number;
  #now: number;
  #slept = 0;
  #online = true;
  #hidden = false;

  constructor(
    now = 1_000,
    private readonly epoch = Date.UTC(2024, 0, 2),
  ) {
    this.#now = now;
    this.#began = now;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.epoch + this.#now - this.#began + this.#slept;
  }

  random(): number {
    return typeof this.chance === 'number' ? this.chance : this.chance();
  }

  timer(action: () => void, ms: number): Disposer {
    if (!(ms >= 0)) throw new RangeError(`A timer of ${ms} ms.`);
    const due = { at: this.#now + ms, action };
    this.#timers.add(due);
    return once(() => this.#timers.delete(due));
  }

  frame(action: () => void): Disposer {
    const entry = (): void => action();
    this.#frames.add(entry);
    return once(() => this.#frames.delete(entry));
  }

  fetch(url: string, init: RequestInit): Promise<Response> {
    const request = new FakeRequest(url, init);
    this.requests.push(request);
    return request.response;
  }

  socket(url: string, protocols: readonly string[]): FakeSocket {
    if (this.socketError !== undefined) throw this.socketError;
    const socket = new FakeSocket(url, protocols);
    this.sockets.push(socket);
    return socket;
  }

  baseUrl(): string {
    return this.base;
  }

  origin(): string {
    return new URL(this.base).origin;
  }

  online(): boolean {
    return this.#online;
  }

  hidden(): boolean {
    return this.#hidden;
  }

  seenIn(other: Document): Disposer {
    this.others.add(other);
    return once(() => this.others.delete(other));
  }

  watch(changed: (what: Outside) => void): Disposer {
    const entry = (what: Outside): void => changed(what);
    this.#watchers.add(entry);
    return once(() => this.#watchers.delete(entry));
  }

  warn(sentence: string): void {
    this.warnings.push(sentence);
  }

  // What a test does with it.

  /** Lets time pass: whatever falls due runs in its order, each at its own moment. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let due = this.#next(end); due !== undefined; due = this.#next(end)) this.#fire(due);
    this.#now = end;
  }

  /** The same, and after each timer whatever was promised happens before the next one falls due. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let due = this.#next(end); due !== undefined; due = this.#next(end)) {
      this.#fire(due);
      await settled();
    }
    this.#now = end;
  }

  /** One animation frame; none comes while the page is hidden. */
  runFrame(): void {
    if (this.#hidden) return;
    const actions = [...this.#frames];
    this.#frames.clear();
    for (const action of actions) action();
  }

  setOnline(online: boolean): void {
    if (this.#online === online) return;
    this.#online = online;
    this.#tell('online');
  }

  setHidden(hidden: boolean): void {
    if (this.#hidden === hidden) return;
    this.#hidden = hidden;
    this.#tell('hidden');
  }

  /** How many milliseconds from now each timer falls due, soonest first. */
  get due(): readonly number[] {
    return [...this.#timers].map(({ at }) => at - this.#now).sort((a, b) => a - b);
  }

  /** What is still held of it: nothing of this may be left behind by what is disposed of. */
  get held(): { timers: number; frames: number; watchers: number; sockets: number; requests: number } {
    return {
      timers: this.#timers.size,
      frames: this.#frames.size,
      watchers: this.#watchers.size,
      sockets: this.sockets.filter(({ state }) => state !== 'closed').length,
      requests: this.requests.filter(({ pending }) => pending).length,
    };
  }

  /** The newest socket. */
  get lastSocket(): FakeSocket {
    return last(this.sockets, 'socket');
  }

  /** The newest request. */
  get lastRequest(): FakeRequest {
    return last(this.requests, 'request');
  }

  #next(end: number): Due | undefined {
    let next: Due | undefined;
    for (const due of this.#timers) if (due.at <= end && (next === undefined || due.at < next.at)) next = due;
    return next;
  }

  #fire(due: Due): void {
    this.#timers.delete(due);
    this.#now = Math.max(this.#now, due.at);
    due.action();
  }

  /** The page stands still, or runs again. */
  setFrozen(frozen: boolean): void {
    this.#tell(frozen ? 'frozen' : 'thawed');
  }

  /** The machine sleeps: the date moves on, and neither the monotonic clock nor a timer does. */
  sleep(ms: number): void {
    this.#slept += ms;
  }

  #tell(what: Outside): void {
    for (const changed of [...this.#watchers]) changed(what);
  }
}

/** What no FakeEnv holds any more. */
export const NOTHING_HELD: FakeEnv['held'] = { timers: 0, frames: 0, watchers: 0, sockets: 0, requests: 0 };

/** A socket whose server is the test. */
export class FakeSocket implements Socket {
  binaryType: BinaryType = 'blob';
  bufferedAmount = 0;
  protocol = '';
  onopen: Socket['onopen'] = null;
  onmessage: Socket['onmessage'] = null;
  onerror: Socket['onerror'] = null;
  onclose: Socket['onclose'] = null;
  state: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting';
  readonly sent: (string | ArrayBufferLike | Blob | ArrayBufferView)[] = [];
  /** How the page closed it. */
  closed: { readonly code: number | undefined; readonly reason: string | undefined } | undefined;

  constructor(
    readonly url: string,
    readonly protocols: readonly string[],
  ) {}

  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
    if (this.state === 'connecting') throw new DOMException('Still in CONNECTING state.', 'InvalidStateError');
    if (this.state === 'open') this.sent.push(data);
  }

  close(code?: number, reason?: string): void {
    if (this.state !== 'closed') this.closed = { code, reason };
    this.state = 'closed';
  }

  get readyState(): number {
    return ['connecting', 'open', 'closing', 'closed'].indexOf(this.state);
  }

  /** The messages sent, as values. */
  get said(): readonly unknown[] {
    return this.sent.map((data): unknown => (typeof data === 'string' ? JSON.parse(data) : data));
  }

  open(): void {
    this.state = 'open';
    this.onopen?.(new Event('open'));
  }

  /** Sends a message to the page: text and binary as they are, anything else as JSON. */
  tell(message: unknown): void {
    const data = typeof message === 'string' || message instanceof ArrayBuffer ? message : JSON.stringify(message);
    this.onmessage?.(new MessageEvent('message', { data }));
  }

  /** The server, or the network, ends it. */
  end(code: number, reason = ''): void {
    this.state = 'closed';
    this.onclose?.(Object.assign(new Event('close'), { code, reason, wasClean: code !== 1006 }));
  }
}

/** A request whose server is the test. */
export class FakeRequest {
  readonly headers: Headers;
  readonly response: Promise<Response>;
  /** True until it is answered in full, refused or aborted. */
  pending = true;
  #resolve: (response: Response) => void = () => undefined;
  #reject: (reason: unknown) => void = () => undefined;
  #body: ReadableStreamDefaultController<Uint8Array> | undefined;

  constructor(
    readonly url: string,
    readonly init: RequestInit,
  ) {
    this.headers = new Headers(init.headers);
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.response.catch(() => undefined);
    const { signal } = init;
    if (signal?.aborted === true) this.refuse(signal.reason);
    signal?.addEventListener('abort', () => this.refuse(signal.reason));
  }

  get aborted(): boolean {
    return this.init.signal?.aborted ?? false;
  }

  /** A whole answer. */
  async answer(status: number, body: string | null, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    if (body === null) {
      this.pending = false;
      this.#resolve(new Response(null, { status, headers }));
      return settled();
    }
    await this.begin(status, headers);
    if (body !== '') await this.push(body);
    await this.end();
  }

  /** A whole answer of JSON. */
  async json(value: unknown, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.answer(200, JSON.stringify(value), { 'content-type': 'application/json', ...headers });
  }

  /** The headers of an event stream. */
  async stream(): Promise<void> {
    await this.begin(200, { 'content-type': 'text/event-stream' });
  }

  /** The headers of an answer whose body comes in pieces. */
  async begin(status: number, headers: Readonly<Record<string, string>>): Promise<void> {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#body = controller;
      },
      cancel: () => {
        this.pending = false;
        this.#body = undefined;
      },
    });
    this.#resolve(new Response(body, { status, headers }));
    await settled();
  }

  async push(piece: string | Uint8Array): Promise<void> {
    this.#body?.enqueue(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece);
    await settled();
  }

  /** The body ends as it should. */
  async end(): Promise<void> {
    this.pending = false;
    this.#body?.close();
    this.#body = undefined;
    await settled();
  }

  /** The network fails: before the headers, or in the middle of the body. */
  refuse(reason: unknown = new TypeError('Failed to fetch')): void {
    this.pending = false;
    this.#reject(reason);
    this.#body?.error(reason);
    this.#body = undefined;
  }
}

/** Whatever has been promised has happened. No time passes. */
export const settled = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = () => {
      port2.close();
      resolve();
    };
    port1.postMessage(undefined);
  });

const last = <T>(all: readonly T[], what: string): T => {
  const found = all.at(-1);
  if (found === undefined) throw new Error(`There has been no ${what}.`);
  return found;
};
