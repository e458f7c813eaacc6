/** What a test sees of a page: what went wrong in it, what it fetched, what its feeds said, and what its widgets show. */
import type { Frame, Page } from '@playwright/test';

/** A page, or a frame in one. */
export type View = Pick<Frame, 'evaluate' | 'locator'>;

interface ToldError {
  readonly code: string;
  readonly message: string;
  readonly fatal: boolean;
  /** The element that told it. */
  readonly from: string;
}

interface Recorded {
  readonly violations: string[];
  readonly errors: ToldError[];
  readonly messages: { readonly channel: string; readonly data: unknown }[];
  readonly statuses: string[];
  /** Every call of `customElements.define`. */
  readonly defined: string[];
}

declare global {
  interface Window {
    recorded: Recorded;
  }
}

/** Runs in the page before anything else does. */
const record = (): void => {
  const recorded: Recorded = { violations: [], errors: [], messages: [], statuses: [], defined: [] };
  window.recorded = recorded;
  addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
    recorded.violations.push(`${effectiveDirective} ${blockedURI}`),
  );
  const hear = <K extends keyof HTMLElementEventMap>(type: K, heard: (event: HTMLElementEventMap[K]) => void): void =>
    addEventListener(type, (event) => heard(event as HTMLElementEventMap[K]));
  hear('rt-error', ({ detail: { code, message, fatal }, target }) =>
    recorded.errors.push({ code, message, fatal, from: (target as Element).localName }),
  );
  hear('rt-message', ({ detail }) => recorded.messages.push(...detail.messages));
  hear('rt-status', ({ detail }) => recorded.statuses.push(detail.status));
  const define = CustomElementRegistry.prototype.define;
  CustomElementRegistry.prototype.define = function (this: CustomElementRegistry, ...given) {
    recorded.defined.push(given[0]);
    define.apply(this, given);
  };
};

export interface Watched {
  /** What a page must not have: errors in the console, exceptions, requests that failed or were answered with an error. */
  readonly faults: string[];
  /** What our own code said in the console. */
  readonly said: string[];
  /** Paths of all requests, in order, those of WebSockets too. */
  readonly requests: string[];
}

/** Watches a page from its first line on: call it before `goto`. */
export const watch = async (page: Page): Promise<Watched> => {
  const watched: Watched = { faults: [], said: [], requests: [] };
  const pathOf = (url: string): string => {
    const { pathname, search } = new URL(url);
    return pathname + search;
  };
  page.on('console', (message) => {
    if (message.text().startsWith('rt-widgets: ')) watched.said.push(message.text());
    else if (message.type() === 'error') watched.faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => watched.faults.push(`exception: ${error.message}`));
  page.on('request', (request) => watched.requests.push(pathOf(request.url())));
  page.on('websocket', (socket) => watched.requests.push(pathOf(socket.url())));
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? '';
    // What the page itself lets go of, such as a stream that it has read enough of, has not failed.
    if (reason !== 'net::ERR_ABORTED') watched.faults.push(`${request.url()} failed: ${reason}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) watched.faults.push(`${response.url()} answered ${response.status()}`);
  });
  await page.addInitScript(record);
  return watched;
};

export const recorded = (page: View): Promise<Recorded> => page.evaluate(() => window.recorded);

/** Forgets the messages heard so far. */
export const forgetMessages = (page: Page): Promise<void> =>
  page.evaluate(() => {
    window.recorded.messages.length = 0;
  });

export interface ShownCard {
  readonly label: string;
  readonly value: string;
  readonly unit: string;
  readonly note: string;
  readonly states: readonly string[];
}

export const readCards = (page: View): Promise<ShownCard[]> =>
  page.locator('rt-metric-card').evaluateAll((cards) =>
    cards.map((card) => {
      const text = (part: string): string =>
        card.shadowRoot?.querySelector(`[part='${part}']`)?.textContent.trim() ?? '';
      const states = ['loading', 'live', 'stale', 'error', 'empty', 'no-value', 'warning', 'critical'];
      return {
        label: card.getAttribute('label') ?? '',
        value: text('value'),
        unit: text('unit'),
        note: text('note'),
        states: states.filter((state) => card.matches(`:state(${state})`)),
      };
    }),
  );

/** The only card of a page. */
export const readCard = async (page: View): Promise<ShownCard> => {
  const [card] = await readCards(page);
  if (card === undefined) throw new Error('The page has no card.');
  return card;
};

const SCALES: Readonly<Record<string, number>> = { '%': 1, B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };

/** The number that a card shows, as a reader would take it, and how far rounding may have moved it. */
export const amountOf = ({ value, unit }: ShownCard): { readonly amount: number; readonly rounding: number } => {
  const scale = SCALES[unit.split('/', 1)[0] ?? ''] ?? 1;
  const decimals = value.split('.')[1]?.length ?? 0;
  return {
    amount: value === '' ? NaN : Number(value.replaceAll(',', '')) * scale,
    rounding: 0.51 * 10 ** -decimals * scale,
  };
};

/** What the indicator says: the status in words, and the transport. */
export const readIndicator = (page: Page): Promise<{ status: string; transport: string; retry: boolean }> =>
  page.locator('rt-connection-indicator').evaluate((indicator) => {
    const text = (part: string): string =>
      indicator.shadowRoot?.querySelector(`[part='${part}']`)?.textContent.trim() ?? '';
    return { status: text('status'), transport: text('transport'), retry: text('retry') !== '' };
  });

/** How many opaque pixels of a page's chart have the colour of each of its series, as its legend shows it. */
export const seriesPixels = (page: View): Promise<number[]> =>
  page.locator('rt-line-chart').evaluate((chart) => {
    const canvas = chart.shadowRoot?.querySelector('canvas');
    const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return [...(chart.shadowRoot?.querySelectorAll(`[part='series'] > span`) ?? [])].map((swatch) => {
      const [red = 0, green = 0, blue = 0] = getComputedStyle(swatch).color.match(/\d+/g)?.map(Number) ?? [];
      let count = 0;
      for (let at = 0; at < pixels.length; at += 4) {
        const near = (offset: number, wanted: number): boolean => Math.abs((pixels[at + offset] ?? 0) - wanted) < 24;
        if ((pixels[at + 3] ?? 0) > 200 && near(0, red) && near(1, green) && near(2, blue)) count++;
      }
      return count;
    });
  });

/** The rows of a page's chart, without their head. */
export const chartRows = (page: View): Promise<string[]> =>
  page.locator('rt-line-chart').evaluate((chart) =>
    (chart as HTMLElementTagNameMap['rt-line-chart'])
      .toCSV()
      .split('\r\n')
      .slice(1)
      .filter((row) => row !== ''),
  );

/** Every widget of the page that is not `:state(live)`, by its tag; empty where all are, and `none` where there is none. */
export const notLive = (page: View): Promise<string[]> =>
  page.evaluate(() => {
    const widgets = [...document.querySelectorAll('rt-connection-indicator, rt-metric-card, rt-line-chart')];
    if (widgets.length === 0) return ['none'];
    return widgets.filter((widget) => !widget.matches(':state(live)')).map(({ localName }) => localName);
  });
