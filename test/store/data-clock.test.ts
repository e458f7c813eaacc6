import { expect } from 'chai';
import fc from 'fast-check';
import { DataClock, HELD, type Verdict } from '../../src/store/data-clock.js';
import { Rhythm } from '../../src/store/rhythm.js';

const T = 1_700_000_000_000;
const HOUR = 3_600_000;
const YEAR_2099 = Date.UTC(2099, 0, 1);
const noRhythm = { usualGap: undefined };
const everySecond = { usualGap: 1_000 };

describe('the data’s clock', () => {
  it('fault 35: starts wherever the first sample is, a day away from any other clock', () => {
    const clock = new DataClock({ ms: 60_000 });
    expect(clock.edge(0)).to.equal(undefined);
    expect(clock.judge(T - 24 * HOUR, 5_000, noRhythm)).to.equal('take');
    expect(clock.edge(5_000)).to.equal(T - 24 * HOUR);
  });

  it('stands at the newest sample and moves on with what passes since it came', () => {
    const clock = new DataClock({ ms: 60_000 });
    clock.judge(T, 100, noRhythm);
    expect(clock.edge(100)).to.equal(T);
    expect(clock.edge(30_100)).to.equal(T + 30_000);
    expect(clock.edge(50), 'before it came').to.equal(T);
  });

  it('does not go back when a sample comes late', () => {
    const clock = new DataClock({ ms: 60_000 });
    clock.judge(T, 0, noRhythm);
    expect(clock.edge(4_000)).to.equal(T + 4_000);
    expect(clock.judge(T + 1_000, 4_000, noRhythm)).to.equal('take');
    expect(clock.edge(4_000)).to.equal(T + 4_000);
    expect(clock.edge(6_000)).to.equal(T + 4_000);
    expect(clock.edge(8_000), 'caught up').to.equal(T + 5_000);
  });

  it('does not move for a sample older than the newest', () => {
    const clock = new DataClock({ ms: 60_000 });
    clock.judge(T, 0, noRhythm);
    expect(clock.judge(T - 59_000, 1_000, noRhythm)).to.equal('take');
    expect(clock.edge(1_000)).to.equal(T + 1_000);
  });

  it('holds what is ahead of the edge, or behind the newest sample, by more than the window', () => {
    const fresh = (): DataClock => {
      const clock = new DataClock({ ms: 300_000 });
      clock.judge(T, 0, noRhythm);
      return clock;
    };
    expect(fresh().judge(T + 10_000 + 300_000, 10_000, noRhythm)).to.equal('take');
    expect(fresh().judge(T + 10_000 + 300_001, 10_000, noRhythm)).to.equal('hold');
    expect(fresh().judge(T - 300_000, 10_000, noRhythm)).to.equal('take');
    expect(fresh().judge(T - 300_001, 10_000, noRhythm)).to.equal('hold');
  });

  it('allows a minute at least, however short the window', () => {
    const clock = new DataClock({ ms: 5_000 });
    clock.judge(T, 0, noRhythm);
    expect(clock.judge(T + 60_000, 0, noRhythm)).to.equal('take');
    expect(clock.judge(T + 120_001, 0, noRhythm)).to.equal('hold');
  });

  it('lets a silence pass: what comes after hours fits the edge that has moved on', () => {
    const clock = new DataClock({ ms: 60_000 });
    clock.judge(T, 0, noRhythm);
    expect(clock.judge(T + 5 * HOUR, 5 * HOUR, noRhythm)).to.equal('take');
  });

  for (const [name, window] of [
    ['counts samples', { samples: 100 }],
    ['is absent', undefined],
  ] as const) {
    it(`where the window ${name}, takes five as they come, then allows a hundred usual gaps`, () => {
      const clock = new DataClock(window);
      for (const time of [T, T + 2 * HOUR, T - 2 * HOUR, T + 1, T + HOUR]) {
        expect(clock.judge(time, 0, everySecond)).to.equal('take');
      }
      const newest = T + 2 * HOUR;
      expect(clock.judge(newest + 100_001, 0, everySecond)).to.equal('hold');
      expect(clock.judge(newest + 100_000, 0, everySecond)).to.equal('take');
      expect(clock.judge(newest, 0, everySecond)).to.equal('take');
      expect(clock.judge(newest - 1, 0, everySecond)).to.equal('hold');
    });
  }

  it('where no gap is known, allows a minute; where gaps are tiny, a second', () => {
    const clock = new DataClock(undefined);
    for (let sample = 0; sample < 5; sample++) clock.judge(T, 0, noRhythm);
    expect(clock.judge(T - 60_001, 0, noRhythm)).to.equal('hold');
    expect(clock.judge(T - 60_000, 0, noRhythm)).to.equal('take');
    expect(clock.judge(T - 1_001, 0, { usualGap: 0.1 })).to.equal('hold');
    expect(clock.judge(T - 1_000, 0, { usualGap: 0.1 })).to.equal('take');
  });

  it('fault 34: is neither moved nor stopped by one sample dated 2099', () => {
    const clock = new DataClock({ ms: 60_000 });
    clock.judge(T, 0, noRhythm);
    expect(clock.judge(YEAR_2099, 500, noRhythm)).to.equal('hold');
    expect(clock.held).to.equal(1);
    expect(clock.edge(900)).to.equal(T + 900);
    expect(clock.judge(T + 1_000, 1_000, noRhythm)).to.equal('take');
    expect(clock.held).to.equal(0);
    expect(clock.edge(1_000)).to.equal(T + 1_000);
  });

  for (const [name, jump] of [
    ['back', -HOUR],
    ['ahead', HOUR],
  ] as const) {
    it(`fault 34: set ${name} an hour, jumps at the fifth sample that stays with the first`, () => {
      const clock = new DataClock({ ms: 60_000 });
      for (let second = 0; second < 10; second++) clock.judge(T + second * 1_000, second * 1_000, noRhythm);
      const verdicts: Verdict[] = [];
      for (let second = 10; second < 17; second++) {
        verdicts.push(clock.judge(T + jump + second * 1_000, second * 1_000, noRhythm));
      }
      expect(verdicts).to.deep.equal(['hold', 'hold', 'hold', 'hold', 'hold', 'jump', 'take']);
      expect(clock.edge(20_000)).to.equal(T + jump + 20_000);
    });
  }

  it('fault 34: jumps, too, where samples are so seldom that five last longer than the window', () => {
    const clock = new DataClock({ ms: 60_000 });
    clock.judge(T, 0, noRhythm);
    const verdicts: Verdict[] = [];
    for (let turn = 1; turn <= 6; turn++) {
      verdicts.push(clock.judge(T - 5 * HOUR + turn * 150_000, turn * 150_000, noRhythm));
    }
    expect(verdicts.at(-1)).to.equal('jump');
  });

  it('holds anew from a sample that stays neither with the clock nor with what is held', () => {
    const clock = new DataClock({ ms: 60_000 });
    clock.judge(T, 0, noRhythm);
    clock.judge(YEAR_2099, 0, noRhythm);
    clock.judge(YEAR_2099 + 1, 0, noRhythm);
    expect(clock.held).to.equal(2);
    expect(clock.judge(0, 0, noRhythm)).to.equal('hold');
    expect(clock.held).to.equal(1);
  });

  it('forgets what is held when told', () => {
    const clock = new DataClock({ ms: 60_000 });
    clock.judge(T, 0, noRhythm);
    for (let sample = 0; sample < HELD; sample++) clock.judge(YEAR_2099, 0, noRhythm);
    clock.release();
    expect(clock.judge(YEAR_2099, 0, noRhythm)).to.equal('hold');
    expect(clock.held).to.equal(1);
  });

  it('whatever comes, holds five at most, and its edge goes back only at a jump', () => {
    const sample = fc.record({
      time: fc.oneof(
        { weight: 5, arbitrary: fc.integer({ min: T, max: T + 100_000 }) },
        { weight: 1, arbitrary: fc.constantFrom(0, YEAR_2099, T - HOUR, 8.64e15, -8.64e15) },
      ),
      pause: fc.integer({ min: 0, max: 20_000 }),
    });
    const window = fc.constantFrom(undefined, { ms: 60_000 }, { samples: 10 });
    fc.assert(
      fc.property(window, fc.array(sample, { size: 'large', maxLength: 200 }), (shown, samples) => {
        const clock = new DataClock(shown);
        const rhythm = new Rhythm();
        let now = 0;
        let edge = -Infinity;
        for (const { time, pause } of samples) {
          now += pause;
          const verdict = clock.judge(time, now, rhythm);
          if (verdict === 'take') rhythm.note(time);
          const moved = clock.edge(now) ?? NaN;
          expect(moved).to.satisfy(Number.isFinite);
          if (verdict !== 'jump') expect(moved).to.be.at.least(edge);
          edge = moved;
          expect(clock.held).to.be.within(verdict === 'hold' ? 1 : 0, verdict === 'hold' ? HELD : 0);
        }
      }),
    );
  });

  it('fault 34: whatever came, is back with the data after six samples of any one clock', () => {
    const past = fc.array(fc.oneof(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.integer({ min: T - HOUR, max: T })));
    fc.assert(
      fc.property(past, (times) => {
        const clock = new DataClock({ ms: 60_000 });
        for (const time of times) clock.judge(time, 0, noRhythm);
        for (let second = 0; second < HELD + 1; second++) clock.judge(T + second * 1_000, second * 1_000, noRhythm);
        expect(clock.judge(T + 6_000, 6_000, noRhythm)).to.equal('take');
        const edge = clock.edge(6_000) ?? 0;
        expect(edge - T).to.be.within(6_000, 6_000 + 60_000);
      }),
    );
  });
});

describe('the usual gap', () => {
  const gapOf = (times: readonly number[]): number | undefined => {
    const rhythm = new Rhythm();
    for (const time of times) rhythm.note(time);
    return rhythm.usualGap;
  };

  it('is unknown before two samples, and where time stands still or runs back', () => {
    expect(gapOf([])).to.equal(undefined);
    expect(gapOf([T])).to.equal(undefined);
    expect(gapOf([T, T, T - 5])).to.equal(undefined);
  });

  it('is the median, which neither a pause nor a stray sample moves', () => {
    expect(gapOf([0, 10, 20, 30, 1e9, 40, 50, 60])).to.equal(10);
    expect(gapOf([0, 1e9, 10, 20])).to.equal(10);
    expect(gapOf([0, 3])).to.equal(3);
  });

  it('of two in the middle is the smaller, or the greater where that is asked for', () => {
    expect(gapOf([0, 1, 101])).to.equal(1);
    const rhythm = new Rhythm(1);
    for (const time of [0, 1, 101]) rhythm.note(time);
    expect(rhythm.usualGap).to.equal(100);
    rhythm.note(103);
    expect(rhythm.usualGap).to.equal(2);
  });

  it('follows a change of pace within fifteen samples', () => {
    const rhythm = new Rhythm();
    for (let time = 0; time <= 1_000; time += 10) rhythm.note(time);
    expect(rhythm.usualGap).to.equal(10);
    for (let step = 1; step <= 7; step++) rhythm.note(1_000 + step * 500);
    expect(rhythm.usualGap).to.equal(10);
    rhythm.note(1_000 + 8 * 500);
    expect(rhythm.usualGap).to.equal(500);
  });

  it('knows nothing of the step over an interruption', () => {
    const rhythm = new Rhythm();
    rhythm.note(0);
    rhythm.interrupt();
    rhythm.note(1e9);
    expect(rhythm.usualGap).to.equal(undefined);
    rhythm.note(1e9 + 7);
    expect(rhythm.usualGap).to.equal(7);
  });

  it('is the median of the last fifteen positive gaps, as plain arrays have it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 60 }), (gaps) => {
        const rhythm = new Rhythm();
        let time = 0;
        rhythm.note(time);
        for (const gap of gaps) rhythm.note((time += gap));
        const sorted = gaps.slice(-15).sort((a, b) => a - b);
        expect(rhythm.usualGap).to.equal(sorted[(sorted.length - 1) >> 1]);
      }),
    );
  });
});
