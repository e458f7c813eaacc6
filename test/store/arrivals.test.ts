import { expect } from 'chai';
import fc from 'fast-check';
import { Arrivals } from '../../src/store/arrivals.js';

/** What is known after messages at these moments. */
const after = (...moments: readonly number[]): Arrivals => {
  const arrivals = new Arrivals();
  for (const moment of moments) arrivals.note(moment);
  return arrivals;
};

/** So many messages, one each `gap`. */
const every = (gap: number, count: number): number[] => Array.from({ length: count }, (_, index) => index * gap);

/** The same as the class, in plain words. */
const usualGapOf = (moments: readonly number[]): number | undefined => {
  const starts: number[] = [];
  for (const moment of moments) if (moment - (starts.at(-1) ?? -Infinity) > 50) starts.push(moment);
  const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
  const sorted = gaps.slice(-15).sort((a, b) => a - b);
  return moments.length < 5 ? undefined : sorted[sorted.length >> 1];
};

describe('the arrivals of a channel', () => {
  it('are none at first', () => {
    expect(after().last).to.equal(-Infinity);
    expect(after().usualGap).to.equal(undefined);
    expect(after().isLive).to.equal(false);
  });

  const RHYTHMS: readonly (readonly [what: string, moments: readonly number[], usualGap: number | undefined])[] = [
    ['four messages are too few', every(1_000, 4), undefined],
    ['five are enough', every(1_000, 5), 1_000],
    ['five at once tell no gap', [7, 7, 7, 7, 7], undefined],
    ['five within 50 ms tell none either', [0, 10, 20, 30, 50], undefined],
    ['a burst of five and one more tell the gap from first to first', [0, 10, 20, 30, 40, 2_000], 2_000],
    [
      'bursts of ten each minute tell the minute',
      every(60_000, 3).flatMap((at) => every(1, 10).map((ms) => at + ms)),
      60_000,
    ],
    ['a flood tells gaps of bursts', every(1, 1_000), 51],
    ['one long silence moves nothing', [...every(1_000, 6), 3_600_000], 1_000],
    [
      'of two gaps the longer: a reconnect brought the snapshot and the first update',
      [0, 0, 0, 0, 1_000, 61_000],
      60_000,
    ],
    [
      'the slower pace is learned from eight gaps',
      [...every(1_000, 16), ...every(60_000, 8).map((at) => 75_000 + at)],
      60_000,
    ],
  ];
  for (const [what, moments, usualGap] of RHYTHMS) {
    it(what, () => expect(after(...moments).usualGap).to.equal(usualGap));
  }

  it('faults 11 and 12: a confirmation is heard, and part of the rhythm, but no message', () => {
    const arrivals = after(0);
    for (let at = 5_000; at <= 50_000; at += 5_000) arrivals.confirm(at);
    expect(arrivals.last).to.equal(50_000);
    expect(arrivals.usualGap).to.equal(undefined);
    for (let at = 55_000; at <= 70_000; at += 5_000) arrivals.note(at);
    expect(arrivals.usualGap).to.equal(5_000);
  });

  it('know the last moment, and the median of the last fifteen gaps between bursts, as plain arrays have it', () => {
    const step = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 100_000 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let now = 0;
        const moments = steps.map((ms) => (now += ms));
        const arrivals = after(...moments);
        expect(arrivals.last).to.equal(moments.at(-1) ?? -Infinity);
        expect(arrivals.usualGap).to.equal(usualGapOf(moments));
      }),
    );
  });
});
