/**
 * The shared log on this instance: takes its entries in their order into the hub, each once, and says where one is missing
 * between. Knows nothing of Redis.
 */
import type { Hub } from '../hub.js';
import { before, type Entry, type EventEntry } from './entry.js';

/** `missing`: others come first, and are not here. */
export type Taken = 'taken' | 'known' | 'missing';

export interface MirrorListener {
  log(sentence: string): void;
  /** With each event, and with how many clients of this instance it went to. */
  delivered(entry: EventEntry, clients: number): void;
  /** When events have been left out. */
  skipped(): void;
}

export class Mirror {
  /** Until the first entry the hub's ids are its own, and not those of the log. */
  #isJoined = false;
  #hasBad = false;

  constructor(
    private readonly hub: Hub,
    private readonly told: MirrorListener,
  ) {}

  /** The newest id of the log that is here; 0 where there is none. */
  get newest(): number {
    return this.#isJoined ? this.hub.newestId : 0;
  }

  /** An entry that has just been published. */
  take(entry: Entry): Taken {
    if (entry.id <= this.newest) return 'known';
    if (entry.kind === 'gap') {
      this.skipTo(entry.id);
      return 'taken';
    }
    if (!this.#isJoined || before(entry) !== this.newest) return 'missing';
    if (entry.kind === 'event') this.told.delivered(entry, this.hub.deliver(entry));
    else this.hub.pass(entry.id);
    if (entry.kind === 'bad') this.#tellBad(entry.id);
    return 'taken';
  }

  /** An entry that is read from the log, in order: what is missing before it is not there any more. */
  load(entry: Entry): void {
    if (this.take(entry) !== 'missing') return;
    this.skipTo(before(entry));
    this.take(entry);
  }

  /** What the log has kept longer than its other entries. */
  keep(entry: Entry): void {
    if (entry.kind === 'event') this.hub.keep(entry);
    else this.#tellBad(entry.id);
  }

  /** The log goes on after this id, and whatever came before is lost here. */
  skipTo(id: number): void {
    this.#isJoined = true;
    this.hub.skipTo(id);
    this.told.skipped();
  }

  /** Once: who can write there can do so often. */
  #tellBad(id: number): void {
    if (this.#hasBad) return;
    this.#hasBad = true;
    this.told.log(`the log in Redis has an entry that is no event, ${id}: it is left out, and so is every other such`);
  }
}
