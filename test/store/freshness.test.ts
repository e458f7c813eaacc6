import { expect } from 'chai';
import { Arrivals } from '../../src/store/arrivals.js';
import { FeedFreshness, type FreshnessChange } from '../../src/store/freshness.js';

/** Channels by name, each with messages at these moments. */
const channelsOf = (given: Readonly<Record<string, readonly number[]>>): Map<string, { arrivals: Arrivals }> =>
  new Map(
    Object.entries(given).map(([name, moments]) => {
      const arrivals = new Arrivals();
      for (const moment of moments) arrivals.note(moment);
      return [name, { arrivals }];
    }),
  );

const every = (gap: number, count = 6): number[] =>
  Array.from({ length: count }, (_, index) => (1 + index - count) * gap);

const briefly = (changes: readonly FreshnessChange[]): string[] =>
  changes.map(({ channel, freshness, since }) => `${channel ?? 'feed'} ${freshness} ${since}`);

describe('freshness', () => {
  it('is stale before anything came, and that is no change', () => {
    const freshness = new FeedFreshness();
    expect(freshness.isLive).to.equal(false);
    expect(freshness.judge(channelsOf({}), true, undefined, 5)).to.deep.equal([]);
    expect(freshness.isLive).to.equal(false);
    expect(freshness.due).to.equal(Infinity);
  });

  // The last message came at 0.
  const LIMITS: readonly (readonly [
    what: string,
    moments: readonly number[],
    staleAfter: number | undefined,
    at: number,
  ])[] = [
    ['at 3 × the rhythm', every(4_000), undefined, 12_000],
    ['at 5 s at least', every(1_000), undefined, 5_000],
    ['never while the rhythm is not learned', every(1_000, 4), undefined, Infinity],
    ['after as long as the author says', every(1_000), 800, 800],
    ['the same where no rhythm is learned', every(1_000, 1), 60_000, 60_000],
    ['the same where the rhythm is slower', every(60_000), 2_000, 2_000],
  ];
  for (const [what, moments, staleAfter, at] of LIMITS) {
    it(`turns stale ${what}`, () => {
      const freshness = new FeedFreshness();
      const channels = channelsOf({ a: moments });
      expect(briefly(freshness.judge(channels, true, staleAfter, 0))).to.deep.equal(['a live 0', 'feed live 0']);
      expect(freshness.due).to.equal(at);
      const edge = Math.min(at, 1e9);
      expect(freshness.judge(channels, true, staleAfter, edge - 1)).to.deep.equal([]);
      expect(freshness.isLive).to.equal(true);
      expect(briefly(freshness.judge(channels, true, staleAfter, edge))).to.deep.equal(
        at === Infinity ? [] : [`a stale ${at}`, `feed stale ${at}`],
      );
      expect(freshness.due).to.equal(Infinity);
    });
  }

  it('fault 41: says since when it is stale, however late that was seen', () => {
    const freshness = new FeedFreshness();
    const channels = channelsOf({ a: every(1_000), b: every(2_000) });
    freshness.judge(channels, true, undefined, 0);
    expect(briefly(freshness.judge(channels, true, undefined, 60_000))).to.deep.equal([
      'a stale 5000',
      'b stale 6000',
      'feed stale 6000',
    ]);
  });

  it('of a feed is live while any of its channels is', () => {
    const freshness = new FeedFreshness();
    const channels = channelsOf({ a: every(1_000), alert: [0] });
    freshness.judge(channels, true, undefined, 0);
    expect(briefly(freshness.judge(channels, true, undefined, 5_000))).to.deep.equal(['a stale 5000']);
    expect(freshness.isLive).to.equal(true);
    channels.get('a')?.arrivals.note(7_000);
    expect(freshness.judge(channels, true, undefined, 7_000)).to.deep.equal([
      { channel: 'a', freshness: 'live', previous: 'stale', since: 7_000 },
    ]);
  });

  it('is stale while the connection is away; what has no rhythm is live again as soon as it is back', () => {
    const freshness = new FeedFreshness();
    const channels = channelsOf({ a: every(1_000), alert: [-60_000] });
    freshness.judge(channels, true, undefined, 0);
    expect(briefly(freshness.judge(channels, false, undefined, 1_000))).to.deep.equal([
      'a stale 1000',
      'alert stale 1000',
      'feed stale 1000',
    ]);
    expect(freshness.due).to.equal(Infinity);
    expect(briefly(freshness.judge(channels, true, undefined, 9_000))).to.deep.equal([
      'alert live 9000',
      'feed live 9000',
    ]);
    channels.get('a')?.arrivals.note(9_500);
    expect(briefly(freshness.judge(channels, true, undefined, 9_500))).to.deep.equal(['a live 9500']);
  });

  it('falls due at the first of its channels', () => {
    const freshness = new FeedFreshness();
    freshness.judge(channelsOf({ a: every(9_000), b: every(3_000), c: every(60_000), alert: [0] }), true, undefined, 0);
    expect(freshness.due).to.equal(9_000);
  });
});
