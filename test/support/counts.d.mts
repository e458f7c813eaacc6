export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Why there is a failure without a failed test. */
  readonly note?: string;
}
export declare const toCounts: (report: unknown, exitCode: number) => Counts;
export declare const closingLine: (results: readonly Counts[]) => string;
