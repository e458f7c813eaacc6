/** Durations and spans as authors write them: `250ms`, `5s`, `10m`, `1h`. */
import { bad, ok, type Result } from './result.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const PATTERN = /^(\d+(?:\.\d+)?|\.\d+)\s*(ms|s|m|h)?$/;

/** How far back something reaches: a time, or a number of samples. */
export type Span = { readonly ms: number } | { readonly samples: number };

const read = (text: string): { readonly amount: number; readonly unit: string | undefined } | undefined => {
  const match = PATTERN.exec(text.trim());
  const amount = Number(match?.[1]);
  return match === null || !Number.isFinite(amount) ? undefined : { amount, unit: match[2] };
};

/** Reads a duration, in milliseconds; a bare number is milliseconds. */
export const parseDuration = (text: string): Result<number> => {
  const found = read(text);
  return found === undefined
    ? bad('a duration such as 250ms, 5s, 10m or 1h (a bare number is milliseconds)')
    : ok(found.amount * (UNITS[found.unit ?? 'ms'] ?? 1));
};

/** Reads a span; a bare number is a count of samples, a whole one of at least 1. */
export const parseSpan = (text: string): Result<Span> => {
  const found = read(text);
  if (found?.unit !== undefined && found.amount > 0) {
    return ok({ ms: found.amount * (UNITS[found.unit] ?? 1) });
  }
  if (found !== undefined && found.unit === undefined && Number.isInteger(found.amount) && found.amount >= 1) {
    return ok({ samples: found.amount });
  }
  return bad('a duration such as 60s, 10m or 1h, or a whole number of samples');
};
