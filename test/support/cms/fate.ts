/**
 * What becomes of snippets when they stand in a page with the built script and a live wire: the page is made of what a
 * filter left of them, and looked at. Knows no filter.
 */
import type { ElementHandle, Frame, Page } from '@playwright/test';
import { expect, HEAD, sendText, type Scripted } from '../../e2e/scripted.js';
import { watch } from '../../e2e/watching.js';

/** `stands still`: the frame is there, and nothing runs in it. */
const FATES = ['lives', 'gone', 'stands still'] as const;
export type Fate = (typeof FATES)[number];

export const toFate = (cell: string): Fate => {
  const fate = FATES.find((one) => one === cell);
  if (fate === undefined) throw new Error(`The guide says "${cell}"; the tests know ${FATES.join(', ')}.`);
  return fate;
};

/** The form of a snippet: it says where its widgets are looked for. A script has none, and lets others live. */
export type Form = 'in the page' | 'in a frame' | 'script';

export interface Case {
  readonly name: string;
  readonly form: Form;
  /** As the author wrote it. */
  readonly snippet: string;
  /** What a filter left of it. */
  readonly left: string;
  readonly fate: Fate;
}

/** A page in folders, as a CMS has: an address that a filter made relative leads astray here. */
const PATH = '/blog/2026/a-post/';

/** What the wire says: a value for each field of the guide's snippets. */
const WIRE = '{"infrastructure":{"cpu_usage":41.5,"memory_usage":60.5,"disk_usage":12.5}}';
const VALUES: Readonly<Record<string, string>> = { cpu_usage: '41.5', memory_usage: '60.5', disk_usage: '12.5' };

/** A live widget beside the snippets: when it lives, the script has run and the wire works. */
const CONTROL =
  '<rt-feed id="control" src="/control"><rt-metric-card field="infrastructure.cpu_usage"></rt-metric-card></rt-feed>';

/** The host of the guide's iframe: it has the same build, and a wire of its own. */
const serveHost = async (page: Page): Promise<void> => {
  await page.route('https://www.example.com/**', (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/events') return route.fulfill({ contentType: 'application/json', body: WIRE });
    return route.fulfill({ path: pathname.slice(1) });
  });
};

const open = async (page: Page, scripted: Scripted, head: string, body: string): Promise<void> => {
  scripted.greeting = WIRE;
  scripted.answers.set('/control', (_request, response) => sendText(response, 'application/json', WIRE));
  scripted.answers.set(PATH, (_request, response) =>
    sendText(
      response,
      'text/html; charset=utf-8',
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>post</title><link rel="icon" href="data:,">${head}</head><body>${body}${CONTROL}</body></html>`,
    ),
  );
  await page.goto(scripted.origin + PATH);
};

const expectControlLives = (page: Page): Promise<void> =>
  expect.poll(() => page.evaluate(() => document.querySelector('#control > *')?.matches(':state(live)'))).toBe(true);

/** What is to be seen of a snippet that lives. */
interface Life {
  /** The widgets, by tag and in order, each in the state `live`. */
  readonly live: readonly string[];
  /** What the cards show. */
  readonly values: readonly string[];
  /** The series of the charts. */
  readonly series: readonly string[];
}

const WIDGET = /(?:<rt-|data-rt="|widget=)(metric-card|connection-indicator|line-chart)\b/g;
const FIELD_OF_A_CARD = /(?:<rt-|data-rt="|widget=)metric-card\b[^>]*?field="?=?infrastructure\.(\w+)/g;
const LABEL_OF_A_SERIES = /(?:<rt-|data-rt=")series\b[^>]*?label="([^"]*)"/g;

const found = (snippet: string, pattern: RegExp): string[] =>
  [...snippet.matchAll(pattern)].map(([, part = '']) => part);

/** What a snippet promises, in whichever form it is written. */
const promised = (snippet: string): Life => ({
  live: found(snippet, WIDGET).map((name) => `rt-${name}`),
  values: found(snippet, FIELD_OF_A_CARD).map((field) => VALUES[field] ?? `no value of ${field}`),
  series: found(snippet, LABEL_OF_A_SERIES),
});

const seen = (root: ElementHandle<Element>): Promise<Life> =>
  root.evaluate((element) => ({
    live: [...element.querySelectorAll(':state(live)')].map(({ localName }) => localName),
    values: [...element.querySelectorAll('rt-metric-card')].map(
      (card) => card.shadowRoot?.querySelector(`[part='value']`)?.textContent.trim() ?? '',
    ),
    series: [...element.querySelectorAll('rt-line-chart')].flatMap((chart) =>
      (chart.toCSV().split('\r\n', 1)[0] ?? '').split(',').slice(1),
    ),
  }));

/** What is left that could run, show or connect. */
const remains = (root: ElementHandle<Element>): Promise<string[]> =>
  root.evaluate((element) =>
    [...element.querySelectorAll('*')]
      .filter((one) => one.matches('iframe, script, [data-rt]') || one.localName.startsWith('rt-'))
      .map(({ localName }) => localName),
  );

const frameOf = async (root: ElementHandle<Element>): Promise<Frame> => {
  const element = await root.$('iframe');
  // One that is out of sight is loaded late, and draws nothing.
  await element?.scrollIntoViewIfNeeded();
  const frame = await element?.contentFrame();
  if (frame === undefined || frame === null) throw new Error('There is no iframe with a document.');
  return frame;
};

const expectFate = async (section: ElementHandle<Element>, { name, form, snippet, fate }: Case): Promise<void> => {
  if (fate === 'lives') {
    const root =
      form === 'in a frame' ? await (await frameOf(section)).waitForSelector('body', { state: 'attached' }) : section;
    await expect.poll(() => seen(root), name).toEqual(promised(snippet));
    return;
  }
  expect(await remains(section), name).toEqual(fate === 'gone' ? [] : ['iframe']);
  // A sandbox without permissions: the frame's document stands, its script is never run.
  if (fate === 'stands still') expect(await (await section.$('iframe'))?.getAttribute('sandbox'), name).toBe('');
};

/** Puts what filters left into pages, and sees that each snippet has the fate that the guide tells. */
export const expectFates = async (page: Page, scripted: Scripted, cases: readonly Case[]): Promise<void> => {
  await serveHost(page);
  const { said } = await watch(page);
  const isScriptAlive = ({ form, fate }: Case): boolean => form === 'script' && fate === 'lives';
  for (const { left } of cases.filter(isScriptAlive)) {
    await open(page, scripted, '', left);
    await expectControlLives(page);
  }
  const others = cases.filter((one) => !isScriptAlive(one));
  await open(page, scripted, HEAD, others.map(({ left }) => `<section>${left}</section>`).join('\n'));
  await expectControlLives(page);
  const sections = await page.$$('section');
  expect(sections).toHaveLength(others.length);
  for (const [index, one] of others.entries()) {
    const section = sections[index];
    if (section !== undefined) await expectFate(section, one);
  }
  // Nothing of what an author may write so has to be told.
  expect(said).toEqual([]);
};
