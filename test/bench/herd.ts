/**
 * How a herd of clients comes back to a server that went away, by several ways of waiting, ours among them: prints
 * tables, and ends with 1 where ours misses a target.
 */
import { DEFAULT_POLICY, retryPause } from '../../src/feed/policy.js';
import { floorOf, lateness, stampede, type Pause, type Stampede } from './herding.js';

const HERD = { clients: 100_000, down: 5_000, acceptRate: 5_000, seed: 1 };
/** What each client is told by a server that spreads them over a little more time than it takes to let them in. */
const spread = (chance: number): number => chance * ((1.1 * HERD.clients) / HERD.acceptRate) * 1_000;

const { reconnectDelay, maxReconnectDelay } = DEFAULT_POLICY;
const doubling = (attempt: number): number => Math.min(maxReconnectDelay, reconnectDelay * 2 ** attempt);

const withoutJitter: Pause = ({ attempt }) => doubling(attempt);
const fullJitter: Pause = ({ attempt, chance }) => chance * doubling(attempt);
const ours: Pause = (request) => retryPause(DEFAULT_POLICY, request);

interface Row {
  readonly way: string;
  readonly result: Stampede;
  /** Seconds until 99 % are back, at most. */
  readonly target?: number;
}

const ROWS: readonly Row[] = [
  { way: 'doubling without jitter', result: stampede({ ...HERD, pause: withoutJitter }) },
  { way: 'full jitter, no floor', result: stampede({ ...HERD, pause: fullJitter }) },
  { way: 'ours, without hints', result: stampede({ ...HERD, pause: ours }), target: 40 },
  {
    way: 'ours, hints from its return',
    result: stampede({ ...HERD, pause: ours, hint: (chance) => HERD.down + spread(chance) }),
    target: 27.5,
  },
  // A server that does not know how long it will be away: who is told to come too early comes back as without hints.
  { way: 'ours, hints from its going', result: stampede({ ...HERD, pause: ours, hint: spread }) },
  { way: 'the floor', result: floorOf(HERD) },
];

/** Seconds away, and seconds after its return within which 99 % of lone clients are back. */
const OUTAGES = [
  { down: 2_000, target: 3 },
  { down: 30_000, target: 30 },
];

const print = (...cells: readonly (string | number)[]): void =>
  console.log(cells.map((cell, index) => (index === 0 ? String(cell).padEnd(30) : String(cell).padStart(14))).join(''));

let missed = 0;
const judged = (seconds: number, target: number | undefined): string => {
  if (target === undefined) return '';
  if (seconds <= target) return `≤ ${target}`;
  missed++;
  return `missed: ${target}`;
};

console.log(`${HERD.clients} clients, ${HERD.down / 1_000} s down, ${HERD.acceptRate} accepted a second\n`);
print('way', 'peak/s', '99 % back, s', 'attempts', 'target');
for (const { way, result, target } of ROWS) {
  const { peak, seconds, attempts } = result;
  print(way, peak, seconds.toFixed(1), attempts, judged(seconds, target));
}

console.log('\none client, without hints: seconds from the server’s return to its own, 99th percentile\n');
print('down, s', 'p99, s', 'target');
for (const { down, target } of OUTAGES) {
  const seconds = lateness(ours, { ...HERD, down });
  print(down / 1_000, seconds.toFixed(2), judged(seconds, target));
}

process.exitCode = missed === 0 ? 0 : 1;
