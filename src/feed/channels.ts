/** Which channels a feed wants: those of its attribute and those that scripts subscribed, in order. */

export class Channels {
  #named: ReadonlySet<string> = new Set();
  #wanted = new Set<string>();

  /** The names of the `channels` attribute. Returns what is new and what is gone. */
  setNamed(names: readonly string[]): { readonly added: readonly string[]; readonly removed: readonly string[] } {
    const next = new Set(names);
    const added = [...next].filter((name) => !this.#wanted.has(name));
    const removed = [...this.#named].filter((name) => !next.has(name) && this.#wanted.has(name));
    const kept = [...this.#wanted].filter((name) => !this.#named.has(name));
    this.#named = next;
    this.#wanted = new Set([...names, ...kept]);
    return { added, removed };
  }

  /** True where the channel was not wanted before. */
  add(name: string): boolean {
    if (this.#wanted.has(name)) return false;
    this.#wanted.add(name);
    return true;
  }

  /** True where the channel was wanted until now. */
  remove(name: string): boolean {
    return this.#wanted.delete(name);
  }

  /** Every wanted name, those of the attribute first. */
  get all(): ReadonlySet<string> {
    return this.#wanted;
  }

  /** What is let in by name: everything, where the attribute names none. */
  get filter(): ReadonlySet<string> | undefined {
    return this.#named.size === 0 ? undefined : this.#wanted;
  }

  /** Whose data everything unnamed is. */
  get first(): string {
    const [first] = this.#named;
    return first ?? 'message';
  }
}
