/**
 * Tells errors of one kind at most once a second: the first at once, those that follow counted into one. A broken
 * source can fail thousands of times a second, and the page must stay able to show it.
 */
import type { Disposer } from '../kernel/disposer.js';
import type { Env } from '../kernel/env.js';
import type { ErrorCode, RtError } from '../kernel/errors.js';

const PAUSE = 1_000;

interface Held {
  count: number;
  last: RtError | undefined;
  readonly stop: Disposer;
}

export class Teller {
  readonly #held = new Map<ErrorCode, Held>();

  constructor(
    private readonly env: Env,
    private readonly tell: (error: RtError) => void,
  ) {}

  /** What is fatal is never held back. */
  report(error: RtError): void {
    const held = this.#held.get(error.code);
    if (held !== undefined && !error.fatal) {
      held.count++;
      held.last = error;
      return;
    }
    this.#pause(error.code);
    this.tell(error);
  }

  dispose(): void {
    for (const { stop } of this.#held.values()) stop();
    this.#held.clear();
  }

  #pause(code: ErrorCode): void {
    this.#held.get(code)?.stop();
    const stop = this.env.timer(() => this.#resume(code), PAUSE);
    this.#held.set(code, { count: 0, last: undefined, stop });
  }

  #resume(code: ErrorCode): void {
    const held = this.#held.get(code);
    this.#held.delete(code);
    if (held?.last === undefined) return;
    const { count, last } = held;
    this.#pause(code);
    this.tell(count === 1 ? last : { ...last, message: `${last.message} (${count} times in the last second)` });
  }
}
