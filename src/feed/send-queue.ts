/** What a page sends while there is no connection: kept in order, bounded, the oldest out. */

export type Sendable = string | ArrayBufferLike | Blob | ArrayBufferView;

/** Text and binary as they are, anything else as JSON. */
export const toSendable = (data: unknown): Sendable =>
  typeof data === 'string' || data instanceof ArrayBuffer || data instanceof Blob || ArrayBuffer.isView(data)
    ? data
    : JSON.stringify(data);

export class SendQueue {
  #waiting: Sendable[] = [];
  #dropped = 0;

  constructor(private limit: number) {}

  setLimit(limit: number): void {
    this.limit = limit;
    this.#trim();
  }

  add(data: Sendable): void {
    this.#waiting.push(data);
    this.#trim();
  }

  /** Whether any were dropped since `takeDropped()` was last asked. */
  get hasDropped(): boolean {
    return this.#dropped > 0;
  }

  /** How many were dropped since this was last asked. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  /** Hands out what waits, oldest first, for as long as `send` takes it. */
  drain(send: (data: Sendable) => boolean): void {
    const waiting = this.#waiting;
    let sent = 0;
    for (const data of waiting) {
      if (!send(data)) break;
      sent++;
    }
    this.#waiting = waiting.slice(sent);
  }

  get size(): number {
    return this.#waiting.length;
  }

  #trim(): void {
    const over = this.#waiting.length - this.limit;
    if (over <= 0) return;
    this.#waiting.splice(0, over);
    this.#dropped += over;
  }
}
