/**
 * Server-sent events, read by fetch so that status, headers, comments and `Last-Event-ID` are ours to see
 * (a native `EventSource` hides them and retries by itself).
 */
import { MAX_MESSAGE_LENGTH } from '../kernel/limits.js';
import type { Transport, Wire } from './attempt.js';
import { boundedParser } from './bounded-parser.js';
import { exchange, mediaType, resume, textOf } from './http.js';

export const EVENT_STREAM = 'text/event-stream';

export const sse: Transport = (request, wire, env) =>
  exchange(
    request,
    wire,
    env,
    { headers: { accept: EVENT_STREAM, ...resume(request) }, cache: 'no-store' },
    readStream,
  );

/** Reads a stream to its end. 204 is the standard's "do not come back". */
export const readStream = async (response: Response, wire: Wire): Promise<void> => {
  if (response.status === 204) {
    wire.failed({ kind: 'no-content' });
    return;
  }
  const { status } = response;
  const type = mediaType(response);
  // The standard takes a stream from 200 alone.
  if (status !== 200 || type !== EVENT_STREAM) {
    const isStream = type === EVENT_STREAM;
    wire.failed(isStream ? { kind: 'http', status, retryAfter: undefined } : { kind: 'content-type', got: type });
    await response.body?.cancel();
    return;
  }
  wire.opened('sse');
  const parser = boundedParser(MAX_MESSAGE_LENGTH, {
    onEvent: ({ data, event, id }) => wire.payload({ data, event, id }),
    onId: (id) => wire.committed(id),
    onRetry: (ms) => wire.retryIn(ms),
    onComment: (text) => wire.comment(text),
    onOverLimit: () => wire.overLimit(),
  });
  for await (const text of textOf(response, wire, true)) parser(text);
  wire.failed({ kind: 'ended' });
};
