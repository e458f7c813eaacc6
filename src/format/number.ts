/**
 * Values as a card shows them: a text and its unit, apart, so that each can have its own style. Owns how many digits
 * are shown; knows nothing of elements, and of words only what `Intl` says.
 */
import { toNumber } from '../kernel/number.js';
import { bad, ok, type Result } from '../kernel/result.js';
import { localeOf, memo } from './intl.js';

/** What `format` may be. */
export const NUMBER_FORMATS = ['number', 'percent', 'bytes', 'compact', 'currency', 'duration', 'text'] as const;

/**
 * How a value is written. `percent`: a fraction, 0.002 is 0.2 %. `bytes`: 1000-based. `duration`: milliseconds.
 * `text`: texts, booleans and numbers as they are.
 */
export type NumberFormat = (typeof NUMBER_FORMATS)[number];

export interface FormatOptions {
  readonly format: NumberFormat;
  /** A language tag; one that is none means the browser's language. */
  readonly lang: string;
  /** The author's unit; appended to the format's own (`bytes` and `/s` make `MB/s`). */
  readonly unit?: string | undefined;
  /** Fixes the digits after the decimal mark, 0 to 20; of a duration, only below a minute. */
  readonly decimals?: number | undefined;
  /** An ISO 4217 code as `parseCurrency` gives it; without a usable one money is written as a number. */
  readonly currency?: string | undefined;
}

export interface Formatted {
  readonly text: string;
  /** Empty where there is none, or where the language writes it before or inside the number. */
  readonly unit: string;
}

/** Reads a currency: three letters of ISO 4217, in capitals afterwards. */
export const parseCurrency = (text: string): Result<string> => {
  const code = text.trim().toUpperCase();
  return /^[A-Z]{3}$/.test(code) ? ok(code) : bad('a currency code of three letters, such as EUR or USD');
};

/**
 * The value as text and unit, or `undefined` where it is no value: null, an object, or, in all formats but `text`,
 * anything that is no number. Never throws.
 */
export const formatValue = (value: unknown, options: FormatOptions): Formatted | undefined => {
  const { format, unit = '' } = options;
  if (format === 'text') {
    return /string|boolean|number/.test(typeof value) ? { text: String(value), unit } : undefined;
  }
  const number = toNumber(value);
  if (number === undefined) return undefined;
  const { text, unit: own } = WRITERS[format](number, options);
  // `MB` and `/s` are `MB/s`, `%` and `of all` are `% of all`; a unit that is already there is not said twice.
  if (own === unit) return { text, unit };
  return { text, unit: own + (own !== '' && /^\p{L}/u.test(unit) ? ' ' : '') + unit };
};

type Digits = Pick<Intl.NumberFormatOptions, 'minimumFractionDigits' | 'maximumFractionDigits'>;

const digits = (most: number, least = most): Digits => ({ minimumFractionDigits: least, maximumFractionDigits: most });

/** Beyond this size digits are noise, and a row of them bursts the card. */
const UNWIELDY = 1e15;

/**
 * Digits after the decimal mark that suit a live number. What came short (up to two decimals) was rounded for people
 * and is shown as it came; what came long is cut to a count that depends on its size alone, trailing zeros and all, so
 * that the text keeps its width from frame to frame.
 */
const sensible = (number: number): Digits => {
  const size = Math.abs(Number(number.toPrecision(15)));
  if (size < 1e-6 || size >= UNWIELDY || Number(size.toFixed(2)) === size) return digits(2, 0);
  if (size < 0.1) return digits(1 - Math.floor(Math.log10(size)), 0);
  return digits(size < 10 ? 2 : 1);
};

/** One decimal, and none where the number is whole. */
const oneAtMost = (number: number): Digits => digits(Number.isInteger(number) ? 0 : 1);

const formatters = memo<Intl.NumberFormat>();

/**
 * Writes a number in a style, with the author's decimals or else with `shown`. The unit is cut off where it comes last;
 * elsewhere the language's own order is kept, as one text.
 */
const write = (
  number: number,
  { lang, decimals }: Pick<FormatOptions, 'lang' | 'decimals'>,
  shown: Digits,
  style?: Intl.NumberFormatOptions,
): Formatted => {
  const all: Intl.NumberFormatOptions = {
    signDisplay: 'negative',
    ...style,
    ...(decimals === undefined || Number.isNaN(decimals) ? shown : digits(Math.max(0, Math.min(20, decimals)))),
    ...(Math.abs(number) < UNWIELDY ? {} : { notation: 'scientific' }),
  };
  const formatter = formatters(lang + JSON.stringify(all), () => new Intl.NumberFormat(localeOf(lang), all));
  const parts = formatter.formatToParts(number);
  const last = parts.at(-1);
  const unit = last !== undefined && /^(?:unit|percentSign)$/.test(last.type) ? last.value : '';
  if (unit !== '') parts.pop();
  return {
    text: parts
      .map(({ value }) => value)
      .join('')
      .trimEnd(),
    unit,
  };
};

const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;

/** Longer units, each with the one below it: of so many milliseconds, so many to the longer one, exact to `grain`. */
const PAIRS = [
  { long: 'd', short: 'h', size: 3_600_000, count: 24, grain: 60_000 },
  { long: 'h', short: 'min', size: 60_000, count: 60, grain: 1_000 },
  { long: 'min', short: 's', size: 1_000, count: 60, grain: 100 },
] as const;

type Writer = (number: number, options: FormatOptions) => Formatted;

const WRITERS: Readonly<Record<Exclude<NumberFormat, 'text'>, Writer>> = {
  number: (number, options) => write(number, options, sensible(number)),
  percent: (number, options) => write(number, options, sensible(number * 100), { style: 'percent' }),
  bytes(number, options) {
    let step = 0;
    // The rounded size decides: 999,960 bytes are 1.0 MB, not 1,000.0 kB.
    while (step < BYTES.length - 1 && Math.abs(number) >= 999.95) {
      number /= 1e3;
      step++;
    }
    return write(number, options, oneAtMost(number), { style: 'unit', unit: BYTES[step], unitDisplay: 'narrow' });
  },
  compact: (number, options) =>
    write(number, options, Math.abs(number) < 1e3 ? sensible(number) : digits(1, 0), { notation: 'compact' }),
  currency(number, options) {
    const code = parseCurrency(options.currency ?? '');
    return code.ok
      ? write(number, options, {}, { style: 'currency', currency: code.value })
      : write(number, options, digits(2));
  },
  duration(number, options) {
    const magnitude = Math.abs(number);
    const whole = (count: number, minimumIntegerDigits: number): string =>
      write(count, { lang: options.lang }, digits(0), { minimumIntegerDigits }).text;
    for (const { long, short, size, count, grain } of PAIRS) {
      // Each pair begins where the one below would round up to it: 59.96 s are 1 min.
      if (Math.round(magnitude / grain) * grain < size * count) continue;
      const total = Math.round(magnitude / size);
      const first = whole(Math.sign(number) * Math.floor(total / count), 1);
      return { text: `${first} ${long} ${whole(total % count, 2)} ${short}`, unit: '' };
    }
    return magnitude < 999.95
      ? { ...write(number, options, sensible(number)), unit: 'ms' }
      : { ...write(number / 1e3, options, oneAtMost(number / 1e3)), unit: 's' };
  },
};
