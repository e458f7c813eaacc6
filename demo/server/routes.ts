/**
 * Which request goes where, and who is turned away at the door: for plain requests and for upgrades. Owns no state; what
 * it needs it is handed.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Bounds } from './bounds.js';
import type { Broker } from './broker.js';
import type { Clock } from './clock.js';
import { etagOf, matchesTag } from './etag.js';
import { sendFile } from './files.js';
import type { Hub } from './hub.js';
import type { Limits } from './limits.js';
import { addressOf, type Origins } from './origin.js';
import type { LongPolls } from './poll.js';
import { PROMETHEUS_TYPE, prometheusText, type Gauges } from './prometheus.js';
import { publish } from './publish.js';
import { RETRY_AFTER, notFound, refuseUpgrade, sendError, sendJson, sendText } from './reply.js';
import type { ApiCounters, Counted } from './sources/api.js';
import type { EventStreams } from './sse.js';
import type { WebSockets } from './websocket.js';

export interface House {
  readonly bounds: Bounds;
  readonly clock: Clock;
  readonly counters: ApiCounters;
  readonly hub: Hub;
  readonly broker: Broker;
  readonly limits: Limits;
  readonly origins: Origins;
  readonly streams: EventStreams;
  readonly sockets: WebSockets;
  readonly polls: LongPolls;
  readonly folders: { readonly pages: string; readonly dist: string; readonly starter?: string };
  readonly log: (sentence: string) => void;
  gauges(): Gauges;
  /** False from the moment the server begins to stop. */
  ready(): boolean;
}

interface Call {
  readonly house: House;
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly path: string;
  readonly counted: Counted;
}

interface Route {
  readonly methods: readonly string[];
  /** Answers to this server's own pages and allowed origins alone. */
  readonly guarded: boolean;
  handle(call: Call): void | Promise<void>;
}

const READ = ['GET', 'HEAD'];
const GONE = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);
const PUBLISH = '/api/publish/';
const FULL = 'the server has as many clients as it takes';
const FOREIGN = 'this origin is not let in: ALLOWED_ORIGINS names others';
const UNKNOWN_HOST = 'this server is not known by that name';

/** Answers a plain request. Never rejects. */
export const handleRequest = async (house: House, req: IncomingMessage, res: ServerResponse): Promise<void> => {
  const counted = house.counters.begin();
  res.once('close', () => counted.end(res.statusCode));
  res.setHeader('X-Content-Type-Options', 'nosniff');
  const path = pathOf(req);
  try {
    if (path === undefined) sendError(res, 400, 'a path begins with /');
    else await answer({ house, req, res, path, counted });
  } catch (error) {
    if (!isGone(error)) house.log(`${req.method ?? ''} failed: ${String(error).slice(0, 200)}`);
    if (res.headersSent) res.destroy();
    else sendError(res, 500, 'the server failed');
  }
};

/** A client that went away in the middle is nobody's fault. */
const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && GONE.has(String(error.code));

/** Answers a request to become a WebSocket. */
export const handleUpgrade = (house: House, req: IncomingMessage, socket: Duplex, head: Buffer): void => {
  const counted = house.counters.begin();
  socket.on('error', () => socket.destroy());
  const refuse = (status: number, error: string, headers?: Record<string, string>): void => {
    refuseUpgrade(socket, status, error, headers);
    counted.end(status);
  };
  if (!house.limits.admitRequest(addressOf(req))) return refuse(429, 'too many requests', { 'Retry-After': '1' });
  if (pathOf(req) !== '/ws') return refuse(404, 'WebSockets are at /ws');
  if (!house.origins.knowsHost(req)) return refuse(403, UNKNOWN_HOST);
  if (!house.origins.isAllowed(req)) return refuse(403, FOREIGN);
  const release = house.ready() ? house.limits.clients.take(addressOf(req)) : undefined;
  if (release === undefined) return refuse(503, FULL, { 'Retry-After': RETRY_AFTER });
  socket.once('close', () => {
    release();
    counted.end(400); // counts only where the handshake was no good
  });
  house.sockets.accept(req, socket, head, () => counted.end(101));
};

const answer = async (call: Call): Promise<void> => {
  const { house, req, res, path } = call;
  const health = HEALTH[path];
  if (health !== undefined) return health(call);
  if (!house.limits.admitRequest(addressOf(req))) {
    return sendError(res, 429, 'too many requests', { 'Retry-After': '1' });
  }
  if (!house.origins.knowsHost(req)) return sendError(res, 403, UNKNOWN_HOST);
  const route = routeOf(path);
  if (route.guarded) {
    if (!house.origins.isAllowed(req)) return sendError(res, 403, FOREIGN);
    for (const [name, value] of Object.entries(house.origins.corsHeaders(req))) res.setHeader(name, value);
  }
  const allow = { Allow: [...route.methods, 'OPTIONS'].join(', ') };
  if (req.method === 'OPTIONS') res.writeHead(204, allow).end();
  else if (!route.methods.includes(req.method ?? '')) sendError(res, 405, 'this method is not served here', allow);
  else await route.handle(call);
};

/** Answered even where everything else is refused: a full server is not a dead one. */
const HEALTH: Readonly<Record<string, (call: Call) => void>> = {
  '/healthz': ({ res }) => sendText(res, 200, 'ok\n'),
  '/readyz': ({ house, res }) =>
    house.ready()
      ? sendText(res, 200, house.broker.state === 'degraded' ? 'degraded\n' : 'ready\n')
      : sendText(res, 503, 'stopping\n'),
};

/** A route whose answers stay open: each takes a client's place until its end. */
const clients = (open: (call: Call) => void): Route => ({
  methods: READ,
  guarded: true,
  handle(call) {
    const { house, req, res, counted } = call;
    const release = house.ready() ? house.limits.clients.take(addressOf(req)) : undefined;
    if (release === undefined) return sendError(res, 503, FULL, { 'Retry-After': RETRY_AFTER });
    res.once('close', release);
    open(call);
    counted.end(200);
  },
});

const metrics: Route = {
  methods: READ,
  guarded: true,
  handle({ house, req, res }) {
    const json = house.hub.snapshot('metrics')?.data;
    if (json === undefined) return sendError(res, 503, 'no figures yet', { 'Retry-After': '1' });
    const headers = { ETag: etagOf(json), 'Cache-Control': 'no-cache' };
    if (matchesTag(req.headers['if-none-match'], headers.ETag)) res.writeHead(304, headers).end();
    else sendJson(res, 200, json, headers);
  },
};

const ROUTES: Readonly<Record<string, Route>> = {
  '/api/metrics': metrics,
  '/events': clients(({ house, req, res }) => house.streams.open(req, res)),
  '/poll': clients(({ house, req, res }) => house.polls.open(req, res)),
  '/metrics': {
    methods: READ,
    guarded: true,
    handle: ({ house, res }) => sendText(res, 200, prometheusText(house.gauges()), { 'Content-Type': PROMETHEUS_TYPE }),
  },
  '/ws': {
    methods: READ,
    guarded: true,
    handle: ({ res }) => sendError(res, 426, 'this is a WebSocket', { Connection: 'Upgrade', Upgrade: 'websocket' }),
  },
};

const publishing: Route = {
  methods: ['POST'],
  guarded: true,
  handle: ({ house, req, res, path }) => publish(req, res, path.slice(PUBLISH.length), house),
};

const unknownApi: Route = { methods: [...READ, 'POST'], guarded: true, handle: ({ res }) => notFound(res) };

const files: Route = {
  methods: READ,
  guarded: false,
  handle({ house, req, res, path }) {
    const { pages, dist, starter } = house.folders;
    const stall = house.bounds.responseStall;
    if (path.startsWith('/dist/')) return sendFile(req, res, dist, path.slice('/dist'.length), stall);
    // Its pages say `../../dist/`: right here, and right on disk.
    return starter !== undefined && path.startsWith('/starter/')
      ? sendFile(req, res, starter, path.slice('/starter'.length), stall)
      : sendFile(req, res, pages, path, stall);
  },
};

const routeOf = (path: string): Route => {
  if (path.startsWith(PUBLISH)) return publishing;
  return ROUTES[path] ?? (path.startsWith('/api/') ? unknownApi : files);
};

/** The path as it was sent, without its query: nothing is resolved, so that `..` stays visible. */
const pathOf = (req: IncomingMessage): string | undefined => {
  const path = (req.url ?? '').split('?', 1)[0] ?? '';
  return path.startsWith('/') ? path : undefined;
};
