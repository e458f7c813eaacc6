/**
 * Asks all sources side by side and makes one snapshot of their answers. Owns each source's last good answer and its
 * age; a source that fails or hangs costs the others nothing. Knows neither HTTP nor what the figures mean.
 */
import type { Clock } from './clock.js';

export type Figures = Readonly<Record<string, number>>;

export interface Source {
  readonly name: string;
  /** The part of the snapshot that its figures belong to; several sources may share one. */
  readonly part: string;
  /** The figures it gives: null in the snapshot until it has given them once. */
  readonly figures: readonly string[];
  /** How long one reading may take, in milliseconds. */
  readonly limit?: number;
  read(signal: AbortSignal): Promise<Figures>;
}

export interface Staleness {
  readonly reason: 'timeout' | 'error';
  /** Milliseconds since the last good answer; null where there was none. */
  readonly age: number | null;
}

export interface Snapshot {
  readonly parts: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  readonly timestamp: string;
  readonly stale: Readonly<Record<string, Staleness>>;
}

interface Slot {
  readonly source: Source;
  pending: boolean;
  last: { readonly figures: Figures; readonly at: number } | undefined;
  problem: Staleness['reason'] | undefined;
}

export class Aggregator {
  readonly #slots: readonly Slot[];

  constructor(
    sources: readonly Source[],
    private readonly clock: Clock,
    private readonly log: (sentence: string) => void,
  ) {
    this.#slots = sources.map((source) => ({ source, pending: false, last: undefined, problem: undefined }));
  }

  /** Never rejects. `limit` is for the sources that have none of their own: it takes no longer than the longest. */
  async collect(limit: number): Promise<Snapshot> {
    await Promise.all(this.#slots.map((slot) => this.#ask(slot, limit)));
    return this.#snapshot();
  }

  async #ask(slot: Slot, limit: number): Promise<void> {
    // A reading that ignored its abort is still out: to ask again would pile them up.
    if (slot.pending) return;
    const { source } = slot;
    const abort = new AbortController();
    const stop = this.clock.after(source.limit ?? limit, () => abort.abort());
    try {
      const figures = await Promise.race([readOnce(slot, abort.signal), aborted(abort.signal)]);
      slot.last = { figures, at: this.clock.now() };
      if (slot.problem !== undefined) this.log(`source ${source.name} is back`);
      slot.problem = undefined;
    } catch (error) {
      const problem = abort.signal.aborted ? 'timeout' : 'error';
      if (slot.problem !== problem) this.log(`source ${source.name}: ${problem}, ${String(error).slice(0, 200)}`);
      slot.problem = problem;
    } finally {
      stop();
    }
  }

  #snapshot(): Snapshot {
    const parts: Record<string, Record<string, number | null>> = {};
    const stale: Record<string, Staleness> = {};
    for (const { source, last, problem } of this.#slots) {
      const part = (parts[source.part] ??= {});
      for (const figure of source.figures) part[figure] = finite(last?.figures[figure]);
      if (problem === undefined) continue;
      stale[source.name] = { reason: problem, age: last === undefined ? null : Math.round(this.clock.now() - last.at) };
    }
    return { parts, timestamp: new Date(this.clock.wall()).toISOString(), stale };
  }
}

/** The snapshot as it goes over the wire. */
export const snapshotJson = ({ parts, timestamp, stale }: Snapshot): string =>
  JSON.stringify({ ...parts, timestamp, ...(Object.keys(stale).length > 0 && { stale }) });

const readOnce = async (slot: Slot, signal: AbortSignal): Promise<Figures> => {
  slot.pending = true;
  try {
    return await slot.source.read(signal);
  } finally {
    slot.pending = false;
  }
};

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('no answer within its time limit')), { once: true });
  });

const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null;
