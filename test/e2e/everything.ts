/** A page with every element, and a feed for each transport; and the checks that all of it lives. For tests of what surrounds it. */
import type { ServerResponse } from 'node:http';
import type { Page } from '@playwright/test';
import { expect, sendText, type Scripted } from './scripted.js';
import { chartRows, notLive, readCards, recorded, seriesPixels, type View, type Watched } from './watching.js';

export const moduleTag = (base = ''): string => `<script type="module" src="${base}/dist/rt-widgets.js"></script>`;
export const classicTag = (base = ''): string => `<script src="${base}/dist/rt-widgets.classic.js"></script>`;

const card = (label: string): string =>
  `<rt-metric-card label="${label}" channel="metrics" field="load" trend="auto"></rt-metric-card>`;

const CHART = `<rt-line-chart label="Load" channel="metrics" window="60s" fill>
  <rt-series field="load" label="Load" color="rebeccapurple"></rt-series>
  <rt-threshold value="90" label="limit" level="critical"></rt-threshold>
</rt-line-chart>`;

/** The feeds, by the names of their cards. `base` goes before each address. */
const FEEDS: Readonly<Record<string, (base: string) => string>> = {
  sse: (base) => `src="${base}/events" transport="sse"`,
  socket: (base) => `src="${base}/ws" transport="websocket"`,
  auto: (base) => `src="${base}/events?auto"`,
  polling: (base) => `src="${base}/api" transport="polling" interval="200ms"`,
  'long polling': (base) => `src="${base}/long" transport="long-polling"`,
};

/** Every element; the first feed holds the indicator, the chart and the pause button. */
export const everything = (base = ''): string => {
  const feeds = Object.entries(FEEDS).map(([name, attributes], index) => {
    const more =
      index === 0
        ? `<rt-connection-indicator></rt-connection-indicator>${CHART}<rt-pause-button></rt-pause-button>`
        : '';
    const debug = index === 0 ? 'debug' : '';
    return `<rt-feed ${attributes(base)} channels="metrics" ${debug}>${card(name)}${more}</rt-feed>`;
  });
  const source = `<rt-feed channels="metrics"><rt-source src="${base}/events" transport="sse"></rt-source>${card('source')}</rt-feed>`;
  return feeds.join('') + source;
};

export const CARDS = [...Object.keys(FEEDS), 'source'];

export interface Wires {
  /** Says a number over every transport. */
  say(load: number): void;
}

/** Lets the server speak all transports; `load` is what it says first. */
export const serveEverything = (scripted: Scripted, load = 0.5): Wires => {
  const textOf = (value: number): string => JSON.stringify({ load: value, timestamp: Date.now() });
  let text = textOf(load);
  const waiting = new Set<ServerResponse>();
  let isNew = true;
  scripted.greeting = text;
  scripted.answers.set('/api', (_request, response) => sendText(response, 'application/json', text));
  scripted.answers.set('/long', (_request, response) => {
    if (!isNew) {
      waiting.add(response);
      response.on('close', () => waiting.delete(response));
      return;
    }
    isNew = false;
    sendText(response, 'application/json', text);
  });
  return {
    say(value) {
      text = textOf(value);
      scripted.say('metrics', text);
      isNew = waiting.size === 0;
      for (const response of waiting) sendText(response, 'application/json', text);
      waiting.clear();
    },
  };
};

/** Every card shows what the server says now, over its own transport; the chart has it and has drawn. */
export const expectLife = async (page: View, wires: Wires, values: readonly number[] = [12, 34]): Promise<void> => {
  await expect.poll(() => notLive(page)).toEqual([]);
  for (const value of values) {
    wires.say(value);
    await expect
      .poll(async () => (await readCards(page)).map((shown) => [shown.label, shown.value]))
      .toEqual(CARDS.map((name) => [name, String(value)]));
    await expect.poll(async () => (await chartRows(page)).at(-1)).toMatch(new RegExp(`,${value}$`));
  }
  await expect.poll(async () => (await seriesPixels(page)).every((count) => count > 10)).toBe(true);
};

/** What a reader does: reads a point, hides a series and shows it, pauses and goes on. */
export const expectHands = async (page: Page): Promise<void> => {
  const chart = page.locator('rt-line-chart');
  await chart.locator('canvas').hover();
  await expect(chart.locator(`[part='tooltip']`)).toContainText('Load');
  await page.mouse.move(0, 0);
  await expect(chart.locator(`[part='tooltip']`)).toBeEmpty();

  const series = chart.locator(`[part='series']`);
  await series.focus();
  await page.keyboard.press('Enter');
  await expect(series).toHaveAttribute('aria-pressed', 'false');
  await page.keyboard.press('Enter');
  await expect(series).toHaveAttribute('aria-pressed', 'true');

  const pause = page.locator('rt-pause-button').locator('button');
  await pause.click();
  await expect(page.locator('rt-feed').first()).toHaveAttribute('paused');
  await pause.click();
  await expect(page.locator('rt-feed').first()).not.toHaveAttribute('paused');
};

/** The overlay's buttons; `copies` where the browser lets the page copy, else the report is shown to be copied by hand. */
export const expectDebug = async (page: View, copies: boolean): Promise<void> => {
  const panel = page.locator('[aria-label="rt-widgets debug"]');
  await expect(panel).toContainText('/events');
  await panel.getByRole('button', { name: 'Copy report' }).click();
  if (copies) await expect(panel.getByRole('button', { name: 'Copied' })).toBeVisible();
  else await expect(panel.getByRole('textbox')).toHaveValue(/metrics/);
  await panel.getByRole('button', { name: 'Close' }).click();
  await expect(panel).toHaveCount(0);
};

/** No violation, no word in the console, no `rt-error`. */
export const expectQuiet = async (page: View, { faults, said }: Watched): Promise<void> => {
  const { violations, errors } = await recorded(page);
  expect({ faults, said, violations, errors }).toEqual({ faults: [], said: [], violations: [], errors: [] });
};
