/**
 * What `npm test` runs: every stage one after another, then a table and, as the last line, `N passed, N failed`.
 * `npm test -- node` runs one stage; what follows its name goes to that stage's own tool. `npm run test:faults` runs the
 * tests alone that carry the number of a fault in their names.
 */
import { BrowserNotFound, findBrowser } from './support/find-browser.mjs';
import { bin, runStages } from './support/stages.mjs';

/** A project of playwright.config.ts. */
const endToEnd = (project) => [
  [process.execPath, 'demo/build-if-stale.mjs'],
  bin('@playwright/test/cli.js', 'test', '--reporter=list,json', `--project=${project}`),
];

const STAGES = {
  node: [bin('mocha/bin/mocha.js', '--reporter', 'test/support/mocha-reporter.cjs')],
  browser: [bin('@web/test-runner/dist/bin.js')],
  pages: endToEnd('pages'),
  timed: endToEnd('timed'),
};

/** The name of a test of a numbered fault. */
const FAULT = String.raw`\bfaults? \d`;

/** How each stage is told to run the tests of faults alone. */
const FAULTS_ALONE = {
  node: { more: ['--grep', `/${FAULT}/`] },
  browser: { env: { TEST_GREP: FAULT } },
  pages: { more: ['--grep', FAULT, '--pass-with-no-tests'] },
  timed: { more: ['--grep', FAULT] },
};

const main = async () => {
  const [first, ...more] = process.argv.slice(2);
  const faults = first === 'faults';
  const browser = first === 'node' ? undefined : findBrowser();
  if (browser !== undefined) process.env.CHROME_PATH = browser;
  return runStages(STAGES, faults ? undefined : first, (name) => (faults ? FAULTS_ALONE[name] : { more }));
};

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof BrowserNotFound ? error.message : error);
  process.exitCode = 1;
}
