/** What went wrong, for a program. */
export type ErrorCode =
  | 'config'
  | 'network'
  | 'http'
  | 'timeout'
  | 'stalled'
  | 'decode'
  | 'over-limit'
  | 'protocol'
  | 'queue-overflow'
  | 'history-gap';

/** What went wrong: the detail of every `rt-error`. */
export interface RtError {
  readonly code: ErrorCode;
  /** One sentence: what happened, what happens now, and what the author can do. Never holds a secret. */
  readonly message: string;
  /** What is behind it, where there is more to look at. */
  readonly cause: unknown;
  /** True where nothing works now, and somebody must look. */
  readonly fatal: boolean;
}

/** An error, by default one after which things go on and behind which there is nothing more to see. */
export const rtError = (code: ErrorCode, message: string, cause?: unknown, fatal = false): RtError => ({
  code,
  message,
  cause,
  fatal,
});
