/** How the bundles behave in a page: what is fetched when, how often it runs, and that order and company do not matter. */
import { type Page } from '@playwright/test';
import { expect, HEAD, test, type Scripted } from './scripted.js';
import { notLive, readCard, recorded, watch, type Watched } from './watching.js';

const FEED_START = '<rt-feed src="/events" transport="sse" channels="metrics">';
const CARD = '<rt-metric-card label="Load" channel="metrics" field="load"></rt-metric-card>';
const CHART = '<rt-line-chart label="Load" channel="metrics" fields="load" window="60s"></rt-line-chart>';
const INDICATOR = '<rt-connection-indicator></rt-connection-indicator>';
const PAGE = `${FEED_START}${INDICATOR}${CARD}${CHART}</rt-feed>`;

const MODULE = '/dist/rt-widgets.js';
const CLASSIC = '/dist/rt-widgets.classic.js';
const moduleTag = (query = ''): string => `<script type="module" src="${MODULE}${query}"></script>`;
const classicTag = (query = ''): string => `<script src="${CLASSIC}${query}"></script>`;

const TAGS = [
  'rt-connection-indicator',
  'rt-feed',
  'rt-line-chart',
  'rt-metric-card',
  'rt-pause-button',
  'rt-series',
  'rt-source',
  'rt-threshold',
];

const scripts = ({ requests }: Watched): string[] => requests.filter((path) => path.startsWith('/dist/'));

/** The page's widgets live, and show what the server says now, which is another value each time. */
let last = 0;
const expectLife = async (page: Page, scripted: Scripted): Promise<void> => {
  await expect.poll(() => notLive(page)).toEqual([]);
  scripted.say('metrics', JSON.stringify({ load: ++last, timestamp: Date.now() }));
  await expect.poll(async () => (await readCard(page)).value).toBe(String(last));
};

const expectQuiet = async (page: Page, { faults, said }: Watched): Promise<void> => {
  expect({ faults, said, errors: (await recorded(page)).errors }).toEqual({ faults: [], said: [], errors: [] });
};

const open = async (page: Page, scripted: Scripted, { head = HEAD, body = PAGE } = {}): Promise<Watched> => {
  scripted.greeting = JSON.stringify({ load: 0.5, timestamp: Date.now() });
  Object.assign(scripted, { head, body });
  const watched = await watch(page);
  await page.goto(scripted.origin);
  return watched;
};

test('a page without a chart fetches no chunk of the chart; the first chart that is inserted later fetches it, once', async ({
  page,
  scripted,
}) => {
  const watched = await open(page, scripted, { body: `${FEED_START}${INDICATOR}${CARD}</rt-feed>` });
  await expectLife(page, scripted);
  const early = scripts(watched);
  expect(early.filter((path) => path.includes('line-chart'))).toEqual([]);
  const insert = (): Promise<void> =>
    page.evaluate((chart) => document.querySelector('rt-feed')?.insertAdjacentHTML('beforeend', chart), CHART);
  await insert();
  await expectLife(page, scripted);
  const later = scripts(watched).slice(early.length);
  expect(later.some((path) => path.includes('line-chart'))).toBe(true);
  await insert();
  await expect.poll(() => page.locator('rt-line-chart canvas').count()).toBe(2);
  await expectLife(page, scripted);
  expect(scripts(watched)).toEqual([...early, ...later]);
  expect(new Set(scripts(watched)).size).toBe(scripts(watched).length);
  await expectQuiet(page, watched);
});

test('rt-widgets.js?ver=1 fetches each module once, and registers each tag once', async ({ page, scripted }) => {
  const watched = await open(page, scripted, { head: moduleTag('?ver=1') });
  await expectLife(page, scripted);
  const paths = scripts(watched).map((path) => path.replace(/\?.*/, ''));
  expect(paths).toContain(MODULE);
  expect(paths.length).toBeGreaterThan(2);
  expect([...new Set(paths)]).toEqual(paths);
  expect((await recorded(page)).defined.sort()).toEqual(TAGS);
  await expectQuiet(page, watched);
});

test('the classic script alone does all of it, and fetches nothing else', async ({ page, scripted }) => {
  const watched = await open(page, scripted, { head: classicTag() });
  await expectLife(page, scripted);
  expect(scripts(watched)).toEqual([CLASSIC]);
  expect((await recorded(page)).defined.sort()).toEqual(TAGS);
  await expectQuiet(page, watched);
});

const COMPANY: Readonly<Record<string, string>> = {
  'the module and the classic script': moduleTag() + classicTag(),
  'the classic script and the module': classicTag() + moduleTag(),
  'the module twice, under two addresses': moduleTag('?ver=1') + moduleTag('?ver=2'),
  'the classic script twice': classicTag('?ver=1') + classicTag('?ver=2'),
  'both, and both again': moduleTag('?ver=1') + classicTag('?ver=1') + moduleTag('?ver=2') + classicTag('?ver=2'),
};

for (const [name, head] of Object.entries(COMPANY)) {
  test(`${name}: no word of it, all widgets live, one connection for one feed`, async ({ page, scripted }) => {
    const watched = await open(page, scripted, { head });
    await expectLife(page, scripted);
    await expect.poll(() => page.evaluate(() => document.readyState)).toBe('complete');
    await expectLife(page, scripted);
    expect((await recorded(page)).defined.sort()).toEqual(TAGS);
    expect({ opened: scripted.opened, open: scripted.open }).toEqual({ opened: 1, open: 1 });
    await expectQuiet(page, watched);
  });
}

for (const [name, tag] of Object.entries({ module: moduleTag(), classic: classicTag() })) {
  const places = {
    'at the top of the page': { head: tag, body: PAGE },
    'at the bottom of the page': { head: '', body: PAGE + tag },
    'in the middle of the feed': { head: '', body: `${FEED_START}${INDICATOR}${tag}${CARD}${CHART}</rt-feed>` },
  };
  for (const [where, place] of Object.entries(places)) {
    test(`the ${name} script works ${where}`, async ({ page, scripted }) => {
      const watched = await open(page, scripted, place);
      await expectLife(page, scripted);
      expect(scripted.opened).toBe(1);
      await expectQuiet(page, watched);
    });
  }
}

test('a feed and widgets that a script inserts come to life, in whatever order', async ({ page, scripted }) => {
  const watched = await open(page, scripted, { body: '<main></main>' });
  await page.evaluate(() => customElements.whenDefined('rt-feed'));
  const insert = (html: string): Promise<void> =>
    page.evaluate((text) => document.querySelector('main')?.insertAdjacentHTML('beforeend', text), html);

  await insert(INDICATOR + CARD.replace('<rt-metric-card', '<rt-metric-card feed="late"'));
  await expect.poll(async () => (await readCard(page)).states).toEqual(['loading']);
  await insert(FEED_START.replace('<rt-feed', '<rt-feed id="late"'));
  await expectLife(page, scripted);
  await insert(CHART);
  await expectLife(page, scripted);
  expect(scripted.opened).toBe(1);
  await expectQuiet(page, watched);
});

test('widgets go on when their feed is moved in the page, and when another takes its place', async ({
  page,
  scripted,
}) => {
  const watched = await open(page, scripted, {
    body: `<section></section>${FEED_START}</rt-feed>${INDICATOR}${CARD}${CHART}`,
  });
  await expectLife(page, scripted);
  await page.evaluate(() => document.querySelector('section')?.append(document.querySelector('rt-feed') ?? ''));
  await expectLife(page, scripted);
  expect(scripted.opened).toBe(1);
  await page.evaluate((html) => {
    document.querySelector('rt-feed')?.remove();
    document.querySelector('section')?.insertAdjacentHTML('beforeend', html);
  }, `${FEED_START}</rt-feed>`);
  await expect.poll(() => ({ opened: scripted.opened, open: scripted.open })).toEqual({ opened: 1, open: 1 });
  await expectLife(page, scripted);
  await expectQuiet(page, watched);
});
