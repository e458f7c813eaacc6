import { expect } from 'chai';
import fc from 'fast-check';
import { toNumber } from '../../src/kernel/number.js';

describe('the rule for numbers', () => {
  it('fault 33: takes finite numbers, and text that is wholly one', () => {
    expect(toNumber(12.5)).to.equal(12.5);
    expect(toNumber(0)).to.equal(0);
    expect(toNumber('12.5')).to.equal(12.5);
    expect(toNumber('-3')).to.equal(-3);
    expect(toNumber('1e3')).to.equal(1000);
    expect(toNumber('.5')).to.equal(0.5);
  });

  it('fault 33: takes no NaN, no infinity, no null and no text that only begins or ends with a number', () => {
    const none = [NaN, Infinity, -Infinity, 'NaN', 'Infinity', '1e999', null, undefined, true, [], [5], {}, 5n];
    const texts = ['', ' ', ' 5', '5 ', '5%', '$5', '0x10', '1,5', '1_000', '5\n', '--5', '.', 'e5'];
    for (const value of [...none, ...texts]) expect(toNumber(value)).to.equal(undefined);
  });

  it('reads back every finite number from its own text', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(toNumber(String(number))).to.equal(Number(String(number)));
      }),
    );
  });

  it('never answers with anything that is not finite', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const number = toNumber(value);
        expect(number === undefined || Number.isFinite(number)).to.equal(true);
      }),
    );
  });
});
