import { expect } from 'chai';
import fc from 'fast-check';
import { drawSeries, type SeriesView } from '../../src/chart/draw-series.js';
import { Trace } from '../../src/chart/trace.js';
import { ABSENT, BREAK, NO_VALUE, type SampleRows } from '../../src/store/samples.js';
import { rowsOf } from './rows.js';

const PLAIN: Omit<SeriesView, 'rows'> = {
  column: 0,
  range: { min: 0, max: 100 },
  msPerPixel: 1,
  gap: 'break',
  gapAfter: Infinity,
  stepped: false,
  confirmedUntil: undefined,
};

const draw = (rows: SampleRows, more: Partial<SeriesView> = {}): Trace => {
  const trace = new Trace();
  drawSeries({ ...PLAIN, rows, ...more }, trace);
  return trace;
};

/** The points as `[x, y]`, a break as `null`. */
const line = (rows: SampleRows, more: Partial<SeriesView> = {}): (readonly [number, number] | null)[] =>
  draw(rows, more).points.map(({ x, y }) => (Number.isNaN(y) ? null : [x, y]));

describe('a line', () => {
  it('goes through every sample while there are few', () => {
    expect(line(rowsOf([10, 1], [20, 2], [30, 3]))).to.deep.equal([
      [10, 1],
      [20, 2],
      [30, 3],
    ]);
  });

  it('passes rows of other series by', () => {
    expect(line(rowsOf([10, 1], [20, ABSENT], [30, 3]))).to.deep.equal([
      [10, 1],
      [30, 3],
    ]);
  });

  it('breaks at "no value", goes on, or stays level until the next value, as `gap` says', () => {
    const rows = rowsOf([10, 1], [20, NO_VALUE], [30, 3]);
    expect(line(rows)).to.deep.equal([[10, 1], null, [30, 3]]);
    expect(line(rows, { gap: 'connect' })).to.deep.equal([
      [10, 1],
      [30, 3],
    ]);
    expect(line(rows, { gap: 'hold' })).to.deep.equal([
      [10, 1],
      [30, 1],
      [30, 3],
    ]);
  });

  it('breaks in silence longer than `gap-after`, goes on, or stays level, as `gap` says', () => {
    const rows = rowsOf([10, 1], [20, 2], [31, 3], [40, 4], [50, 5], [60, 6], [70, 7], [80, 8], [90, 9], [100, 9]);
    expect(line(rows, { gapAfter: 10 })[2]).to.equal(null);
    expect(line(rows, { gapAfter: 11 })).not.to.include(null);
    expect(line(rows, { gapAfter: 10, gap: 'connect' })).to.have.length(10);
    expect(line(rows, { gapAfter: 10, gap: 'hold' })[2]).to.deep.equal([31, 2]);
  });

  it('always breaks where the clock jumped or history was lost', () => {
    const rows = rowsOf([10, 1], [20, BREAK], [30, 3]);
    for (const gap of ['break', 'connect', 'hold'] as const) {
      expect(line(rows, { gap })).to.deep.equal([[10, 1], null, [30, 3]]);
    }
  });

  it('does not break in silence of less than two pixels, whatever the rhythm', () => {
    expect(line(rowsOf([10, 1], [11.9, 2]), { gapAfter: 0.1 })).not.to.include(null);
    expect(line(rowsOf([10, 1], [12.1, 2]), { gapAfter: 0.1 })).to.include(null);
  });

  it('enters the plot at its edge, on the way from the sample before', () => {
    const rows = rowsOf([-30, 1], [-10, 10], [10, 20], [20, 5]);
    expect(line(rows)).to.deep.equal([
      [0, 15],
      [10, 20],
      [20, 5],
    ]);
    expect(line(rows, { stepped: true })[0]).to.deep.equal([0, 10]);
  });

  it('enters from the last sample of its own, past rows of others', () => {
    expect(line(rowsOf([-20, 0], [-10, ABSENT], [-5, ABSENT], [20, 40]))[0]).to.deep.equal([0, 20]);
  });

  it('does not enter across a gap', () => {
    expect(line(rowsOf([-10, 10], [-5, NO_VALUE], [10, 20]))).to.deep.equal([[10, 20]]);
    expect(line(rowsOf([-10, 10], [-5, BREAK], [10, 20]), { gap: 'connect' })).to.deep.equal([[10, 20]]);
    expect(line(rowsOf([-10, 10], [10, 20]), { gapAfter: 15 })).to.deep.equal([[10, 20]]);
    expect(line(rowsOf([-10, 10], [-5, NO_VALUE], [10, 20]), { gap: 'hold' })[0]).to.deep.equal([0, 10]);
  });

  it('ends with the last sample, and takes none from after the edge', () => {
    expect(line(rowsOf([10, 1], [20, 2], [120, 3]))).to.deep.equal([
      [10, 1],
      [20, 2],
    ]);
  });

  it('stays level up to where the value was confirmed, but not beyond the edge', () => {
    const rows = rowsOf([10, 1], [20, 2]);
    expect(line(rows, { confirmedUntil: 60, gapAfter: 5 }).at(-1)).to.deep.equal([60, 2]);
    expect(line(rows, { confirmedUntil: 600 }).at(-1)).to.deep.equal([100, 2]);
    expect(line(rowsOf([10, 1], [20, NO_VALUE]), { confirmedUntil: 60 }).at(-1)).to.deep.equal([10, 1]);
  });

  it('is there while a value from long ago is still confirmed', () => {
    expect(line(rowsOf([-500, 7]), { confirmedUntil: 40, gapAfter: 10 })).to.deep.equal([
      [0, 7],
      [40, 7],
    ]);
  });

  it('is held up to the edge only with `gap` hold, and only in silence', () => {
    const rows = rowsOf([10, 1], [20, 2]);
    expect(line(rows, { gap: 'hold', gapAfter: 50 }).at(-1)).to.deep.equal([100, 2]);
    expect(line(rows, { gap: 'hold', gapAfter: 90 }).at(-1)).to.deep.equal([20, 2]);
    expect(line(rows, { gap: 'hold', gapAfter: 90, stepped: true }).at(-1)).to.deep.equal([100, 2]);
    expect(line(rows, { gap: 'break', gapAfter: 50 }).at(-1)).to.deep.equal([20, 2]);
    expect(line(rowsOf([10, 1], [20, BREAK]), { gap: 'hold', gapAfter: 5 }).at(-1)).to.deep.equal([10, 1]);
  });

  it('marks as samples what was measured or confirmed alone', () => {
    const { points } = draw(rowsOf([-10, 0], [10, 2], [20, NO_VALUE], [30, 4]), { gap: 'hold' });
    expect(points.map(({ isSample }) => isSample)).to.deep.equal([false, true, false, true]);
  });

  it('takes samples of equal times', () => {
    expect(line(rowsOf([10, 1], [10, 5], [10, 3]))).to.deep.equal([
      [10, 1],
      [10, 5],
      [10, 3],
    ]);
  });
});

describe('a dot', () => {
  const dots = (rows: SampleRows, more: Partial<SeriesView> = {}): number[] => draw(rows, more).dots.map(({ x }) => x);

  it('shows a sample that stands alone', () => {
    expect(dots(rowsOf([50, 1]))).to.deep.equal([50]);
    expect(dots(rowsOf([10, 1], [11, NO_VALUE], [30, 1], [31, NO_VALUE], [50, 1], [60, 1]))).to.deep.equal([10, 30]);
    expect(dots(rowsOf([10, 1], [40, 1], [50, 1]), { gapAfter: 15 })).to.deep.equal([10]);
  });

  it('shows a line that is shorter than a pixel', () => {
    expect(dots(rowsOf([50.1, 1], [50.2, 1]))).to.deep.equal([50.2]);
  });

  it('is not there where a line is', () => {
    expect(dots(rowsOf([10, 1], [20, 1]))).to.deep.equal([]);
    expect(dots(rowsOf([-10, 1], [20, 1]))).to.deep.equal([]);
    expect(dots(rowsOf())).to.deep.equal([]);
  });
});

describe('the reduction of a line', () => {
  const noise = (length: number): SampleRows =>
    rowsOf(...Array.from({ length }, (_, row): [number, number] => [(row * 100) / length, Math.sin(row * row)]));

  it('has at most four points a column of pixels, however many samples there are', () => {
    expect(draw(noise(5_000)).points.length).to.be.within(300, 404);
  });

  it('has the first, the least, the greatest and the last of each column, in their order', () => {
    const cell = fc.tuple(fc.double({ min: 0, max: 100, noNaN: true }), fc.integer({ min: -50, max: 50 }));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 400 }), (cells) => {
        const sorted = cells.sort(([a], [b]) => a - b);
        const { points } = draw(rowsOf(...sorted), { msPerPixel: 20 });
        for (let column = 0; column <= 5; column++) {
          const own = sorted.filter(([x]) => Math.floor(x / 20) === column).map(([, y]) => y);
          const shown = points.filter(({ x }) => Math.floor(x / 20) === column).map(({ y }) => y);
          expect(shown.length).to.be.at.most(4);
          expect([shown[0], shown.at(-1)]).to.deep.equal([own[0], own.at(-1)]);
          expect([Math.min(...shown), Math.max(...shown)]).to.deep.equal([Math.min(...own), Math.max(...own)]);
        }
        expect(points.map(({ x }) => x)).to.deep.equal(points.map(({ x }) => x).sort((a, b) => a - b));
      }),
    );
  });

  it('knows the least and the greatest value shown', () => {
    const { low, high } = draw(rowsOf([-10, -9], [-5, 0], [5, 10], [20, 3], [120, 99]));
    expect([low, high]).to.deep.equal([3, 10]);
    expect(draw(rowsOf()).low).to.equal(Infinity);
  });

  it('stays small where every second sample is missing, or held', () => {
    const rows = rowsOf(
      ...Array.from({ length: 4_000 }, (_, row): [number, number] => [row / 40, row % 2 ? NO_VALUE : row]),
    );
    expect(draw(rows).points.length).to.be.at.most(1_000);
    expect(draw(rows, { gap: 'hold' }).points.length).to.be.at.most(404);
  });

  it('keeps a break that can be seen at the end of a column full of breaks', () => {
    const rows = rowsOf(
      [10.1, 1],
      [10.2, NO_VALUE],
      [10.3, 1],
      [10.4, NO_VALUE],
      [10.5, 1],
      [10.6, NO_VALUE],
      [50, 2],
      [51, 2],
    );
    expect(line(rows).at(-3)).to.equal(null);
  });

  it('uses the same array and the same points in every frame', () => {
    const trace = new Trace();
    drawSeries({ ...PLAIN, rows: noise(5_000) }, trace);
    const { points } = trace;
    const before = points.slice(0, 10);
    drawSeries({ ...PLAIN, rows: noise(10) }, trace);
    expect(trace.points).to.equal(points);
    expect(points).to.have.length(10);
    before.forEach((point, index) => expect(points[index]).to.equal(point));
  });

  it('never throws, whatever values and times come', () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(NO_VALUE, ABSENT, BREAK, 1e-12, 1e15));
    const time = fc.oneof(fc.double({ min: -1e3, max: 1e3, noNaN: true }), fc.constantFrom(-1e300, 1e300, 4e12));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(time, value)),
        fc.constantFrom('break', 'connect', 'hold'),
        fc.boolean(),
        (cells, gap, stepped) => {
          const rows = rowsOf(...cells.sort(([a], [b]) => a - b));
          for (const { x } of draw(rows, { gap, stepped, gapAfter: 30, confirmedUntil: 80 }).points) {
            expect(x).to.be.within(0, 100);
          }
        },
      ),
    );
  });
});
