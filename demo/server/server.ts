/**
 * Puts the server together, starts and stops it. Time, chance, sources, folders and bounds can be handed in; without
 * them it is the real thing.
 */
import { createServer as createHttpServer, type Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { Aggregator } from './aggregator.js';
import { defaultBounds, type Bounds } from './bounds.js';
import { LocalBroker, type Broker, type BrokerContext, type Counters } from './broker.js';
import { systemClock, type Clock, type Stop } from './clock.js';
import { Hub } from './hub.js';
import { Intake } from './intake.js';
import { Limits } from './limits.js';
import { listen, urlOf } from './listen.js';
import { Origins, addressOf } from './origin.js';
import { LongPolls } from './poll.js';
import { Pulse } from './pulse.js';
import { handleRequest, handleUpgrade, type House } from './routes.js';
import { ApiCounters, apiSource } from './sources/api.js';
import { hostSources } from './sources/host.js';
import { isAsked, type PushingSource, type Source } from './source.js';
import { EventStreams } from './sse.js';
import { WebSockets } from './websocket.js';

export interface ServerOptions {
  /** Absent: the first free one from 8080. 0: any free one. */
  readonly port?: number | undefined;
  readonly host?: string;
  readonly allowedOrigins?: readonly string[];
  /** What is served at `/`, at `/dist/` and at `/starter/`. */
  readonly folders?: House['folders'];
  /** Beside the server's own counters, which are always there. */
  readonly sources?: readonly Source[];
  /** What joins this instance with others. Absent: it is alone. */
  readonly broker?: ((hub: Hub, context: BrokerContext) => Broker) | undefined;
  readonly bounds?: Partial<Bounds>;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly log?: (sentence: string) => void;
}

export interface DemoServer {
  /** Ends with a slash: `http://127.0.0.1:8080/`. */
  readonly address: string;
  /** Tells every client to come back, ends every connection, and resolves when that is done. */
  close(): Promise<void>;
}

const publicFolder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Resolves when the server listens and has its first snapshot. Rejects with a sentence where it cannot listen. */
export const createServer = async (options: ServerOptions = {}): Promise<DemoServer> => {
  const { host = '127.0.0.1', clock = systemClock, random = Math.random } = options;
  const bounds = { ...defaultBounds, ...options.bounds };
  let address = '';
  let ready = false;
  const house = furnish(options, { host, clock, bounds, random, address: () => address, ready: () => ready });
  const { broker, log } = house;
  const own = (): Counters => ({ ...house.counters.figures(), active_users: clientsOf(house) });
  const sources = [...(options.sources ?? hostSources()), apiSource(own, broker)];
  const aggregator = new Aggregator(sources.filter(isAsked), clock, log, bounds.tick);
  const intake = new Intake(
    sources.filter((source): source is PushingSource => !isAsked(source)),
    broker,
    clock,
    log,
  );
  const pulse = new Pulse({ aggregator, intake, broker, clock, bounds, log, share: () => broker.share(own()) });
  const server = openDoors(house);
  address = urlOf(host, await listen(server, host, options.port));
  await broker.start();
  await pulse.first();
  ready = true;
  // Who is connected goes on from what it has had last, which is how it learns of what it has missed.
  house.hub.onGap(() => {
    const hint = hints(house, random);
    house.streams.drain(hint);
    house.sockets.drain(hint);
  });
  const stops = [pulse.start(), house.streams.start(), house.sockets.start()];
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    ready = false;
    closed ??= shut(server, house, { clock, random, stops }).then(async () => {
      await Promise.all([intake.stop(), aggregator.close(), broker.close()]);
    });
    return closed;
  };
  return { address, close };
};

interface Given {
  readonly host: string;
  readonly clock: Clock;
  readonly bounds: Bounds;
  readonly random: () => number;
  readonly address: () => string;
  readonly ready: () => boolean;
}

const furnish = (options: ServerOptions, { host, clock, bounds, random, address, ready }: Given): House => {
  const log = options.log ?? ((sentence: string) => console.error(sentence));
  const counters = new ApiCounters(clock);
  const hub = new Hub(clock, bounds);
  const streams = new EventStreams(hub, clock, bounds);
  const sockets = new WebSockets(hub, clock, bounds);
  const polls = new LongPolls(hub, clock, bounds);
  return {
    bounds,
    clock,
    counters,
    hub,
    broker: options.broker?.(hub, { clock, bounds, random, log }) ?? new LocalBroker(hub),
    limits: new Limits(clock, bounds),
    origins: new Origins(options.allowedOrigins ?? [], host),
    streams,
    sockets,
    polls,
    folders: options.folders ?? {
      pages: publicFolder('../pages/'),
      dist: publicFolder('../../dist/'),
      starter: publicFolder('../starter/'),
    },
    log,
    ready,
    gauges: () => ({
      instance: new URL(address()).host,
      websocket: sockets.size,
      sse: streams.size,
      longPolling: polls.size,
      requests: counters.total,
      published: hub.published,
      cut: streams.cut + sockets.cut + polls.cut,
    }),
  };
};

const clientsOf = ({ streams, sockets, polls }: House): number => streams.size + sockets.size + polls.size;

const openDoors = (house: House): Server => {
  const { bounds, limits } = house;
  const server = createHttpServer({
    connectionsCheckingInterval: bounds.connectionCheck,
    headersTimeout: bounds.headers,
    requestTimeout: bounds.request,
    keepAliveTimeout: bounds.keepAlive,
  });
  server.on('connection', (socket) => {
    const release = limits.connections.take(addressOf({ socket }));
    if (release === undefined) socket.destroy();
    else socket.once('close', release);
  });
  server.on('request', (req, res) => void handleRequest(house, req, res));
  server.on('upgrade', (req, socket, head) => handleUpgrade(house, req, socket, head));
  return server;
};

interface Closing {
  readonly clock: Clock;
  readonly random: () => number;
  readonly stops: readonly Stop[];
}

/** Each client gets a hint of its own, spread so that the next server can take them all back. */
const shut = async (server: Server, house: House, { clock, random, stops }: Closing): Promise<void> => {
  const { bounds, broker, sockets, streams, polls } = house;
  for (const stop of stops) stop();
  const resigned = broker.resign();
  const hint = hints(house, random);
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  streams.drain(hint);
  sockets.drain(hint);
  polls.drain(hint);
  const stop = clock.after(bounds.drain, () => {
    sockets.terminate();
    server.closeAllConnections();
  });
  await ended;
  stop();
  await resigned;
};

/** What each client is told to wait before it comes back, in milliseconds: so that they come no faster than they are taken. */
const hints = (house: House, random: () => number): (() => number) => {
  const spread = ((1.1 * clientsOf(house)) / house.bounds.acceptRate) * 1_000;
  return () => Math.ceil(random() * spread);
};
