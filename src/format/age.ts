/**
 * How long ago, and how long to go, in the words of the table: an age and the sentence around it are always in one
 * language. Apart from `time.ts`, so that a page without a chart need not load that.
 */
import { formatValue } from './number.js';
import { fill, stringsFor } from './strings.js';

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

const amount = (count: number, unit: string, lang: string): string =>
  `${formatValue(count, { format: 'number', lang, decimals: 0 })?.text ?? count} ${unit}`;

/** `ms` milliseconds in the largest unit that has passed: `12 s`, `2 h`; under one second `0 s`. */
export const formatElapsed = (ms: number, lang: string): string => {
  const seconds = Math.max(0, ms / 1000) || 0;
  const [unit, size] = UNITS.find(([, least]) => seconds >= least) ?? ['s', 1];
  return amount(Math.floor(seconds / size), unit, lang);
};

/**
 * An age of `ms` milliseconds, in whole units that have passed: `3 s ago`, `vor 2 h`. Under one second, and for what is
 * yet to come: `now`.
 */
export const formatAge = (ms: number, lang: string): string => {
  const strings = stringsFor(lang);
  return ms >= 1000 ? fill(strings, 'ago', { time: formatElapsed(ms, lang) }) : strings.now;
};

/** What is left of a wait, `ms` milliseconds: begun seconds count, so `0 s` is shown only when it is over. */
export const formatCountdown = (ms: number, lang: string): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1000) || 0);
  return seconds >= 60
    ? (formatValue(seconds * 1000, { format: 'duration', lang })?.text ?? '')
    : amount(seconds, 's', lang);
};
