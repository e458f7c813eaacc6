/**
 * What every formatter here stands on: language tags and time zones that may be wrong, and bounded memories for the
 * `Intl` objects, which are dear to make and asked for each frame. Knows nothing of what is formatted.
 */
import { keep } from '../kernel/keep.js';

/** Remembers what was made for a key; with more than `limit` of them it begins anew. */
export const memo = <T>(limit = 64): ((key: string, make: () => T) => T) => {
  const known = new Map<string, T>();
  return (key, make) => {
    if (known.size >= limit && !known.has(key)) known.clear();
    return keep(known, key, make);
  };
};

/**
 * The canonical form of a language tag (`de_at` is read as `de-AT`), or `undefined` where it is none: what `Intl`
 * takes as "the browser's language". Never throws.
 */
export const localeOf = (lang: string): string | undefined => {
  try {
    return Intl.getCanonicalLocales(lang.replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
};

/** Whether `text` names a time zone that this browser knows, such as `Europe/Berlin`, `UTC` or `+02:00`. */
export const isTimeZone = (text: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).format(0) !== '';
  } catch {
    return false;
  }
};
