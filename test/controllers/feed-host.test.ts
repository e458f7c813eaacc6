import fc from 'fast-check';
import { FeedHost } from '../../src/controllers/feed-host/feed-host.js';
import type { ConnectionView } from '../../src/feed/connection.js';
import { FrameScheduler } from '../../src/frame/scheduler.js';
import type { RtError } from '../../src/kernel/errors.js';
import { MAX_MESSAGES_A_FLUSH } from '../../src/kernel/limits.js';
import type { Message } from '../../src/kernel/message.js';
import type { Status } from '../../src/kernel/status.js';
import type { FreshnessChange } from '../../src/store/freshness.js';
import { ValueReader } from '../../src/store/value-reader.js';
import { FakeEnv, NOTHING_HELD } from '../support/fake-env.js';
import { expect } from '../support/testing.js';

interface Heard {
  readonly flushes: { readonly messages: readonly Message[]; readonly dropped: number }[];
  readonly statuses: Status[];
  readonly changes: FreshnessChange[];
  readonly errors: RtError[];
}

const setUp = (): Heard & { env: FakeEnv; host: FeedHost; dataOf: () => unknown[] } => {
  const env = new FakeEnv();
  const heard: Heard = { flushes: [], statuses: [], changes: [], errors: [] };
  const host = new FeedHost(
    { env, frames: new FrameScheduler(env) },
    {
      status: ({ status }: ConnectionView) => heard.statuses.push(status),
      freshness: (change) => heard.changes.push(change),
      messages: (messages, dropped) => heard.flushes.push({ messages, dropped }),
      error: (error) => heard.errors.push(error),
      // As the element does.
      wantPaused: (paused) => (host.paused = paused),
    },
    100,
  );
  const dataOf = (): unknown[] => heard.flushes.flatMap(({ messages }) => messages.map(({ data }) => data));
  return { env, host, ...heard, dataOf };
};

const push = (host: FeedHost, ...data: readonly unknown[]): void => {
  for (const each of data) host.connection.push({ channel: 'a', data: each });
};

/** A reader, and how often it was told that it has something to show. */
const attach = (host: FeedHost): { reader: ValueReader; shown: unknown[]; detach: () => void } => {
  const reader = new ValueReader({ channel: 'a' }, 60_000);
  const shown: unknown[] = [];
  const detach = host.attach(reader, () => shown.push(reader.last?.raw));
  return { reader, shown, detach };
};

describe('what stands behind a feed', () => {
  it('tells a widget once a frame, at the last value, however many messages come', () => {
    const { env, host } = setUp();
    const { shown } = attach(host);
    for (let index = 0; index < 1_000; index++) push(host, index);
    expect(shown).to.deep.equal([]);
    env.runFrame();
    expect(shown).to.deep.equal([999]);
    env.runFrame();
    expect(shown).to.deep.equal([999]);
  });

  it('takes a sample in at once, without waiting for the frame', () => {
    const { host } = setUp();
    const { reader } = attach(host);
    push(host, 5);
    expect(reader.last?.raw).to.equal(5);
    expect(host.latest('a', undefined)).to.equal(5);
  });

  it('hands every message out, in order, once a flush', () => {
    const { env, host, flushes, dataOf } = setUp();
    push(host, 1, 2);
    env.runFrame();
    push(host, 3);
    env.runFrame();
    env.runFrame();
    expect(flushes).to.have.length(2);
    expect(dataOf()).to.deep.equal([1, 2, 3]);
    expect(flushes.map(({ dropped }) => dropped)).to.deep.equal([0, 0]);
  });

  it('fault 38: hands out the newest 65,536 of a flush, and counts the rest', () => {
    const { env, host, flushes, dataOf } = setUp();
    const over = 4_464;
    const batch = Array.from({ length: MAX_MESSAGES_A_FLUSH + over }, (_, data) => ({ channel: 'a', data }));
    host.connection.push(batch);
    env.runFrame();
    expect(flushes).to.have.length(1);
    expect(flushes[0]?.dropped).to.equal(over);
    expect(flushes[0]?.messages).to.have.length(MAX_MESSAGES_A_FLUSH);
    expect(dataOf().at(0)).to.equal(over);
    expect(dataOf().at(-1)).to.equal(MAX_MESSAGES_A_FLUSH + over - 1);
    push(host, 'next');
    env.runFrame();
    expect(flushes[1]).to.deep.include({ dropped: 0 });
  });

  it('fault 38: counts right where the flood goes on for many bounds between two flushes', () => {
    const { env, host, flushes } = setUp();
    const batch = Array.from({ length: 50_000 }, (_, data) => ({ channel: 'a', data }));
    for (let time = 0; time < 10; time++) host.connection.push(batch);
    env.runFrame();
    expect(flushes[0]?.messages).to.have.length(MAX_MESSAGES_A_FLUSH);
    expect(flushes[0]?.dropped).to.equal(500_000 - MAX_MESSAGES_A_FLUSH);
  });

  it('flushes no more often than its rate, and loses nothing', () => {
    const { env, host, flushes, dataOf } = setUp();
    host.maxRate = 4;
    const { shown } = attach(host);
    for (let frame = 0; frame < 60; frame++) {
      push(host, frame);
      env.advance(1_000 / 60);
      env.runFrame();
    }
    expect(flushes.length).to.be.within(4, 5);
    expect(shown).to.have.length(flushes.length);
    env.advance(250);
    env.runFrame();
    expect(dataOf()).to.deep.equal(Array.from({ length: 60 }, (_, index) => index));
  });

  it('flushes with every frame again when the rate is taken back', () => {
    const { env, host, flushes } = setUp();
    host.maxRate = 1;
    host.maxRate = undefined;
    for (let frame = 0; frame < 5; frame++) {
      push(host, frame);
      env.advance(16);
      env.runFrame();
    }
    expect(flushes).to.have.length(5);
  });

  it('tells no widget while paused, but hands messages out; then jumps to now', () => {
    const { env, host, dataOf } = setUp();
    const { shown } = attach(host);
    host.paused = true;
    push(host, 1);
    env.runFrame();
    push(host, 2);
    env.runFrame();
    expect(shown).to.deep.equal([]);
    expect(dataOf()).to.deep.equal([1, 2]);
    host.paused = false;
    env.runFrame();
    expect(shown).to.deep.equal([2]);
  });

  describe('while paused', () => {
    /** What `held` was each time that its observers heard of it. */
    const watch = (host: FeedHost): number[] => {
      const told: number[] = [];
      host.observeHeld(() => told.push(host.held));
      return told;
    };

    it('counts what comes, and nothing before or after', () => {
      const { host } = setUp();
      push(host, 1, 2);
      expect(host.held).to.equal(0);
      host.pause();
      expect([host.paused, host.held]).to.deep.equal([true, 0]);
      push(host, 3);
      host.connection.push([
        { channel: 'a', data: 4 },
        { channel: 'b', data: 5 },
      ]);
      expect(host.held).to.equal(3);
      host.resume();
      expect([host.paused, host.held]).to.deep.equal([false, 0]);
      push(host, 6);
      expect(host.held).to.equal(0);
    });

    it('tells of the count four times a second at most, and of nothing where nothing came', () => {
      const { env, host } = setUp();
      const told = watch(host);
      let others = 0;
      host.observe(() => others++);
      push(host, 0);
      host.pause();
      const before = others;
      for (let index = 1; index <= 200; index++) {
        push(host, index);
        env.advance(10);
      }
      expect(told).to.deep.equal([25, 50, 75, 100, 125, 150, 175, 200]);
      env.advance(60_000);
      expect(told).to.have.length(8);
      expect(others - before, 'turned stale, and no more').to.be.at.most(1);
    });

    it('runs one timer for the count, and only while there is news of it', () => {
      const { env, host } = setUp();
      // That of freshness is longer.
      const timers = (): number => env.due.filter((ms) => ms <= 250).length;
      push(host, 0);
      host.pause();
      expect(timers()).to.equal(0);
      push(host, 1, 2, 3);
      expect(timers()).to.equal(1);
      env.advance(250);
      expect(timers()).to.equal(0);
      push(host, 4);
      host.resume();
      expect(timers()).to.equal(0);
      host.pause();
      push(host, 5);
      host.dispose();
      expect(env.held.timers).to.equal(0);
    });

    it('has a last word on the count before it is 0', () => {
      const { env, host } = setUp();
      const told = watch(host);
      host.pause();
      push(host, 1);
      env.advance(250);
      push(host, 2, 3);
      host.resume();
      expect(told).to.deep.equal([1, 3]);
      env.advance(1_000);
      expect(told).to.deep.equal([1, 3]);
    });

    it('keeps no more than otherwise, however long: messages go on, and what is shown comes in one draw', () => {
      const { env, host, flushes } = setUp();
      const { reader, shown } = attach(host);
      host.pause();
      for (let second = 1; second <= 3_600; second++) {
        push(host, second);
        env.advance(1_000);
        env.runFrame();
      }
      expect([host.held, host.pending, flushes.length]).to.deep.equal([3_600, 0, 3_600]);
      expect(reader.recent.length).to.be.at.most(61);
      expect(shown).to.deep.equal([]);
      host.resume();
      env.runFrame();
      env.runFrame();
      expect(shown).to.deep.equal([3_600]);
    });
  });

  it('has nothing to show on resuming where nothing came', () => {
    const { env, host } = setUp();
    const { shown } = attach(host);
    host.paused = true;
    host.paused = false;
    env.runFrame();
    expect(shown).to.deep.equal([]);
  });

  it('fault 41: hands messages out about once a second while the page is hidden', () => {
    const { env, host, flushes } = setUp();
    env.setHidden(true);
    for (let second = 0; second < 5; second++) {
      push(host, second);
      env.advance(1_000);
    }
    expect(flushes.length).to.be.within(4, 5);
    env.setHidden(false);
    push(host, 'seen');
    env.runFrame();
    expect(flushes.at(-1)?.messages.at(-1)?.data).to.equal('seen');
  });

  it('fault 41: tells widgets nothing while the page is hidden, hands messages out, and shows once on return', () => {
    const { env, host, flushes, dataOf } = setUp();
    const { shown } = attach(host);
    push(host, 0);
    env.runFrame();
    env.setHidden(true);
    for (let minute = 1; minute <= 180; minute++) {
      push(host, minute);
      env.advance(60_000);
    }
    expect(shown).to.deep.equal([0]);
    expect(dataOf()).to.have.length(181);
    expect(flushes, 'one a message').to.have.length(181);
    expect(env.held.timers, 'that of freshness').to.equal(1);
    env.setHidden(false);
    expect(env.held.frames).to.equal(1);
    env.runFrame();
    env.runFrame();
    expect(shown).to.deep.equal([0, 180]);
    expect(env.held.frames).to.equal(0);
  });

  it('shows once on return where a message comes in the same frame', () => {
    const { env, host, flushes } = setUp();
    const { shown } = attach(host);
    env.setHidden(true);
    push(host, 1);
    env.advance(2_000);
    env.setHidden(false);
    push(host, 2);
    for (let frame = 0; frame < 3; frame++) env.runFrame();
    expect(shown).to.deep.equal([2]);
    expect(flushes).to.have.length(2);
  });

  it('has nothing to show on return while it is paused, until it is resumed', () => {
    const { env, host } = setUp();
    const { shown } = attach(host);
    host.paused = true;
    env.setHidden(true);
    push(host, 1);
    env.advance(2_000);
    env.setHidden(false);
    env.runFrame();
    expect(shown).to.deep.equal([]);
    host.paused = false;
    env.runFrame();
    expect(shown).to.deep.equal([1]);
  });

  it('tells widgets about once a second while the page is hidden where they are to be kept up', () => {
    const { env, host } = setUp();
    host.whenHidden = 'keep';
    const { shown } = attach(host);
    env.setHidden(true);
    for (let tenth = 1; tenth <= 50; tenth++) {
      push(host, tenth);
      env.advance(100);
    }
    expect(shown).to.deep.equal([10, 20, 30, 40, 50]);
  });

  it('starts a late reader with the last message, and a detached one hears no more', () => {
    const { env, host } = setUp();
    push(host, 1);
    env.runFrame();
    const { reader, shown, detach } = attach(host);
    expect(reader.last?.raw).to.equal(1);
    push(host, 2);
    detach();
    detach();
    env.runFrame();
    push(host, 3);
    env.runFrame();
    expect(shown).to.deep.equal([]);
    expect(reader.last?.raw).to.equal(2);
  });

  it('fault 54: one widget that throws starves neither the others nor the messages, and is reported', () => {
    const { env, host, flushes } = setUp();
    const reported: unknown[] = [];
    // An error is thrown again in a microtask of its own, for the page to hear of; here the test hears of it.
    const { queueMicrotask } = globalThis;
    globalThis.queueMicrotask = (action) => {
      try {
        action();
      } catch (error) {
        reported.push(String(error));
      }
    };
    host.attach(new ValueReader({ channel: 'a' }, 60_000), () => {
      throw new Error('broken');
    });
    const { shown } = attach(host);
    push(host, 1);
    env.runFrame();
    globalThis.queueMicrotask = queueMicrotask;
    expect(shown).to.deep.equal([1]);
    expect(flushes).to.have.length(1);
    expect(reported).to.deep.equal(['Error: broken']);
  });

  it('tells its observers of the shown status, of pausing, of another history and of the first arrival', () => {
    const { host } = setUp();
    let told = 0;
    const stop = host.observe(() => told++);
    push(host, 1);
    // The first arrival, and idle → connected.
    expect(told).to.equal(2);
    push(host, 2);
    expect(told).to.equal(2);
    host.paused = true;
    host.paused = true;
    host.history = { ms: 5_000 };
    expect(told).to.equal(4);
    stop();
    host.paused = false;
    expect(told).to.equal(4);
  });

  it('tells of a status as it changes, and of nothing twice', () => {
    const { host, statuses } = setUp();
    push(host, 1);
    push(host, 2);
    expect(statuses).to.deep.equal(['connected']);
    expect(host.view.status).to.equal('connected');
  });

  it('lets go of everything', () => {
    const { env, host, flushes, statuses, changes } = setUp();
    host.maxRate = 1;
    host.staleAfter = 5_000;
    push(host, 1);
    expect(env.held.timers, 'of freshness').to.equal(1);
    host.dispose();
    env.advance(10_000);
    env.runFrame();
    expect(flushes).to.deep.equal([]);
    expect(statuses).to.deep.equal(['connected']);
    expect(changes.map(({ freshness }) => freshness)).to.deep.equal(['live', 'live']);
    expect(env.held).to.deep.equal({ ...NOTHING_HELD, watchers: 1 });
  });
});

describe('the freshness of a feed', () => {
  const say = (host: FeedHost, channel: string, data: unknown = 1): void => host.connection.push({ channel, data });
  const briefly = (changes: readonly FreshnessChange[]): string[] =>
    changes.map(({ channel, freshness }) => `${channel ?? 'feed'} ${freshness}`);
  /** A feed that has heard channel `a` six times, once a second, and forgotten that it did. */
  const learned = (): ReturnType<typeof setUp> => {
    const all = setUp();
    for (let time = 0; time < 6; time++) {
      if (time > 0) all.env.advance(1_000);
      say(all.host, 'a');
    }
    all.changes.length = 0;
    return all;
  };

  it('is stale before anything came, and live with the first message: the channel first', () => {
    const { env, host, changes } = setUp();
    env.advance(500);
    expect([host.freshnessOf(undefined), host.freshnessOf('a')]).to.deep.equal(['stale', 'stale']);
    say(host, 'a');
    const live = { freshness: 'live', previous: 'stale', since: env.wall() };
    expect(changes).to.deep.equal([
      { ...live, channel: 'a' },
      { ...live, channel: null },
    ]);
    expect([host.freshnessOf(undefined), host.freshnessOf('a')]).to.deep.equal(['live', 'live']);
    expect(host.freshnessOf('__proto__')).to.equal('stale');
  });

  it('turns stale when its rhythm breaks, at the moment, and live again with the next message', () => {
    const { env, host, changes } = learned();
    env.advance(4_999);
    expect(changes).to.deep.equal([]);
    env.advance(1);
    const stale = { freshness: 'stale', previous: 'live', since: env.wall() };
    expect(changes).to.deep.equal([
      { ...stale, channel: 'a' },
      { ...stale, channel: null },
    ]);
    expect(env.held.timers, 'nothing changes by itself any more').to.equal(0);
    env.advance(60_000);
    say(host, 'a');
    expect(briefly(changes.slice(2))).to.deep.equal(['a live', 'feed live']);
  });

  it('is told on change alone, and its observers hear of it', () => {
    const { env, host, changes } = learned();
    let told = 0;
    host.observe(() => told++);
    for (let second = 0; second < 60; second++) {
      say(host, 'a');
      env.advance(1_000);
    }
    expect([changes.length, told]).to.deep.equal([0, 0]);
    env.advance(10_000);
    expect(told).to.equal(1);
    say(host, 'a');
    expect(told).to.equal(2);
  });

  it('of a channel that comes seldom is live while the connection is, and no timer runs for it', () => {
    const { env, host, changes } = setUp();
    for (let time = 0; time < 4; time++) say(host, 'alert');
    changes.length = 0;
    env.advance(5_000);
    expect(env.held.timers).to.equal(0);
    env.advance(24 * 3_600_000);
    expect(changes).to.deep.equal([]);
    host.connection.disconnect();
    expect(briefly(changes)).to.deep.equal(['alert stale', 'feed stale']);
  });

  it('runs one timer, however many channels there are', () => {
    const { env, host } = setUp();
    for (let second = 0; second < 10; second++) {
      for (let channel = 0; channel < 100; channel++) say(host, `c${channel}`);
      env.advance(1_000);
    }
    expect(env.held.timers).to.equal(1);
    env.runFrame();
    env.advance(10_000);
    expect(env.held.timers).to.equal(0);
  });

  it('follows an author’s measure, also one that comes later', () => {
    const { env, host, changes } = learned();
    host.staleAfter = 700;
    env.advance(700);
    expect(briefly(changes)).to.deep.equal(['a stale', 'feed stale']);
    host.staleAfter = 60_000;
    expect(briefly(changes.slice(2))).to.deep.equal(['a live', 'feed live']);
    env.advance(59_299);
    expect(changes).to.have.length(4);
    env.advance(1);
    expect(changes).to.have.length(6);
    host.staleAfter = undefined;
    expect(changes).to.have.length(6);
  });

  it('follows a status, after that was told', () => {
    const { host, statuses, changes } = learned();
    const order: string[] = [];
    const { push: add } = changes;
    changes.push = (...more) => {
      order.push(...briefly(more), statuses.at(-1) ?? '');
      return add.apply(changes, more);
    };
    host.connection.disconnect();
    expect(order).to.deep.equal(['a stale', 'disconnected', 'feed stale', 'disconnected']);
  });

  it('is told in order where a listener causes the next change', () => {
    const { host, changes } = setUp();
    const { push: add } = changes;
    changes.push = (...more) => {
      const length = add.apply(changes, more);
      if (length === 1) host.connection.disconnect();
      return length;
    };
    say(host, 'a');
    expect(briefly(changes)).to.deep.equal(['a live', 'feed live', 'a stale', 'feed stale']);
    expect(host.freshnessOf(undefined)).to.equal('stale');
  });

  it('is told at the very moments at which it changes, whatever comes when', () => {
    const TICK = 100;
    /** The rule in plain words: until when a channel is live that was heard at these moments. */
    const endOf = (moments: readonly number[], staleAfter: number | undefined): number => {
      const starts = [...new Set(moments)];
      const gaps = starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
      const usual = gaps.slice(-15).sort((a, b) => a - b)[Math.min(gaps.length, 15) >> 1];
      const learnt = moments.length < 5 || usual === undefined ? Infinity : Math.max(5_000, 3 * usual);
      return (moments.at(-1) ?? -Infinity) + (staleAfter ?? learnt);
    };
    const step = fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({ heard: fc.constantFrom('a', 'b', 'c'), count: fc.integer({ min: 1, max: 3 }) }),
      },
      { weight: 8, arbitrary: fc.record({ ticks: fc.integer({ min: 1, max: 80 }) }) },
      { weight: 1, arbitrary: fc.record({ staleAfter: fc.constantFrom(undefined, 500, 2_000, 20_000) }) },
    );
    fc.assert(
      fc.property(fc.array(step, { size: 'large', maxLength: 120 }), (steps) => {
        const { env, host, changes } = setUp();
        const heard = new Map<string, number[]>();
        const known = new Map<string | null, boolean>();
        const expected: string[] = [];
        let staleAfter: number | undefined;
        const note = (channel: string | null, isLive: boolean, since: number): void => {
          if ((known.get(channel) ?? false) === isLive) return;
          known.set(channel, isLive);
          expected.push(`${channel} ${isLive} ${env.wall() + since - env.now()}`);
        };
        const look = (): void => {
          const now = env.now();
          const ends = [...heard.values()].map((moments) => endOf(moments, staleAfter));
          [...heard.keys()].forEach((channel, index) => {
            const end = ends[index] ?? 0;
            note(channel, now < end, Math.min(now, end));
          });
          const last = Math.max(...ends);
          note(null, now < last, Math.min(now, last));
        };
        for (const what of steps) {
          if ('heard' in what) {
            for (let time = 0; time < what.count; time++) say(host, what.heard);
            heard.set(what.heard, [...(heard.get(what.heard) ?? []), ...Array<number>(what.count).fill(env.now())]);
            look();
          } else if ('ticks' in what) {
            for (let tick = 0; tick < what.ticks; tick++) {
              env.advance(TICK);
              look();
            }
          } else {
            host.staleAfter = staleAfter = what.staleAfter;
            look();
          }
        }
        const told = changes.map(({ channel, freshness, since }) => `${channel} ${freshness === 'live'} ${since}`);
        // Of what changes at one moment the store's order tells.
        expect([...told].sort()).to.deep.equal([...expected].sort());
        host.dispose();
        env.runFrame();
        expect(env.held).to.deep.equal({ ...NOTHING_HELD, watchers: 1 });
      }),
    );
  });
});
