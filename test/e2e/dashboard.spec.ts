/** The demo page, from the real server and the real build: it lives, it fits, it switches, and it says when it cannot. */
import { createRequire } from 'node:module';
import { type Page } from '@playwright/test';
import { type DemoServer, expect, startDemo, test } from './fixtures.js';
import {
  amountOf,
  forgetMessages,
  notLive,
  readCards,
  readIndicator,
  recorded,
  seriesPixels,
  watch,
  type ShownCard,
} from './watching.js';

interface Snapshot {
  readonly infrastructure: Readonly<Record<string, number>>;
  readonly api: Readonly<Record<string, number>>;
  readonly timestamp: string;
}

/** Where the snapshot has what a card shows. */
const FIELDS: Readonly<Record<string, (snapshot: Snapshot) => number | undefined>> = {
  CPU: ({ infrastructure }) => infrastructure['cpu_usage'],
  Memory: ({ infrastructure }) => infrastructure['memory_usage'],
  Disk: ({ infrastructure }) => infrastructure['disk_usage'],
  'Network in': ({ infrastructure }) => infrastructure['network_in'],
  'Network out': ({ infrastructure }) => infrastructure['network_out'],
  'Requests a second': ({ api }) => api['requests_per_second'],
  'Mean response time': ({ api }) => api['avg_response_time'],
  'Error rate': ({ api }) => (api['error_rate'] ?? NaN) * 100,
  'Connected clients': ({ api }) => api['active_users'],
};

const TRANSPORTS = [
  { label: 'Polling', transport: 'polling', src: '/api/metrics', shown: 'Polling' },
  { label: 'WebSocket', transport: 'websocket', src: '/ws', shown: 'WebSocket' },
  { label: 'SSE', transport: 'sse', src: '/events', shown: 'Event stream' },
] as const;

type Choice = (typeof TRANSPORTS)[number];

const open = async (page: Page, origin = ''): Promise<void> => {
  await page.goto(`${origin}/`);
  await expect.poll(() => notLive(page)).toEqual([]);
};

const textsOf = (cards: readonly ShownCard[]): readonly string[] =>
  cards.map(({ label, value, unit }) => `${label}: ${value} ${unit}`);

/** The cards show, rounded, what the server answers for the very same second. */
const expectTruth = async (page: Page, origin: string): Promise<void> => {
  await expect(async () => {
    const snapshot = (await (await fetch(`${origin}/api/metrics`)).json()) as Snapshot;
    const shown = await page.evaluate(() => document.querySelector('rt-feed')?.latest('metrics', 'timestamp'));
    const cards = await readCards(page);
    expect(shown).toBe(snapshot.timestamp);
    expect(cards.map(({ label }) => label)).toEqual(Object.keys(FIELDS));
    for (const card of cards) {
      const { amount, rounding } = amountOf(card);
      expect(Math.abs(amount - (FIELDS[card.label]?.(snapshot) ?? NaN)), card.label).toBeLessThanOrEqual(rounding);
    }
  }).toPass({ timeout: 8_000, intervals: [100] });
};

/** Two snapshots and more come in, each newer than the one before. */
const expectFlow = async (page: Page): Promise<void> => {
  await forgetMessages(page);
  const timesOf = async (): Promise<string[]> => {
    const { messages } = await recorded(page);
    return messages.filter(({ channel }) => channel === 'metrics').map(({ data }) => (data as Snapshot).timestamp);
  };
  await expect.poll(async () => new Set(await timesOf()).size).toBeGreaterThanOrEqual(2);
  const times = await timesOf();
  expect(times).toEqual([...times].sort());
};

const expectConnected = async (page: Page, { transport, src, shown }: Choice): Promise<void> => {
  const feed = page.locator('rt-feed');
  await expect(feed).toHaveAttribute('src', src);
  await expect(feed).toHaveAttribute('transport', transport);
  await expect(feed).toHaveAttribute('status', 'connected');
  await expect.poll(() => readIndicator(page)).toEqual({ status: 'Connected', transport: shown, retry: false });
};

const choose = async (page: Page, { label }: Pick<Choice, 'label'>): Promise<void> =>
  page.locator('#transport label', { hasText: label }).click();

const expectClean = async (page: Page, { faults, said }: { faults: string[]; said: string[] }): Promise<void> => {
  const { violations, errors } = await recorded(page);
  expect({ faults, said, violations, errors }).toEqual({ faults: [], said: [], violations: [], errors: [] });
};

test('within 3 s of opening every card shows a number, the indicator says Connected, and the chart has drawn', async ({
  page,
}) => {
  await watch(page);
  await page.goto('/');
  await expect
    .poll(async () => ({
      numbers: (await readCards(page)).map((card) => Number.isFinite(amountOf(card).amount)),
      notLive: await notLive(page),
      status: (await readIndicator(page)).status,
      drawn: (await seriesPixels(page)).map((count) => count > 10),
    }))
    .toEqual({
      numbers: Object.keys(FIELDS).map(() => true),
      notLive: [],
      status: 'Connected',
      drawn: [true, true],
    });
  expect(await page.evaluate(() => performance.now())).toBeLessThan(3_000);
});

test('the numbers are this machine’s, and they move', async ({ page, server }) => {
  await watch(page);
  await open(page);
  await expectTruth(page, server.origin);
  const seen = new Map<string, Set<string>>();
  const moved = async (): Promise<number> => {
    for (const { label, value } of await readCards(page)) seen.set(label, (seen.get(label) ?? new Set()).add(value));
    return [...seen.values()].filter(({ size }) => size >= 2).length;
  };
  await expect.poll(moved, { intervals: [200] }).toBeGreaterThanOrEqual(3);
  for (const text of seen.get('CPU') ?? []) {
    expect(Number(text)).toBeGreaterThanOrEqual(0);
    expect(Number(text)).toBeLessThanOrEqual(100);
  }
  await expectFlow(page);
  await expectTruth(page, server.origin);
});

test('opening it raises no error and breaks no policy, and nothing is fetched twice', async ({ page }) => {
  const watched = await watch(page);
  await open(page);
  await expectFlow(page);
  await expectClean(page, watched);
  expect([...watched.requests].sort()).toEqual([...new Set(watched.requests)].sort());
  expect(watched.requests).toContain('/events');
});

/** What sticks out of the page, or is cut off by its own box. Runs in the page. */
const misfits = (): string[] => {
  const width = document.documentElement.clientWidth;
  const found: string[] = [];
  const check = (element: Element, owner: string): void => {
    const box = element.getBoundingClientRect();
    const name = `${owner}${element.localName}.${element.getAttribute('class') ?? ''}`;
    // What has no more than a pixel is there for screen readers.
    if (box.width <= 1 || box.height <= 1) return;
    if (box.left < -0.5 || box.right > width + 0.5) found.push(`${name} reaches from ${box.left} to ${box.right}`);
    const { overflowX, overflowY } = getComputedStyle(element);
    if (overflowX !== 'visible' && element.scrollWidth > element.clientWidth + 1) found.push(`${name} is cut in width`);
    if (overflowY !== 'visible' && element.scrollHeight > element.clientHeight + 1) {
      found.push(`${name} is cut in height`);
    }
  };
  const visit = (element: Element, owner: string): void => {
    check(element, owner);
    for (const inner of element.shadowRoot?.querySelectorAll('*') ?? []) visit(inner, `${element.localName} `);
  };
  for (const element of document.querySelectorAll('body *')) visit(element, '');
  if (document.documentElement.scrollWidth > width)
    found.push(`the page is ${document.documentElement.scrollWidth} wide`);
  return found;
};

for (const width of [360, 768, 1920]) {
  test(`at ${width} px it fits its page and cuts nothing off, in light and in dark`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    const backgrounds: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await open(page);
      expect(await page.evaluate(misfits)).toEqual([]);
      backgrounds.push(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    }
    expect(new Set(backgrounds).size).toBe(2);
  });
}

/** From now on, every attribute that changes in the page, but for the status that the feed reflects. */
const observeAttributes = (page: Page): Promise<() => Promise<string[]>> =>
  page
    .evaluateHandle(() => {
      const changes: string[] = [];
      new MutationObserver((records) => {
        for (const { target, attributeName } of records) {
          const name = `${(target as Element).localName} ${attributeName ?? ''}`;
          if (name !== 'rt-feed status' && !changes.includes(name)) changes.push(name);
        }
      }).observe(document, { attributes: true, subtree: true });
      return changes;
    })
    .then((handle) => async () => (await handle.jsonValue()).sort());

test('the radio buttons, by mouse, change src and transport of the feed alone, and each transport brings data', async ({
  page,
  server,
}) => {
  const watched = await watch(page);
  await open(page);
  const changes = await observeAttributes(page);
  for (const choice of TRANSPORTS) {
    watched.requests.length = 0;
    await choose(page, choice);
    await expectConnected(page, choice);
    await expectFlow(page);
    // The source before may ask once more while the mouse is on its way; from the first request of the new one on it is silent.
    const { requests } = watched;
    expect(new Set(requests.slice(requests.indexOf(choice.src)))).toEqual(new Set([choice.src]));
  }
  expect(await changes()).toEqual(['rt-feed src', 'rt-feed transport']);
  await expectTruth(page, server.origin);
  expect((await recorded(page)).errors).toEqual([]);
});

test('the radio buttons work by keyboard alone', async ({ page }) => {
  await watch(page);
  await open(page);
  const changes = await observeAttributes(page);
  const isReached = (): Promise<boolean> =>
    page.evaluate(() => document.activeElement?.matches('#transport input') === true);
  for (let tabs = 0; tabs < 10 && !(await isReached()); tabs++) await page.keyboard.press('Tab');
  expect(await isReached()).toBe(true);
  const steps = { ArrowRight: 'websocket', ArrowLeft: 'sse' };
  for (const [key, transport] of Object.entries(steps)) {
    await page.keyboard.press(key);
    const choice = TRANSPORTS.find((each) => each.transport === transport);
    if (choice !== undefined) await expectConnected(page, choice);
    await expectFlow(page);
  }
  expect(await changes()).toEqual(['rt-feed src', 'rt-feed transport']);
});

/** How long after the feed knew of its loss the indicator said so, in milliseconds. Resolves in the page. */
const watchLoss = (page: Page): Promise<() => Promise<number>> =>
  page
    .evaluateHandle(() => {
      const root = document.querySelector('rt-connection-indicator')?.shadowRoot;
      const say = (): string => root?.querySelector(`[part='status']`)?.textContent ?? '';
      const measure = (told: (waited: number) => void): void => {
        const lost = performance.now();
        const look = (): void => {
          if (say() !== 'Connected') told(performance.now() - lost);
        };
        look();
        if (root) new MutationObserver(look).observe(root, { subtree: true, childList: true, characterData: true });
      };
      return {
        patience: new Promise<number>((resolve) =>
          addEventListener('rt-status', () => measure(resolve), { once: true }),
        ),
      };
    })
    .then((handle) => () => handle.evaluate(({ patience }) => patience));

test('over each transport a killed server is told after 1.5 s, last values stay, and its return is taken up', async ({
  browser,
}) => {
  test.setTimeout(60_000);
  let own: DemoServer = await startDemo();
  try {
    const viewers = await Promise.all(
      TRANSPORTS.map(async (choice) => {
        // A window each: a tab behind another one gets no animation frames.
        const page = await browser.newPage();
        await watch(page);
        await open(page, own.origin);
        await page.locator('rt-feed').evaluate((feed) => {
          // How far the pauses grow is another test's: here it would only be waited for.
          feed.setAttribute('max-interval', '1s');
          feed.setAttribute('max-reconnect-delay', '1s');
        });
        await choose(page, choice);
        await expectConnected(page, choice);
        await expectFlow(page);
        return { choice, page, patience: await watchLoss(page) };
      }),
    );

    own.process.kill('SIGKILL');
    for (const { choice, page, patience } of viewers) {
      await expect(page.locator('rt-feed')).toHaveAttribute('status', 'reconnecting');
      const before = textsOf(await readCards(page));
      const waited = await patience();
      expect(waited, choice.label).toBeGreaterThan(1_450);
      expect(waited, choice.label).toBeLessThan(2_500);
      expect(await readIndicator(page)).toEqual({ status: 'Reconnecting', transport: choice.shown, retry: true });
      const cards = await readCards(page);
      expect(textsOf(cards)).toEqual(before);
      for (const { label, states, note } of cards) {
        expect(states, label).toContain('stale');
        expect(note, label).toMatch(/^Outdated · \d+ s ago$/);
      }
      expect(await page.locator('rt-line-chart').evaluate((chart) => chart.matches(':state(stale)'))).toBe(true);
    }

    own = await startDemo({ PORT: new URL(own.origin).port });
    await Promise.all(
      viewers.map(async ({ choice, page }) => {
        await expect(page.locator('rt-feed')).toHaveAttribute('status', 'connected', { timeout: 30_000 });
        await expectConnected(page, choice);
        await expect.poll(() => notLive(page)).toEqual([]);
        await expectTruth(page, own.origin);
        await expectFlow(page);
      }),
    );
  } finally {
    await own.stop();
    await Promise.all(browser.contexts().map((context) => context.close()));
  }
});

const publish = async (origin: string, channel: string, data: unknown): Promise<number> => {
  const { status } = await fetch(`${origin}/api/publish/${channel}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(data),
  });
  return status;
};

for (const choice of TRANSPORTS.filter(({ transport }) => transport !== 'polling')) {
  test(`what is published by a request reaches the page over ${choice.label}`, async ({ page, server }) => {
    await watch(page);
    await open(page);
    await choose(page, choice);
    await expectConnected(page, choice);
    await forgetMessages(page);
    await expect.poll(async () => (await recorded(page)).messages.length).toBeGreaterThan(0);
    const alert = { level: 'warning', message: `Backup is late: ${choice.label}` };
    const metrics = { infrastructure: { cpu_usage: 12.25 }, timestamp: new Date().toISOString() };
    expect(await publish(server.origin, 'alert', alert)).toBe(202);
    expect(await publish(server.origin, 'metrics', metrics)).toBe(202);
    expect(await publish(server.origin, 'another', { nobody: 'asked' })).toBe(202);
    const heard = async (): Promise<unknown[]> => (await recorded(page)).messages;
    await expect.poll(heard).toContainEqual(expect.objectContaining({ channel: 'alert', data: alert }));
    await expect.poll(heard).toContainEqual(expect.objectContaining({ channel: 'metrics', data: metrics }));
    await expectFlow(page);
    expect((await recorded(page)).messages.map(({ channel }) => channel)).not.toContain('another');
  });
}

interface Axe {
  run(): Promise<{ violations: { id: string; nodes: { target: unknown; failureSummary?: string }[] }[] }>;
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const axeFindings = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: Axe }).axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary ?? ''}`),
    );
  });

test('axe finds nothing in light and in dark, while it lives and while the server is away', async ({ page }) => {
  const own = await startDemo();
  const inBothSchemes = async (): Promise<Record<string, string[]>> => {
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await axeFindings(page);
    await page.emulateMedia({ colorScheme: 'dark' });
    return { light, dark: await axeFindings(page) };
  };
  try {
    await page.addInitScript({ path: AXE });
    await open(page, own.origin);
    expect(await inBothSchemes()).toEqual({ light: [], dark: [] });
    own.process.kill('SIGKILL');
    await expect.poll(async () => (await readIndicator(page)).status).toBe('Reconnecting');
    expect(await inBothSchemes()).toEqual({ light: [], dark: [] });
  } finally {
    await own.stop();
  }
});
