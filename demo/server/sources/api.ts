/**
 * The server's own counters as a source: requests and answers of the last ten seconds in slots of a tenth, a fixed ring
 * whatever the load. Every request counts, those that are refused and those that become a stream too.
 */
import type { Source } from '../aggregator.js';
import type { Clock } from '../clock.js';

const SLOT_MS = 100;
const SLOTS = 100;
const WINDOW_S = (SLOTS * SLOT_MS) / 1_000;

interface Slot {
  index: number;
  requests: number;
  answers: number;
  errors: number;
  ms: number;
}

/** A request on its way. `end` counts its answer, once: a stream's when its headers go out, a poll's when it is held. */
export interface Counted {
  end(status: number): void;
}

export class ApiCounters {
  /** All requests since the start. */
  total = 0;
  readonly #ring: Slot[] = Array.from({ length: SLOTS }, () => emptySlot(-1));

  constructor(private readonly clock: Clock) {}

  begin(): Counted {
    const start = this.clock.now();
    let open = true;
    this.total += 1;
    this.#slot(start).requests += 1;
    return {
      end: (status) => {
        if (!open) return;
        open = false;
        const now = this.clock.now();
        const slot = this.#slot(now);
        slot.answers += 1;
        slot.ms += now - start;
        if (status >= 400) slot.errors += 1;
      },
    };
  }

  /** Where nothing was asked, times and errors are 0. */
  figures(): { requests_per_second: number; avg_response_time: number; error_rate: number } {
    const newest = Math.floor(this.clock.now() / SLOT_MS);
    const sum = emptySlot(newest);
    for (const slot of this.#ring) {
      if (slot.index <= newest - SLOTS) continue;
      sum.requests += slot.requests;
      sum.answers += slot.answers;
      sum.errors += slot.errors;
      sum.ms += slot.ms;
    }
    const answers = Math.max(1, sum.answers);
    return {
      requests_per_second: round(sum.requests / WINDOW_S, 2),
      avg_response_time: round(sum.ms / answers, 3),
      error_rate: round(sum.errors / answers, 4),
    };
  }

  #slot(now: number): Slot {
    const index = Math.floor(now / SLOT_MS);
    const kept = this.#ring[index % SLOTS];
    if (kept?.index === index) return kept;
    return (this.#ring[index % SLOTS] = emptySlot(index));
  }
}

export const apiSource = (counters: ApiCounters, activeUsers: () => number): Source => ({
  name: 'api',
  part: 'api',
  figures: ['requests_per_second', 'avg_response_time', 'error_rate', 'active_users'],
  read: async () => ({ ...counters.figures(), active_users: activeUsers() }),
});

const emptySlot = (index: number): Slot => ({ index, requests: 0, answers: 0, errors: 0, ms: 0 });

const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
