/**
 * A Redis stream as a message queue, read by a consumer group: an entry is acknowledged when it is published, so that none
 * is lost; after a crash some may come twice. What another consumer took and left is taken over. A connection that breaks
 * ends the subscription: the intake starts it anew, and the library's own reconnecting is off.
 */
import { RESP_TYPES, createClient } from 'redis';
import { systemClock } from '../clock.js';
import { isChannel } from '../hub.js';
import type { Push, Pushed, PushingSource } from '../source.js';
import type { SourceContext } from './kinds.js';
import { Refusals, deliver, readMessage } from './message.js';
import { plainError, secretsOf } from './sentence.js';
import type { SettingsOf } from './settings.js';

type Settings = SettingsOf<'redis-stream'>;

/** How long a read waits for entries, and how much longer its answer may take. Milliseconds. */
const BLOCK = 5_000;
const PATIENCE = 5_000;

/** The fields are null where the entry was deleted before it was acknowledged. */
type Entry = readonly [id: Buffer, fields: readonly Buffer[] | null];
type Read = readonly (readonly [stream: Buffer, entries: readonly Entry[]])[] | null;
type Claimed = readonly [next: Buffer, entries: readonly Entry[]];

export const redisStreamSource = (settings: Settings, { log }: SourceContext, clock = systemClock): PushingSource => {
  const { name, url, stream, group, consumer, batch, idle } = settings;
  const refusals = new Refusals(name, log);
  const secrets = secretsOf(url);
  const block = Math.min(BLOCK, idle);
  /** Published, and not known to be acknowledged: over a reconnect they come again, and are not published again. */
  const published = new Set<string>();
  /** Where a group begins that has to be made: after a loss of Redis's data, where we were. */
  let from = settings.from === 'now' ? '$' : '0';

  const subscribe = async (push: Push, signal: AbortSignal): ReturnType<PushingSource['subscribe']> => {
    const client = open(url, block);
    let cause: unknown;
    client.on('error', (error: unknown) => (cause ??= error));
    const destroy = (): void => {
      if (client.isOpen) client.destroy();
    };
    const command = <T>(...args: readonly string[]): Promise<T> => client.sendCommand<T>(args);
    const read = (after: string): Promise<Read> => {
      const wait = after === '>' ? ['BLOCK', String(block)] : [];
      const how = ['COUNT', String(batch), ...wait];
      return command('XREADGROUP', 'GROUP', group, consumer, ...how, 'STREAMS', stream, after);
    };
    const acknowledge = async (key: string): Promise<void> => {
      await command('XACK', stream, group, key);
      published.delete(key);
    };
    /** One after another; no acknowledgement is waited for before the last entry is published. */
    const takeIn = async (entries: readonly Entry[]): Promise<void> => {
      const acknowledged: Promise<void>[] = [];
      for (const [id, fields] of entries) {
        const key = id.toString();
        const message = messageOf(settings, fields);
        if (!published.has(key)) {
          if ('refusal' in message) refusals.tell(`entry ${key} of ${stream}`, message.refusal);
          else await deliver(push, message, { clock, signal, beat: () => client.ping() });
        }
        published.add(key);
        const done = acknowledge(key);
        done.catch(() => undefined); // it fails with the connection, which is told below
        acknowledged.push(done);
      }
      await Promise.all(acknowledged);
    };
    /** What consumers that are gone have left: taken, and waiting for longer than `idle`. */
    const takeOver = async (): Promise<void> => {
      let cursor = '0-0';
      do {
        const claim = ['XAUTOCLAIM', stream, group, consumer, String(idle), cursor, 'COUNT', String(batch)];
        const [next, entries] = await command<Claimed>(...claim);
        await takeIn(entries);
        cursor = next.toString();
      } while (cursor !== '0-0' && !signal.aborted);
    };
    const consume = async (): Promise<void> => {
      for (let own = '0', due = clock.now(); !signal.aborted;) {
        if (own === '>' && clock.now() >= due) {
          await takeOver();
          due = clock.now() + idle / 2;
        }
        const entries = (await read(own))?.[0]?.[1] ?? [];
        await takeIn(entries);
        const last = entries.at(-1)?.[0].toString();
        if (own === '>') from = last ?? from;
        else own = last ?? '>'; // first what this consumer took before it crashed, then what is new
      }
    };
    const failed = (error: unknown): never => {
      destroy();
      throw plainError(cause ?? error, secrets);
    };
    signal.addEventListener('abort', destroy, { once: true });
    if (signal.aborted) destroy();
    try {
      await client.connect();
      // A group that was not there waits for no acknowledgement.
      if (await created(command('XGROUP', 'CREATE', stream, group, from, 'MKSTREAM'))) published.clear();
    } catch (error) {
      return failed(error);
    }
    const ended = consume().catch((error: unknown) => (signal.aborted ? undefined : failed(error)));
    return { ended: ended.finally(() => signal.removeEventListener('abort', destroy)) };
  };
  return { name, subscribe };
};

/** Bytes, because a string would hide what is no UTF-8. */
const open = (url: string, block: number) =>
  createClient({
    url,
    RESP: 2,
    name: 'rt-widgets',
    disableOfflineQueue: true,
    socket: { connectTimeout: PATIENCE, reconnectStrategy: false, socketTimeout: block + PATIENCE },
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
  });

/** Whether the group is new; that it is there already is no failure. */
const created = async (creating: Promise<unknown>): Promise<boolean> => {
  try {
    await creating;
    return true;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('BUSYGROUP')) return false;
    throw error;
  }
};

const messageOf = (
  { channel, data, format, maxBytes, kept }: Settings,
  fields: Entry[1],
): Pushed | { readonly refusal: string } => {
  if (fields === null) return { refusal: 'it was deleted before it was published' };
  const to = typeof channel === 'string' ? channel : field(fields, channel.field)?.toString();
  if (!isChannel(to)) return { refusal: 'it names no channel' };
  const reading = readMessage(field(fields, data), format, maxBytes);
  return 'refusal' in reading ? reading : { channel: to, data: reading.value, kept };
};

/** Names and values take turns. */
const field = (fields: readonly Buffer[], name: string): Buffer | undefined => {
  const index = fields.findIndex((each, at) => at % 2 === 0 && each.toString() === name);
  return index < 0 ? undefined : fields[index + 1];
};
