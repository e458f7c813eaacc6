/** Which way a series goes. */
import { expect } from 'chai';
import * as fc from 'fast-check';
import { trendOf, type Trend } from '../../src/format/trend.js';
import { rowsOf } from './rows.js';

const NOW = 1_700_000_000_000;

/** The trend of values a second apart, the last one now, over a minute. */
const trend = (...values: readonly number[]): Trend | undefined =>
  trendOf(rowsOf(values.map((value, index) => [NOW - (values.length - 1 - index) * 1000, value])), 0, NOW, 60_000);

describe('trendOf', () => {
  it('needs two samples', () => {
    expect([trend(), trend(5), trend(5, Number.NaN)]).to.deep.equal([undefined, undefined, undefined]);
  });

  it('takes the difference of two', () => {
    expect([trend(100, 103), trend(103, 100), trend(100, 101)]).to.deep.equal(['up', 'down', 'stable']);
  });

  it('is stable under two per cent of the mean size, and not at them', () => {
    expect([trend(99, 101), trend(99.01, 100.99), trend(-101, -99), trend(101, 99)]).to.deep.equal([
      'up',
      'stable',
      'up',
      'down',
    ]);
  });

  it('takes zeros for stable, and any change around zero for one', () => {
    expect([trend(0, 0, 0), trend(-1, 0, 1), trend(0, -1e-9)]).to.deep.equal(['stable', 'up', 'down']);
  });

  it('follows the fitted line, not the ends', () => {
    expect(trend(10, 20, 30, 40, 50, 60, 9)).to.equal('up');
    expect(trend(50, 50, 50, 50, 500, 50, 50, 50, 50)).to.equal('stable');
  });

  it('reads only the window, both ends included', () => {
    const rows = rowsOf([
      [NOW - 60_001, 1000],
      [NOW - 60_000, 10],
      [NOW, 20],
      [NOW + 1, 0],
    ]);
    expect(trendOf(rows, 0, NOW, 60_000)).to.equal('up');
    expect(trendOf(rows, 0, NOW, 60_001)).to.equal('down');
    expect(trendOf(rows, 0, NOW, 59_999)).to.equal(undefined);
  });

  it('passes over what is no number, and reads its own column', () => {
    const rows = rowsOf([
      [NOW - 3000, 9, 1],
      [NOW - 2000, 8, Number.NEGATIVE_INFINITY],
      [NOW - 1000, 7, Number.POSITIVE_INFINITY],
      [NOW - 500, 6, Number.NaN],
      [NOW, 5, 2],
    ]);
    expect([trendOf(rows, 0, NOW, 60_000), trendOf(rows, 1, NOW, 60_000)]).to.deep.equal(['down', 'up']);
  });

  it('knows no trend where no time has passed', () => {
    const rows = rowsOf([
      [NOW, 1],
      [NOW, 2],
    ]);
    expect(trendOf(rows, 0, NOW, 60_000)).to.equal(undefined);
  });

  it('turns round when the values are turned round', () => {
    const other = { up: 'down', down: 'up', stable: 'stable' };
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 2, maxLength: 50 }), (values) => {
        const found = trend(...values);
        expect(trend(...values.map((value) => -value))).to.equal(found && other[found]);
      }),
    );
  });

  it('survives values at the edge of what a number holds', () => {
    expect(trend(-1.7e308, 1.7e308, -1.7e308)).to.equal('stable');
  });
});
