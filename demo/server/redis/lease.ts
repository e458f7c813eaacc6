/**
 * Whether this instance leads: it does while it holds the lease, and knows by its own clock when it may not any more, even
 * where nobody can be asked. Each time it gets the lease anew it has another name, so that what it began under the last one
 * is known for old. Knows nothing of Redis.
 */
import type { Clock, Stop } from '../clock.js';

export class Lease {
  #term = 1;
  #until = -Infinity;
  #stop: Stop = () => undefined;

  constructor(
    private readonly instance: string,
    private readonly clock: Clock,
    /** Called when it has been lost, or given up. */
    private readonly lost: () => void,
  ) {}

  /** What is asked for, or held. */
  get name(): string {
    return `${this.instance}/${this.#term}`;
  }

  get isHeld(): boolean {
    return this.clock.now() < this.#until;
  }

  /** It is held until then, on the clock that only grows. */
  hold(until: number): void {
    this.#stop();
    this.#until = until;
    this.#stop = this.clock.after(until - this.clock.now(), () => this.end());
  }

  /** Not held any more; does nothing where it is not. */
  end(): void {
    this.#stop();
    if (this.#until === -Infinity) return;
    this.#until = -Infinity;
    this.#term += 1;
    this.lost();
  }
}
