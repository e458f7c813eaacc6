import { expect } from 'chai';
import fc from 'fast-check';
import { ABSENT, BREAK, NO_VALUE, type Keep } from '../../src/store/samples.js';
import { MAX_ROWS, SampleTable } from '../../src/store/sample-table.js';

type Row = readonly [time: number, ...cells: number[]];

const rowsOf = (table: SampleTable, columns: number): Row[] =>
  Array.from({ length: table.length }, (_, row) => [
    table.time(row),
    ...Array.from({ length: columns }, (__, column) => table.value(column, row)),
  ]);

/** The same by plain arrays, as slow as it is plain. */
class NaiveTable {
  rows: Row[] = [];
  constructor(public keep: Keep) {}

  put(row: Row): boolean {
    const newest = this.rows.at(-1)?.[0] ?? -Infinity;
    const oldest = this.rows[0]?.[0] ?? -Infinity;
    const reach = 'ms' in this.keep ? this.keep.ms : Infinity;
    const isEnough = 'samples' in this.keep && this.rows.length >= this.keep.samples;
    const isFull = isEnough && reach === Infinity;
    const isLongEnough = oldest <= newest - reach && (isEnough || !('samples' in this.keep));
    if (row[0] < oldest && (isFull || isLongEnough)) return false;
    const at = this.rows.findIndex(([time]) => time > row[0]);
    this.rows.splice(at < 0 ? this.rows.length : at, 0, row);
    this.trim();
    return true;
  }

  trim(): void {
    const { samples = 1, ms = Infinity } = { samples: undefined, ms: undefined, ...this.keep };
    if (ms === Infinity) this.rows = this.rows.slice(-samples);
    else {
      const oldest = (this.rows.at(-1)?.[0] ?? 0) - ms;
      while (this.rows.length > samples && (this.rows[1]?.[0] ?? Infinity) <= oldest) this.rows.shift();
    }
  }
}

const keepOf = fc.oneof(
  fc.record({ samples: fc.integer({ min: 1, max: 300 }) }),
  fc.record({ ms: fc.integer({ min: 1, max: 500 }) }),
  fc.record({ samples: fc.integer({ min: 1, max: 300 }), ms: fc.integer({ min: 1, max: 500 }) }),
);

type Step = { put: number } | { removeAfter: number } | { keep: Keep } | { clear: true };
const steps = fc.array(
  fc.oneof(
    // Mostly forward, often late, at times equal.
    { weight: 40, arbitrary: fc.record({ put: fc.integer({ min: -30, max: 40 }) }) },
    { weight: 1, arbitrary: fc.record({ removeAfter: fc.integer({ min: -50, max: 5 }) }) },
    { weight: 1, arbitrary: fc.record({ keep: keepOf }) },
    { weight: 1, arbitrary: fc.constant({ clear: true } as const) },
  ),
  { size: 'large', maxLength: 600 },
) as fc.Arbitrary<Step[]>;

describe('a table of samples', () => {
  it('holds what plain sorted arrays hold, whatever comes, in whatever order', () => {
    fc.assert(
      fc.property(keepOf, steps, (keep, all) => {
        const table = new SampleTable(2, keep);
        const naive = new NaiveTable(keep);
        let time = 1e12;
        all.forEach((step, index) => {
          if ('put' in step) {
            const at = time + step.put;
            time = Math.max(time, at);
            expect(table.put(at, [index, -index])).to.equal(naive.put([at, index, -index]));
          } else if ('removeAfter' in step) {
            table.removeAfter(time + step.removeAfter);
            naive.rows = naive.rows.filter((row) => row[0] <= time + step.removeAfter);
          } else if ('keep' in step) {
            table.setKeep(step.keep);
            naive.keep = step.keep;
            naive.trim();
          } else {
            table.clear();
            naive.rows = [];
          }
          expect(table.length).to.equal(naive.rows.length);
        });
        expect(rowsOf(table, 2)).to.deep.equal(naive.rows);
        expect(table.newest).to.equal(naive.rows.at(-1)?.[0]);
      }),
    );
  });

  it('finds the first row at or after any time, as a plain search does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 })), fc.integer({ min: -1, max: 51 }), (times, wanted) => {
        const table = new SampleTable(0, { samples: 40 });
        for (const time of times) table.put(time, []);
        const plain = rowsOf(table, 0).findIndex(([time]) => time >= wanted);
        expect(table.rowAt(wanted)).to.equal(plain < 0 ? table.length : plain);
      }),
    );
  });

  it('keeps the newest samples of a count, and goes on for a million', () => {
    const table = new SampleTable(1, { samples: 1_000 });
    for (let row = 0; row < 1_000_000; row++) table.put(row, [row * 2]);
    expect(table.length).to.equal(1_000);
    expect(table.head).to.equal(1_000_000);
    expect(table.time(0)).to.equal(999_000);
    expect(table.value(0, 999)).to.equal(1_999_998);
  });

  it('keeps a duration, and one row more, so that a line enters from beyond the edge', () => {
    const table = new SampleTable(1, { ms: 1_000 });
    for (let time = 0; time <= 10_000; time += 300) table.put(time, [time]);
    expect(rowsOf(table, 1).map(([time]) => time)).to.deep.equal([8_700, 9_000, 9_300, 9_600, 9_900]);
  });

  it('never holds more than its hard bound, whatever a duration asks for', () => {
    const table = new SampleTable(0, { ms: 1e12 });
    for (let row = 0; row < MAX_ROWS + 10; row++) table.put(row, []);
    expect(table.length).to.equal(MAX_ROWS);
    expect(table.time(0)).to.equal(10);
    expect(new SampleTable(0, { samples: 1e9 }).put(0, [])).to.equal(true);
  }).timeout(10_000);

  it('fault 34: places a late row by its time, after those of the same time', () => {
    const table = new SampleTable(1, { samples: 10 });
    for (const [time, value] of [
      [10, 0],
      [20, 1],
      [30, 2],
      [20, 3],
      [5, 4],
    ] as const)
      table.put(time, [value]);
    expect(rowsOf(table, 1)).to.deep.equal([
      [5, 4],
      [10, 0],
      [20, 1],
      [20, 3],
      [30, 2],
    ]);
  });

  it('fault 34: refuses a row that is older than all that is kept, when there is no room', () => {
    const table = new SampleTable(1, { samples: 2 });
    table.put(10, [0]);
    table.put(20, [1]);
    expect(table.put(5, [2])).to.equal(false);
    expect(table.put(15, [3])).to.equal(true);
    expect(rowsOf(table, 1)).to.deep.equal([
      [15, 3],
      [20, 1],
    ]);
  });

  it('keeps the marks apart, and reads as absent a column that there is not', () => {
    const table = new SampleTable(3, { samples: 10 });
    table.put(1, [NO_VALUE, ABSENT, BREAK]);
    expect([0, 1, 2, 3, -1].map((column) => table.value(column, 0))).to.deep.equal([
      NO_VALUE,
      ABSENT,
      BREAK,
      ABSENT,
      ABSENT,
    ]);
  });

  it('tells by its revision of every change but rows added at the end and old ones gone', () => {
    const table = new SampleTable(1, { samples: 100 });
    for (let time = 0; time < 500; time++) table.put(time, [time]);
    expect(table.revision).to.equal(0);
    table.removeAfter(1_000);
    expect(table.revision).to.equal(0);
    table.put(450.5, [0]);
    expect(table.revision).to.equal(1);
    table.removeAfter(450);
    expect(table.revision).to.equal(2);
    table.clear();
    expect(table.revision).to.equal(3);
  });

  it('numbers its rows for ever, so that what was seen at the end is found again', () => {
    const table = new SampleTable(1, { samples: 100 });
    for (let time = 0; time < 150; time++) table.put(time, [time]);
    const seen = table.head;
    for (let time = 150; time < 175; time++) table.put(time, [time]);
    const row = table.length - (table.head - seen);
    expect(table.time(row)).to.equal(150);
  });
});
