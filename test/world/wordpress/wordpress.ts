/**
 * Finds WordPress and PHP, or has them installed as the browser is (root, apt-get), and runs contents through them; what
 * a content goes through is named in `filters.php`. Knows no widget.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Passage {
  /** The steps that the content takes, one after another. */
  readonly steps: readonly string[];
  readonly content: string;
}

const INSTALL = 'apt-get update && apt-get install -y --no-install-recommends wordpress php-cli';
const FILTERS = fileURLToPath(new URL('filters.php', import.meta.url));

const places = (): string[] => [process.env['WORDPRESS_PATH'] ?? '', '/usr/share/wordpress'];
const isWordPress = (folder: string): boolean => folder !== '' && existsSync(`${folder}/wp-includes/version.php`);
const hasPhp = (): boolean => spawnSync('php', ['--version'], { stdio: 'ignore' }).status === 0;
const search = (): string | undefined => (hasPhp() ? places().find(isWordPress) : undefined);

const install = (): void => {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return;
  console.error('No WordPress yet: installing it with apt-get, which takes a minute.');
  spawnSync('sh', ['-c', INSTALL], { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
};

let found: string | undefined;

/** The folder of a WordPress. Throws one sentence where there is none. */
const findWordPress = (): string => {
  found ??= search() ?? (install(), search());
  if (found !== undefined) return found;
  throw new Error(
    `These tests need WordPress and PHP and found none: install them (on Debian or Ubuntu, as root: ${INSTALL}), ` +
      'or name the folder of a WordPress in WORDPRESS_PATH.',
  );
};

interface Answer {
  readonly version: string;
  readonly contents: readonly string[];
}

const isAnswer = (value: unknown): value is Answer =>
  typeof value === 'object' && value !== null && 'contents' in value;

/** What each content has become, and the version of WordPress that did it. Throws what PHP said where it failed. */
export const throughWordPress = (passages: readonly Passage[]): Answer => {
  const { stdout, stderr, status } = spawnSync('php', [FILTERS, `${findWordPress()}/`], {
    input: JSON.stringify(passages),
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  const answer: unknown = status === 0 && stderr === '' ? JSON.parse(stdout) : undefined;
  if (!isAnswer(answer)) throw new Error(`WordPress failed: ${stderr}${stdout.slice(0, 500)}`);
  return answer;
};
