/** How long ago, and how long to go. */
import { expect } from 'chai';
import { formatAge, formatCountdown, formatElapsed } from '../../src/format/age.js';
import { setStrings } from '../../src/format/strings.js';

describe('formatAge', () => {
  it('counts what has passed, in one unit', () => {
    const ages = [1000, 3999, 59_999, 60_000, 3_599_999, 3_600_000, 86_399_999, 86_400_000, 1e9 * 86_400].map((ms) =>
      formatAge(ms, 'en'),
    );
    expect(ages).to.deep.equal([
      '1 s ago',
      '3 s ago',
      '59 s ago',
      '1 min ago',
      '59 min ago',
      '1 h ago',
      '23 h ago',
      '1 d ago',
      '1,000,000 d ago',
    ]);
  });

  it('is now under a second, and for what is yet to come', () => {
    for (const ms of [0, 999, -5000, Number.NaN]) expect(formatAge(ms, 'en')).to.equal('now');
  });

  it('speaks German', () => {
    expect(formatAge(3000, 'de')).to.equal('vor 3 s');
    expect(formatAge(0, 'de')).to.equal('jetzt');
  });

  it('speaks a language that a page adds', () => {
    setStrings('es', { ago: 'hace {time}' });
    expect(formatAge(3000, 'es-MX')).to.equal('hace 3 s');
  });
});

describe('formatElapsed', () => {
  it('counts what has passed, in one unit, from zero on', () => {
    const texts = [Number.NaN, -5, 999, 12_999, 60_000, 7_200_000].map((ms) => formatElapsed(ms, 'en'));
    expect(texts).to.deep.equal(['0 s', '0 s', '0 s', '12 s', '1 min', '2 h']);
  });
});

describe('formatCountdown', () => {
  it('counts begun seconds, so that zero means over', () => {
    expect([4999, 4000, 1, 0, -50, Number.NaN].map((ms) => formatCountdown(ms, 'en'))).to.deep.equal([
      '5 s',
      '4 s',
      '1 s',
      '0 s',
      '0 s',
      '0 s',
    ]);
  });

  it('shows minutes from sixty seconds up', () => {
    expect(formatCountdown(59_001, 'de')).to.equal('1 min 00 s');
    expect(formatCountdown(61_500, 'de')).to.equal('1 min 02 s');
  });
});
