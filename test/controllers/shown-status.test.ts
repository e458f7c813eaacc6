import { ShownStatus } from '../../src/controllers/shown-status.js';
import type { ConnectionView } from '../../src/feed/connection.js';
import type { Status } from '../../src/kernel/status.js';
import { FakeEnv, NOTHING_HELD } from '../support/fake-env.js';
import { expect } from '../support/testing.js';

const view = (status: Status, more: Partial<ConnectionView> = {}): ConnectionView => ({
  status,
  transport: 'sse',
  attempt: 0,
  retryAt: undefined,
  error: undefined,
  ...more,
});

const setUp = (first: Status): { env: FakeEnv; shown: ShownStatus; told: Status[] } => {
  const env = new FakeEnv();
  const told: Status[] = [];
  const shown: ShownStatus = new ShownStatus(env, view(first), () => told.push(shown.view.status));
  return { env, shown, told };
};

describe('the status that is shown', () => {
  it('is the real one at first', () => {
    expect(setUp('idle').shown.view.status).to.equal('idle');
  });

  for (const lost of ['reconnecting', 'offline', 'connecting'] as const) {
    it(`stays "connected" for 1.5 s when the connection is ${lost}`, () => {
      const { env, shown, told } = setUp('connected');
      shown.update(view(lost));
      env.advance(1_499);
      expect(shown.view.status).to.equal('connected');
      expect(told).to.deep.equal([]);
      env.advance(1);
      expect(shown.view.status).to.equal(lost);
      expect(told).to.deep.equal([lost]);
    });
  }

  it('never tells of a cut that is over within 1.5 s', () => {
    const { env, shown, told } = setUp('connected');
    shown.update(view('reconnecting', { attempt: 1, retryAt: 2_000 }));
    env.advance(1_400);
    shown.update(view('connected'));
    env.advance(10_000);
    expect(told).to.deep.equal([]);
    expect(env.held).to.deep.equal(NOTHING_HELD);
  });

  it('counts from the moment that the connection was lost, whatever changes meanwhile', () => {
    const { env, shown, told } = setUp('connected');
    shown.update(view('reconnecting', { attempt: 1 }));
    env.advance(1_000);
    shown.update(view('offline', { attempt: 2, retryAt: 9_000 }));
    env.advance(500);
    expect(told).to.deep.equal(['offline']);
    expect(shown.view).to.deep.include({ attempt: 2, retryAt: 9_000 });
  });

  it('follows at once what is away already', () => {
    const { env, shown, told } = setUp('connected');
    shown.update(view('reconnecting'));
    env.advance(1_500);
    shown.update(view('reconnecting', { attempt: 2, retryAt: 5_000 }));
    shown.update(view('connected'));
    expect(told).to.deep.equal(['reconnecting', 'reconnecting', 'connected']);
  });

  for (const final of ['error', 'disconnected', 'idle'] as const) {
    it(`is "${final}" at once, also in the midst of a cut`, () => {
      const { env, shown, told } = setUp('connected');
      shown.update(view('reconnecting'));
      env.advance(100);
      shown.update(view(final));
      expect(told).to.deep.equal([final]);
      env.advance(10_000);
      expect(told).to.deep.equal([final]);
    });
  }

  it('shows the first connection as it comes', () => {
    const { shown, told } = setUp('idle');
    shown.update(view('connecting'));
    shown.update(view('connected'));
    expect(told).to.deep.equal(['connecting', 'connected']);
  });

  it('is told only where something that is shown has changed', () => {
    const { shown, told } = setUp('connected');
    shown.update(view('connected'));
    shown.update(view('connected', { transport: 'polling' }));
    expect(told).to.deep.equal(['connected']);
    expect(shown.view.transport).to.equal('polling');
  });

  it('says nothing once it is disposed of, and holds no timer', () => {
    const { env, shown, told } = setUp('connected');
    shown.update(view('reconnecting'));
    shown.dispose();
    env.advance(5_000);
    expect(told).to.deep.equal([]);
    expect(env.held).to.deep.equal(NOTHING_HELD);
  });
});
