/** Sources side by side: each with its own limit, none the other's end. */
import { expect } from 'chai';
import { Aggregator, snapshotJson } from '../../../demo/server/aggregator.js';
import { ApiCounters } from '../../../demo/server/sources/api.js';
import { hostSources } from '../../../demo/server/sources/host.js';
import type { AskedSource, Figures } from '../../../demo/server/source.js';
import { FakeClock } from './fake-clock.js';
import { snapshotOf, useServers } from './helpers.js';

const source = (name: string, read: AskedSource['read'], limit?: number): AskedSource => ({
  name,
  part: name,
  figures: ['value'],
  read,
  ...(limit !== undefined && { limit }),
});

const good = source('good', async () => ({ value: 1 }));
const never = (): Promise<never> => new Promise(() => undefined);

describe('the aggregator', () => {
  const aggregate = (...sources: AskedSource[]): { clock: FakeClock; all: Aggregator; told: string[] } => {
    const clock = new FakeClock();
    const told: string[] = [];
    return { clock, told, all: new Aggregator(sources, clock, (sentence) => told.push(sentence), 1_000) };
  };

  it('keeps the others when one throws, at once or later', async () => {
    const atOnce = source('atOnce', () => {
      throw new Error('no');
    });
    const later = source('later', () => Promise.reject(new Error('no')));
    const { parts, stale } = await aggregate(good, atOnce, later).all.collect(800);
    expect(parts).to.deep.equal({ good: { value: 1 }, atOnce: { value: null }, later: { value: null } });
    expect(stale).to.deep.equal({
      atOnce: { reason: 'error', age: null },
      later: { reason: 'error', age: null },
    });
  });

  it('goes on without one that hangs, after its own time limit', async () => {
    const { clock, all } = aggregate(good, source('slow', never, 300));
    const collected = all.collect(800);
    clock.advance(300);
    expect(await collected).to.deep.include({
      parts: { good: { value: 1 }, slow: { value: null } },
      stale: { slow: { reason: 'timeout', age: null } },
    });
    expect(clock.timers).to.equal(0);
  });

  it('aborts a reading at its limit', async () => {
    let reason: unknown;
    const { clock, all } = aggregate(
      source('slow', (signal) => {
        signal.addEventListener('abort', () => (reason = signal.reason as unknown));
        return never();
      }),
    );
    const collected = all.collect(800);
    clock.advance(800);
    await collected;
    expect(reason).to.be.instanceOf(Error);
  });

  it('does not ask again while a reading that ignored its abort is out', async () => {
    let asked = 0;
    let finish = (): void => undefined;
    const { clock, all } = aggregate(
      source('slow', () => {
        asked += 1;
        return new Promise((resolve) => (finish = () => resolve({ value: asked })));
      }),
    );
    const collected = all.collect(800);
    clock.advance(800);
    await collected;
    expect((await all.collect(800)).stale).to.have.property('slow');
    expect(asked).to.equal(1);
    finish();
    await new Promise<void>((resolve) => setImmediate(resolve));
    const again = all.collect(800);
    finish();
    expect((await again).parts).to.deep.equal({ slow: { value: 2 } });
  });

  it('keeps the last good answer with its age, and forgets the fault when it is back', async () => {
    let fails = false;
    const { clock, all, told } = aggregate(
      source('moody', async () => {
        if (fails) throw new Error('away');
        return { value: 7 };
      }),
    );
    expect(await all.collect(800)).to.deep.include({ parts: { moody: { value: 7 } }, stale: {} });
    fails = true;
    clock.advance(2_500);
    await all.collect(800);
    expect(await all.collect(800)).to.deep.include({
      parts: { moody: { value: 7 } },
      stale: { moody: { reason: 'error', age: 2_500 } },
    });
    fails = false;
    expect((await all.collect(800)).stale).to.deep.equal({});
    expect(told).to.deep.equal(['source moody: error, Error: away', 'source moody is back']);
  });

  it('takes neither figures that were not announced nor numbers that are none', async () => {
    const odd: AskedSource = {
      name: 'odd',
      part: 'odd',
      figures: ['a', 'b', 'c'],
      read: async () => ({ a: NaN, b: Infinity, extra: 1, timestamp: 2 }),
    };
    expect((await aggregate(odd).all.collect(800)).parts).to.deep.equal({ odd: { a: null, b: null, c: null } });
  });

  it('says what is stale in the snapshot only where something is', async () => {
    expect(JSON.parse(snapshotJson(await aggregate(good).all.collect(800)))).to.have.all.keys('good', 'timestamp');
    const bad = source('bad', () => Promise.reject(new Error('secret')));
    const json = snapshotJson(await aggregate(good, bad).all.collect(800));
    expect(JSON.parse(json)).to.have.all.keys('good', 'bad', 'timestamp', 'stale');
    expect(json).not.to.include('secret');
  });
});

describe('a server with a broken source', () => {
  const start = useServers();

  it('starts, and serves the others every second', async () => {
    const broken = source('disk', () => Promise.reject(new Error('no disk')));
    const { url, tick } = await start({ sources: [good, broken] });
    await tick();
    const snapshot = await snapshotOf(url);
    expect(snapshot).to.deep.include({ good: { value: 1 }, disk: { value: null } });
    expect(snapshot.stale).to.deep.equal({ disk: { reason: 'error', age: null } });
    expect(snapshot.api['requests_per_second']).to.be.above(0);
  });
});

describe('the host’s own figures', () => {
  it('are real numbers within a second of the first reading', async () => {
    const began = performance.now();
    const read = await Promise.all(hostSources().map((each) => each.read(new AbortController().signal)));
    const figures: Figures = Object.fromEntries(read.flatMap((each) => Object.entries(each)));
    expect(performance.now() - began).to.be.below(2_000);
    for (const name of ['cpu_usage', 'memory_usage', 'disk_usage']) {
      expect(figures[name]).to.be.a('number').within(0, 100);
    }
    expect(figures['memory_usage']).to.be.above(0);
    for (const name of ['network_in', 'network_out']) expect(figures[name]).to.be.a('number').at.least(0);
  }).timeout(5_000);
});

describe('the server’s own counters', () => {
  it('give the mean of exactly the last ten seconds', () => {
    const clock = new FakeClock();
    const counters = new ApiCounters(clock);
    for (let i = 0; i < 25; i += 1) counters.begin().end(200);
    clock.advance(9_900);
    expect(counters.figures().requests_per_second).to.equal(2.5);
    clock.advance(100);
    expect(counters.figures().requests_per_second).to.equal(0);
  });

  it('count a request when it comes and its time when it is answered, once', () => {
    const clock = new FakeClock();
    const counters = new ApiCounters(clock);
    const slow = counters.begin();
    counters.begin().end(503);
    clock.advance(30);
    slow.end(200);
    slow.end(500);
    counters.begin();
    expect(counters.total).to.equal(3);
    expect(counters.figures()).to.deep.equal({ requests_per_second: 0.3, avg_response_time: 15, error_rate: 0.5 });
  });
});
