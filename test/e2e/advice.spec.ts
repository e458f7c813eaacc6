/**
 * What an author is told of mistakes, in the built page, by the module and by the classic script: each once, in the console
 * and as `rt-error`; and what becomes of the page in a browser that lacks what the script needs.
 */
import type { Page } from '@playwright/test';
import { expect, HEAD, test, type Scripted } from './scripted.js';
import { readCard, recorded, watch, type Watched } from './watching.js';

const HEADS = { module: HEAD, 'classic script': '<script src="/dist/rt-widgets.classic.js"></script>' };

const CARD = '<rt-metric-card channel="metrics" field="load"></rt-metric-card>';
const feed = (inside: string): string => `<rt-feed id="prices" src="/events" transport="sse">${inside}</rt-feed>`;

interface Mistake {
  readonly body: string;
  /** What each sentence holds. */
  readonly told: readonly RegExp[];
}

const MISTAKES: Readonly<Record<string, Mistake>> = {
  'a feed without src': {
    body: '<rt-feed></rt-feed>',
    told: [/^<rt-feed> has no src, .*: give it .* or call push\(\)/],
  },
  'a feed with an empty src': { body: '<rt-feed src=""></rt-feed>', told: [/^<rt-feed> has an empty src/] },
  'a mistyped src': {
    body: '<rt-feed scr="/events"></rt-feed>',
    told: [/^<rt-feed> has no attribute scr: write src\./],
  },
  'an attribute of another name': { body: '<rt-feed url="/events"></rt-feed>', told: [/attribute url: write src\./] },
  'a mistyped tag': {
    body: feed('<rt-metriccard field="load">CPU</rt-metriccard>'),
    told: [/^<rt-metriccard> is no element of ours: did you mean <rt-metric-card>\?$/],
  },
  'an element that this version has not': {
    body: feed('<rt-gauge field="load">CPU</rt-gauge>'),
    told: [/^This version, [\d.]+, has no <rt-gauge>: take it out/],
  },
  'a mistyped attribute': {
    body: feed(CARD.replace('field', 'lable="x" field').repeat(2)),
    told: [/^<rt-metric-card> has no attribute lable: write label\./],
  },
  'an attribute in another case': {
    body: feed(CARD.replace('field', 'staleAfter="5s" field')),
    told: [/^<rt-metric-card> has no attribute staleafter: write stale-after\./],
  },
  'a mistyped value': {
    body: feed(CARD.replace('field', 'format="procent" field')),
    told: [/format="procent"> is not understood: .*\(did you mean percent\?\)/],
  },
  'an id that does not exist': {
    body: feed('') + CARD.replace('field', 'feed="price" field').repeat(2),
    told: [/^<rt-metric-card> find no feed: nothing has the id "price"\. Did you mean feed="prices"\?/],
  },
  'an id that is of no feed': {
    body: `<p id="text"></p>${feed('')}${CARD.replace('field', 'feed="text" field')}`,
    told: [/^<rt-metric-card> finds no feed: the id "text" is that of a <p>/],
  },
  'no feed at all': { body: CARD.repeat(3), told: [/^<rt-metric-card> find no feed: the page has none\./] },
  'two feeds and none named': {
    body: `${feed('')}<rt-feed src="/events" transport="sse"></rt-feed>${CARD}`,
    told: [/the page has 2\. .* feed="prices"/],
  },
  'children in the wrong place': {
    body: feed('<rt-series field="load"></rt-series>') + '<rt-source src="/x"></rt-source>',
    told: [/^<rt-series> stands in no <rt-line-chart>/, /^<rt-source> stands in no <rt-feed>/],
  },
  'a threshold without a value': {
    body: feed('<rt-line-chart fields="load"><rt-threshold label="limit"></rt-threshold></rt-line-chart>'),
    told: [/^<rt-threshold> has no value/],
  },
};

const open = async (page: Page, scripted: Scripted, head: string, body: string): Promise<Watched> => {
  scripted.greeting = '{"load":42}';
  Object.assign(scripted, { head, body });
  const watched = await watch(page);
  await page.clock.install();
  await page.goto(scripted.origin);
  return watched;
};

/** What has been said once the page has had all the time that it is given, and more. */
const saidIn = async (page: Page, watched: Watched, count: number): Promise<readonly string[]> => {
  await page.clock.runFor(4_000);
  await expect.poll(() => watched.said.length).toBeGreaterThanOrEqual(count);
  await page.clock.runFor(20_000);
  // A round trip: whatever was said by then has come.
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  return watched.said.map((text) => text.replace(/^rt-widgets: /, ''));
};

for (const [kind, head] of Object.entries(HEADS)) {
  for (const [name, { body, told }] of Object.entries(MISTAKES)) {
    test(`${name} is told once by the ${kind}, in the console and as rt-error; the page goes on`, async ({
      page,
      scripted,
    }) => {
      const watched = await open(page, scripted, head, body);
      const said = await saidIn(page, watched, told.length);
      expect(said.length, said.join('\n')).toBe(told.length);
      for (const sentence of told)
        expect(
          said.some((text) => sentence.test(text)),
          `${String(sentence)}: ${said.join()}`,
        ).toBe(true);
      const { errors } = await recorded(page);
      expect(new Set(errors.map(({ message }) => message))).toEqual(new Set(said));
      for (const { code, fatal } of errors) expect({ code, fatal }).toEqual({ code: 'config', fatal: false });
      expect(watched.faults).toEqual([]);
    });
  }

  test(`the ${kind} says nothing on a page in which all is well, and fetches no script for it`, async ({
    page,
    scripted,
  }) => {
    const foreign =
      'hx-get="/x" _ngcontent-x x-data="{}" @click="y" :foo="1" v-if="z" data-x aria-live="off" itemprop="p" nonce="n" onclick="void 0"';
    const body = `<rt-anything-else></rt-anything-else>${feed(CARD.replace('field', `${foreign} field`))}<rt-feed id="mine"></rt-feed>`;
    const watched = await open(page, scripted, head, body);
    await page.evaluate(() => document.querySelector<HTMLElementTagNameMap['rt-feed']>('rt-feed#mine')?.push(1));
    await expect.poll(async () => (await readCard(page)).value).toBe('42');
    expect(watched.requests.filter((path) => path.includes('advice'))).toEqual([]);
    await page.evaluate(() => document.querySelector('rt-anything-else')?.remove());
    expect(await saidIn(page, watched, 0)).toEqual([]);
    expect(watched.requests.filter((path) => path.includes('advice'))).toEqual([]);
    expect(watched.faults).toEqual([]);
  });

  test(`an id that a feed gets later is found by who waits for it (${kind})`, async ({ page, scripted }) => {
    const watched = await open(page, scripted, head, feed('') + CARD.replace('field', 'feed="late" field'));
    await expect.poll(() => page.locator('rt-feed').getAttribute('status')).toBe('connected');
    await page.evaluate(() => document.querySelector('rt-feed')?.setAttribute('id', 'late'));
    await page.clock.runFor(100);
    await expect.poll(async () => (await readCard(page)).value).toBe('42');
    expect(await saidIn(page, watched, 0)).toEqual([]);
  });

  for (const api of [
    'customElements',
    'ElementInternals',
    'ReadableStream',
    'AbortController',
    'ResizeObserver',
    'MutationObserver',
  ]) {
    test(`a browser without ${api} is told of once by the ${kind}: what is written stays, and nothing throws`, async ({
      page,
      scripted,
    }) => {
      scripted.greeting = '{"load":42}';
      Object.assign(scripted, { head, body: feed('<rt-metric-card field="load">No live data here.</rt-metric-card>') });
      const faults: string[] = [];
      const said: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => said.push(message.text()));
      await page.addInitScript((name) => {
        Reflect.deleteProperty(globalThis, name);
      }, api);
      await page.goto(scripted.origin);
      await expect.poll(() => said.length).toBe(1);
      await expect(page.getByText('No live data here.')).toBeVisible();
      expect(said[0]).toContain(
        `rt-widgets: This browser lacks ${api}, and the page stays as it is written: use Chrome`,
      );
      expect({ said: said.length, faults, opened: scripted.opened }).toEqual({ said: 1, faults: [], opened: 0 });
    });
  }

  test(`a browser that is merely older shows all of it, by the ${kind}`, async ({ page, scripted }) => {
    const chart = '<rt-line-chart channel="metrics" fields="load"></rt-line-chart>';
    scripted.greeting = '{"load":42}';
    Object.assign(scripted, { head, body: feed(`<rt-connection-indicator></rt-connection-indicator>${CARD}${chart}`) });
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => faults.push(message.text()));
    await page.addInitScript(() => {
      // What the oldest browsers that read the script do not have.
      Reflect.deleteProperty(URL, 'canParse');
      Reflect.deleteProperty(AbortSignal, 'any');
      Reflect.deleteProperty(AbortSignal, 'timeout');
      Reflect.deleteProperty(CustomElementRegistry.prototype, 'getName');
      Reflect.deleteProperty(ElementInternals.prototype, 'states');
      Reflect.deleteProperty(globalThis, 'CustomStateSet');
      Reflect.deleteProperty(globalThis, 'structuredClone');
      Reflect.deleteProperty(Document.prototype, 'adoptedStyleSheets');
      for (const name of ['findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with']) {
        Reflect.deleteProperty(Array.prototype, name);
      }
      for (const name of ['matches', 'closest'] as const) {
        const known: unknown = Reflect.get(Element.prototype, name);
        if (typeof known !== 'function') throw new Error(`There is no ${name}.`);
        Reflect.set(Element.prototype, name, function (this: Element, selector: string): unknown {
          if (/:dir\(|:state\(/.test(selector)) throw new SyntaxError(`${selector} is not known.`);
          return (known as (this: Element, selector: string) => unknown).call(this, selector);
        });
      }
      const supports = CSS.supports.bind(CSS);
      CSS.supports = (property: string, value?: string): boolean =>
        value?.includes('light-dark') !== true && supports(property, value ?? '');
    });
    await page.goto(scripted.origin);
    await expect(page.locator("rt-metric-card [part='value']")).toHaveText('42');
    await expect(page.locator("rt-connection-indicator [part='status']")).toHaveText('Connected');
    await expect(page.locator('rt-line-chart canvas')).toBeVisible();
    expect(faults).toEqual([]);
  });
}
