/**
 * Runs stages of tests one after another, each by its own tools, then prints a table and, as the last line,
 * `N passed, N failed`. Knows no stage by name.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { closingLine, toCounts } from './counts.mjs';

/** A program of a package, run by this Node. */
export const bin = (path, ...args) => [process.execPath, join('node_modules', path), ...args];

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

/** What the tests of a report by Playwright measured, a line each. */
const figuresIn = (suite) => [
  ...(suite?.specs ?? []).flatMap(({ title, tests }) =>
    tests.flatMap(({ annotations }) =>
      annotations.filter(({ type }) => type === 'figures').map(({ description }) => `${title}: ${description}`),
    ),
  ),
  ...(suite?.suites ?? []).flatMap(figuresIn),
];

/** Runs the commands of a stage; the last one gets `more`, and writes its counts. */
const runStage = async (name, commands, { more = [], env: extra = {} }, folder) => {
  console.log(`\n── ${name} ──`);
  const file = join(folder, `${name}.json`);
  const env = { COUNTS_FILE: file, PLAYWRIGHT_JSON_OUTPUT_FILE: file, ...extra };
  const started = performance.now();
  let code = 0;
  for (const [index, command] of commands.entries()) {
    const last = index === commands.length - 1;
    code = await run(last ? [...command, ...more] : command, env);
    if (code !== 0) break;
  }
  const seconds = (performance.now() - started) / 1000;
  const report = read(file);
  // The browser's runner takes the tests that were not asked for as failed, and ends so; its counts know better.
  const counts = toCounts(report, extra.TEST_GREP !== undefined && report !== undefined ? 0 : code);
  return { name, seconds, figures: figuresIn(report), ...counts };
};

/**
 * Runs those of `stages` (their commands by name) that are `wanted`, all by default, and returns the exit code.
 * `optionsOf` says what a stage's last command gets more, and its environment.
 */
export const runStages = async (stages, wanted, optionsOf) => {
  if (wanted !== undefined && !(wanted in stages)) {
    console.error(`There is no stage ${wanted}: ${Object.keys(stages).join(', ')}.`);
    return 1;
  }
  const folder = mkdtempSync(join(tmpdir(), 'rt-widgets-'));
  const results = [];
  try {
    for (const name of wanted === undefined ? Object.keys(stages) : [wanted])
      results.push(await runStage(name, stages[name], optionsOf(name), folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  console.log('\nstage       passed   failed  skipped  seconds');
  for (const { name, passed, failed, skipped, seconds, note, figures } of results) {
    const cells = [passed, failed, skipped].map((count) => String(count).padStart(9));
    console.log(
      `${name.padEnd(9)}${cells.join('')}${seconds.toFixed(1).padStart(9)}${note === undefined ? '' : `  ${note}`}`,
    );
    for (const line of figures) console.log(`  ${line}`);
  }
  console.log(`\n${closingLine(results)}`);
  return results.some(({ failed }) => failed > 0) ? 1 : 0;
};
