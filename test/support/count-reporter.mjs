/**
 * A reporter for the browser tests: writes what was counted as JSON to the file that COUNTS_FILE names. A test file that
 * fails without a failed test (it cannot be imported, or never ends) counts as one failure.
 */
import { writeFileSync } from 'node:fs';

/** Where only some tests were asked for, the runner tells of the others as neither passed nor failed by anything. */
const some = process.env.TEST_GREP !== undefined;
const wasAskedFor = ({ passed, error }) => passed || error !== undefined || !some;

const countSuite = (suite, counts) => {
  for (const test of suite?.tests ?? []) {
    if (!wasAskedFor(test)) continue;
    if (test.skipped) counts.skipped += 1;
    else if (test.passed) counts.passed += 1;
    else counts.failed += 1;
  }
  for (const inner of suite?.suites ?? []) countSuite(inner, counts);
};

export const countSessions = (sessions) => {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const session of sessions) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    countSuite(session.testResults, counts);
    const isBad = some ? session.errors.length > 0 : !session.passed;
    if (isBad && counts.failed === 0) counts.failed = 1;
    for (const key of Object.keys(total)) total[key] += counts[key];
  }
  return total;
};

export const countReporter = () => ({
  onTestRunFinished({ sessions }) {
    const { COUNTS_FILE } = process.env;
    if (COUNTS_FILE !== undefined) writeFileSync(COUNTS_FILE, JSON.stringify(countSessions([...sessions])));
  },
});
