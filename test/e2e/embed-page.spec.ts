/** `dist/embed.html`, as built: what it shows, where it may read from, and that no parameter does anything else. */
import { readFile } from 'node:fs/promises';
import { type Page } from '@playwright/test';
import fc from 'fast-check';
import { expect, sendText, test, type Answer, type Scripted } from './scripted.js';
import { notLive, readCard, recorded, watch, type Watched } from './watching.js';

const CARD = '?widget=metric-card&src=/events&transport=sse&field=load&label=Load&unit=%25';
const CHART =
  '?widget=line-chart&src=/events&transport=sse&window=60s&label=Load&series=load+Load+of+all&threshold=90+critical+limit';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; require-trusted-types-for 'script'";

/** Serves the page under a strict policy, and with what `edit` makes of it. */
const serve = async (scripted: Scripted, edit = (html: string): string => html): Promise<void> => {
  const html = edit(await readFile('dist/embed.html', 'utf8'));
  scripted.answers.set('/dist/embed.html', (_request, response) => {
    response.setHeader('Content-Security-Policy', POLICY);
    sendText(response, 'text/html; charset=utf-8', html);
  });
  scripted.answers.set('/favicon.ico', (_request, response) => response.writeHead(204).end());
  scripted.greeting = JSON.stringify({ load: 12.5, timestamp: Date.now() });
};

const listing = (origins: string) => (html: string) =>
  html.replace('name="rt-origins" content=""', `name="rt-origins" content="${origins}"`);

const open = async (
  page: Page,
  scripted: Scripted,
  search: string,
  edit?: (html: string) => string,
): Promise<Watched> => {
  await serve(scripted, edit);
  const watched = await watch(page);
  await page.goto(`${scripted.origin}/dist/embed.html${search}`);
  return watched;
};

const expectQuiet = async (page: Page, { faults, said }: Watched): Promise<void> => {
  const { errors, violations } = await recorded(page);
  expect({ faults, said, errors, violations }).toEqual({ faults: [], said: [], errors: [], violations: [] });
};

/** The paths asked for, without those of the page itself. */
const asked = ({ requests }: Watched): string[] => requests.filter((path) => !/^\/dist\/|^\/favicon.ico$/.test(path));

test('shows a card with its feed, indicator and title, under a policy that allows next to nothing', async ({
  page,
  scripted,
}) => {
  const watched = await open(page, scripted, `${CARD}&indicator&pause-button`);
  await expect.poll(() => notLive(page)).toEqual([]);
  expect(await readCard(page)).toMatchObject({ label: 'Load', value: '12.5', unit: '%' });
  await expect(page).toHaveTitle('Load');
  await expect(page.locator('footer > *')).toHaveCount(2);
  expect(scripted.opened).toBe(1);
  expect(watched.requests.filter((path) => path.startsWith('/dist/'))).toEqual([
    `/dist/embed.html${CARD}&indicator&pause-button`,
    '/dist/rt-widgets.classic.js',
    '/dist/embed.js',
  ]);
  await expectQuiet(page, watched);
});

test('shows a chart with its series and thresholds, in language, direction and colours of the query', async ({
  page,
  scripted,
}) => {
  const watched = await open(page, scripted, `${CHART}&lang=de&dir=rtl&color-scheme=dark&indicator`);
  await expect.poll(() => notLive(page)).toEqual([]);
  await expect(page.locator('rt-line-chart [part="series"]')).toHaveText('Load of all');
  await expect(page.locator('rt-connection-indicator [part="status"]')).toHaveText('Verbunden');
  expect(
    await page.evaluate(() => [
      getComputedStyle(document.body).direction,
      getComputedStyle(document.querySelector('rt-line-chart') ?? document.body).color,
      document.querySelector('rt-threshold')?.outerHTML.replace(/ style="[^"]*"/, ''),
    ]),
  ).toEqual(['rtl', 'rgb(232, 234, 237)', '<rt-threshold value="90" level="critical" label="limit"></rt-threshold>']);
  await expectQuiet(page, watched);
});

test('keeps the last value and says so when the server goes, and lives on when it comes back', async ({
  page,
  scripted,
}) => {
  await open(page, scripted, `${CARD}&indicator&reconnect-delay=50ms`);
  await expect.poll(() => notLive(page)).toEqual([]);
  const away: Answer = (_request, response) => response.writeHead(503).end();
  scripted.answers.set('/events', away);
  scripted.hangUp();
  await expect.poll(async () => (await readCard(page)).states).toContain('stale');
  expect((await readCard(page)).value).toBe('12.5');
  scripted.answers.delete('/events');
  await expect.poll(() => notLive(page)).toEqual([]);
});

test('without a parameter it explains itself, and its example works', async ({ page, scripted }) => {
  const watched = await open(page, scripted, '');
  await expect(page.locator('p')).toContainText('This page shows one live widget');
  expect(asked(watched)).toEqual([]);
  scripted.greeting = JSON.stringify({ infrastructure: { cpu_usage: 34.5 } });
  await page.getByRole('link').click();
  await expect(page.locator('rt-metric-card')).toHaveCount(1);
  await expect.poll(async () => (await readCard(page)).value).toBe('34.5');
  await expectQuiet(page, watched);
});

const REFUSED: Readonly<Record<string, string>> = {
  'another origin': 'http://localhost:1/events',
  'no scheme': '//evil.example/x',
  'a backslash': '/\\evil.example/x',
  'a script': 'javascript:alert(1)',
  'a script with a tab': 'java\tscript:alert(1)',
  data: 'data:text/event-stream,data: 1',
  'a user name': 'http://user@127.0.0.1/events',
  'the secure port': 'https://127.0.0.1/events',
};

for (const [what, src] of Object.entries(REFUSED)) {
  test(`refuses ${what} as a source in one sentence, and asks for nothing`, async ({ page, scripted }) => {
    const watched = await open(page, scripted, `?widget=metric-card&field=load&src=${encodeURIComponent(src)}`);
    await expect(page.getByRole('alert')).toHaveText(/^The address in src is refused: .+ Nothing was asked for\.$/);
    await expect(page.locator('main > *')).toHaveCount(1);
    expect(watched.said).toHaveLength(1);
    expect(asked(watched)).toEqual([]);
    expect(watched.faults).toEqual([]);
  });
}

test('says which widgets there are, and which parameters mean nothing', async ({ page, scripted }) => {
  const watched = await open(page, scripted, '?widget=metrik-card&src=/events');
  await expect(page.getByRole('alert')).toHaveText(
    'There is no widget "metrik-card": allowed is widget= with one of metric-card, line-chart, connection-indicator, pause-button. Nothing is shown.',
  );
  await page.goto(`${scripted.origin}/dist/embed.html${CARD}&labl=x&credentials=include`);
  await expect.poll(() => notLive(page)).toEqual([]);
  expect(watched.said[1]).toContain('knows no parameter "labl", "credentials" for <rt-metric-card>');
  expect(await page.locator('rt-feed').getAttribute('credentials')).toBe(null);
});

test('every widget that the script registers can be asked for', async ({ page, scripted }) => {
  const watched = await open(page, scripted, '?widget=?');
  const sentence = (await page.getByRole('alert').textContent()) ?? '';
  const parts = /^rt-(feed|series|source|threshold)$/;
  const widgets = (await recorded(page)).defined.filter((tag) => !parts.test(tag)).map((tag) => tag.slice(3));
  expect(widgets.length).toBeGreaterThan(3);
  for (const widget of widgets) {
    expect(sentence).toContain(widget);
    await page.goto(`${scripted.origin}/dist/embed.html?widget=${widget}&src=/events&transport=sse`);
    await expect(page.locator(`rt-${widget}`)).toHaveCount(1);
  }
  expect(watched.faults).toEqual([]);
});

test('reads from an origin that its file lists, and says what in the list is none', async ({ page, scripted }) => {
  const api = scripted.origin.replace('127.0.0.1', 'localhost');
  scripted.answers.set('/open', (_request, response) => {
    response
      .writeHead(200, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' })
      .end('{"load": 7}');
  });
  const search = `?widget=metric-card&field=load&transport=polling&src=${api}/open`;
  await serve(scripted, listing(`* ${api}`));
  // The policy of the header would stop it: here the page's own is the only one.
  const html = await readFile('dist/embed.html', 'utf8');
  scripted.answers.set('/dist/embed.html', (_request, response) =>
    sendText(response, 'text/html; charset=utf-8', listing(`* ${api}`)(html)),
  );
  const watched = await watch(page);
  await page.goto(`${scripted.origin}/dist/embed.html${search}`);
  await expect.poll(async () => (await readCard(page)).value).toBe('7');
  expect(watched.said).toEqual([expect.stringContaining('lists "*", which is no origin')]);
  expect((await recorded(page)).violations).toEqual([]);
});

test('follows no redirect out of the list, though the other side would let it in', async ({ page, scripted }) => {
  let reached = 0;
  scripted.answers.set('/go', (_request, response) => {
    response.writeHead(302, { Location: `${scripted.origin.replace('127.0.0.1', 'localhost')}/secret` }).end();
  });
  scripted.answers.set('/secret', (_request, response) => {
    reached++;
    response
      .writeHead(200, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' })
      .end('{"load": 7}');
  });
  await open(page, scripted, '?widget=metric-card&field=load&transport=polling&src=/go', (html) => html);
  await expect.poll(async () => (await recorded(page)).errors.length).toBeGreaterThan(0);
  expect((await readCard(page)).value).toBe('–');
  expect(reached).toBe(0);
});

test('without its script it says what is missing', async ({ page, scripted }) => {
  scripted.answers.set('/dist/rt-widgets.classic.js', (_request, response) => response.writeHead(404).end());
  await open(page, scripted, CARD);
  await expect(page.getByRole('alert')).toContainText('has to lie beside embed.html');
});

test('holds in a sandbox of an opaque origin, where the data lets that in', async ({ page, scripted }) => {
  await serve(scripted);
  scripted.answers.set('/open', (_request, response) => {
    response
      .writeHead(200, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' })
      .end('{"load": 7}');
  });
  const frame = (id: string, src: string, sandbox: string): string =>
    `<iframe id="${id}" sandbox="${sandbox}" src="/dist/embed.html?widget=metric-card&field=load&transport=polling&src=${src}"></iframe>`;
  scripted.body =
    frame('own', '/open', 'allow-scripts') +
    frame('foreign', scripted.origin.replace('127.0.0.1', 'localhost') + '/open', 'allow-scripts') +
    frame('dead', '/open', '');
  const violations: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) violations.push(message.text());
  });
  await page.goto(scripted.origin);
  await expect(page.frameLocator('#own').locator('rt-metric-card [part="value"]')).toHaveText('7');
  await expect(page.frameLocator('#foreign').getByRole('alert')).toContainText('is not among the allowed origins');
  await expect(page.frameLocator('#dead').locator('noscript p')).toContainText('allow-scripts');
  expect(await page.frameLocator('#dead').locator('noscript p').isVisible()).toBe(true);
  expect(violations).toEqual([]);
});

test('nothing that a query may hold becomes another request, another element, a script or a violation', async ({
  page,
  scripted,
}) => {
  test.setTimeout(120_000);
  const watched = await open(page, scripted, '');
  const foreign: string[] = [];
  const see = (url: string): void => {
    if (new URL(url).host !== new URL(scripted.origin).host) foreign.push(url);
  };
  page.on('request', (request) => see(request.url()));
  page.on('websocket', (socket) => see(socket.url()));
  page.on('dialog', (dialog) => {
    foreign.push(dialog.message());
    void dialog.dismiss();
  });
  const names = fc.constantFrom(
    ...['src', 'label', 'field', 'unit', 'channel', 'where', 'format', 'thresholds', 'states', 'currency', 'series'],
    ...['threshold', 'fields', 'window', 'lang', 'dir', 'time-zone', 'color-scheme', 'height', 'indicator', 'debug'],
    ...['onclick', 'onload', 'style', 'href', 'srcdoc', 'is', 'feed-src', 'feed-onclick', 'innerHTML', '__proto__'],
  );
  const values = fc.oneof(
    fc.constantFrom(
      ...['<img src=//evil.example/x onerror=alert(1)>', '</title><script>alert(1)</script>', 'javascript:alert(1)'],
      ...[
        '//evil.example/x',
        'https://evil.example',
        'url(//evil.example/x)',
        '${alert(1)}',
        '"><svg onload=alert(1)>',
      ],
      ...[
        '/events',
        '90 critical <b>x</b>',
        'load <i>y</i>',
        'wss://evil.example',
        'data:text/html,x',
        '{{constructor}}',
      ],
    ),
    fc.string({ unit: 'grapheme' }),
  );
  const widgets = fc.constantFrom('metric-card', 'line-chart', 'connection-indicator', 'pause-button', '<img>');
  const query = fc.tuple(widgets, fc.boolean(), fc.array(fc.tuple(names, values), { maxLength: 8 }));
  const violations: string[] = [];
  const strange: string[] = [];
  await fc.assert(
    fc.asyncProperty(query, async ([widget, good, list]) => {
      const search = new URLSearchParams([['widget', widget], ...(good ? [['src', '/events']] : []), ...list]);
      await page.goto(`${scripted.origin}/dist/embed.html?${search.toString()}`);
      await expect(page.locator('main > :is(rt-feed, p)')).toHaveCount(1);
      violations.push(...(await recorded(page)).violations);
      strange.push(
        ...(await page.evaluate(() =>
          [...document.querySelectorAll('*')]
            .filter(({ localName }) => !/^(html|head|meta|title|body|main|footer|p|rt-[a-z-]+)$/.test(localName))
            .filter((element) => element.ariaLabel !== 'rt-widgets debug')
            .filter((element) => !(element instanceof HTMLScriptElement && element.src.includes('/dist/')))
            .map((element) => element.outerHTML),
        )),
      );
      expect({ foreign, violations, strange }).toEqual({ foreign: [], violations: [], strange: [] });
    }),
    { numRuns: 60 },
  );
  expect(watched.faults.filter((fault) => fault.startsWith('exception'))).toEqual([]);
});
