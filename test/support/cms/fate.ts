/**
 * What becomes of a snippet when it stands in a page with the built script and a live wire: the page is made of what a
 * filter left of it, and looked at. Knows no filter.
 */
import type { Frame, Page } from '@playwright/test';
import { expect, HEAD, sendText, type Scripted } from '../../e2e/scripted.js';

/** `stands still`: the frame is there, and nothing runs in it. */
export const FATES = ['lives', 'gone', 'stands still'] as const;
export type Fate = (typeof FATES)[number];

export const toFate = (cell: string): Fate => {
  const fate = FATES.find((one) => one === cell);
  if (fate === undefined) throw new Error(`The guide says "${cell}"; the tests know ${FATES.join(', ')}.`);
  return fate;
};

/** A page in folders, as a CMS has: an address that a filter made relative leads astray here. */
const PATH = '/blog/2026/a-post/';

/** What the wire says: a value for each field of the guide's snippets. */
const WIRE = '{"infrastructure":{"cpu_usage":41.5,"memory_usage":60.5,"disk_usage":12.5}}';
const VALUES = ['41.5', '60.5', '12.5'];

const WIDGETS = ['metric-card', 'connection-indicator', 'line-chart'] as const;
type Counts = Readonly<Record<(typeof WIDGETS)[number], number>>;

const countWidgets = (count: (name: (typeof WIDGETS)[number]) => number): Counts => ({
  'metric-card': count('metric-card'),
  'connection-indicator': count('connection-indicator'),
  'line-chart': count('line-chart'),
});

/** The widgets that a snippet writes, in whichever form. */
const written = (snippet: string): Counts =>
  countWidgets((name) => [...snippet.matchAll(new RegExp(`(?:<rt-|data-rt="|widget=)${name}\\b`, 'g'))].length);

/** A live widget beside the snippet: when it lives, the script has run and the wire works. */
const CONTROL =
  '<rt-feed id="control" src="/control"><rt-metric-card label="control" field="infrastructure.cpu_usage"></rt-metric-card></rt-feed>';

const open = async (page: Page, scripted: Scripted, head: string, body: string): Promise<void> => {
  scripted.greeting = WIRE;
  scripted.answers.set('/control', (_request, response) => sendText(response, 'application/json', WIRE));
  scripted.answers.set(PATH, (_request, response) =>
    sendText(
      response,
      'text/html; charset=utf-8',
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>post</title><link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`,
    ),
  );
  await page.goto(scripted.origin + PATH);
};

interface Seen {
  readonly live: Counts;
  /** What the cards show. */
  readonly values: string[];
  /** The labels that the charts' tables have. */
  readonly series: string[];
}

const look = async (frame: Frame): Promise<Seen> => {
  const { live, values, series } = await frame.evaluate(() => {
    const ours = (tag: string): Element[] =>
      [...document.querySelectorAll(tag)].filter((element) => element.closest('#control') === null);
    const isLive = (element: Element): boolean => element.matches(':defined') && element.matches(':state(live)');
    const names = ['metric-card', 'connection-indicator', 'line-chart'] as const;
    return {
      live: Object.fromEntries(names.map((name) => [name, ours(`rt-${name}`).filter(isLive).length])),
      values: ours('rt-metric-card').map(
        (card) => card.shadowRoot?.querySelector(`[part='value']`)?.textContent.trim() ?? '',
      ),
      series: [...document.querySelectorAll('rt-line-chart')]
        .filter((chart) => chart.matches(':defined'))
        .flatMap((chart) => (chart.toCSV().split('\r\n', 1)[0] ?? '').split(',').slice(1)),
    };
  });
  return { live: countWidgets((name) => live[name] ?? 0), values, series };
};

const SERIES = /(?:<rt-series|data-rt="series")[^>]*?\blabel="([^"]*)"/g;

const expectLife = async (frame: Frame, snippet: string): Promise<void> => {
  const expected = written(snippet);
  const labels = [...snippet.matchAll(SERIES)].map(([, label]) => label);
  await expect.poll(() => look(frame)).toMatchObject({ live: expected, series: labels });
  const { values } = await look(frame);
  expect(values).toHaveLength(expected['metric-card']);
  for (const value of values) expect(VALUES).toContain(value);
};

/** Resolves when the widget beside the snippet lives. */
const controlLives = async (page: Page): Promise<void> => {
  await expect
    .poll(() => page.evaluate(() => document.querySelector('#control > *')?.matches(':state(live)')))
    .toBe(true);
};

/** What is left in a page that could run, show or connect, but for the widget beside the snippet. */
const remains = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.body.querySelectorAll('*')]
      .filter((element) => element.closest('#control') === null)
      .filter((element) => element.matches('iframe, script, [data-rt]') || element.localName.startsWith('rt-'))
      .map(({ localName }) => localName),
  );

const frameOf = async (page: Page): Promise<Frame> => {
  const frame = await (await page.waitForSelector('iframe')).contentFrame();
  if (frame === null) throw new Error('The page has an iframe without a document.');
  return frame;
};

/** The form of a snippet, which says where its widgets are looked for, and what brings the script. */
export type Form = 'in the page' | 'in a frame' | 'script';

export interface Case {
  readonly form: Form;
  /** As the author wrote it. */
  readonly snippet: string;
  /** What a filter left of it. */
  readonly left: string;
}

const expectScriptFate = async (page: Page, scripted: Scripted, left: string, fate: Fate): Promise<void> => {
  await open(page, scripted, '', `${left}${CONTROL}`);
  if (fate === 'lives') return controlLives(page);
  expect(await remains(page)).toEqual([]);
  expect(await page.evaluate(() => customElements.get('rt-feed') === undefined)).toBe(true);
};

/** Puts what a filter left into a page, and sees that it has the fate that the guide tells. */
export const expectFate = async (
  page: Page,
  scripted: Scripted,
  { form, snippet, left }: Case,
  fate: Fate,
): Promise<void> => {
  if (form === 'script') return expectScriptFate(page, scripted, left, fate);
  await open(page, scripted, HEAD, `${left}${CONTROL}`);
  await controlLives(page);
  if (fate === 'gone') return expect(await remains(page)).toEqual([]);
  if (fate === 'lives') return expectLife(form === 'in a frame' ? await frameOf(page) : page.mainFrame(), snippet);
  expect(await remains(page)).toEqual(['iframe']);
  // A sandbox without permissions: the frame's document stands, its script was never run.
  expect(await page.locator('iframe').getAttribute('sandbox')).toBe('');
};
