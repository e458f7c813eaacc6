import { FeedHost } from '../../src/controllers/feed-host/feed-host.js';
import type { ConnectionView } from '../../src/feed/connection.js';
import { FrameScheduler } from '../../src/frame/scheduler.js';
import type { RtError } from '../../src/kernel/errors.js';
import { MAX_MESSAGES_A_FLUSH } from '../../src/kernel/limits.js';
import type { Message } from '../../src/kernel/message.js';
import type { Status } from '../../src/kernel/status.js';
import { ValueReader } from '../../src/store/value-reader.js';
import { FakeEnv, NOTHING_HELD } from '../support/fake-env.js';
import { expect } from '../support/testing.js';

interface Heard {
  readonly flushes: { readonly messages: readonly Message[]; readonly dropped: number }[];
  readonly statuses: Status[];
  readonly errors: RtError[];
}

const setUp = (): Heard & { env: FakeEnv; host: FeedHost; dataOf: () => unknown[] } => {
  const env = new FakeEnv();
  const heard: Heard = { flushes: [], statuses: [], errors: [] };
  const host = new FeedHost(
    { env, frames: new FrameScheduler(env) },
    {
      status: ({ status }: ConnectionView) => heard.statuses.push(status),
      messages: (messages, dropped) => heard.flushes.push({ messages, dropped }),
      error: (error) => heard.errors.push(error),
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
    const { env, host, flushes, statuses } = setUp();
    host.maxRate = 1;
    push(host, 1);
    host.dispose();
    env.advance(10_000);
    env.runFrame();
    expect(flushes).to.deep.equal([]);
    expect(statuses).to.deep.equal(['connected']);
    expect(env.held).to.deep.equal({ ...NOTHING_HELD, watchers: 1 });
  });
});
