import { expect } from 'chai';
import fc from 'fast-check';
import { xRange } from '../../src/chart/x-range.js';
import { ABSENT, BREAK, NO_VALUE } from '../../src/store/samples.js';
import { rowsOf } from './rows.js';

describe('the shown part of time', () => {
  const three = rowsOf([100, 1], [200, 2], [300, 3]);

  it('is the window that ends at the edge, wherever the samples are', () => {
    expect(xRange(three, 1, { ms: 1_000 }, 350)).to.deep.equal({ min: -650, max: 350 });
  });

  it('reaches from the oldest row to the edge where there is no window', () => {
    expect(xRange(three, 1, undefined, 350)).to.deep.equal({ min: 100, max: 350 });
  });

  it('begins at the n-th last sample where the window counts samples', () => {
    expect(xRange(three, 1, { samples: 2 }, 350)).to.deep.equal({ min: 200, max: 350 });
    expect(xRange(three, 1, { samples: 9 }, 350)).to.deep.equal({ min: 100, max: 350 });
  });

  it('counts the samples of the busiest series, "no value" too, but neither breaks nor the rows of others', () => {
    const mixed = rowsOf(
      [1, 5, 5],
      [2, 5, ABSENT],
      [3, NO_VALUE, ABSENT],
      [4, BREAK, BREAK],
      [5, ABSENT, 5],
      [6, 5, ABSENT],
    );
    expect(xRange(mixed, 2, { samples: 3 }, 6)?.min).to.equal(2);
  });

  it('counts from the edge back where rows have come after it', () => {
    expect(xRange(three, 1, { samples: 2 }, 250)).to.deep.equal({ min: 100, max: 250 });
  });

  it('is a second long where all that there is lies at one moment', () => {
    expect(xRange(rowsOf([100, 1]), 1, undefined, 100)).to.deep.equal({ min: -900, max: 100 });
    expect(xRange(rowsOf([100, 1], [100, 2]), 1, { samples: 2 }, 100)).to.deep.equal({ min: -900, max: 100 });
  });

  it('is nothing without a row or without an edge', () => {
    expect(xRange(rowsOf(), 1, { ms: 1_000 }, 100)).to.equal(undefined);
    expect(xRange(three, 1, { ms: 1_000 }, undefined)).to.equal(undefined);
  });

  it('never is empty, reversed or endless, however absurd times are', () => {
    const time = fc.double({ min: -1e300, max: 1e300, noNaN: true });
    fc.assert(
      fc.property(time, time, (a, b) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        const { min, max } = xRange(rowsOf([first, 1], [last, 1]), 1, undefined, last) ?? { min: NaN, max: NaN };
        expect(min).to.be.lessThan(max);
        expect(Number.isFinite(max - min)).to.equal(true);
      }),
      { numRuns: 1_000 },
    );
    expect(xRange(rowsOf([-1e308, 1], [1e308, 1]), 1, undefined, 1e308)).to.equal(undefined);
  });
});
