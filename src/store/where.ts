/** `where="symbol=AAPL city='New York'"`: which messages, or which items of data that is an array, a series reads. */
import { bad, ok, type Result } from '../kernel/result.js';
import { compilePath } from './path.js';

export interface Where {
  /** As the author wrote it. */
  readonly text: string;
  /** True where each field is there as text, number or boolean, and its text is the one asked for. */
  matches(item: unknown): boolean;
}

/**
 * One condition and the white space after it. A closing quote stands before white space or the end, so that `O'Brien`
 * keeps its own; one that opens and never closes, of whatever make, is a mistake.
 */
const CONDITION = /([^\s=]+)=(?:"(.*?)"|'(.*?)'|([^\s\p{Quotation_Mark}′″]\S*))(?:\s+|$)/suy;

/** Reads conditions separated by white space, all of which must hold; none at all holds always. */
export const parseWhere = (text: string): Result<Where> => {
  const conditions: { readonly read: (item: unknown) => unknown; readonly wanted: string }[] = [];
  const source = text.trim();
  CONDITION.lastIndex = 0;
  while (CONDITION.lastIndex < source.length) {
    const match = CONDITION.exec(source);
    if (match === null) {
      return bad("conditions such as symbol=AAPL, separated by spaces; a value with spaces is quoted: city='New York'");
    }
    const wanted = match[2] ?? match[3] ?? match[4] ?? '';
    conditions.push({ read: compilePath(match[1]), wanted });
  }
  return ok({
    text,
    matches: (item) =>
      conditions.every(({ read, wanted }) => {
        const value = read(item);
        return (
          value === wanted || ((typeof value === 'number' || typeof value === 'boolean') && String(value) === wanted)
        );
      }),
  });
};
