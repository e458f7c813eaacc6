/**
 * Devices that speak MQTT: of each topic filter a table with the newest message of each device, kept on a channel of its own
 * and published at most once a period, however much they say. A connection that ends ends the subscription: the intake
 * starts it anew with the same table, and the library's own reconnecting is off, so that there is one pause, and one that
 * grows.
 */
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { Unpublished } from '../broker.js';
import { systemClock } from '../clock.js';
import type { Push, PushingSource } from '../source.js';
import { DeviceTable } from './device-table.js';
import type { SourceContext } from './kinds.js';
import { Refusals } from './message.js';
import { Paced } from './paced.js';
import { plainError, secretsOf } from './sentence.js';
import type { SettingsOf } from './settings.js';

type Settings = SettingsOf<'mqtt'>;

/** Milliseconds. */
const CONNECT_LIMIT = 5_000;
/** How long the broker keeps for us what comes while nobody is here; seconds. */
const SESSION = 86_400;
/** What a packet may have beside its payload: a topic is up to 65,535 bytes. */
const HEADER_BYTES = 66_000;

export const mqttSource = (settings: Settings, { log }: SourceContext, clock = systemClock): PushingSource => {
  const { name, topics, period, url, password = '' } = settings;
  const refusals = new Refusals(name, log);
  const secrets = [...secretsOf(url), password];
  const tables = Object.entries(topics).map(([filter, channel]) => ({
    channel,
    table: new DeviceTable(filter, settings),
  }));

  const subscribe = async (push: Push, signal: AbortSignal): ReturnType<PushingSource['subscribe']> => {
    const client = connect(url, optionsOf(settings));
    let cause: unknown;
    let fail: (error: unknown) => void = () => undefined;
    const ended = new Promise<void>((resolve, reject) => {
      fail = (error) => (signal.aborted ? resolve() : reject(plainError(cause ?? error, secrets)));
    });
    ended.catch(() => undefined); // it may fail before anybody has it
    client.on('error', (error) => (cause ??= error));
    client.on('close', () => fail(new Error('the connection is closed')));
    client.on('disconnect', ({ reasonCode = 0 }) => (cause ??= new Error(`the broker says good-bye: ${reasonCode}`)));
    const letGo = (): void => {
      fail(undefined);
      client.end(true);
    };
    signal.addEventListener('abort', letGo, { once: true });
    if (signal.aborted) letGo();

    const publishers = tables.map(({ channel, table }) => {
      const publish = async (): Promise<void> => {
        try {
          await push({ channel, data: table.rows(), kept: true });
        } catch (error) {
          if (error instanceof Unpublished) paced.changed();
          else fail(error);
        }
      };
      const paced: Paced = new Paced(publish, period, clock);
      // What has changed since it was last published, while nobody could.
      if (table.rows().length > 0) paced.changed();
      return { table, paced };
    });
    client.on('message', (topic, payload, { retain }) => {
      for (const { table, paced } of publishers) {
        const taken = table.take({ topic, payload, at: clock.wall(), retained: retain });
        if (taken === 'changed') paced.changed();
        else if (taken !== 'same') refusals.tell(`a message on ${topic.slice(0, 80)}`, taken.refusal);
      }
    });
    const over = ended.finally(() => {
      signal.removeEventListener('abort', letGo);
      for (const { paced } of publishers) paced.stop();
      client.end(true);
    });
    over.catch(() => undefined);
    const standing = subscribed(client, Object.keys(topics)).catch((error: unknown) => {
      fail(error);
      return over;
    });
    await Promise.race([standing, over.then(neverStood)]);
    return { ended: over };
  };
  return { name, subscribe };
};

const neverStood = (): never => {
  throw new Error('it was let go before it stood');
};

/** Resolves when the broker has taken every subscription. */
const subscribed = (client: MqttClient, topics: readonly string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    client.once('connect', () => {
      client.subscribe([...topics], { qos: 1 }, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  });

const optionsOf = ({ keepalive, clientId, version, username, password, maxBytes }: Settings): IClientOptions => ({
  reconnectPeriod: 0,
  connectTimeout: CONNECT_LIMIT,
  keepalive,
  resubscribe: false,
  // A name of our own is what the broker keeps messages under while nobody is here.
  clean: clientId === undefined,
  ...(clientId !== undefined && { clientId }),
  ...(username !== undefined && { username }),
  ...(password !== undefined && { password }),
  ...(version === '5'
    ? {
        protocolVersion: 5,
        properties: {
          maximumPacketSize: maxBytes + HEADER_BYTES,
          ...(clientId !== undefined && { sessionExpiryInterval: SESSION }),
        },
      }
    : { protocolVersion: 4 }),
});
