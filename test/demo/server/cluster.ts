/**
 * Instances that a real Redis joins, for tests: each is closed after the test that started it, and each can have a proxy
 * before Redis that does to its connection what networks do.
 */
import { createClient } from 'redis';
import { systemClock } from '../../../demo/server/clock.js';
import { RedisBroker } from '../../../demo/server/redis/broker.js';
import { createServer, type DemoServer, type ServerOptions } from '../../../demo/server/server.js';
import { RedisServer, hasRedis, type RedisOptions } from '../../support/redis-server.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { answer, eventually, fakeHost } from './helpers.js';

export interface Instance {
  readonly server: DemoServer;
  readonly url: string;
  readonly proxy: TcpProxy;
  readonly host: ReturnType<typeof fakeHost>;
  /** What it has said. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

export type InstanceOptions = ServerOptions & {
  readonly redis: RedisServer;
  readonly prefix?: string;
  readonly password?: string;
};

/** Gives a test file its own way to start Redis and instances; where there is no Redis its tests are skipped. */
export const useCluster = (): {
  redis(options?: RedisOptions): Promise<RedisServer>;
  start(options: InstanceOptions): Promise<Instance>;
} => {
  const ends: (() => Promise<void>)[] = [];
  before(function () {
    if (!hasRedis()) this.skip();
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  return {
    redis: async (options) => {
      const redis = await RedisServer.start(options);
      ends.push(() => redis.close());
      return redis;
    },
    start: async (options) => {
      const instance = await open(options);
      ends.push(() => instance.close());
      return instance;
    },
  };
};

const open = async ({ redis, prefix = 'rt:', password = '', ...options }: InstanceOptions): Promise<Instance> => {
  const proxy = await TcpProxy.start(redis.port);
  const host = fakeHost();
  const log: string[] = [];
  const server = await createServer({
    port: 0,
    clock: systemClock,
    sources: [host],
    log: (sentence) => log.push(sentence),
    broker: (hub, context) =>
      new RedisBroker(hub, { url: `redis://:${password}@127.0.0.1:${proxy.port}`, prefix }, context),
    ...options,
  });
  const close = async (): Promise<void> => {
    await server.close();
    await proxy.close();
  };
  return { server, url: server.address.slice(0, -1), proxy, host, log, close };
};

/** Resolves when an instance says of itself that it is so. */
export const untilReadiness = async ({ url }: Instance, word: 'ready' | 'degraded'): Promise<void> => {
  await eventually(
    () => answer(`${url}/readyz`),
    ({ body }) => body === `${word}\n`,
  );
};

/** One command to Redis, past all instances. */
export const command = async (redis: RedisServer, ...words: readonly string[]): Promise<unknown> => {
  const client = createClient({ url: redis.url });
  await client.connect();
  try {
    return await client.sendCommand([...words]);
  } finally {
    client.destroy();
  }
};
