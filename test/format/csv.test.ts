/** What a spreadsheet gets of a chart. */
import { expect } from 'chai';
import * as fc from 'fast-check';
import { toCsv } from '../../src/format/csv.js';
import { rowsOf } from './rows.js';

const NO_VALUE = Number.NaN;
const ABSENT = Number.NEGATIVE_INFINITY;
const BREAK = Number.POSITIVE_INFINITY;
const T = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

const lines = (labels: readonly string[], rows: readonly (readonly number[])[], from?: number): readonly string[] =>
  toCsv(labels, rowsOf(rows), from).split('\r\n');

describe('toCsv', () => {
  it('writes a head, then times in UTC with milliseconds and numbers with a dot', () => {
    expect(
      toCsv(
        ['CPU', 'Memory'],
        rowsOf([
          [T, 1.5, -2],
          [T + 1000, 1e21, 0],
        ]),
      ),
    ).to.equal('time,CPU,Memory\r\n2026-01-02T03:04:05.678Z,1.5,-2\r\n2026-01-02T03:04:06.678Z,1e+21,0\r\n');
  });

  it('writes the head alone where there are no rows', () => {
    expect(toCsv(['CPU'], rowsOf([]))).to.equal('time,CPU\r\n');
  });

  it('begins at the row asked for', () => {
    expect(
      lines(
        ['a'],
        [
          [T, 1],
          [T + 1, 2],
        ],
        1,
      ),
    ).to.deep.equal(['time,a', '2026-01-02T03:04:05.679Z,2', '']);
  });

  it('leaves no value, and what is absent, empty', () => {
    expect(
      lines(
        ['a', 'b'],
        [
          [T, NO_VALUE, 2],
          [T + 1, ABSENT, 3],
          [T + 2, NO_VALUE, ABSENT],
        ],
      ).slice(1, -1),
    ).to.deep.equal(['2026-01-02T03:04:05.678Z,,2', '2026-01-02T03:04:05.679Z,,3', '2026-01-02T03:04:05.680Z,,']);
  });

  it('makes one row of a time: the last finite number wins, and columns fill each other', () => {
    const rows = [
      [T, 1, ABSENT, 7],
      [T, ABSENT, 2, 8],
      [T, NO_VALUE, ABSENT, BREAK],
      [T + 1, 3, 4, 5],
    ];
    expect(lines(['a', 'b', 'c'], rows).slice(1, -1)).to.deep.equal([
      '2026-01-02T03:04:05.678Z,1,2,8',
      '2026-01-02T03:04:05.679Z,3,4,5',
    ]);
  });

  it('leaves out times that no column has heard of', () => {
    expect(
      lines(
        ['a', 'b'],
        [
          [T, BREAK, BREAK],
          [T + 1, ABSENT, ABSENT],
          [T + 2, 1, ABSENT],
        ],
      ).slice(1, -1),
    ).to.deep.equal(['2026-01-02T03:04:05.680Z,1,']);
  });

  it('quotes what needs it', () => {
    expect(lines(['a,b', 'say "x"', 'two\nlines', 'plain text'], [])[0]).to.equal(
      'time,"a,b","say ""x""","two\nlines",plain text',
    );
  });

  it('keeps a spreadsheet from running a label', () => {
    expect(lines(['=1+1', '+1', '-1', '@x', '\tx', '=a,b', 'a=b'], [])[0]).to.equal(
      `time,'=1+1,'+1,'-1,'@x,'\tx,"'=a,b",a=b`,
    );
    expect(toCsv(['\rx'], rowsOf([]))).to.equal(`time,"'\rx"\r\n`);
  });

  it('writes no date where a time is none', () => {
    expect(lines(['a'], [[9e15, 1]])[1]).to.equal(',1');
  });

  it('writes one line a distinct time, whatever the rows', () => {
    const cell = fc.oneof(fc.double({ noDefaultInfinity: true }), fc.constantFrom(NO_VALUE, ABSENT, BREAK));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), cell, cell)), (made) => {
        const rows = [...made].sort(([a], [b]) => a - b);
        const heard = rows.filter(([, a, b]) => [a, b].some((value) => Number.isFinite(value) || Number.isNaN(value)));
        const times = lines(['a', 'b'], rows)
          .slice(1, -1)
          .map((line) => Date.parse(line.slice(0, 24)));
        expect(times).to.deep.equal([...new Set(heard.map(([time]) => time))]);
      }),
    );
  });
});
