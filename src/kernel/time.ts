/**
 * Times as servers write them, in milliseconds since the epoch. The unit of a number follows from its size: below
 * 1e11 seconds, below 1e14 milliseconds, below 1e17 microseconds, else nanoseconds.
 */
import { toNumber } from './number.js';

/** The furthest from the epoch that a `Date` reaches: beyond it nothing could be formatted, so it is no time. */
const FURTHEST = 8.64e15;

/** Date; hours and minutes; seconds; fraction; zone. Engines differ on anything looser, so each part is read here. */
const ISO =
  /^((?:\d{4}|[-+]\d{6})-\d\d(?:-\d\d)?)(?:[T ](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,3})\d*)? ?(?:Z|([-+]\d\d):?(\d\d)?)?)?$/i;

const fromNumber = (number: number): number => {
  const size = Math.abs(number);
  // Rounded to microseconds: seconds with a fraction, and nanoseconds (which no `number` holds exactly), may fall just
  // short of a whole millisecond, and would be shown as the one before.
  if (size < 1e11) return Math.round(number * 1e6) / 1e3;
  if (size < 1e14) return number;
  return (size < 1e17 ? number : Math.round(number / 1e3)) / 1e3;
};

const fromText = (text: string): number => {
  const match = ISO.exec(text);
  if (match === null) return NaN;
  const [, date = '', minutes, seconds = ':00', fraction = '0', zone, zoneMinutes = '00'] = match;
  if (minutes === undefined) return Date.parse(date);
  // No zone means UTC: that is what Python's `utcnow().isoformat()` writes.
  return Date.parse(`${date}T${minutes}${seconds}.${fraction.padEnd(3, '0')}${zone ? `${zone}:${zoneMinutes}` : 'Z'}`);
};

/** Milliseconds since the epoch, or `undefined` where `value` is no time, or none that a `Date` can hold. */
export const toMillis = (value: unknown): number | undefined => {
  const number = toNumber(value);
  const millis = number !== undefined ? fromNumber(number) : typeof value === 'string' ? fromText(value) : NaN;
  return Math.abs(millis) <= FURTHEST ? millis : undefined;
};

/** The time that an object tells of itself: its own `timestamp`, else its own `time`; `undefined` where it has none. */
export const ownTime = (value: unknown): number | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const { timestamp, time } = value as { readonly timestamp?: unknown; readonly time?: unknown };
  return (
    (timestamp !== undefined && Object.hasOwn(value, 'timestamp') ? toMillis(timestamp) : undefined) ??
    (time !== undefined && Object.hasOwn(value, 'time') ? toMillis(time) : undefined)
  );
};
