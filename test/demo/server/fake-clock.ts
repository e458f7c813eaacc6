/** A clock that moves when told: timers fire in their order, at their time, within `advance`. */
import type { Clock } from '../../../demo/server/clock.js';

interface Timer {
  at: number;
  readonly every: number | undefined;
  readonly action: () => void;
}

export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now = 0;

  now(): number {
    return this.#now;
  }

  wall(): number {
    return 1_750_000_000_000 + this.#now;
  }

  after(ms: number, action: () => void): () => void {
    return this.#add({ at: this.#now + ms, every: undefined, action });
  }

  every(ms: number, action: () => void): () => void {
    return this.#add({ at: this.#now + ms, every: ms, action });
  }

  get timers(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#due(end); next !== undefined; next = this.#due(end)) {
      this.#now = next.at;
      if (next.every === undefined) this.#timers.delete(next);
      else next.at += next.every;
      next.action();
    }
    this.#now = end;
  }

  #due(end: number): Timer | undefined {
    const due = [...this.#timers].filter((timer) => timer.at <= end);
    return due.sort((a, b) => a.at - b.at)[0];
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}
