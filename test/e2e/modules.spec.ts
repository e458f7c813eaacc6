/** How the bundles behave in a page: what is fetched when, how often it runs, and that order and company do not matter. */
import { type Page } from '@playwright/test';
import { build } from 'esbuild';
import { expect, HEAD, inOtherVersion, OTHER_VERSION, sendText, test, type Scripted } from './scripted.js';
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

/** The same tag, of a script of another version. */
const other = (tag: string): string => tag.replace('/dist/', '/other/');

const TWO_VERSIONS: Readonly<Record<string, string>> = {
  'two modules': moduleTag() + other(moduleTag()),
  'two modules, the other way round': other(moduleTag()) + moduleTag(),
  'a module and another classic script': moduleTag() + other(classicTag()),
  'a classic script and another module': classicTag() + other(moduleTag()),
  'two classic scripts': classicTag() + other(classicTag()),
  'two classic scripts, the other way round': other(classicTag()) + classicTag(),
  'two modules and two classic scripts': moduleTag() + other(classicTag()) + classicTag() + other(moduleTag()),
  'two async scripts': (classicTag() + other(moduleTag()) + other(classicTag())).replaceAll('<script', '<script async'),
};

const CLASH = /^rt-widgets: <rt-[\w-]+> is already registered by version [\d.]+; version [\d.]+ leaves it alone/;

/** Whatever came first rules, each feed has one connection, and the page hears of it once. */
const expectClash = async (page: Page, scripted: Scripted, watched: Watched): Promise<void> => {
  await expectLife(page, scripted);
  await expect.poll(() => watched.said).toEqual([expect.stringMatching(CLASH)]);
  await expectLife(page, scripted);
  const { defined, errors } = await recorded(page);
  expect(defined.sort()).toEqual(TAGS);
  expect({ opened: scripted.opened, open: scripted.open }).toEqual({ opened: 1, open: 1 });
  expect({ faults: watched.faults, errors, warnings: watched.said.length }).toEqual({
    faults: [],
    errors: [],
    warnings: 1,
  });
};

for (const [name, head] of Object.entries(TWO_VERSIONS)) {
  test(`two versions, as ${name}: all live, one connection, one warning`, async ({ page, scripted }) => {
    const watched = await open(page, scripted, { head });
    await expect.poll(() => page.evaluate(() => document.readyState)).toBe('complete');
    await expectClash(page, scripted, watched);
  });
}

for (const [name, tag] of Object.entries({ module: moduleTag(), classic: classicTag() })) {
  test(`a ${name} script of another version that comes late changes nothing, and is told of once`, async ({
    page,
    scripted,
  }) => {
    const watched = await open(page, scripted, { head: tag });
    await expectLife(page, scripted);
    for (const path of [MODULE, CLASSIC]) {
      await page.evaluate(
        (src) => {
          const script = Object.assign(document.createElement('script'), { src });
          if (!src.includes('classic')) script.type = 'module';
          document.head.append(script);
        },
        path.replace('/dist/', '/other/'),
      );
    }
    await expectClash(page, scripted, watched);
  });
}

/** One element's own entry of the package, with all that it imports, as a bundler makes it. */
const bundled = async (entry: string): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents: entry, resolveDir: process.cwd(), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    // The package's own says that its sources have no side effects: those of dist/ alone are registered with it.
    ignoreAnnotations: true,
    conditions: ['production'],
  });
  return outputFiles[0]?.text ?? '';
};

const serve = (scripted: Scripted, path: string, code: string): string => {
  scripted.answers.set(path, (_request, response) => sendText(response, 'text/javascript', code));
  return `<script type="module" src="${path}"></script>`;
};

const FEED_ENTRY = `import './src/elements/rt-feed.js';`;
const WIDGET_ENTRIES = `import './src/elements/rt-metric-card.js'; import './src/elements/rt-connection-indicator.js'; import './src/elements/rt-line-chart.js';`;

test('widgets of one version’s entries live in the feed of another version’s, without a word', async ({
  page,
  scripted,
}) => {
  const head =
    serve(scripted, '/feed.js', await bundled(FEED_ENTRY)) +
    serve(scripted, '/widgets.js', inOtherVersion(await bundled(WIDGET_ENTRIES)));
  const watched = await open(page, scripted, { head });
  await expectLife(page, scripted);
  const versions = await page.evaluate(() =>
    ['rt-feed', 'rt-metric-card'].map((tag) => (customElements.get(tag) as { version?: string } | undefined)?.version),
  );
  expect(versions[1]).toBe(OTHER_VERSION);
  expect(versions[0]).not.toBe(OTHER_VERSION);
  expect(scripted.opened).toBe(1);
  await expectQuiet(page, watched);
});

test('a script that finds the feed taken registers the rest, which lives in it', async ({ page, scripted }) => {
  for (const rest of [moduleTag(), classicTag()]) {
    const feed = serve(scripted, '/feed.js', inOtherVersion(await bundled(FEED_ENTRY)));
    const watched = await open(page, scripted, { head: '', body: PAGE });
    const add = (markup: string): Promise<void> =>
      page.evaluate((text) => {
        const { attributes } =
          new DOMParser().parseFromString(text, 'text/html').querySelector('script') ?? document.body;
        const script = document.createElement('script');
        for (const { name, value } of attributes) script.setAttribute(name, value);
        document.head.append(script);
      }, markup);
    await add(feed);
    await page.evaluate(() => customElements.whenDefined('rt-feed'));
    const before = scripted.opened;
    await add(rest);
    await expectLife(page, scripted);
    expect(scripted.opened - before).toBeLessThanOrEqual(1);
    await expect.poll(() => watched.said).toEqual([expect.stringMatching(/^rt-widgets: <rt-feed> is already/)]);
    expect(watched.faults).toEqual([]);
    await page.goto('about:blank');
  }
});

test('widgets of a page whose feed speaks another version of the port show an error, and say so once', async ({
  page,
  scripted,
}) => {
  const code = await bundled(FEED_ENTRY);
  const port = /PORT_VERSION = 1\b/;
  expect(code).toMatch(port);
  const head =
    serve(scripted, '/feed.js', code.replace(port, 'PORT_VERSION = 99')) +
    serve(scripted, '/widgets.js', await bundled(`${WIDGET_ENTRIES} import './src/elements/rt-pause-button.js';`));
  const body = `${FEED_START}${INDICATOR}${CARD}${CARD}${CHART}<rt-pause-button></rt-pause-button></rt-feed>`;
  const watched = await open(page, scripted, { head, body });
  const widgets = page.locator('rt-metric-card, rt-line-chart, rt-pause-button, rt-connection-indicator');
  await expect
    .poll(() => widgets.evaluateAll((all) => all.map((widget) => widget.matches(':state(error)'))))
    .toEqual([true, true, true, true, true]);
  expect(watched.said).toEqual([expect.stringMatching(/a feed speaks version 99, its widgets 1; they show an error/)]);
  expect(watched.faults).toEqual([]);
});
