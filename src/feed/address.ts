/** Where a source is: an author's `src`, read against the page, and refused where it can never work. */
import type { TransportChoice } from '../kernel/status.js';
import { bad, ok, type Result } from '../kernel/result.js';

export interface Address {
  readonly url: URL;
  readonly crossOrigin: boolean;
  readonly pageOrigin: string;
  /** What may be told of it: no query and no user, which may hold secrets. */
  readonly shown: string;
}

const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'ws:', 'wss:']);
const LOOPBACK = /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * Reads `src`. The problem says what is wrong with it.
 *
 * @param base - what a relative one is relative to: by `<base>` it may be of another origin than the page.
 * @param pageOrigin - `null` where the page shares its origin with nobody.
 */
export const readAddress = (src: string, base: string, pageOrigin = new URL(base).origin): Result<Address> => {
  const url = parseUrl(src, base);
  if (url === undefined) {
    return bad(
      parseUrl('/', base) !== undefined
        ? 'it is no URL'
        : `it is no whole URL, and a page at ${new URL(base).protocol} has nothing that it could be relative to`,
    );
  }
  if (!SCHEMES.has(url.protocol)) return bad(`${url.protocol} is not http:, https:, ws: or wss:`);
  if (url.username !== '' || url.password !== '') return bad('it holds a user name or a password');
  const page = new URL(base);
  if (page.protocol === 'https:' && isInsecure(url)) {
    return bad(`a page over https: may not read from ${url.protocol}`);
  }
  url.hash = '';
  return ok({
    url,
    crossOrigin: asHttp(url).origin !== pageOrigin,
    pageOrigin,
    shown: `${url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin}${url.pathname}`,
  });
};

/** `URL.canParse` is younger than the oldest browsers that we run in. */
const parseUrl = (src: string, base: string): URL | undefined => {
  try {
    return new URL(src, base);
  } catch {
    return undefined;
  }
};

/** Browsers count loopback as secure (W3C Secure Contexts, 3.1). */
const isInsecure = ({ protocol, hostname }: URL): boolean =>
  (protocol === 'http:' || protocol === 'ws:') && !LOOPBACK.test(hostname);

/** The same address for fetch: `ws:` is the WebSocket beside `http:`. */
export const asHttp = (url: URL): URL => {
  const http = new URL(url);
  http.protocol = url.protocol.replace('ws', 'http');
  return http;
};

/** Whether a WebSocket is what this choice means at this address. */
export const isSocket = (url: URL, transport: TransportChoice): boolean =>
  transport === 'websocket' || (transport === 'auto' && (url.protocol === 'ws:' || url.protocol === 'wss:'));
