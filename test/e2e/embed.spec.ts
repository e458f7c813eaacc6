/** Plain tags with `data-rt` in a page as it is built: whichever script comes, when, and in whose company. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, sendText, test, type Scripted } from './scripted.js';
import { notLive, readCard, recorded, watch, type Watched } from './watching.js';

const BODY = `<div data-rt="feed" data-rt-src="/events" data-rt-transport="sse" data-rt-channels="metrics"><p>
  <span data-rt="connection-indicator">The connection</span><br>
  <div data-rt="metric-card" data-rt-label="Load" data-rt-channel="metrics" data-rt-field="load">Load: see the report</div></p>&nbsp;
  <div data-rt="line-chart" data-rt-label="Load" data-rt-channel="metrics" data-rt-window="60s"><p>
    <span data-rt="series" data-rt-field="load">Load</span> <span data-rt="threshold" data-rt-value="90">90</span></p></div>
</div>`;

const moduleTag = (query = ''): string => `<script type="module" src="/dist/rt-widgets.js${query}"></script>`;
const classicTag = (query = ''): string => `<script src="/dist/rt-widgets.classic.js${query}"></script>`;

const open = async (page: Page, scripted: Scripted, head: string, body = BODY): Promise<Watched> => {
  scripted.greeting = JSON.stringify({ load: 0.5, timestamp: Date.now() });
  Object.assign(scripted, { head, body });
  const watched = await watch(page);
  await page.goto(scripted.origin);
  return watched;
};

let last = 0;
const expectLife = async (page: Page, scripted: Scripted): Promise<void> => {
  await expect.poll(() => notLive(page)).toEqual([]);
  scripted.say('metrics', JSON.stringify({ load: ++last, timestamp: Date.now() }));
  await expect.poll(async () => (await readCard(page)).value).toBe(String(last));
};

/** How many of each there are in the page. */
const counts = (page: Page): Promise<Record<string, number>> =>
  page.evaluate(() =>
    Object.fromEntries(
      ['feed', 'connection-indicator', 'metric-card', 'line-chart', 'series', 'threshold'].map((name) => [
        name,
        document.querySelectorAll(`rt-${name}`).length,
      ]),
    ),
  );

const ONE_OF_EACH = {
  feed: 1,
  'connection-indicator': 1,
  'metric-card': 1,
  'line-chart': 1,
  series: 1,
  threshold: 1,
};

const expectQuiet = async (page: Page, { faults, said }: Watched): Promise<void> => {
  expect({ faults, said, errors: (await recorded(page)).errors }).toEqual({ faults: [], said: [], errors: [] });
};

const COMPANY: Readonly<Record<string, string>> = {
  'the module': moduleTag(),
  'the classic script, run while the page is still parsed': classicTag(),
  'the module and the classic script': moduleTag() + classicTag(),
  'the module twice, and the classic script twice':
    moduleTag('?ver=1') + classicTag('?ver=1') + moduleTag('?ver=2') + classicTag('?ver=2'),
};

for (const [name, head] of Object.entries(COMPANY)) {
  test(`${name}: each plain tag is filled once, all live, one connection, no word of it`, async ({
    page,
    scripted,
  }) => {
    const watched = await open(page, scripted, head);
    await expectLife(page, scripted);
    await expect.poll(() => page.evaluate(() => document.readyState)).toBe('complete');
    expect(await counts(page)).toEqual(ONE_OF_EACH);
    expect({ opened: scripted.opened, open: scripted.open }).toEqual({ opened: 1, open: 1 });
    expect(await page.evaluate(() => document.body.innerText)).not.toContain('see the report');
    await expectQuiet(page, watched);
  });
}

test('two versions: each plain tag is filled once, all live, one connection, one warning', async ({
  page,
  scripted,
}) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const other = readFileSync(join('dist', 'rt-widgets.classic.js'), 'utf8').replaceAll(`"${version}"`, '"9.9.9"');
  scripted.answers.set('/other.js', (_request, response) => sendText(response, 'text/javascript', other));
  const watched = await open(page, scripted, `<script src="/other.js"></script>${moduleTag()}`);
  await expectLife(page, scripted);
  await expect.poll(() => watched.said.length).toBe(1);
  await page.evaluate(() => document.querySelector('[data-rt=metric-card]')?.remove());
  await page.evaluate(() =>
    document
      .querySelector('rt-feed')
      ?.insertAdjacentHTML('beforeend', '<p data-rt="metric-card" data-rt-label="Load" data-rt-field="load">x</p>'),
  );
  await expectLife(page, scripted);
  expect(await counts(page)).toEqual(ONE_OF_EACH);
  expect({ opened: scripted.opened, open: scripted.open }).toEqual({ opened: 1, open: 1 });
  expect(watched.said.filter((sentence) => !sentence.includes('9.9.9'))).toEqual([]);
});

test('a page without data-rt fetches no script for it; the first plain tag that comes later does, once', async ({
  page,
  scripted,
}) => {
  const watched = await open(page, scripted, moduleTag(), '<main></main>');
  const ours = (): string[] => watched.requests.filter((path) => path.includes('plain-tags'));
  await page.evaluate(() => customElements.whenDefined('rt-feed'));
  await page.evaluate(() => document.querySelector('main')?.append(document.createElement('p')));
  expect(ours()).toEqual([]);
  await page.evaluate((html) => {
    const main = document.querySelector('main');
    if (main !== null) main.innerHTML = html;
  }, BODY);
  await expectLife(page, scripted);
  expect(ours()).toHaveLength(1);
  expect(scripted.opened).toBe(1);
  await expectQuiet(page, watched);
});

test('a script that comes late fills what has long been there', async ({ page, scripted }) => {
  const watched = await open(page, scripted, '');
  await expect(page.getByText('Load: see the report')).toBeVisible();
  await page.addScriptTag({ url: '/dist/rt-widgets.js', type: 'module' });
  await expectLife(page, scripted);
  await page.addScriptTag({ url: '/dist/rt-widgets.classic.js' });
  await expectLife(page, scripted);
  expect(await counts(page)).toEqual(ONE_OF_EACH);
  expect(scripted.opened).toBe(1);
  await expectQuiet(page, watched);
});

test('a page that writes itself anew, from its own markup or from a filter that knows no tag of ours, lives on', async ({
  page,
  scripted,
}) => {
  const watched = await open(page, scripted, moduleTag() + classicTag());
  await expectLife(page, scripted);
  const rewrite = (filter: string): Promise<void> =>
    page.evaluate((tags) => {
      const host = document.querySelector('[data-rt=feed]');
      if (host !== null) host.outerHTML = host.outerHTML.replace(new RegExp(tags, 'g'), '');
    }, filter);
  for (const filter of ['(?!)', '</?rt-[^>]*>']) {
    await rewrite(filter);
    await expectLife(page, scripted);
    expect(await counts(page)).toEqual(ONE_OF_EACH);
    await expect.poll(() => scripted.open).toBe(1);
  }
  await expectQuiet(page, watched);
});

test('a clone of a filled plain tag is a widget of its own, and of the same connection', async ({ page, scripted }) => {
  const watched = await open(page, scripted, moduleTag());
  await expectLife(page, scripted);
  await page.evaluate(() => {
    const host = document.querySelector('[data-rt=metric-card]');
    host?.after(host.cloneNode(true));
  });
  await expect.poll(() => page.locator('rt-metric-card:state(live)').count()).toBe(2);
  expect(scripted.opened).toBe(1);
  await expectQuiet(page, watched);
});

test('while the script for it is away the text stays; it is fetched again, and all of the page filled', async ({
  page,
  scripted,
}) => {
  await page.route('**/plain-tags-*.js', (route) => route.abort());
  const failed = page.waitForEvent('requestfailed');
  const watched = await open(page, scripted, moduleTag());
  await failed;
  await expect(page.getByText('Load: see the report')).toBeVisible();
  await page.evaluate((html) => document.body.insertAdjacentHTML('beforeend', html), BODY);
  await expect(page.getByText('Load: see the report')).toHaveCount(2);
  await page.unroute('**/plain-tags-*.js');
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect.poll(() => page.locator('rt-metric-card:state(live)').count()).toBe(2);
  expect(watched.said).toEqual([]);
});

test('where the server has no script for it, the text stays, and that is told once', async ({ page, scripted }) => {
  await page.route('**/plain-tags-*.js', (route) => route.fulfill({ status: 404 }));
  const watched = await open(page, scripted, moduleTag());
  await expect.poll(() => watched.said.length).toBe(1);
  expect(watched.said[0]).toMatch(/plain-tags-.*the server answered with status 404: reload the page/);
  await page.evaluate((html) => document.body.insertAdjacentHTML('beforeend', html), BODY);
  await expect(page.getByText('Load: see the report')).toHaveCount(2);
  expect(watched.said).toHaveLength(1);
});
