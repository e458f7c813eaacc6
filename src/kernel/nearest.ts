/** What somebody may have meant who wrote a name that is none of ours. Pure; knows no names. */

/** Case, hyphens and underscores are what HTML and habit vary. */
const plain = (name: string): string => name.toLowerCase().replace(/[-_]/g, '');

/**
 * How many letters to add, drop, change, or swap with the next one, until `a` is `b` (Damerau and Levenshtein's, each
 * letter touched once); anything above `most` where it is more than that.
 */
const steps = (a: string, b: string, most: number): number => {
  if (a === b || most < 0) return a === b ? 0 : 1;
  if (a === '' || b === '') return a.length + b.length;
  const [firstA, firstB, restA, restB] = [a[0], b[0], a.slice(1), b.slice(1)];
  // Of equal letters at the start none is ever worth touching.
  if (firstA === firstB) return steps(restA, restB, most);
  const isSwapped = firstA === b[1] && a[1] === firstB;
  const ways: (readonly [string, string])[] = [
    [restA, restB],
    [restA, b],
    [a, restB],
  ];
  if (isSwapped) ways.push([a.slice(2), b.slice(2)]);
  return 1 + Math.min(...ways.map(([left, right]) => steps(left, right, most - 1)));
};

/**
 * The name that was meant: the nearest of `names`, within two letters; within one where it has at most `short` letters,
 * as short words are alike that mean different things. Of two that are as near, the one that begins like the word.
 * `undefined`: none.
 */
export const nearest = (word: string, names: Iterable<string>, short = 4): string | undefined => {
  const given = plain(word);
  let best: string | undefined;
  let least = 3;
  for (const name of names) {
    const wanted = plain(name);
    const most = wanted.length > short ? 2 : 1;
    if (Math.abs(wanted.length - given.length) > most) continue;
    const count = name === word ? -1 : steps(given, wanted, most);
    if (count > most) continue;
    const rank = count + (wanted.startsWith(given.slice(0, 1)) ? 0 : 0.5);
    if (rank < least) [best, least] = [name, rank];
  }
  return best;
};
