/** Failures in words: one sentence that says what happened, what the feed does now, and what the author can do. */
import type { ErrorCode } from '../kernel/errors.js';
import type { Failure } from '../kernel/failure.js';

/** What the feed does now. */
export type Sequel =
  | { readonly kind: 'retry'; readonly ms: number }
  | { readonly kind: 'later'; readonly ms: number }
  | { readonly kind: 'waiting'; readonly ms: number }
  | { readonly kind: 'spent'; readonly attempts: number }
  | { readonly kind: 'next' }
  | { readonly kind: 'patient' }
  | { readonly kind: 'better' }
  | { readonly kind: 'final' };

interface Place {
  /** Without query: it may hold a secret. */
  readonly address: string;
  readonly crossOrigin: boolean;
  /** `null` for a page that shares its origin with nobody. */
  readonly pageOrigin: string;
  readonly credentials: RequestCredentials;
  /** Streams and long polls of this page that the same origin holds open. */
  readonly streams: number;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 9_950 ? 1 : 0)} s`;

const SEQUELS: { readonly [K in Sequel['kind']]: (sequel: Extract<Sequel, { kind: K }>) => string } = {
  retry: ({ ms }) => `trying again in ${seconds(ms)}`,
  later: ({ ms }) =>
    `it has worked before, so it is tried again in ${seconds(ms)}, or when the network or the viewer returns`,
  waiting: ({ ms }) => `waiting ${seconds(ms)} more, as some servers send headers with the first event`,
  spent: ({ attempts }) => `max-reconnect-attempts="${attempts}" is spent: call reconnect(), or raise it`,
  next: () => 'the next source is used, and this one tried again in 5 minutes',
  better: () => 'the sources before it are tried again by themselves',
  patient: () => 'waiting on: let proxies pass it unbuffered (X-Accel-Buffering: no), or name another <rt-source>',
  final: () => 'not tried again: correct the address or the server, then call reconnect()',
};

const sequelText = (sequel: Sequel): string => {
  // The key and the argument are the same variant, which the compiler cannot follow through the index.
  const say = SEQUELS[sequel.kind] as (sequel: Sequel) => string;
  return say(sequel);
};

const cors = ({ crossOrigin, pageOrigin, credentials }: Place): string => {
  if (!crossOrigin) return '';
  const needs = `; across origins its answer needs Access-Control-Allow-Origin: ${pageOrigin}`;
  return credentials === 'include'
    ? `${needs}, this page’s own origin, and Access-Control-Allow-Credentials: true`
    : `${needs}, this page’s own origin, or *`;
};

const whatHappened = (failure: Failure, place: Place): readonly [ErrorCode, string] => {
  const at = place.address;
  switch (failure.kind) {
    case 'network':
      return [
        'network',
        `${at} could not be read (server away, network down, or a redirect or CORS refused${cors(place)})`,
      ];
    case 'unusable':
      return ['config', `${at} cannot be used here: ${failure.detail}`];
    case 'http':
      return ['http', `${at} answered with status ${failure.status}${authHint(failure.status)}`];
    case 'no-content':
      return ['http', `${at} answered with status 204`];
    case 'content-type':
      return [
        'protocol',
        `${at} answered as ${failure.got || 'no content type'}, not as text/event-stream (transport="auto" takes application/json too)`,
      ];
    case 'body':
      return ['decode', `${at} gave an answer that cannot be read: ${failure.problem.replace(/\.$/, '')}`];
    case 'over-limit':
      return ['over-limit', `${at} answered with more than 4 MiB`];
    case 'ended':
      return ['network', `${at} ended the stream`];
    case 'close':
      return failure.opened
        ? ['network', `${at} closed the WebSocket with code ${failure.code}`]
        : ['network', `${at} did not open a WebSocket (code ${failure.code})`];
    case 'timeout':
      return failure.during === 'opening'
        ? ['timeout', `${at} has not answered yet${crowded(place)}`]
        : ['timeout', `${at} has been silent for too long`];
    case 'stalled':
      return ['stalled', `${at} ${failure.opened ? 'sent its headers, and then not one byte' : 'sent nothing at all'}`];
    case 'author':
      return ['config', `What the page gave as headers, protocols or hello threw an error`];
  }
};

/** A browser opens six connections to an origin under HTTP/1.1 (its own limit); what comes after them waits. */
const SIX = 6;

const crowded = ({ streams }: Place): string =>
  streams > SIX
    ? ` (this page holds ${streams} streams to its origin, and under HTTP/1.1 a browser opens ${SIX}: share feeds, or serve HTTP/2)`
    : '';

const authHint = (status: number): string =>
  status === 401 || status === 403 ? ' (set headers, or credentials, on the feed)' : '';

export const sentenceFor = (
  failure: Failure,
  sequel: Sequel,
  place: Place,
): { readonly code: ErrorCode; readonly message: string } => {
  const [code, text] = whatHappened(failure, place);
  return { code, message: `${text}; ${sequelText(sequel)}.` };
};
