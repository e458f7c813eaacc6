/**
 * What many clients do to a server that went away: when each of them tries again, and how long until they are back.
 * A simulation in virtual time, seeded: the same seed gives the same figures. It knows nothing of sockets.
 */
import type { PauseRequest } from '../../src/feed/policy.js';
import { chanceOf } from '../support/model-server.js';

/** The pause before a retry, in milliseconds. */
export type Pause = (request: PauseRequest) => number;

export interface Herd {
  readonly clients: number;
  /** How long the server is away, from the moment at which all clients lose it. Milliseconds. */
  readonly down: number;
  /** How many clients it takes in afterwards, in each second; the others of that second are refused. */
  readonly acceptRate: number;
  readonly seed: number;
  readonly pause: Pause;
  /** What the server tells a client, as it goes away, of when to come back; from a number in [0, 1). Milliseconds. */
  readonly hint?: (chance: number) => number;
}

export interface Stampede {
  /** The most attempts in one second that meet the server: those while it is away cost it nothing. */
  readonly peak: number;
  /** From the loss until 99 % of the clients are back. */
  readonly seconds: number;
  /** All attempts until the last client is back. */
  readonly attempts: number;
}

const SECOND = 1_000;

/** Clients by the millisecond in which they try; within one, in the order in which they were entered. */
class Agenda {
  readonly #days: (number[] | undefined)[] = [];

  add(client: number, at: number): void {
    const day = Math.ceil(at);
    (this.#days[day] ??= []).push(client);
  }

  /** Takes what is due, moment after moment, and what is entered meanwhile too. */
  *[Symbol.iterator](): Generator<readonly [now: number, client: number]> {
    for (let now = 0; now < this.#days.length; now++) {
      for (const client of this.#days[now] ?? []) yield [now, client];
      this.#days[now] = undefined;
    }
  }
}

export const stampede = ({ clients, down, acceptRate, seed, pause, hint }: Herd): Stampede => {
  const random = chanceOf(seed);
  const agenda = new Agenda();
  const failures = new Uint16Array(clients);
  const wait = (client: number, now: number, told: number | undefined): void =>
    agenda.add(client, now + pause({ attempt: failures[client] ?? 0, chance: random(), hint: told }));

  /** Attempts in each second since the server's return. */
  const met: number[] = [];
  const backs: number[] = [];
  let attempts = 0;

  for (let client = 0; client < clients; client++) wait(client, 0, hint?.(random()));
  for (const [now, client] of agenda) {
    attempts++;
    if (now >= down) {
      const second = Math.floor((now - down) / SECOND);
      const before = met[second] ?? 0;
      met[second] = before + 1;
      if (before < acceptRate) {
        backs.push(now);
        continue;
      }
    }
    failures[client] = (failures[client] ?? 0) + 1;
    wait(client, now, undefined);
  }
  return {
    peak: met.reduce((most, count) => Math.max(most, count), 0),
    seconds: percentile(backs, 0.99) / SECOND,
    attempts,
  };
};

/** The least time in which any herd can be back. */
export const floorOf = ({ clients, down, acceptRate }: Pick<Herd, 'clients' | 'down' | 'acceptRate'>): Stampede => ({
  peak: acceptRate,
  seconds: down / SECOND + (0.99 * clients) / acceptRate,
  attempts: clients,
});

/** How long after the server a lone client is back, in seconds: the 99th percentile of so many. */
export const lateness = (pause: Pause, { down, clients, seed }: Pick<Herd, 'down' | 'clients' | 'seed'>): number => {
  const random = chanceOf(seed);
  const lates = Array.from({ length: clients }, () => {
    let now = 0;
    for (let attempt = 0; attempt === 0 || now < down; attempt++)
      now += pause({ attempt, chance: random(), hint: undefined });
    return now - down;
  });
  return percentile(lates, 0.99) / SECOND;
};

/** The value that so large a part of all does not exceed. */
const percentile = (values: readonly number[], part: number): number => {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? NaN;
};
