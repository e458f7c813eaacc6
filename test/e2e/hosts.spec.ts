/**
 * Hosts that move things: page builders that clone, scripts that write the page anew, htmx, templates, pop-outs, printers.
 * What is moved goes on or begins anew, by the rules of src/HOSTS.md; nothing is connected twice, and nothing is said that
 * is not so.
 */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, HEAD, sendText, test, type Scripted } from './scripted.js';
import { readCards, recorded, watch, type ShownCard, type Watched } from './watching.js';

const FEED = '<rt-feed id="f" src="/events" transport="sse" channels="metrics">';
const CARD = '<rt-metric-card label="Load" channel="metrics" field="load"></rt-metric-card>';
const CHART = '<rt-line-chart label="Load" channel="metrics" fields="load" window="60s"></rt-line-chart>';
const BUTTON = '<rt-pause-button></rt-pause-button>';
const INDICATOR = '<rt-connection-indicator></rt-connection-indicator>';
const REGION = `${FEED}${INDICATOR}${BUTTON}${CARD}${CHART}</rt-feed>`;

const at = (load: number): string => JSON.stringify({ load, timestamp: Date.now() });

const open = async (page: Page, scripted: Scripted, body = REGION, head = HEAD): Promise<Watched> => {
  scripted.greeting = at(1);
  Object.assign(scripted, { head, body });
  const watched = await watch(page);
  await page.goto(scripted.origin);
  return watched;
};

const values = async (page: Page): Promise<string[]> => (await readCards(page)).map(({ value }) => value);

/** All cards of the page, and there are `count`, show what the server says now. */
let last = 1;
const expectLife = async (page: Page, scripted: Scripted, count = 1): Promise<void> => {
  await expect.poll(() => values(page)).toHaveLength(count);
  await expect
    .poll(async () => (await readCards(page)).map(({ states }) => states[0]))
    .toEqual(Array(count).fill('live'));
  scripted.say('metrics', at(++last));
  await expect.poll(() => values(page)).toEqual(Array(count).fill(String(last)));
};

const expectQuiet = async (page: Page, { faults, said }: Watched): Promise<void> => {
  expect({ faults, said, errors: (await recorded(page)).errors }).toEqual({ faults: [], said: [], errors: [] });
};

/** One connection for all, and it is the first: nothing was connected twice, or anew. */
const expectOne = async (scripted: Scripted): Promise<void> => {
  await expect.poll(() => ({ open: scripted.open, opened: scripted.opened })).toEqual({ open: 1, opened: 1 });
};

/** What each feed's attribute says, and what is so. */
const statuses = (page: Page): Promise<(readonly [said: string | null, isSo: string])[]> =>
  page
    .locator('rt-feed')
    .evaluateAll((feeds) =>
      (feeds as HTMLElementTagNameMap['rt-feed'][]).map((feed) => [feed.getAttribute('status'), feed.status] as const),
    );

/** What the cards show in the very frame in which `action` ran, and after each of the frames that follow. */
const framesOf = (page: Page, action: string): Promise<string[]> =>
  page.evaluate(async (code) => {
    const seen: string[] = [];
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- it is the test's own text
    new Function(code)();
    for (let frame = 0; frame < 20; frame++) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const card = document.querySelector('rt-metric-card');
      seen.push(card?.shadowRoot?.querySelector(`[part='value']`)?.textContent ?? '');
    }
    return seen;
  }, action);

test.describe('clones', () => {
  const CLONES: Readonly<Record<string, string>> = {
    'beside its original': 'original.after(original.cloneNode(true))',
    'before its original': 'original.before(original.cloneNode(true))',
    'in a region that is cloned whole': 'main.after(main.cloneNode(true))',
    'imported into the page': 'original.after(document.importNode(original, true))',
  };
  for (const [where, code] of Object.entries(CLONES)) {
    test(`a feed's clone ${where} shares its connection and shows its values at once`, async ({ page, scripted }) => {
      const watched = await open(page, scripted, `<main>${REGION}</main>`);
      await expectLife(page, scripted);
      const frames = await framesOf(
        page,
        `const main = document.querySelector('main'); const original = main.firstChild; ${code}`,
      );
      expect(new Set(frames)).toEqual(new Set([String(last)]));
      await expectLife(page, scripted, 2);
      await expectOne(scripted);
      expect(await statuses(page)).toEqual(Array(2).fill(['connected', 'connected']));
      await expectQuiet(page, watched);
    });
  }

  const REPLACED: Readonly<Record<string, string>> = {
    'takes its place': 'original.replaceWith(original.cloneNode(true))',
    'is put after it before it goes': 'original.after(original.cloneNode(true)); original.remove()',
    'is put before it before it goes': 'original.before(original.cloneNode(true)); original.remove()',
    'comes in a later task':
      'const clone = original.cloneNode(true); original.remove(); setTimeout(() => main.append(clone), 50)',
  };
  for (const [how, code] of Object.entries(REPLACED)) {
    test(`a clone that ${how} keeps the connection; a widget that names the feed goes on`, async ({
      page,
      scripted,
    }) => {
      const outside = CARD.replace('<rt-metric-card', '<rt-metric-card feed="f"');
      const watched = await open(page, scripted, `${outside}<main>${REGION}</main><rt-feed></rt-feed>`);
      await expectLife(page, scripted, 2);
      await page.evaluate((text) => {
        const main = document.querySelector('main');
        // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- it is the test's own text
        new Function('main', 'original', text)(main, main?.firstElementChild);
      }, code);
      await expectLife(page, scripted, 2);
      // The grace of the original has ended by then.
      await page.waitForFunction(
        (since) => performance.now() - since > 700,
        await page.evaluate(() => performance.now()),
      );
      await expectLife(page, scripted, 2);
      await expectOne(scripted);
      await expectQuiet(page, watched);
    });
  }

  test('a clone that stands in no page says so, and opens nothing', async ({ page, scripted }) => {
    const watched = await open(page, scripted);
    await expectLife(page, scripted);
    const said = await page.evaluate(() => {
      const feed = document.querySelector('rt-feed');
      const clone = feed?.cloneNode(true) as HTMLElementTagNameMap['rt-feed'];
      return [feed?.getAttribute('status'), clone.getAttribute('status'), clone.status];
    });
    expect(said).toEqual(['connected', 'idle', 'idle']);
    await expectOne(scripted);
    await expectQuiet(page, watched);
  });

  test('a clone of before the script lives like its original', async ({ page, scripted }) => {
    const watched = await open(page, scripted, REGION, '');
    await page.evaluate(() => {
      const feed = document.querySelector('rt-feed');
      feed?.after(feed.cloneNode(true));
    });
    await page.addScriptTag({ url: '/dist/rt-widgets.js', type: 'module' });
    await expectLife(page, scripted, 2);
    await expectOne(scripted);
    await expectQuiet(page, watched);
  });

  test('a widget cloned beside itself reads the same feed, and draws', async ({ page, scripted }) => {
    const watched = await open(page, scripted);
    await expectLife(page, scripted);
    await page.evaluate(() => {
      for (const widget of document.querySelectorAll('rt-metric-card, rt-line-chart, rt-pause-button'))
        widget.after(widget.cloneNode(true));
    });
    await expectLife(page, scripted, 2);
    await expect
      .poll(() =>
        page
          .locator('rt-line-chart canvas')
          .evaluateAll((all) => (all as HTMLCanvasElement[]).map(({ width }) => width > 300)),
      )
      .toEqual([true, true]);
    expect(await page.locator('rt-pause-button button').count()).toBe(2);
    await expectOne(scripted);
    await expectQuiet(page, watched);
  });

  test('who makes the page equal to its source takes `status` away: it is there again', async ({ page, scripted }) => {
    const watched = await open(page, scripted);
    await expectLife(page, scripted);
    await page.evaluate(() => document.querySelector('rt-feed')?.removeAttribute('status'));
    expect(await statuses(page)).toEqual([['connected', 'connected']]);
    await page.evaluate(() => document.querySelector('rt-feed')?.setAttribute('status', 'error'));
    expect(await statuses(page)).toEqual([['connected', 'connected']]);
    await expectQuiet(page, watched);
  });
});

test.describe('pages that are written anew', () => {
  const ROUND_TRIPS: Readonly<Record<string, string>> = {
    innerHTML: 'box.innerHTML = box.innerHTML',
    outerHTML: 'box.outerHTML = box.outerHTML',
    setHTMLUnsafe: 'box.setHTMLUnsafe(box.innerHTML)',
    insertAdjacentHTML: `const text = box.innerHTML; box.textContent = ''; box.insertAdjacentHTML('afterbegin', text)`,
    'DOMParser and importNode': `const read = new DOMParser().parseFromString(box.innerHTML, 'text/html');
      box.replaceChildren(...[...read.body.childNodes].map((node) => document.importNode(node, true)))`,
    'DOMParser and nodes of another document': `const read = new DOMParser().parseFromString(box.innerHTML, 'text/html');
      box.replaceChildren(...read.body.childNodes)`,
    'a range': `const text = box.innerHTML; const range = document.createRange(); range.selectNodeContents(box);
      range.deleteContents(); range.insertNode(range.createContextualFragment(text))`,
    'a body in place of the body': `const body = document.createElement('body'); body.innerHTML = document.body.innerHTML;
      document.documentElement.replaceChild(body, document.body)`,
  };
  for (const [how, code] of Object.entries(ROUND_TRIPS)) {
    test(`${how}: the connection stays, and values are there again at once`, async ({ page, scripted }) => {
      const watched = await open(page, scripted, `<main>${REGION}</main>`);
      await expectLife(page, scripted);
      const frames = await framesOf(page, `const box = document.querySelector('main'); ${code}`);
      expect(frames.filter((value) => value !== '–' && value !== String(last))).toEqual([]);
      expect(frames.slice(3)).toEqual(Array(17).fill(String(last)));
      await expectLife(page, scripted);
      expect(await statuses(page)).toEqual([['connected', 'connected']]);
      await expect.poll(() => page.locator('rt-line-chart canvas').count()).toBe(1);
      await expectOne(scripted);
      await expectQuiet(page, watched);
    });
  }

  test('fifty times in one task: one connection', async ({ page, scripted }) => {
    const watched = await open(page, scripted, `<main>${REGION}</main>`);
    await expectLife(page, scripted);
    await page.evaluate(() => {
      const box = document.querySelector('main');
      for (let time = 0; time < 50; time++) if (box !== null) box.innerHTML = String(box.innerHTML);
    });
    await expectLife(page, scripted);
    await expectOne(scripted);
    await expectQuiet(page, watched);
  });

  test('document.write after the page has loaded: what it writes lives', async ({ page, scripted }) => {
    const watched = await open(page, scripted);
    await expectLife(page, scripted);
    await page.evaluate((text) => {
      document.open();
      document.write(`<!doctype html><title>other</title><body>${text}`);
      document.close();
    }, REGION);
    await expectLife(page, scripted);
    await expectOne(scripted);
    expect(watched.faults).toEqual([]);
  });
});
