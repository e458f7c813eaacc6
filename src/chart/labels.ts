/** What the ticks of a vertical axis say, and the values in the tooltip. Pure: numbers to text, by `Intl`. */
import { localeOf, memo } from '../format/intl.js';
import { formatValue } from '../format/number.js';

/** From here on an axis counts in thousands, millions and so on. */
const COMPACT_FROM = 1e5;
/** Beyond these an axis writes powers of ten. */
const LARGEST = 1e15;
const SMALLEST = 1e-4;

const formatters = memo<Intl.NumberFormat>();

const write = (
  value: number,
  lang: string,
  notation: 'standard' | 'compact' | 'scientific',
  decimals: number,
): string =>
  formatters(`${lang} ${notation} ${decimals}`, () => {
    const digits = Math.max(0, Math.min(20, decimals));
    return new Intl.NumberFormat(localeOf(lang), {
      notation,
      signDisplay: 'negative',
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
  }).format(value);

const power = (value: number): number => Math.floor(Math.log10(value) + 1e-9);

/** How many decimals tell multiples of `step` apart. */
const decimalsOf = (step: number): number => {
  const first = -power(step);
  const isQuarter = Math.round(step * 10 ** (first + 1)) % 10 !== 0;
  return Math.max(0, isQuarter ? first + 1 : first);
};

/** One text a tick: short, and alike in their digits. `step` is the distance of the ticks. */
export const tickLabels = (values: readonly number[], step: number, lang: string): string[] => {
  const size = values.reduce((greatest, value) => Math.max(greatest, Math.abs(value)), 0);
  if (size >= LARGEST || (size > 0 && size < SMALLEST)) {
    return values.map((value) =>
      value === 0
        ? write(0, lang, 'standard', 0)
        : write(value, lang, 'scientific', power(Math.abs(value)) - power(step)),
    );
  }
  // Where steps are small beside the values, thousands would need as many digits as the values themselves.
  if (size >= COMPACT_FROM && step >= size / 1e3) {
    return values.map((value) => {
      const thousands = value === 0 ? 0 : Math.floor(power(Math.abs(value)) / 3);
      return write(value, lang, 'compact', value === 0 ? 0 : decimalsOf(step / 1000 ** thousands));
    });
  }
  return values.map((value) => write(value, lang, 'standard', decimalsOf(step)));
};

/** A value in the tooltip; those that are too small for decimals by their power of ten. */
export const valueLabel = (value: number, lang: string): string => {
  if (value !== 0 && Math.abs(value) < SMALLEST) return write(value, lang, 'scientific', 2);
  return formatValue(value, { format: 'number', lang })?.text ?? '';
};
