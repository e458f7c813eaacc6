/** A row of things that come in at the end and go out at the beginning: both at once, however long it is. */
export class Queue<T> {
  #items: (T | undefined)[] = [];
  /** Where it begins: what went out before is cut off only when it is half of all. */
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** Counted from the beginning; undefined past either end. */
  at(index: number): T | undefined {
    return index < 0 ? undefined : this.#items[this.#head + index];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined; // its memory is not to wait for the cut
    this.#head += 1;
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
