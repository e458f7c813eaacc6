/**
 * Topics of Kafka, read by a consumer group, each for a channel: offsets are committed when their messages are published, so
 * that none is lost; after a crash some may come twice. A consumer that fails ends the subscription: the intake starts it
 * anew, and the library's own restarting is off.
 */
import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { systemClock, type Clock } from '../clock.js';
import type { Push, PushingSource } from '../source.js';
import { kafkaClient, secretsIn } from './kafka-client.js';
import type { SourceContext } from './kinds.js';
import { Refusals, deliver, readMessage } from './message.js';
import { plainError } from './sentence.js';
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
    const takeOne = async ({ value, offset }: KafkaMessage): Promise<void> => {
      const reading = readMessage(value, settings.format, settings.maxBytes);
      if ('refusal' in reading) return refusals.tell(`message ${topic}/${partition}/${offset}`, reading.refusal);
      const message = { channel: topics[topic] ?? '', data: reading.value, kept: settings.kept };
      await deliver(push, message, { clock, signal, beat });
    };
    const commit = async (offset: string): Promise<void> => {
      await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(offset) + 1n) }]);
      for (const key of done.splice(0)) published.delete(key);
    };
    let last: string | undefined;
    try {
      for (const message of messages) {
        if (!run.isRunning() || run.isStale() || signal.aborted) break;
        // With its time: a topic that was lost and made anew has the same offsets for other messages.
        const key = `${topic}/${partition}/${message.offset}/${message.timestamp}`;
        if (!published.has(key)) await takeOne(message);
        published.add(key);
        done.push(key);
        last = message.offset;
        run.resolveOffset(last);
        if (done.length >= COMMIT_EVERY) await commit(last);
        await beat();
      }
    } finally {
      if (last !== undefined && done.length > 0) await commit(last);
    }
  };

  const subscribe = async (push: Push, signal: AbortSignal): ReturnType<PushingSource['subscribe']> => {
    const hear = (problem: string): void => {
      if (!signal.aborted) tell(problem);
    };
    const consumer = kafkaClient(settings, hear).consumer({
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
      throw plainError(error, secretsIn(settings));
    };
    let working: Promise<void> = Promise.resolve();
    const start = async (): Promise<void> => {
      await consumer.connect();
      await consumer.subscribe({ topics: Object.keys(topics), fromBeginning: settings.from === 'beginning' });
      if (signal.aborted) return;
      const eachBatch = (run: EachBatchPayload): Promise<void> => {
        const done = takeIn(consumer, push, signal, run);
        working = done.catch(() => undefined);
        return done;
      };
      await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch });
    };
    const started = start();
    const end = async (): Promise<void> => {
      // A consumer that is told to end commits nothing any more, and does not say so.
      await within(working, clock);
      await disconnect(consumer, clock);
      // What was still starting is told again when it has started.
      void started.catch(() => undefined).then(() => disconnect(consumer, clock));
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

/** It tells the group that it leaves, which takes a broker: for so long, and no longer. */
const disconnect = (consumer: Consumer, clock: Clock): Promise<void> =>
  within(
    consumer.disconnect().catch(() => undefined),
    clock,
  );

/** Resolves with what never rejects, or when its time is over. */
const within = (work: Promise<void>, clock: Clock): Promise<void> =>
  new Promise((resolve) => {
    const stop = clock.after(END_LIMIT, resolve);
    void work.then(() => {
      stop();
      resolve();
    });
  });
