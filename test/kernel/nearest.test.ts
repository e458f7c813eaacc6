import { expect } from 'chai';
import fc from 'fast-check';
import { nearest } from '../../src/kernel/nearest.js';

const NAMES = ['feed', 'field', 'metric-card', 'line-chart', 'label', 'window'];

describe('the nearest name', () => {
  it('is the one with a letter wrong, missing, too many, or swapped', () => {
    expect(
      ['metric-crad', 'metriccard', 'metric--card', 'netric-card'].map((name) => nearest(name, NAMES)),
    ).to.deep.equal(Array(4).fill('metric-card'));
    expect(['feild', 'fild', 'fields', 'fiedl'].map((name) => nearest(name, NAMES))).to.deep.equal(
      Array(4).fill('field'),
    );
  });

  it('is none further than two letters away, and none where half of a short name is wrong', () => {
    expect(['mtrccrd', 'onclick', 'style', 'xe', 'id', '', 'fxxd'].map((name) => nearest(name, NAMES))).to.deep.equal(
      Array(7).fill(undefined),
    );
  });

  it('is the one that begins like the word where two are as near', () => {
    expect(nearest('field', ['x-field', 'fields', 'y-field'])).to.equal('fields');
  });

  it('is the name itself where it is there, whatever else is near', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1 }), fc.nat(), (names, pick) => {
        const name = names[pick % names.length] ?? '';
        expect(nearest(name, names)).to.equal(name);
      }),
    );
  });
});
