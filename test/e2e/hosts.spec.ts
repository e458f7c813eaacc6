/**
 * Hosts that move things: page builders that clone, scripts that write the page anew, htmx, templates, pop-outs, printers.
 * What is moved goes on or begins anew, by the rules of src/HOSTS.md; nothing is connected twice, and nothing is said that
 * is not so.
 */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, HEAD, sendText, test, type Scripted } from './scripted.js';
import { readCards, recorded, watch, type Watched } from './watching.js';

/** How many pixels of a chart have the colour of the grid on a dark page, and on a light one; and how many it is wide. */
interface Inks {
  readonly dark: number;
  readonly light: number;
  readonly width: number;
}

declare global {
  interface Window {
    /** What a test has opened, and what it holds on to. */
    popup?: Window | undefined;
    kept?: Element | undefined;
    inksOf?: (chart: Element) => Inks;
    printed?: Inks | undefined;
    changes?: number;
  }
}

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

  test('a clone has the attributes and not what a script had set: another connection, which says who reads when it is told', async ({
    page,
    scripted,
  }) => {
    const readers: unknown[] = [];
    scripted.answers.set('/who', (request, response) => {
      readers.push(request.headers['x-reader']);
      sendText(response, 'application/json', '{"load": 1}');
    });
    const watched = await open(page, scripted, '<rt-feed src="/who" transport="polling" interval="1h"></rt-feed>', '');
    await page.evaluate(() =>
      Object.assign(document.querySelector('rt-feed') ?? {}, { headers: { 'X-Reader': 'me' } }),
    );
    await page.addScriptTag({ url: '/dist/rt-widgets.js', type: 'module' });
    await expect.poll(() => readers).toEqual(['me']);
    await page.evaluate(() => {
      const feed = document.querySelector('rt-feed');
      const told = feed?.cloneNode(true) as HTMLElementTagNameMap['rt-feed'];
      told.headers = { 'X-Reader': 'you' };
      feed?.after(told, feed.cloneNode(true));
    });
    await expect.poll(() => readers).toEqual(['me', 'you', undefined]);
    await expectQuiet(page, watched);
  });

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
      for (let time = 0; time < 50; time++) {
        const text = box?.innerHTML ?? '';
        if (box !== null) box.innerHTML = text;
      }
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
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- pages do it all the same
      document.write(`<!doctype html><title>other</title><body>${text}`);
      document.close();
    }, REGION);
    await expectLife(page, scripted);
    await expectOne(scripted);
    expect(watched.faults).toEqual([]);
  });
});

test.describe('htmx', () => {
  const HTMX = `<script src="/htmx.js"></script><meta name="htmx-config" content='{"defaultSwapDelay":0,"defaultSettleDelay":20}'>`;

  /** A swap that makes what is there equal to what comes, as morphing libraries do, and keeps elements where it can. */
  const MORPH = `<script>
    const morph = (old, next) => {
      if (old.nodeType !== next.nodeType || old.nodeName !== next.nodeName) return old.replaceWith(next);
      if (old.nodeType !== 1) return void (old.nodeValue !== next.nodeValue && (old.nodeValue = next.nodeValue));
      for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) old.removeAttribute(name);
      for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
      const [now, then] = [[...old.childNodes], [...next.childNodes]];
      then.forEach((node, at) => (at < now.length ? morph(now[at], node) : old.append(node)));
      now.slice(then.length).forEach((node) => node.remove());
    };
    htmx.defineExtension('morph', {
      isInlineSwap: (style) => style === 'morph',
      handleSwap: (style, target, fragment) => {
        if (style !== 'morph') return false;
        morph(target, fragment.firstElementChild);
        return [target];
      },
    });
  </script>`;

  const start = async (page: Page, scripted: Scripted, body: string): Promise<Watched> => {
    scripted.answers.set('/htmx.js', (_request, response) =>
      sendText(response, 'text/javascript', readFileSync('node_modules/htmx.org/dist/htmx.min.js', 'utf8')),
    );
    return open(page, scripted, body, HTMX + MORPH + HEAD);
  };

  const answer = (scripted: Scripted, path: string, html: string): void =>
    void scripted.answers.set(path, (_request, response) => sendText(response, 'text/html', html));

  for (const swap of ['innerHTML', 'outerHTML', 'morph', 'innerHTML transition:true', 'outerHTML settle:100ms']) {
    test(`a region swapped by ${swap} goes on over the same connection`, async ({ page, scripted }) => {
      const region = `<main id="box">${REGION}</main>`;
      const watched = await start(
        page,
        scripted,
        `<button hx-get="/part" hx-target="#box" hx-swap="${swap}" hx-ext="morph">swap</button>${region}`,
      );
      answer(scripted, '/part', swap.startsWith('innerHTML') ? REGION : region);
      await expectLife(page, scripted);
      for (let time = 0; time < 3; time++) {
        const settled = page.evaluate(
          () => new Promise((resolve) => document.addEventListener('htmx:afterSettle', resolve, { once: true })),
        );
        await page.getByText('swap').click();
        await settled;
        await expectLife(page, scripted);
      }
      expect(await statuses(page)).toEqual([['connected', 'connected']]);
      await expectOne(scripted);
      await expectQuiet(page, watched);
    });
  }

  test('a morph keeps the element, what it has read and what a person did to it', async ({ page, scripted }) => {
    const region = `<main id="box">${REGION}</main>`;
    const watched = await start(
      page,
      scripted,
      `<button hx-get="/part" hx-target="#box" hx-swap="morph" hx-ext="morph">swap</button>${region}`,
    );
    answer(scripted, '/part', region.replace('label="Load"', 'label="Load now"'));
    await expectLife(page, scripted);
    await expectLife(page, scripted);
    const rows = (): Promise<number> =>
      page
        .locator('rt-line-chart')
        .evaluate((chart) => (chart as HTMLElementTagNameMap['rt-line-chart']).toCSV().split('\r\n').length);
    const before = await rows();
    await page.getByText('swap').click();
    await expect.poll(async () => (await readCards(page))[0]?.label).toBe('Load now');
    expect(await rows()).toBeGreaterThanOrEqual(before);
    await expectLife(page, scripted);
    await expectOne(scripted);
    await expectQuiet(page, watched);
  });

  test('a swap out of band replaces a feed with that id, which its widgets outside follow', async ({
    page,
    scripted,
  }) => {
    const outside = CARD.replace('<rt-metric-card', '<rt-metric-card feed="f"');
    const watched = await start(
      page,
      scripted,
      `<button hx-get="/part" hx-swap="none">swap</button>${outside}${REGION}<rt-feed></rt-feed>`,
    );
    answer(scripted, '/part', REGION.replace('<rt-feed', '<rt-feed data-new hx-swap-oob="true"'));
    await expectLife(page, scripted, 2);
    await page.getByText('swap').click();
    await expect.poll(() => page.locator('rt-feed[data-new]').count()).toBe(1);
    await expectLife(page, scripted, 2);
    await expectOne(scripted);
    await expectQuiet(page, watched);
  });

  test('boosted pages, and the way back out of the history: one connection at a time, nothing twice', async ({
    page,
    scripted,
  }) => {
    const watched = await start(page, scripted, `<nav hx-boost="true"><a href="/next">next</a></nav>${REGION}`);
    answer(scripted, '/next', `<!doctype html><title>next</title><body><h1>next</h1></body>`);
    await expectLife(page, scripted);
    await page.getByText('next').click();
    await expect(page.getByRole('heading')).toHaveText('next');
    expect(await page.locator('rt-feed').count()).toBe(0);
    await expect.poll(() => scripted.open, { timeout: 8_000 }).toBe(0);
    await page.goBack();
    await expectLife(page, scripted);
    expect(await statuses(page)).toEqual([['connected', 'connected']]);
    await expect.poll(() => ({ open: scripted.open, opened: scripted.opened })).toEqual({ open: 1, opened: 2 });
    expect(await page.locator('rt-line-chart canvas').count()).toBe(1);
    // What htmx kept of the page is its text: what was there is there, once.
    expect(await page.evaluate(() => document.querySelectorAll('rt-feed > *').length)).toBe(4);
    await expectQuiet(page, watched);
  });

  test('the debug overlay is not kept in a history of pages', async ({ page, scripted }) => {
    await start(
      page,
      scripted,
      `<nav hx-boost="true"><a href="/next">next</a></nav>${REGION.replace('<rt-feed', '<rt-feed debug')}`,
    );
    answer(scripted, '/next', `<!doctype html><title>next</title><body><h1>next</h1></body>`);
    await expectLife(page, scripted);
    const panels = (): Promise<number> => page.locator('html > div').count();
    await expect.poll(panels).toBe(1);
    await page.getByRole('link', { name: 'next' }).click({ force: true });
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('next');
    await expect.poll(panels).toBe(0);
    await page.goBack();
    await expectLife(page, scripted);
    await expect.poll(panels).toBe(1);
  });
});

test('a swap within a view transition goes on over the same connection', async ({ page, scripted }) => {
  const watched = await open(page, scripted, `<main>${REGION}</main>`);
  await expectLife(page, scripted);
  await page.evaluate(async () => {
    const box = document.querySelector('main');
    const transition = document.startViewTransition(() => {
      const text = box?.innerHTML ?? '';
      if (box !== null) box.innerHTML = text;
    });
    await transition.finished;
  });
  await expectLife(page, scripted);
  await expectOne(scripted);
  await expectQuiet(page, watched);
});

test.describe('templates and shadow roots', () => {
  test('what stands in a template does nothing; its clones live', async ({ page, scripted }) => {
    const watched = await open(page, scripted, `<template>${REGION}<rt-feed src="nothing:"></rt-feed></template>`);
    await page.waitForFunction(() => customElements.get('rt-feed') !== undefined);
    expect(scripted.opened).toBe(0);
    expect(watched.said).toEqual([]);
    const insert = (code: string): Promise<void> =>
      page.evaluate((how) => {
        const template = document.querySelector('template');
        const region = template?.content.firstElementChild;
        if (region === null || region === undefined) throw new Error('There is no region.');
        document.body.append(how === 'import' ? document.importNode(region, true) : region.cloneNode(true));
      }, code);
    await insert('clone');
    await expectLife(page, scripted);
    await insert('import');
    await expectLife(page, scripted, 2);
    await expectOne(scripted);
    await expectQuiet(page, watched);
  });

  test('what is put away into a template and taken out again keeps its styles, and closes meanwhile', async ({
    page,
    scripted,
  }) => {
    const watched = await open(page, scripted, `${REGION}<template></template>`);
    await expectLife(page, scripted);
    await page.evaluate(() =>
      document.querySelector('template')?.content.append(document.querySelector('rt-feed') ?? ''),
    );
    await expect.poll(() => scripted.open, { timeout: 8_000 }).toBe(0);
    await page.evaluate(() => document.body.append(document.querySelector('template')?.content ?? ''));
    await expectLife(page, scripted);
    await expectStyled(page);
    expect(scripted.opened).toBe(2);
    await expectQuiet(page, watched);
  });

  const inRoot = (html: string, mode = 'open'): string =>
    `<x-box><template shadowrootmode="${mode}">${html}</template><p>slotted</p></x-box>`;
  const NAMED = CARD.replace('<rt-metric-card', '<rt-metric-card feed="f"');
  const ROOTS: Readonly<Record<string, string>> = {
    'a feed outside, its widget in a root': `${FEED}${inRoot(CARD)}</rt-feed>`,
    'a feed and its widget in one root': inRoot(`${FEED}${CARD}</rt-feed>`),
    'a feed in a root, its widget in a root within': inRoot(`${FEED}${inRoot(CARD)}</rt-feed>`),
    'a feed outside, its widget slotted through two roots': `${FEED}<x-box><template shadowrootmode="open"><x-box><template shadowrootmode="open"><slot></slot></template><slot></slot></x-box></template>${CARD}</x-box></rt-feed>`,
    'a feed in a root around a slot, its widget slotted into it': `<x-box><template shadowrootmode="open">${FEED}<slot></slot></rt-feed></template>${CARD}</x-box>`,
    'a feed in a closed root with its widget': inRoot(`${FEED}${CARD}</rt-feed>`, 'closed'),
    'a feed outside, its widget in a closed root': `${FEED}${inRoot(CARD, 'closed')}</rt-feed>`,
    'a feed outside and another one, its widget in a closed root by its id': `<rt-feed></rt-feed>${FEED}</rt-feed>${inRoot(NAMED, 'closed')}`,
    'a feed and its widget by id in one root, and another feed outside': `<rt-feed></rt-feed>${inRoot(`${FEED}</rt-feed>${NAMED}`)}`,
  };
  for (const [what, body] of Object.entries(ROOTS)) {
    test(`${what}: it lives`, async ({ page, scripted }) => {
      const watched = await open(
        page,
        scripted,
        body,
        `<script>
        // Closed roots are seen by nobody, and by this test alone.
        customElements.define('x-box', class extends HTMLElement { internals = this.attachInternals(); });
      </script>${HEAD}`,
      );
      const shown = (): Promise<string | undefined> =>
        page.evaluate(() => {
          const find = (root: ParentNode): Element | undefined => {
            const card = root.querySelector('rt-metric-card');
            if (card !== null) return card;
            for (const box of root.querySelectorAll('x-box')) {
              const inner = (box as HTMLElement & { internals: ElementInternals }).internals.shadowRoot;
              const found = inner === null ? undefined : find(inner);
              if (found !== undefined) return found;
            }
            return undefined;
          };
          return find(document)?.shadowRoot?.querySelector(`[part='value']`)?.textContent ?? undefined;
        });
      await expect.poll(shown).toBe('1');
      scripted.say('metrics', at(7));
      await expect.poll(shown).toBe('7');
      await expectOne(scripted);
      await expectQuiet(page, watched);
    });
  }

  test('a root that was saved with the page, or rendered before, is filled anew', async ({ page, scripted }) => {
    const saved = `<template shadowrootmode="open"><div part="card"><span part="value">99</span></div></template>`;
    const watched = await open(page, scripted, REGION.replace('field="load">', `field="load">${saved}`));
    await expectLife(page, scripted);
    expect(await page.locator('rt-metric-card [part=value]').count()).toBe(1);
    await expectQuiet(page, watched);
  });
});

/** Cards and charts look like cards and charts. */
const expectStyled = async (page: Page): Promise<void> => {
  await expect
    .poll(() =>
      page.evaluate(() => {
        const style = (selector: string, inner: string): CSSStyleDeclaration | undefined => {
          const found = document.querySelector(selector)?.shadowRoot?.querySelector(inner);
          return found ? getComputedStyle(found) : undefined;
        };
        return [style('rt-metric-card', '.card')?.display, style('rt-line-chart', 'figure')?.display];
      }),
    )
    .toEqual(['grid', 'flex']);
};

test('properties that were set before the script came are those of the elements', async ({ page, scripted }) => {
  const watched = await open(
    page,
    scripted,
    `<rt-feed></rt-feed><rt-metric-card label="own"></rt-metric-card><rt-line-chart label="own"></rt-line-chart>
     <rt-connection-indicator></rt-connection-indicator><rt-pause-button></rt-pause-button>`,
    '',
  );
  await page.evaluate(() => {
    const set = (selector: string, values: object): void =>
      void Object.assign(document.querySelector(selector) ?? {}, values);
    set('rt-metric-card', { value: 5, unit: 'kW' });
    set('rt-line-chart', {
      data: { x: [1e12, 1e12 + 1000], series: [{ label: 'a', values: [1, 2] }] },
      noLegend: true,
      paused: true,
    });
    set('rt-feed', {
      src: '/events',
      transport: 'sse',
      headers: { 'X-Token': 'secret' },
      paused: true,
      staleAfter: '9s',
    });
    set('rt-connection-indicator', { compact: true, feed: '' });
    set('rt-pause-button', { label: 'hold' });
  });
  const tokens: unknown[] = [];
  scripted.answers.set('/events', (request, response) => {
    tokens.push(request.headers['x-token']);
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('event: metrics\ndata: {"load": 3}\n\n');
  });
  await page.addScriptTag({ url: '/dist/rt-widgets.js', type: 'module' });
  await expect.poll(() => values(page)).toEqual(['5']);
  await expect.poll(() => page.locator('rt-line-chart canvas').count()).toBe(1);
  await expect
    .poll(() =>
      page.locator('rt-line-chart').evaluate((chart) => (chart as HTMLElementTagNameMap['rt-line-chart']).toCSV()),
    )
    .toContain('time,a');
  await expect.poll(() => tokens).toEqual(['secret']);
  expect(
    await page.evaluate(() => {
      const feed = document.querySelector('rt-feed');
      return [
        feed?.paused,
        feed?.hasAttribute('paused'),
        feed?.staleAfter,
        document.querySelector('rt-line-chart')?.paused,
      ];
    }),
  ).toEqual([true, true, '9s', true]);
  await expectQuiet(page, watched);
});

test('no property that is set before an element lives hides what the element has under that name', async ({
  page,
  scripted,
}) => {
  await open(page, scripted, '<template></template>');
  await page.waitForFunction(() => customElements.get('rt-threshold') !== undefined);
  const [checked, hidden] = await page.evaluate(
    (tags) => {
      const content = document.querySelector('template')?.content;
      const names: string[] = [];
      const hiding: string[] = [];
      for (const tag of tags) {
        // A template's document has no elements of ours: what is made there is plain, as before the script.
        const element = content?.ownerDocument.createElement(tag);
        if (element === undefined) throw new Error('There is no template.');
        const setters: string[] = [];
        for (
          let type = customElements.get(tag)?.prototype as object;
          type !== HTMLElement.prototype;
          type = Object.getPrototypeOf(type) as object
        ) {
          for (const [name, { set }] of Object.entries(Object.getOwnPropertyDescriptors(type)))
            if (set) setters.push(name);
        }
        Object.assign(element, Object.fromEntries(setters.map((name) => [name, undefined])));
        document.body.append(element);
        names.push(...setters);
        hiding.push(...setters.filter((name) => Object.hasOwn(element, name)).map((name) => `${tag}.${name}`));
      }
      return [names, hiding];
    },
    [
      'rt-feed',
      'rt-source',
      'rt-series',
      'rt-threshold',
      'rt-metric-card',
      'rt-line-chart',
      'rt-pause-button',
      'rt-connection-indicator',
    ],
  );
  expect(checked).toEqual(expect.arrayContaining(['data', 'value', 'headers', 'decode', 'paused', 'label']));
  expect(hidden).toEqual([]);
});

test.describe('other windows', () => {
  /** Opens a pop-out that the page's scripts know as `popup`. */
  const popOut = async (page: Page): Promise<Page> => {
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      page.evaluate(() => {
        window.popup = window.open('about:blank', '', 'width=500,height=400') ?? undefined;
      }),
    ]);
    return popup;
  };
  const move = (page: Page, selector: string, where: 'out' | 'back'): Promise<void> =>
    page.evaluate(
      ([what, to]) => {
        const other = window.popup?.document;
        const [from, target] = to === 'out' ? [document, other] : [other, document];
        target?.body.append(from?.querySelector(what) ?? '');
      },
      [selector, where] as const,
    );
  /** As if the page's own window were covered or minimised: it is hidden, and no frame comes. */
  const hide = (page: Page): Promise<void> =>
    page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      window.requestAnimationFrame = () => 0;
      document.dispatchEvent(new Event('visibilitychange'));
    });

  test('a feed with its widgets goes out and comes back: styles, connection and frames go with it', async ({
    page,
    scripted,
  }) => {
    const watched = await open(page, scripted);
    await expectLife(page, scripted);
    const popup = await popOut(page);
    const lost = watch(popup);
    await move(page, 'rt-feed', 'out');
    await expectLife(popup, scripted);
    await expectStyled(popup);
    // An empty window has no doctype, and there the height of everything may be that of the window.
    expect((await popup.locator('rt-metric-card').boundingBox())?.height).toBeLessThan(150);
    await expect
      .poll(() => popup.locator('rt-line-chart canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).width))
      .toBeLessThan(480);
    await move(page, 'rt-feed', 'back');
    await expectLife(page, scripted);
    await expectStyled(page);
    await expect
      .poll(() => page.locator('rt-line-chart canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).width))
      .toBeGreaterThan(600);
    await expectOne(scripted);
    await expectQuiet(page, watched);
    expect((await lost).faults).toEqual([]);
  });

  test('a widget alone goes out: it keeps the feed of its page, what it has read, and its styles', async ({
    page,
    scripted,
  }) => {
    const watched = await open(page, scripted);
    await expectLife(page, scripted);
    await expectLife(page, scripted);
    const rows = (where: Page): Promise<number> =>
      where
        .locator('rt-line-chart')
        .evaluate((chart) => (chart as HTMLElementTagNameMap['rt-line-chart']).toCSV().split('\r\n').length);
    const before = await rows(page);
    const popup = await popOut(page);
    await move(page, 'rt-metric-card', 'out');
    await move(page, 'rt-line-chart', 'out');
    await expectLife(popup, scripted);
    await expectStyled(popup);
    expect(await rows(popup)).toBe(before + 1);
    await expectOne(scripted);
    await expectQuiet(page, watched);
  });

  test('a pop-out goes on while its page is hidden, and so does the page when it is closed', async ({
    page,
    scripted,
  }) => {
    const watched = await open(page, scripted, REGION + '<p></p>');
    await expectLife(page, scripted);
    const popup = await popOut(page);
    await move(page, 'rt-metric-card', 'out');
    await move(page, 'rt-line-chart', 'out');
    await expectLife(popup, scripted);
    await hide(page);
    await expectLife(popup, scripted);
    const pixels = (): Promise<string> =>
      popup.locator('rt-line-chart canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    const first = await pixels();
    await expectLife(popup, scripted);
    await expect.poll(pixels).not.toBe(first);
    await expectQuiet(page, watched);
  });

  test('a pop-out that is closed lets go of what was in it; who kept a widget puts it back', async ({
    page,
    scripted,
  }) => {
    const watched = await open(page, scripted);
    await expectLife(page, scripted);
    const popup = await popOut(page);
    await page.evaluate(() => {
      window.kept = document.querySelector('rt-metric-card') ?? undefined;
    });
    await move(page, 'rt-metric-card', 'out');
    await expectLife(popup, scripted);
    // The script for other windows has come, and the window is watched.
    await page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => name.includes('abroad')),
    );
    await popup.close();
    await expect.poll(() => page.evaluate(() => window.kept?.isConnected)).toBe(false);
    await page.evaluate(() => document.querySelector('rt-feed')?.append(window.kept ?? ''));
    await expectLife(page, scripted);
    await expectStyled(page);
    await expectOne(scripted);
    await expectQuiet(page, watched);
  });

  test('a feed in a pop-out that is closed closes its connection', async ({ page, scripted }) => {
    const watched = await open(page, scripted);
    await expectLife(page, scripted);
    const popup = await popOut(page);
    await move(page, 'rt-feed', 'out');
    await expectLife(popup, scripted);
    await page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => name.includes('abroad')),
    );
    await popup.close();
    await expect.poll(() => scripted.open, { timeout: 8_000 }).toBe(0);
    await expectQuiet(page, watched);
  });

  test('a page that fetches its widgets home as the pop-out closes has them, whole', async ({ page, scripted }) => {
    const watched = await open(page, scripted);
    await expectLife(page, scripted);
    const popup = await popOut(page);
    await page.evaluate(() => {
      const other = window.popup;
      other?.addEventListener('pagehide', () => document.body.append(...other.document.body.children));
    });
    await move(page, 'rt-feed', 'out');
    await expectLife(popup, scripted);
    await popup.close();
    await expectLife(page, scripted);
    await expectStyled(page);
    await expectOne(scripted);
    await expectQuiet(page, watched);
  });

  test('into a frame and back, and with a frame that is taken out', async ({ page, scripted }) => {
    const watched = await open(page, scripted, `${REGION}<iframe></iframe>`);
    await expectLife(page, scripted);
    const toFrame = (): Promise<void> =>
      page.evaluate(() => {
        const frame = document.querySelector('iframe')?.contentDocument;
        frame?.body.append(document.querySelector('rt-feed') ?? '');
      });
    const shown = (): Promise<string | null | undefined> =>
      page.evaluate(
        () =>
          document
            .querySelector('iframe')
            ?.contentDocument?.querySelector('rt-metric-card')
            ?.shadowRoot?.querySelector(`[part='value']`)?.textContent,
      );
    await toFrame();
    scripted.say('metrics', at(70));
    await expect.poll(shown).toBe('70');
    await page.evaluate(() =>
      document.body.append(document.querySelector('iframe')?.contentDocument?.querySelector('rt-feed') ?? ''),
    );
    await expectLife(page, scripted);
    await expectStyled(page);
    await expectOne(scripted);
    await toFrame();
    scripted.say('metrics', at(71));
    await expect.poll(shown).toBe('71');
    await page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => name.includes('abroad')),
    );
    const kept = await page.evaluateHandle(() => {
      const frame = document.querySelector('iframe');
      const feed = frame?.contentDocument?.querySelector('rt-feed') ?? '';
      frame?.remove();
      return feed;
    });
    await expect.poll(() => scripted.open, { timeout: 8_000 }).toBe(0);
    // Browsers take all listeners off what stood in the frame.
    await page.evaluate((feed) => document.body.append(feed), kept);
    await expectLife(page, scripted);
    await expectQuiet(page, watched);
  });

  test('an element that is made here and first stands there lives there', async ({ page, scripted }) => {
    const watched = await open(page, scripted);
    await expectLife(page, scripted);
    const popup = await popOut(page);
    await page.evaluate(
      (html) => {
        const box = document.createElement('div');
        box.innerHTML = html;
        customElements.upgrade(box);
        window.popup?.document.body.append(...box.children);
      },
      CARD + CHART + BUTTON,
    );
    await expectLife(popup, scripted);
    await expectStyled(popup);
    await expect(popup.locator('rt-pause-button button')).toBeVisible();
    await expectOne(scripted);
    await expectQuiet(page, watched);
  });

  test('which feed a widget in a pop-out reads: one there, before one of its page', async ({ page, scripted }) => {
    scripted.answers.set('/other', (_request, response) => sendText(response, 'application/json', '{"load": 88}'));
    const watched = await open(page, scripted, `${REGION}<rt-feed id="o" src="/other" channels="metrics"></rt-feed>`);
    await expectLife(page, scripted);
    const popup = await popOut(page);
    // By its id, in its page; then there.
    await page.evaluate(() => document.querySelector('rt-metric-card')?.setAttribute('feed', 'f'));
    await move(page, 'rt-metric-card', 'out');
    await expectLife(popup, scripted);
    await page.evaluate(() =>
      document.body.querySelector('#f')?.after(document.querySelector('rt-connection-indicator') ?? ''),
    );
    await move(page, '#o', 'out');
    await expectLife(popup, scripted);
    await page.evaluate(() => window.popup?.document.querySelector('rt-metric-card')?.setAttribute('feed', ''));
    await expect.poll(() => values(popup)).toEqual(['88']);
    await expectQuiet(page, watched);
  });

  test('picture in picture', async ({ page, scripted }) => {
    const watched = await open(page, scripted, `<button>out</button>${REGION}`);
    await expectLife(page, scripted);
    test.skip(await page.evaluate(() => !('documentPictureInPicture' in window)), 'the browser has none');
    await page.evaluate(() => {
      const pictures = (window as unknown as { documentPictureInPicture: { requestWindow(): Promise<Window> } })
        .documentPictureInPicture;
      document.querySelector('button')?.addEventListener('click', () => {
        void pictures.requestWindow().then((other) => {
          window.popup = other;
          other.document.body.append(document.querySelector('rt-metric-card') ?? '');
        });
      });
    });
    await page.getByText('out').click();
    const shown = (): Promise<string | null | undefined> =>
      page.evaluate(
        () =>
          window.popup?.document.querySelector('rt-metric-card')?.shadowRoot?.querySelector(`[part='value']`)
            ?.textContent,
      );
    await expect.poll(shown).toBe(String(last));
    scripted.say('metrics', at(91));
    await expect.poll(shown).toBe('91');
    await page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => name.includes('abroad')),
    );
    await page.evaluate(() => window.popup?.close());
    await expectQuiet(page, watched);
  });
});

test.describe('paper', () => {
  const inks = (page: Page): Promise<Inks> =>
    page.locator('rt-line-chart').evaluate((chart) => window.inksOf?.(chart) ?? { dark: 0, light: 0, width: 0 });

  test.beforeEach(({ page }) =>
    page.addInitScript(() => {
      window.inksOf = (chart) => {
        const canvas = chart.shadowRoot?.querySelector('canvas');
        const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        const count = ([red, green, blue]: readonly [number, number, number]): number => {
          let found = 0;
          for (let place = 0; place < data.length; place += 4) {
            if (data[place + 3] === 255 && data[place] === red && data[place + 1] === green && data[place + 2] === blue)
              found++;
          }
          return found;
        };
        return { dark: count([47, 53, 60]), light: count([223, 227, 232]), width: canvas?.width ?? 0 };
      };
    }),
  );

  const DARK = '<style>html { color-scheme: dark } body { background: #000; color: #fff }</style>';

  test('the chart of a dark page is printed light, and as finely as paper is', async ({ page, scripted }) => {
    const watched = await open(page, scripted, REGION, DARK + HEAD);
    for (let time = 0; time < 5; time++) await expectLife(page, scripted);
    await expect.poll(async () => (await inks(page)).dark).toBeGreaterThan(500);
    const screen = await inks(page);
    expect(screen.light).toBe(0);
    await page.evaluate(() => {
      // Our own listeners came first: the canvas is drawn already.
      addEventListener('beforeprint', () => {
        const chart = document.querySelector('rt-line-chart');
        if (chart !== null) window.printed = window.inksOf?.(chart);
      });
    });
    await page.pdf({ format: 'A5', printBackground: true });
    const printed = await page.evaluate(() => window.printed);
    expect(printed?.width).toBe(3 * screen.width);
    expect(printed?.light).toBeGreaterThan(500);
    expect(printed?.dark).toBe(0);
    await expect.poll(() => inks(page)).toMatchObject({ light: 0, width: screen.width });
    expect((await inks(page)).dark).toBeGreaterThan(500);
    await expectLife(page, scripted);
    await expectQuiet(page, watched);
  });

  test('what is shown for print media is light, and nothing on it waits for a click', async ({ page, scripted }) => {
    const watched = await open(page, scripted, REGION, DARK + HEAD);
    for (let time = 0; time < 5; time++) await expectLife(page, scripted);
    await page.emulateMedia({ media: 'print' });
    await expect(page.locator('rt-pause-button button')).toBeHidden();
    await expect.poll(async () => (await inks(page)).light).toBeGreaterThan(500);
    expect((await inks(page)).dark).toBe(0);
    expect(
      await page.locator('rt-metric-card').evaluate((card) => {
        const box = card.shadowRoot?.querySelector('.card');
        return box === null || box === undefined ? '' : getComputedStyle(box).backgroundColor;
      }),
    ).toBe('rgb(255, 255, 255)');
    scripted.answers.set('/events', (_request, response) => void response.writeHead(503).end());
    scripted.hangUp();
    await expect.poll(async () => (await readCards(page))[0]?.note ?? '', { timeout: 8_000 }).toMatch(/ago|now|stale/i);
    await expect(page.locator('rt-connection-indicator button')).toBeHidden();
    expect(watched.said).toEqual([]);
  });
});

test.describe('full screen', () => {
  for (const [selector, inner] of [
    ['rt-line-chart', 'figure'],
    ['rt-metric-card', '.card'],
  ] as const) {
    test(`<${selector}> fills the screen on its own ground, and comes back to its size`, async ({ page, scripted }) => {
      const watched = await open(page, scripted);
      await expectLife(page, scripted);
      const look = (): Promise<{ width: number; height: number; ground: string; canvas: number }> =>
        page.locator(selector).evaluate((element, box) => {
          const inside = element.shadowRoot?.querySelector(box)?.getBoundingClientRect();
          const canvas = element.shadowRoot?.querySelector('canvas')?.height ?? 0;
          return {
            width: Math.round(inside?.width ?? 0),
            height: Math.round(inside?.height ?? 0),
            ground: getComputedStyle(element).backgroundColor,
            canvas,
          };
        }, inner);
      const before = await look();
      await page.locator(selector).evaluate((element) => element.requestFullscreen());
      await expect.poll(async () => (await look()).height).toBeGreaterThan(500);
      const full = await look();
      const { width, height } = await page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
      expect(full).toMatchObject({ width, height, ground: 'rgb(255, 255, 255)' });
      if (selector === 'rt-line-chart') await expect.poll(async () => (await look()).canvas).toBeGreaterThan(400);
      await expectLife(page, scripted);
      await page.evaluate(() => document.exitFullscreen());
      await expect.poll(look).toEqual(before);
      await expectOne(scripted);
      await expectQuiet(page, watched);
    });
  }

  test('a whole feed, which has no box of its own, is shown on the page’s ground and can be scrolled', async ({
    page,
    scripted,
  }) => {
    const watched = await open(page, scripted, REGION.replace('</rt-feed>', `${CHART.repeat(4)}</rt-feed>`));
    await expectLife(page, scripted);
    await page.locator('rt-feed').evaluate((feed) => feed.requestFullscreen());
    await expect
      .poll(() =>
        page.locator('rt-feed').evaluate((feed) => ({
          ground: getComputedStyle(feed).backgroundColor,
          fills: feed.getBoundingClientRect().height === innerHeight,
          scrolls: feed.scrollHeight > feed.clientHeight && getComputedStyle(feed).overflowY === 'auto',
        })),
      )
      .toEqual({ ground: 'rgb(255, 255, 255)', fills: true, scrolls: true });
    await expectLife(page, scripted);
    await page.evaluate(() => document.exitFullscreen());
    await expectOne(scripted);
    await expectQuiet(page, watched);
  });
});

test.describe('moves within a page', () => {
  const rowsOf = (page: Page): Promise<number> =>
    page
      .locator('rt-line-chart')
      .evaluate((chart) => (chart as HTMLElementTagNameMap['rt-line-chart']).toCSV().split('\r\n').length);

  const MOVES: Readonly<Record<string, string>> = {
    append: 'box.append(what)',
    moveBefore: 'box.moveBefore(what, null)',
  };
  for (const [how, code] of Object.entries(MOVES)) {
    test(`a thousand times by ${how}: what was read stays, the canvas stays, one connection`, async ({
      page,
      scripted,
    }) => {
      const watched = await open(page, scripted, `<main>${REGION}</main><section></section>`);
      await expectLife(page, scripted);
      await expectLife(page, scripted);
      const before = await rowsOf(page);
      test.skip(
        how === 'moveBefore' && !(await page.evaluate(() => 'moveBefore' in Element.prototype)),
        'the browser has none',
      );
      const spent = await page.evaluate((text) => {
        // eslint-disable-next-line @typescript-eslint/no-implied-eval -- it is the test's own text
        const move = new Function('box', 'what', text) as (box: Element, what: Element) => void;
        const [feed, main, section] = ['rt-feed', 'main', 'section'].map((selector) =>
          document.querySelector(selector),
        );
        if (!feed || !main || !section) throw new Error('The page has another shape.');
        const begun = performance.now();
        for (let time = 0; time < 1_000; time++) move(time % 2 === 0 ? section : main, feed);
        for (let time = 0; time < 1_000; time++)
          for (const widget of [...feed.children]) if (time % 4 === 0) move(feed, widget);
        return performance.now() - begun;
      }, code);
      test
        .info()
        .annotations.push({ type: 'figures', description: `${Math.round(spent)} ms for 2,000 moves by ${how}` });
      await expectLife(page, scripted);
      expect(await rowsOf(page)).toBe(before + 1);
      await expectOne(scripted);
      await expectQuiet(page, watched);
    });
  }

  test('a chart that is paused keeps its picture when it is moved', async ({ page, scripted }) => {
    const watched = await open(page, scripted, `${REGION}<section></section>`);
    for (let time = 0; time < 4; time++) await expectLife(page, scripted);
    const picture = (): Promise<string> =>
      page.locator('rt-line-chart canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    const frame = (): Promise<number> =>
      page.evaluate(
        () => new Promise<number>((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
      );
    await page.locator('rt-line-chart').evaluate((chart) => {
      (chart as HTMLElementTagNameMap['rt-line-chart']).paused = true;
    });
    await frame();
    const before = await picture();
    await expectLife(page, scripted);
    await page.evaluate(() => {
      const feed = document.querySelector('rt-feed');
      const chart = document.querySelector('rt-line-chart');
      if (chart !== null) feed?.prepend(chart);
    });
    await frame();
    await frame();
    expect(await picture()).toBe(before);
    await expectQuiet(page, watched);
  });

  const WRAPPED: Readonly<Record<string, readonly [html: string, open: string]>> = {
    '<details>': [`<details>${REGION}</details>`, `document.querySelector('details').open = true`],
    '<dialog>': [`<dialog>${REGION}</dialog>`, `document.querySelector('dialog').showModal()`],
    'a popover': [`<div popover>${REGION}</div>`, `document.querySelector('[popover]').showPopover()`],
    'content-visibility': [
      `<div style="content-visibility: hidden">${REGION}</div>`,
      `document.querySelector('div').style.contentVisibility = 'visible'`,
    ],
    'display: none': [`<div style="display: none">${REGION}</div>`, `document.querySelector('div').style.display = ''`],
    inert: [`<div inert>${REGION}</div>`, `document.querySelector('div').inert = false`],
  };
  for (const [what, [html, code]] of Object.entries(WRAPPED)) {
    test(`closed and opened in ${what}: it has collected meanwhile, and is drawn to size`, async ({
      page,
      scripted,
    }) => {
      const watched = await open(page, scripted, html);
      await expectLife(page, scripted);
      await expectLife(page, scripted);
      await page.evaluate(code);
      await expect
        .poll(() =>
          page.locator('rt-line-chart canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).width > 300),
        )
        .toBe(true);
      expect(await rowsOf(page)).toBeGreaterThan(3);
      await expectLife(page, scripted);
      await expectOne(scripted);
      await expectQuiet(page, watched);
    });
  }

  test('a pointer reads the moment beneath it, in a page that is scaled, zoomed or turned to the right', async ({
    page,
    scripted,
  }) => {
    const watched = await open(page, scripted, `<div style="width: 600px; transform-origin: 0 0">${REGION}</div>`);
    for (let time = 0; time < 6; time++) await expectLife(page, scripted);
    for (const style of ['', 'zoom: 1.5', 'transform: scale(0.5)', 'direction: rtl']) {
      await page
        .locator('div')
        .first()
        .evaluate((div, text) => {
          const kept = 'width: 600px; transform-origin: 0 0; ';
          div.style.cssText = kept + text;
        }, style);
      const chart = page.locator('rt-line-chart');
      await chart.evaluate((element) => element.scrollIntoView());
      await expect
        .poll(() => chart.locator('canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).width))
        .toBeGreaterThan(300);
      const box = await chart.locator('canvas').boundingBox();
      if (box === null) throw new Error('There is no canvas.');
      await page.mouse.move(box.x + box.width - 14 * (box.width / 566), box.y + box.height / 2);
      await expect.poll(() => chart.locator('.tooltip b').allTextContents(), style).toHaveLength(1);
      const tooltip = await chart.locator('.tooltip').boundingBox();
      if (tooltip === null) throw new Error('There is no tooltip.');
      expect(tooltip.x, style).toBeGreaterThanOrEqual(box.x - 1);
      expect(tooltip.x + tooltip.width, style).toBeLessThanOrEqual(box.x + box.width);
      await page.mouse.move(0, 0);
    }
    await expectQuiet(page, watched);
  });

  test('language and direction that change in flight are followed', async ({ page, scripted }) => {
    const watched = await open(page, scripted);
    await expectLife(page, scripted);
    await page.evaluate(() => {
      document.documentElement.lang = 'de';
      document.documentElement.dir = 'rtl';
    });
    await expect.poll(() => page.locator('rt-connection-indicator [part=status]').textContent()).toBe('Verbunden');
    scripted.say('metrics', at(1.5));
    await expect.poll(() => values(page)).toEqual(['1,5']);
    await expectQuiet(page, watched);
  });
});

test.describe('editors', () => {
  const HOSTS: Readonly<Record<string, string>> = {
    contenteditable: `<div id="text" contenteditable="true"><p>words</p>${REGION}<p>more</p></div>`,
    designMode: `<div id="text"><p>words</p>${REGION}<p>more</p></div><script>document.designMode = 'on'</script>`,
  };
  for (const [how, body] of Object.entries(HOSTS)) {
    test(`${how}: every key reaches the text, and live data touches neither the text, the focus nor the way back`, async ({
      page,
      scripted,
    }) => {
      const watched = await open(page, scripted, body);
      await expectLife(page, scripted);
      await page.getByText('words').click();
      await page.keyboard.press('Home');
      await page.keyboard.type('a b ');
      await expectLife(page, scripted);
      await page.evaluate(() => {
        window.changes = 0;
        const text = document.querySelector('#text');
        const count = (records: MutationRecord[]): void =>
          void (window.changes = (window.changes ?? 0) + records.length);
        if (text !== null)
          new MutationObserver(count).observe(text, {
            subtree: true,
            childList: true,
            attributes: true,
            characterData: true,
          });
      });
      for (let time = 0; time < 3; time++) await expectLife(page, scripted);
      expect(await page.evaluate(() => window.changes)).toBe(0);
      await page.keyboard.press('c');
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('d');
      expect(await page.locator('p').first().textContent()).toBe('a b cwdords');
      await page.keyboard.press('Control+z');
      expect(await page.locator('p').first().textContent()).not.toBe('a b cwdords');
      await expectLife(page, scripted);
      await expectOne(scripted);
      await expectQuiet(page, watched);
    });
  }
});
