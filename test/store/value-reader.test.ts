import { expect } from 'chai';
import fc from 'fast-check';
import type { Message } from '../../src/kernel/message.js';
import { toNumber } from '../../src/kernel/number.js';
import type { SeriesQuery } from '../../src/store/samples.js';
import { Store } from '../../src/store/store.js';
import { ValueReader } from '../../src/store/value-reader.js';
import { parseWhere } from '../../src/store/where.js';

const T = 1_700_000_000_000;
const SPAN = 60_000;
const message = (data: unknown, channel = 'metrics', time = T): Message => ({ channel, data, time, id: undefined });

const reading = (query: SeriesQuery): ValueReader => new ValueReader(query, SPAN);
const cpu = { channel: 'metrics', field: 'cpu' };

describe('the reader of one value', () => {
  it('knows nothing at first', () => {
    const reader = reading(cpu);
    expect(reader.last).to.equal(undefined);
    expect(reader.lastNumber).to.equal(undefined);
    expect(reader.lastPlain).to.equal(undefined);
    expect(reader.recent.length).to.equal(0);
  });

  it('remembers the field’s value, its time and when it came', () => {
    const reader = reading(cpu);
    expect(reader.ingest(message({ cpu: 12.5 }), 7)).to.equal(true);
    expect(reader.last).to.deep.equal({ raw: 12.5, channel: 'metrics', number: 12.5, time: T, arrival: 7 });
    expect(reader.lastNumber).to.equal(reader.last);
    expect(reader.lastPlain).to.equal(reader.last);
  });

  it('takes the data’s own time before the message’s', () => {
    const reader = reading(cpu);
    reader.ingest(message({ cpu: 1, timestamp: T + 5 }), 0);
    expect(reader.last?.time).to.equal(T + 5);
  });

  it('is not touched by a message without the field, of another channel, or that where keeps out', () => {
    const where = parseWhere('host=a');
    if (!where.ok) throw new Error(where.problem);
    const reader = reading({ ...cpu, where: where.value });
    expect(reader.ingest(message({ memory: 1, host: 'a' }), 0)).to.equal(false);
    expect(reader.ingest(message({ cpu: 1, host: 'a' }, 'other'), 0)).to.equal(false);
    expect(reader.ingest(message({ cpu: 1, host: 'b' }), 0)).to.equal(false);
    expect(reader.last).to.equal(undefined);
    expect(reader.ingest(message({ cpu: 1, host: 'a' }), 0)).to.equal(true);
  });

  it('reads every channel where none is named, and the data itself where no field is', () => {
    const reader = reading({});
    expect(reader.reads('anything')).to.equal(true);
    reader.ingest(message(3, 'a'), 0);
    reader.ingest(message('4', 'b'), 1);
    expect(reader.last).to.deep.equal({ raw: '4', channel: 'b', number: 4, time: T, arrival: 1 });
    expect(reading(cpu).reads('other')).to.equal(false);
  });

  it('keeps the last number, and the last plain value, beside what is none', () => {
    const reader = reading(cpu);
    for (const [at, value] of [5, 'starting', null, { a: 1 }].entries()) reader.ingest(message({ cpu: value }), at);
    expect(reader.lastNumber).to.deep.include({ raw: 5, arrival: 0 });
    expect(reader.lastPlain).to.deep.include({ raw: 'starting', arrival: 1 });
    expect(reader.last).to.deep.include({ raw: { a: 1 }, number: undefined, arrival: 3 });
  });

  it('takes true and false for plain values, and for no numbers', () => {
    const reader = reading(cpu);
    reader.ingest(message({ cpu: false }), 0);
    expect(reader.lastPlain?.raw).to.equal(false);
    expect(reader.lastNumber).to.equal(undefined);
  });

  it('reads each item of data that is an array, each with its own time, and ends at the last', () => {
    const reader = reading(cpu);
    reader.ingest(message([{ cpu: 1, time: T }, { memory: 9 }, { cpu: 3, time: T + 2_000 }]), 0);
    expect(reader.last).to.deep.include({ raw: 3, time: T + 2_000 });
    expect(reader.recent.length).to.equal(2);
  });

  it('fault 32: reads no __proto__, constructor or inherited member', () => {
    for (const field of ['__proto__', '__proto__.cpu', 'constructor', 'toString.length', 'cpu.constructor']) {
      const reader = reading({ field });
      expect(reader.ingest(message(JSON.parse('{"__proto__": {"cpu": 1}, "cpu": 2}')), 0), field).to.equal(false);
    }
  });

  it('gives what is confirmed a new arrival, and nothing else', () => {
    const reader = reading(cpu);
    expect(reader.confirm(5)).to.equal(false);
    reader.ingest(message({ cpu: 1 }), 0);
    expect(reader.confirm(5, 'other')).to.equal(false);
    expect(reader.last?.arrival).to.equal(0);
    expect(reader.confirm(5, 'metrics')).to.equal(true);
    expect(reader.last).to.deep.equal({ raw: 1, channel: 'metrics', number: 1, time: T, arrival: 5 });
    expect(reader.lastNumber).to.equal(reader.last);
    expect(reader.lastPlain).to.equal(reader.last);
    expect(reader.confirm(6)).to.equal(true);
    expect(reader.last?.arrival).to.equal(6);
  });

  it('does not confirm a number that is no longer the last', () => {
    const reader = reading(cpu);
    reader.ingest(message({ cpu: 1 }), 0);
    reader.ingest(message({ cpu: null }), 1);
    reader.confirm(9);
    expect(reader.last?.arrival).to.equal(9);
    expect(reader.lastNumber?.arrival).to.equal(0);
    expect(reader.lastPlain?.arrival).to.equal(0);
  });

  it('starts late with the last message of each of its channels, confirmed as they were', () => {
    const store = new Store();
    store.ingest([message({ cpu: 1 }), message({ cpu: 2 }), message({ cpu: 3 }, 'other')], 10);
    store.confirm(20, 'metrics');
    const reader = reading(cpu);
    store.attach(reader, () => undefined);
    expect(reader.last).to.deep.equal({ raw: 2, channel: 'metrics', number: 2, time: T, arrival: 20 });
    const any = reading({ field: 'cpu' });
    store.attach(any, () => undefined);
    expect(any.last?.raw).to.equal(3);
  });

  it('holds, whatever comes, the last value, the last number and the last plain value', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.jsonValue(), { nil: undefined })), (values) => {
        const reader = reading(cpu);
        const heard = values.map((value) => reader.ingest(message(value === undefined ? {} : { cpu: value }), 0));
        expect(heard).to.deep.equal(values.map((value) => value !== undefined));
        const known = values.filter((value) => value !== undefined);
        expect(reader.last?.raw).to.equal(known.at(-1));
        expect(reader.lastNumber?.raw).to.equal(known.findLast((value) => toNumber(value) !== undefined));
        expect(reader.lastPlain?.raw).to.equal(known.findLast((value) => value !== null && typeof value !== 'object'));
      }),
    );
  });

  it('never throws on data from the wire', () => {
    const field = fc.oneof(fc.string(), fc.constantFrom('a', 'a.b', 'a.0', '0', '__proto__', 'length', ''));
    fc.assert(
      fc.property(field, fc.array(fc.jsonValue()), (path, all) => {
        const reader = reading({ field: path });
        for (const data of all) reader.ingest(message(data), 0);
      }),
    );
  });
});
