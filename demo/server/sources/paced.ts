/** Does something after each change, but never twice at a time, and not again before a period is over. */
import type { Clock, Stop } from '../clock.js';

export class Paced {
  #state: 'idle' | 'waiting' | 'running' | 'changed meanwhile' | 'stopped' = 'idle';
  #last = -Infinity;
  #cancel: Stop = () => undefined;

  /** `action` handles its own failures: it never rejects. `period` is in milliseconds, from start to start. */
  constructor(
    private readonly action: () => Promise<void>,
    private readonly period: number,
    private readonly clock: Clock,
  ) {}

  /** Something is to be done: at once where a period is over, else at its end. */
  changed(): void {
    if (this.#state === 'running') this.#state = 'changed meanwhile';
    if (this.#state !== 'idle') return;
    this.#state = 'waiting';
    const wait = Math.max(0, this.#last + this.period - this.clock.now());
    this.#cancel = this.clock.after(wait, () => void this.#run());
  }

  /** For good. What runs goes on to its end. */
  stop(): void {
    this.#state = 'stopped';
    this.#cancel();
  }

  async #run(): Promise<void> {
    this.#state = 'running';
    this.#last = this.clock.now();
    await this.action();
    const again = this.#is('changed meanwhile');
    if (this.#is('stopped')) return;
    this.#state = 'idle';
    if (again) this.changed();
  }

  /** Asked anew: it may have changed while something was awaited. */
  #is(state: 'changed meanwhile' | 'stopped'): boolean {
    return this.#state === state;
  }
}
