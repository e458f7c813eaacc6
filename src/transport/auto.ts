/**
 * `auto` over HTTP: the address is asked once, the answer's content type decides, and that same answer is read on.
 * A stream makes it SSE, JSON makes it polling.
 */
import type { Transport } from './attempt.js';
import { exchange, mediaType, resume } from './http.js';
import { cacheOf, conditions, readAnswer } from './polling.js';
import { EVENT_STREAM, readStream } from './sse.js';

/** `application/json`, and the `application/*+json` of structured suffixes (RFC 6839). */
const JSON_TYPE = /^(?:application\/(?:[\w.-]+\+)?json|text\/json)$/;

export const auto: Transport = (request, wire, env) =>
  exchange(
    request,
    wire,
    env,
    {
      headers: { accept: `${EVENT_STREAM}, application/json;q=0.9`, ...conditions(request), ...resume(request) },
      cache: cacheOf(request),
    },
    async (response) => {
      const type = mediaType(response);
      if (response.status === 304 || JSON_TYPE.test(type)) return readAnswer(response, wire, request);
      return readStream(response, wire);
    },
  );
