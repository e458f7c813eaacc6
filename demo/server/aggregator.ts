/**
 * Asks the sources side by side, each at its own period, and makes one snapshot of their answers. Owns each source's last
 * good answer and its age; a source that fails or hangs costs the others nothing. Knows neither HTTP nor what the figures
 * mean.
 */
import { Circuit } from './circuit.js';
import { aborted, type Clock } from './clock.js';
import type { AskedSource, Figures, Staleness, Value } from './source.js';

export interface Snapshot {
  readonly parts: Readonly<Record<string, Figures>>;
  readonly timestamp: string;
  /** By the names of the sources. */
  readonly stale: Readonly<Record<string, Staleness>>;
}

interface Slot {
  readonly source: AskedSource;
  readonly circuit: Circuit;
  /** The reading that is out. */
  pending: Promise<void> | undefined;
  /** When it is asked next, on the clock that only grows. */
  due: number;
  last: { readonly figures: Figures; readonly at: number } | undefined;
  problem: Staleness['reason'] | undefined;
}

export class Aggregator {
  readonly #slots: readonly Slot[];

  constructor(
    sources: readonly AskedSource[],
    private readonly clock: Clock,
    private readonly log: (sentence: string) => void,
    /** How often a source is asked that has no period of its own, in milliseconds. */
    tick: number,
  ) {
    this.#slots = sources.map((source) => ({
      source,
      circuit: new Circuit(source.period ?? tick),
      pending: undefined,
      due: -Infinity,
      last: undefined,
      problem: undefined,
    }));
  }

  /**
   * Asks those whose time has come, and waits for them as long as `limit`; one that takes longer by a limit of its own is in
   * a later snapshot. Never rejects.
   */
  async collect(limit: number): Promise<Snapshot> {
    const now = this.clock.now();
    const asked = this.#slots.filter((slot) => isDue(slot, now)).map((slot) => this.#ask(slot, limit));
    const { promise: late, stop } = this.#after(limit);
    await Promise.race([Promise.all(asked), late]);
    stop();
    return this.#snapshot();
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#slots.map(async ({ source }) => source.close?.()));
  }

  #after(ms: number): { promise: Promise<void>; stop: () => void } {
    let stop = (): void => undefined;
    const promise = new Promise<void>((resolve) => (stop = this.clock.after(ms, resolve)));
    return { promise, stop };
  }

  #ask(slot: Slot, limit: number): Promise<void> {
    const { source } = slot;
    // A tenth early rather than a whole tick late: ticks are not exact.
    slot.due = this.clock.now() + (source.period ?? 0) * 0.9;
    const reading = new AbortController();
    const stop = this.clock.after(source.limit ?? limit, () => reading.abort());
    const read = readOnce(source, reading.signal);
    const forget = (): void => {
      slot.pending = undefined;
    };
    slot.pending = read.then(forget, forget);
    return Promise.race([read, aborted(reading.signal, 'no answer within its time limit')])
      .then((figures) => this.#succeeded(slot, figures))
      .catch((error: unknown) => this.#failed(slot, reading.signal.aborted ? 'timeout' : 'error', error))
      .finally(stop);
  }

  #succeeded(slot: Slot, figures: Figures): void {
    slot.last = { figures, at: this.clock.now() };
    if (slot.problem !== undefined) this.log(`source ${slot.source.name} is back`);
    slot.problem = undefined;
    slot.circuit.succeeded();
  }

  #failed(slot: Slot, problem: Staleness['reason'], error: unknown): void {
    if (slot.problem !== problem) this.log(`source ${slot.source.name}: ${problem}, ${String(error).slice(0, 200)}`);
    slot.problem = problem;
    slot.circuit.failed(this.clock.now());
  }

  #snapshot(): Snapshot {
    const parts: Record<string, Record<string, Value>> = {};
    const stale: Record<string, Staleness> = {};
    for (const { source, last, problem } of this.#slots) {
      const part = (parts[source.part] ??= {});
      for (const figure of source.figures) part[figure] = valueOf(last?.figures[figure]);
      if (problem === undefined) continue;
      stale[source.name] = { reason: problem, age: last === undefined ? null : Math.round(this.clock.now() - last.at) };
    }
    return { parts, timestamp: new Date(this.clock.wall()).toISOString(), stale };
  }
}

/** The snapshot as it goes over the wire. */
export const snapshotJson = ({ parts, timestamp, stale }: Snapshot): string =>
  JSON.stringify({ ...parts, timestamp, ...(Object.keys(stale).length > 0 && { stale }) });

/** A reading that ignored its abort is still out: to ask again would pile them up. */
const isDue = ({ pending, due, circuit }: Slot, now: number): boolean =>
  pending === undefined && now >= due && circuit.isClosed(now);

/** What is thrown at once is a rejection too. */
const readOnce = async (source: AskedSource, signal: AbortSignal): Promise<Figures> => source.read(signal);

/** A number that is none has no place in JSON. */
const valueOf = (value: Value | undefined): Value =>
  value === undefined || (typeof value === 'number' && !Number.isFinite(value)) ? null : value;
