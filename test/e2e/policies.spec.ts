/** Pages that fight back: content security policies, Trusted Types, permissions, isolation, sandboxes; and chunks that do not come. */
import { readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Frame, Page } from '@playwright/test';
import {
  classicTag,
  everything,
  expectDebug,
  expectHands,
  expectLife,
  expectQuiet,
  moduleTag,
  serveEverything,
  type Wires,
} from './everything.js';
import { expect, sendText, test, type Scripted } from './scripted.js';
import { readCard, recorded, watch, type Watched } from './watching.js';

const STRICT =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; require-trusted-types-for 'script'";

const SCRIPTS = { module: moduleTag(), classic: classicTag() };

/** What Chromium knows of permissions policies. */
type WithPolicy = Document & { readonly featurePolicy: { features(): string[] } };

interface Opened {
  readonly watched: Watched;
  readonly wires: Wires;
}

const open = async (
  page: Page,
  scripted: Scripted,
  pageHeaders: Readonly<Record<string, string>>,
  { head = moduleTag(), body = everything(), headers = {} } = {},
): Promise<Opened> => {
  Object.assign(scripted, { head, body });
  Object.assign(scripted.pageHeaders, pageHeaders);
  Object.assign(scripted.headers, headers);
  const wires = serveEverything(scripted);
  const watched = await watch(page);
  await page.goto(scripted.origin);
  return { watched, wires };
};

const csp = (policy: string): Record<string, string> => ({ 'Content-Security-Policy': policy });

/** All of it, with every button; and nobody complains. */
const expectAll = async (page: Page, { watched, wires }: Opened, copies = true): Promise<void> => {
  await expectLife(page, wires);
  await expectHands(page);
  await expectDebug(page, copies);
  await expectLife(page, wires, [56]);
  await expectQuiet(page, watched);
};

for (const [name, head] of Object.entries(SCRIPTS)) {
  test(`the ${name} script under the strictest policy: every element and transport works, without a violation`, async ({
    page,
    scripted,
  }) => {
    await expectAll(page, await open(page, scripted, csp(STRICT), { head }));
  });
}

test('a page that does violate its policy is caught: the check can fail', async ({ page, scripted }) => {
  const { watched } = await open(page, scripted, csp(STRICT), { body: '<p style="color: red">inline</p>' });
  await page.evaluate(() => {
    const attempt = (act: () => void): void => {
      try {
        act();
      } catch {
        // A violation is what it is for.
      }
    };
    attempt(() => document.querySelector('p')?.setAttribute('style', 'display:none'));
    attempt(() => (document.body.innerHTML = '<b>text</b>'));
    attempt(() => document.head.append(Object.assign(document.createElement('style'), { textContent: 'b{}' })));
  });
  await expect
    .poll(async () => new Set((await recorded(page)).violations.map((text) => text.split(' ', 1)[0])))
    .toEqual(new Set(['style-src-attr', 'require-trusted-types-for', 'style-src-elem']));
  expect(watched.faults.join()).toMatch(/Content Security Policy/);
});

for (const [name, head] of Object.entries(SCRIPTS)) {
  test(`the ${name} script under "trusted-types lit-html": all works`, async ({ page, scripted }) => {
    // The overlay of the classic script is a script of its own, with a Lit of its own.
    const more = name === 'classic' ? " 'allow-duplicates'" : '';
    await expectAll(page, await open(page, scripted, csp(`${STRICT}; trusted-types lit-html${more}`), { head }));
  });

  test(`the ${name} script under "trusted-types 'none'": all works, though the browser tells of each policy refused`, async ({
    page,
    scripted,
  }) => {
    const { wires } = await open(page, scripted, csp(`${STRICT}; trusted-types 'none'`), { head });
    await expectLife(page, wires);
    await expectHands(page);
    await expectDebug(page, true);
    const { violations, errors } = await recorded(page);
    expect(new Set(violations)).toEqual(new Set(['trusted-types trusted-types-policy']));
    expect(errors).toEqual([]);
  });
}

test('a browser that cannot sanitize, on a page that refuses Lit’s policy, is told what to allow, once', async ({
  page,
  scripted,
}) => {
  await page.addInitScript(() => Reflect.deleteProperty(Element.prototype, 'setHTML'));
  const { watched } = await open(page, scripted, csp(`${STRICT}; trusted-types 'none'`));
  await expect
    .poll(() => watched.said)
    .toEqual([expect.stringMatching(/let it say trusted-types lit-html 'allow-duplicates'/)]);
});

for (const [name, head] of Object.entries({
  'the module and the classic script': moduleTag() + classicTag(),
  'the classic script twice': classicTag() + classicTag(),
})) {
  test(`${name} under "trusted-types lit-html": the second makes no policy, all works`, async ({ page, scripted }) => {
    const body = everything().replace(' debug', '');
    const policy = csp(`${STRICT}; trusted-types lit-html`);
    const { watched, wires } = await open(page, scripted, policy, { head, body });
    await expectLife(page, wires);
    await expectHands(page);
    await expectQuiet(page, watched);
  });
}

const NONCE = 'r4nd0m';
const withNonce = (tag: string): string => tag.replace('<script', `<script nonce="${NONCE}"`);
const NO_NONCE_REST =
  "default-src 'none'; style-src 'self'; connect-src 'self'; img-src 'self'; require-trusted-types-for 'script'";

for (const [name, head] of Object.entries(SCRIPTS)) {
  for (const sources of [`'nonce-${NONCE}'`, `'nonce-${NONCE}' 'strict-dynamic'`]) {
    test(`the ${name} script under script-src ${sources}: chunks load, all works`, async ({ page, scripted }) => {
      const policy = `${NO_NONCE_REST}; script-src ${sources}`;
      await expectAll(page, await open(page, scripted, csp(policy), { head: withNonce(head) }));
    });
  }

  test(`the ${name} script in a page that is isolated from other origins: all works`, async ({ page, scripted }) => {
    const isolation = {
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    };
    const opened = await open(page, scripted, isolation, {
      head,
      headers: { 'X-Content-Type-Options': 'nosniff', 'Cross-Origin-Embedder-Policy': 'require-corp' },
    });
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await expectAll(page, opened);
  });

  test(`the ${name} script in a page that is permitted nothing: all works, and reports are copied by hand`, async ({
    page,
    scripted,
  }) => {
    await page.goto(scripted.origin);
    const features = await page.evaluate(() => (document as WithPolicy).featurePolicy.features());
    expect(features).toEqual(expect.arrayContaining(['clipboard-write', 'fullscreen', 'unload', 'autoplay']));
    const opened = await open(
      page,
      scripted,
      {
        'Permissions-Policy': features.map((feature) => `${feature}=()`).join(', '),
        'Document-Policy': 'sync-xhr=?0, document-write=?0',
      },
      { head },
    );
    await expectAll(page, opened, false);
  });
}

/** Answers for the chunk of a name, such as `line-chart`, until it is taken back. */
const CHUNK_PATHS = readdirSync('dist/chunks')
  .filter((name) => name.endsWith('.js'))
  .map((name) => `/dist/chunks/${name}`);
const chunkPath = (name: string): string => {
  const found = CHUNK_PATHS.find((path) => path.startsWith(`/dist/chunks/${name}-`));
  if (found === undefined) throw new Error(`There is no chunk ${name}.`);
  return found;
};

const FEED = '<rt-feed src="/events" transport="sse" channels="metrics">';
const CARD = '<rt-metric-card label="Load" channel="metrics" field="load"></rt-metric-card>';
const CHART = '<rt-line-chart label="Load" channel="metrics" fields="load" window="60s"></rt-line-chart>';
const THREE_CHARTS = `${FEED}${CARD}${CHART}${CHART}${CHART}<rt-pause-button></rt-pause-button></rt-feed>`;

const statesOf = (page: Page, tag: string): Promise<string[]> =>
  page
    .locator(tag)
    .evaluateAll((elements) =>
      elements.map((element) =>
        ['error', 'loading', 'live'].filter((state) => element.matches(`:state(${state})`)).join(),
      ),
    );

/** The card lives and goes on. */
const expectCard = async (page: Page, wires: Wires, value: number): Promise<void> => {
  wires.say(value);
  await expect.poll(async () => (await readCard(page)).value).toBe(String(value));
};

const exceptions = ({ faults }: Watched): string[] => faults.filter((fault) => fault.startsWith('exception'));

test('chunks that the page’s policy does not list are told once in one sentence, however many widgets wait; the rest lives', async ({
  page,
  scripted,
}) => {
  const allowed = ['/dist/rt-widgets.js', chunkPath('core')].map((path) => scripted.origin + path).join(' ');
  const policy = csp(`default-src 'none'; script-src ${allowed}; connect-src 'self'; img-src 'self'`);
  const { watched, wires } = await open(page, scripted, policy, { body: THREE_CHARTS });
  await expect
    .poll(() => statesOf(page, 'rt-line-chart, rt-pause-button'))
    .toEqual(['error', 'error', 'error', 'error']);
  await expectCard(page, wires, 12);
  const { errors } = await recorded(page);
  expect(errors).toEqual([
    { code: 'config', fatal: true, from: expect.stringMatching(/^rt-/), message: expect.any(String) },
  ]);
  const message = errors[0]?.message ?? '';
  expect(message).toContain(
    `Content-Security-Policy (script-src-elem) blocks: let it allow all of ${scripted.origin}/dist/chunks/`,
  );
  expect(watched.said).toEqual([`rt-widgets: ${message}`]);
  expect(exceptions(watched)).toEqual([]);

  // Another one asks for nothing that cannot come: no further violation.
  const { violations } = await recorded(page);
  await page.evaluate((chart) => document.querySelector('rt-feed')?.insertAdjacentHTML('beforeend', chart), CHART);
  await expect.poll(() => statesOf(page, 'rt-line-chart')).toEqual(['error', 'error', 'error', 'error']);
  await expectCard(page, wires, 34);
  expect((await recorded(page)).errors).toHaveLength(1);
  expect((await recorded(page)).violations).toEqual(violations);
});

const GONE = {
  'status 404': (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(404).end(),
  'something that is no script': (_request: IncomingMessage, response: ServerResponse) =>
    sendText(response, 'text/html', '<!doctype html>'),
};

for (const [what, answer] of Object.entries(GONE)) {
  test(`a chunk that the server answers with ${what}, as after an update, is told once: reload`, async ({
    page,
    scripted,
  }) => {
    scripted.answers.set(chunkPath('line-chart'), answer);
    const { watched, wires } = await open(page, scripted, {}, { body: THREE_CHARTS });
    await expect.poll(() => statesOf(page, 'rt-line-chart')).toEqual(['error', 'error', 'error']);
    await expect.poll(() => statesOf(page, 'rt-pause-button')).toEqual(['live']);
    await expectCard(page, wires, 12);
    const { errors } = await recorded(page);
    expect(errors).toEqual([{ code: 'http', fatal: true, from: 'rt-line-chart', message: expect.any(String) }]);
    expect(errors[0]?.message).toContain(
      `${scripted.origin}${chunkPath('line-chart')}, which the server answered with ${what}: reload`,
    );
    expect(watched.said).toHaveLength(1);
    expect(exceptions(watched)).toEqual([]);
  });
}

test('charts whose chunk did not come over a network that was down come to life when the next chart is put in', async ({
  page,
  scripted,
}) => {
  scripted.answers.set(chunkPath('line-chart'), (request) => void request.socket.destroy());
  const { watched, wires } = await open(page, scripted, {}, { body: THREE_CHARTS });
  await expect.poll(() => statesOf(page, 'rt-line-chart')).toEqual(['error', 'error', 'error']);
  await expectCard(page, wires, 12);
  const { errors } = await recorded(page);
  expect(errors).toEqual([{ code: 'network', fatal: false, from: 'rt-line-chart', message: expect.any(String) }]);
  expect(errors[0]?.message).toMatch(/line-chart.* could not be fetched .*tried again by itself; the page goes on/);
  scripted.answers.delete(chunkPath('line-chart'));
  await page.evaluate((chart) => document.querySelector('rt-feed')?.insertAdjacentHTML('beforeend', chart), CHART);
  await expect.poll(() => statesOf(page, 'rt-line-chart')).toEqual(['live', 'live', 'live', 'live']);
  expect((await recorded(page)).errors).toHaveLength(1);
  expect({ said: watched.said, exceptions: exceptions(watched) }).toEqual({ said: [], exceptions: [] });
});

test('and when the network returns', async ({ page, scripted, context }) => {
  const { watched, wires } = await open(page, scripted, {}, { body: `${FEED}${CARD}</rt-feed>` });
  await expectCard(page, wires, 12);
  await context.setOffline(true);
  await page.evaluate(
    (charts) => document.querySelector('rt-feed')?.insertAdjacentHTML('beforeend', charts),
    CHART + CHART,
  );
  await expect.poll(() => statesOf(page, 'rt-line-chart')).toEqual(['error', 'error']);
  await context.setOffline(false);
  await expect.poll(() => statesOf(page, 'rt-line-chart'), { timeout: 4_000 }).toEqual(['live', 'live']);
  expect({ said: watched.said, exceptions: exceptions(watched) }).toEqual({ said: [], exceptions: [] });
});

const HTML = 'text/html; charset=utf-8';
const frameText = (head: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>frame</title>${head}</head><body>${body}</body></html>`;
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

/** How a page frames another, by what is in it; `base` is where the frame finds scripts and data. */
interface Framing {
  readonly base: (scripted: Scripted) => string;
  readonly frame: (scripted: Scripted, text: string) => string;
}

const FRAMES: Readonly<Record<string, Framing>> = {
  'a sandboxed frame': {
    base: () => '',
    frame: (scripted, text) => {
      scripted.answers.set('/frame', (_request, response) => sendText(response, HTML, text));
      return '<iframe sandbox="allow-scripts" src="/frame" width="900" height="900"></iframe>';
    },
  },
  'a sandboxed frame by srcdoc': {
    base: () => '',
    frame: (_scripted, text) =>
      `<iframe sandbox="allow-scripts" srcdoc="${escaped(text)}" width="900" height="900"></iframe>`,
  },
  'a frame by srcdoc': {
    base: () => '',
    frame: (_scripted, text) => `<iframe srcdoc="${escaped(text)}" width="900" height="900"></iframe>`,
  },
  'a frame by a data: address': {
    base: ({ origin }) => origin,
    frame: (_scripted, text) =>
      `<iframe src="data:text/html,${encodeURIComponent(text)}" width="900" height="900"></iframe>`,
  },
  'a frame by a blob: address': {
    base: ({ origin }) => origin,
    frame: (_scripted, text) => `<iframe width="900" height="900"></iframe><script type="module">
      const text = decodeURIComponent("${encodeURIComponent(text)}");
      document.querySelector('iframe').src = URL.createObjectURL(new Blob([text], { type: 'text/html' }));
    </script>`,
  },
};

interface FrameOptions {
  readonly tag?: (base: string) => string;
  readonly body?: (base: string) => string;
  /** Of scripts and data. */
  readonly headers?: Readonly<Record<string, string>>;
}

const openFrame = async (
  page: Page,
  scripted: Scripted,
  { base, frame }: Framing,
  { tag = moduleTag, body = everything, headers = {} }: FrameOptions = {},
): Promise<Opened & { readonly inner: Frame }> => {
  const text = frameText(tag(base(scripted)), body(base(scripted)));
  const opened = await open(page, scripted, {}, { head: '', body: frame(scripted, text), headers });
  await expect.poll(() => page.frames().at(1)?.locator('rt-feed').count()).toBeGreaterThan(0);
  const inner = page.frames()[1];
  if (inner === undefined) throw new Error('There is no frame.');
  return { ...opened, inner };
};

for (const [what, framing] of Object.entries(FRAMES)) {
  for (const [name, tag] of Object.entries({ module: moduleTag, classic: classicTag })) {
    test(`the ${name} script in ${what} lives with a server that lets every origin read`, async ({
      page,
      scripted,
    }) => {
      const headers = { 'Access-Control-Allow-Origin': '*' };
      const { watched, wires, inner } = await openFrame(page, scripted, framing, { tag, headers });
      await expectLife(inner, wires);
      // The clipboard is for pages that have an origin.
      await expectDebug(inner, !/sandboxed|data:/.test(what));
      await expectLife(inner, wires, [56]);
      await expectQuiet(inner, watched);
    });
  }
}

for (const headers of [{ 'Access-Control-Allow-Origin': 'null' }, {}]) {
  const allows = Object.keys(headers).length > 0;
  test(`a sandboxed frame ${allows ? 'lives with data from a server that lets the origin null read' : 'is told what the server lacks, in one sentence'}`, async ({
    page,
    scripted,
  }) => {
    const framing = FRAMES['a sandboxed frame'];
    if (framing === undefined) throw new Error('There is no such frame.');
    const body = (): string => `${FEED}${CARD}</rt-feed>`;
    const { wires, watched, inner } = await openFrame(page, scripted, framing, { tag: classicTag, body, headers });
    if (allows) {
      wires.say(7);
      await expect.poll(async () => (await readCard(inner)).value).toBe('7');
      await expectQuiet(inner, watched);
      return;
    }
    await expect
      .poll(async () => (await recorded(inner)).errors.at(0))
      .toMatchObject({
        code: 'network',
        message: expect.stringMatching(/needs Access-Control-Allow-Origin: null, this page’s own origin, or \*/),
      });
    expect(watched.said).toEqual([]);
  });
}

test('a relative address in a frame that has none itself is told as a mistake', async ({ page, scripted }) => {
  const framing = FRAMES['a frame by a data: address'];
  if (framing === undefined) throw new Error('There is no such frame.');
  const { inner, watched } = await openFrame(page, scripted, framing, {
    tag: classicTag,
    body: () => `${FEED}${CARD}</rt-feed>`,
  });
  await expect
    .poll(async () => (await recorded(inner)).errors)
    .toEqual([
      expect.objectContaining({
        code: 'config',
        message: expect.stringContaining(
          'it is no whole URL, and a page at data: has nothing that it could be relative to',
        ),
      }),
    ]);
  expect(watched.said).toHaveLength(1);
});
