/**
 * What went wrong, as a sentence for logs. An address with a password is what libraries like to quote: it never gets in.
 * Knows no library; a message's content is for its source to leave out.
 */

const LONGEST = 200;
/** Up to the last `@` of a word: a password may hold one. */
const CREDENTIALS = /:\/\/\S*@/g;
/** A secret of one or two characters would take half of every sentence with it. */
const SHORTEST_SECRET = 3;

/** One line, within 200 characters, without credentials in addresses and without any of `secrets`. */
export const sentenceOf = (error: unknown, secrets: readonly string[] = []): string => {
  let text = textOf(error).replace(CREDENTIALS, '://');
  // The longest first: one may be a part of another.
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    if (secret.length >= SHORTEST_SECRET) text = text.replaceAll(secret, '…');
  }
  return text.replace(/\s+/g, ' ').trim().slice(0, LONGEST);
};

/** An error to hand on: the same, without what it wraps and without its stack's first lines, which quote it too. */
export const plainError = (error: unknown, secrets: readonly string[] = []): Error =>
  new Error(sentenceOf(error, secrets));

/** The password of an address, as it is written there and as it is meant. */
export const secretsOf = (address: string): readonly string[] => {
  const written = URL.canParse(address) ? new URL(address).password : '';
  return written === '' ? [] : [written, decoded(written)];
};

/** Node says nothing but a code where a name has several addresses and none answers. */
const textOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
};

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
