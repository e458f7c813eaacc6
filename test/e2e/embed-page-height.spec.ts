/** The height that `dist/embed.html` tells: to whom, when, and that a host which follows it comes to rest. */
import { readFile } from 'node:fs/promises';
import { type Page } from '@playwright/test';
import { expect, test, type Scripted } from './scripted.js';

// With scroll bars that take room, as people have them.
test.use({
  launchOptions: async ({ launchOptions }, use) => use({ ...launchOptions, ignoreDefaultArgs: ['--hide-scrollbars'] }),
});

const CARD = '?widget=metric-card&src=/events&transport=sse&field=load&label=The+load+of+all+machines+in+the+house';

interface ToldHeight {
  readonly origin: string;
  readonly data: unknown;
}

declare global {
  interface Window {
    heights: ToldHeight[];
    /** What the frame listens to. */
    listened: string[];
  }
}

/** The lines that the documentation gives to hosts. */
const hostLines = async (): Promise<string> => {
  const [, code] = /```js\n([^]*?)```/.exec(await readFile('src/EMBED.md', 'utf8')) ?? [];
  if (code === undefined) throw new Error('src/EMBED.md holds no script for hosts.');
  return code;
};

const listen = (): void => {
  window.heights = [];
  window.listened = [];
  addEventListener('message', ({ origin, data }: MessageEvent<unknown>) => window.heights.push({ origin, data }));
  const { addEventListener: add } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (this: EventTarget, ...given) {
    window.listened.push(given[0]);
    add.apply(this, given);
  };
};

/** A host of another origin, with frames of the embed page. */
const host = async (page: Page, scripted: Scripted, body: string): Promise<void> => {
  scripted.greeting = '{"load": 12.5}';
  Object.assign(scripted, { head: '<style>body { margin: 0; width: 320px }</style>', body });
  await page.addInitScript(listen);
  await page.goto(scripted.origin.replace('127.0.0.1', 'localhost'));
};

const frame = (scripted: Scripted, more = '', search = CARD): string =>
  `<iframe src="${scripted.origin}/dist/embed.html${search.replaceAll('&', '&amp;')}" ${more}></iframe>`;

const heights = (page: Page): Promise<number[]> =>
  page.evaluate(() => window.heights.map(({ data }) => (data as { readonly height: number }).height));

/** Waits until the frame is live and nothing has been told for ten frames. */
const rest = async (page: Page): Promise<number[]> => {
  await expect(page.frameLocator('iframe').locator('rt-metric-card [part="value"]')).toHaveText('12.5');
  await page.evaluate(async () => {
    for (let quiet = 0, known = -1; quiet < 10; quiet++) {
      await new Promise(requestAnimationFrame);
      if (window.heights.length !== known) quiet = 0;
      known = window.heights.length;
    }
  });
  return heights(page);
};

const overflow = (page: Page): Promise<number> =>
  page
    .frameLocator('iframe')
    .locator('html')
    .evaluate((root) => root.scrollHeight - root.clientHeight);

test('the host of another origin is told the height, and with the documented lines gives it to the frame', async ({
  page,
  scripted,
}) => {
  await host(
    page,
    scripted,
    `<script>${await hostLines()}</script>${frame(scripted, 'style="border: 0; width: 100%"')}`,
  );
  const told = await rest(page);
  const last = told.at(-1) ?? 0;
  expect(last).toBeGreaterThan(100);
  expect(await page.locator('iframe').evaluate(({ clientHeight }) => clientHeight)).toBe(last);
  expect(await overflow(page)).toBe(0);
  const all = await page.evaluate(() => window.heights);
  for (const { origin, data } of all) {
    expect(origin).toBe(scripted.origin);
    expect(data).toEqual({ type: 'rt-widgets:height', height: expect.any(Number) });
    expect(Number.isInteger((data as { readonly height: number }).height)).toBe(true);
  }
  // A narrower page: the text wraps, the frame grows, and shrinks again with it.
  await page.evaluate(() => document.body.style.setProperty('width', '200px'));
  await expect.poll(async () => (await heights(page)).at(-1)).toBeGreaterThan(last);
  await page.evaluate(() => document.body.style.setProperty('width', '320px'));
  await expect.poll(async () => (await heights(page)).at(-1)).toBe(last);
});

for (const [what, style] of Object.entries({
  'gives the frame less than it asks for': 'border: 3px solid; box-sizing: border-box; width: 240px',
  'has a border of half a pixel': 'border: 0.5px solid; box-sizing: border-box; width: 240.4px',
})) {
  test(`comes to rest in a host that ${what}`, async ({ page, scripted }) => {
    const widths = [200, 210, 220, 230, 240, 250, 260, 280, 300];
    await host(page, scripted, `<script>${await hostLines()}</script>${frame(scripted, `style="${style}"`)}`);
    await rest(page);
    for (const width of widths) {
      await page.locator('iframe').evaluate((element, px) => (element.style.width = `${px}px`), width);
      await rest(page);
    }
    expect((await heights(page)).length).toBeLessThan(4 * widths.length);
  });
}

test('a sandboxed frame tells its height too', async ({ page, scripted }) => {
  const search = '?widget=nothing&src=/events';
  const more = 'sandbox="allow-scripts" style="border: 0; width: 100%"';
  await host(page, scripted, `<script>${await hostLines()}</script>${frame(scripted, more, search)}`);
  await expect.poll(() => heights(page)).not.toEqual([]);
  expect((await page.evaluate(() => window.heights))[0]?.origin).toBe('null');
  await expect.poll(() => overflow(page)).toBe(0);
});

test('nobody is told without a referrer, by a frame of its own height, or outside of a frame', async ({
  page,
  scripted,
}) => {
  await host(page, scripted, frame(scripted, 'referrerpolicy="no-referrer"'));
  expect(await rest(page)).toEqual([]);
  await host(page, scripted, frame(scripted, 'height="500"', `${CARD}&height=frame`));
  expect(await rest(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
  await page.goto(`${scripted.origin}/dist/embed.html${CARD}`);
  await expect(page.locator('rt-metric-card [part="value"]')).toHaveText('12.5');
  expect(await heights(page)).toEqual([]);
});

test('a host of another origin than the referrer hears nothing', async ({ page, scripted }) => {
  const search = CARD.replaceAll('&', '&amp;');
  scripted.answers.set('/between', (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(`<meta http-equiv="refresh" content="0; url=${scripted.origin}/dist/embed.html${search}">`);
  });
  const between = `${scripted.origin}/between`;
  await host(page, scripted, `<iframe src="${between}"></iframe>`);
  expect(await rest(page)).toEqual([]);
});

test('it listens to no message, and hears none', async ({ page, scripted }) => {
  await host(page, scripted, frame(scripted));
  await rest(page);
  const inside = page.frames()[1];
  expect(await inside?.evaluate(() => window.listened.includes('resize') || window.listened.length > 0)).toBe(true);
  expect(await inside?.evaluate(() => window.listened.filter((type) => type === 'message'))).toEqual([]);
});
