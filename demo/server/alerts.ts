/** Decides when the CPU alert is due: above the limit for long enough, once, and again only after it has recovered. */

const LIMIT = 90;
const HOLD_MS = 10_000;

export interface Alert {
  readonly level: 'critical';
  readonly message: string;
  readonly value: number;
  readonly timestamp: string;
}

export class CpuAlarm {
  #state: { phase: 'calm' } | { phase: 'high'; since: number } | { phase: 'told' } = { phase: 'calm' };

  /** `value` is undefined where there is no fresh reading: the wait starts over, and nothing counts as recovered. */
  check(value: number | undefined, now: number, timestamp: string): Alert | undefined {
    if (value === undefined) {
      if (this.#state.phase === 'high') this.#state = { phase: 'calm' };
      return undefined;
    }
    if (value <= LIMIT) this.#state = { phase: 'calm' };
    else if (this.#state.phase === 'calm') this.#state = { phase: 'high', since: now };
    if (this.#state.phase !== 'high' || now - this.#state.since < HOLD_MS) return undefined;
    this.#state = { phase: 'told' };
    const message = `CPU above ${LIMIT} % for ${HOLD_MS / 1_000} s: ${value.toFixed(1)} %`;
    return { level: 'critical', message, value, timestamp };
  }
}
