/**
 * Takes pictures of the demo page as people see it, for the README and for whoever reviews its looks:
 * `node test/support/screenshots.mjs [folder] [seconds]`. The folder is `demo/screenshots/` unless named; the seconds are how
 * much of the chart is to be filled, 60 unless named.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from '@playwright/test';
import { buildIfStale } from '../../demo/build-if-stale.mjs';
import { chromiumFlags, findBrowser } from './find-browser.mjs';

const [folder = 'demo/screenshots', seconds = '60'] = process.argv.slice(2);

/** What README shows must load fast. Bytes. */
const README_LIMIT = 200_000;

/** Each picture is a page of its own, all filled at the same time. */
const PICTURES = [
  { name: 'dashboard', width: 1280 },
  { name: 'dark', width: 1280, colorScheme: 'dark' },
  { name: 'width-360', width: 360, height: 740 },
  { name: 'width-360-dark', width: 360, height: 740, colorScheme: 'dark' },
  { name: 'width-768', width: 768, height: 1024 },
  { name: 'width-1920', width: 1920, height: 1080 },
  { name: 'forced-colors', width: 1280, forcedColors: 'active', colorScheme: 'dark' },
  { name: 'german', width: 1280, attributes: { lang: 'de' } },
  { name: 'right-to-left', width: 1280, attributes: { lang: 'ar', dir: 'rtl' } },
  { name: 'example', width: 900, height: 520, path: '/example.html' },
  { name: 'reconnecting', width: 1280, away: true },
  { name: 'reconnecting-dark', width: 1280, colorScheme: 'dark', away: true },
  { name: 'reconnecting-360', width: 360, height: 740, away: true },
  { name: 'reconnecting-german', width: 768, height: 1024, attributes: { lang: 'de' }, away: true },
];

const startServer = async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'demo/server/main.ts'], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [address] = await once(createInterface(child.stdout), 'line');
  return { address, child };
};

const open = async (browser, address, picture) => {
  const { width, height = 800, colorScheme = 'light', forcedColors = 'none', path = '/', attributes = {} } = picture;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, forcedColors });
  const page = await context.newPage();
  await page.goto(new URL(path, address).href);
  await page.evaluate((all) => {
    for (const [name, value] of Object.entries(all)) document.documentElement.setAttribute(name, value);
  }, attributes);
  return { ...picture, page };
};

const shoot = async ({ name, page }) => {
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path, fullPage: true });
  console.log(`${path}  ${Math.ceil(statSync(path).size / 1_000)} kB`);
};

const isShown = (page, state) =>
  page.waitForFunction(
    (wanted) => document.querySelector('rt-connection-indicator').matches(`:state(${wanted})`),
    state,
  );

/** Until the chart holds that many seconds. */
const isFilled = (page) =>
  page.waitForFunction(
    (wanted) => document.querySelector('rt-line-chart').toCSV().split('\r\n').length > wanted,
    Number(seconds),
    { timeout: Number(seconds) * 1_000 + 30_000, polling: 500 },
  );

buildIfStale();
mkdirSync(folder, { recursive: true });
const { address, child } = await startServer();
const browser = await chromium.launch({ executablePath: findBrowser(), args: [...chromiumFlags] });
try {
  const pictures = [];
  for (const picture of PICTURES) pictures.push(await open(browser, address, picture));
  await Promise.all(pictures.map(({ page }) => isFilled(page)));
  for (const picture of pictures.filter(({ away }) => !away)) await shoot(picture);

  child.kill('SIGKILL');
  const away = pictures.filter((picture) => picture.away);
  await Promise.all(away.map(({ page }) => isShown(page, 'reconnecting')));
  for (const picture of away) await shoot(picture);

  const size = statSync(join(folder, 'dashboard.png')).size;
  if (size > README_LIMIT)
    throw new Error(`dashboard.png has ${size} bytes; for the README it may have ${README_LIMIT}.`);
} finally {
  await browser.close();
  child.kill('SIGKILL');
}
