/**
 * What the server's tests share: a source whose figures a test sets, servers that are closed after each test, and
 * readers of real sockets. Nothing here sleeps.
 */
import { get, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { createServer, type DemoServer, type ServerOptions } from '../../../demo/server/server.js';
import type { AskedSource } from '../../../demo/server/source.js';
import { FakeClock } from './fake-clock.js';

/** Infrastructure figures that a test sets. */
export const fakeHost = (): AskedSource & { cpu: number } => ({
  cpu: 12.5,
  name: 'cpu',
  part: 'infrastructure',
  figures: ['cpu_usage', 'memory_usage', 'disk_usage', 'network_in', 'network_out'],
  async read() {
    return { cpu_usage: this.cpu, memory_usage: 40, disk_usage: 50, network_in: 1_000, network_out: 2_000 };
  },
});

export interface Fixture {
  readonly server: DemoServer;
  /** The address without its last slash. */
  readonly url: string;
  readonly port: number;
  readonly clock: FakeClock;
  readonly host: ReturnType<typeof fakeHost>;
  /** One tick: resolves when its snapshot can be had. */
  tick(): Promise<void>;
}

/** Gives a test file its own way to start servers; each is closed after the test that started it. */
export const useServers = (): ((options?: ServerOptions) => Promise<Fixture>) => {
  const started: Fixture[] = [];
  afterEach(async () => {
    for (const { server, clock } of started.splice(0)) {
      const closed = server.close();
      clock.advance(1_000);
      await closed;
    }
  });
  return async (options = {}) => {
    const clock = new FakeClock();
    const host = fakeHost();
    const server = await createServer({ port: 0, clock, sources: [host], log: () => undefined, ...options });
    const url = server.address.slice(0, -1);
    const tick = async (): Promise<void> => {
      const before = (await answer(`${url}/api/metrics`)).body;
      clock.advance(1_000);
      while ((await answer(`${url}/api/metrics`)).body === before);
    };
    const fixture = { server, url, port: Number(new URL(url).port), clock, host, tick };
    started.push(fixture);
    return fixture;
  };
};

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** A plain request, its headers as given (fetch forbids `Origin` and `Host`). */
export const answer = (url: string, ask: Ask = {}): Promise<Answer> => asked(url, ask).answer;

/** The same, for an answer that may be long in coming: the client can go. */
export const asked = (
  url: string,
  { method = 'GET', headers = {}, body }: Ask = {},
): { answer: Promise<Answer>; go(): void } => {
  const req = request(url, { method, headers: { Connection: 'close', ...headers }, agent: false });
  const answered = new Promise<Answer>((resolve, reject) => {
    req.once('response', (res) => {
      text(res).then((read) => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: read }), reject);
    });
    req.once('error', reject);
  });
  req.end(body);
  return { answer: answered, go: () => req.destroy() };
};

export const post = (url: string, value: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  answer(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(value),
  });

/** Publishes a value; the server takes it. */
export const published = async (
  url: string,
  channel: string,
  value: unknown,
): Promise<{ id: string; delivered: number }> => {
  const { status, body } = await post(`${url}/api/publish/${channel}`, value);
  if (status !== 202) throw new Error(`publishing was answered with ${status}: ${body}`);
  return JSON.parse(body) as { id: string; delivered: number };
};

export interface MetricsBody {
  readonly infrastructure: Readonly<Record<string, number | null>>;
  readonly api: Readonly<Record<string, number | null>>;
  readonly stale?: unknown;
}

/** What `GET /api/metrics` says now. */
export const snapshotOf = async (url: string): Promise<MetricsBody> =>
  JSON.parse((await answer(`${url}/api/metrics`)).body) as MetricsBody;

/** Text as it comes in; `until` resolves as soon as it matches. */
export class Tail {
  text = '';
  ended = false;
  readonly #waiting = new Set<() => void>();

  add(chunk: string): void {
    this.text += chunk;
    this.#wake();
  }

  end(): void {
    this.ended = true;
    this.#wake();
  }

  until(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#when(() => pattern.exec(this.text) ?? undefined, `${pattern} in ${JSON.stringify(this.text)}`);
  }

  untilEnd(): Promise<string> {
    return this.#when(() => (this.ended ? this.text : undefined), 'its end');
  }

  #when<T>(look: () => T | undefined, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const found = look();
        if (found === undefined && !this.ended) return;
        this.#waiting.delete(check);
        if (found === undefined) reject(new Error(`ended before ${what}`));
        else resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }

  #wake(): void {
    for (const check of [...this.#waiting]) check();
  }
}

export interface OpenStream {
  readonly res: IncomingMessage;
  readonly tail: Tail;
  close(): void;
}

/** Opens an event stream and reads it. */
export const openStream = (url: string, headers: Readonly<Record<string, string>> = {}): Promise<OpenStream> =>
  new Promise((resolve, reject) => {
    const req = get(`${url}/events`, { headers, agent: false }, (res) => {
      const tail = new Tail();
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => tail.add(chunk));
      res.on('error', () => undefined);
      res.on('close', () => tail.end());
      resolve({ res, tail, close: () => req.destroy() });
    });
    req.on('error', reject);
  });

/** The events in a stream's text. */
export const eventsIn = (stream: string): { id: string; event: string; data: unknown }[] =>
  [...stream.matchAll(/id: (\d+)\nevent: (.*)\ndata: (.*)\n\n/g)].map(([, id = '', event = '', data = '']) => ({
    id,
    event,
    data: JSON.parse(data) as unknown,
  }));

export type Json = Record<string, unknown>;

/** A WebSocket whose messages are asked for one by one. */
export class Client {
  readonly #inbox: Json[] = [];
  readonly #waiting: ((message: Json) => void)[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  private constructor(readonly socket: WebSocket) {
    socket.on('error', () => undefined);
    socket.on('message', (data) => {
      const message = JSON.parse((data as Buffer).toString()) as Json;
      const next = this.#waiting.shift();
      if (next === undefined) this.#inbox.push(message);
      else next(message);
    });
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
  }

  static open(url: string, headers: Readonly<Record<string, string>> = {}, autoPong = true): Promise<Client> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, { headers, autoPong });
    const client = new Client(socket);
    return new Promise((resolve, reject) => {
      socket.once('open', () => resolve(client));
      socket.once('unexpected-response', (_req, res) => {
        res.resume();
        reject(new Error(`status ${res.statusCode ?? 0}`));
      });
      socket.once('error', reject);
    });
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  next(): Promise<Json> {
    const message = this.#inbox.shift();
    return message === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(message);
  }

  /** Everything that had come when the server answered a ping sent now. */
  async settled(): Promise<Json[]> {
    this.send({ type: 'ping' });
    const messages: Json[] = [];
    for (let message = await this.next(); message['type'] !== 'pong'; message = await this.next())
      messages.push(message);
    return messages;
  }

  async subscribe(channel: string): Promise<void> {
    this.send({ type: 'subscribe', channel });
    for (let message = await this.next(); message['type'] !== 'subscribed'; message = await this.next());
    if (channel === 'metrics') await this.next();
  }
}

/** Bytes on a plain socket: what no client library would send. */
export const rawSocket = (port: number, bytes: string): { socket: Socket; tail: Tail } => {
  const socket = connect(port, '127.0.0.1');
  const tail = new Tail();
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => tail.add(chunk));
  socket.on('error', () => undefined);
  socket.on('close', () => tail.end());
  socket.write(bytes);
  return { socket, tail };
};

export const rawRequest = (path: string, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n${headers}\r\n`;

/** A gauge or counter of `/metrics`, by the text before its value. */
export const gauge = async (url: string, name: string): Promise<number> => {
  const { body } = await answer(`${url}/metrics`);
  const line = body.split('\n').find((each) => each.startsWith(name));
  return Number(line?.split(' ').at(-1));
};

export const connections = (url: string, transport: string): Promise<number> =>
  gauge(url, `rt_connections{transport="${transport}"`);

/** Asks again until the answer is the one that is due; the test's own time limit is the bound. */
export const eventually = async <T>(ask: () => Promise<T>, isDue: (value: T) => boolean): Promise<T> => {
  for (;;) {
    const value = await ask();
    if (isDue(value)) return value;
  }
};
