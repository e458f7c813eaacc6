/** Hashes of our scripts in a page: what has them loads, and what is changed by a byte is refused. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, sendText, test, type Scripted } from './scripted.js';
import { notLive, readCard, watch } from './watching.js';

const hashes = (): Readonly<Record<string, string>> =>
  JSON.parse(readFileSync('dist/integrity.json', 'utf8')) as Record<string, string>;

const BODY = `<rt-feed src="/events" transport="sse" channels="metrics">
  <rt-metric-card label="Load" channel="metrics" field="load"></rt-metric-card>
  <rt-line-chart label="Load" channel="metrics" fields="load" window="60s"></rt-line-chart>
</rt-feed>`;

const GREETING = JSON.stringify({ load: 7 });

const open = async (page: Page, scripted: Scripted, head: string): Promise<void> => {
  Object.assign(scripted, { head, body: BODY, greeting: GREETING });
  await page.goto(scripted.origin);
};

/** The file with one byte more. */
const change = (scripted: Scripted, path: string): void => {
  const code = `${readFileSync(path, 'utf8')} `;
  scripted.answers.set(`/${path}`, (_request, response) => sendText(response, 'text/javascript', code));
};

const classicTag = (): string =>
  `<script src="/dist/rt-widgets.classic.js" integrity="${hashes()['rt-widgets.classic.js'] ?? ''}"></script>`;

/** An import map of all hashes, as the documentation tells how to make it, and the module. */
const moduleTags = (): string => {
  const integrity = Object.fromEntries(Object.entries(hashes()).map(([name, hash]) => [`/dist/${name}`, hash]));
  return `<script type="importmap">${JSON.stringify({ integrity })}</script>
    <script type="module" src="/dist/rt-widgets.js" integrity="${hashes()['rt-widgets.js'] ?? ''}"></script>`;
};

const chunk = (name: string): string => {
  const found = Object.keys(hashes()).find((path) => path.startsWith(`chunks/${name}-`));
  if (found === undefined) throw new Error(`There is no chunk ${name}.`);
  return `dist/${found}`;
};

const isDefined = (page: Page): Promise<boolean> =>
  page.evaluate(() => customElements.get('rt-metric-card') !== undefined);

test('the classic script with its hash loads, and one that is changed by a byte is refused', async ({
  page,
  scripted,
}) => {
  const { faults } = await watch(page);
  await open(page, scripted, classicTag());
  await expect.poll(async () => (await readCard(page)).value).toBe('7');
  expect(faults).toEqual([]);

  change(scripted, 'dist/rt-widgets.classic.js');
  await open(page, scripted, classicTag());
  await expect.poll(() => faults.some((fault) => fault.includes('integrity'))).toBe(true);
  expect(await isDefined(page)).toBe(false);
});

test('the module and its chunks load with the hashes of an import map', async ({ page, scripted }) => {
  const { faults } = await watch(page);
  await open(page, scripted, moduleTags());
  await expect.poll(() => notLive(page)).toEqual([]);
  await expect.poll(() => page.locator('rt-line-chart canvas').count()).toBe(1);
  expect(faults).toEqual([]);
});

test('a chunk that the module needs at once is refused when it is changed by a byte: nothing runs', async ({
  page,
  scripted,
}) => {
  const { faults } = await watch(page);
  change(scripted, chunk('core'));
  await open(page, scripted, moduleTags());
  await expect.poll(() => faults.some((fault) => fault.includes('integrity'))).toBe(true);
  expect(await isDefined(page)).toBe(false);
});

test('a chunk that is fetched later is refused when it is changed by a byte: its widget says so, the rest lives', async ({
  page,
  scripted,
}) => {
  const { faults, said } = await watch(page);
  change(scripted, chunk('line-chart'));
  await open(page, scripted, moduleTags());
  await expect.poll(async () => (await readCard(page)).value).toBe('7');
  await expect
    .poll(() => page.evaluate(() => document.querySelector('rt-line-chart')?.matches(':state(error)')))
    .toBe(true);
  expect(faults.some((fault) => fault.includes('integrity'))).toBe(true);
  expect(said.filter((line) => line.includes('<rt-line-chart>'))).toHaveLength(1);
});
