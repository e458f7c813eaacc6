/** What a connection is made of. Another one means another connection; equal ones share one. */
import { asHttp, isSocket, type Address } from './address.js';
import type { Policy } from './policy.js';

/** A value, or what gives it: asked before each attempt. */
export type Asked<T> = T | (() => T | Promise<T>);

/** An author's own decoding: whatever it returns is read like a decoded payload. */
export type Decode = (payload: {
  readonly data: string | ArrayBuffer;
  readonly event: string | undefined;
  readonly id: string | undefined;
}) => unknown;

export interface Source {
  readonly address: Address;
  readonly policy: Policy;
  readonly credentials: RequestCredentials;
  readonly headers: Asked<Readonly<Record<string, string>>>;
  readonly protocols: Asked<readonly string[]>;
  /** The first message over a WebSocket, before subscriptions: asked before each attempt. `undefined`: none. */
  readonly hello: (() => unknown) | undefined;
  /** Closes the connection after five minutes during which nobody looked. */
  readonly closeHidden: boolean;
}

/** `auto` at a `ws:` address is a WebSocket. */
export const settled = (source: Source): Source =>
  isSocket(source.address.url, source.policy.transport)
    ? { ...source, policy: { ...source.policy, transport: 'websocket' } }
    : source;

/** What they share a browser's few connections by. */
export const originOf = ({ address }: Source): string => asHttp(address.url).origin;

/** Whether two sources may share a connection: everything equal, functions and objects by identity or by content. */
export const sameSource = (a: Source, b: Source): boolean =>
  a.address.url.href === b.address.url.href &&
  a.credentials === b.credentials &&
  a.hello === b.hello &&
  a.closeHidden === b.closeHidden &&
  sameFields(a.policy, b.policy) &&
  sameAsked(a.headers, b.headers) &&
  sameAsked(a.protocols, b.protocols);

const sameAsked = (a: Asked<object>, b: Asked<object>): boolean =>
  a === b || (typeof a !== 'function' && typeof b !== 'function' && sameFields(a, b));

const sameFields = (a: object, b: object): boolean => {
  const entries = Object.entries(a) as [string, unknown][];
  return (
    entries.length === Object.keys(b).length &&
    entries.every(([key, value]) => Object.hasOwn(b, key) && Object.is(value, b[key as keyof typeof b]))
  );
};
