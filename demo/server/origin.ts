/**
 * Who may ask: the rule for `Origin`, and the one for `Host` that keeps other sites from reaching a local server under
 * a name of their own (DNS rebinding). Reads headers, answers with yes or no; sends nothing.
 */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

const AUTHORITY = /^(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d+)?$/i;
const FORWARDING = ['forwarded', 'x-forwarded-for', 'x-real-ip'];

export class Origins {
  readonly #allowed: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string>;

  /** `allowed` are origins (`https://example.org`) or `*`; `boundHost` is what the server listens on. */
  constructor(
    allowed: readonly string[],
    private readonly boundHost: string,
  ) {
    this.#allowed = new Set(allowed);
    this.#hosts = new Set(allowed.filter((origin) => origin !== '*').map((origin) => new URL(origin).hostname));
  }

  /** A server on loopback answers only to loopback's names and the hosts of allowed origins; elsewhere names are unknown. */
  knowsHost(req: IncomingMessage): boolean {
    if (!isLoopbackName(this.boundHost)) return true;
    const host = authorityOf(req);
    if (host === undefined) return false;
    const { hostname } = new URL(`http://${host}`);
    return isLoopbackName(hostname) || this.#hosts.has(hostname);
  }

  /** No `Origin`, or the page's own. */
  isOwn(req: IncomingMessage): boolean {
    const { origin } = req.headers;
    if (origin === undefined) return true;
    const host = authorityOf(req);
    const match = /^https?:\/\/([^/]+)$/i.exec(origin);
    return host !== undefined && match?.[1] !== undefined && normal(match[1]) === normal(host);
  }

  isAllowed(req: IncomingMessage): boolean {
    return this.isOwn(req) || this.#allowed.has('*') || this.#allowed.has(req.headers.origin ?? '');
  }

  /** The headers with which an allowed page of another origin may read the answer. */
  corsHeaders(req: IncomingMessage): Record<string, string> {
    if (this.#allowed.size === 0) return {};
    const { origin } = req.headers;
    if (origin === undefined || this.isOwn(req)) return { Vary: 'Origin' };
    return {
      Vary: 'Origin',
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Expose-Headers': 'ETag, RT-Gap, Retry-After',
      'Access-Control-Allow-Methods': 'GET, HEAD',
      'Access-Control-Allow-Headers': 'If-None-Match, Last-Event-ID, Cache-Control',
      'Access-Control-Max-Age': '600',
    };
  }
}

/** The `Host` header where it is a plain name or address with an optional port. */
export const authorityOf = (req: IncomingMessage): string | undefined => {
  const { host } = req.headers;
  return host !== undefined && AUTHORITY.test(host) && URL.canParse(`http://${host}`) ? host : undefined;
};

/** The client's address; an IPv4 one reads the same on every socket. */
export const addressOf = (req: Pick<IncomingMessage, 'socket'>): string =>
  (req.socket.remoteAddress ?? '').replace(/^::ffff:/, '');

/** Whether a request comes from this machine itself: one that was forwarded never does. */
export const isLocal = (req: IncomingMessage): boolean =>
  isLoopbackAddress(addressOf(req)) && !FORWARDING.some((name) => name in req.headers);

const isLoopbackAddress = (address: string): boolean =>
  address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));

const isLoopbackName = (name: string): boolean =>
  name === 'localhost' || name.endsWith('.localhost') || isLoopbackAddress(name.replace(/^\[|\]$/g, ''));

const normal = (authority: string): string => authority.toLowerCase().replace(/:(?:80|443)$/, '');
