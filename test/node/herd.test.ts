import { expect } from 'chai';
import { DEFAULT_POLICY, retryPause } from '../../src/feed/policy.js';
import { floorOf, lateness, stampede, type Herd, type Pause } from '../bench/herding.js';

const HERD = { clients: 2_000, down: 5_000, acceptRate: 100, seed: 7 };
const ours: Pause = (request) => retryPause(DEFAULT_POLICY, request);
/** All try again at the same moments. */
const together: Pause = ({ attempt }) => 1_000 * 2 ** attempt;
const run = (herd: Partial<Herd>): ReturnType<typeof stampede> => stampede({ ...HERD, pause: ours, ...herd });

describe('the simulation of a herd', () => {
  it('gives the same figures for the same seed, and others for another', () => {
    expect(run({})).to.deep.equal(run({}));
    expect(run({ seed: 8 })).to.not.deep.equal(run({}));
  });

  it('lets in so many a second and no more: clients that move together need a turn for each', () => {
    // They come at 1, 3, 7, 15 s and so on; the server is there from 5 s on, and takes 100 a time.
    const { peak, seconds, attempts } = run({ clients: 300, pause: together });
    expect(peak).to.equal(300);
    expect(seconds).to.equal(31);
    expect(attempts).to.equal(300 + 300 + 300 + 200 + 100);
  });

  it('counts no attempt against a server that is away', () => {
    expect(run({ clients: 100, down: 6_000, pause: together }).peak).to.equal(100);
  });

  it('is never faster than the floor, and hints from the server’s return come close to it', () => {
    const spread = (chance: number): number => HERD.down + chance * 1_100 * (HERD.clients / HERD.acceptRate);
    const floor = floorOf(HERD).seconds;
    const hinted = run({ hint: spread }).seconds;
    expect(floor).to.equal(5 + 19.8);
    // The simulation counts by whole seconds, and the last is not full.
    expect(hinted).to.be.within(floor - 1, 27.5);
    expect(run({}).seconds).to.be.greaterThan(hinted);
  });

  it('is spread by hints: no second sees many more than the server takes', () => {
    const spread = (chance: number): number => HERD.down + chance * 1_100 * (HERD.clients / HERD.acceptRate);
    expect(run({ hint: spread }).peak).to.be.lessThan(1.5 * HERD.acceptRate);
    expect(run({}).peak).to.be.greaterThan(3 * HERD.acceptRate);
  });

  it('tells how late a lone client is', () => {
    const pause: Pause = ({ attempt }) => 1_000 * 2 ** attempt;
    // At 1, 3 and 7 s: 2 s after a server that was there at 5 s.
    expect(lateness(pause, { down: 5_000, clients: 10, seed: 1 })).to.equal(2);
  });

  it('our formula is back soon after short and long outages', () => {
    const herd = { clients: 5_000, seed: 1 };
    expect(lateness(ours, { ...herd, down: 2_000 })).to.be.lessThan(3);
    expect(lateness(ours, { ...herd, down: 30_000 })).to.be.lessThan(30);
  });
});
