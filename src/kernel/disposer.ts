/**
 * The shape of "stop that": what every subscribe in this code base returns. Calling it again does nothing.
 */
export type Disposer = () => void;

/** Makes a function that runs once, however often it is called. */
export const once = (action: () => void): Disposer => {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
};

/**
 * A list of listeners. One that throws starves none of the others: its error goes to `report` (by default the
 * browser's own error reporting), and the next one is called.
 */
export class Listeners<T = void> {
  readonly #all = new Set<{ readonly call: (value: T) => void }>();

  constructor(private readonly report: (error: unknown) => void = reportLater) {}

  /** Adds a listener; the same function added twice is called twice. Returns its disposer. */
  add(call: (value: T) => void): Disposer {
    const entry = { call };
    this.#all.add(entry);
    return once(() => this.#all.delete(entry));
  }

  /** How many listeners there are. */
  get size(): number {
    return this.#all.size;
  }

  emit(value: T): void {
    for (const { call } of this.#all) {
      try {
        call(value);
      } catch (error) {
        this.report(error);
      }
    }
  }
}

/** Throws in a microtask of its own, so that `window.onerror` and the console hear of it and no caller is cut short. */
export const reportLater = (error: unknown): void => {
  queueMicrotask(() => {
    throw error;
  });
};
