/** Sources that push: each is started, handed on, and started anew, whatever it does. */
import { expect } from 'chai';
import { Unpublished, type Broker } from '../../../demo/server/broker.js';
import { Intake } from '../../../demo/server/intake.js';
import type { Push, PushingSource } from '../../../demo/server/source.js';
import { FakeClock } from './fake-clock.js';

/** Whatever is due in this turn of the event loop has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** One try of a source: what it was given, and how the test ends it. */
interface Try {
  readonly push: Push;
  readonly signal: AbortSignal;
  stand(): void;
  fail(error: Error): void;
}

/** A source whose tries stand and fail as the test says. */
const scripted = (name: string, limit?: number): { source: PushingSource; tries: Try[] } => {
  const tries: Try[] = [];
  return {
    tries,
    source: {
      name,
      ...(limit !== undefined && { limit }),
      subscribe: (push, signal) =>
        new Promise((resolve, reject) => {
          let failLater = reject;
          const ended = new Promise<void>((end, fail) => {
            failLater = fail;
            signal.addEventListener('abort', () => end());
          });
          ended.catch(() => undefined);
          tries.push({
            push,
            signal,
            stand: () => resolve({ ended }),
            fail: (error) => {
              reject(error);
              failLater(error);
            },
          });
        }),
    },
  };
};

const startWith = (
  source: PushingSource,
  publish: Broker['publish'] = async () => ({ id: '1', delivered: 0 }),
): { intake: Intake; clock: FakeClock; told: string[]; published: string[] } => {
  const clock = new FakeClock();
  const told: string[] = [];
  const published: string[] = [];
  const broker: Pick<Broker, 'publish'> = {
    publish: (channel, data, kept) => {
      published.push(`${channel} ${data} ${String(kept)}`);
      return publish(channel, data, kept);
    },
  };
  const intake = new Intake([source], broker, clock, (sentence) => told.push(sentence));
  intake.start();
  return { intake, clock, told, published };
};

const at = (tries: readonly Try[], index: number): Try => {
  const found = tries[index];
  if (found === undefined) throw new Error(`there was no try ${index}`);
  return found;
};

describe('the intake', () => {
  it('hands what is pushed to the broker as JSON, and tells the source when it is published', async () => {
    const { source, tries } = scripted('queue');
    const { published, intake } = startWith(source);
    at(tries, 0).stand();
    await at(tries, 0).push({ channel: 'orders', data: { n: 1 } });
    await at(tries, 0).push({ channel: 'devices', data: [1], kept: true });
    expect(published).to.deep.equal(['orders {"n":1} undefined', 'devices [1] true']);
    await intake.stop();
  });

  it('lets the source know what could not be published, and refuses a channel that is none', async () => {
    const { source, tries } = scripted('queue');
    const { intake, published } = startWith(source, () => Promise.reject(new Unpublished('full')));
    const failures = await Promise.allSettled([
      at(tries, 0).push({ channel: 'orders', data: 1 }),
      at(tries, 0).push({ channel: 'a\nb', data: 1 }),
    ]);
    expect(failures.map((each) => each.status === 'rejected' && String(each.reason))).to.deep.equal([
      'Error: full',
      'Error: a source pushed to a channel that is none: a\nb',
    ]);
    expect(published).to.have.length(1);
    await intake.stop();
  });

  it('starts one that failed anew after pauses that double, and says so once', async () => {
    const { source, tries } = scripted('queue');
    const { intake, clock, told } = startWith(source);
    for (const [index, pause] of [1_000, 2_000, 4_000, 8_000].entries()) {
      at(tries, index).fail(new Error('refused'));
      await settled();
      expect(intake.stale()).to.deep.equal({ queue: { reason: 'error', age: null } });
      clock.advance(pause - 1);
      await settled();
      expect(tries).to.have.length(index + 1);
      clock.advance(1);
      await settled();
      expect(tries).to.have.length(index + 2);
    }
    expect(told).to.deep.equal(['source queue: error, Error: refused']);
    at(tries, 4).stand();
    await settled();
    expect(intake.stale()).to.deep.equal({});
    expect(told.at(-1)).to.equal('source queue is back');
    await intake.stop();
  });

  it('forgets the failures of one that has stood for ten seconds, and keeps the time since', async () => {
    const { source, tries } = scripted('queue');
    const { intake, clock } = startWith(source);
    at(tries, 0).fail(new Error('refused'));
    await settled();
    clock.advance(1_000);
    await settled();
    at(tries, 1).stand();
    await settled();
    clock.advance(10_000);
    at(tries, 1).fail(new Error('gone'));
    await settled();
    clock.advance(600);
    expect(intake.stale()).to.deep.equal({ queue: { reason: 'error', age: 600 } });
    clock.advance(400);
    await settled();
    expect(tries).to.have.length(3);
    await intake.stop();
  });

  it('gives up a try that does not stand within its limit, and lets go of it', async () => {
    const { source, tries } = scripted('slow', 300);
    const { intake, clock, told } = startWith(source);
    clock.advance(300);
    await settled();
    expect(at(tries, 0).signal.aborted).to.equal(true);
    expect(intake.stale()).to.deep.equal({ slow: { reason: 'timeout', age: null } });
    expect(told).to.have.length(1);
    await intake.stop();
  });

  it('outlives a source that throws at once, and one that ends by itself', async () => {
    const { intake, clock, told } = startWith({
      name: 'bad',
      subscribe: () => {
        throw new Error('no');
      },
    });
    await settled();
    expect(told).to.deep.equal(['source bad: error, Error: no']);
    await intake.stop();
    expect(clock.timers).to.equal(0);

    const ending = startWith({ name: 'short', subscribe: async () => ({ ended: Promise.resolve() }) });
    await settled();
    expect(ending.told).to.deep.equal(['source short: ended by itself']);
    expect(ending.intake.stale()).to.have.property('short');
    await ending.intake.stop();
  });

  it('stops all of it, and starts again', async () => {
    const { source, tries } = scripted('queue');
    const { intake, clock, told } = startWith(source);
    at(tries, 0).stand();
    await settled();
    intake.start();
    expect(tries).to.have.length(1);
    await intake.stop();
    expect(at(tries, 0).signal.aborted).to.equal(true);
    expect(intake.stale()).to.deep.equal({});
    expect(clock.timers).to.equal(0);
    intake.start();
    expect(tries).to.have.length(2);
    await intake.stop();
    expect(told).to.deep.equal([]);
  });
});
