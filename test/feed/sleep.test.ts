import { expect } from 'chai';
import { SleepWatch } from '../../src/feed/sleep.js';
import { FakeEnv, NOTHING_HELD } from '../support/fake-env.js';

const watch = (env = new FakeEnv()): { env: FakeEnv; watch: SleepWatch; woken: () => number } => {
  let woken = 0;
  const sleepWatch = new SleepWatch(env, () => woken++);
  sleepWatch.watching = true;
  return { env, watch: sleepWatch, woken: () => woken };
};

/** Timers that come so much too late, as where the monotonic clock goes on through a sleep. */
class LateEnv extends FakeEnv {
  late = 0;

  override timer(action: () => void, ms: number): () => void {
    return super.timer(action, ms + this.late);
  }
}

describe('the watch over sleep', () => {
  it('fault 44: notices within a second after the machine woke', () => {
    const { env, woken } = watch();
    env.advance(2_500);
    env.sleep(60_000);
    env.advance(1_000);
    expect(woken()).to.equal(1);
  });

  it('notices each sleep once', () => {
    const { env, woken } = watch();
    env.sleep(3_600_000);
    env.advance(60_000);
    expect(woken()).to.equal(1);
    env.sleep(3_600_000);
    env.advance(60_000);
    expect(woken()).to.equal(2);
  });

  it('notices a timer that came far too late', () => {
    const env = new LateEnv();
    const { woken } = watch(env);
    env.late = 30_000;
    env.advance(1_000);
    env.late = 0;
    env.advance(31_000);
    expect(woken()).to.equal(1);
  });

  it('fault 41: takes no late timer of a hidden page for a sleep', () => {
    const env = new LateEnv();
    env.late = 59_000;
    const { woken } = watch(env);
    env.setHidden(true);
    env.advance(600_000);
    expect(woken()).to.equal(0);
  });

  it('fault 41: notices a sleep of a hidden page by its clocks', () => {
    const { env, woken } = watch();
    env.setHidden(true);
    env.sleep(60_000);
    env.advance(1_000);
    expect(woken()).to.equal(1);
  });

  it('fault 55: takes a clock that is set right by seconds, or set back, for no sleep', () => {
    const { env, woken } = watch();
    env.sleep(5_000);
    env.advance(10_000);
    env.sleep(-3_600_000);
    env.advance(10_000);
    expect(woken()).to.equal(0);
  });

  it('takes a busy page for no sleep', () => {
    const env = new LateEnv();
    env.late = 4_000;
    const { woken } = watch(env);
    env.advance(60_000);
    expect(woken()).to.equal(0);
  });

  it('holds no timer once it lets go, and notices nothing then', () => {
    const { env, watch: sleepWatch, woken } = watch();
    sleepWatch.watching = false;
    sleepWatch.watching = false;
    expect(env.held).to.deep.equal(NOTHING_HELD);
    env.sleep(60_000);
    env.advance(60_000);
    expect(woken()).to.equal(0);
  });

  it('holds one timer, however often it is told to watch', () => {
    const { env, watch: sleepWatch } = watch();
    sleepWatch.watching = true;
    expect(env.held.timers).to.equal(1);
  });

  it('does not take the time before it watched for a sleep', () => {
    const { env, watch: sleepWatch, woken } = watch();
    sleepWatch.watching = false;
    env.sleep(60_000);
    sleepWatch.watching = true;
    env.advance(10_000);
    expect(woken()).to.equal(0);
  });

  it('may be let go of by what it wakes', () => {
    const env = new FakeEnv();
    const sleepWatch: SleepWatch = new SleepWatch(env, () => {
      sleepWatch.watching = false;
    });
    sleepWatch.watching = true;
    env.sleep(60_000);
    env.advance(60_000);
    expect(env.held).to.deep.equal(NOTHING_HELD);
  });
});
