/**
 * Topics of Kafka, read by a consumer group, each for a channel: offsets are committed when their messages are published, so
 * that none is lost; after a crash some may come twice. A consumer that fails ends the subscription: the intake starts it
 * anew, and the library's own restarting is off.
 */
import {
  Kafka,
  logLevel,
  type Consumer,
  type EachBatchPayload,
  type KafkaConfig,
  type KafkaMessage,
  type SASLOptions,
} from 'kafkajs';
import { systemClock, type Clock } from '../clock.js';
import type { Push, PushingSource } from '../source.js';
import type { SourceContext } from './kinds.js';
import { Refusals, deliver, readMessage } from './message.js';
import { plainError, sentenceOf } from './sentence.js';
import type { SettingsOf } from './settings.js';

type Settings = SettingsOf<'kafka'>;

/** So many messages at most are published and not committed: what comes twice after a crash. */
const COMMIT_EVERY = 100;
/** What one fetch may bring, but for a single message that is longer; bytes. */
const FETCH_BYTES = 1_048_576;
const MAX_SENTENCES = 20;
const END_LIMIT = 2_000;

export const kafkaSource = (settings: Settings, { log }: SourceContext, clock = systemClock): PushingSource => {
  const { name, topics, limit } = settings;
  const refusals = new Refusals(name, log);
  const secrets = settings.sasl === undefined ? [] : [settings.sasl.password];
  /** Published, and not known to be committed: over a restart they come again, and are not published again. */
  const published = new Set<string>();
  /** What the library has said since it last stood, so that it says each once. */
  const said = new Set<string>();
  const tell = (problem: string): void => {
    if (said.has(problem) || said.size >= MAX_SENTENCES) return;
    said.add(problem);
    log(`source ${name}: ${problem}`);
  };

  /** The messages of one partition, in their order. */
  const takeIn = async (consumer: Consumer, push: Push, signal: AbortSignal, run: EachBatchPayload): Promise<void> => {
    const { topic, partition, messages } = run.batch;
    const beat = (): Promise<void> => run.heartbeat();
    const done: string[] = [];
    const takeOne = async ({ value }: KafkaMessage, key: string): Promise<void> => {
      const reading = readMessage(value, settings.format, settings.maxBytes);
      if ('refusal' in reading) return refusals.tell(`message ${key}`, reading.refusal);
      const message = { channel: topics[topic] ?? '', data: reading.value, kept: settings.kept };
      await deliver(push, message, { clock, signal, beat });
    };
    const commit = async (offset: string): Promise<void> => {
      await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(offset) + 1n) }]);
      for (const key of done.splice(0)) published.delete(key);
    };
    let last: string | undefined;
    for (const message of messages) {
      if (!run.isRunning() || run.isStale() || signal.aborted) break;
      last = message.offset;
      const key = `${topic}/${partition}/${last}`;
      if (!published.has(key)) await takeOne(message, key);
      published.add(key);
      done.push(key);
      run.resolveOffset(last);
      if (done.length >= COMMIT_EVERY) await commit(last);
      await beat();
    }
    if (last !== undefined && done.length > 0) await commit(last);
  };

  const subscribe = async (push: Push, signal: AbortSignal): ReturnType<PushingSource['subscribe']> => {
    const consumer = new Kafka({
      ...clientOf(settings),
      logLevel: logLevel.WARN,
      logCreator: () => (entry) => {
        const { message, error } = entry.log;
        const problem = typeof error === 'string' ? `${message}: ${error}` : message;
        if (!signal.aborted) tell(sentenceOf(problem, secrets));
      },
    }).consumer({
      groupId: settings.group,
      sessionTimeout: settings.sessionTimeout,
      heartbeatInterval: settings.sessionTimeout / 4,
      maxBytesPerPartition: FETCH_BYTES,
      maxBytes: FETCH_BYTES,
      retry: { retries: 2, restartOnFailure: async () => false },
    });
    const crashed = new Promise<never>((_, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    });
    const aborted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted) resolve();
    });
    const fail = async (error: unknown): Promise<never> => {
      await disconnect(consumer, clock);
      throw plainError(error, secrets);
    };
    const start = async (): Promise<void> => {
      await consumer.connect();
      await consumer.subscribe({ topics: Object.keys(topics), fromBeginning: settings.from === 'beginning' });
      if (signal.aborted) return;
      const eachBatch = (run: EachBatchPayload): Promise<void> => takeIn(consumer, push, signal, run);
      await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch });
    };
    const started = start();
    const end = (): Promise<void> => {
      // What was starting goes on for a while: it is told again when it has.
      void started.catch(() => undefined).then(() => disconnect(consumer, clock));
      return disconnect(consumer, clock);
    };
    try {
      await Promise.race([started, crashed, aborted]);
    } catch (error) {
      return fail(error);
    }
    said.clear();
    return { ended: Promise.race([crashed, aborted]).then(end, fail) };
  };
  return { name, limit, subscribe };
};

const clientOf = ({ brokers, clientId, ssl, sasl }: Settings): KafkaConfig => ({
  clientId,
  brokers: [...brokers],
  ssl,
  ...(sasl !== undefined && { sasl: saslOf(sasl) }),
  retry: { retries: 2 },
});

/** The library wants to know each mechanism apart. */
const saslOf = ({ mechanism, username, password }: NonNullable<Settings['sasl']>): SASLOptions => {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
};

/** It tells the group that it leaves, which takes a broker: for so long, and no longer. */
const disconnect = (consumer: Consumer, clock: Clock): Promise<void> =>
  new Promise((resolve) => {
    const stop = clock.after(END_LIMIT, resolve);
    void consumer
      .disconnect()
      .catch(() => undefined)
      .then(() => {
        stop();
        resolve();
      });
  });
