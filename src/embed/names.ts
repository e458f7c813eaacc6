/**
 * What the names in `data-rt` and `data-rt-*` mean, and which attributes they may become. This is the security boundary
 * of `data-rt`: whoever may write `data-*` in a page configures our elements, and does nothing else. Pure.
 */
import { nearest } from '../kernel/nearest.js';
import { decoded, unwrapped } from '../kernel/written.js';

/** What a CMS may change of a name is left out: capitals, hyphens, spaces and quotes. */
const squash = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

/** Names by what is left of them. */
export type Names = ReadonlyMap<string, string>;

const namesOf = (names: readonly string[]): Names => new Map(names.map((name) => [squash(name), name]));

/** Elements by `metric-card`, and by `rt-metric-card` too. */
export const tagNames = (tags: readonly string[]): Names =>
  new Map([...namesOf(tags), ...tags.map((tag): [string, string] => [squash(tag.replace(/^rt-/, '')), tag])]);

/** What tells eyes and screen readers of an element, and neither runs, loads nor styles anything. */
const DESCRIBING = ['dir', 'hidden', 'lang', 'role', 'time-zone', 'title'];

/**
 * Whatever an element says that it observes: none of these is ever set. Some are code; of others (`id`, `class`, `name`)
 * a sanitizer has judged what the plain tag may have, and is not to be overruled by another spelling; `status` is the
 * feed's own to say.
 */
const NEVER = /^(?:on|(?:style|is|id|class|name|srcdoc|status)$)/;

/** The attributes that `data-rt-*` may set on an element that observes `observed`; those for screen readers besides. */
export const attributeNames = (observed: readonly string[]): Names =>
  namesOf([...DESCRIBING, ...observed.filter((name) => !NEVER.test(name))]);

const ARIA = /^aria([a-z]+)$/;

/** What a name means; `undefined` where it is none of ours. */
export const meant = (names: Names, written: string): string | undefined => names.get(squash(written));

/** The attribute that is meant, one for screen readers among them. */
export const meantAttribute = (names: Names, written: string): string | undefined =>
  meant(names, written) ?? ARIA.exec(squash(written))?.[1]?.replace(/^/, 'aria-');

/** Attributes that people read as they are written, quotes and all. */
const SHOWN = /^(?:label|unit|title|value|aria-.*)$/;

/** An attribute's value without what CMSs do to it: entities encoded once too often, and typographic quotes around all of it. */
export const meantValue = (attribute: string, text: string): string =>
  SHOWN.test(attribute) ? decoded(text) : unwrapped(decoded(text));

/** The one of our names that is nearest to what was written. */
export const nearestName = (names: Names, written: string): string | undefined => {
  const key = nearest(squash(written), names.keys());
  return key === undefined ? undefined : names.get(key);
};
