import { FeedMeter, PageMeter } from '../../src/debug/rates.js';
import { FakeEnv, NOTHING_HELD } from '../support/fake-env.js';
import { expect, waitUntil } from '../support/testing.js';
import { inspection } from './inspections.js';

describe('the rates of the debug overlay', () => {
  let env: FakeEnv;
  let page: PageMeter;
  let feed: FeedMeter;

  beforeEach(() => {
    env = new FakeEnv();
    page = new PageMeter(env);
    feed = new FeedMeter(env, page);
  });

  afterEach(() => {
    page.dispose();
    expect(env.held).to.deep.equal(NOTHING_HELD);
  });

  const read = (messages: number, bytes = 0): ReturnType<FeedMeter['read']> =>
    feed.read(inspection({ messages, bytes, flushes: 0 }));

  it('are unknown at first, and a second’s afterwards', () => {
    expect(read(1_000)).to.include({ messages: undefined, frames: undefined });
    env.advance(500);
    for (let count = 0; count < 30; count++) env.runFrame();
    expect(read(1_050, 4_000)).to.include({ messages: 100, bytes: 8_000, flushes: 0, frames: 60 });
  });

  it('are those of the last five seconds', () => {
    read(0);
    env.advance(500);
    expect(read(5).messages).to.equal(10);
    for (let tick = 0; tick < 10; tick++) {
      env.advance(500);
      read(5);
    }
    expect(read(5).messages).to.equal(0);
  });

  it('do not fall below zero when a connection begins anew', () => {
    read(0, 10_000);
    env.advance(1_000);
    expect(read(0, 500).bytes).to.equal(500);
    env.advance(1_000);
    expect(read(0, 1_500).bytes).to.equal(750);
  });

  it('know the longest task of the last ten seconds, as the browser tells it', async () => {
    expect(page.longestTask()).to.equal(0);
    await new Promise<void>((resolve) => {
      setTimeout(() => {
        const end = performance.now() + 80;
        while (performance.now() < end);
        resolve();
      });
    });
    await waitUntil(() => (page.longestTask() ?? 0) >= 80, 'no task was told');
    env.advance(10_001);
    expect(page.longestTask()).to.equal(0);
  });

  it('are without the longest task where the browser does not tell of it', () => {
    const told = Object.getOwnPropertyDescriptor(PerformanceObserver, 'supportedEntryTypes');
    Object.defineProperty(PerformanceObserver, 'supportedEntryTypes', { configurable: true, value: [] });
    try {
      const silent = new PageMeter(env);
      expect(silent.longestTask()).to.equal(undefined);
      silent.dispose();
    } finally {
      if (told !== undefined) Object.defineProperty(PerformanceObserver, 'supportedEntryTypes', told);
    }
  });
});
