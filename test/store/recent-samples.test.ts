import { expect } from 'chai';
import fc from 'fast-check';
import { RecentSamples } from '../../src/store/recent-samples.js';

const SPAN = 60_000;

const timesOf = (recent: RecentSamples): number[] =>
  Array.from({ length: recent.length }, (_, row) => recent.time(row));
const valuesOf = (recent: RecentSamples): number[] =>
  Array.from({ length: recent.length }, (_, row) => recent.value(0, row));

/** Samples whose times ascend, by gaps of at most the span. */
const ascending = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer()), { minLength: 1, maxLength: 400 })
  .map((steps) => {
    let time = 0;
    return steps.map(([gap, value]) => ({ time: (time += gap), value }));
  });

describe('the recent samples of a value', () => {
  it('are none at first', () => {
    const recent = new RecentSamples(SPAN);
    expect(recent.length).to.equal(0);
    expect(recent.newest).to.equal(undefined);
    expect(recent.rowAt(0)).to.equal(0);
    expect(recent.time(0)).to.be.NaN;
    expect(recent.value(0, 0)).to.be.NaN;
  });

  it('are all kept, in order, while they come slowly', () => {
    const recent = new RecentSamples(SPAN);
    for (let index = 0; index < 30; index++) recent.add(index * 2_000, index);
    expect(timesOf(recent)).to.deep.equal(Array.from({ length: 30 }, (_, index) => index * 2_000));
    expect(valuesOf(recent)).to.deep.equal(Array.from({ length: 30 }, (_, index) => index));
  });

  it('go when they are older than the span', () => {
    const recent = new RecentSamples(SPAN);
    for (const time of [0, 30_000, 60_000, 61_000]) recent.add(time, time);
    expect(timesOf(recent)).to.deep.equal([30_000, 60_000, 61_000]);
  });

  it('begin anew where a clock was set back, and after a pause longer than the span', () => {
    const recent = new RecentSamples(SPAN);
    for (const time of [10_000, 20_000, 5_000]) recent.add(time, time);
    expect(timesOf(recent)).to.deep.equal([5_000]);
    recent.add(5_000 + SPAN, 1);
    expect(timesOf(recent)).to.deep.equal([5_000, 65_000]);
    recent.add(65_001 + SPAN, 2);
    expect(timesOf(recent)).to.deep.equal([125_001]);
  });

  it('reach back over the whole span however fast they come', () => {
    const recent = new RecentSamples(SPAN);
    for (let time = 0; time <= 2 * SPAN; time += 10) recent.add(time, time);
    expect(recent.length).to.be.within(32, 128);
    expect(recent.newest).to.equal(2 * SPAN);
    expect(recent.time(0) - SPAN).to.be.within(0, SPAN / 32);
  });

  it('are never more than 128, ascend, and lie within the span of the newest, which is the last that came', () => {
    fc.assert(
      fc.property(ascending, (samples) => {
        const recent = new RecentSamples(SPAN);
        for (const { time, value } of samples) {
          recent.add(time, value);
          expect(recent.length).to.be.within(1, 128);
          expect(recent.newest).to.equal(time);
          expect(recent.value(0, recent.length - 1)).to.equal(value);
        }
        const times = timesOf(recent);
        expect(times).to.deep.equal([...times].sort((a, b) => a - b));
        expect(times.every((time) => (recent.newest ?? NaN) - time <= SPAN)).to.equal(true);
      }),
    );
  });

  it('are each one that came: no value is made up', () => {
    fc.assert(
      fc.property(ascending, (samples) => {
        const recent = new RecentSamples(SPAN);
        for (const { time, value } of samples) recent.add(time, value);
        const known = new Set(samples.map(({ time, value }) => `${time} ${value}`));
        timesOf(recent).forEach((time, row) => {
          expect(known.has(`${time} ${recent.value(0, row)}`)).to.equal(true);
        });
      }),
    );
  });

  it('find the first row at or after a time', () => {
    fc.assert(
      fc.property(ascending, fc.integer({ min: -1_000, max: 2_100_000 }), (samples, time) => {
        const recent = new RecentSamples(SPAN);
        for (const sample of samples) recent.add(sample.time, sample.value);
        const row = recent.rowAt(time);
        const times = timesOf(recent);
        expect(times.slice(0, row).every((other) => other < time)).to.equal(true);
        expect(times.slice(row).every((other) => other >= time)).to.equal(true);
      }),
    );
  });
});
