/**
 * How good or bad a value is: the four levels, bounds on numbers, and states by name. Owns how authors write them;
 * knows nothing of colours.
 */
import { toNumber } from '../kernel/number.js';
import { bad, ok, type Result } from '../kernel/result.js';

export const LEVELS = ['good', 'info', 'warning', 'critical'] as const;

export type Level = (typeof LEVELS)[number];

/** A bound and the level that it gives. */
export interface Threshold {
  readonly value: number;
  readonly level: Level;
}

const ALLOWED = LEVELS.join(', ');

/** Reads one level. */
export const parseLevel = (text: string): Result<Level> => {
  const level = LEVELS.find((name) => name === text.trim().toLowerCase());
  return level === undefined ? bad(`one of ${ALLOWED}`) : ok(level);
};

/** Spaces of any kind and number are one space: in what is written, and in the data that it is compared with. */
const tidy = (text: string): string => text.trim().replace(/\s+/g, ' ');

/** Reads `first part level, …`; `undefined` where an item has no level or nothing before it. */
const readList = (text: string): readonly (readonly [string, Level])[] | undefined => {
  const found: (readonly [string, Level])[] = [];
  for (const item of text.split(',').map(tidy)) {
    if (item === '') continue;
    const space = item.lastIndexOf(' ');
    const level = parseLevel(item.slice(space + 1));
    if (space < 0 || !level.ok) return undefined;
    // A state may stand in quotes.
    found.push([item.slice(0, space).replace(/^(["'])(.*)\1$/, '$2'), level.value]);
  }
  return found;
};

/** Reads `70 warning, 90 critical`, in any order; nothing at all is no threshold. */
export const parseThresholds = (text: string): Result<readonly Threshold[]> => {
  const found = readList(text)?.map(([bound, level]) => ({ value: toNumber(bound) ?? NaN, level }));
  return found === undefined || found.some(({ value }) => Number.isNaN(value))
    ? bad(`numbers, each with one of ${ALLOWED}, and commas between them: "70 warning, 90 critical"`)
    : ok(found);
};

/** Reads `RUNNING good, DOWN critical`; a state may have spaces, its last word is the level. */
export const parseStates = (text: string): Result<ReadonlyMap<string, Level>> => {
  const found = readList(text);
  return found === undefined
    ? bad(`states, each with one of ${ALLOWED}, and commas between them: "RUNNING good, DOWN critical"`)
    : ok(new Map(found));
};

/**
 * The level of a number, `undefined` where no bound rules. Bounds are lower ones, and the highest that the value
 * reaches rules; where more is better (`good` is `up`) they are upper ones, and the lowest that holds the value rules.
 * Of equal bounds the last one written rules.
 */
export const levelFor = (
  value: number | undefined,
  thresholds: readonly Threshold[],
  good?: 'up' | 'down',
): Level | undefined => {
  if (value === undefined) return undefined;
  const sign = good === 'up' ? -1 : 1;
  let ruling: Threshold | undefined;
  for (const threshold of thresholds) {
    const bound = sign * threshold.value;
    if (bound <= sign * value && (ruling === undefined || bound >= sign * ruling.value)) ruling = threshold;
  }
  return ruling?.level;
};

/** The level of a state: a text, boolean or number, compared as written but for spaces. */
export const levelOfState = (value: unknown, states: ReadonlyMap<string, Level>): Level | undefined =>
  states.get(tidy(String(value)));
