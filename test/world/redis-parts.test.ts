/** The parts of what joins instances, each alone: the entries of the log, the mirror, the outbox, the lease, the counters. */
import { expect } from 'chai';
import fc from 'fast-check';
import { defaultBounds } from '../../demo/server/bounds.js';
import { Unpublished } from '../../demo/server/broker.js';
import { readConfig } from '../../demo/server/config.js';
import { Hub, isChannel, isEvent, type Message } from '../../demo/server/hub.js';
import { countersIn } from '../../demo/server/redis/counters.js';
import { readLogged, readPublished, textOf, type Entry, type EventEntry } from '../../demo/server/redis/entry.js';
import { Lease } from '../../demo/server/redis/lease.js';
import { Mirror } from '../../demo/server/redis/mirror.js';
import { Outbox } from '../../demo/server/redis/outbox.js';
import { FakeClock } from '../demo/server/fake-clock.js';

const event = (id: number, channel = 'orders'): EventEntry => ({
  kind: 'event',
  id,
  at: 1,
  from: 'x',
  n: id,
  channel,
  kept: false,
  data: String(id),
});

describe('an entry of the shared log', () => {
  it('is read as it was written, from what is published and from the log', () => {
    fc.assert(
      fc.property(
        fc.record({
          id: fc.nat(),
          at: fc.nat(),
          from: fc.uuid(),
          n: fc.nat(),
          channel: fc.string({ minLength: 1, maxLength: 20 }).filter(isChannel),
          kept: fc.boolean(),
          data: fc.jsonValue().map((value) => JSON.stringify(value, null, 1)),
        }),
        (given) => {
          const entry: Entry = { kind: 'event', ...given };
          expect(readPublished(`${given.id}\n${given.at}\n${textOf(given)}`)).to.deep.equal(entry);
          expect(readLogged([`${given.id}-0`, ['at', String(given.at), 'text', textOf(given)]])?.entry).to.deep.equal(
            entry,
          );
        },
      ),
    );
  });

  it('that says nothing that can be understood has its id alone, and one without an id is none', () => {
    for (const text of ['', 'event', 'skip\n9', 'skip\nx', 'gap\n', 'event\nx\n1\n\norders\n{', 'event\nx\n1\n\n \n1'])
      expect(readPublished(`5\n1\n${text}`), text).to.deep.equal({ kind: 'bad', id: 5 });
    for (const text of ['', '5', 'x\n1\ngap', '-5\n1\ngap', '9999999999999999\n1\ngap'])
      expect(readPublished(text)?.id, text).to.equal(undefined);
    expect(readPublished('5\n1\nskip\n3')).to.deep.equal({ kind: 'skip', id: 5, after: 3 });
    expect(readLogged(['5-1', ['a', '1', 'b', 'gap']])).to.deep.equal({ key: '5-1', entry: undefined });
    expect(readLogged(['5-0', null])).to.deep.equal({ key: '5-0', entry: { kind: 'bad', id: 5 } });
    for (const value of [undefined, 1, 'x', {}, [1]]) expect(readLogged(value)).to.equal(undefined);
  });

  it('of whatever text is read without an error', () => {
    fc.assert(fc.property(fc.string(), (text) => void readPublished(text)));
  });
});

describe('the mirror', () => {
  const rig = () => {
    const hub = new Hub(new FakeClock(), defaultBounds);
    const got: Message[] = [];
    hub.addOutlet((message) => got.push(message));
    const told = { gaps: 0, sentences: [] as string[], skipped: 0 };
    hub.onGap(() => (told.gaps += 1));
    const mirror = new Mirror(hub, {
      log: (sentence) => told.sentences.push(sentence),
      delivered: () => undefined,
      skipped: () => (told.skipped += 1),
    });
    return { hub, mirror, told, ids: () => got.filter(isEvent).map(({ id }) => id) };
  };

  it('takes what is next, once, and says where something is missing', () => {
    const { mirror, ids } = rig();
    expect(mirror.take(event(7))).to.equal('missing');
    mirror.load(event(7));
    expect([8, 8, 7, 10, 9, 10].map((id) => mirror.take(event(id)))).to.deep.equal([
      'taken',
      'known',
      'known',
      'missing',
      'taken',
      'taken',
    ]);
    expect(ids()).to.deep.equal([7, 8, 9, 10]);
  });

  it('goes over ids that nobody was given without a gap, and knows none of them', () => {
    const { mirror, hub, told } = rig();
    mirror.load(event(7));
    expect(mirror.take({ kind: 'skip', id: 100, after: 7 })).to.equal('taken');
    expect(mirror.take(event(101))).to.equal('taken');
    expect(told.gaps).to.equal(1); // at the beginning
    expect([6, 7, 8, 99, 100, 101].map((id) => hub.covers(id))).to.deep.equal([true, true, false, false, true, true]);
    expect(hub.after(7)?.id).to.equal(101);
    expect(mirror.take({ kind: 'skip', id: 200, after: 101 })).to.equal('taken');
    expect([7, 99, 100, 101, 150, 200].map((id) => hub.covers(id))).to.deep.equal([
      false,
      false,
      true,
      true,
      false,
      true,
    ]);
  });

  it('tells of the gap where something is lost, and goes on after it', () => {
    const { mirror, hub, told } = rig();
    mirror.load(event(7));
    mirror.load(event(10));
    expect(told.gaps).to.equal(2);
    expect([7, 8, 9, 10].map((id) => hub.covers(id))).to.deep.equal([false, false, true, true]);
    expect(mirror.take({ kind: 'gap', id: 50 })).to.equal('taken');
    expect([told.gaps, told.skipped]).to.deep.equal([3, 3]);
    expect([10, 49, 50].map((id) => hub.covers(id))).to.deep.equal([false, false, true]);
  });

  it('leaves out what is bad, and says so once', () => {
    const { mirror, hub, told, ids } = rig();
    mirror.load(event(7));
    for (const id of [8, 9]) mirror.take({ kind: 'bad', id });
    mirror.take(event(10));
    expect(ids()).to.deep.equal([7, 10]);
    expect(hub.after(7)?.id).to.equal(10);
    expect(told.sentences).to.have.lengthOf(1);
  });

  it('lets a client that is ahead of it wait for what comes after its id, and no further than instances differ', () => {
    const { mirror, hub } = rig();
    hub.share();
    mirror.load(event(1_000_000));
    expect([1_000_001, 1_010_000, 1_010_001].map((id) => hub.covers(id))).to.deep.equal([true, true, false]);
  });
});

describe('the outbox', () => {
  const item = { keptFor: undefined, lease: undefined };

  it('is bounded by count and by size, and has room again for each that is taken out', () => {
    const outbox = new Outbox({ outboxMessages: 2, outboxBytes: 10 });
    expect(outbox.add(item, () => 'x'.repeat(11))).to.equal(undefined);
    const first = outbox.add(item, () => 'x'.repeat(6));
    expect(outbox.add(item, () => 'x'.repeat(5))).to.equal(undefined);
    expect(outbox.add(item, () => 'x')).not.to.equal(undefined);
    expect(outbox.add(item, () => 'x')).to.equal(undefined);
    expect(outbox.take(first?.waiting.n ?? NaN)).to.equal(first?.waiting);
    expect(outbox.take(first?.waiting.n ?? NaN)).to.equal(undefined);
    expect(outbox.add(item, () => 'x'.repeat(9))?.waiting.n).to.equal(3);
  });

  it('refuses those that are meant with a sentence, and keeps the others in their order', async () => {
    const outbox = new Outbox({ outboxMessages: 9, outboxBytes: 99 });
    const added = ['a', undefined, 'b', undefined].map((lease) => outbox.add({ ...item, lease }, String));
    outbox.refuse('no more', ({ lease }) => lease !== undefined);
    for (const index of [0, 2]) {
      const error: unknown = await added[index]?.done.catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(Unpublished).with.property('message', 'no more');
    }
    expect([...outbox.all()].map(({ n }) => n)).to.deep.equal([2, 4]);
  });
});

describe('the lease', () => {
  it('ends by its own clock where it is not renewed, and has another name then', () => {
    const clock = new FakeClock();
    let lost = 0;
    const lease = new Lease('me', clock, () => (lost += 1));
    expect([lease.isHeld, lease.name]).to.deep.equal([false, 'me/1']);
    lease.hold(2_000);
    clock.advance(1_500);
    lease.hold(3_500);
    clock.advance(1_999);
    expect([lease.isHeld, lease.name, lost]).to.deep.equal([true, 'me/1', 0]);
    clock.advance(1);
    expect([lease.isHeld, lease.name, lost]).to.deep.equal([false, 'me/2', 1]);
    lease.end();
    expect([lease.name, lost, clock.timers]).to.deep.equal(['me/2', 1, 0]);
  });
});

describe('the counters of others', () => {
  it('are taken where they are counters', () => {
    const good = { requests_per_second: 1, avg_response_time: 2, error_rate: 0.5, active_users: 3 };
    const bad = ['', '{', 'null', '[]', '{"requests_per_second":1}', JSON.stringify({ ...good, active_users: '3' })];
    expect(countersIn([...bad, JSON.stringify({ ...good, more: 1 })])).to.deep.equal([good]);
    expect(countersIn('x')).to.deep.equal([]);
  });
});

describe('the configuration of Redis', () => {
  const read = (redis: unknown, env: Record<string, string> = {}): unknown =>
    readConfig({ RT_CONFIG: 'rt.json', ...env }, () => JSON.stringify({ redis })).redis;

  it('is an address and a prefix, before which REDIS_URL goes', () => {
    expect(read({ url: 'redis://x:${P}@h', prefix: '{a}:' }, { P: 'p' })).to.deep.equal({
      url: 'redis://x:p@h',
      prefix: '{a}:',
    });
    expect(read({ url: 'rediss://h' })).to.deep.equal({ url: 'rediss://h', prefix: 'rt:' });
    expect(read({ url: 'redis://h', prefix: 'a:' }, { REDIS_URL: 'redis://b' })).to.deep.equal({
      url: 'redis://b',
      prefix: 'a:',
    });
    expect(readConfig({ REDIS_URL: 'redis://b' }).redis).to.deep.equal({ url: 'redis://b', prefix: 'rt:' });
    expect(readConfig({ REDIS_URL: ' ' })).not.to.have.property('redis');
  });

  it('is refused in a sentence that does not tell what it was', () => {
    expect(() => read({ url: 'http://:secret@h' })).to.throw(
      /^rt\.json: redis\.url: is an address such as redis:(?!.*secret)/,
    );
    expect(() => read({ url: 'redis://h', prefix: 'a b' })).to.throw(/^rt\.json: redis\.prefix: has 1 to 64 /);
    expect(() => readConfig({ REDIS_URL: 'localhost:6379' })).to.throw(/^REDIS_URL is an address such as /);
  });
});
