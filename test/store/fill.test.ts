import { expect } from 'chai';
import fc from 'fast-check';
import { appendRows, replaceRows } from '../../src/store/fill.js';
import { NO_VALUE } from '../../src/store/samples.js';
import { SeriesGroup } from '../../src/store/series-group.js';

const group = (series: number, keep = 1_000): SeriesGroup =>
  new SeriesGroup({
    series: Array.from({ length: series }, () => ({})),
    window: { ms: 60_000 },
    keep: { samples: keep },
  });

const rowsOf = ({ rows, width }: SeriesGroup): number[][] =>
  Array.from({ length: rows.length }, (_, row) => [
    rows.time(row),
    ...Array.from({ length: width }, (__, column) => rows.value(column, row)),
  ]);

describe('rows from a script', () => {
  it('are added as they are, from arrays and typed arrays', () => {
    const two = group(2);
    expect(appendRows(two, [1, 2], [[10, 20], new Float32Array([11, 21])]).ok).to.equal(true);
    expect(appendRows(two, new Float64Array([3]), [[30], [31]]).ok).to.equal(true);
    expect(rowsOf(two)).to.deep.equal([
      [1, 10, 11],
      [2, 20, 21],
      [3, 30, 31],
    ]);
  });

  it('fault 33: have no value where there is no number, so that no mark comes in from outside', () => {
    const one = group(1);
    const values = [1, null, undefined, NaN, Infinity, -Infinity, 'x', '7'] as unknown as number[];
    appendRows(
      one,
      values.map((_, row) => row),
      [values],
    );
    expect(rowsOf(one).map(([, value]) => value)).to.deep.equal([1, ...Array.from({ length: 6 }, () => NO_VALUE), 7]);
  });

  it('are judged by no clock, and their edge stands at the newest x', () => {
    const one = group(1);
    appendRows(one, [0, 5, 1e12, 4e12], [[1, 2, 3, 4]]);
    expect(one.rows.length).to.equal(4);
    expect(one.dropped).to.equal(0);
    expect(one.edge(0)).to.equal(4e12);
    expect(one.edge(1e9)).to.equal(4e12);
  });

  it('are placed by time', () => {
    const one = group(1);
    appendRows(one, [30, 10, 20], [[3, 1, 2]]);
    appendRows(one, [15], [[1.5]]);
    expect(rowsOf(one)).to.deep.equal([
      [10, 1],
      [15, 1.5],
      [20, 2],
      [30, 3],
    ]);
  });

  it('tell their latest and their usual gap', () => {
    const one = group(1);
    appendRows(one, [0, 10, 20], [[1, 2, NaN]]);
    expect(one.latest(0)).to.deep.equal({ raw: NaN, channel: '', number: undefined, time: 20, arrival: 0 });
    expect(one.latestNumber(0)).to.deep.equal({ raw: 2, channel: '', number: 2, time: 10, arrival: 0 });
    expect(one.usualGap).to.equal(10);
  });

  it('replace all that was there, with nothing, too', () => {
    const one = group(1);
    appendRows(one, [1, 2, 3], [[1, 2, 3]]);
    replaceRows(one, [2], [[5]]);
    expect(rowsOf(one)).to.deep.equal([[2, 5]]);
    expect(one.edge(0)).to.equal(2);
    expect(one.usualGap).to.equal(undefined);
    replaceRows(one, [], [[]]);
    expect(one.rows.length).to.equal(0);
    expect(one.edge(0)).to.equal(undefined);
    expect(one.latest(0)).to.equal(undefined);
  });

  it('that do not fit are told in a sentence, and nothing is changed', () => {
    const two = group(2);
    appendRows(two, [1], [[1], [2]]);
    for (const fill of [appendRows, replaceRows]) {
      const problems = [
        fill(two, [1], [[1]]),
        fill(two, [1], [[1], [2], [3]]),
        fill(two, [1, 2], [[1, 2], [1]]),
        fill(
          two,
          [2, NaN],
          [
            [1, 2],
            [1, 2],
          ],
        ),
        fill(two, [Infinity], [[1], [1]]),
      ].map((result) => (result.ok ? 'no problem' : result.problem));
      expect(problems).to.deep.equal([
        'There are 2 series, but values for 1.',
        'There are 2 series, but values for 3.',
        'Series 2 has 1 values for 2 times: there must be as many.',
        'Time 2 is not a finite number of milliseconds.',
        'Time 1 is not a finite number of milliseconds.',
      ]);
    }
    expect(rowsOf(two)).to.deep.equal([[1, 1, 2]]);
  });

  it('in whatever order and pieces, are the newest of them all, sorted', () => {
    const pieces = fc.array(fc.array(fc.integer({ min: 0, max: 1e6 }), { maxLength: 60 }), { maxLength: 6 });
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 100 }), (times, keep) => {
        const one = group(1, keep);
        for (const x of times) appendRows(one, x, [x]);
        const sorted = times.flat().sort((a, b) => a - b);
        expect(rowsOf(one).map(([time]) => time)).to.deep.equal(sorted.slice(-keep));
        for (const [time, value] of rowsOf(one)) expect(value).to.equal(time);
      }),
    );
  });
});
