/**
 * What this instance has to publish and does not know yet to be published, in its order and within bounds. Each message has
 * a number, which grows: by it Redis knows one that it was sent twice. Knows nothing of Redis.
 */
import { Unpublished, type Published } from '../broker.js';

export interface Waiting {
  readonly n: number;
  readonly text: string;
  /** The channel that it is kept for. */
  readonly keptFor: string | undefined;
  /** The lease without which it must not be published any more. */
  readonly lease: string | undefined;
  resolve(done: Published): void;
  reject(reason: Unpublished): void;
}

type Item = Pick<Waiting, 'keptFor' | 'lease'>;

export interface OutboxBounds {
  readonly outboxMessages: number;
  readonly outboxBytes: number;
}

export class Outbox {
  readonly #waiting = new Map<number, Waiting>();
  #bytes = 0;
  #last = 0;

  constructor(private readonly bounds: OutboxBounds) {}

  get size(): number {
    return this.#waiting.size;
  }

  /** In the order in which they came. */
  all(): Iterable<Waiting> {
    return this.#waiting.values();
  }

  /** `write` makes its text of its number. Undefined where it is full. */
  add(
    item: Item,
    write: (n: number) => string,
  ): { readonly waiting: Waiting; readonly done: Promise<Published> } | undefined {
    const n = this.#last + 1;
    const text = write(n);
    const { outboxMessages, outboxBytes } = this.bounds;
    if (this.#waiting.size >= outboxMessages || this.#bytes + text.length > outboxBytes) return undefined;
    this.#last = n;
    let waiting: Waiting | undefined;
    const done = new Promise<Published>((resolve, reject) => {
      waiting = { ...item, n, text, resolve, reject };
    });
    if (waiting === undefined) return undefined;
    this.#waiting.set(n, waiting);
    this.#bytes += text.length;
    return { waiting, done };
  }

  /** It waits no more. Undefined where it did not. */
  take(n: number): Waiting | undefined {
    const waiting = this.#waiting.get(n);
    if (waiting === undefined) return undefined;
    this.#waiting.delete(n);
    this.#bytes -= waiting.text.length;
    return waiting;
  }

  /** Those that are meant wait no more, and are told why. */
  refuse(sentence: string, isMeant: (waiting: Waiting) => boolean = () => true): void {
    for (const waiting of [...this.#waiting.values()]) {
      if (isMeant(waiting)) this.take(waiting.n)?.reject(new Unpublished(sentence));
    }
  }
}
