/**
 * A broker that speaks Kafka's protocol over TCP: the mock cluster of librdkafka, which `kcat` runs while it lives. Its data
 * is in memory; topics appear on their first use, with four partitions each.
 */
import { programOf, startProgram, type Running } from './program.js';

export interface KafkaBroker {
  readonly port: number;
  /** Kills it, as a crash would: with all its data. */
  stop(): Promise<void>;
  pause(): void;
  resume(): void;
}

export const startKafka = async (): Promise<KafkaBroker> => {
  const args = ['-C', '-t', 'warm', '-b', 'unused:1', '-X', 'test.mock.num.brokers=1', '-d', 'mock'];
  const running: Running = await startProgram(programOf('kcat'), args, /bootstrap\.servers=127\.0\.0\.1:(\d+)/);
  return {
    port: Number(running.ready[1]),
    stop: () => running.kill(),
    pause: () => running.child.kill('SIGSTOP'),
    resume: () => running.child.kill('SIGCONT'),
  };
};
