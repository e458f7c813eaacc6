import { expect } from 'chai';
import fc from 'fast-check';
import { Liveness } from '../../src/feed/liveness.js';

/** One connection: bytes, or comments as well, at these moments. */
const hear = (liveness: Liveness, moments: readonly number[], isComment = false): Liveness => {
  liveness.begin();
  for (const moment of moments) {
    liveness.bytes(moment);
    if (isComment) liveness.comment(moment);
  }
  return liveness;
};

const every = (ms: number, count: number, from = 0): readonly number[] =>
  Array.from({ length: count }, (_, index) => from + index * ms);

describe('how long an event stream may be silent', () => {
  it('is 2 minutes where nothing is known', () => {
    expect(new Liveness().streamPatience).to.equal(120_000);
  });

  it('is 2 minutes at least, however dense the stream is', () => {
    expect(hear(new Liveness(), every(100, 50)).streamPatience).to.equal(120_000);
  });

  it('is five times the longest gap that was seen', () => {
    expect(hear(new Liveness(), [0, 1_000, 61_000, 62_000]).streamPatience).to.equal(300_000);
  });

  it('remembers the longest gap for as long as the source is known', () => {
    const liveness = hear(new Liveness(), [0, 60_000]);
    hear(liveness, every(1_000, 100, 200_000));
    expect(liveness.streamPatience).to.equal(300_000);
  });

  it('takes no pause between two connections for a gap', () => {
    const liveness = hear(new Liveness(), [0, 1_000]);
    hear(liveness, [900_000, 901_000]);
    expect(liveness.streamPatience).to.equal(120_000);
  });

  it('is twice the beat of regular comments and 10 s', () => {
    expect(hear(new Liveness(), every(15_000, 4), true).streamPatience).to.equal(40_000);
  });

  it('follows no beat before three pauses of it are known', () => {
    expect(hear(new Liveness(), every(15_000, 3), true).streamPatience).to.equal(120_000);
  });

  it('follows a beat that wavers', () => {
    expect(hear(new Liveness(), [0, 15_000, 29_000, 45_000, 60_000], true).streamPatience).to.equal(40_000);
  });

  it('follows no beat of comments that come now and then', () => {
    expect(hear(new Liveness(), [0, 15_000, 30_000, 75_000, 90_000], true).streamPatience).to.equal(225_000);
  });

  it('finds the beat again when what was irregular is long past', () => {
    const liveness = hear(new Liveness(), [0, 15_000, 75_000], true);
    hear(liveness, every(15_000, 10, 100_000), true);
    expect(liveness.streamPatience).to.equal(40_000);
  });

  it('counts two comments of one arrival once', () => {
    const moments = every(15_000, 4).flatMap((moment) => [moment, moment + 20]);
    expect(hear(new Liveness(), moments, true).streamPatience).to.equal(40_000);
  });

  it('keeps a beat over connections, and takes no pause between them for one', () => {
    const liveness = hear(new Liveness(), every(15_000, 3), true);
    hear(liveness, every(15_000, 2, 500_000), true);
    expect(liveness.streamPatience).to.equal(40_000);
  });

  it('is never shorter than a beat and never endless, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ gap: fc.integer({ min: 0, max: 600_000 }), comment: fc.boolean() })),
        (heard) => {
          const liveness = new Liveness();
          liveness.begin();
          let now = 0;
          for (const { gap, comment } of heard) {
            now += gap;
            liveness.bytes(now);
            if (comment) liveness.comment(now);
          }
          expect(liveness.streamPatience).to.be.at.least(10_000).and.at.most(3_000_000);
          expect(liveness.stallAfter).to.be.at.least(5_000).and.to.be.finite;
        },
      ),
    );
  });
});

describe('how long a long poll may be without an answer', () => {
  it('is 2 minutes where nothing is known', () => {
    expect(new Liveness().pollPatience).to.equal(120_000);
  });

  it('is twice the longest and 10 s, where that is more', () => {
    const liveness = new Liveness();
    for (const ms of [30_000, 90_000, 20]) liveness.poll(ms);
    expect(liveness.pollPatience).to.equal(190_000);
  });

  it('is 2 minutes where all were short', () => {
    const liveness = new Liveness();
    liveness.poll(25_000);
    expect(liveness.pollPatience).to.equal(120_000);
  });
});

describe('how long a stream’s first byte is waited for', () => {
  it('is 45 s where nothing is known', () => {
    expect(new Liveness().stallAfter).to.equal(45_000);
  });

  it('is twice the regular gap of an earlier connection', () => {
    const liveness = hear(new Liveness(), every(8_000, 6));
    liveness.begin();
    expect(liveness.stallAfter).to.equal(16_000);
  });

  it('is 5 s at least', () => {
    expect(hear(new Liveness(), every(1_000, 6)).stallAfter).to.equal(5_000);
  });

  it('is twice the beat of comments, where there is one', () => {
    expect(hear(new Liveness(), every(20_000, 5), true).stallAfter).to.equal(40_000);
  });

  it('takes the pieces of one arrival for one', () => {
    const moments = every(10_000, 5).flatMap((moment) => [moment, moment + 10, moment + 40]);
    expect(hear(new Liveness(), moments).stallAfter).to.be.within(19_900, 20_100);
  });

  it('is 45 s after a burst, which is no rhythm', () => {
    expect(hear(new Liveness(), [0, 100]).stallAfter).to.equal(45_000);
    expect(hear(new Liveness(), [0, 100, 200, 300, 90_000]).stallAfter).to.equal(45_000);
  });
});
