import { expect } from 'chai';
import fc from 'fast-check';
import type { ValueBounds } from '../../src/chart/options.js';
import { niceStep, valueTicks, YRange, type ValueRange } from '../../src/chart/y-range.js';

const FREE: ValueBounds = { yMin: undefined, yMax: undefined, softMin: undefined, softMax: undefined };
const NOTHING = [Infinity, -Infinity] as const;

const fit = (
  low: number,
  high: number,
  bounds: Partial<ValueBounds> = {},
  thresholds: readonly number[] = [],
): number[] => {
  const range = new YRange({ ...FREE, ...bounds }, thresholds).fit(low, high, 5);
  return range === undefined ? [] : [range.min, range.max];
};

describe('the range of values', () => {
  it('ends at round numbers', () => {
    expect(fit(3, 97)).to.deep.equal([0, 100]);
    expect(fit(0.12, 0.31)).to.deep.equal([0.1, 0.35]);
    expect(fit(-7, 12)).to.deep.equal([-10, 15]);
  });

  it('holds every value between round ends, with no more ticks than asked for and two', () => {
    const value = fc.oneof(
      fc.double({ min: -1e15, max: 1e15, noNaN: true }),
      fc.double({ min: 0, max: 1e-9, noNaN: true }),
      fc.constantFrom(0, 1e-12, 1e15, -1e15, 1e308, -1e308),
    );
    fc.assert(
      fc.property(value, value, fc.integer({ min: 1, max: 6 }), (a, b, parts) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const range = new YRange(FREE, []).fit(low, high, parts);
        if (range === undefined) throw new Error('no range');
        const dust = range.step * 1e-6;
        expect(range.min).to.be.lessThan(range.max);
        expect(range.min).to.be.at.most(Math.max(low, -1e300) + dust);
        expect(range.max).to.be.at.least(Math.min(high, 1e300) - dust);
        const ticks = valueTicks(range);
        expect(ticks.length).to.be.within(1, parts + 2);
        expect(new Set(ticks).size).to.equal(ticks.length);
      }),
    );
  });

  it('gives a constant room around it, and lets zero stand on the ground', () => {
    const [min = NaN, max = NaN] = fit(42, 42);
    expect(min).to.be.within(30, 41);
    expect(max).to.be.within(43, 54);
    expect(fit(0, 0)).to.deep.equal([0, 1]);
    expect(fit(0.1 + 0.2, 0.3)).to.have.length(2);
  });

  it('is not known before there is any value or bound, and stays when all values have gone', () => {
    expect(fit(...NOTHING)).to.deep.equal([]);
    const range = new YRange(FREE, []);
    const before = range.fit(0, 100, 5);
    expect(range.fit(...NOTHING, 5)).to.equal(before);
  });

  it('ends exactly where the author fixed it, whatever comes', () => {
    expect(fit(-50, 500, { yMin: 3, yMax: 97 })).to.deep.equal([3, 97]);
    expect(fit(40, 60, { yMin: 0 })).to.deep.equal([0, 60]);
    expect(fit(-9, 5, { yMin: 10 })[0]).to.equal(10);
    expect(fit(200, 300, { yMax: 100 })[1]).to.equal(100);
    expect(fit(...NOTHING, { yMin: 0, yMax: 100 })).to.deep.equal([0, 100]);
  });

  it('goes without fixed ends that contradict each other', () => {
    expect(fit(3, 97, { yMin: 50, yMax: 50 })).to.deep.equal([0, 100]);
  });

  it('reaches to soft ends, and beyond them for values', () => {
    expect(fit(40, 60, { softMin: 0, softMax: 100 })).to.deep.equal([0, 100]);
    expect(fit(40, 160, { softMin: 0, softMax: 100 })).to.deep.equal([0, 200]);
    expect(fit(...NOTHING, { softMin: 0, softMax: 100 })).to.deep.equal([0, 100]);
  });

  it('reaches to a threshold near the values, and not to one far away', () => {
    expect(fit(60, 85, {}, [90])[1]).to.be.at.least(90);
    expect(fit(3, 8, {}, [90])[1]).to.be.at.most(10);
    expect(fit(...NOTHING, {}, [90])[1]).to.be.at.least(90);
  });

  it('keeps still while values tremble', () => {
    const range = new YRange(FREE, []);
    const before = range.fit(0, 97, 5);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 10, noNaN: true }),
        fc.double({ min: 55, max: 100, noNaN: true }),
        (low, high) => {
          expect(range.fit(low, high, 5)).to.equal(before);
        },
      ),
    );
  });

  it('grows at once, and shrinks only when less than 40 % is needed', () => {
    const range = new YRange(FREE, []);
    const ends = (low: number, high: number): number[] => {
      const now = range.fit(low, high, 5);
      return now === undefined ? [] : [now.min, now.max];
    };
    expect(ends(0, 100)).to.deep.equal([0, 100]);
    expect(ends(0, 101)).to.deep.equal([0, 125]);
    expect(ends(0, 51)).to.deep.equal([0, 125]);
    expect(ends(0, 49)).to.deep.equal([0, 50]);
  });

  it('follows values that wander off', () => {
    const range = new YRange(FREE, []);
    let now: ValueRange | undefined;
    for (let low = 0; low <= 1_000; low++) now = range.fit(low, low + 10, 5);
    expect(now?.min).to.be.at.least(970);
  });

  it('rounds anew when there is room for more or fewer steps', () => {
    const range = new YRange(FREE, []);
    expect(range.fit(0, 100, 2)?.step).to.equal(50);
    expect(range.fit(0, 100, 4)?.step).to.equal(25);
  });
});

describe('a round step', () => {
  it('is 1, 2 or 5 times a power of ten, or a quarter of a hundred', () => {
    expect([0.3, 1, 1.1, 2.1, 5.1, 21, 26, 0.021].map(niceStep)).to.deep.equal([0.5, 1, 2, 5, 10, 25, 50, 0.05]);
  });
});
