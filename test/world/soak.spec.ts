/**
 * A page that stands on a wall for weeks, in minutes: millions of messages over connections that break again and again
 * leave its heap as large as it was. The same measure is proved on pages that leak.
 */
import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test as base, type Page } from '@playwright/test';
import { Counter, grown, watchTimers, type Held } from '../support/held.js';

declare global {
  /** In the page: what `soak.js` counts. */
  var soak: {
    readonly received: number;
    readonly dropped: number;
    readonly connected: number;
    readonly problems: number;
  };
  interface Window {
    /** When a feed last told of anything. Milliseconds. */
    toldAt: number;
  }
}

/** First over connections that break soon, then as the page is soaked later. */
const WARM_UP = [150_000, 100_000] as const;
/** How many messages the page is soaked in; to try it with fewer, set SOAK_MESSAGES. */
const MESSAGES = Number(process.env['SOAK_MESSAGES'] ?? 5_000_000);
const SEEDED = 300_000;

/**
 * After how many messages a connection is broken: 500 times in five millions, at the least. In the warm-up sooner, until
 * the feeds' logs of errors are full.
 */
const LIFE = 9_750;
const SHORT_LIFE = 800;

/** By how much the heap may grow. */
const MOST_GROWTH = 0.05;

interface Poured {
  readonly sent: number;
  readonly broken: number;
}

interface Server {
  readonly origin: string;
  /** Sends so many more messages, and resolves when it has: to all that it has ever sent and broken. */
  pour(count: number, life: number): Promise<Poured>;
}

const test = base.extend<{ readonly server: Server }>({
  server: async ({}, use) => {
    const child = fork(fileURLToPath(new URL('soak-server.mjs', import.meta.url)), {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    if (child.stdout === null) throw new Error('The server has no output to read its address from.');
    const [origin = ''] = await new Promise<string[]>((resolve) => {
      createInterface(child.stdout ?? process.stdin).once('line', (line) => resolve([line]));
    });
    await use({
      origin,
      pour: (count, life) =>
        new Promise((resolve) => {
          child.once('message', (poured) => resolve(poured as Poured));
          child.send({ pour: count, life });
        }),
    });
    child.kill();
  },
});

interface Soaked {
  readonly before: Held;
  readonly after: Held;
  /** Bytes. */
  readonly heapBefore: number;
  readonly heapAfter: number;
  /** By what part of itself the heap has grown. */
  readonly growth: number;
  readonly taken: number;
  readonly connected: number;
  readonly broken: number;
  readonly problems: number;
  readonly seconds: number;
}

/** Until nothing has come for so long, in milliseconds: what is shown waits 1.5 s. */
const REST = 2_000;

const atRest = async (page: Page): Promise<void> => {
  await page.waitForFunction(
    (rest) =>
      performance.now() - window.toldAt > rest &&
      [...document.querySelectorAll('rt-feed')].every(({ status }) => status === 'connected'),
    REST,
    { polling: 100, timeout: 60_000 },
  );
};

const soakPage = async (page: Page, server: Server, messages: number, leak = 'none'): Promise<Soaked> => {
  await watchTimers(page);
  await page.addInitScript(() => {
    window.toldAt = 0;
    for (const type of ['rt-message', 'rt-status']) addEventListener(type, () => (window.toldAt = performance.now()));
  });
  await page.goto(`${server.origin}/?leak=${leak}`);
  await page.waitForFunction(() => window.customElements.get('rt-line-chart') !== undefined);
  const counter = await Counter.of(page);
  const told = (): Promise<typeof soak> => page.evaluate(() => ({ ...soak, kept: undefined }));
  await server.pour(WARM_UP[0], SHORT_LIFE);
  const warm = await server.pour(WARM_UP[1], LIFE);
  await atRest(page);
  const start = await told();
  const before = await counter.count();
  const heapBefore = await counter.heap();
  const began = performance.now();
  const { broken } = await server.pour(messages, LIFE);
  const seconds = (performance.now() - began) / 1_000;
  await atRest(page);
  const end = await told();
  const after = await counter.count();
  const heapAfter = await counter.heap();
  return {
    before,
    after,
    heapBefore,
    heapAfter,
    growth: heapAfter / heapBefore - 1,
    taken: end.received + end.dropped - start.received - start.dropped,
    connected: end.connected - start.connected,
    broken: broken - warm.broken,
    problems: end.problems,
    seconds,
  };
};

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);

const tellFigures = ({ before, after, heapBefore, heapAfter, growth, taken, connected, seconds }: Soaked): void => {
  const rate = Math.round(taken / seconds).toLocaleString('en');
  const description = [
    `${taken.toLocaleString('en')} messages (${rate}/s)`,
    `${connected} reconnects`,
    `heap ${megabytes(heapBefore)} → ${megabytes(heapAfter)} MB (${(growth * 100).toFixed(1)} %)`,
    `nodes ${before.nodes} → ${after.nodes}`,
    `listeners ${before.listeners} → ${after.listeners}`,
  ].join(', ');
  test.info().annotations.push({ type: 'figures', description });
};

test('millions of messages and hundreds of reconnects leave the heap as large as it was', async ({ page, server }) => {
  const soaked = await soakPage(page, server, MESSAGES);
  tellFigures(soaked);
  const { before, after, growth, taken, connected, broken, problems } = soaked;
  expect(problems).toBe(0);
  // The last life of each of the two connections is not yet over.
  expect(broken).toBeGreaterThan(MESSAGES / LIFE - 3);
  expect(connected).toBeGreaterThanOrEqual(broken - 1);
  // What was under way when a connection broke is lost: these servers replay nothing.
  expect(taken).toBeGreaterThan(MESSAGES * 0.9);
  // A chart keeps a point for each place that it has drawn at, and goes on finding some: those are part of the heap alone.
  expect(grown(before, { ...after, objects: before.objects })).toEqual({});
  expect(growth).toBeLessThan(MOST_GROWTH);
});

for (const [leak, wrong, isCaught] of [
  ['numbers', 'keeps one number of each message', ({ growth }) => growth > MOST_GROWTH],
  ['listeners', 'listens anew after each reconnect', ({ before, after }) => 'listeners' in grown(before, after)],
  ['elements', 'makes elements that it never shows', ({ before, after }) => 'nodes' in grown(before, after)],
] as const satisfies readonly (readonly [string, string, (soaked: Soaked) => boolean])[]) {
  test(`the measure catches a page that ${wrong}`, async ({ page, server }) => {
    const soaked = await soakPage(page, server, SEEDED, leak);
    tellFigures(soaked);
    expect(isCaught(soaked)).toBe(true);
  });
}
