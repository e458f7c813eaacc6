import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_POLICY, pollPause, retryPause, type Policy } from '../../src/feed/policy.js';

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const attempt = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 100_000 }));
const pause = fc.integer({ min: 0, max: 600_000 });
const hint = fc.integer({ min: 0, max: 300_000 });
const policy: fc.Arbitrary<Policy> = fc
  .record({ interval: pause, maxInterval: pause, reconnectDelay: pause, maxReconnectDelay: pause })
  .map((chosen) => ({ ...DEFAULT_POLICY, ...chosen }));

describe('the pause before a retry', () => {
  it('is floor + random(0, min(cap, base × 2^attempt)), to the letter', () => {
    fc.assert(
      fc.property(policy, fc.integer({ min: 0, max: 50 }), chance, (chosen, number, dice) => {
        const { reconnectDelay: base, maxReconnectDelay: cap } = chosen;
        expect(retryPause(chosen, { attempt: number, chance: dice, hint: undefined })).to.equal(
          base + dice * Math.min(cap, base * 2 ** number),
        );
      }),
    );
  });

  it('is never below the floor, and never above floor and cap together', () => {
    fc.assert(
      fc.property(policy, attempt, chance, (chosen, number, dice) => {
        const ms = retryPause(chosen, { attempt: number, chance: dice, hint: undefined });
        expect(ms).to.be.within(chosen.reconnectDelay, chosen.reconnectDelay + chosen.maxReconnectDelay);
      }),
    );
  });

  it('keeps late attempts of many clients spread over the whole cap: the jitter comes last', () => {
    const late = (dice: number): number => retryPause(DEFAULT_POLICY, { attempt: 40, chance: dice, hint: undefined });
    expect([late(0), late(0.5), late(0.999)]).to.deep.equal([500, 15_500, 30_470]);
  });

  it('of the first retry is jittered too', () => {
    const first = (dice: number): number => retryPause(DEFAULT_POLICY, { attempt: 0, chance: dice, hint: undefined });
    expect([first(0), first(0.5), first(0.9)]).to.deep.equal([500, 750, 950]);
  });

  it('is at least the server’s hint, and not more than a second above the longer of the two', () => {
    fc.assert(
      fc.property(policy, attempt, chance, hint, (chosen, number, dice, wish) => {
        const own = retryPause(chosen, { attempt: number, chance: dice, hint: undefined });
        const ms = retryPause(chosen, { attempt: number, chance: dice, hint: wish });
        expect(ms).to.be.within(Math.max(own, wish), Math.max(own, wish) + 1_000);
      }),
    );
  });

  it('is spread where the server gives all clients the same hint', () => {
    const hinted = (dice: number): number => retryPause(DEFAULT_POLICY, { attempt: 0, chance: dice, hint: 60_000 });
    expect([hinted(0), hinted(0.5)]).to.deep.equal([60_000, 60_250]);
  });

  it('stays 0 for an author who wants 0, however many attempts there were', () => {
    const eager = { ...DEFAULT_POLICY, reconnectDelay: 0 };
    expect(retryPause(eager, { attempt: 5_000, chance: 0.5, hint: undefined })).to.equal(0);
  });
});

describe('the pause of polling after errors', () => {
  it('is interval × 2ⁿ after the n-th error in a row, up to a quarter less by chance, capped by max-interval', () => {
    fc.assert(
      fc.property(policy, attempt, chance, (chosen, number, dice) => {
        const { interval, maxInterval } = chosen;
        const slowed = interval === 0 ? 0 : Math.min(Math.max(interval, maxInterval), interval * 2 ** (number + 1));
        const ms = pollPause(chosen, { attempt: number, chance: dice, hint: undefined });
        expect(ms).to.be.within(slowed * 0.75, slowed);
        if (dice === 0) expect(ms).to.equal(slowed);
      }),
    );
  });

  it('grows with each error until it is capped', () => {
    const pauses = [0, 1, 2, 3, 4].map((number) =>
      pollPause(DEFAULT_POLICY, { attempt: number, chance: 0, hint: undefined }),
    );
    expect(pauses).to.deep.equal([10_000, 20_000, 40_000, 60_000, 60_000]);
  });

  it('never polls a failing source faster than a good one, where max-interval is below interval', () => {
    const odd = { ...DEFAULT_POLICY, interval: 90_000, maxInterval: 10_000 };
    expect(pollPause(odd, { attempt: 3, chance: 0, hint: undefined })).to.equal(90_000);
  });

  it('knows nothing of the reconnect attributes', () => {
    fc.assert(
      fc.property(policy, pause, pause, (chosen, delay, cap) => {
        const other = { ...chosen, reconnectDelay: delay, maxReconnectDelay: cap };
        const request = { attempt: 2, chance: 0.25, hint: undefined };
        expect(pollPause(other, request)).to.equal(pollPause(chosen, request));
      }),
    );
  });

  it('is at least the server’s hint, spread where all clients get the same one', () => {
    const hinted = (dice: number): number => pollPause(DEFAULT_POLICY, { attempt: 0, chance: dice, hint: 100_000 });
    expect([hinted(0), hinted(0.5)]).to.deep.equal([100_000, 100_500]);
  });
});
