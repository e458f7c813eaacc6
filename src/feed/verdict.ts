/** What each kind of failure means for a source, whoever it comes from: the table of final and retried answers. */
import type { Failure } from '../kernel/failure.js';

/**
 * `retry`: try again. `refresh`: ask the author's credentials anew once, then it is final. `final`: this can never work.
 * `stop`: the server asks us not to come back.
 */
export type Verdict = 'retry' | 'refresh' | 'final' | 'stop';

/** Close codes of RFC 6455, 7.4.1, that mean "I do not accept what you are". */
const FINAL_CLOSES: ReadonlySet<number> = new Set([1003, 1007, 1009, 1010]);
/** Policy violation, and the common code for "unauthorized". */
const REFRESH_CLOSES: ReadonlySet<number> = new Set([1008, 4401]);
/** Client errors that time can mend: Request Timeout, Too Early, Too Many Requests. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 425, 429]);

export const judge = (failure: Failure): Verdict => {
  switch (failure.kind) {
    case 'no-content':
      return 'stop';
    case 'unusable':
    case 'content-type':
      return 'final';
    case 'http':
      if (failure.status === 401 || failure.status === 403) return 'refresh';
      return failure.status >= 500 || PASSING_STATUSES.has(failure.status) ? 'retry' : 'final';
    case 'close':
      if (REFRESH_CLOSES.has(failure.code)) return 'refresh';
      return FINAL_CLOSES.has(failure.code) ? 'final' : 'retry';
    case 'network':
    case 'body':
    case 'over-limit':
    case 'ended':
    case 'timeout':
    case 'stalled':
    case 'author':
      return 'retry';
  }
};

/** The pause that the server wished for, in milliseconds. */
export const hintOf = (failure: Failure): number | undefined =>
  failure.kind === 'http' || failure.kind === 'close' ? failure.retryAfter : undefined;
