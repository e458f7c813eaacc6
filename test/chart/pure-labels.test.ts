import { expect } from 'chai';
import { tickLabels, valueLabel } from '../../src/chart/labels.js';

describe('the labels of a vertical axis', () => {
  it('have as many decimals as tell them apart, all the same', () => {
    expect(tickLabels([0, 0.5, 1], 0.5, 'en')).to.deep.equal(['0.0', '0.5', '1.0']);
    expect(tickLabels([0, 25, 50], 25, 'en')).to.deep.equal(['0', '25', '50']);
    expect(tickLabels([0.1, 0.15], 0.05, 'en')).to.deep.equal(['0.10', '0.15']);
  });

  it('count large numbers in thousands, millions and so on', () => {
    expect(tickLabels([0, 5e5, 1e6, 1.5e6], 5e5, 'en')).to.deep.equal(['0', '500K', '1.0M', '1.5M']);
    expect(tickLabels([2.5e6, 5e6], 2.5e6, 'en')).to.deep.equal(['2.5M', '5.0M']);
    expect(tickLabels([1e6, 2e6], 1e6, 'de')).to.deep.equal(['1\u00a0Mio.', '2\u00a0Mio.']);
  });

  it('write large numbers in full where their steps are small', () => {
    expect(tickLabels([1_000_000, 1_000_002], 2, 'en')).to.deep.equal(['1,000,000', '1,000,002']);
  });

  it('write what is tiny or beyond all words by its power of ten', () => {
    expect(tickLabels([-2e-12, 0, 2e-12], 2e-12, 'en')).to.deep.equal(['-2E-12', '0', '2E-12']);
    expect(tickLabels([1e15, 1.5e15], 5e14, 'en')).to.deep.equal(['1.0E15', '1.5E15']);
  });

  it('never say minus zero, and take a language tag that is none', () => {
    expect(tickLabels([-0], 1, 'en')).to.deep.equal(['0']);
    expect(tickLabels([1], 1, 'no language')).to.deep.equal(['1']);
  });
});

describe('a value in the tooltip', () => {
  it('is written as on a card, and by its power of ten where it is tiny', () => {
    expect(valueLabel(1234.56, 'de')).to.equal('1.234,56');
    expect(valueLabel(0, 'en')).to.equal('0');
    expect(valueLabel(1e-12, 'en')).to.equal('1.00E-12');
    expect(valueLabel(NaN, 'en')).to.equal('');
  });
});
