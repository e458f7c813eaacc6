/**
 * What an author meant by a text that went through a word processor and a CMS: typographic quotes, no-break spaces,
 * dashes for signs, entities that were encoded once too often. The one place that knows of it: parsers read plain text.
 */

const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  bdquo: '„',
  gt: '>',
  ldquo: '“',
  lsquo: '‘',
  lt: '<',
  mdash: '—',
  minus: '−',
  nbsp: '\u00a0',
  ndash: '–',
  prime: '′',
  Prime: '″',
  quot: '"',
  rdquo: '”',
  rsquo: '’',
  sbquo: '‚',
};

const ENTITY = /&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(\w{2,6}));/g;
const SPACES = /\p{Z}/gu;
/** Soft hyphens, marks of direction, and what has no width; but joiners, which Persian and Hindi words need. */
const UNSEEN = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/**
 * What is quoted, from the start of a word to the end of one, so that `O'Brien` keeps its own; or a number with any dash
 * for its sign and digits of any width. What stands in quotes is looked at no further: it is compared with data.
 */
const WORDS =
  /(?<=^|[\s=,])(?:(?:["“”„‟″](.*?)["“”„‟″]|['‘’‚‛′](.*?)['‘’‚‛′])(?=$|[\s,])|[-‐-―−﹣－]?[\d.０-９．]+(?=$|[\s,%a-zA-Z]))/gsu;
const WRAPPED = /^["“”„‟″]([^"“”„‟″]*)["“”„‟″]$|^['‘’‚‛′]([^'‘’‚‛′]*)['‘’‚‛′]$/u;

/** Entities that are left in a text as the characters that they stand for. Text stays text: nothing is read as markup. */
export const decoded = (text: string): string =>
  text.replace(ENTITY, (entity, decimal?: string, hex?: string, name = '') => {
    const code = Number(decimal ?? `0x${hex ?? ''}`);
    return NAMED[name as string] ?? (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : entity);
  });

/** The text without the quotes and the spaces around all of it. */
export const unwrapped = (text: string): string => {
  const [, double, single] = WRAPPED.exec(text.trim()) ?? [];
  return (double ?? single ?? text).trim();
};

const MOST_ROUNDS = 6;

/** The text as its author would have written it with a plain keyboard. Done again, it changes nothing. */
export const written = (text: string): string => {
  let before: string | undefined;
  // Encoded so often is no accident.
  for (let round = 0; text !== before && round < MOST_ROUNDS; round += 1) {
    before = text;
    text = decoded(text)
      .replace(UNSEEN, '')
      .replace(SPACES, ' ')
      .replace(WORDS, (word: string, double?: string, single?: string) => {
        if (double !== undefined) return `"${double}"`;
        return single === undefined ? word.replace(/[^\d.]/g, plainSign) : `'${single}'`;
      });
    text = unwrapped(text);
  }
  return text;
};

const FULL_WIDTH = 0xfee0;

/** A digit, or the point, in its usual width; anything else is a sign. */
const plainSign = (letter: string): string =>
  /[０-９．]/.test(letter) ? String.fromCharCode(letter.charCodeAt(0) - FULL_WIDTH) : '-';
