import { expect } from 'chai';
import fc from 'fast-check';
import { parseWhere, type Where } from '../../src/store/where.js';

const where = (text: string): Where => {
  const result = parseWhere(text);
  if (!result.ok) throw new Error(result.problem);
  return result.value;
};

describe('where', () => {
  it('lets through the items whose field has that text', () => {
    const aapl = where('symbol=AAPL');
    expect(aapl.matches({ symbol: 'AAPL' })).to.equal(true);
    expect(aapl.matches({ symbol: 'aapl' })).to.equal(false);
    expect(aapl.matches({ symbol: 'AAPL ' })).to.equal(false);
    expect(aapl.matches({})).to.equal(false);
    expect(aapl.matches(null)).to.equal(false);
    expect(aapl.matches('AAPL')).to.equal(false);
  });

  it('compares numbers and booleans by their text, and nothing else', () => {
    expect(where('id=5').matches({ id: 5 })).to.equal(true);
    expect(where('id=5').matches({ id: '5' })).to.equal(true);
    expect(where('id=5.0').matches({ id: 5 })).to.equal(false);
    expect(where('on=true').matches({ on: true })).to.equal(true);
    expect(where('x=null').matches({ x: null })).to.equal(false);
    expect(where('x=1').matches({ x: [1] })).to.equal(false);
  });

  it('wants all of several conditions, whatever white space is between them', () => {
    const both = where(' a=1\n\t b.c=x\u2003d=2 ');
    expect(both.matches({ a: 1, b: { c: 'x' }, d: 2 })).to.equal(true);
    expect(both.matches({ a: 1, b: { c: 'x' }, d: 3 })).to.equal(false);
    expect(both.matches({ a: 2, b: { c: 'x' }, d: 2 })).to.equal(false);
  });

  it('takes quoted values with spaces, with an equals sign, and empty', () => {
    expect(where("city='New York' on=1").matches({ city: 'New York', on: 1 })).to.equal(true);
    expect(where('city="New York"').matches({ city: 'New York' })).to.equal(true);
    expect(where('formula="a = b"').matches({ formula: 'a = b' })).to.equal(true);
    expect(where('query=a=b').matches({ query: 'a=b' })).to.equal(true);
    expect(where("name=''").matches({ name: '' })).to.equal(true);
    expect(where('title=\'the "big" one\' x=1').matches({ title: 'the "big" one', x: 1 })).to.equal(true);
  });

  it('leaves an apostrophe within a value alone', () => {
    expect(where("name=O'Brien").matches({ name: "O'Brien" })).to.equal(true);
    expect(where("name='O'Brien and sons'").matches({ name: "O'Brien and sons" })).to.equal(true);
    expect(where("name='O’Brien and sons'").matches({ name: 'O’Brien and sons' })).to.equal(true);
  });

  it('without a condition holds always', () => {
    expect(where('').matches(null)).to.equal(true);
    expect(where('  ').matches({ a: 1 })).to.equal(true);
  });

  it('keeps the text as it was written', () => {
    expect(where(' a=1 ').text).to.equal(' a=1 ');
  });

  it('that is malformed is told with what is allowed', () => {
    for (const text of [
      'symbol',
      'symbol=',
      '=AAPL',
      'a = 1',
      "city='New York",
      'city=New York',
      'a=1 b',
      "a='x'y",
      'a="',
      'a=“x”',
      'a=«x»',
    ]) {
      const result = parseWhere(text);
      expect(result.ok, text).to.equal(false);
      if (!result.ok) expect(result.problem).to.include('symbol=AAPL');
    }
  });

  it('fault 32: reads no inherited property', () => {
    expect(where('constructor.name=Object').matches({})).to.equal(false);
    expect(where('__proto__.x=1').matches(JSON.parse('{"__proto__":{"x":1}}'))).to.equal(false);
  });

  it('finds every value that was written quoted', () => {
    const quotes = /["“”„‟″'‘’‚‛′\u00a0]/u;
    const value = fc.string().filter((text) => !quotes.test(text));
    fc.assert(
      fc.property(value, value, (wanted, other) => {
        const condition = where(`a="${wanted}" b='${other}'`);
        expect(condition.matches({ a: wanted, b: other })).to.equal(true);
        expect(condition.matches({ a: `${wanted}!`, b: other })).to.equal(false);
      }),
    );
  });

  it('whatever its text, never throws, neither when read nor when asked', () => {
    fc.assert(
      fc.property(fc.string(), fc.anything(), (text, item) => {
        const result = parseWhere(text);
        if (result.ok) expect(result.value.matches(item)).to.be.a('boolean');
        else expect(text.trim()).not.to.equal('');
      }),
    );
  });
});
