/** `demo/starter/`: the page that works from disk, and one for each form of a CMS, each opened as its comment says. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Page } from '@playwright/test';
import { expect, startDemo, test } from './fixtures.js';
import { notLive, readCard, readCards, seriesPixels } from './watching.js';

const fromDisk = (name: string): string => pathToFileURL(resolve('demo/starter', name)).href;

/** Everything that a page says in its console, its frames too, and what fails in it. */
const listen = (page: Page): string[] => {
  const heard: string[] = [];
  page.on('console', (message) => {
    // What a browser asks every server for by itself.
    if (!message.location().url.endsWith('/favicon.ico')) heard.push(message.text());
  });
  page.on('pageerror', (error) => heard.push(error.message));
  page.on('requestfailed', (request) => {
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') heard.push(`${request.url()} failed`);
  });
  return heard;
};

test('index.html lives from disk, by its own ten lines', async ({ page }) => {
  const heard = listen(page);
  await page.goto(fromDisk('index.html'));
  await expect.poll(() => notLive(page)).toEqual([]);
  const { value } = await readCard(page);
  await expect.poll(async () => (await readCard(page)).value).not.toBe(value);
  expect(heard).toEqual([]);
  await expect
    .poll(async () => (await seriesPixels(page)).every((count) => count > 20), { timeout: 15_000 })
    .toBe(true);
});

test('index.html says so where its script does not come', async ({ page }) => {
  await page.route(/rt-widgets\.classic\.js/, (route) => route.abort());
  await page.goto(fromDisk('index.html'));
  const feed = page.locator('rt-feed').first();
  const said = await feed.evaluate((element) => getComputedStyle(element, '::before').content);
  expect(said).toContain('rt-widgets is not loaded: is the address in the script tag right?');
});

test('the second feed of index.html polls a server from disk, where that lets every origin in', async ({ page }) => {
  const open = await startDemo({ ALLOWED_ORIGINS: '*' });
  const text = await readFile('demo/starter/index.html', 'utf8');
  const [, feed = ''] = /\n(\s*<rt-feed src=[^]*?<\/rt-feed>)\n\s*-->/.exec(text) ?? [];
  expect(feed).toContain('transport="polling"');
  const written = feed
    .replace(/src="[^"]*"/, `src="${open.origin}/api/metrics"`)
    .replace('field="temperature"', 'field="infrastructure.cpu_usage"');
  const heard = listen(page);
  await page.goto(fromDisk('index.html'));
  await page.evaluate((html) => document.body.insertAdjacentHTML('beforeend', html), written);
  await expect.poll(() => notLive(page)).toEqual([]);
  const outside = (await readCards(page)).find(({ label }) => label === 'Temperature outside');
  expect(outside?.value).toMatch(/^\d/);
  expect(heard).toEqual([]);
  await open.stop();
});

test('tags.html lives on the demo server', async ({ page }) => {
  const heard = listen(page);
  await page.goto('/starter/tags.html');
  await expect.poll(() => notLive(page)).toEqual([]);
  expect(heard).toEqual([]);
});

test('iframe.html lives on the demo server, with frames as high as their content', async ({ page }) => {
  const heard = listen(page);
  await page.goto('/starter/iframe.html');
  const card = page.frameLocator('iframe >> nth=0').locator('rt-metric-card');
  await expect(card.locator('[part="value"]')).toHaveText(/\d/);
  await expect(page.frameLocator('iframe >> nth=1').locator('rt-line-chart canvas')).toBeVisible();
  for (const frame of await page.locator('iframe').all()) {
    await expect.poll(() => frame.evaluate((element) => element.style.height)).toMatch(/^\d+px$/);
    const root = frame.contentFrame().locator('html');
    await expect.poll(() => root.evaluate((html) => html.scrollHeight - html.clientHeight)).toBe(0);
  }
  expect(heard).toEqual([]);
});

test('iframe.html from disk says that it needs a server', async ({ page }) => {
  await page.goto(fromDisk('iframe.html'));
  await expect(page.frameLocator('iframe >> nth=0').getByRole('alert')).toContainText('opened from disk');
});

test('the script for hosts is the one of the documentation', async () => {
  const code = await readFile('demo/starter/fit-frames.js', 'utf8');
  expect(await readFile('src/EMBED.md', 'utf8')).toContain(`\`\`\`js\n${code}\`\`\``);
});

test('data-rt.html lives on the demo server, inside the plain tags', async ({ page }) => {
  const heard = listen(page);
  await page.goto('/starter/data-rt.html');
  await expect.poll(() => notLive(page)).toEqual([]);
  await expect(page.locator('[data-rt="metric-card"] rt-metric-card')).toHaveCount(1);
  await expect(page.locator('rt-line-chart [part="series"]')).toHaveText(['CPU', 'Memory']);
  expect(heard).toEqual([]);
});

for (const name of ['tags.html', 'data-rt.html']) {
  test(`${name} from disk shows its widgets, and that they have no data`, async ({ page }) => {
    await page.goto(fromDisk(name));
    await expect(page.locator('rt-metric-card [part="label"]')).toHaveText('CPU usage');
    await expect
      .poll(() => page.locator('rt-metric-card').evaluate((card) => card.matches(':state(error)')))
      .toBe(true);
  });
}
