/** Ten thousand messages a second, and ten times as many in arrays: the page goes on, and nothing is lost in silence. */

import { expect, test } from '@playwright/test';
import { startFlood, type FloodReport, type FloodWishes } from '../bench/flooding.mjs';

/** Modest, for slow machines: a page that hangs shows none. Where an idle page has fewer than twice as many, half of those. */
const LEAST_FRAMES_A_SECOND = 20;

const flooded = test.extend<{ readonly flood: (wishes: FloodWishes) => Promise<FloodReport> }>({
  flood: async ({ browser }, use) => {
    const { run, stop } = await startFlood(browser);
    await use(run);
    await stop();
  },
});

/** The number `n` that a widget ends at. */
const lastOf = ({ cards, chartLast }: FloodReport): { card: number; chart: number } => ({
  card: Number(cards[0]),
  chart: Number(chartLast.split(',')[1]),
});

/** What each sample's `value` is, by its number, as a card with two decimals shows it. */
const valueOf = (n: number): number => Math.round(Math.sin(n / 1_000) * 1e4) / 100;

/** A flood of `n` alone has nothing for the widgets of `value`: that they are told of as such is no problem of it. */
const isProblem = (sentence: string): boolean => !sentence.includes('field="value"> has found nothing');

const expectEnd = (report: FloodReport, sent: number): void => {
  expect(report.problems.filter(isProblem)).toEqual([]);
  expect(report.sent).toBe(sent);
  expect(report.newest).toBe(sent);
  expect(lastOf(report)).toEqual({ card: sent, chart: sent });
  expect(report.chartDropped).toBe(0);
};

const expectLastValue = ({ cards, chartLast }: FloodReport, sent: number): void => {
  expect([cards[1], chartLast.split(',')[2]].map(Number)).toEqual([valueOf(sent), valueOf(sent)]);
};

flooded(
  '10,000 messages a second: frames go on, no message is missed, every widget ends at the last value',
  async ({ flood }) => {
    const report = await flood({ rate: 10_000, seconds: 3, shape: 'single' });
    expectEnd(report, 30_000);
    expectLastValue(report, 30_000);
    expect({ received: report.received, dropped: report.dropped, breaks: report.breaks }).toEqual({
      received: 30_000,
      dropped: 0,
      breaks: 0,
    });
    expect(report.frames / report.seconds).toBeGreaterThanOrEqual(
      Math.min(LEAST_FRAMES_A_SECOND, report.calmFramesASecond / 2),
    );
    // At most one event a frame: they are not told one by one.
    expect(report.events).toBeLessThanOrEqual(report.frames + 2);
  },
);

flooded(
  '100,000 messages in one array: the newest 65,536 are kept, the rest is counted, the page answers',
  async ({ flood }) => {
    const report = await flood({ rate: 100_000, seconds: 3, shape: 'bare', every: 1_000 });
    expectEnd(report, 300_000);
    expect(report.received + report.dropped).toBe(300_000);
    expect(report.dropped).toBeGreaterThan(0);
    // What is kept of an array is its end, without a hole.
    expect(report.breaks).toBeLessThanOrEqual(report.events);
    expect(report.mostMessagesAnEvent).toBe(65_536);
    expect(report.slowestAnswer).toBeLessThan(1_000);
  },
);

flooded(
  '100,000 samples a second as arrays of data: none is missed, the chart and the cards end at the last',
  async ({ flood }) => {
    const report = await flood({ rate: 100_000, seconds: 3, shape: 'data', every: 16 });
    expectEnd(report, 300_000);
    expect({ received: report.received, dropped: report.dropped, breaks: report.breaks }).toEqual({
      received: 300_000,
      dropped: 0,
      breaks: 0,
    });
    expect(report.slowestAnswer).toBeLessThan(1_000);
    expect(report.frames).toBeGreaterThan(report.seconds * 5);
  },
);
