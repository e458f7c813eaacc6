/** Waiting for what changes: a test's side of a server, or of a proxy, says so, and whoever waits looks again. */
export class Changes {
  readonly #waiting = new Set<() => void>();

  /** Resolves with the first thing that `look` finds, now or after a change. */
  until<T>(look: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = look();
        if (found === undefined) return;
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }

  changed(): void {
    for (const check of [...this.#waiting]) check();
  }

  /** Nobody waits any more. */
  clear(): void {
    this.#waiting.clear();
  }
}
