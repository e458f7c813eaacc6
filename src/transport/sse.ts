/**
 * Server-sent events, read by fetch so that status, headers, comments and `Last-Event-ID` are ours to see
 * (a native `EventSource` hides them and retries by itself).
 */
import { MAX_MESSAGE_LENGTH } from '../kernel/limits.js';
import type { AttemptRequest, Transport, Wire } from './attempt.js';
import { boundedParser } from './bounded-parser.js';
import { exchange, mediaType, textOf } from './http.js';

export const EVENT_STREAM = 'text/event-stream';

export const sse: Transport = (request, wire, env) =>
  exchange(
    request,
    wire,
    env,
    { headers: { accept: EVENT_STREAM, ...resume(request) }, cache: 'no-store' },
    readStream,
  );

/** Where to go on from. Not across origins: the header needs a preflight, which most servers do not know. */
export const resume = ({ crossOrigin, lastEventId }: AttemptRequest): Record<string, string> =>
  crossOrigin || lastEventId === '' ? {} : { 'last-event-id': utf8(lastEventId) };

/** A header's text is bytes: fetch throws on a character beyond U+00FF. The standard sends an id as UTF-8. */
const utf8 = (text: string): string =>
  Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');

/** Reads a stream to its end. 204 is the standard's "do not come back". */
export const readStream = async (response: Response, wire: Wire): Promise<void> => {
  if (response.status === 204) {
    wire.failed({ kind: 'no-content' });
    return;
  }
  const type = mediaType(response);
  if (type !== EVENT_STREAM) {
    wire.failed({ kind: 'content-type', got: type });
    await response.body?.cancel();
    return;
  }
  wire.opened('sse');
  const parser = boundedParser(MAX_MESSAGE_LENGTH, {
    onEvent: ({ data, event, id }) => wire.payload({ data, event, id }),
    onId: (id) => wire.committed(id),
    onRetry: (ms) => wire.retryIn(ms),
    onOverLimit: () => wire.overLimit(),
  });
  for await (const text of textOf(response, wire, true)) parser(text);
  wire.failed({ kind: 'ended' });
};
