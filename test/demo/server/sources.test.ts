/** What the sources that push share, without any program: messages, rows of devices, pacing, sentences, settings. */
import { expect } from 'chai';
import fc from 'fast-check';
import { Unpublished } from '../../../demo/server/broker.js';
import { DeviceTable, deviceOf, isFilter } from '../../../demo/server/sources/device-table.js';
import { Refusals, deliver, readMessage } from '../../../demo/server/sources/message.js';
import { Paced } from '../../../demo/server/sources/paced.js';
import { secretsOf, sentenceOf } from '../../../demo/server/sources/sentence.js';
import { sourceSettings } from '../../../demo/server/sources/settings.js';
import { FakeClock } from './fake-clock.js';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const bytes = (text: string): Buffer => Buffer.from(text);

describe('a message of a queue', () => {
  it('is a value or a reason that says nothing of its content, whatever its bytes are', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('json' as const, 'text' as const),
        (data, format) => {
          const reading = readMessage(data, format, 100);
          if ('refusal' in reading)
            expect(reading.refusal).to.match(/^it (is no JSON|is no UTF-8|is longer than 100 bytes)$/);
          else if (format === 'text') expect(Buffer.from(reading.value as string)).to.deep.equal(Buffer.from(data));
          else expect(reading.value).to.deep.equal(JSON.parse(new TextDecoder().decode(data)));
        },
      ),
    );
  });

  it('is refused where it nests too deeply to be written, or is not there', () => {
    const nested = (depth: number): Buffer => bytes('['.repeat(depth) + ']'.repeat(depth));
    expect(readMessage(nested(64), 'json', 1e6)).to.have.property('value');
    expect(readMessage(nested(65), 'json', 1e6)).to.deep.equal({ refusal: 'it nests deeper than 64' });
    expect(readMessage(nested(100_000), 'json', 1e6)).to.deep.equal({ refusal: 'it nests deeper than 64' });
    expect(readMessage(null, 'json', 9)).to.deep.equal({ refusal: 'it has no data' });
  });

  it('is tried again after pauses that double up to 2 s, with a sign of life before each', async () => {
    const clock = new FakeClock();
    const { signal } = new AbortController();
    let [tries, beats] = [0, 0];
    const push = async (): Promise<void> => {
      tries += 1;
      if (tries < 6) throw new Unpublished('not now');
    };
    const beat = async (): Promise<unknown> => (beats += 1);
    const delivered = deliver(push, { channel: 'a', data: 1 }, { clock, signal, beat });
    for (const [index, pause] of [250, 500, 1_000, 2_000, 2_000].entries()) {
      await settled();
      expect([tries, beats]).to.deep.equal([index + 1, index]);
      clock.advance(pause - 1);
      await settled();
      expect(tries).to.equal(index + 1);
      clock.advance(1);
    }
    await delivered;
    expect([tries, beats, clock.timers]).to.deep.equal([6, 5, 0]);
  });

  it('is let go at once when its source is, and when something else is wrong', async () => {
    const clock = new FakeClock();
    const end = new AbortController();
    const delivery = { clock, signal: end.signal, beat: async () => undefined };
    const fails = (error: Error) => () => Promise.reject(error);
    const both = Promise.allSettled([
      deliver(fails(new Unpublished('not now')), { channel: 'a', data: 1 }, delivery),
      deliver(fails(new TypeError('broken')), { channel: 'a', data: 1 }, delivery),
    ]);
    await settled();
    end.abort();
    const results = await both;
    expect(results.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    expect(results[1]).to.have.nested.property('reason.message', 'broken');
    expect(clock.timers).to.equal(0);
  });

  it('that is passed over is told of at the first, the tenth, the hundredth', () => {
    const told: string[] = [];
    const refusals = new Refusals('queue', (line) => told.push(line));
    for (let i = 1; i <= 150; i += 1) refusals.tell(`entry ${i}`, 'it is no JSON');
    expect(told).to.deep.equal([
      'source queue: entry 1 is passed over, because it is no JSON',
      'source queue: entry 10 is passed over, because it is no JSON; so far 10 were passed over',
      'source queue: entry 100 is passed over, because it is no JSON; so far 100 were passed over',
    ]);
  });
});

describe('a table of devices', () => {
  it('names a device by what the wildcards stand for', () => {
    for (const [filter, topic, device] of [
      ['plant/+/temperature', 'plant/a/temperature', 'a'],
      ['plant/+/temperature', 'plant/a/humidity', undefined],
      ['plant/+/temperature', 'plant/a/temperature/x', undefined],
      ['plant/+/temperature', 'plant/a', undefined],
      ['+/+/temperature', 'plant/a/temperature', 'plant/a'],
      ['plant/#', 'plant/a/b', 'a/b'],
      ['plant/#', 'plant', 'plant'],
      ['plant/a', 'plant/a', 'plant/a'],
      ['#', '$SYS/uptime', undefined],
      ['+/uptime', '$SYS/uptime', undefined],
      ['$SYS/#', '$SYS/uptime', 'uptime'],
      ['plant//+', 'plant//a', 'a'],
    ] as const) {
      expect(deviceOf(filter, topic), `${filter} ${topic}`).to.equal(device);
    }
  });

  it('knows a topic filter from what is none', () => {
    for (const filter of ['a', 'a/+/b', '#', 'a/#', '+', '/', 'a//b']) expect(isFilter(filter), filter).to.equal(true);
    for (const none of ['', 'a#', 'a/#/b', 'a+/b', 'a\0']) expect(isFilter(none), none).to.equal(false);
  });

  it('is never longer than it may be, and holds the devices that spoke last, the newest of each', () => {
    const names = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.integer())), (messages) => {
        const table = new DeviceTable('p/+', { devices: 3, format: 'json', maxBytes: 100 });
        for (const [name, value] of messages) {
          table.take({ topic: `p/${name}`, payload: bytes(String(value)), at: 0, retained: false });
        }
        const newest = new Map<string, number>();
        for (const [name, value] of messages.toReversed()) if (!newest.has(name)) newest.set(name, value);
        const expected = [...newest].slice(0, 3).sort(([a], [b]) => (a < b ? -1 : 1));
        expect(table.rows().map((row) => [row['device'], row['value']])).to.deep.equal(expected);
      }),
    );
  });
});

describe('what is paced', () => {
  it('is done at once, then not before its period is over, then for all that came meanwhile', async () => {
    const clock = new FakeClock();
    let [done, ends]: [number, (() => void)[]] = [0, []];
    const action = (): Promise<void> => {
      done += 1;
      return new Promise((resolve) => ends.push(resolve));
    };
    const end = async (): Promise<void> => {
      for (const each of ends) each();
      ends = [];
      await settled();
    };
    const paced = new Paced(action, 100, clock);
    paced.changed();
    clock.advance(0);
    expect(done).to.equal(1);
    for (let i = 0; i < 1_000; i += 1) paced.changed();
    clock.advance(500);
    expect(done, 'never twice at a time').to.equal(1);
    await end();
    clock.advance(0);
    expect(done).to.equal(2);
    await end();
    paced.changed();
    clock.advance(99);
    expect(done).to.equal(2);
    clock.advance(1);
    expect(done).to.equal(3);
    paced.changed();
    paced.stop();
    await end();
    clock.advance(1_000);
    expect([done, clock.timers]).to.deep.equal([3, 0]);
  });
});

describe('a sentence of a source', () => {
  it('has no credentials of an address in it, and no secret, as it is or as it is written in an address', () => {
    const address = 'mqtt://user:p%40ss@word@host:1883/x';
    const secrets = secretsOf('redis://user:p%40ssword@host');
    expect(sentenceOf(new Error(`cannot reach ${address}`))).to.equal('cannot reach mqtt://host:1883/x');
    expect(sentenceOf(new Error('bad p@ssword or p%40ssword\nsecond line'), secrets)).to.equal(
      'bad … or … second line',
    );
    expect(sentenceOf(new Error('x'.repeat(1_000)))).to.have.length(200);
    const empty = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' });
    expect(sentenceOf(empty)).to.equal('ECONNREFUSED');
    expect(secretsOf('redis://host')).to.deep.equal([]);
    expect(secretsOf('no address')).to.deep.equal([]);
  });
});

describe('the settings of the sources that push', () => {
  const redis = { kind: 'redis-stream', url: 'redis://:hunter2@h', stream: 's', channel: 'c' };
  const kafka = { kind: 'kafka', brokers: ['h:9092'], topics: { t: 'c' } };
  const mqtt = { kind: 'mqtt', url: 'mqtt://u:hunter2@h', topics: { 'p/+': 'c' } };

  it('are taken as PROTOCOL.md says them', () => {
    for (const each of [redis, kafka, mqtt]) expect(sourceSettings.safeParse(each).success).to.equal(true);
  });

  it('say each mistake in a sentence, and never a secret', () => {
    for (const [settings, sentence] of [
      [{ ...redis, url: 'http://:hunter2@h' }, 'is an address such as redis://host:6379'],
      [{ ...redis, channel: 'a\nb' }, 'is a channel: 1 to 128 characters, none of them a control character'],
      [{ ...redis, channel: 7 }, 'is a channel, or {"field": "…"}: the field that names it'],
      [{ ...redis, format: 'xml' }, 'is json or text'],
      [{ ...redis, from: 'never' }, 'is now or beginning'],
      [{ ...kafka, brokers: [] }, 'names at least one broker'],
      [{ ...kafka, brokers: ['kafka://u:hunter2@h'] }, 'is a host and a port such as kafka.example.org:9092'],
      [{ ...kafka, topics: {} }, 'names at least one topic and its channel'],
      [{ ...kafka, topics: { t: ' ' } }, 'is a channel: 1 to 128 characters, none of them a control character'],
      [
        { ...kafka, sasl: { mechanism: 'none', username: 'u', password: 'hunter2' } },
        'is plain, scram-sha-256 or scram-sha-512',
      ],
      [{ ...mqtt, url: 'http://u:hunter2@h' }, 'is an address such as mqtt://host:1883'],
      [{ ...mqtt, topics: { 'p/#/x': 'c' } }, 'names topic filters such as plant/+/temperature'],
      [{ ...mqtt, topics: { 'p/+': 'c', 'q/+': 'c' } }, 'gives each topic filter a channel of its own'],
      [{ ...mqtt, version: '4' }, 'is 3.1.1 or 5'],
    ] as const) {
      const { error } = sourceSettings.safeParse(settings);
      expect(error?.issues.map(({ message }) => message)).to.deep.equal([sentence]);
      expect(String(error)).to.not.include('hunter2');
    }
  });
});
