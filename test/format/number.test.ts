/** How a card's values read: digits, units, languages, and what is no value. */
import { expect } from 'chai';
import * as fc from 'fast-check';
import { formatValue, NUMBER_FORMATS, parseCurrency, type FormatOptions } from '../../src/format/number.js';

const read = (value: unknown, options: Partial<FormatOptions> = {}): string | undefined => {
  const found = formatValue(value, { format: 'number', lang: 'en', ...options });
  // Which kind of space a language puts in is its own affair.
  return found && `${found.text} ${found.unit}`.trim().replace(/\s/g, ' ');
};

const all = (values: readonly number[], options: Partial<FormatOptions> = {}): readonly (string | undefined)[] =>
  values.map((value) => read(value, options));

describe('formatValue: number', () => {
  it('shows what came with up to two decimals as it came', () => {
    expect(all([0, 3, 42.5, 187.42, 1234.5, -7.25])).to.deep.equal(['0', '3', '42.5', '187.42', '1,234.5', '-7.25']);
  });

  it('cuts longer ones to a count of digits that depends on their size alone', () => {
    expect(all([0.12345, 9.87654, 45.23456, 44.96001, 1234.5678])).to.deep.equal([
      '0.12',
      '9.88',
      '45.2',
      '45.0',
      '1,234.6',
    ]);
  });

  it('keeps two digits of small numbers, and no trace of rounding errors', () => {
    expect(all([0.0234567, 0.004, 0.1 + 0.2, 0.1 + 0.2 - 0.3])).to.deep.equal(['0.023', '0.004', '0.3', '0']);
  });

  it('keeps its width while a long number moves within one size', () => {
    fc.assert(
      fc.property(fc.double({ min: 10.1, max: 99.9, noNaN: true }), (value) => {
        fc.pre(Number(value.toFixed(2)) !== value);
        expect(read(value)).to.have.lengthOf(4);
      }),
    );
  });

  it('writes decimal marks and groups as the language does', () => {
    expect(read(1234.5, { lang: 'de' })).to.equal('1.234,5');
    expect(read(1234567.5, { lang: 'en_IN' })).to.equal('12,34,567.5');
  });

  it('gives exactly the decimals asked for', () => {
    expect(read(2, { decimals: 2 })).to.equal('2.00');
    expect(read(2.567, { decimals: 0 })).to.equal('3');
    expect(read(2.567, { decimals: Number.NaN })).to.equal('2.57');
    expect(read(2.5, { decimals: 500 })).to.equal(`2.5${'0'.repeat(19)}`);
    expect(read(2.5, { decimals: -3 })).to.equal('3');
  });

  it('shows no minus before what is rounded to zero', () => {
    expect(read(-0.04, { decimals: 1 })).to.equal('0.0');
    expect(read(-0)).to.equal('0');
  });

  it('writes unwieldy numbers briefly', () => {
    expect(read(1e300)).to.equal('1E300');
    expect(read(123456789012345)).to.equal('123,456,789,012,345');
  });

  it('hands the unit over apart from the text', () => {
    expect(formatValue(45.2, { format: 'number', lang: 'en', unit: '%' })).to.deep.equal({ text: '45.2', unit: '%' });
    expect(formatValue(45.2, { format: 'number', lang: 'en' })).to.deep.equal({ text: '45.2', unit: '' });
  });

  it('reads text that is wholly a number, and takes nothing else for one', () => {
    expect(read('12.5')).to.equal('12.5');
    for (const value of [null, undefined, '', 'high', '12 %', true, {}, [1], Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(read(value)).to.equal(undefined);
    }
  });

  it("falls back to the browser's language where the tag is none", () => {
    const usual = new Intl.NumberFormat().format(1234.5);
    for (const lang of ['', '!', 'not a language', 'e']) expect(read(1234.5, { lang })).to.equal(usual);
  });
});

describe('formatValue: percent', () => {
  it('takes a fraction', () => {
    expect(all([0.002, 0.07, 1, 0.123456, -0.5], { format: 'percent' })).to.deep.equal([
      '0.2 %',
      '7 %',
      '100 %',
      '12.3 %',
      '-50 %',
    ]);
  });

  it('hands the sign over as the unit, without the space before it', () => {
    expect(formatValue(0.5, { format: 'percent', lang: 'de' })).to.deep.equal({ text: '50', unit: '%' });
  });

  it('leaves the sign where a language writes it first', () => {
    expect(formatValue(0.5, { format: 'percent', lang: 'tr' })).to.deep.equal({ text: '%50', unit: '' });
  });

  it('says the sign once where the author writes it too, and parts words from it', () => {
    expect(read(0.5, { format: 'percent', unit: '%' })).to.equal('50 %');
    expect(read(0.5, { format: 'percent', unit: 'of all' })).to.equal('50 % of all');
  });

  it('counts decimals after the conversion', () => {
    expect(read(0.12345, { format: 'percent', decimals: 2 })).to.equal('12.35 %');
  });
});

describe('formatValue: bytes', () => {
  const format = 'bytes';

  it('goes by thousands', () => {
    expect(all([0, 12, 999, 1000, 1234, 1.25e6, 3e9, 4.56e12, 7e15, 8e18], { format })).to.deep.equal([
      '0 B',
      '12 B',
      '999 B',
      '1 kB',
      '1.2 kB',
      '1.3 MB',
      '3 GB',
      '4.6 TB',
      '7 PB',
      '8,000 PB',
    ]);
  });

  it('takes the next unit where rounding would show a thousand', () => {
    expect(all([999.96, 999_940, 999_960, -999_960], { format })).to.deep.equal([
      '1.0 kB',
      '999.9 kB',
      '1.0 MB',
      '-1.0 MB',
    ]);
  });

  it("appends the author's unit", () => {
    expect(formatValue(1.2e6, { format, lang: 'en', unit: '/s' })).to.deep.equal({ text: '1.2', unit: 'MB/s' });
  });

  it('uses the units of the language', () => {
    expect(read(1.2e6, { format, lang: 'fr' })).to.equal('1,2 Mo');
  });
});

describe('formatValue: compact', () => {
  it('shortens from a thousand up', () => {
    expect(all([0.5, 999, 1000, 1234, 1_250_000, 12_000], { format: 'compact' })).to.deep.equal([
      '0.5',
      '999',
      '1K',
      '1.2K',
      '1.3M',
      '12K',
    ]);
    expect(read(1_250_000, { format: 'compact', lang: 'de' })).to.equal('1,3 Mio.');
  });
});

describe('formatValue: currency', () => {
  const format = 'currency';

  it('writes money as the language does, with the digits of the currency', () => {
    expect(read(-1234.5, { format, currency: 'EUR', lang: 'de' })).to.equal('-1.234,50 €');
    expect(read(1234.5, { format, currency: 'USD' })).to.equal('$1,234.50');
    expect(read(1234.5, { format, currency: 'jpy' })).to.equal('¥1,235');
    expect(read(1234.5, { format, currency: 'USD', decimals: 0 })).to.equal('$1,235');
  });

  it('keeps the symbol in the text, and the unit for the author', () => {
    expect(formatValue(5, { format, currency: 'USD', lang: 'en', unit: '/month' })).to.deep.equal({
      text: '$5.00',
      unit: '/month',
    });
  });

  it('writes a plain number where the currency is unusable', () => {
    for (const currency of [undefined, '', 'EURO']) expect(read(5, { format, currency })).to.equal('5.00');
  });
});

describe('formatValue: duration', () => {
  const format = 'duration';

  it('takes milliseconds and uses the units that suit', () => {
    expect(all([0, 0.42, 3.4567, 350, 1000, 12_345, 250_000, 245_000], { format })).to.deep.equal([
      '0 ms',
      '0.42 ms',
      '3.46 ms',
      '350 ms',
      '1 s',
      '12.3 s',
      '4 min 10 s',
      '4 min 05 s',
    ]);
    expect(all([11_100_000, 86_400_000, 98_000_000], { format })).to.deep.equal(['3 h 05 min', '1 d 00 h', '1 d 03 h']);
  });

  it('never shows sixty of anything, nor a thousand', () => {
    expect(all([999.96, 59_940, 59_960, 3_599_400, 3_599_600, 86_369_000, 86_399_900], { format })).to.deep.equal([
      '1.0 s',
      '59.9 s',
      '1 min 00 s',
      '59 min 59 s',
      '1 h 00 min',
      '23 h 59 min',
      '1 d 00 h',
    ]);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (ms) => {
        expect(read(ms, { format })).not.to.match(/\b(?:60(?:\.0)? (?:s|min)|24 h|1,000(?:\.0)? ms)/);
      }),
    );
  });

  it('keeps the sign', () => {
    expect(all([-350, -250_000], { format })).to.deep.equal(['-350 ms', '-4 min 10 s']);
  });

  it('takes decimals below a minute only', () => {
    expect(read(12_345, { format, decimals: 2 })).to.equal('12.35 s');
    expect(read(250_000, { format, decimals: 2 })).to.equal('4 min 10 s');
  });

  it('hands one unit over apart, two in the text', () => {
    expect(formatValue(350, { format, lang: 'en' })).to.deep.equal({ text: '350', unit: 'ms' });
    expect(formatValue(250_000, { format, lang: 'en' })).to.deep.equal({ text: '4 min 10 s', unit: '' });
  });
});

describe('formatValue: text', () => {
  it('shows texts, booleans and numbers as they are', () => {
    const shown = ['RUNNING', '', true, false, 20240101.125, '007'].map((value) => read(value, { format: 'text' }));
    expect(shown).to.deep.equal(['RUNNING', '', 'true', 'false', '20240101.125', '007']);
  });

  it('takes null and objects for no value', () => {
    for (const value of [null, undefined, {}, []]) expect(read(value, { format: 'text' })).to.equal(undefined);
  });
});

describe('formatValue, whatever comes', () => {
  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.anything(), fc.double()),
        fc.record({
          format: fc.constantFrom(...NUMBER_FORMATS),
          lang: fc.oneof(fc.string(), fc.constantFrom('en', 'de', 'ar-EG')),
          unit: fc.option(fc.string(), { nil: undefined }),
          decimals: fc.option(fc.oneof(fc.integer(), fc.double()), { nil: undefined }),
          currency: fc.option(fc.string(), { nil: undefined }),
        }),
        (value, options) => {
          formatValue(value, options);
        },
      ),
    );
  });
});

describe('parseCurrency', () => {
  it('takes three letters, in any case', () => {
    expect(parseCurrency(' eur ')).to.deep.equal({ ok: true, value: 'EUR' });
  });

  it('says what is allowed', () => {
    for (const text of ['', 'EURO', '€', 'E1R']) {
      expect(parseCurrency(text)).to.deep.equal({
        ok: false,
        problem: 'a currency code of three letters, such as EUR or USD',
      });
    }
  });
});
