/**
 * Reads the shared log over one connection into the mirror: its tail at first, then what is published as it comes, and the
 * log again where something is missing between. Knows nothing of why the connection is there.
 */
import { reasonOf, type Connection } from './connection.js';
import { readLogged, readPublished, type Entry } from './entry.js';
import type { Mirror } from './mirror.js';
import type { Keys } from './scripts.js';

/** How many entries are read at a time, and how many that come meanwhile are kept. */
const PAGE = 100;
const HELD = 1_000;

export class LogReader {
  /** What is published while the log is read, and comes after it. Undefined while it is not read. */
  #held: Entry[] | undefined = [];
  #reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly connection: Connection,
    private readonly keys: Keys,
    private readonly mirror: Mirror,
  ) {}

  /** From here on nothing is missed; what comes is kept until `begin` has read what came before. */
  async subscribe(): Promise<void> {
    await this.connection.subscribe(this.keys.events, (text) => {
      const entry = readPublished(text);
      if (entry !== undefined) this.#take(entry);
    });
  }

  /** `newest`: the id of the newest event that there is. */
  async begin(newest: number): Promise<void> {
    this.#reading = this.#read(newest);
    await this.#reading;
    const texts = await this.connection.call(['HVALS', this.keys.kept]);
    for (const text of Array.isArray(texts) ? (texts as readonly unknown[]) : []) {
      const entry = readPublished(String(text));
      if (entry !== undefined) this.mirror.keep(entry);
    }
  }

  /** Resolves when all that came so far is in the mirror. */
  settled(): Promise<void> {
    return this.#reading.catch(() => undefined);
  }

  #take(entry: Entry): void {
    if (this.#held !== undefined) {
      this.#held.push(entry);
      if (this.#held.length > HELD) this.#held.shift(); // it is missing then, and read from the log
    } else if (this.mirror.take(entry) === 'missing') {
      this.#held = [entry];
      this.#reading = this.#fill();
      this.#reading.catch((error: unknown) => this.connection.end(reasonOf(error)));
    }
  }

  async #fill(): Promise<void> {
    const newest = Number(await this.connection.call(['HGET', this.keys.state, 'id']));
    // What has a later id is read from the log, if it is there: what is not is nobody's.
    this.#held = this.#held?.filter(({ id }) => id <= newest);
    await this.#read(newest);
  }

  /** Where the log ends before `newest`, what came between has been dropped. */
  async #read(newest: number): Promise<void> {
    let after = `${this.mirror.newest}-0`;
    for (let isMore = true; isMore;) {
      const page = await this.connection.call(['XRANGE', this.keys.log, `(${after}`, '+', 'COUNT', String(PAGE)]);
      if (!Array.isArray(page)) throw new Error('its log is no stream');
      for (const value of page as readonly unknown[]) {
        const logged = readLogged(value);
        if (logged === undefined) throw new Error('its log cannot be read');
        after = logged.key;
        if (logged.entry !== undefined) this.mirror.load(logged.entry);
      }
      isMore = page.length === PAGE;
    }
    if (this.mirror.newest < newest) this.mirror.skipTo(newest);
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const entry of held) this.#take(entry);
  }
}
