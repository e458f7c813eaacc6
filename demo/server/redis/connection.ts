/**
 * One connection to Redis, from its start to its end: commands, scripts, and what is published on one channel, in the order
 * in which Redis sends it. It is not mended: where it ends, another is made. Alone imports the client's library.
 */
import { createHash } from 'node:crypto';
import { createClient } from 'redis';
import type { Clock } from '../clock.js';

export interface Connection {
  /** Rejects with a sentence where Redis refuses, or the connection ends; one that is late ends the connection. */
  call(command: readonly string[]): Promise<unknown>;
  /** Makes scripts known to Redis: by their digests alone they keep their order, whatever was sent between. */
  load(scripts: readonly string[]): Promise<void>;
  /** Runs a script that was loaded. */
  run(script: string, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
  /** Calls back with each message of a channel. */
  subscribe(channel: string, received: (message: string) => void): Promise<void>;
  /** Resolves with the reason, in a few words, when it is of no use any more. */
  readonly ended: Promise<string>;
  end(reason: string): void;
}

/** `limit`: how long connecting, and an answer, may take, in milliseconds. */
export const connect = async (url: string, limit: number, clock: Clock): Promise<Connection> => {
  const client = createClient({
    url,
    RESP: 3, // what is published comes between the answers, on the same connection and in one order
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    socket: { reconnectStrategy: false, connectTimeout: limit },
  });
  let tellEnd: (reason: string) => void = () => undefined;
  const ended = new Promise<string>((resolve) => (tellEnd = resolve));
  const end = (reason: string): void => {
    tellEnd(reason);
    client.destroy();
  };
  client.on('error', (error: unknown) => end(reasonOf(error)));
  client.on('terminated', (error: unknown) => end(reasonOf(error)));
  const timely = async <T>(answer: Promise<T>): Promise<T> => {
    const stop = clock.after(limit, () => end(LATE));
    try {
      return await answer;
    } finally {
      stop();
    }
  };
  await timely(Promise.race([client.connect(), ended.then(refused)]));
  const call = (command: readonly string[]): Promise<unknown> => timely(client.sendCommand([...command]));
  return {
    call,
    load: async (scripts) => {
      for (const script of scripts) await call(['SCRIPT', 'LOAD', script]);
    },
    run: (script, keys, args) => call(['EVALSHA', sha1(script), String(keys.length), ...keys, ...args.map(String)]),
    subscribe: (channel, received) => timely(client.subscribe(channel, received)),
    ended,
    end,
  };
};

export const LATE = 'it does not answer in time';
const MOST = 200;

/** Short, and without an address that might hold a password. */
export const reasonOf = (error: unknown): string => {
  const { message = '', code = '' } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  return (message === '' ? code : message).replace(/\s+/g, ' ').slice(0, MOST) || 'it ended';
};

const refused = (reason: string): never => {
  throw new Error(reason);
};

const digests = new Map<string, string>();

const sha1 = (script: string): string => {
  const known = digests.get(script) ?? createHash('sha1').update(script).digest('hex');
  digests.set(script, known);
  return known;
};
