/**
 * What `npm test` runs: every stage one after another, then a table and, as the last line, `N passed, N failed`.
 * `npm test -- node` runs one stage; what follows its name goes to that stage's own tool. `npm run test:faults` runs the
 * tests alone that carry the number of a fault in their names.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BrowserNotFound, findBrowser } from './support/find-browser.mjs';
import { closingLine, toCounts } from './support/counts.mjs';

const bin = (path, ...args) => [process.execPath, join('node_modules', path), ...args];

const STAGES = {
  node: [bin('mocha/bin/mocha.js', '--reporter', 'test/support/mocha-reporter.cjs')],
  browser: [bin('@web/test-runner/dist/bin.js')],
  e2e: [[process.execPath, 'demo/build-if-stale.mjs'], bin('@playwright/test/cli.js', 'test', '--reporter=list,json')],
};

/** The name of a test of a numbered fault. */
const FAULT = String.raw`\bfaults? \d`;

/** How each stage is told to run the tests of faults alone. */
const FAULTS_ALONE = {
  node: { more: ['--grep', `/${FAULT}/`] },
  browser: { env: { TEST_GREP: FAULT } },
  e2e: { more: ['--grep', FAULT] },
};

const run = ([program, ...args], env) =>
  new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });

const read = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

/** Runs the commands of a stage; the last one writes its counts. */
const runStage = async (name, { more = [], env: extra = {} }, folder) => {
  console.log(`\n── ${name} ──`);
  const file = join(folder, `${name}.json`);
  const env = { COUNTS_FILE: file, PLAYWRIGHT_JSON_OUTPUT_FILE: file, ...extra };
  const started = performance.now();
  let code = 0;
  for (const [index, command] of STAGES[name].entries()) {
    const last = index === STAGES[name].length - 1;
    code = await run(last ? [...command, ...more] : command, env);
    if (code !== 0) break;
  }
  const seconds = (performance.now() - started) / 1000;
  const report = read(file);
  // The browser's runner takes the tests that were not asked for as failed, and ends so; its counts know better.
  return { name, seconds, ...toCounts(report, extra.TEST_GREP !== undefined && report !== undefined ? 0 : code) };
};

const main = async () => {
  const [first, ...more] = process.argv.slice(2);
  const faults = first === 'faults';
  const wanted = faults ? undefined : first;
  if (wanted !== undefined && !(wanted in STAGES)) {
    console.error(`There is no stage ${wanted}: ${Object.keys(STAGES).join(', ')}.`);
    return 1;
  }
  const browser = wanted === 'node' ? undefined : findBrowser();
  if (browser !== undefined) process.env.CHROME_PATH = browser;

  const folder = mkdtempSync(join(tmpdir(), 'rt-widgets-'));
  const results = [];
  try {
    for (const name of wanted === undefined ? Object.keys(STAGES) : [wanted])
      results.push(await runStage(name, faults ? FAULTS_ALONE[name] : { more }, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  console.log('\nstage       passed   failed  skipped  seconds');
  for (const { name, passed, failed, skipped, seconds, note } of results) {
    const cells = [passed, failed, skipped].map((count) => String(count).padStart(9));
    console.log(
      `${name.padEnd(9)}${cells.join('')}${seconds.toFixed(1).padStart(9)}${note === undefined ? '' : `  ${note}`}`,
    );
  }
  console.log(`\n${closingLine(results)}`);
  return results.some(({ failed }) => failed > 0) ? 1 : 0;
};

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof BrowserNotFound ? error.message : error);
  process.exitCode = 1;
}
