import { expect } from 'chai';
import fc from 'fast-check';
import { TimeAxis, ValueAxis, valueParts } from '../../src/chart/axes.js';

/** A font in which every letter is 7 pixels wide. */
const ruler = { size: 12, width: (text: string): number => text.length * 7 };
const NOON = Date.UTC(2025, 4, 9, 12);

const timeAxis = (ms: number, max = NOON): TimeAxis => {
  const axis = new TimeAxis(ruler, { lang: 'en', timeZone: 'UTC' }, () => ({ left: 40, right: 8 }));
  axis.shown = { min: max - ms, max };
  return axis;
};

describe('the time axis', () => {
  it('has labels that do not touch and are not cut off, at any length of time and any width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4e11 }), fc.integer({ min: 60, max: 2_000 }), (ms, width) => {
        const labels = timeAxis(ms)
          .ticks(width)
          .flatMap(({ value, label }) => {
            const half = String(label).length * 3.5;
            const at = ((value - (NOON - ms)) / ms) * width;
            return label === '' ? [] : [{ from: at - half, to: at + half }];
          });
        labels.forEach(({ from, to }, index) => {
          expect(from).to.be.at.least(-40);
          expect(to).to.be.at.most(width + 8);
          expect(from - (labels[index - 1]?.to ?? -Infinity)).to.be.at.least(4);
        });
      }),
    );
  });

  it('has few labels, and fewer on a narrow chart', () => {
    expect(timeAxis(60_000).ticks(2_000).length).to.be.within(5, 8);
    expect(timeAxis(60_000).ticks(300).length).to.be.within(1, 3);
  });

  it('keeps the distance of its ticks while it moves', () => {
    const distances = new Set<number>();
    for (let moved = 0; moved < 60_000; moved += 777) {
      const [first, second] = timeAxis(60_000, NOON + moved).ticks(600);
      distances.add((second?.value ?? NaN) - (first?.value ?? NaN));
    }
    expect([...distances]).to.have.length(1);
  });

  it('has no ticks where there is no time, or none that a date can be', () => {
    const axis = new TimeAxis(ruler, { lang: 'en' }, () => ({ left: 0, right: 0 }));
    expect(axis.ticks(500)).to.deep.equal([]);
    expect(timeAxis(1e16, 1e17).ticks(500)).to.deep.equal([]);
  });
});

describe('an axis of values', () => {
  it('has a tick at each round value', () => {
    const axis = new ValueAxis(ruler, 'en');
    axis.shown = { min: 0, max: 100, step: 25 };
    expect(axis.ticks().map(({ label }) => label)).to.deep.equal(['0', '25', '50', '75', '100']);
  });

  it('takes the room of its longest label, and keeps it while labels change a little', () => {
    const axis = new ValueAxis(ruler, 'en');
    const fit = (label: string): number => axis.fit([{ value: 0, label }]);
    const before = fit('1,234.5');
    expect(before).to.be.at.least(49);
    expect(fit('999.5')).to.equal(before);
    expect(fit('1')).to.be.lessThan(before);
    expect(fit('')).to.equal(axis.room);
  });

  it('has fewer steps on a low chart, and always one', () => {
    expect([1_000, 190, 90, 0].map(valueParts)).to.deep.equal([6, 4, 2, 1]);
  });
});
