import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { defaultReporter } from '@web/test-runner';
import { chromeLauncher } from '@web/test-runner-chrome';
import { countReporter } from './test/support/count-reporter.mjs';
import { coverageGaps } from './test/support/coverage-gaps.mjs';
import { chromiumFlags, findBrowser } from './test/support/find-browser.mjs';
import { wireServer } from './test/support/wire-plugin.mjs';

const wire = wireServer();

/** Coverage is of the whole run: a run of some files or tests alone says nothing about it. */
const grep = process.env.TEST_GREP;
const whole = grep === undefined && !process.argv.includes('--files') && !process.argv.includes('--watch');

const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

/**
 * Lit's development build, on purpose: it tells of updates scheduled by an update and of fields that shadow
 * properties. The one thing that it tells every page, that it is the development build, is muted.
 */
const page = (testFramework) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>tests</title>
    <script>globalThis.litIssuedWarnings = new Set(['dev-mode']);</script>
  </head>
  <body><script type="module" src="${testFramework}"></script></body>
</html>`;

export default {
  files: ['test/**/*.test.ts', '!test/{demo,e2e,bench,node,package,world}/**'],
  port: await freePort(),
  nodeResolve: { exportConditions: ['development'] },
  concurrency: 2,
  testsFinishTimeout: 120_000,
  testFramework: { config: { ui: 'bdd', timeout: 10_000, forbidOnly: process.env.CI !== undefined, grep } },
  testRunnerHtml: page,
  browsers: [
    chromeLauncher({
      launchOptions: { executablePath: findBrowser(), args: chromiumFlags },
      // A window each: a tab behind another one gets no animation frames.
      createPage: ({ browser }) => browser.newPage({ type: 'window' }),
    }),
  ],
  plugins: [
    esbuildPlugin({ ts: true, tsconfig: fileURLToPath(new URL('tsconfig.json', import.meta.url)) }),
    wire.plugin,
  ],
  middleware: [wire.middleware],
  reporters: [defaultReporter(), countReporter(), ...(whole ? [coverageGaps()] : [])],
  coverage: whole,
  coverageConfig: {
    include: ['src/**/*.ts'],
    threshold: { lines: 90, statements: 0, functions: 0, branches: 0 },
    reportDir: 'coverage',
    reporters: ['lcov', 'text-summary'],
  },
};
