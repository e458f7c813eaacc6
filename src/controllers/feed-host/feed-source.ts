/** A feed's attributes, read, into what a connection is made of. Part of `feed-host`, and for `<rt-feed>` alone. */
import { readAddress } from '../../feed/address.js';
import type { Asked, Source } from '../../feed/connection.js';
import type { Policy } from '../../feed/policy.js';
import { rtError, type RtError } from '../../kernel/errors.js';

export type { Asked, Decode, Source } from '../../feed/connection.js';
export { DEFAULT_POLICY, type Policy } from '../../feed/policy.js';
export type { Sendable } from '../../feed/send-queue.js';

/** Everything that means another connection when it changes. */
export interface SourceText extends Policy {
  readonly src: string | undefined;
  readonly credentials: RequestCredentials;
  readonly headers: Asked<Readonly<Record<string, string>>>;
  readonly protocols: Asked<readonly string[]>;
}

/** The source; an error where its address can never work; `undefined` where there is none. */
export const readSource = (text: SourceText, baseUrl: string): Source | RtError | undefined => {
  const { src, credentials, headers, protocols, ...policy } = text;
  if (src === undefined) return undefined;
  const address = readAddress(src, baseUrl);
  if (address.ok) return { address: address.value, policy, credentials, headers, protocols };
  const message = `<rt-feed src="${shorten(src)}"> cannot be used: ${address.problem}; allowed is an http:, https:, ws:, wss: or relative address. Nothing is loaded until src changes.`;
  return rtError('config', message, undefined, true);
};

/** Without query, which may hold a secret. */
const shorten = (src: string): string => {
  const [plain = ''] = src.split(/[?#]/, 1);
  return plain.length > 80 ? `${plain.slice(0, 80)}…` : plain;
};
