/**
 * What `npm run test:world` runs: what is slow (the package and four bundlers), or needs programs that a machine may not
 * have (nginx with nchan, WordPress). A stage
 * each, then a table, with what the tests measured, and as the last line `N passed, N failed`. `npm run test:world -- soak`
 * runs one stage; what follows its name goes to that stage's own tool.
 */
import { findBrowser } from '../support/find-browser.mjs';
import { bin, runStages } from '../support/stages.mjs';

/** The tests of one file, in the browser. */
const inBrowser = (file) => [
  [process.execPath, 'demo/build-if-stale.mjs'],
  bin('@playwright/test/cli.js', 'test', file, '--config', 'test/world/playwright.config.ts', '--reporter=list,json'),
];

const STAGES = {
  package: [
    ['npm', 'run', 'build'],
    bin('mocha/bin/mocha.js', '--config', 'test/package/mocharc.json', '--reporter', 'test/support/mocha-reporter.cjs'),
  ],
  servers: [
    bin('mocha/bin/mocha.js', '--config', 'test/world/mocharc.json', '--reporter', 'test/support/mocha-reporter.cjs'),
  ],
  cms: inBrowser('cms.spec.ts'),
  soak: inBrowser('soak.spec.ts'),
};

process.env.CHROME_PATH = findBrowser();
const [wanted, ...more] = process.argv.slice(2);
process.exitCode = await runStages(STAGES, wanted, () => ({ more }));
