/** The demo's small page: nothing but its lines, and it works. README's own examples are run by readme.spec.ts. */
import { expect, test } from './fixtures.js';
import { amountOf, chartRows, notLive, readCard, readIndicator, recorded, seriesPixels, watch } from './watching.js';

test('the example works as it stands: all its widgets live, and nothing goes wrong', async ({ page, request }) => {
  const watched = await watch(page);
  await page.goto('/example.html');
  // As the README has it.
  const alert = page.locator('rt-metric-card[channel=alert]');
  await expect(alert.locator('[part=label]')).toHaveText('Last alert');
  await request.post('/api/publish/alert', { data: { message: 'hello' } });
  await expect(alert.locator('[part=value]')).toHaveText('hello');
  await expect.poll(() => notLive(page)).toEqual([]);
  expect(await readIndicator(page)).toEqual({ status: 'Connected', transport: 'Event stream', retry: false });
  const card = await readCard(page);
  expect(card).toMatchObject({ label: 'CPU usage', unit: '%', note: '' });
  expect(amountOf(card).amount).toBeGreaterThanOrEqual(0);
  expect(amountOf(card).amount).toBeLessThanOrEqual(100);
  await expect.poll(() => seriesPixels(page)).toEqual([expect.any(Number), expect.any(Number)]);
  await expect.poll(async () => (await seriesPixels(page)).every((count) => count > 10)).toBe(true);
  const before = await chartRows(page);
  await expect.poll(async () => (await chartRows(page)).length).toBeGreaterThan(before.length);
  const { violations, errors } = await recorded(page);
  expect({ ...watched, requests: [], violations, errors }).toEqual({
    faults: [],
    said: [],
    requests: [],
    violations: [],
    errors: [],
  });
});

test('the example needs no script, style sheet or inline code beyond the bundle and the elements', async ({
  baseURL,
}) => {
  const text = await (await fetch(`${baseURL ?? ''}/example.html`)).text();
  expect(text.match(/<script[^>]*>/g)).toEqual(['<script type="module" src="dist/rt-widgets.js">']);
  expect(text).not.toMatch(/<style|rel="stylesheet"|\s(?:style|class|on\w+)=/);
});
