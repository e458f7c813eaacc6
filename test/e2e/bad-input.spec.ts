/** What a page's author or a server may get wrong: each is told where it belongs, the page goes on, the last values stay. */
import { type Page } from '@playwright/test';
import { expect, sendText, test, type Scripted } from './scripted.js';
import { chartRows, readCard, readIndicator, recorded, watch, type ShownCard, type Watched } from './watching.js';

const CARD = '<rt-metric-card label="Load" channel="metrics" field="load"></rt-metric-card>';
const INDICATOR = '<rt-connection-indicator></rt-connection-indicator>';
const LAST_VALUE = '41.5';

interface Wire {
  readonly name: string;
  readonly src: string;
  readonly transport: string;
}

const SSE: Wire = { name: 'SSE', src: '/events', transport: 'sse' };
const SOCKET: Wire = { name: 'a WebSocket', src: '/ws', transport: 'websocket' };
const WIRES = [SSE, SOCKET];

const feed = ({ src, transport }: Wire, inner: string, more = ''): string =>
  `<rt-feed src="${src}" transport="${transport}" channels="metrics" ${more}>${INDICATOR}${inner}</rt-feed>`;

/** Opens a page whose wire begins with the last good value. */
const open = async (page: Page, scripted: Scripted, body: string): Promise<Watched> => {
  scripted.greeting = `{"load":${LAST_VALUE}}`;
  scripted.body = body;
  const watched = await watch(page);
  await page.goto(scripted.origin);
  return watched;
};

const shows = async (page: Page, expected: Partial<Record<keyof ShownCard, unknown>>): Promise<void> => {
  await expect.poll(() => readCard(page)).toMatchObject(expected);
};

/** The wire still brings values, and they are shown. */
const goesOn = async (page: Page, scripted: Scripted): Promise<void> => {
  scripted.say('metrics', '{"load":77}');
  await shows(page, { value: '77', states: ['live'], note: '' });
};

const errorsOf = async (page: Page): Promise<{ code: string; message: string; fatal: boolean; from: string }[]> =>
  (await recorded(page)).errors;

/** A mistake of the author's is told once in the console and once as `rt-error`, with element, attribute, value, and what is allowed. */
const expectConfigError = async (
  page: Page,
  { said }: Watched,
  { from, fatal, names }: { from: string; fatal: boolean; names: readonly (string | RegExp)[] },
): Promise<void> => {
  await expect.poll(() => errorsOf(page)).toHaveLength(1);
  expect(await errorsOf(page)).toEqual([{ code: 'config', fatal, from, message: expect.any(String) }]);
  expect(said).toHaveLength(1);
  const message = (await errorsOf(page))[0]?.message ?? '';
  expect(said[0]).toBe(`rt-widgets: ${message}`);
  for (const name of names) expect(message).toMatch(typeof name === 'string' ? literally(name) : name);
};

const literally = (text: string): RegExp => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));

/** A fault of the wire that mends itself is told as `rt-error` alone. */
const expectWireError = async (page: Page, { said }: Watched, code: string, message: RegExp): Promise<void> => {
  await expect
    .poll(() => errorsOf(page))
    .toEqual([{ code, fatal: false, from: 'rt-feed', message: expect.stringMatching(message) }]);
  expect(said).toEqual([]);
};

const expectSilence = async (page: Page, { said }: Watched): Promise<void> => {
  expect({ said, errors: await errorsOf(page) }).toEqual({ said: [], errors: [] });
};

test('an unknown transport is told once, and the feed goes on by auto', async ({ page, scripted }) => {
  const watched = await open(page, scripted, feed({ ...SSE, transport: 'pigeon' }, CARD));
  await shows(page, { value: LAST_VALUE, states: ['live'] });
  await expectConfigError(page, watched, {
    from: 'rt-feed',
    fatal: false,
    names: ['<rt-feed transport="pigeon">', 'auto', 'websocket', 'sse', 'polling'],
  });
  expect((await readIndicator(page)).transport).toBe('Event stream');
  await goesOn(page, scripted);
  expect(watched.said).toHaveLength(1);
});

for (const src of ['http://', 'ftp://example.org/data', 'javascript:alert(1)']) {
  test(`an unusable URL, ${src}, is told once and is final, until src changes`, async ({ page, scripted }) => {
    const watched = await open(page, scripted, feed({ ...SSE, src }, CARD));
    await expectConfigError(page, watched, {
      from: 'rt-feed',
      fatal: true,
      names: ['rt-feed', `src="${src}"`, /allowed is .*https?:.*wss?:/],
    });
    await expect(page.locator('rt-feed')).toHaveAttribute('status', 'error');
    expect((await readIndicator(page)).status).toBe('Error');
    await page.locator('rt-feed').evaluate((element) => element.setAttribute('src', '/events'));
    await shows(page, { value: LAST_VALUE, states: ['live'] });
    await goesOn(page, scripted);
    expect(watched.said).toHaveLength(1);
  });
}

test('an unusable URL that a feed is given later leaves the last value where it is', async ({ page, scripted }) => {
  const watched = await open(page, scripted, feed(SSE, CARD));
  await shows(page, { value: LAST_VALUE, states: ['live'] });
  await page.locator('rt-feed').evaluate((element) => element.setAttribute('src', 'gopher://example.org/'));
  await expectConfigError(page, watched, { from: 'rt-feed', fatal: true, names: ['gopher:'] });
  await shows(page, { value: LAST_VALUE, states: ['stale'] });
});

test('a bad duration is told once, and the default holds', async ({ page, scripted }) => {
  const watched = await open(page, scripted, feed(SSE, CARD, 'reconnect-delay="soon"'));
  await shows(page, { value: LAST_VALUE, states: ['live'] });
  await expectConfigError(page, watched, {
    from: 'rt-feed',
    fatal: false,
    names: ['<rt-feed reconnect-delay="soon">', /allowed is .*5s/],
  });
  await goesOn(page, scripted);
  scripted.greeting = '{"load":5}';
  scripted.hangUp();
  await shows(page, { value: '5' });
  expect(watched.said).toHaveLength(1);
});

test('an unknown value of a widget’s attribute is told once, and the default holds', async ({ page, scripted }) => {
  const card = CARD.replace('field=', 'format="roman" field=');
  const watched = await open(page, scripted, feed(SSE, card));
  await shows(page, { value: LAST_VALUE, states: ['live'] });
  await expectConfigError(page, watched, {
    from: 'rt-metric-card',
    fatal: false,
    names: ['<rt-metric-card format="roman">', 'number', 'percent', 'bytes'],
  });
  await goesOn(page, scripted);
  expect(watched.said).toHaveLength(1);
});

test('a chart’s unknown gap, window and series’ axis are each told once, and it draws by its defaults', async ({
  page,
  scripted,
}) => {
  const chart =
    '<rt-line-chart channel="metrics" gap="bridge" window="wide"><rt-series field="load" axis="top"></rt-series></rt-line-chart>';
  const watched = await open(page, scripted, feed(SSE, CARD + chart));
  await expect.poll(() => errorsOf(page)).toHaveLength(3);
  const told = (await errorsOf(page)).map(({ code, message, from }) => ({ code, message, from }));
  for (const [attribute, value] of [
    ['gap', 'bridge'],
    ['window', 'wide'],
    ['axis', 'top'],
  ] as const) {
    expect(told).toContainEqual({
      code: 'config',
      from: 'rt-line-chart',
      message: expect.stringMatching(new RegExp(`${attribute}="${value}"`)),
    });
  }
  await goesOn(page, scripted);
  await expect.poll(async () => (await chartRows(page)).at(-1)).toMatch(/,77$/);
  expect(watched.said).toHaveLength(3);
});

for (const wire of WIRES) {
  test(`JSON that is none, over ${wire.name}, is told as rt-error alone, and the connection goes on`, async ({
    page,
    scripted,
  }) => {
    const watched = await open(page, scripted, feed(wire, CARD));
    await shows(page, { value: LAST_VALUE, states: ['live'] });
    scripted.raw('{"channel":"metrics","data":{"load":1');
    await expectWireError(page, watched, 'decode', /not valid JSON.*goes on/);
    await shows(page, { value: LAST_VALUE, states: ['live'] });
    await goesOn(page, scripted);
    expect(scripted.opened).toBe(1);
    expect(watched.said).toEqual([]);
  });
}

test('JSON that is none, as an answer to polling, is a failed answer: told as rt-error alone, and asked for again', async ({
  page,
  scripted,
}) => {
  let answer = `{"load":${LAST_VALUE}}`;
  scripted.answers.set('/api', (_request, response) => sendText(response, 'application/json', answer));
  const polling = { name: 'polling', src: '/api', transport: 'polling' };
  const watched = await open(page, scripted, feed(polling, CARD, 'interval="100ms"'));
  await shows(page, { value: LAST_VALUE, states: ['live'] });
  answer = '{"load":';
  await expect.poll(() => errorsOf(page)).not.toEqual([]);
  const errors = await errorsOf(page);
  for (const error of errors) {
    expect(error).toMatchObject({ code: 'decode', fatal: false, message: expect.stringMatching(/trying again in/) });
  }
  expect((await readCard(page)).value).toBe(LAST_VALUE);
  answer = '{"load":77}';
  await shows(page, { value: '77', states: ['live'] });
  await expect(page.locator('rt-feed')).toHaveAttribute('status', 'connected');
  expect(watched.said).toEqual([]);
});

test('a field that is not there is told by the widget’s state alone: no data, and the last value of one that was', async ({
  page,
  scripted,
}) => {
  const chart = '<rt-line-chart channel="metrics" fields="lod"></rt-line-chart>';
  const watched = await open(page, scripted, feed(SSE, CARD.replace('"load"', '"lod"') + chart));
  await shows(page, { value: '–', states: ['empty'], note: 'No data yet' });
  const chartIs = (state: string): Promise<boolean> =>
    page.locator('rt-line-chart').evaluate((element, name) => element.matches(`:state(${name})`), state);
  await expect.poll(() => chartIs('empty')).toBe(true);
  scripted.say('metrics', '{"lod":3}');
  await shows(page, { value: '3', states: ['live'] });
  scripted.say('metrics', '{"load":4}');
  await expect.poll(async () => (await recorded(page)).messages.length).toBe(3);
  await shows(page, { value: '3', states: ['live'], note: '' });
  expect(await chartIs('live')).toBe(true);
  await expectSilence(page, watched);
});

const FIVE_MEGABYTES = 5 * 1024 * 1024;

for (const wire of WIRES) {
  test(`a message of 5 MB over ${wire.name} is passed over and told as rt-error alone; the connection goes on`, async ({
    page,
    scripted,
  }) => {
    const watched = await open(page, scripted, feed(wire, CARD));
    await shows(page, { value: LAST_VALUE, states: ['live'] });
    scripted.say('metrics', `{"load":1,"more":"${'x'.repeat(FIVE_MEGABYTES)}"}`);
    await expectWireError(page, watched, 'over-limit', /4 MiB.*goes on/);
    await shows(page, { value: LAST_VALUE, states: ['live'] });
    await goesOn(page, scripted);
    expect(scripted.opened).toBe(1);
    expect((await errorsOf(page)).length).toBe(1);
    expect(watched.said).toEqual([]);
  });
}

/** The chart's script has come, and it has read what there was: what comes next is another row. */
const chartReads = async (page: Page): Promise<void> => {
  await expect.poll(async () => (await chartRows(page)).length).toBe(1);
};

test('text where a number is due is no value: the card keeps the last one and says so, the chart has a gap', async ({
  page,
  scripted,
}) => {
  const chart = '<rt-line-chart channel="metrics" fields="load"></rt-line-chart>';
  const watched = await open(page, scripted, feed(SSE, CARD + chart));
  await shows(page, { value: LAST_VALUE, states: ['live'] });
  await chartReads(page);
  scripted.say('metrics', '{"load":"12.5"}');
  await shows(page, { value: '12.5', states: ['live'], note: '' });
  scripted.say('metrics', '{"load":"plenty"}');
  await shows(page, { value: '12.5', note: expect.stringMatching(/^No value · /), states: ['live', 'no-value'] });
  await goesOn(page, scripted);
  await expect
    .poll(async () => (await chartRows(page)).map((row) => row.split(',')[1]))
    .toEqual([LAST_VALUE, '12.5', '', '77']);
  await expectSilence(page, watched);
});

test('__proto__ as a field reads nothing and changes nothing, whatever the wire holds', async ({ page, scripted }) => {
  const own = '<rt-metric-card label="Own" field="__proto__.load"></rt-metric-card>';
  const chart = '<rt-line-chart channel="metrics" fields="__proto__ __proto__.load load"></rt-line-chart>';
  const watched = await open(page, scripted, feed(SSE, CARD + own + chart));
  await shows(page, { value: LAST_VALUE, states: ['live'] });
  await chartReads(page);
  scripted.say(
    'metrics',
    '{"__proto__":{"load":5,"polluted":true},"constructor":{"prototype":{"polluted":true}},"load":6}',
  );
  await shows(page, { value: '6', states: ['live'] });
  const cards = page.locator('rt-metric-card');
  expect(await cards.nth(1).evaluate((card) => card.matches(':state(empty)'))).toBe(true);
  await expect
    .poll(async () => (await chartRows(page)).map((row) => row.replace(/^[^,]*/, '')))
    .toEqual([`,,,${LAST_VALUE}`, ',,,6']);
  expect(await page.evaluate(() => ['polluted' in {}, 'load' in {}])).toEqual([false, false]);
  await goesOn(page, scripted);
  // That such a field never comes may be told by now, and nothing else.
  const told = [...watched.said, ...(await errorsOf(page)).map(({ message }) => message)];
  expect(told.filter((sentence) => !sentence.includes('="__proto__'))).toEqual([]);
});

const LOGIN = '<!doctype html><title>Sign in</title><p>Your session has expired.';
const HTML = 'text/html; charset=utf-8';

for (const transport of ['sse', 'auto']) {
  test(`a server that says HTML to ${transport} is final: told as rt-error, and once in the console`, async ({
    page,
    scripted,
  }) => {
    let asked = 0;
    scripted.answers.set('/events', (_request, response) => {
      asked++;
      sendText(response, HTML, LOGIN);
    });
    const watched = await open(page, scripted, feed({ ...SSE, transport }, CARD));
    await expect(page.locator('rt-feed')).toHaveAttribute('status', 'error');
    const errors = await errorsOf(page);
    expect(errors).toEqual([
      { code: 'protocol', fatal: true, from: 'rt-feed', message: expect.stringMatching(/text\/html.*not tried again/) },
    ]);
    expect(watched.said).toEqual([`rt-widgets: ${errors[0]?.message ?? ''}`]);
    await shows(page, { value: '–', states: ['error'] });
    expect((await readIndicator(page)).retry).toBe(true);
    expect(asked).toBe(1);
    scripted.answers.delete('/events');
    await page.locator(`rt-connection-indicator [part='retry']`).click();
    await shows(page, { value: LAST_VALUE, states: ['live'] });
    await goesOn(page, scripted);
  });
}

test('a server that has worked and then says HTML is told as rt-error alone; the last value stays', async ({
  page,
  scripted,
}) => {
  const watched = await open(page, scripted, feed(SSE, CARD, 'reconnect-delay="50ms"'));
  await shows(page, { value: LAST_VALUE, states: ['live'] });
  scripted.answers.set('/events', (_request, response) => sendText(response, HTML, LOGIN));
  scripted.hangUp();
  await expect(page.locator('rt-feed')).toHaveAttribute('status', 'error');
  const errors = await errorsOf(page);
  expect(errors.at(-1)).toMatchObject({ code: 'protocol', fatal: false });
  expect(errors.at(-1)?.message).toMatch(/text\/html.*tried again/);
  await shows(page, { value: LAST_VALUE, states: ['stale'] });
  expect(watched.said).toEqual([]);
});

test('a server that says HTML to polling has failed to answer: told as rt-error alone, the last value stays', async ({
  page,
  scripted,
}) => {
  let [type, answer] = ['application/json', `{"load":${LAST_VALUE}}`];
  scripted.answers.set('/api', (_request, response) => sendText(response, type, answer));
  const polling = { name: 'polling', src: '/api', transport: 'polling' };
  const watched = await open(page, scripted, feed(polling, CARD, 'interval="100ms"'));
  await shows(page, { value: LAST_VALUE, states: ['live'] });
  [type, answer] = [HTML, LOGIN];
  await expect.poll(() => errorsOf(page)).not.toEqual([]);
  expect((await errorsOf(page))[0]).toMatchObject({ code: 'decode', fatal: false });
  await shows(page, { value: LAST_VALUE, states: ['stale'] });
  [type, answer] = ['application/json', '{"load":77}'];
  await shows(page, { value: '77', states: ['live'] });
  expect(watched.said).toEqual([]);
});

test('a server that says HTML to a WebSocket is tried again, and told as rt-error alone', async ({
  page,
  scripted,
}) => {
  scripted.answers.set('/ws', (_request, response) => sendText(response, HTML, LOGIN));
  const watched = await open(page, scripted, feed(SOCKET, CARD, 'reconnect-delay="50ms"'));
  await expect.poll(async () => (await errorsOf(page)).length).toBeGreaterThanOrEqual(2);
  for (const error of await errorsOf(page)) expect(error).toMatchObject({ code: 'network', fatal: false });
  await expect(page.locator('rt-feed')).toHaveAttribute('status', 'reconnecting');
  scripted.answers.delete('/ws');
  await shows(page, { value: LAST_VALUE, states: ['live'] });
  await goesOn(page, scripted);
  expect(watched.said).toEqual([]);
});

test('a sample dated 2099 is dropped and counted by the chart; its clock, and what it shows, stay', async ({
  page,
  scripted,
}) => {
  const chart =
    '<rt-line-chart channel="metrics" x-field="timestamp" window="60s"><rt-series field="load"></rt-series></rt-line-chart>';
  const watched = await open(page, scripted, feed(SSE, CARD + chart));
  await shows(page, { value: LAST_VALUE, states: ['live'] });
  const say = (load: number, time: number): void =>
    scripted.say('metrics', JSON.stringify({ load, timestamp: new Date(time).toISOString() }));
  const droppedIs = (): Promise<number> =>
    page.locator('rt-line-chart').evaluate((element) => (element as HTMLElementTagNameMap['rt-line-chart']).dropped);
  const now = Date.now();
  say(1, now);
  await expect.poll(async () => (await chartRows(page)).length).toBeGreaterThan(0);
  say(2, Date.UTC(2099, 0, 1));
  await shows(page, { value: '2' });
  say(3, now + 1_000);
  await shows(page, { value: '3', states: ['live'] });
  await expect.poll(droppedIs).toBe(1);
  const rows = await chartRows(page);
  expect(rows.map((row) => row.split(',')[1]).slice(-2)).toEqual(['1', '3']);
  expect(rows.join()).not.toContain('2099');
  await goesOn(page, scripted);
  await expectSilence(page, watched);
});
