/** Builds what a page loads from dist/ where it is missing or older than its sources, quietly: for a fresh clone. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { globSync } from 'tinyglobby';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BUILT = ['dist/rt-widgets.js', 'dist/rt-widgets.classic.js', 'dist/embed.js', 'dist/embed.html'];
const SOURCES = ['src/**/*.{ts,html}', 'rollup.config.mjs', 'package-lock.json', 'tsconfig.json'];

const modified = (file) => statSync(join(ROOT, file), { throwIfNoEntry: false })?.mtimeMs;

export const isStale = () => {
  const oldest = Math.min(...BUILT.map((file) => modified(file) ?? -Infinity));
  return globSync(SOURCES, { cwd: ROOT }).some((file) => (modified(file) ?? 0) > oldest);
};

export const buildIfStale = () => {
  if (!isStale()) return;
  const rollup = join(ROOT, 'node_modules/rollup/dist/bin/rollup');
  const { status, stdout, stderr } = spawnSync(process.execPath, [rollup, '--config', '--configScripts', '--silent'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The build failed.\n${stdout}${stderr}`);
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    buildIfStale();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
