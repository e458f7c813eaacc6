/**
 * How many connections and requests are let in, in all and from one address. What is past a limit is refused cheaply;
 * nobody who is in is put out for a newcomer.
 */
import type { Bounds } from './bounds.js';
import type { Clock } from './clock.js';

/** Gives a place back; calling it again does nothing. */
export type Release = () => void;

/** Places that are taken and given back, with a limit in all and for one key. */
export class Places {
  taken = 0;
  readonly #by = new Map<string, number>();

  constructor(
    private readonly inAll: number,
    private readonly forOne: number,
  ) {}

  take(key: string): Release | undefined {
    const mine = this.#by.get(key) ?? 0;
    if (this.taken >= this.inAll || mine >= this.forOne) return undefined;
    this.taken += 1;
    this.#by.set(key, mine + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.taken -= 1;
      const left = (this.#by.get(key) ?? 1) - 1;
      if (left === 0) this.#by.delete(key);
      else this.#by.set(key, left);
    };
  }
}

export class Limits {
  /** Event streams, WebSockets and long polls. */
  readonly clients: Places;
  /** TCP connections. */
  readonly connections: Places;
  #second = 0;
  readonly #requests = new Map<string, number>();

  constructor(
    private readonly clock: Clock,
    private readonly bounds: Bounds,
  ) {
    this.clients = new Places(bounds.clients, bounds.clientsPerAddress);
    this.connections = new Places(bounds.connections, bounds.connectionsPerAddress);
  }

  /** Counts a request; false where its address has had its share of this second. */
  admitRequest(address: string): boolean {
    const second = Math.floor(this.clock.now() / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#requests.clear();
    }
    const count = (this.#requests.get(address) ?? 0) + 1;
    this.#requests.set(address, count);
    return count <= this.bounds.requestsPerSecond;
  }
}
