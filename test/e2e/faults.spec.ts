/**
 * Faults of the network and of the browser, in a real browser and before a real server: between them stands a proxy that
 * does to the connection what networks do. The numbers are those of the list of faults.
 */
import { chromium, type Page } from '@playwright/test';
import { TcpProxy } from '../support/tcp-proxy.js';
import { expect, startDemo, test as base, type DemoServer } from './fixtures.js';

interface Told {
  readonly ids: number[];
  readonly errors: { readonly code: string; readonly message: string }[];
  readonly statuses: { readonly status: string; readonly at: number }[];
}

declare global {
  interface Window {
    told: Told;
  }
}

/** Writes down what the page's feed says. */
const SCRIPT = `
  window.told = { ids: [], errors: [], statuses: [] };
  addEventListener('rt-message', ({ detail }) => {
    for (const { channel, id } of detail.messages) if (channel === 'metrics') told.ids.push(Number(id));
  });
  addEventListener('rt-error', ({ detail: { code, message } }) => told.errors.push({ code, message }));
  addEventListener('rt-status', ({ detail: { status } }) => told.statuses.push({ status, at: performance.now() }));
`;

const test = base.extend<{ readonly wire: TcpProxy }>({
  wire: async ({ server }, use) => {
    const proxy = await TcpProxy.start(Number(new URL(server.origin).port));
    await use(proxy);
    await proxy.close();
  },
});

const originOf = ({ port }: TcpProxy): string => `http://127.0.0.1:${port}`;

/** Puts a feed into the page, in place of all that is there. */
const put = (page: Page, feed: string): Promise<void> =>
  page.evaluate((html) => {
    document.body.innerHTML = html;
    const { ids, errors, statuses } = window.told;
    ids.length = errors.length = statuses.length = 0;
  }, feed);

/** A page with this feed, which is reached through the proxy as everything is. */
const open = async (page: Page, proxy: TcpProxy, feed: string): Promise<void> => {
  await page.addInitScript(SCRIPT);
  await page.goto(`${originOf(proxy)}/example.html`);
  await page.waitForFunction(() => window.customElements.get('rt-feed') !== undefined);
  await put(page, feed);
};

const told = (page: Page): Promise<Told> => page.evaluate(() => window.told);

const until = (page: Page, count: number): Promise<unknown> =>
  page.waitForFunction((least) => window.told.ids.length >= least, count);

const statusIs = (page: Page, status: string): Promise<unknown> =>
  page.waitForFunction((wanted) => document.querySelector('rt-feed')?.getAttribute('status') === wanted, status);

/** Of a channel that is published once a second each id follows the last: none is missing, and none comes twice. */
const expectWhole = ({ ids, errors }: Told): void => {
  expect(ids).toEqual(ids.map((_, index) => (ids[0] ?? 0) + index));
  expect(errors.filter(({ code }) => code === 'history-gap')).toEqual([]);
};

const FEEDS = {
  'a WebSocket': '<rt-feed src="/ws" transport="websocket" channels="metrics"></rt-feed>',
  'an event stream': '<rt-feed src="/events" transport="sse" channels="metrics"></rt-feed>',
  'long polling': '<rt-feed src="/poll" transport="long-polling" channels="metrics"></rt-feed>',
};

for (const [name, feed] of Object.entries(FEEDS)) {
  test(`fault 29: ${name} that is cut comes back, and nothing is lost or comes twice`, async ({
    page,
    wire: proxy,
  }) => {
    await open(page, proxy, feed);
    await until(page, 1);
    for (let cut = 0; cut < 3; cut++) {
      proxy.cut();
      const { ids } = await told(page);
      await until(page, ids.length + 1);
    }
    await statusIs(page, 'connected');
    expectWhole(await told(page));
  });

  test(`fault 1: ${name} whose server is away for a while comes back by itself`, async ({ page, wire: proxy }) => {
    await open(page, proxy, feed);
    await until(page, 1);
    proxy.refuse();
    proxy.cut();
    await statusIs(page, 'reconnecting');
    await page.waitForFunction(() => window.told.errors.length >= 2);
    await proxy.accept();
    await statusIs(page, 'connected');
    await until(page, 4);
    expectWhole(await told(page));
  });
}

test('fault 18: an event stream that arrives byte by byte is whole', async ({ page, wire: proxy }) => {
  await open(page, proxy, '');
  proxy.slice(1);
  await put(page, FEEDS['an event stream']);
  await until(page, 3);
  const { errors, ids } = await told(page);
  expect(errors).toEqual([]);
  expectWhole({ ids, errors, statuses: [] });
});

test('fault 2: a WebSocket that is half-open is found dead within its heartbeat and ten seconds', async ({
  page,
  wire: proxy,
}) => {
  await open(page, proxy, '<rt-feed src="/ws" transport="websocket" heartbeat="1s" channels="metrics"></rt-feed>');
  await until(page, 1);
  const from = await page.evaluate(() => performance.now());
  proxy.stall();
  await statusIs(page, 'reconnecting');
  const { statuses } = await told(page);
  const lost = statuses.find(({ status, at }) => status === 'reconnecting' && at >= from);
  expect(lost?.at).toBeLessThan(from + 1_000 + 1_000 + 10_000 + 1_000);
  proxy.flow();
  await statusIs(page, 'connected');
  const { ids } = await told(page);
  await until(page, ids.length + 1);
  expectWhole(await told(page));
});

test('fault 3: a black hole after the connection is given up at connect-timeout, and tried again', async ({
  page,
  wire: proxy,
}) => {
  await open(page, proxy, '');
  proxy.stall();
  await put(page, '<rt-feed src="/ws" transport="websocket" channels="metrics" connect-timeout="300ms"></rt-feed>');
  await page.waitForFunction(() => window.told.errors.some(({ code }) => code === 'timeout'));
  proxy.flow();
  await statusIs(page, 'connected');
  await until(page, 1);
});

test('fault 27: a proxy that keeps an event stream back makes way for the next source', async ({
  page,
  wire: proxy,
}) => {
  await open(page, proxy, '');
  await page.route('**/kept', () => undefined);
  await put(
    page,
    '<rt-feed src="/kept" transport="sse" connect-timeout="300ms"><rt-source src="/poll" transport="long-polling"></rt-source></rt-feed>',
  );
  await until(page, 2);
  const { errors } = await told(page);
  expect(errors.map(({ code }) => code)).toEqual(['stalled']);
  expect(await page.evaluate(() => document.querySelector('rt-feed')?.transportInUse)).toBe('long-polling');
});

test('fault 43: a page that is frozen and resumed goes on from where it was', async ({ page, wire: proxy }) => {
  await open(page, proxy, FEEDS['an event stream']);
  await until(page, 1);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await expect.poll(() => proxy.open).toBeLessThanOrEqual(1);
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await until(page, 3);
  expectWhole(await told(page));
});

test('fault 42: a page that is left is kept for a return, closed, and opens again', async ({ wire: proxy }, info) => {
  const { launchOptions } = info.project.use;
  const browser = await chromium.launch({ ...launchOptions, ignoreDefaultArgs: ['--disable-back-forward-cache'] });
  try {
    const page = await browser.newPage();
    await open(page, proxy, FEEDS['a WebSocket']);
    await until(page, 1);
    await page.evaluate(() => addEventListener('pageshow', ({ persisted }) => Object.assign(window, { persisted })));
    await page.goto(`${originOf(proxy)}/icon.svg`);
    // A page that is restored does not load again.
    await page.goBack({ waitUntil: 'commit' });
    expect(await page.evaluate(() => 'persisted' in window && window.persisted)).toBe(true);
    const { ids } = await told(page);
    await until(page, ids.length + 2);
    await statusIs(page, 'connected');
    expectWhole(await told(page));
  } finally {
    await browser.close();
  }
});

test('fault 39: a server that begins anew has its gap told', async ({ page }) => {
  const servers: DemoServer[] = [await startDemo()];
  const [first] = servers;
  const port = new URL(first?.origin ?? '').port;
  const proxy = await TcpProxy.start(Number(port));
  try {
    await open(page, proxy, FEEDS['an event stream']);
    await until(page, 1);
    await first?.stop();
    servers.push(await startDemo({ PORT: port }));
    await statusIs(page, 'connected');
    await page.waitForFunction(() => window.told.errors.some(({ code }) => code === 'history-gap'));
    const { ids } = await told(page);
    await until(page, ids.length + 1);
  } finally {
    await proxy.close();
    for (const server of servers) await server.stop();
  }
});
