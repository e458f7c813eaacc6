import { expect } from 'chai';
import fc from 'fast-check';
import type { Message } from '../../src/kernel/message.js';
import { ABSENT, BREAK, NO_VALUE, type GroupQuery, type SeriesQuery } from '../../src/store/samples.js';
import { SeriesGroup } from '../../src/store/series-group.js';
import { parseWhere, type Where } from '../../src/store/where.js';

const T = 1_700_000_000_000;
const HOUR = 3_600_000;
const YEAR_2099 = Date.UTC(2099, 0, 1);

const message = (channel: string, data: unknown, time = T): Message => ({ channel, data, time, id: undefined });
const where = (text: string): Where => {
  const result = parseWhere(text);
  if (!result.ok) throw new Error(result.problem);
  return result.value;
};
const group = (series: readonly SeriesQuery[], more: Partial<GroupQuery> = {}): SeriesGroup =>
  new SeriesGroup({ series, keep: { samples: 1_000 }, ...more });
const cpu: SeriesQuery = { channel: 'metrics', field: 'cpu' };
const memory: SeriesQuery = { channel: 'metrics', field: 'memory' };
const window = { ms: 60_000 };

const rowsOf = ({ rows, width }: SeriesGroup): number[][] =>
  Array.from({ length: rows.length }, (_, row) => [
    rows.time(row) - T,
    ...Array.from({ length: width }, (__, column) => rows.value(column, row)),
  ]);

describe('a group of series', () => {
  it('makes a row of a message, with a cell for each series that has its field', () => {
    const both = group([cpu, memory]);
    expect(both.ingest(message('metrics', { cpu: 5, memory: 6 }), 0)).to.equal(true);
    expect(both.ingest(message('metrics', { memory: 7 }, T + 1), 1)).to.equal(true);
    expect(rowsOf(both)).to.deep.equal([
      [0, 5, 6],
      [1, ABSENT, 7],
    ]);
  });

  it('makes no row of a message of another channel, or without any of its fields', () => {
    const one = group([cpu]);
    const version = one.version;
    expect(one.ingest(message('other', { cpu: 5 }), 0)).to.equal(false);
    expect(one.ingest(message('metrics', { memory: 5 }), 0)).to.equal(false);
    expect(one.ingest(message('metrics', []), 0)).to.equal(false);
    expect(one.rows.length).to.equal(0);
    expect(one.version).to.equal(version);
    expect(one.latest(0)).to.equal(undefined);
  });

  it('fault 33: takes text that is a number as one, and null, text and infinity as no value', () => {
    const one = group([cpu]);
    const values = [1, '2.5', null, 'high', '5%', true, {}, NaN, Infinity, -Infinity, 3];
    values.forEach((value, index) => one.ingest(message('metrics', { cpu: value }, T + index), index));
    const none = Array.from({ length: 8 }, () => NO_VALUE);
    expect(rowsOf(one).map(([, value]) => value)).to.deep.equal([1, 2.5, ...none, 3]);
  });

  it('reads every channel that has the field where it names none', () => {
    const any = group([{ field: 'cpu' }]);
    any.ingest(message('a', { cpu: 1 }), 0);
    any.ingest(message('b', { cpu: 2 }), 0);
    any.ingest(message('c', { memory: 3 }), 0);
    expect(rowsOf(any)).to.deep.equal([
      [0, 1],
      [0, 2],
    ]);
  });

  it('reads the data itself where it names no field', () => {
    const itself = group([{ channel: 'temperature' }]);
    itself.ingest(message('temperature', 21.5), 0);
    itself.ingest(message('temperature', '22'), 0);
    itself.ingest(message('temperature', null), 0);
    expect(rowsOf(itself)).to.deep.equal([
      [0, 21.5],
      [0, 22],
      [0, NO_VALUE],
    ]);
  });

  it('reads each item of data that is an array, in order, each with its own time', () => {
    const one = group([cpu]);
    const items = [{ cpu: 1, timestamp: T + 5 }, { cpu: 2, time: T + 6 }, { memory: 3 }, { cpu: 4 }, null, 'text'];
    expect(one.ingest(message('metrics', items, T + 7), 0)).to.equal(true);
    expect(rowsOf(one)).to.deep.equal([
      [5, 1],
      [6, 2],
      [7, 4],
    ]);
    expect(one.latest(0)?.raw).to.equal(4);
  });

  it('lets through only the messages, or the items, that where asks for', () => {
    const symbols = group([
      { channel: 'prices', field: 'price', where: where('symbol=A') },
      { channel: 'prices', field: 'price', where: where('symbol=B') },
    ]);
    symbols.ingest(message('prices', { symbol: 'B', price: 1 }), 0);
    const items = [
      { symbol: 'A', price: 2 },
      { symbol: 'C', price: 3 },
      { symbol: 'B', price: 4 },
    ];
    symbols.ingest(message('prices', items), 0);
    expect(symbols.ingest(message('prices', { symbol: 'C', price: 5 }), 0)).to.equal(false);
    expect(rowsOf(symbols)).to.deep.equal([
      [0, ABSENT, 1],
      [0, 2, ABSENT],
      [0, ABSENT, 4],
    ]);
  });

  it('takes a time from the x field, else from the data’s own, else from the message', () => {
    const timed = group([cpu], { xField: 'at.moment', window });
    const data = { cpu: 1, at: { moment: (T + 1) / 1e3 }, timestamp: T + 2 };
    timed.ingest(message('metrics', data, T + 3), 0);
    timed.ingest(message('metrics', { ...data, at: 'never' }, T + 3), 0);
    timed.ingest(message('metrics', { cpu: 1 }, T + 3), 0);
    expect(rowsOf(timed).map(([time]) => time)).to.deep.equal([1, 2, 3]);
  });

  it('fault 32: reads no field named __proto__, and none that is inherited', () => {
    const evil = group([{ field: '__proto__.x' }, { field: 'constructor' }], { xField: '__proto__.x' });
    expect(evil.ingest(message('a', JSON.parse('{"__proto__":{"x":1}}')), 0)).to.equal(false);
  });

  it('remembers the last that each series heard, number or not, and the last number', () => {
    const one = group([cpu, memory]);
    one.ingest(message('metrics', { cpu: '5' }, T), 10);
    expect(one.latest(0)).to.deep.equal({ raw: '5', channel: 'metrics', number: 5, time: T, arrival: 10 });
    one.ingest(message('metrics', { cpu: 'RUNNING' }, T + 1), 20);
    expect(one.latest(0)).to.deep.equal({
      raw: 'RUNNING',
      channel: 'metrics',
      number: undefined,
      time: T + 1,
      arrival: 20,
    });
    expect(one.latestNumber(0)).to.deep.equal({ raw: '5', channel: 'metrics', number: 5, time: T, arrival: 10 });
    expect(one.latest(1)).to.equal(undefined);
    expect(one.latestNumber(1)).to.equal(undefined);
    expect(one.latest(7)).to.equal(undefined);
  });

  it('remembers what came last, not what is newest, whatever the clock says of it', () => {
    const one = group([cpu], { window });
    one.ingest(message('metrics', { cpu: 1 }, T), 0);
    one.ingest(message('metrics', { cpu: 2 }, T - 1_000), 1);
    expect(one.latest(0)?.raw).to.equal(2);
    one.ingest(message('metrics', { cpu: 3 }, YEAR_2099), 2);
    expect(one.latest(0)?.raw).to.equal(3);
  });

  it('raises its version with every change', () => {
    const one = group([cpu], { window });
    const versions = [one.version];
    const note = (): void => void versions.push(one.version);
    one.ingest(message('metrics', { cpu: 1 }), 0);
    note();
    one.ingest(message('metrics', { cpu: 1 }, YEAR_2099), 0);
    note();
    one.confirm(1);
    note();
    one.breakLine();
    note();
    one.configure({ window: undefined, keep: { samples: 1 } });
    note();
    one.fill(T, [1]);
    note();
    one.clear();
    note();
    expect(versions).to.deep.equal([...new Set(versions)].sort((a, b) => a - b));
  });
});

describe('a group and its clock', () => {
  const ticking = (from = 0, to = 10): SeriesGroup => {
    const one = group([cpu], { window });
    for (let second = from; second < to; second++) {
      one.ingest(message('metrics', { cpu: second }, T + second * 1_000), second * 1_000);
    }
    return one;
  };
  const tick = (one: SeriesGroup, second: number, shift: number): void => {
    one.ingest(message('metrics', { cpu: second }, T + shift + second * 1_000), second * 1_000);
  };

  it('has no edge before a sample, then the newest one’s time and what has passed', () => {
    expect(group([cpu]).edge(0)).to.equal(undefined);
    expect(ticking().edge(12_000)).to.equal(T + 12_000);
  });

  it('fault 34: one sample dated 2099 neither blanks nor pins it, and is counted', () => {
    const one = ticking();
    tick(one, 10, YEAR_2099 - T);
    expect(one.rows.length).to.equal(10);
    expect(one.dropped).to.equal(0);
    tick(one, 11, 0);
    expect(one.rows.length).to.equal(11);
    expect(one.dropped).to.equal(1);
    expect(one.edge(11_000)).to.equal(T + 11_000);
    expect(one.rows.value(0, 10)).to.equal(11);
  });

  it('fault 34: several that stray apart are each dropped and counted', () => {
    const one = ticking();
    tick(one, 10, HOUR);
    tick(one, 10, 2 * HOUR);
    tick(one, 10, 3 * HOUR);
    tick(one, 10, 3 * HOUR);
    expect(one.dropped).to.equal(2);
    tick(one, 11, 0);
    expect(one.dropped).to.equal(4);
  });

  it('fault 34: a clock set back an hour removes what is newer, breaks the line and lets in what was held', () => {
    const one = ticking();
    for (let second = 10; second < 16; second++) tick(one, second, -HOUR);
    expect(rowsOf(one)).to.deep.equal([
      [10_000 - HOUR, BREAK],
      ...[10, 11, 12, 13, 14, 15].map((second) => [second * 1_000 - HOUR, second]),
    ]);
    expect(one.dropped).to.equal(0);
    expect(one.edge(15_000)).to.equal(T - HOUR + 15_000);
  });

  it('a clock set ahead keeps what was, breaks the line and lets in what was held', () => {
    const one = ticking(0, 2);
    for (let second = 10; second < 16; second++) tick(one, second, HOUR);
    expect(rowsOf(one)).to.deep.equal([
      [0, 0],
      [1_000, 1],
      [HOUR + 10_000, BREAK],
      ...[10, 11, 12, 13, 14, 15].map((second) => [second * 1_000 + HOUR, second]),
    ]);
  });

  it('fault 34: held samples that came out of order are let in by their time', () => {
    const one = ticking(0, 2);
    for (const second of [12, 10, 11, 13, 15, 14]) {
      one.ingest(message('metrics', { cpu: second }, T - HOUR + second * 1_000), 2_000);
    }
    expect(rowsOf(one).map(([time = 0]) => (time + HOUR) / 1_000)).to.deep.equal([10, 10, 11, 12, 13, 14, 15]);
    expect(one.rows.value(0, 0)).to.equal(BREAK);
  });

  it('fault 34: places a late sample by its time, and drops what is older than all that is kept', () => {
    const one = group([cpu], { window, keep: { samples: 2 } });
    for (const [time, value] of [
      [10, 1],
      [20, 2],
      [15, 3],
      [5, 4],
    ] as const) {
      one.ingest(message('metrics', { cpu: value }, T + time), 0);
    }
    expect(rowsOf(one)).to.deep.equal([
      [15, 3],
      [20, 2],
    ]);
    expect(one.dropped).to.equal(1);
  });

  it('fault 34: a chart without a duration recovers from 2099 among its first five', () => {
    const one = group([cpu], { window: { samples: 100 } });
    for (let second = 0; second < 20; second++) {
      const time = second === 1 ? YEAR_2099 : T + second * 1_000;
      one.ingest(message('metrics', { cpu: second }, time), second * 1_000);
    }
    expect(one.edge(19_000)).to.equal(T + 19_000);
    expect(one.rows.time(one.rows.length - 1)).to.equal(T + 19_000);
  });

  it('tells the usual gap of the slowest series, and each one’s own', () => {
    const mixed = group([cpu, { channel: 'slow', field: 'x' }], { window });
    for (let second = 0; second < 60; second++) {
      mixed.ingest(message('metrics', { cpu: 1 }, T + second * 1_000), second * 1_000);
      if (second % 10 === 0) mixed.ingest(message('slow', { x: 1 }, T + second * 1_000 + 3), second * 1_000);
    }
    expect(mixed.usualGapOf(0)).to.equal(1_000);
    expect(mixed.usualGapOf(1)).to.equal(10_000);
    expect(mixed.usualGap).to.equal(10_000);
    expect(group([cpu]).usualGap).to.equal(undefined);
  });

  it('breaks its line after the newest row, once', () => {
    const one = ticking(0, 2);
    one.breakLine();
    one.breakLine();
    tick(one, 60, 0);
    expect(rowsOf(one)).to.deep.equal([
      [0, 0],
      [1_000, 1],
      [1_000, BREAK],
      [60_000, 60],
    ]);
    const early = ticking(0, 1);
    early.breakLine();
    tick(early, 60, 0);
    expect(early.usualGap, 'what was lost is no gap').to.equal(undefined);
    const empty = group([cpu]);
    empty.breakLine();
    expect(empty.rows.length).to.equal(0);
  });

  it('whatever comes, keeps its rows in the order of time, within bounds, and loses count of none', () => {
    const sample = fc.record({
      time: fc.oneof(fc.integer({ min: T, max: T + 100_000 }), fc.constantFrom(0, YEAR_2099, 8.64e15, T - HOUR)),
      pause: fc.integer({ min: 0, max: 5_000 }),
    });
    const shown = fc.constantFrom(undefined, window, { samples: 5 });
    fc.assert(
      fc.property(shown, fc.array(sample, { size: 'large', maxLength: 150 }), (span, samples) => {
        const one = group([cpu], { window: span, keep: { samples: 50 } });
        let now = 0;
        for (const { time, pause } of samples) {
          now += pause;
          one.ingest(message('metrics', { cpu: 1 }, time), now);
        }
        const times = Array.from({ length: one.rows.length }, (_, row) => one.rows.time(row));
        expect(times).to.deep.equal([...times].sort((a, b) => a - b));
        expect(times.length).to.be.at.most(50);
        expect(one.dropped).to.be.at.most(samples.length);
        if (samples.length > 0) expect(one.edge(now)).to.satisfy(Number.isFinite);
      }),
    );
  });
});

describe('a group that is confirmed', () => {
  it('renews the arrival of what it heard last, and draws it on to that moment', () => {
    const one = group([cpu], { window });
    expect(one.confirm(5)).to.equal(false);
    expect(one.confirmedUntil).to.equal(undefined);
    one.ingest(message('metrics', { cpu: 1 }), 0);
    expect(one.confirm(5_000)).to.equal(true);
    expect(one.latest(0)).to.deep.equal({ raw: 1, channel: 'metrics', number: 1, time: T, arrival: 5_000 });
    expect(one.latestNumber(0)?.arrival).to.equal(5_000);
    expect(one.confirmedUntil).to.equal(T + 5_000);
  });

  it('does not renew a number that no value has followed', () => {
    const one = group([cpu]);
    one.ingest(message('metrics', { cpu: 1 }), 0);
    one.ingest(message('metrics', { cpu: null }), 10);
    one.confirm(5_000);
    expect(one.latest(0)?.arrival).to.equal(5_000);
    expect(one.latestNumber(0)?.arrival).to.equal(0);
  });

  it('on one channel, renews that channel’s series alone', () => {
    const two = group([cpu, { channel: 'b', field: 'x' }]);
    two.ingest(message('metrics', { cpu: 1 }), 0);
    two.ingest(message('b', { x: 1 }), 0);
    expect(two.confirm(50, 'b')).to.equal(true);
    expect(two.confirm(50, 'c')).to.equal(false);
    expect([two.latest(0)?.arrival, two.latest(1)?.arrival]).to.deep.equal([0, 50]);
  });

  it('is not drawn on over a jump of the clock', () => {
    const one = group([cpu], { window });
    one.ingest(message('metrics', { cpu: 1 }), 0);
    one.confirm(5_000);
    for (let sample = 0; sample < 6; sample++) one.ingest(message('metrics', { cpu: 2 }, T - HOUR), 6_000);
    expect(one.confirmedUntil).to.equal(undefined);
  });
});

describe('a group that changes', () => {
  it('loses no row when its window or what it keeps changes, but those beyond', () => {
    const one = group([cpu], { keep: { samples: 100 } });
    for (let row = 0; row < 100; row++) one.ingest(message('metrics', { cpu: row }, T + row), row);
    one.configure({ window, keep: { samples: 5_000 } });
    expect(one.rows.length).to.equal(100);
    one.configure({ window, keep: { ms: 9.5 } });
    expect(one.rows.time(0)).to.equal(T + 89);
    one.configure({ window, keep: { samples: 3 } });
    expect(rowsOf(one)).to.deep.equal([
      [97, 97],
      [98, 98],
      [99, 99],
    ]);
  });

  it('keeps a count of samples for each channel that it reads', () => {
    const two = group([cpu, memory, { channel: 'b', field: 'x' }], { keep: { samples: 10 } });
    for (let row = 0; row < 50; row++) {
      two.ingest(message('metrics', { cpu: row, memory: row }, T + row), row);
      two.ingest(message('b', { x: row }, T + row), row);
    }
    const cells = rowsOf(two);
    expect(cells.filter(([, value]) => value !== ABSENT)).to.have.length(10);
    expect(cells.filter(([, , , value]) => value !== ABSENT)).to.have.length(10);
  });

  it('takes over the past of the series that stay, in whatever place they stand', () => {
    const old = group([cpu, memory], { window });
    for (let row = 0; row < 5; row++) {
      old.ingest(message('metrics', row % 2 === 0 ? { cpu: row } : { memory: row }, T + row * 1_000), row * 1_000);
    }
    old.breakLine();
    const next = group([{ field: 'new' }, cpu], { window });
    next.adopt(old);
    expect(rowsOf(next)).to.deep.equal([
      [0, ABSENT, 0],
      [2_000, ABSENT, 2],
      [4_000, ABSENT, 4],
      [4_000, ABSENT, BREAK],
    ]);
    expect(next.latest(1)).to.deep.equal({ raw: 4, channel: 'metrics', number: 4, time: T + 4_000, arrival: 4_000 });
    expect(next.latest(0)).to.equal(undefined);
    expect(next.edge(6_000)).to.equal(T + 6_000);
    expect(next.usualGap).to.equal(2_000);
  });

  it('takes over the clock, so that a stray sample is still one, but nothing that was held', () => {
    const old = group([cpu], { window });
    old.ingest(message('metrics', { cpu: 1 }), 0);
    for (let sample = 0; sample < 5; sample++) old.ingest(message('metrics', { cpu: 2 }, YEAR_2099), 0);
    const next = group([cpu, memory], { window });
    next.adopt(old);
    next.ingest(message('metrics', { cpu: 3 }, YEAR_2099), 0);
    expect(rowsOf(next)).to.deep.equal([[0, 1, ABSENT]]);
    next.ingest(message('metrics', { cpu: 4 }, T + 1), 0);
    expect(next.rows.length).to.equal(2);
  });

  it('takes over its counters, and judges by its own window', () => {
    const old = group([cpu], { window });
    for (const time of [T, YEAR_2099, T + 1]) old.ingest(message('metrics', { cpu: 1 }, time), 0);
    old.confirm(1_000);
    const next = group([cpu], { window: { ms: 2 * HOUR } });
    next.adopt(old);
    expect(next.dropped).to.equal(1);
    expect(next.confirmedUntil).to.equal(T + 1_001);
    next.ingest(message('metrics', { cpu: 2 }, T + HOUR), 1_000);
    expect(rowsOf(next)).to.deep.equal([
      [0, 1],
      [1, 1],
      [1_001, 1],
      [HOUR, 2],
    ]);
  });

  it('takes over rows from a script as what they are', () => {
    const old = group([cpu]);
    old.fill(T, [1]);
    const next = group([cpu]);
    next.adopt(old);
    expect(next.edge(5_000)).to.equal(T);
  });

  it('takes over nothing where field, channel, where or the source of time differ', () => {
    const old = group([{ ...cpu, where: where('a=1') }], { xField: 'at' });
    old.ingest(message('metrics', { cpu: 1, a: 1 }), 0);
    const different: SeriesGroup[] = [
      group([{ ...cpu, where: where('a=2') }], { xField: 'at' }),
      group([cpu], { xField: 'at' }),
      group([{ ...memory, where: where('a=1') }], { xField: 'at' }),
      group([{ field: 'cpu', where: where('a=1') }], { xField: 'at' }),
      group([{ ...cpu, where: where('a=1') }]),
    ];
    for (const next of different) {
      next.adopt(old);
      expect(next.rows.length).to.equal(0);
      expect(next.edge(0)).to.equal(undefined);
    }
    const same = group([{ ...cpu, where: where('a=1') }], { xField: 'at' });
    same.adopt(old);
    expect(same.rows.length).to.equal(1);
  });
});
