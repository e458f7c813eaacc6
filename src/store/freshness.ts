/**
 * Owns whether values count as live or stale: of each channel, and of the feed, which is live while any channel is. Pure:
 * it is asked at moments, and says when to ask again. Keeps nothing of a channel beyond what the store keeps.
 */
import type { Arrivals } from './arrivals.js';

export type Freshness = 'live' | 'stale';

/** A silence shorter than this is no reason to call a learned rhythm broken. Milliseconds. */
export const LEAST_PATIENCE = 5_000;

/** How many usual gaps a silence may last. */
const GAPS = 3;

export interface FreshnessChange {
  readonly freshness: Freshness;
  readonly previous: Freshness;
  /** Since when it is so, however late that was seen; monotonic milliseconds. */
  readonly since: number;
  /** `null`: the feed as a whole. */
  readonly channel: string | null;
}

export class FeedFreshness {
  /** Whether the feed as a whole is live. */
  isLive = false;
  /** When a channel turns stale unless it is heard again; monotonic milliseconds, `Infinity` for never. */
  due = Infinity;

  /**
   * Judges all channels, and the feed after them, at the monotonic moment `now`. Returns what has changed since it last
   * did. A connection counts as it is shown: a cut that is not seen makes nothing stale.
   *
   * @param staleAfter - The silence after which values are stale, in milliseconds; `undefined`: by each channel's rhythm.
   */
  judge(
    channels: ReadonlyMap<string, { readonly arrivals: Arrivals }>,
    isConnected: boolean,
    staleAfter: number | undefined,
    now: number,
  ): FreshnessChange[] {
    const changes: FreshnessChange[] = [];
    const look = (subject: { isLive: boolean }, end: number, channel: string | null): void => {
      const isLive = isConnected && now < end;
      if (isLive === subject.isLive) return;
      subject.isLive = isLive;
      const since = isLive ? now : Math.min(now, end);
      changes.push({ freshness: nameOf(isLive), previous: nameOf(!isLive), since, channel });
    };
    let last = -Infinity;
    this.due = Infinity;
    for (const [channel, { arrivals }] of channels) {
      const end = arrivals.last + (staleAfter ?? patienceFor(arrivals));
      look(arrivals, end, channel);
      if (arrivals.isLive) this.due = Math.min(this.due, end);
      last = Math.max(last, end);
    }
    look(this, last, null);
    return changes;
  }
}

export const nameOf = (isLive: boolean): Freshness => (isLive ? 'live' : 'stale');

const patienceFor = ({ usualGap }: Arrivals): number =>
  usualGap === undefined ? Infinity : Math.max(LEAST_PATIENCE, GAPS * usualGap);
