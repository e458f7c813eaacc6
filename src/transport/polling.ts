/** Polling: one request, one answer, read as JSON whatever its content type says. */
import type { AttemptRequest, Transport, Wire } from './attempt.js';
import { exchange, wholeText } from './http.js';

export const polling: Transport = (request, wire, env) =>
  exchange(
    request,
    wire,
    env,
    { headers: { accept: 'application/json', ...conditions(request) }, cache: cacheOf(request) },
    readAnswer,
  );

/**
 * Within the origin we ask conditionally ourselves, and see the 304. Across origins such a header would need a
 * preflight, which most servers do not know: there the browser's own cache revalidates, and hands us its copy.
 */
export const conditions = ({ carries, memory }: AttemptRequest): Record<string, string> => {
  if (carries !== 'all') return {};
  if (memory.etag !== undefined) return { 'if-none-match': memory.etag };
  return memory.lastModified === undefined ? {} : { 'if-modified-since': memory.lastModified };
};

export const cacheOf = ({ carries }: AttemptRequest): RequestCache => (carries === 'all' ? 'no-store' : 'no-cache');

/** Reads one good answer. One that is equal to the last, or empty (204), confirms it and draws nothing. */
export const readAnswer = async (response: Response, wire: Wire, { memory }: AttemptRequest): Promise<void> => {
  const etag = response.headers.get('etag') ?? undefined;
  if (response.status === 304 || response.status === 204 || (etag !== undefined && etag === memory.etag)) {
    await response.body?.cancel();
    wire.unchanged();
    wire.answered('polling', true);
    return;
  }
  const text = await wholeText(response, wire);
  if (text === undefined) {
    wire.failed({ kind: 'over-limit' });
    return;
  }
  const equal = text === memory.text;
  if (equal) {
    wire.unchanged();
  } else {
    const problem = wire.answer(text);
    if (problem !== undefined) return wire.failed({ kind: 'body', problem });
  }
  // Only now: a login page's tag must not make the next answer look old.
  memory.etag = etag;
  memory.lastModified = response.headers.get('last-modified') ?? undefined;
  memory.text = text;
  wire.answered('polling', equal);
};
