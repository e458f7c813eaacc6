/**
 * Finds the Chromium that the tests run in: CHROME_PATH, then the usual places; where there is none, root on a machine
 * with apt-get gets it installed; else one sentence says how. Knows nothing of any test runner.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'tinyglobby';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const isRoot = process.getuid?.() === 0;
const INSTALL = 'apt-get update && apt-get install -y --no-install-recommends chromium fonts-liberation';

/** What Chromium is started with: nothing that looks for a network or a graphics card; no sandbox for root, who may not have one. */
export const chromiumFlags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  ...(isRoot ? ['--no-sandbox'] : []),
];

/** There is no browser, or not the one asked for. Its message is one sentence, made to be shown alone. */
export class BrowserNotFound extends Error {
  name = 'BrowserNotFound';
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

const onPath = () =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));

const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

const installed = () => [
  ...['/usr/bin', '/usr/local/bin', '/snap/bin'].flatMap((folder) => NAMES.map((name) => join(folder, name))),
  '/opt/google/chrome/chrome',
  ...APPLICATIONS,
  ...APPLICATIONS.map((path) => join(homedir(), path)),
];

/** Browsers that test tools have downloaded, the newest first. */
const cached = () => {
  const caches = [join(homedir(), '.cache'), join(homedir(), 'Library/Caches')];
  const roots = [
    process.env.PLAYWRIGHT_BROWSERS_PATH,
    process.env.PUPPETEER_CACHE_DIR,
    ...caches.flatMap((cache) => [join(cache, 'ms-playwright'), join(cache, 'puppeteer')]),
  ];
  const patterns = [
    'chromium-*/chrome-linux*/chrome',
    'chromium-*/chrome-mac*/*.app/Contents/MacOS/*',
    'chrome/*/chrome-linux*/chrome',
    'chrome/*/chrome-mac*/*.app/Contents/MacOS/*',
  ];
  return roots
    .filter((root) => root !== undefined && existsSync(root))
    .flatMap((root) => globSync(patterns, { cwd: root, absolute: true }).sort().reverse());
};

/** True for a browser that starts; some systems put a script in its place that only tells how to install one. */
const works = (path) =>
  existsSync(path) && spawnSync(path, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0;

const search = () => [...new Set([...onPath(), ...installed(), ...cached()])].find(works);

const install = () => {
  if (!isRoot || spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return;
  console.error('No Chromium yet: installing it with apt-get, which takes a minute.');
  spawnSync('sh', ['-c', INSTALL], { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
};

/**
 * The path of a Chromium that starts.
 * @returns {string}
 * @throws {BrowserNotFound}
 */
export const findBrowser = () => {
  const wanted = process.env.CHROME_PATH;
  if (wanted !== undefined && wanted !== '') {
    if (works(wanted)) return wanted;
    throw new BrowserNotFound(`CHROME_PATH names ${wanted}, which is no browser that starts: correct it or unset it.`);
  }
  const found = search() ?? (install(), search());
  if (found !== undefined) return found;
  throw new BrowserNotFound(
    `The tests need Chromium and found none: install it (on Debian or Ubuntu, as root: ${INSTALL}), ` +
      'or name the program of one in CHROME_PATH.',
  );
};
