/**
 * What has been taken out of a page is gone, and so is what a reconnect replaced: no socket, timer, listener or element is
 * left of it. Each count of the browser's heap is proved on a leak of its own.
 */
import type { Page } from '@playwright/test';
import { Counter, grown, watchTimers, type Held } from '../support/held.js';
import { expect, sendText, test, type Scripted } from './scripted.js';

declare global {
  /** In a page: what a seeded leak holds on to, and how it ends. */
  var leak: { readonly kept: unknown[]; undo: () => void };
}

// A trace holds on to what it shows.
test.use({ trace: 'off' });
// Much work, on a machine that may be busy.
test.setTimeout(90_000);

const GREETING = '{"value": 42, "timestamp": 1700000000}';

const WIDGETS = `
  <rt-source src="/events" transport="sse"></rt-source>
  <rt-connection-indicator></rt-connection-indicator>
  <rt-pause-button></rt-pause-button>
  <rt-metric-card label="value" channel="metrics" field="value"></rt-metric-card>
  <rt-line-chart label="value" channel="metrics" window="60s">
    <rt-series field="value" label="value"></rt-series>
    <rt-threshold value="90" label="limit"></rt-threshold>
  </rt-line-chart>`;

/** Retries come at once, however many there were. */
const SWIFT = 'reconnect-delay="1ms" max-reconnect-delay="1ms"';

type Reconnecting = 'websocket' | 'sse';

const FEEDS: Readonly<Record<Reconnecting, string>> = {
  websocket: `<rt-feed id="websocket" src="/ws" transport="websocket" channels="metrics" ${SWIFT}>${WIDGETS}</rt-feed>`,
  sse: `<rt-feed id="sse" src="/events" transport="sse" channels="metrics" ${SWIFT}>${WIDGETS}</rt-feed>`,
};

const open = async (page: Page, scripted: Scripted, body: string): Promise<Counter> => {
  scripted.body = body;
  scripted.greeting = GREETING;
  scripted.answers.set('/poll', (_request, response) => sendText(response, 'application/json', GREETING));
  scripted.answers.set('/cut', (_request, response) => {
    scripted.hangUp();
    response.writeHead(204).end();
  });
  await watchTimers(page);
  await page.goto(scripted.origin);
  await page.waitForFunction(() => window.customElements.get('rt-line-chart') !== undefined);
  return Counter.of(page);
};

/**
 * Waits for the server to see closed what the page has closed. Chromium keeps the connection of an answer that nobody
 * wants for up to five seconds, for the chance that it ends and can be used again.
 */
const untilOpen = (scripted: Scripted, count: number): Promise<void> =>
  expect.poll(() => scripted.open, { timeout: 8_000, intervals: [20] }).toBe(count);

/** How many feeds are put into the page at once. */
const BATCH = 20;

/**
 * Puts so many feeds with their widgets into the page, a batch at a time, and takes them out again: most when all shows
 * its value, every fourth batch while it is still connecting. Then waits until the last of them has let go.
 */
const mount = async (page: Page, count: number): Promise<void> => {
  await page.evaluate(
    async ({ widgets, count, size }) => {
      const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
      // Few sockets at once, as a browser holds more of them back; of streams it opens six, so all have the same.
      const source = (n: number): string =>
        [
          `src="/ws?${n}" transport="websocket"`,
          `src="/poll?${n}" transport="polling"`,
          `src="/poll?${n}"`,
          `src="/events" transport="sse"`,
          `src="/events"`,
        ][n % 5] ?? '';
      const isShown = (card: Element): boolean =>
        card.shadowRoot?.querySelector(`[part='value']`)?.textContent.trim() === '42';
      for (let made = 0; made < count; made += size) {
        const box = document.createElement('div');
        box.style.inlineSize = '200px';
        box.innerHTML = Array.from(
          { length: Math.min(size, count - made) },
          (_, index) => `<rt-feed ${source(made + index)} channels="metrics">${widgets}</rt-feed>`,
        ).join('');
        document.body.append(box);
        await frame();
        const isHasty = (made / size) % 4 === 3;
        const cards = [...box.querySelectorAll('rt-metric-card')];
        const limit = performance.now() + 10_000;
        while (!isHasty && !cards.every(isShown)) {
          if (performance.now() > limit) throw new Error('The cards of a batch do not show their value.');
          await frame();
        }
        box.remove();
      }
      // A removed feed lets go after a while: the last one to be removed is the last to.
      const last = document.createElement('rt-feed');
      document.body.append(last);
      last.push({ channel: 'metrics', data: {} });
      last.remove();
      while (last.getAttribute('status') !== 'idle') await frame();
    },
    { widgets: WIDGETS, count, size: BATCH },
  );
};

/**
 * Has the feed of that name reconnect: so often because the server hung up, and then so often by request. The order
 * matters: a server that hangs up ends all that the page has left open.
 */
const reconnect = async (page: Page, name: Reconnecting, cuts: number, requests: number): Promise<void> => {
  await page.evaluate(
    async ({ name, cuts, requests }) => {
      const feed = document.getElementById(name) as HTMLElementTagNameMap['rt-feed'];
      const isConnected = (): Promise<void> =>
        new Promise((resolve) => {
          const hear = ({ detail }: HTMLElementEventMap['rt-status']): void => {
            if (detail.status !== 'connected') return;
            feed.removeEventListener('rt-status', hear);
            resolve();
          };
          feed.addEventListener('rt-status', hear);
        });
      if (feed.status !== 'connected') await isConnected();
      for (let done = 0; done < cuts + requests; done++) {
        const back = isConnected();
        if (done < cuts) await fetch('/cut');
        else feed.reconnect();
        await back;
      }
    },
    { name, cuts, requests },
  );
};

test('1,000 mounts and unmounts of a feed and its widgets leave no socket, timer, listener or element', async ({
  page,
  scripted,
}) => {
  const counter = await open(page, scripted, '');
  await mount(page, BATCH);
  await untilOpen(scripted, 0);
  const before = await counter.count();
  await mount(page, 1_000);
  await untilOpen(scripted, 0);
  const after = await counter.count();
  expect(grown(before, after)).toEqual({});
  const { feeds, ours, sockets, responses, streams, resizeObservers, contexts, timers, frames } = after;
  expect({ feeds, ours, sockets, responses, streams, resizeObservers, contexts, timers, frames }).toEqual({
    feeds: 0,
    ours: 0,
    sockets: 0,
    responses: 0,
    streams: 0,
    resizeObservers: 0,
    contexts: 0,
    timers: 0,
    frames: 0,
  });
});

for (const [name, title] of [
  ['websocket', 'over a WebSocket'],
  ['sse', 'over an event stream'],
] as const) {
  test(`500 reconnects of a feed ${title} leave no socket, timer, listener or element`, async ({ page, scripted }) => {
    const counter = await open(page, scripted, FEEDS[name]);
    // Until the feed's log of errors is full: it keeps the last hundred.
    await reconnect(page, name, 110, 10);
    await untilOpen(scripted, 1);
    const before = await counter.count();
    const opened = scripted.opened;
    await reconnect(page, name, 100, 400);
    await untilOpen(scripted, 1);
    const after = await counter.count();
    expect(scripted.opened - opened).toBe(500);
    expect(after.sockets).toBe(name === 'websocket' ? 1 : 0);
    expect(grown(before, after)).toEqual({});
  });
}

interface Seed {
  /** What the page does wrong. */
  readonly leak: string;
  /** Which counts tell of it. */
  readonly grows: readonly (keyof Held)[];
  readonly by: Reconnecting | 'mount';
  /** Runs in the page, and does it from then on. */
  readonly sow: () => void;
}

const SEEDS: readonly Seed[] = [
  {
    leak: 'keeps every element that it removes',
    grows: ['feeds', 'ours', 'detached', 'nodes'],
    by: 'mount',
    sow: () => {
      const { remove } = Element.prototype;
      Element.prototype.remove = function () {
        leak.kept.push(this);
        remove.call(this);
      };
      leak.undo = () => (Element.prototype.remove = remove);
    },
  },
  {
    leak: 'takes no listener away',
    grows: ['listeners'],
    by: 'mount',
    sow: () => {
      const { removeEventListener } = EventTarget.prototype;
      EventTarget.prototype.removeEventListener = () => undefined;
      leak.undo = () => (EventTarget.prototype.removeEventListener = removeEventListener);
    },
  },
  {
    leak: 'keeps the observers of sizes and of changes',
    grows: ['resizeObservers', 'mutationObservers'],
    by: 'mount',
    sow: () => {
      const { ResizeObserver, MutationObserver } = window;
      window.ResizeObserver = class extends ResizeObserver {
        constructor(call: ResizeObserverCallback) {
          super(call);
          leak.kept.push(this);
        }
      };
      window.MutationObserver = class extends MutationObserver {
        constructor(call: MutationCallback) {
          super(call);
          leak.kept.push(this);
        }
      };
      leak.undo = () => Object.assign(window, { ResizeObserver, MutationObserver });
    },
  },
  {
    leak: 'keeps what draws on a canvas',
    grows: ['contexts'],
    by: 'mount',
    sow: () => {
      const { getContext } = HTMLCanvasElement.prototype;
      const keep = function (this: HTMLCanvasElement, ...given: [string]): unknown {
        const context: unknown = Reflect.apply(getContext, this, given);
        leak.kept.push(context);
        return context;
      };
      Object.assign(HTMLCanvasElement.prototype, { getContext: keep });
      leak.undo = () => (HTMLCanvasElement.prototype.getContext = getContext);
    },
  },
  {
    leak: 'closes no socket, and goes on listening to it',
    grows: ['sockets'],
    by: 'websocket',
    sow: () => {
      const { close } = WebSocket.prototype;
      // One that nobody listens to the browser closes itself.
      WebSocket.prototype.close = function () {
        this.onmessage = () => undefined;
      };
      leak.undo = () => (WebSocket.prototype.close = close);
    },
  },
  {
    leak: 'keeps every answer',
    grows: ['responses', 'streams'],
    by: 'sse',
    sow: () => {
      const { fetch } = window;
      window.fetch = async (...given) => {
        const response = await fetch(...given);
        leak.kept.push(response, response.body);
        return response;
      };
      leak.undo = () => (window.fetch = fetch);
    },
  },
  {
    leak: 'keeps what would abort its requests',
    grows: ['aborts'],
    by: 'sse',
    sow: () => {
      const { AbortController } = window;
      window.AbortController = class extends AbortController {
        constructor() {
          super();
          leak.kept.push(this);
        }
      };
      leak.undo = () => (window.AbortController = AbortController);
    },
  },
  {
    leak: 'asks for one frame after another, for each connection anew',
    grows: ['frames'],
    by: 'websocket',
    sow: () => {
      const again = (): unknown => requestAnimationFrame(again);
      addEventListener('rt-status', again);
      leak.undo = () => removeEventListener('rt-status', again);
    },
  },
  {
    leak: 'keeps ten objects of each status',
    grows: ['objects'],
    by: 'websocket',
    sow: () => {
      const keep = (event: Event): void => {
        for (let n = 0; n < 10; n++) leak.kept.push({ event });
      };
      addEventListener('rt-status', keep);
      leak.undo = () => removeEventListener('rt-status', keep);
    },
  },
  {
    leak: 'makes a text and a document of each status and shows neither',
    grows: ['nodes', 'documents'],
    by: 'websocket',
    sow: () => {
      const make = (): unknown =>
        leak.kept.push(document.createTextNode('connected'), document.implementation.createHTMLDocument());
      addEventListener('rt-status', make);
      leak.undo = () => removeEventListener('rt-status', make);
    },
  },
  {
    leak: 'stops no timer',
    grows: ['timers'],
    by: 'mount',
    sow: () => {
      const { clearTimeout } = window;
      window.clearTimeout = () => undefined;
      leak.undo = () => (window.clearTimeout = clearTimeout);
    },
  },
];

test('each count grows in a page that leaks, and stays as it was in one that does not', async ({ page, scripted }) => {
  const counter = await open(page, scripted, FEEDS.websocket + FEEDS.sse);
  await page.evaluate(() => {
    globalThis.leak = { kept: [], undo: () => undefined };
  });
  const work = (by: Seed['by']): Promise<void> => (by === 'mount' ? mount(page, 5) : reconnect(page, by, 0, 20));
  for (const by of ['mount', 'websocket', 'sse'] as const) await work(by);
  await untilOpen(scripted, 2);
  let before = await counter.count();
  for (const by of ['mount', 'websocket', 'sse'] as const) await work(by);
  await untilOpen(scripted, 2);
  let after = await counter.count();
  expect(grown(before, after)).toEqual({});
  for (const { leak: wrong, grows, by, sow } of SEEDS) {
    await test.step(`a page that ${wrong}`, async () => {
      before = after;
      await page.evaluate(sow);
      await work(by);
      await page.evaluate(() => leak.undo());
      after = await counter.count();
      expect(Object.keys(grown(before, after)), `a page that ${wrong}`).toEqual(expect.arrayContaining([...grows]));
    });
  }
  expect(new Set(SEEDS.flatMap(({ grows }) => grows))).toEqual(new Set(Object.keys(before)));
});
