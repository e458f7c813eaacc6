/** The outcome of reading something that may be wrong: the value, or the problem in words. */
export type Result<T, P = string> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: P };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const bad = <P>(problem: P): { readonly ok: false; readonly problem: P } => ({ ok: false, problem });
