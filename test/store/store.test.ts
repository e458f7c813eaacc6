import { expect } from 'chai';
import fc from 'fast-check';
import type { Message } from '../../src/kernel/message.js';
import { ABSENT, type GroupQuery } from '../../src/store/samples.js';
import { SeriesGroup } from '../../src/store/series-group.js';
import { MAX_CHANNELS } from '../../src/kernel/limits.js';
import { Store, type Attached } from '../../src/store/store.js';

const T = 1_700_000_000_000;
const message = (channel: string, data: unknown, time = T): Message => ({ channel, data, time, id: undefined });
const query = (...series: GroupQuery['series']): GroupQuery => ({
  series,
  window: { ms: 60_000 },
  keep: { samples: 1_000 },
});
const cpu = { channel: 'metrics', field: 'cpu' };
const quiet = (): void => undefined;

/** A group that reads from the store, from what `previous` knows on. */
const read = (
  store: Store,
  query: GroupQuery,
  onDirty: (group: SeriesGroup) => void,
  previous?: SeriesGroup,
): Attached & { readonly group: SeriesGroup } => {
  const group = new SeriesGroup(query);
  if (previous !== undefined) group.adopt(previous);
  return { group, ...store.attach(group, () => onDirty(group)) };
};

const valuesOf = ({ rows, width }: SeriesGroup): number[][] =>
  Array.from({ length: rows.length }, (_, row) =>
    Array.from({ length: width }, (__, column) => rows.value(column, row)),
  );

describe('the store', () => {
  it('hands each message to the groups that want its channel, in order', () => {
    const store = new Store();
    const metrics = read(store, query(cpu), quiet).group;
    const any = read(store, query({ field: 'cpu' }), quiet).group;
    store.ingest([message('metrics', { cpu: 1 }), message('other', { cpu: 2 }), message('metrics', { cpu: 3 })], 0);
    expect(valuesOf(metrics)).to.deep.equal([[1], [3]]);
    expect(valuesOf(any)).to.deep.equal([[1], [2], [3]]);
  });

  it('knows the last message of each channel, whether a group reads it or not', () => {
    const store = new Store();
    const last = message('a', 2);
    store.ingest([message('a', 1), last, message('b', 3)], 0);
    expect(store.lastMessage('a')).to.equal(last);
    expect(store.lastMessage('c')).to.equal(undefined);
    expect(store.lastMessage('__proto__')).to.equal(undefined);
  });

  it('fault 38: tells a group’s reader once until it has looked, however many messages come', () => {
    const store = new Store();
    const told: SeriesGroup[] = [];
    const { group, clean } = read(store, query(cpu), (dirty) => told.push(dirty));
    const flood = Array.from({ length: 10_000 }, (_, index) => message('metrics', { cpu: index }, T + index / 10));
    store.ingest(flood.slice(0, 5_000), 0);
    store.ingest(flood.slice(5_000), 500);
    expect(told).to.deep.equal([group]);
    expect(group.latest(0)?.raw).to.equal(9_999);
    clean();
    store.ingest([message('metrics', { cpu: 1 }, T + 1_001)], 1_000);
    expect(told).to.deep.equal([group, group]);
  });

  it('tells nobody of what concerns nobody', () => {
    const store = new Store();
    let told = 0;
    read(store, query(cpu), () => told++);
    store.ingest([message('other', { cpu: 1 }), message('metrics', { memory: 1 })], 0);
    expect(told).to.equal(0);
  });

  it('starts a late group with the last message of its channel, of when it came', () => {
    const store = new Store();
    store.ingest([message('metrics', { cpu: 1 }), message('metrics', { cpu: 2 }, T + 10)], 50);
    let told = 0;
    const { group } = read(store, query(cpu), () => told++);
    expect(group.latest(0)).to.deep.equal({ raw: 2, channel: 'metrics', number: 2, time: T + 10, arrival: 50 });
    expect(group.edge(1_050)).to.equal(T + 1_010);
    expect(told).to.equal(0);
    store.ingest([message('metrics', { cpu: 3 }, T + 20)], 60);
    expect(valuesOf(group)).to.deep.equal([[2], [3]]);
    expect(told).to.equal(1);
  });

  it('starts a late group that names no channel with the last message of each, in the order they came', () => {
    const store = new Store();
    store.ingest(
      [message('a', { cpu: 1 }), message('b', { cpu: 2 }), message('c', { x: 0 }), message('a', { cpu: 3 })],
      0,
    );
    const { group } = read(store, query({ field: 'cpu' }), quiet);
    expect(valuesOf(group)).to.deep.equal([[2], [3]]);
    expect(group.latest(0)?.raw).to.equal(3);
  });

  it('gives a group the past of the one before it, and starts with the last message only what is new', () => {
    const store = new Store();
    const first = read(store, query(cpu), quiet);
    store.ingest([message('metrics', { cpu: 1, memory: 10 }), message('metrics', { cpu: 2, memory: 20 }, T + 1)], 0);
    const { group } = read(store, query(cpu, { channel: 'metrics', field: 'memory' }), quiet, first.group);
    first.dispose();
    store.ingest([message('metrics', { cpu: 3, memory: 30 }, T + 2)], 0);
    expect(valuesOf(group)).to.deep.equal([
      [1, ABSENT],
      [2, ABSENT],
      [ABSENT, 20],
      [3, 30],
    ]);
    expect(first.group.rows.length).to.equal(2);
  });

  it('hands nothing to a group that is disposed of, and disposing twice does nothing', () => {
    const store = new Store();
    const first = read(store, query(cpu), quiet);
    const second = read(store, query(cpu), quiet);
    store.ingest([message('metrics', { cpu: 1 })], 0);
    first.dispose();
    first.dispose();
    store.ingest([message('metrics', { cpu: 2 })], 0);
    expect(valuesOf(first.group)).to.deep.equal([[1]]);
    expect(valuesOf(second.group)).to.deep.equal([[1], [2]]);
  });

  it('lets a group come or go while others are being told', () => {
    const store = new Store();
    const second: SeriesGroup[] = [];
    const first = read(store, query(cpu), () => {
      first.dispose();
      second.push(read(store, query(cpu), quiet).group);
    });
    store.ingest([message('metrics', { cpu: 1 }), message('metrics', { cpu: 2 }, T + 1)], 0);
    expect(valuesOf(first.group)).to.deep.equal([[1]]);
    expect(second.map(valuesOf)).to.deep.equal([[[1], [2]]]);
  });

  it('confirms what came last, for those who read it and for those who come late', () => {
    const store = new Store();
    const told: number[] = [];
    const { group, clean } = read(store, query(cpu), () => told.push(group.version));
    store.confirm(5);
    expect(told).to.have.length(0);
    store.ingest([message('metrics', { cpu: 1 })], 10);
    clean();
    store.confirm(1_010);
    expect(told).to.have.length(2);
    expect(group.latest(0)?.arrival).to.equal(1_010);
    const late = read(store, query(cpu), quiet).group;
    expect(late.latest(0)).to.deep.equal(group.latest(0));
    expect(late.confirmedUntil).to.equal(T + 1_000);
    store.ingest([message('metrics', { cpu: 1 }, T + 1_990)], 2_000);
    expect(read(store, query(cpu), quiet).group.confirmedUntil).to.equal(undefined);
  });

  it('confirms one channel alone', () => {
    const store = new Store();
    const { group } = read(store, query(cpu, { channel: 'b' }), quiet);
    store.ingest([message('metrics', { cpu: 1 }), message('b', 1)], 0);
    store.confirm(500, 'b');
    expect([group.latest(0)?.arrival, group.latest(1)?.arrival]).to.deep.equal([0, 500]);
    const late = read(store, query(cpu, { channel: 'b' }), quiet).group;
    expect([late.latest(0)?.arrival, late.latest(1)?.arrival]).to.deep.equal([0, 500]);
  });

  it('knows when each channel was heard, and says when one is heard that does not count as live', () => {
    const store = new Store();
    const known = (channel: string): number | undefined => store.channels.get(channel)?.arrivals.last;
    expect(store.confirm(1), 'nothing is confirmed').to.equal(false);
    expect(store.ingest([message('a', 1), message('b', 1)], 10)).to.equal(true);
    for (const { arrivals } of store.channels.values()) arrivals.isLive = true;
    expect(store.ingest([message('a', 2)], 20)).to.equal(false);
    expect(store.confirm(30)).to.equal(false);
    expect([known('a'), known('b')]).to.deep.equal([30, 30]);
    expect(store.confirm(40, 'b')).to.equal(false);
    expect([known('a'), known('b')]).to.deep.equal([30, 40]);
    expect(store.ingest([message('a', 3), message('c', 1)], 50)).to.equal(true);
    expect(store.confirm(60, 'b'), 'of that one alone').to.equal(false);
    expect(store.confirm(60)).to.equal(true);
  });

  it('keeps a bounded number of channels: the one that was silent longest goes', () => {
    const store = new Store();
    for (let index = 0; index < MAX_CHANNELS; index++) store.ingest([message(`c${index}`, index)], index);
    store.ingest([message('c0', 'again')], 0);
    store.ingest([message('one more', 1)], 0);
    expect(store.lastMessage('c0')?.data).to.equal('again');
    expect(store.lastMessage('c1')).to.equal(undefined);
    expect(store.lastMessage('c2')?.data).to.equal(2);
    expect(store.lastMessage('one more')?.data).to.equal(1);
    expect(store.channels.size).to.equal(MAX_CHANNELS);
  });

  it('hands on every message, whatever channels come and whatever groups come and go', () => {
    const name = fc.constantFrom('a', 'b', 'c', undefined);
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ ingest: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 5 }) }) },
      { weight: 1, arbitrary: fc.record({ read: name }) },
      { weight: 1, arbitrary: fc.record({ dispose: fc.nat({ max: 5 }) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { size: 'large', maxLength: 60 }), (steps) => {
        const store = new Store();
        const last = new Map<string, number>();
        const readers: { channel: string | undefined; expected: number[]; seen: ReturnType<typeof read> }[] = [];
        let next = 0;
        for (const what of steps) {
          if ('ingest' in what) {
            const messages = what.ingest.map((channel) => message(channel, next++));
            store.ingest(messages, next);
            for (const { channel, data } of messages) {
              last.delete(channel);
              last.set(channel, data as number);
              for (const reader of readers) {
                if (reader.channel === undefined || reader.channel === channel) reader.expected.push(data as number);
              }
            }
          } else if ('read' in what) {
            const channel = what.read;
            const expected =
              channel === undefined ? [...last.values()] : [last.get(channel)].filter((x) => x !== undefined);
            readers.push({ channel, expected, seen: read(store, query({ channel }), quiet) });
          } else {
            readers.splice(what.dispose, 1)[0]?.seen.dispose();
          }
        }
        for (const { seen, expected } of readers) expect(valuesOf(seen.group).flat()).to.deep.equal(expected);
      }),
    );
  });
});
