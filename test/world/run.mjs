/**
 * What `npm run test:world` runs: what is slow, or needs programs that a machine may not have (nginx with nchan). A stage
 * each, then a table, with what the tests measured, and as the last line `N passed, N failed`. `npm run test:world -- soak`
 * runs one stage; what follows its name goes to that stage's own tool.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBrowser } from '../support/find-browser.mjs';
import { closingLine, toCounts } from '../support/counts.mjs';

const bin = (path, ...args) => [process.execPath, join('node_modules', path), ...args];

const STAGES = {
  servers: [
    bin('mocha/bin/mocha.js', '--config', 'test/world/mocharc.json', '--reporter', 'test/support/mocha-reporter.cjs'),
  ],
  soak: [
    [process.execPath, 'demo/build-if-stale.mjs'],
    bin('@playwright/test/cli.js', 'test', '--config', 'test/world/playwright.config.ts', '--reporter=list,json'),
  ],
};

const run = ([program, ...args], env) =>
  new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
    child.once('error', () => resolve(1));
    child.once('exit', (code) => resolve(code ?? 1));
  });

const read = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
};

/** What the tests of a report by Playwright measured, a line each. */
const figuresIn = (suite) => [
  ...(suite?.specs ?? []).flatMap(({ title, tests }) =>
    tests.flatMap(({ annotations }) =>
      annotations.filter(({ type }) => type === 'figures').map(({ description }) => `${title}: ${description}`),
    ),
  ),
  ...(suite?.suites ?? []).flatMap(figuresIn),
];

process.env.CHROME_PATH = findBrowser();
const [wanted, ...more] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'rt-widgets-world-'));
const results = [];
for (const [name, commands] of Object.entries(STAGES)) {
  if (wanted !== undefined && wanted !== name) continue;
  console.log(`\n── ${name} ──`);
  const file = join(folder, `${name}.json`);
  const started = performance.now();
  let code = 0;
  for (const [index, command] of commands.entries()) {
    const isLast = index === commands.length - 1;
    code = await run(isLast ? [...command, ...more] : command, {
      COUNTS_FILE: file,
      PLAYWRIGHT_JSON_OUTPUT_FILE: file,
    });
    if (code !== 0) break;
  }
  const report = read(file);
  const seconds = (performance.now() - started) / 1000;
  results.push({ name, seconds, figures: figuresIn(report), ...toCounts(report, code) });
}
rmSync(folder, { recursive: true, force: true });

console.log('\nstage       passed   failed  skipped  seconds');
for (const { name, passed, failed, skipped, seconds, note, figures } of results) {
  const cells = [passed, failed, skipped].map((count) => String(count).padStart(9));
  console.log(`${name.padEnd(9)}${cells.join('')}${seconds.toFixed(1).padStart(9)}${note ? `  ${note}` : ''}`);
  for (const line of figures) console.log(`  ${line}`);
}
console.log(`\n${closingLine(results)}`);
process.exitCode = results.some(({ failed }) => failed > 0) ? 1 : 0;
