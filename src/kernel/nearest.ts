/** Names that are nearly another: what an author who mistyped one may have meant. */

/** The most letters that may be wrong, missing, too many or swapped with the next. */
const MOST = 2;

/** The candidate that is nearest to `name`, within two letters and less than half of it; `undefined` where none is. */
export const nearest = (name: string, candidates: Iterable<string>): string | undefined => {
  let best: string | undefined;
  let least = Math.min(MOST, Math.ceil(name.length / 2) - 1) + 1;
  for (const candidate of candidates) {
    const distance = distanceOf(name, candidate, least);
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return best;
};

/** The edit distance of two names, a swap of neighbours counting as one; no less than `limit` where it reaches that. */
const distanceOf = (a: string, b: string, limit: number): number => {
  if (Math.abs(a.length - b.length) >= limit) return limit;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row.push(
        Math.min(
          at(last, j) + 1,
          at(row, j - 1) + 1,
          at(last, j - 1) + (isSame ? 0 : 1),
          isSwap ? at(beforeLast, j - 2) + 1 : Infinity,
        ),
      );
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
};

const at = (row: readonly number[], index: number): number => row[index] ?? Infinity;
