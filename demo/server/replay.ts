/**
 * Takes a client from an id to the present: what it missed is read from the log at the client's own pace, then it goes
 * live, in the same turn in which nothing more is missed, so that nothing falls between and nothing comes twice.
 */
import type { HubEvent } from './hub.js';

/** What a replay reads: the hub. */
export interface Missed {
  covers(id: number, channel?: string): boolean;
  after(id: number, channel?: string): HubEvent | undefined;
}

/** Whom it is written to. */
export interface Reader {
  /** Whether more may be written now. */
  hasRoom(): boolean;
  /** True once there may be room again; false when the client is gone or takes too long. */
  room(): Promise<boolean>;
  write(event: HubEvent): void;
  /** All has been written: from here on it gets each event as it is published. */
  live(): void;
  /** Gone, stalled, or so slow that the log has moved on: it may come back and be told of the gap. */
  lost(): void;
}

/** `from` is covered. Of one channel, or, without it, of all. */
export const replay = async (missed: Missed, from: number, reader: Reader, channel?: string): Promise<void> => {
  let id = from;
  for (;;) {
    while (!reader.hasRoom()) if (!(await reader.room())) return reader.lost();
    if (!missed.covers(id, channel)) return reader.lost();
    const event = missed.after(id, channel);
    if (event === undefined) return reader.live();
    id = event.id;
    reader.write(event);
  }
};
