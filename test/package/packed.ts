/**
 * The package as a registry hands it out: packed, and unpacked into an empty folder beside what it depends on. Made once a
 * run, from what is built. Knows nothing of what is tested on it.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export interface Packed {
  /** A folder with nothing but `package.json` and `node_modules`: what somebody has who installs it. */
  readonly folder: string;
  /** Where the package lies in it. */
  readonly root: string;
  /** What is in the package, by paths in it. */
  readonly files: readonly string[];
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Links a dependency, and what that depends on. */
const link = (name: string, modules: string): void => {
  const target = resolve('node_modules', name);
  const path = join(modules, name);
  mkdirSync(dirname(path), { recursive: true });
  try {
    symlinkSync(target, path);
  } catch {
    // Another one has linked it already.
    return;
  }
  const { dependencies = {} } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')) as Manifest;
  for (const other of Object.keys(dependencies)) link(other, modules);
};

const make = (): Packed => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rt-widgets-packed-')));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const told = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [tarball] = JSON.parse(told) as { filename: string; files: { path: string }[] }[];
  if (tarball === undefined) throw new Error('npm packed nothing.');

  const root = join(folder, 'node_modules/rt-widgets');
  mkdirSync(root, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, tarball.filename), '-C', root, '--strip-components=1']);
  rmSync(join(folder, tarball.filename));
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
  const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  for (const name of Object.keys(dependencies)) link(name, join(folder, 'node_modules'));
  return { folder, root, files: tarball.files.map(({ path }) => path) };
};

let made: Packed | undefined;

export const packed = (): Packed => (made ??= make());

/** A file of the package. */
export const readPacked = (path: string): string => readFileSync(join(packed().root, path), 'utf8');
