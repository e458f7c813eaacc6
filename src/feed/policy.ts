/** What an author decides about a connection, read and complete; and the pauses that follow from it. */
import type { TransportChoice } from '../kernel/status.js';

export interface Policy {
  readonly transport: TransportChoice;
  /** Polling: the pause after an answer, and the most that it grows to on errors. Milliseconds. */
  readonly interval: number;
  readonly maxInterval: number;
  /** Floor and base of a retry's pause, and the cap of what grows. Milliseconds. */
  readonly reconnectDelay: number;
  readonly maxReconnectDelay: number;
  /** `Infinity` for no limit. Polling knows none. */
  readonly maxReconnectAttempts: number;
  readonly connectTimeout: number;
  /** Silence after which a WebSocket is asked whether it lives; 0: never. Milliseconds. */
  readonly heartbeat: number;
}

export const DEFAULT_POLICY: Policy = {
  transport: 'auto',
  interval: 5_000,
  maxInterval: 60_000,
  reconnectDelay: 500,
  maxReconnectDelay: 30_000,
  maxReconnectAttempts: Infinity,
  connectTimeout: 10_000,
  heartbeat: 30_000,
};

/** What a pause is computed from: `attempt` is 0 for the first retry, `chance` in [0, 1), `hint` the server's wish in ms. */
export interface PauseRequest {
  readonly attempt: number;
  readonly chance: number;
  readonly hint: number | undefined;
}

/**
 * `max(hint, floor + random(0, min(cap, base × 2^attempt)))`: the cap first and the jitter last, so that late attempts of
 * many clients stay spread. The floor and the base are both `reconnectDelay`. A hint gets a little jitter of its own on
 * top, for a server that gives the same one to all.
 */
export const retryPause = (policy: Policy, { attempt, chance, hint }: PauseRequest): number => {
  const base = policy.reconnectDelay;
  const own = base + chance * Math.min(policy.maxReconnectDelay, base * doublings(attempt));
  return Math.max(own, spread(hint, chance, base));
};

/** Polling after errors: `interval × 2^n` for the n-th error in a row, capped, and up to a quarter less by chance. */
export const pollPause = (policy: Policy, { attempt, chance, hint }: PauseRequest): number => {
  const most = Math.max(policy.interval, policy.maxInterval);
  const slowed = Math.min(most, policy.interval * doublings(attempt + 1)) * (1 - chance / 4);
  return Math.max(slowed, spread(hint, chance, policy.interval));
};

/** Bounded, so that an author's pause of 0 stays 0: 0 × Infinity is no number. */
const doublings = (attempt: number): number => 2 ** Math.min(attempt, 64);

/** A hint, and a little more by chance. */
const spread = (hint: number | undefined, chance: number, pause: number): number =>
  hint === undefined ? 0 : hint + chance * Math.min(pause, 1_000);
