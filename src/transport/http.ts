/**
 * What the transports over HTTP share: one request that can be let go of, its headers by the rules of origins, a body
 * read within bounds, and answers turned into failures.
 */
import type { Env } from '../kernel/env.js';
import type { Failure } from '../kernel/failure.js';
import { MAX_MESSAGE_LENGTH, MAX_RETRY_HINT } from '../kernel/limits.js';
import { until, type Attempt, type AttemptRequest, type Wire } from './attempt.js';

/** Reads an answer to its end and tells the wire of it; what it throws is a failure of the network. */
type Reader = (response: Response, wire: Wire, request: AttemptRequest, env: Env) => Promise<void>;

/**
 * Makes one request and hands a good answer (2xx or 304) to `read`.
 *
 * @param extra - headers and cache mode of the transport; the author's headers win.
 */
export const exchange = (
  request: AttemptRequest,
  wire: Wire,
  env: Env,
  extra: { readonly headers: Record<string, string>; readonly cache: RequestCache },
  read: Reader,
): Attempt => {
  const abort = new AbortController();
  const told = until(() => abort.signal.aborted, wire);

  const run = async (): Promise<void> => {
    const headers = new Headers(extra.headers);
    try {
      for (const [name, value] of Object.entries(request.headers)) headers.set(name, value);
    } catch {
      // Told later, as every end is; and without the browser's own words, which quote the value: it may be a token.
      await Promise.resolve();
      return told.failed({ kind: 'unusable', detail: 'the browser refuses the name or the value of a header' });
    }
    const response = await env.fetch(request.url.href, {
      headers,
      cache: extra.cache,
      credentials: request.credentials,
      // fetch would carry the author's headers to another origin; Authorization alone it drops by itself.
      redirect: Object.keys(request.headers).some((name) => name.toLowerCase() !== 'authorization')
        ? 'error'
        : 'follow',
      signal: abort.signal,
    });
    told.alive(0);
    const failure = failureOf(response, env);
    if (failure !== undefined) {
      told.failed(failure);
      abort.abort();
      return;
    }
    await read(response, told, request, env);
  };

  run().catch((cause: unknown) => told.failed({ kind: 'network', cause }));
  return { send: () => false, close: () => abort.abort() };
};

const failureOf = (response: Response, env: Env): Failure | undefined => {
  const { status } = response;
  if (status === 304 || response.ok) return undefined;
  return { kind: 'http', status, retryAfter: retryAfterOf(response.headers.get('retry-after'), env.wall()) };
};

/** `Retry-After`, in seconds or as a date (RFC 9110, 10.2.3), as milliseconds from now, bounded. */
const retryAfterOf = (text: string | null, now: number): number | undefined => {
  if (text === null) return undefined;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? undefined : Math.max(0, Math.min(ms, MAX_RETRY_HINT));
};

/** What a request may carry of where to go on from, as headers; the cursor's own are left out where the server refuses them. */
export const resume = ({ carries, lastEventId }: AttemptRequest): Record<string, string> =>
  carries === 'none' || lastEventId === '' ? {} : { 'last-event-id': utf8(lastEventId) };

/** A header's text is bytes: fetch throws on a character beyond U+00FF. The standard sends an id as UTF-8. */
const utf8 = (text: string): string =>
  Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');

/** The media type alone, in lower case: `text/event-stream`. */
export const mediaType = (response: Response): string =>
  (response.headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/**
 * The pieces of a body as text, as they come: code points split over chunks stay whole, what is no UTF-8 becomes U+FFFD.
 *
 * @param ignoreBOM - true keeps a byte order mark for a parser that takes it off itself.
 */
export async function* textOf(response: Response, wire: Wire, ignoreBOM: boolean): AsyncGenerator<string, void> {
  if (response.body === null) return;
  const decoder = new TextDecoder('utf-8', { ignoreBOM });
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      wire.alive(value.byteLength);
      yield decoder.decode(value, { stream: true });
    }
    yield decoder.decode();
  } finally {
    // A caller that leaves early must not leave the download running.
    await reader.cancel().catch(() => undefined);
  }
}

/** A whole body as text, or `undefined` where it is longer than a message may be. */
export const wholeText = async (response: Response, wire: Wire): Promise<string | undefined> => {
  const parts: string[] = [];
  let length = 0;
  for await (const part of textOf(response, wire, false)) {
    length += part.length;
    if (length > MAX_MESSAGE_LENGTH) return undefined;
    parts.push(part);
  }
  return parts.join('');
};
