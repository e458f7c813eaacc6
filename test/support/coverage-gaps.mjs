/**
 * A reporter for the browser tests: a module of `src/` that no test loads is in no coverage figure, so the threshold
 * says nothing about it. This one names such modules and fails the run. Files of types alone have nothing to cover.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { transformSync } from 'esbuild';
import { globSync } from 'tinyglobby';

/**
 * What the end to end tests run, as built: what `dist/` starts acts as it loads; one is for other windows, and one is put
 * into Lit by the build.
 */
const ELSEWHERE = [
  'src/bundle.ts',
  'src/classic.ts',
  'src/embed/page.ts',
  'src/elements/base/abroad.ts',
  'src/kernel/trusted.ts',
];

const hasCode = (file) =>
  transformSync(readFileSync(file, 'utf8'), { loader: 'ts', minify: true, tsconfigRaw: '{}' }).code.trim() !== '';

/** The modules with code that are not among `covered` (absolute paths). */
export const findGaps = (covered) => {
  const known = new Set([...covered].map((file) => resolve(file)));
  return globSync('src/**/*.ts')
    .filter((file) => !ELSEWHERE.includes(file) && !known.has(resolve(file)) && hasCode(file))
    .sort();
};

export const coverageGaps = () => ({
  onTestRunFinished({ testCoverage }) {
    if (testCoverage === undefined) return;
    const gaps = findGaps(testCoverage.coverageMap.files());
    if (gaps.length === 0) return;
    console.error(`\nNo test in the browser loads:\n${gaps.map((file) => `  ${file}`).join('\n')}\n`);
    process.once('exit', () => {
      process.exitCode = 1;
    });
  },
});
