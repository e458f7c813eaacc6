/**
 * A real server that does what a test in the browser tells it to. Each test has a session of its own, by a key in the
 * path: `/wire/<key>/…`. A request there, or a WebSocket, waits until the session's control socket says how it is
 * answered. Reached on the tests' own origin through the runner, and on an origin of its own; a session may put a TCP
 * proxy before the latter. Knows no product code.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { Changes } from './changes.js';
import { TcpProxy } from './tcp-proxy.js';
import type {
  CommandName,
  Commands,
  Envelope,
  Envelopes,
  Headers,
  Piece,
  ProxyDeed,
  Reply,
  SeenRequest,
  SeenSocket,
  Speech,
} from './wire-protocol.js';

const PATH = /^\/wire\/([\w-]+)\/([^?]*)/;

interface Exchange {
  readonly seen: SeenRequest;
  readonly response: ServerResponse;
  gone: boolean;
}

interface Peer {
  readonly seen: SeenSocket;
  readonly request: IncomingMessage;
  readonly stream: Duplex;
  readonly head: Buffer;
  socket: WebSocket | undefined;
  readonly heard: Piece[];
  closed: Commands['closed']['reply'] | undefined;
}

class Session extends Changes {
  readonly exchanges: Exchange[] = [];
  readonly preflights: SeenRequest[] = [];
  readonly peers: Peer[] = [];
  readonly proxies: TcpProxy[] = [];
  allowed: Headers = {};

  /** @param port - of the server's own origin. */
  constructor(readonly port: number) {
    super();
  }

  exchange(index: number): Exchange {
    return found(this.exchanges[index], `request ${index}`);
  }

  peer(index: number): Peer {
    return found(this.peers[index], `socket ${index}`);
  }

  socket(index: number): WebSocket {
    return found(this.peer(index).socket, `open socket ${index}`);
  }

  proxy(index: number): TcpProxy {
    return found(this.proxies[index], `proxy ${index}`);
  }

  end(): void {
    this.clear();
    for (const proxy of this.proxies) void proxy.close();
    for (const { response } of this.exchanges) response.destroy();
    for (const { stream, socket } of this.peers) {
      socket?.terminate();
      stream.destroy();
    }
  }
}

const sessions = new Map<string, Session>();

const found = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new Error(`There is no ${what}.`);
  return value;
};

const flat = ({ headers }: IncomingMessage): Headers =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

const bytesOf = (speech: Speech): Buffer => {
  const piece = 'text' in speech ? Buffer.from(speech.text) : Buffer.from(speech.base64, 'base64');
  return Buffer.concat(Array.from({ length: speech.repeat ?? 1 }, () => piece));
};

const sessionOf = ({ url }: IncomingMessage): Session | undefined => sessions.get(PATH.exec(url ?? '')?.[1] ?? '');

/** Takes every request under `/wire/`, and returns true; false for any other. One that comes after its session is cut. */
export const handle = (request: IncomingMessage, response: ServerResponse): boolean => {
  if (!PATH.test(request.url ?? '')) return false;
  const session = sessionOf(request);
  if (session === undefined) {
    response.destroy();
    return true;
  }
  const preflight = request.method === 'OPTIONS';
  const list = preflight ? session.preflights : session.exchanges;
  const seen = { index: list.length, method: request.method ?? '', path: request.url ?? '', headers: flat(request) };
  request.resume();
  if (preflight) {
    session.preflights.push(seen);
    response.writeHead(204, session.allowed).end();
    return true;
  }
  const exchange: Exchange = { seen, response, gone: false };
  response.on('close', () => {
    exchange.gone = true;
    session.changed();
  });
  session.exchanges.push(exchange);
  session.changed();
  return true;
};

/** A WebSocket that asks to be opened: it waits for the test to decide. */
const park = (session: Session, request: IncomingMessage, stream: Duplex, head: Buffer): void => {
  const protocols = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  const peer: Peer = {
    seen: {
      index: session.peers.length,
      path: request.url ?? '',
      headers: flat(request),
      protocols: protocols.filter((name) => name !== ''),
    },
    request,
    stream,
    head,
    socket: undefined,
    heard: [],
    closed: undefined,
  };
  stream.on('error', () => undefined);
  // Flowing, so that a page which gives up is noticed.
  stream.resume();
  stream.on('close', () => {
    if (peer.socket !== undefined) return;
    peer.closed = { code: 1006, reason: '' };
    session.changed();
  });
  stream.on('end', () => {
    if (peer.socket === undefined) stream.destroy();
  });
  session.peers.push(peer);
  session.changed();
};

const pieceOf = (data: RawData, binary: boolean): Piece => {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
  return binary ? { base64: bytes.toString('base64') } : { text: bytes.toString() };
};

const open = (session: Session, peer: Peer, protocol: string | null): void => {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    handleProtocols: () => protocol ?? false,
  });
  server.handleUpgrade(peer.request, peer.stream, peer.head, (socket) => {
    peer.socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data, binary) => {
      peer.heard.push(pieceOf(data, binary));
      session.changed();
    });
    socket.on('close', (code, reason) => {
      peer.closed = { code, reason: reason.toString() };
      session.changed();
    });
    session.changed();
  });
};

type Handlers = {
  readonly [K in CommandName]: (
    session: Session,
    ask: Commands[K]['ask'],
  ) => Commands[K]['reply'] | Promise<Commands[K]['reply']>;
};

/** What a command answers that only does something. */
const after = (_done: unknown): null => null;

const handlers: Handlers = {
  requests: (session, { count }) =>
    session.until(() => (session.exchanges.length >= count ? session.exchanges.map(({ seen }) => seen) : undefined)),
  preflights: ({ preflights }) => preflights,
  allow: (session, { headers }) => after((session.allowed = headers)),
  head: (session, { request, status, headers }) => {
    const { response } = session.exchange(request);
    response.writeHead(status, headers);
    return after(response.flushHeaders());
  },
  write: (session, { request, ...speech }) => after(session.exchange(request).response.write(bytesOf(speech))),
  end: (session, { request }) => after(session.exchange(request).response.end()),
  cut: (session, { request }) => after(session.exchange(request).response.destroy()),
  gone: (session, { request }) => session.until(() => (session.exchange(request).gone ? null : undefined)),

  sockets: (session, { count }) =>
    session.until(() => (session.peers.length >= count ? session.peers.map(({ seen }) => seen) : undefined)),
  accept: (session, { socket, protocol }) => {
    const peer = session.peer(socket);
    open(session, peer, protocol);
    return session.until(() => (peer.socket === undefined ? undefined : null));
  },
  refuse: (session, { socket, status }) => {
    const { stream } = session.peer(socket);
    return after(stream.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`));
  },
  say: (session, { socket, ...speech }) =>
    after(session.socket(socket).send(bytesOf(speech), { binary: !('text' in speech) })),
  close: (session, { socket, code, reason }) => after(session.socket(socket).close(code, reason)),
  drop: (session, { socket }) => after(session.socket(socket).terminate()),
  heard: (session, { socket, count }) => {
    const { heard } = session.peer(socket);
    return session.until(() => (heard.length >= count ? heard : undefined));
  },
  closed: (session, { socket }) => session.until(() => session.peer(socket).closed),

  proxied: async (session) => {
    const proxy = await TcpProxy.start(session.port);
    const count = session.proxies.push(proxy);
    return { proxy: count - 1, origin: `http://127.0.0.1:${proxy.port}` };
  },
  proxy: async (session, { proxy, ...deed }) => after(await tell(session.proxy(proxy), deed)),
  proxyCounts: (session, { proxy }) => {
    const { open, seen } = session.proxy(proxy);
    return { open, seen };
  },
  proxyEmpty: async (session, { proxy }) => after(await session.proxy(proxy).empty()),
};

const tell = (proxy: TcpProxy, asked: ProxyDeed): void | Promise<void> => {
  switch (asked.deed) {
    case 'slice':
      return proxy.slice(asked.bytes);
    case 'delay':
      return proxy.delay(asked.ms);
    default:
      return proxy[asked.deed]();
  }
};

const run = <K extends CommandName>(session: Session, { name, ask }: Envelopes[K]): ReturnType<Handlers[K]> =>
  handlers[name](session, ask) as ReturnType<Handlers[K]>;

const answerTo = async (session: Session, envelope: Envelope): Promise<Reply> => {
  const { id } = envelope;
  try {
    return { id, reply: await run(session, envelope) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
};

/** A session lives as long as its control socket. */
const control = (key: string, socket: WebSocket, port: number): void => {
  const session = new Session(port);
  sessions.set(key, session);
  socket.on('error', () => undefined);
  socket.on('message', (data: Buffer) => {
    const envelope = JSON.parse(data.toString()) as Envelope;
    void answerTo(session, envelope).then((reply) => socket.send(JSON.stringify(reply)));
  });
  socket.on('close', () => {
    sessions.delete(key);
    session.end();
  });
};

/** Starts the server on an origin of its own, which crosses that of the tests. */
export const startWireServer = async (): Promise<{ readonly origin: string; close(): Promise<void> }> => {
  const controls = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const server = createServer((request, response) => {
    if (!handle(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  server.on('upgrade', (request, stream, head) => {
    const [, key = '', rest] = PATH.exec(request.url ?? '') ?? [];
    if (rest === 'control') {
      controls.handleUpgrade(request, stream, head, (socket) => control(key, socket, port));
      return;
    }
    const session = sessionOf(request);
    if (session === undefined) stream.destroy();
    else park(session, request, stream, head);
  });
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        for (const client of controls.clients) client.terminate();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
