/** A time axis: where its ticks stand, in which zone, and what they say. */
import { expect } from 'chai';
import * as fc from 'fast-check';
import { fullTimeLabel, isTimeZone, timeLabel, timeTicks } from '../../src/format/time.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const BERLIN = 'Europe/Berlin';

const iso = (times: readonly number[]): readonly string[] =>
  times.map((time) => new Date(time).toISOString().replace(':00.000Z', 'Z'));

/** The ticks between two ISO times, in UTC without seconds. */
const ticks = (from: string, to: string, count: number, zone?: string): readonly string[] =>
  iso(timeTicks(Date.parse(from), Date.parse(to), count, zone).times);

const clean = (text: string): string => text.replace(/\s/g, ' ');

describe('timeTicks', () => {
  it('stands at absolute multiples of a nice step', () => {
    expect(timeTicks(61_500, 121_500, 7)).to.deep.equal({
      times: [70_000, 80_000, 90_000, 100_000, 110_000, 120_000],
      step: 10 * SECOND,
    });
    expect(timeTicks(0, 3, 5)).to.deep.equal({ times: [0, 1, 2, 3], step: 1 });
    expect(timeTicks(-15, 15, 4)).to.deep.equal({ times: [-10, 0, 10], step: 10 });
  });

  it('keeps its step while the range moves', () => {
    for (let shift = 0; shift < 60_000; shift += 777) {
      const found = timeTicks(shift, shift + 60_000, 6, 'UTC');
      expect(found.step).to.equal(15 * SECOND);
      expect(found.times.every((time) => time % found.step === 0)).to.equal(true);
    }
  });

  it('goes up in steps that a clock knows', () => {
    const steps = [0.5, 90, 700, 3e3, 14e3, 50e3, 100e3, 9e5, 2.9e6, 9e6, 2e7, 4e7, 8e7, 1e8, 5e8].map(
      (least) => timeTicks(0, least * 10, 10, 'UTC').step,
    );
    expect(steps).to.deep.equal([
      1,
      100,
      SECOND,
      5 * SECOND,
      15 * SECOND,
      MINUTE,
      2 * MINUTE,
      30 * MINUTE,
      HOUR,
      3 * HOUR,
      6 * HOUR,
      12 * HOUR,
      DAY,
      2 * DAY,
      7 * DAY,
    ]);
  });

  it('never has more than it may, is ascending, and stays within the range', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -8e15, max: 8e15, noNaN: true }),
        fc.double({ min: 0, max: 14, noNaN: true }),
        fc.integer({ min: 1, max: 20 }),
        fc.constantFrom('UTC', BERLIN, 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'),
        (min, size, count, zone) => {
          const max = min + 10 ** size;
          const { times } = timeTicks(min, max, count, zone);
          expect(times.length).to.be.at.most(count);
          expect(times).to.deep.equal([...new Set(times)].sort((a, b) => a - b));
          expect(times.every((time) => time >= min && time <= max)).to.equal(true);
        },
      ),
      { examples: [[5e-324, 0, 1, 'UTC']] },
    );
  });

  it('has ticks wherever at least two fit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2030, 0) }),
        fc.double({ min: 1, max: 11, noNaN: true }),
        fc.constantFrom('UTC', BERLIN, 'Asia/Kathmandu'),
        (min, size, zone) => {
          expect(timeTicks(min, min + 10 ** size, 10, zone).times.length).to.be.at.least(2);
        },
      ),
    );
  });

  it("aligns hours with the zone's clock, also where it is put forward", () => {
    expect(ticks('2026-03-28T22:00Z', '2026-03-29T13:00Z', 6, BERLIN)).to.deep.equal([
      '2026-03-28T23:00Z',
      '2026-03-29T01:00Z',
      '2026-03-29T04:00Z',
      '2026-03-29T07:00Z',
      '2026-03-29T10:00Z',
      '2026-03-29T13:00Z',
    ]);
  });

  it('leaves out the hours that a clock put forward skips', () => {
    const found = ticks('2026-03-28T23:00Z', '2026-03-29T07:00Z', 5, BERLIN);
    expect(found).to.deep.equal(['2026-03-28T23:00Z', '2026-03-29T02:00Z', '2026-03-29T04:00Z', '2026-03-29T06:00Z']);
  });

  it('shows an hour that comes twice twice where the step is an hour, and once where it is longer', () => {
    expect(ticks('2026-10-24T23:00Z', '2026-10-25T02:00Z', 4, BERLIN)).to.deep.equal([
      '2026-10-24T23:00Z',
      '2026-10-25T00:00Z',
      '2026-10-25T01:00Z',
      '2026-10-25T02:00Z',
    ]);
    expect(ticks('2026-10-24T22:00Z', '2026-10-25T05:00Z', 4, BERLIN)).to.deep.equal([
      '2026-10-24T22:00Z',
      '2026-10-25T00:00Z',
      '2026-10-25T03:00Z',
      '2026-10-25T05:00Z',
    ]);
  });

  it('aligns with zones that are off by part of an hour', () => {
    expect(ticks('2026-01-01T00:00Z', '2026-01-01T03:00Z', 4, 'Asia/Kathmandu')).to.deep.equal([
      '2026-01-01T00:15Z',
      '2026-01-01T01:15Z',
      '2026-01-01T02:15Z',
    ]);
    expect(ticks('2026-01-01T00:00Z', '2026-01-01T01:00Z', 3, 'Asia/Kathmandu')).to.deep.equal([
      '2026-01-01T00:15Z',
      '2026-01-01T00:45Z',
    ]);
  });

  it("begins days at the zone's midnight, of 23 and of 25 hours too", () => {
    expect(ticks('2026-03-28T12:00Z', '2026-03-31T12:00Z', 4, BERLIN)).to.deep.equal([
      '2026-03-28T23:00Z',
      '2026-03-29T22:00Z',
      '2026-03-30T22:00Z',
    ]);
    expect(ticks('2026-10-24T12:00Z', '2026-10-26T12:00Z', 3, BERLIN)).to.deep.equal([
      '2026-10-24T22:00Z',
      '2026-10-25T23:00Z',
    ]);
  });

  it('begins a day that has no midnight when its clock begins', () => {
    expect(ticks('2026-04-23T12:00Z', '2026-04-25T12:00Z', 3, 'Africa/Cairo')).to.deep.equal([
      '2026-04-23T22:00Z',
      '2026-04-24T21:00Z',
    ]);
  });

  it('begins weeks on Monday', () => {
    const { times, step } = timeTicks(Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 31), 5, 'UTC');
    expect(step).to.equal(7 * DAY);
    expect(times.map((time) => new Date(time).getUTCDay())).to.deep.equal([1, 1, 1, 1]);
  });

  it('follows months and years', () => {
    expect(ticks('2025-11-15T00:00Z', '2026-03-15T00:00Z', 6, BERLIN)).to.deep.equal([
      '2025-11-30T23:00Z',
      '2025-12-31T23:00Z',
      '2026-01-31T23:00Z',
      '2026-02-28T23:00Z',
    ]);
    expect(ticks('1988-06-01T00:00Z', '2026-06-01T00:00Z', 4, 'UTC')).to.deep.equal([
      '1990-01-01T00:00Z',
      '2000-01-01T00:00Z',
      '2010-01-01T00:00Z',
      '2020-01-01T00:00Z',
    ]);
  });

  it('takes the zone of the browser where there is none, or an unknown one', () => {
    const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    const [from, to] = [Date.UTC(2026, 0, 1), Date.UTC(2026, 0, 5)];
    expect(timeTicks(from, to, 5)).to.deep.equal(timeTicks(from, to, 5, zone));
    expect(timeTicks(from, to, 5, 'Mars/Olympus')).to.deep.equal(timeTicks(from, to, 5, zone));
  });

  it('has no ticks where there is no range, and one where it is a point on a multiple', () => {
    for (const [min, max] of [
      [Number.NaN, 1],
      [2, 1],
      [0, Number.POSITIVE_INFINITY],
      [-9e15, 0],
    ] as const) {
      expect(timeTicks(min, max, 5).times).to.deep.equal([]);
    }
    expect(timeTicks(5000, 5000, 5).times).to.deep.equal([5000]);
  });

  it('is not led astray by a senseless count', () => {
    expect(timeTicks(0, 1e6, Number.POSITIVE_INFINITY, 'UTC').times.length).to.be.at.most(1000);
    for (const count of [0, -1, Number.NaN]) expect(timeTicks(0, 1e6, count, 'UTC').times.length).to.be.at.most(1);
  });
});

describe('timeLabel', () => {
  const TIME = Date.UTC(2026, 2, 13, 12, 5, 6, 789);
  const label = (step: number, lang = 'de', time = TIME, timeZone = BERLIN): string =>
    clean(timeLabel(time, step, { lang, timeZone }));

  it('is as fine as the step', () => {
    expect([1, 500, SECOND, 30 * SECOND, MINUTE, HOUR].map((step) => label(step))).to.deep.equal([
      '13:05:06,789',
      '13:05:06,789',
      '13:05:06',
      '13:05:06',
      '13:05',
      '13:05',
    ]);
  });

  it('is a date from a day up', () => {
    expect([DAY, 14 * DAY, 30 * DAY, 365 * DAY].map((step) => label(step, 'en'))).to.deep.equal([
      'Mar 13',
      'Mar 13',
      'Mar 2026',
      '2026',
    ]);
  });

  it('names the day at midnight where hours are shown', () => {
    const midnight = Date.UTC(2026, 2, 12, 23);
    expect([label(HOUR, 'de', midnight), label(6 * HOUR, 'en', midnight)]).to.deep.equal(['13. März', 'Mar 13']);
    expect(label(MINUTE, 'de', midnight)).to.equal('00:00');
  });

  it('follows language and zone', () => {
    expect(label(MINUTE, 'en-US', TIME, 'America/New_York')).to.equal('08:05 AM');
  });

  it('does not throw where language, zone or time are none', () => {
    expect(timeLabel(TIME, MINUTE, { lang: '!', timeZone: 'Mars/Olympus' })).to.equal(
      new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' }).format(TIME),
    );
    for (const time of [Number.NaN, 9e15]) {
      expect([label(MINUTE, 'en', time), label(HOUR, 'en', time), label(DAY, 'en', time)]).to.deep.equal(['', '', '']);
    }
  });
});

describe('fullTimeLabel', () => {
  const TIME = Date.UTC(2026, 2, 13, 12, 5, 6, 789);

  it('has date and time to the second, to the millisecond where the step is finer', () => {
    const full = (step: number): string => clean(fullTimeLabel(TIME, step, { lang: 'de', timeZone: BERLIN }));
    expect([full(DAY), full(SECOND), full(100)]).to.deep.equal([
      '13. März 2026, 13:05:06',
      '13. März 2026, 13:05:06',
      '13. März 2026, 13:05:06,789',
    ]);
  });
});

describe('isTimeZone', () => {
  it('knows zones from other texts', () => {
    expect(['Europe/Berlin', 'utc', 'America/New_York'].map(isTimeZone)).to.deep.equal([true, true, true]);
    expect(['', 'Mars/Olympus', 'Berlin', '2 h'].map(isTimeZone)).to.deep.equal([false, false, false, false]);
  });
});
