/** Reads a feed's inside into plain data. Nothing of this is loaded by a page that does not ask for it. */
import type { ConnectionView } from '../feed/connection.js';
import type { Link } from '../feed/link.js';
import type { Membership } from '../feed/membership.js';
import type { InspectedSource, Inspection, LoggedError } from '../kernel/inspection.js';
import { MAX_CHANNELS, MAX_ERRORS, MAX_MESSAGES_A_FLUSH } from '../kernel/limits.js';
import { VERSION } from '../kernel/version.js';
import { nameOf } from '../store/freshness.js';
import type { Store } from '../store/store.js';

/** What stands behind a feed, as far as it is looked into. */
export interface Inspectable {
  readonly view: ConnectionView;
  readonly paused: boolean;
  readonly connection: Membership;
  readonly store: Store;
  readonly taken: number;
  readonly flushes: number;
  readonly pending: number;
  freshnessOf(channel: undefined): 'live' | 'stale';
}

/** `now` is monotonic milliseconds, by the feed's own clock. */
export const inspect = (feed: Inspectable, errors: readonly LoggedError[], now: number): Inspection => {
  const { connection, queueLimit } = feed.connection;
  const { used, probed } = connection?.ladder ?? { used: 0, probed: undefined };
  const links = [...(connection?.links ?? [])].sort(([a], [b]) => a - b);
  const roleOf = (index: number): InspectedSource['role'] => {
    if (index === used) return 'used';
    return index === probed ? 'probed' : 'aside';
  };
  return {
    version: VERSION,
    status: feed.view.status,
    freshness: feed.freshnessOf(undefined),
    paused: feed.paused,
    sources: links.map(([index, link]) => sourceOf(link, roleOf(index), now)),
    sharedBy: connection?.size ?? 0,
    messages: feed.taken,
    bytes: links.reduce((sum, [, { bytes }]) => sum + bytes, 0),
    flushes: feed.flushes,
    buffers: [
      { name: 'messages for the next flush', used: feed.pending, limit: 2 * MAX_MESSAGES_A_FLUSH },
      { name: 'messages to send', used: connection?.queued ?? 0, limit: queueLimit },
      { name: 'channels', used: feed.store.channels.size, limit: MAX_CHANNELS },
      { name: 'samples kept for widgets', used: feed.store.samples, limit: undefined },
      { name: 'errors', used: errors.length, limit: MAX_ERRORS },
    ],
    channels: [...feed.store.channels].map(([name, { arrivals }]) => ({
      name,
      silence: now - arrivals.last,
      usualGap: arrivals.usualGap,
      freshness: nameOf(arrivals.isLive),
    })),
    errors: [...errors],
  };
};

const sourceOf = ({ model, source, lastByte }: Link, role: InspectedSource['role'], now: number): InspectedSource => {
  const { phase, facts } = model;
  const { transport } = source.policy;
  return {
    address: source.address.shown,
    transport: transport === 'auto' ? facts.transport : transport,
    role,
    phase: phase.name,
    attempt: 'attempt' in phase ? phase.attempt : 0,
    retryIn: 'retryAt' in phase && phase.retryAt !== undefined ? Math.max(0, phase.retryAt - now) : undefined,
    silence: lastByte === -Infinity ? undefined : now - lastByte,
    facts: { ...facts },
  };
};
