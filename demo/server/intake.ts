/**
 * Runs the sources that push: starts each, hands what it pushes to the broker, and starts it anew after a pause when it has
 * failed. Owns how each stands; knows no protocol.
 */
import type { Broker } from './broker.js';
import { aborted, pause, type Clock } from './clock.js';
import { isChannel } from './hub.js';
import type { Push, PushingSource, Staleness } from './source.js';

/** How long a source may take to stand where it does not say. Milliseconds. */
const START_LIMIT = 10_000;
/** The first pause after a failure, the longest, and how long it must have stood for its failures to be forgotten. */
const PAUSE = 1_000;
const LONGEST_PAUSE = 60_000;
const PROOF = 10_000;

interface Slot {
  readonly source: PushingSource;
  problem: Staleness['reason'] | undefined;
  /** Since when it stands, and when it last did. */
  since: number | undefined;
  last: number | undefined;
}

export class Intake {
  readonly #slots: readonly Slot[];
  #end = new AbortController();
  #runs: readonly Promise<void>[] = [];

  constructor(
    sources: readonly PushingSource[],
    private readonly broker: Pick<Broker, 'publish'>,
    private readonly clock: Clock,
    private readonly log: (sentence: string) => void,
  ) {
    this.#slots = sources.map((source) => ({ source, problem: undefined, since: undefined, last: undefined }));
  }

  /** Starts all sources; does nothing where they run. */
  start(): void {
    if (this.#runs.length > 0) return;
    this.#end = new AbortController();
    this.#runs = this.#slots.map((slot) => this.#run(slot, this.#end.signal));
  }

  /** Resolves when every source has let go, or has been given the time to. They can be started again. */
  async stop(): Promise<void> {
    this.#end.abort();
    const runs = this.#runs;
    this.#runs = [];
    await Promise.all(runs);
  }

  /** By the names of the sources: those that do not stand. */
  stale(): Record<string, Staleness> {
    const now = this.clock.now();
    const found: Record<string, Staleness> = {};
    for (const { source, problem, last } of this.#slots) {
      if (problem === undefined) continue;
      found[source.name] = { reason: problem, age: last === undefined ? null : Math.round(now - last) };
    }
    return found;
  }

  /** Never rejects. */
  async #run(slot: Slot, end: AbortSignal): Promise<void> {
    const isOver = (): boolean => end.aborted;
    for (let failures = 0; !isOver(); failures += 1) {
      const attempt = new AbortController();
      const stop = (): void => attempt.abort();
      end.addEventListener('abort', stop, { once: true });
      const problem = await this.#attempt(slot, attempt);
      stop();
      end.removeEventListener('abort', stop);
      if (isOver()) break;
      const stood = slot.since === undefined ? 0 : this.clock.now() - slot.since;
      if (stood >= PROOF) failures = 0;
      if (slot.since !== undefined) slot.last = this.clock.now();
      slot.since = undefined;
      slot.problem = problem;
      await pause(this.clock, Math.min(LONGEST_PAUSE, PAUSE * 2 ** failures), end);
    }
    slot.since = slot.problem = undefined;
  }

  /** One try, from its start to its end: why it ended. */
  async #attempt(slot: Slot, attempt: AbortController): Promise<Staleness['reason']> {
    const { source } = slot;
    const late = new AbortController();
    const stop = this.clock.after(source.limit ?? START_LIMIT, () => {
      late.abort();
      attempt.abort();
    });
    try {
      const standing = await Promise.race([
        subscribe(source, this.#push, attempt.signal),
        aborted(attempt.signal, 'it does not stand within its time limit'),
      ]);
      stop();
      if (slot.problem !== undefined) this.log(`source ${source.name} is back`);
      slot.problem = undefined;
      slot.since = this.clock.now();
      await standing.ended;
      if (!attempt.signal.aborted) this.log(`source ${source.name}: ended by itself`);
      return 'error';
    } catch (error) {
      const isLate = late.signal.aborted;
      const problem = isLate ? 'timeout' : 'error';
      // Told once for each reason, not at every try; and not when we ended it ourselves.
      if (slot.problem !== problem && (isLate || !attempt.signal.aborted)) {
        this.log(`source ${source.name}: ${problem}, ${String(error).slice(0, 200)}`);
      }
      return problem;
    } finally {
      stop();
    }
  }

  readonly #push: Push = async ({ channel, data, kept }) => {
    if (!isChannel(channel))
      throw new Error(`a source pushed to a channel that is none: ${String(channel).slice(0, 80)}`);
    await this.broker.publish(channel, JSON.stringify(data), kept, 'leader');
  };
}

/** What is thrown at once is a rejection too. */
const subscribe = async (
  source: PushingSource,
  push: Push,
  signal: AbortSignal,
): ReturnType<PushingSource['subscribe']> => source.subscribe(push, signal);
