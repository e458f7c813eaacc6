/** Counting tests over several runners: what each wrote, made alike, and the line that a CI reads. */

/**
 * The counts of one stage. What its runner wrote is `{passed, failed, skipped}` or Playwright's report; a stage that ends
 * badly with no failed test (nothing was written, coverage is too low) has one failure, and so has one that ran no test.
 */
export const toCounts = (report, exitCode) => {
  const stats = report?.stats;
  const counts = {
    passed: stats === undefined ? (report?.passed ?? 0) : stats.expected + stats.flaky,
    failed: stats === undefined ? (report?.failed ?? 0) : stats.unexpected + (report.errors?.length ?? 0),
    skipped: stats === undefined ? (report?.skipped ?? 0) : stats.skipped,
  };
  if (counts.failed > 0) return counts;
  if (exitCode !== 0) return { ...counts, failed: 1, note: `ended with ${exitCode}` };
  if (counts.passed === 0) return { ...counts, failed: 1, note: 'ran no test' };
  return counts;
};

const sum = (results, key) => results.reduce((total, result) => total + result[key], 0);

/** `N passed, N failed`, and `, N skipped` where there are any. */
export const closingLine = (results) => {
  const skipped = sum(results, 'skipped');
  return `${sum(results, 'passed')} passed, ${sum(results, 'failed')} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
};
