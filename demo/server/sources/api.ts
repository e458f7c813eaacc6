/**
 * The server's own counters as a source: requests and answers of the last ten seconds in slots of a tenth, a fixed ring
 * whatever the load. Every request counts, those that are refused and those that become a stream too.
 */
import type { Broker, Counters } from '../broker.js';
import type { Clock } from '../clock.js';
import type { AskedSource } from '../source.js';

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
  figures(): Omit<Counters, 'active_users'> {
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

/** The counters of all instances together. `own` are this one's. */
export const apiSource = (own: () => Counters, broker: Broker): AskedSource => ({
  name: 'api',
  part: 'api',
  figures: ['requests_per_second', 'avg_response_time', 'error_rate', 'active_users'],
  read: async () => ({ ...inAll(await broker.share(own())) }),
});

/** Sums; times and errors weigh by the requests that they are of. */
export const inAll = (counters: readonly Counters[]): Counters => {
  const sum = (of: (each: Counters) => number): number => counters.reduce((total, each) => total + of(each), 0);
  const requests = sum((each) => each.requests_per_second);
  const mean = (of: (each: Counters) => number): number =>
    requests === 0 ? 0 : sum((each) => of(each) * each.requests_per_second) / requests;
  return {
    requests_per_second: round(requests, 2),
    avg_response_time: round(
      mean((each) => each.avg_response_time),
      3,
    ),
    error_rate: round(
      mean((each) => each.error_rate),
      4,
    ),
    active_users: sum((each) => each.active_users),
  };
};

const emptySlot = (index: number): Slot => ({ index, requests: 0, answers: 0, errors: 0, ms: 0 });

const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
