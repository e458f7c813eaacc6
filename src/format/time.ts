/**
 * A time axis: where its ticks stand and what they say, in a time zone. Only a chart needs this, so it stays out of the
 * modules that every page loads. Knows nothing of pixels.
 */
import { isTimeZone, localeOf, memo } from './intl.js';

export { isTimeZone };

export interface TimeOptions {
  /** A language tag; one that is none means the browser's language. */
  readonly lang: string;
  /** An IANA name; absent or unknown means the browser's zone. */
  readonly timeZone?: string | undefined;
}

export interface TimeTicks {
  /** Ascending, milliseconds since the epoch. */
  readonly times: number[];
  /** Their distance in milliseconds; of months and years, which differ in length, 30 days and 365 days each. */
  readonly step: number;
}

const SECOND = 1e3;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTH = 30 * DAY;
const YEAR = 365 * DAY;

const SIXTIETHS = [1, 2, 5, 10, 15, 30];

const STEPS = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...SIXTIETHS.map((count) => count * SECOND),
  ...SIXTIETHS.map((count) => count * MINUTE),
  ...[1, 2, 3, 6, 12].map((count) => count * HOUR),
  ...[1, 2, 7, 14].map((count) => count * DAY),
  ...[1, 3, 6].map((count) => count * MONTH),
];

/** No axis has room for more. */
const MOST_TICKS = 1000;
/** The longest way from the epoch that a date can be. */
const LAST_DATE = 8.64e15;

const isDate = (time: number): boolean => Math.abs(time) <= LAST_DATE;

/** The first nice step longer than `least`: any closed range of `least * n` has at most `n` of its multiples. */
const niceStep = (least: number): number => {
  const short = STEPS.find((step) => step > least);
  if (short !== undefined) return short;
  for (let step = YEAR; ; step *= 10) {
    for (const count of [1, 2, 5]) if (step * count > least) return step * count;
  }
};

/** The zone that is meant: the author's, or the browser's. */
const zoneOf = ({ timeZone }: Pick<TimeOptions, 'timeZone'>): string =>
  zones(timeZone ?? '', () =>
    timeZone !== undefined && isTimeZone(timeZone) ? timeZone : new Intl.DateTimeFormat().resolvedOptions().timeZone,
  );

const zones = memo<string>();
const clocks = memo<Intl.DateTimeFormat>();
const offsets = memo<number>(512);

/** No zone changes its clock but at a quarter of an hour. */
const QUARTER = 15 * MINUTE;

/** How far the zone's clock is ahead of UTC at `time`, in milliseconds. */
const offsetAt = (time: number, zone: string): number => {
  const at = Math.max(-LAST_DATE, Math.min(LAST_DATE, time));
  return offsets(`${zone} ${Math.floor(at / QUARTER)}`, () => {
    const clock = clocks(zone, () => new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }));
    // "1/1/1970, GMT-05:00"; a bare "GMT" is no offset.
    const [, sign, hours, minutes, seconds] = /GMT(.)(\d+):(\d+)(?::(\d+))?/.exec(clock.format(at)) ?? [];
    const size = Number(hours ?? 0) * HOUR + Number(minutes ?? 0) * MINUTE + Number(seconds ?? 0) * SECOND;
    return sign === '+' ? size : -size;
  });
};

/**
 * The moments at which the zone's clock shows `wall` (a local time written as if it were UTC): one; two where the clock
 * is put back; none where it is put forward, but a day or longer then begins when the clock goes on.
 */
const momentsOf = (wall: number, zone: string, step: number): readonly number[] => {
  const early = wall - offsetAt(wall - DAY, zone);
  const late = wall - offsetAt(wall + DAY, zone);
  const found = [Math.min(early, late), Math.max(early, late)].filter((at) => at + offsetAt(at, zone) === wall);
  if (found.length === 0 && step >= DAY) return [Math.max(early, late)];
  return step > HOUR ? found.slice(0, 1) : found;
};

/** The local times that are multiples of a step, by number, and the number of the last one at or before a local time. */
const grid = (step: number): { readonly wall: (index: number) => number; readonly index: (wall: number) => number } => {
  if (step < MONTH) {
    // Weeks begin on Monday; the epoch was a Thursday.
    const anchor = step > 2 * DAY ? 4 * DAY : 0;
    return { wall: (index) => index * step + anchor, index: (wall) => Math.floor((wall - anchor) / step) };
  }
  const months = step < YEAR ? step / MONTH : (12 * step) / YEAR;
  return {
    // Counted from a year that all round numbers of years divide, and that `Date.UTC` does not take for a short one.
    wall: (index) => Date.UTC(2000, index * months),
    index(wall) {
      const date = new Date(wall);
      return Math.floor(((date.getUTCFullYear() - 2000) * 12 + date.getUTCMonth()) / months);
    },
  };
};

/**
 * The ticks of an axis from `min` to `max` (both included), at most `maxCount`. They stand at absolute multiples of a
 * nice step, so they move with the data and not with the edge, and the step follows from the length of the range alone.
 * From a minute up they are round on the zone's clock, also where it is put forward or back; days begin at its midnight,
 * weeks on Monday. What is no range has no ticks.
 */
export const timeTicks = (min: number, max: number, maxCount: number, timeZone?: string): TimeTicks => {
  const most = Math.max(1, Math.min(MOST_TICKS, Math.floor(maxCount) || 1));
  if (!(min <= max) || !isDate(min) || !isDate(max)) return { times: [], step: SECOND };
  const step = niceStep((max - min) / most);
  const times: number[] = [];
  if (step < MINUTE) {
    // Adding zero makes zero of minus zero.
    for (let tick = Math.ceil(min / step) * step + 0; tick <= max; tick += step) times.push(tick);
    // A quotient too small for a number rounds down to zero, before the range.
    return { times: times.filter((tick) => tick >= min), step };
  }
  const zone = zoneOf({ timeZone });
  const { wall, index } = grid(step);
  const last = index(max + offsetAt(max, zone)) + 1;
  for (let at = index(min + offsetAt(min, zone)) - 1; at <= last; at++) times.push(...momentsOf(wall(at), zone, step));
  const sorted = [...new Set(times)].filter((tick) => tick >= min && tick <= max).sort((a, b) => a - b);
  // Where the clock is put forward, ticks are closer: the oldest gives way.
  return { times: sorted.slice(-most), step };
};

const formatters = memo<Intl.DateTimeFormat>();

const write = (time: number, options: TimeOptions, fields: Intl.DateTimeFormatOptions): string => {
  if (!isDate(time)) return '';
  const all = { ...fields, timeZone: zoneOf(options) };
  const make = (): Intl.DateTimeFormat => new Intl.DateTimeFormat(localeOf(options.lang), all);
  return formatters(options.lang + JSON.stringify(all), make).format(time);
};

/** The time of day, as fine as the step asks for. */
const clockFields = (step: number): Intl.DateTimeFormatOptions => ({
  hour: '2-digit',
  minute: '2-digit',
  ...(step < MINUTE ? { second: '2-digit' } : {}),
  ...(step < SECOND ? { fractionalSecondDigits: 3 } : {}),
});

const DATE: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };

/**
 * What a tick says: the time of day, with seconds where the step is under a minute and milliseconds where it is under a
 * second; the date from a day up, month and year from a month up, the year from a year up. Where the step is an hour or
 * more, midnight shows the day that begins. Empty for what is no time.
 */
export const timeLabel = (time: number, step: number, options: TimeOptions): string => {
  if (step >= YEAR) return write(time, options, { year: 'numeric' });
  if (step >= MONTH) return write(time, options, { month: 'short', year: 'numeric' });
  const dated = step >= DAY || (step >= HOUR && isDate(time) && (time + offsetAt(time, zoneOf(options))) % DAY === 0);
  return write(time, options, dated ? DATE : clockFields(step));
};

/** Date and time of day in full, to the second; to the millisecond where the step is under a second. */
export const fullTimeLabel = (time: number, step: number, options: TimeOptions): string =>
  write(time, options, { ...DATE, year: 'numeric', ...clockFields(Math.min(step, SECOND)) });
