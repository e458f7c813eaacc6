/** The wire server from a test's side: each request and each socket that the page opens is answered by the test. */
import type {
  CommandName,
  Commands,
  Headers,
  Piece,
  ProxyCounts,
  ProxyDeed,
  Reply,
  SeenRequest,
  SeenSocket,
  Speech,
} from './wire-protocol.js';

/** Opens a session. The test closes it, and with it every connection that is left. */
export const openWire = async (): Promise<Wire> => {
  const response = await fetch('/wire-origin.json');
  const { origin } = (await response.json()) as { readonly origin: string };
  const key = crypto.randomUUID();
  const control = new WebSocket(`${origin.replace('http', 'ws')}/wire/${key}/control`);
  await new Promise((resolve, reject) => {
    control.onopen = resolve;
    control.onerror = () => reject(new Error('The wire server does not answer.'));
  });
  return new Wire(key, origin, control);
};

export class Wire {
  readonly #waiting = new Map<number, { resolve(reply: unknown): void; reject(error: Error): void }>();
  #id = 0;

  constructor(
    readonly key: string,
    private readonly origin: string,
    private readonly control: WebSocket,
  ) {
    control.onmessage = ({ data }: MessageEvent<string>) => {
      const { id, reply, error } = JSON.parse(data) as Reply;
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(reply);
      else waiting?.reject(new Error(error));
    };
  }

  /** An address on the tests' own origin. */
  here(path = 'data'): string {
    return `/wire/${this.key}/${path}`;
  }

  /** An address on another origin. */
  across(path = 'data'): string {
    return `${this.origin}/wire/${this.key}/${path}`;
  }

  /** A WebSocket's address, on another origin. */
  socketAddress(path = 'ws'): string {
    return this.across(path).replace('http', 'ws');
  }

  /** Resolves with what the server answers to a command. */
  ask<K extends CommandName>(name: K, ask: Commands[K]['ask']): Promise<Commands[K]['reply']> {
    const id = ++this.#id;
    this.control.send(JSON.stringify({ id, name, ask }));
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (reply) => resolve(reply as Commands[K]['reply']), reject });
    });
  }

  /** Resolves when the request of that number, from 0, has come. */
  async request(index: number): Promise<WireRequest> {
    const seen = await this.ask('requests', { count: index + 1 });
    return new WireRequest(this, at(seen, index));
  }

  /** Every request that has come. */
  requests(): Promise<readonly SeenRequest[]> {
    return this.ask('requests', { count: 0 });
  }

  /** Resolves when the socket of that number, from 0, has asked to be opened. */
  async socket(index: number): Promise<WireSocket> {
    const seen = await this.ask('sockets', { count: index + 1 });
    return new WireSocket(this, at(seen, index));
  }

  /** Every socket that has asked to be opened. */
  sockets(): Promise<readonly SeenSocket[]> {
    return this.ask('sockets', { count: 0 });
  }

  /** A TCP proxy before the other origin, on an origin of its own. It ends with the session. */
  async proxied(): Promise<WireProxy> {
    const { proxy, origin } = await this.ask('proxied', {});
    return new WireProxy(this, proxy, origin);
  }

  close(): void {
    this.control.close();
  }
}

/** What it is told holds for every connection through it, later ones too. */
export class WireProxy {
  constructor(
    private readonly wire: Wire,
    private readonly index: number,
    readonly origin: string,
  ) {}

  /** An address through the proxy, on another origin. */
  across(path = 'data'): string {
    return `${this.origin}/wire/${this.wire.key}/${path}`;
  }

  /** A WebSocket's address through the proxy. */
  socketAddress(path = 'ws'): string {
    return this.across(path).replace('http', 'ws');
  }

  /** Ends both sides. */
  cut(): Promise<null> {
    return this.#tell({ deed: 'cut' });
  }

  /** Resets both sides (RST). */
  reset(): Promise<null> {
    return this.#tell({ deed: 'reset' });
  }

  /** Takes bytes and hands none on, nor the end of a side. */
  stall(): Promise<null> {
    return this.#tell({ deed: 'stall' });
  }

  /** Ends a stall: what was held goes on its way. */
  flow(): Promise<null> {
    return this.#tell({ deed: 'flow' });
  }

  /** Hands on at most so many bytes at a time; 0: as they come. */
  slice(bytes: number): Promise<null> {
    return this.#tell({ deed: 'slice', bytes });
  }

  /** Waits so many milliseconds before each piece that it hands on. */
  delay(ms: number): Promise<null> {
    return this.#tell({ deed: 'delay', ms });
  }

  /** Refuses new connections; those that are open stay. */
  refuse(): Promise<null> {
    return this.#tell({ deed: 'refuse' });
  }

  /** Takes new connections again, at the same address. */
  accept(): Promise<null> {
    return this.#tell({ deed: 'accept' });
  }

  counts(): Promise<ProxyCounts> {
    return this.wire.ask('proxyCounts', { proxy: this.index });
  }

  /** Resolves when no connection goes through it. */
  empty(): Promise<null> {
    return this.wire.ask('proxyEmpty', { proxy: this.index });
  }

  #tell(deed: ProxyDeed): Promise<null> {
    return this.wire.ask('proxy', { proxy: this.index, ...deed });
  }
}

export class WireRequest {
  constructor(
    private readonly wire: Wire,
    readonly seen: SeenRequest,
  ) {}

  /** The head of an answer; its body follows. */
  head(status: number, headers: Headers = {}): Promise<null> {
    return this.wire.ask('head', { request: this.seen.index, status, headers });
  }

  write(speech: string | Uint8Array, repeat = 1): Promise<null> {
    return this.wire.ask('write', { request: this.seen.index, ...speechOf(speech, repeat) });
  }

  end(): Promise<null> {
    return this.wire.ask('end', { request: this.seen.index });
  }

  /** Cuts the connection. */
  cut(): Promise<null> {
    return this.wire.ask('cut', { request: this.seen.index });
  }

  /** Resolves when the page has ended it. */
  gone(): Promise<null> {
    return this.wire.ask('gone', { request: this.seen.index });
  }

  /** A whole answer. */
  async answer(status: number, body = '', headers: Headers = {}): Promise<void> {
    await this.head(status, headers);
    if (body !== '') await this.write(body);
    await this.end();
  }

  /** A whole answer of JSON. */
  json(value: unknown, headers: Headers = {}): Promise<void> {
    return this.answer(200, JSON.stringify(value), { 'content-type': 'application/json', ...headers });
  }

  /** The head of an event stream. */
  stream(headers: Headers = {}): Promise<null> {
    return this.head(200, { 'content-type': 'text/event-stream', ...headers });
  }
}

export class WireSocket {
  constructor(
    private readonly wire: Wire,
    readonly seen: SeenSocket,
  ) {}

  accept(protocol: string | null = null): Promise<null> {
    return this.wire.ask('accept', { socket: this.seen.index, protocol });
  }

  refuse(status: number): Promise<null> {
    return this.wire.ask('refuse', { socket: this.seen.index, status });
  }

  /** Text and bytes as they are, anything else as JSON. */
  say(speech: unknown, repeat = 1): Promise<null> {
    const said = typeof speech === 'string' || speech instanceof Uint8Array ? speech : JSON.stringify(speech);
    return this.wire.ask('say', { socket: this.seen.index, ...speechOf(said, repeat) });
  }

  end(code: number, reason = ''): Promise<null> {
    return this.wire.ask('close', { socket: this.seen.index, code, reason });
  }

  /** Ends the connection without a close frame. */
  cut(): Promise<null> {
    return this.wire.ask('drop', { socket: this.seen.index });
  }

  /** The first `count` messages that the page sent, as soon as there are so many: JSON as values, bytes as bytes. */
  async heard(count: number): Promise<readonly unknown[]> {
    const pieces = await this.wire.ask('heard', { socket: this.seen.index, count });
    return pieces.map(valueOf);
  }

  /** How it was closed, once it is. */
  closed(): Promise<Commands['closed']['reply']> {
    return this.wire.ask('closed', { socket: this.seen.index });
  }
}

const speechOf = (speech: string | Uint8Array, repeat: number): Speech =>
  typeof speech === 'string' ? { text: speech, repeat } : { base64: btoa(String.fromCharCode(...speech)), repeat };

const valueOf = (piece: Piece): unknown =>
  'text' in piece ? JSON.parse(piece.text) : Uint8Array.from(atob(piece.base64), (char) => char.charCodeAt(0));

const at = <T>(all: readonly T[], index: number): T => {
  const found = all[index];
  if (found === undefined) throw new Error(`There is no number ${index}.`);
  return found;
};
