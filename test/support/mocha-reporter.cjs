/** Mocha's dots and list of failures, and the counts as JSON in the file that COUNTS_FILE names. */
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

module.exports = class CountingReporter extends Mocha.reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    const { COUNTS_FILE } = process.env;
    if (COUNTS_FILE === undefined) return;
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats;
      writeFileSync(COUNTS_FILE, JSON.stringify({ passed: passes, failed: failures, skipped: pending }));
    });
  }
};
