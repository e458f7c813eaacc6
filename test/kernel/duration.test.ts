import { expect } from 'chai';
import fc from 'fast-check';
import { parseDuration, parseSpan } from '../../src/kernel/duration.js';
import { ok } from '../../src/kernel/result.js';

describe('a duration', () => {
  it('is read in milliseconds, seconds, minutes and hours; a bare number is milliseconds', () => {
    expect(parseDuration('250ms')).to.deep.equal(ok(250));
    expect(parseDuration('5s')).to.deep.equal(ok(5_000));
    expect(parseDuration('10m')).to.deep.equal(ok(600_000));
    expect(parseDuration('1h')).to.deep.equal(ok(3_600_000));
    expect(parseDuration('1500')).to.deep.equal(ok(1_500));
    expect(parseDuration('0')).to.deep.equal(ok(0));
  });

  it('may have a fraction and white space around it', () => {
    expect(parseDuration(' 1.5s ')).to.deep.equal(ok(1_500));
    expect(parseDuration('.5 h')).to.deep.equal(ok(1_800_000));
  });

  it('that is none is told with what is allowed', () => {
    for (const text of ['', 's', '5 days', '-5s', '5S', '1e3', '5s 5m', 'NaN', 'Infinity', '5..s', '1.s']) {
      const result = parseDuration(text);
      expect(result.ok, text).to.equal(false);
      if (!result.ok) expect(result.problem).to.include('5s');
    }
  });

  it('of whole milliseconds is the number itself', () => {
    fc.assert(
      fc.property(fc.nat(), (ms) => {
        expect(parseDuration(`${ms}ms`)).to.deep.equal(ok(ms));
      }),
    );
  });
});

describe('a span', () => {
  it('is a duration with a unit, a count of samples without', () => {
    expect(parseSpan('60s')).to.deep.equal(ok({ ms: 60_000 }));
    expect(parseSpan('600')).to.deep.equal(ok({ samples: 600 }));
  });

  it('of nothing, or of half a sample, is none', () => {
    for (const text of ['0', '0s', '1.5', '', 'all', '-1']) expect(parseSpan(text).ok, text).to.equal(false);
  });
});
