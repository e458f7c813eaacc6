/** How an attempt ended that did not end well: facts for the state machine, which alone decides what follows. */
export type Failure =
  /** Refused, reset, unresolved, or kept from us by CORS: the browser does not tell which. */
  | { readonly kind: 'network'; readonly cause: unknown }
  /** The address, or what was asked of it, can never work: mixed content, a scheme we do not speak. */
  | { readonly kind: 'unusable'; readonly detail: string }
  /** `retryAfter` in milliseconds, where the server said when to come back. */
  | { readonly kind: 'http'; readonly status: number; readonly retryAfter: number | undefined }
  /** 204: the event stream standard's "do not come back". */
  | { readonly kind: 'no-content' }
  | { readonly kind: 'content-type'; readonly got: string }
  /** An answer whose body could not be read as messages; `problem` is a sentence. */
  | { readonly kind: 'body'; readonly problem: string }
  | { readonly kind: 'over-limit' }
  /** The server ended the stream. */
  | { readonly kind: 'ended' }
  | {
      readonly kind: 'close';
      readonly code: number;
      readonly reason: string;
      readonly retryAfter: number | undefined;
      readonly opened: boolean;
    }
  /** Nothing came: no answer in `connect-timeout`, or silence where there should be life. */
  | { readonly kind: 'timeout'; readonly during: 'opening' | 'silence' }
  /** An event stream's headers (`opened`), or nothing at all, and then no byte: something on the way keeps them. */
  | { readonly kind: 'stalled'; readonly opened: boolean }
  /** An author's `headers`, `protocols` or the like threw. */
  | { readonly kind: 'author'; readonly cause: unknown };
