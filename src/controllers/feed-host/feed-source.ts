/** A feed's attributes, read, into what a connection is made of. Part of `feed-host`, and for `<rt-feed>` alone. */
import { readAddress } from '../../feed/address.js';
import type { Policy } from '../../feed/policy.js';
import type { Source } from '../../feed/source.js';
import { rtError, type RtError } from '../../kernel/errors.js';

export { DEFAULT_POLICY, type Policy } from '../../feed/policy.js';
export { toSendable } from '../../feed/send-queue.js';
export type { Asked, Decode, Source } from '../../feed/source.js';

/** Everything that means another connection when it changes. */
export interface SourceText extends Policy, Omit<Source, 'address' | 'policy'> {
  /** The element that says so: `rt-feed` or `rt-source`. */
  readonly tag: string;
  readonly src: string;
}

/** The sources that can work, in order, and a sentence for each that never can. */
export const readSources = (
  texts: readonly SourceText[],
  baseUrl: string,
  pageOrigin: string,
): { readonly sources: readonly Source[]; readonly errors: readonly RtError[] } => {
  const sources: Source[] = [];
  const errors: RtError[] = [];
  const read = texts.map((text) => ({ text, address: readAddress(text.src, baseUrl, pageOrigin) }));
  const isAll = read.every(({ address }) => !address.ok);
  for (const { text, address } of read) {
    const { tag, src, credentials, headers, protocols, hello, closeHidden, ...policy } = text;
    if (address.ok) {
      sources.push({ address: address.value, policy, credentials, headers, protocols, hello, closeHidden });
      continue;
    }
    const now = isAll ? 'Nothing is loaded until src changes.' : 'The other sources are used.';
    const message = `<${tag} src="${shorten(src)}"> cannot be used: ${address.problem}; allowed is an http:, https:, ws:, wss: or relative address. ${now}`;
    errors.push(rtError('config', message, undefined, isAll));
  }
  return { sources, errors };
};

/** Whether the same is written again, which is no reason for another connection. */
export const sameTexts = (a: readonly SourceText[] | undefined, b: readonly SourceText[]): boolean =>
  a?.length === b.length &&
  b.every((text, index) =>
    Object.entries(text).every(([key, value]) => Object.is(value, a[index]?.[key as keyof SourceText])),
  );

/** Without query and user, which may hold a secret. */
const shorten = (src: string): string => {
  const [plain = ''] = src.replace(/\/\/[^/?#]*@/, '//').split(/[?#]/, 1);
  return plain.length > 80 ? `${plain.slice(0, 80)}…` : plain;
};
