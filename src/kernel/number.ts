/** The one rule for what a number is: a finite JSON number, or text that is wholly one. */

const WHOLLY_A_NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

/** The number that `value` is, or `undefined`: no trimming, no hexadecimal, no infinity, nothing but decimal text. */
export const toNumber = (value: unknown): number | undefined => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !WHOLLY_A_NUMBER.test(value)) return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
};
