/**
 * Long polling: a request that the server answers when it has something. Where to go on from is told by the last
 * answer's `ETag` and `Last-Modified` (nchan wants both back), and by the id of the last message.
 */
import type { AttemptRequest, Transport, Wire } from './attempt.js';
import { exchange, resume, wholeText } from './http.js';

export const longPolling: Transport = (request, wire, env) =>
  exchange(
    request,
    wire,
    env,
    // Tabs share the HTTP cache: revalidated there, a cursor of one would answer for another, and messages would be lost.
    { headers: { accept: 'application/json', ...cursor(request), ...resume(request) }, cache: 'no-store' },
    read,
  );

const cursor = ({ carries, memory: { etag, lastModified } }: AttemptRequest): Record<string, string> =>
  carries === 'none'
    ? {}
    : {
        ...(etag !== undefined && { 'if-none-match': etag }),
        ...(lastModified !== undefined && { 'if-modified-since': lastModified }),
      };

/** A server says by `RT-Gap: ?1` (a structured boolean, RFC 9651) that it no longer has all that came after the cursor. */
const GAP = '?1';

const read = async (response: Response, wire: Wire, { memory }: AttemptRequest): Promise<void> => {
  const { headers, status } = response;
  if (headers.get('rt-gap') === GAP) wire.gap();
  const etag = headers.get('etag') ?? undefined;
  const lastModified = headers.get('last-modified') ?? undefined;
  const text = status === 304 || status === 204 ? '' : await wholeText(response, wire);
  if (text === undefined) return wire.failed({ kind: 'over-limit' });
  const same = etag !== undefined && etag === memory.etag && lastModified === memory.lastModified;
  const empty = text.trim() === '' || same;
  const problem = empty ? wire.unchanged() : wire.answer(text);
  if (problem !== undefined) return wire.failed({ kind: 'body', problem });
  // Only now, with all of it taken in; an answer without a cursor leaves the last one standing.
  memory.etag = etag ?? memory.etag;
  memory.lastModified = lastModified ?? memory.lastModified;
  // An equal answer is a message all the same; but a server that only gives it again and again does not wait for news.
  const again = text === memory.text;
  memory.text = text;
  wire.answered('long-polling', empty || again);
};
