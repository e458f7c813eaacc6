/**
 * Times as servers write them, in milliseconds since the epoch. The unit of a number follows from its size: below
 * 1e11 seconds, below 1e14 milliseconds, below 1e17 microseconds, else nanoseconds.
 */
import { toNumber } from './number.js';

/** A date with a time and no zone: what Python's `utcnow().isoformat()` writes, and means as UTC. */
const WITHOUT_ZONE = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)$/;
const ISO = /^[-+]?\d{4,6}-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}.*)?)?$/;

const fromNumber = (number: number): number => {
  const size = Math.abs(number);
  if (size < 1e11) return number * 1e3;
  if (size < 1e14) return number;
  return size < 1e17 ? number / 1e3 : number / 1e6;
};

/** Milliseconds since the epoch, or `undefined` where `value` is no time. */
export const toMillis = (value: unknown): number | undefined => {
  const number = toNumber(value);
  if (number !== undefined) return fromNumber(number);
  if (typeof value !== 'string' || !ISO.test(value)) return undefined;
  const bare = WITHOUT_ZONE.exec(value);
  const millis = Date.parse(bare === null ? value.replace(' ', 'T') : `${bare[1]}T${bare[2]?.replace(',', '.')}Z`);
  return Number.isNaN(millis) ? undefined : millis;
};
