import {
  RtConnectionIndicator,
  RtFeed,
  RtLineChart,
  RtMetricCard,
  RtPauseButton,
  RtSeries,
  RtSource,
  RtThreshold,
  setStrings,
  VERSION,
} from '../../src/index.js';
import { settled } from '../support/fake-env.js';
import { expect, waitUntil } from '../support/testing.js';
import { defineIn, inside, part, usePage } from './page.js';

const CLASSES = [
  RtFeed,
  RtConnectionIndicator,
  RtMetricCard,
  RtLineChart,
  RtPauseButton,
  RtSeries,
  RtSource,
  RtThreshold,
];

/** As much of a registry as registering takes. */
const registryWith = (
  taken: Readonly<Record<string, unknown>>,
): { registry: CustomElementRegistry; names: string[] } => {
  const names: string[] = [];
  const known = new Map<string, unknown>(Object.entries(taken));
  const registry = {
    get: (name: string) => known.get(name),
    getName: (wanted: unknown) => [...known].find(([, constructor]) => constructor === wanted)?.[0] ?? null,
    define: (name: string, constructor: unknown) => {
      if (known.has(name)) throw new DOMException('It is taken.', 'NotSupportedError');
      names.push(name);
      known.set(name, constructor);
    },
  };
  return { registry: registry as unknown as CustomElementRegistry, names };
};

describe('the rules of all elements', () => {
  const page = usePage();

  // First of all, as what follows registers them.
  it('to import a class registers nothing', () => {
    for (const { tag } of CLASSES) expect(customElements.get(tag), tag).to.equal(undefined);
  });

  for (const element of CLASSES) {
    const { tag } = element;

    it(`<${tag}> is registered under its own tag, twice without a throw or a word`, () => {
      element.define();
      element.define();
      expect(customElements.get(tag)).to.equal(element);
      expect(page.env.warnings).to.deep.equal([]);
    });

    it(`<${tag}> is registered under another tag, too, and lives there`, async () => {
      element.define();
      element.define(`my-${tag}`);
      const made = document.createElement(`my-${tag}`);
      expect(made).to.be.instanceOf(element);
      await page.after(() => page.root.append(made));
      expect(page.errors).to.deep.equal([]);
    });

    it(`<${tag}> is registered in another registry`, () => {
      const { registry, names } = registryWith({});
      element.define(undefined, registry);
      element.define('x-y', registry);
      expect(names).to.deep.equal([tag, 'x-y']);
    });

    it(`<${tag}> tells its version, by which two scripts know each other`, () => {
      expect(element.version).to.equal(VERSION);
    });
  }

  it('fault 52: a tag that the same version has taken is left alone in silence', () => {
    for (const element of CLASSES) {
      const { registry, names } = registryWith({ [element.tag]: { version: VERSION } });
      element.define(undefined, registry);
      expect(names).to.deep.equal([]);
    }
    expect(page.env.warnings).to.deep.equal([]);
  });

  it('fault 53: tags that another version has taken are left alone, with one warning for all', () => {
    for (const element of CLASSES) {
      const { registry, names } = registryWith({ [element.tag]: { version: '9.9.9' } });
      element.define(undefined, registry);
      expect(names).to.deep.equal([]);
    }
    expect(page.env.warnings).to.have.length(1);
    for (const word of ['rt-feed', '9.9.9', VERSION]) expect(page.env.warnings[0]).to.contain(word);
  });

  it('the script that comes a second time, and last, changes nothing', async () => {
    await page.add('<rt-feed><rt-metric-card field="x"></rt-metric-card></rt-feed>');
    await import('../../src/define.js');
    await import('../../src/bundle.js');
    await page.push({ channel: 'a', data: { x: 1 } });
    expect(part(page.get('rt-metric-card'), 'value')).to.equal('1');
    expect(page.env.warnings).to.deep.equal([]);
  });

  it('widgets work wherever a CMS puts them: in paragraphs, before the feed, in one that is moved', async () => {
    await page.add('<p><rt-metric-card field="x"></rt-metric-card></p><p><rt-feed></rt-feed></p><section></section>');
    await page.push({ channel: 'a', data: { x: 1 } });
    expect(part(page.get('rt-metric-card'), 'value')).to.equal('1');
    await page.after(() => page.get('section').append(page.feed));
    await page.push({ channel: 'a', data: { x: 2 } });
    expect(part(page.get('rt-metric-card'), 'value')).to.equal('2');
  });

  it('no sample is a DOM event, and none becomes an attribute', async () => {
    await page.add(
      '<rt-feed><rt-metric-card field="x"></rt-metric-card><rt-connection-indicator></rt-connection-indicator></rt-feed>',
    );
    await page.push({ channel: 'a', data: { x: 0 } });
    const types: string[] = [];
    const changes: string[] = [];
    const observer = new MutationObserver((records) =>
      changes.push(...records.map(({ attributeName }) => String(attributeName))),
    );
    observer.observe(page.root, { subtree: true, attributes: true });
    const { dispatchEvent } = EventTarget.prototype;
    EventTarget.prototype.dispatchEvent = function (event): boolean {
      types.push(event.type);
      return dispatchEvent.call(this, event);
    };
    try {
      for (let x = 1; x <= 1_000; x++) page.feed.push({ channel: 'a', data: { x } });
      await page.frame();
    } finally {
      EventTarget.prototype.dispatchEvent = dispatchEvent;
      observer.disconnect();
    }
    expect(types).to.deep.equal(['rt-message']);
    expect(changes).to.deep.equal([]);
    expect(part(page.get('rt-metric-card'), 'value')).to.equal('1,000');
  });

  it('a frame without anything new draws nothing', async () => {
    await page.add('<rt-feed><rt-metric-card field="x"></rt-metric-card></rt-feed>');
    await page.push({ channel: 'a', data: { x: 5 } });
    const records: MutationRecord[] = [];
    const { shadowRoot } = page.get('rt-metric-card');
    if (shadowRoot === null) throw new Error('There is no shadow root.');
    const observer = new MutationObserver((all) => records.push(...all));
    observer.observe(shadowRoot, { subtree: true, childList: true, characterData: true, attributes: true });
    await page.push({ channel: 'a', data: { y: 1 } });
    await page.push({ channel: 'a', data: { x: 5 } });
    observer.disconnect();
    expect(records).to.deep.equal([]);
  });

  it('events are fired on change alone', async () => {
    await page.add('<rt-feed channels="a" interval="odd"></rt-feed>');
    const events: string[] = [];
    for (const type of ['rt-status', 'rt-message', 'rt-error'])
      page.root.addEventListener(type, () => events.push(type));
    for (const [name, value] of [
      ['channels', 'a'],
      ['interval', 'odd'],
      ['paused', ''],
    ] as const) {
      await page.after(() => page.feed.setAttribute(name, value));
    }
    await page.frame();
    expect(events).to.deep.equal([]);
  });

  it('fault 64: text from the wire is text', async () => {
    for (const element of CLASSES) element.define();
    const evil = '<img src=x onerror="window.hurt=1">';
    await page.add(
      `<rt-feed><rt-metric-card format="text"></rt-metric-card><rt-connection-indicator></rt-connection-indicator></rt-feed>`,
    );
    await page.push({ channel: evil, data: evil });
    page.feed.src = evil;
    await settled();
    expect(part(page.get('rt-metric-card'), 'value')).to.equal(evil);
    for (const host of page.root.querySelectorAll('*')) expect(inside(host, 'img')).to.equal(undefined);
    expect(Reflect.has(window, 'hurt')).to.equal(false);
  });

  it('every word comes from one table, which a page may change while it is shown', async () => {
    await page.add('<div lang="fr"><rt-feed><rt-connection-indicator></rt-connection-indicator></rt-feed></div>');
    const indicator = page.get('rt-connection-indicator');
    expect(part(indicator, 'status')).to.equal('Idle');
    await page.after(() => setStrings('fr', { idle: 'Inactif' }));
    expect(part(indicator, 'status')).to.equal('Inactif');
  });

  it('an element that is hidden takes no room, and one that configures never does', async () => {
    await page.add('<rt-metric-card value="1"></rt-metric-card><rt-series></rt-series><rt-threshold></rt-threshold>');
    const card = page.get('rt-metric-card');
    expect(card.offsetHeight).to.be.greaterThan(0);
    card.hidden = true;
    expect(card.offsetHeight).to.equal(0);
    expect(getComputedStyle(page.get('rt-series')).display).to.equal('none');
    expect(getComputedStyle(page.get('rt-threshold')).display).to.equal('none');
  });

  it('an element that configures adds no attribute that its author did not write', async () => {
    await page.add('<rt-series field="x"></rt-series><rt-threshold value="5"></rt-threshold>');
    expect(
      page
        .get('rt-series')
        .getAttributeNames()
        .filter((name) => name !== 'style'),
    ).to.deep.equal(['field']);
    expect(
      page
        .get('rt-threshold')
        .getAttributeNames()
        .filter((name) => name !== 'style'),
    ).to.deep.equal(['value']);
    await page.after(() => (page.get('rt-series').label = 'X'));
    expect(page.get('rt-series').getAttribute('label')).to.equal('X');
  });
});

describe('a page with a strict policy', () => {
  const POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; require-trusted-types-for 'script'";
  const PAGE = `<!doctype html><html lang="en"><head><title>strict</title><meta http-equiv="Content-Security-Policy" content="${POLICY}"></head><body>
    <rt-feed><rt-connection-indicator></rt-connection-indicator><rt-pause-button></rt-pause-button>
      <rt-metric-card label="CPU" field="x" unit="%" thresholds="5 warning"></rt-metric-card>
      <rt-line-chart label="Load" fields="x" window="60s"><rt-series field="y" color="rebeccapurple"></rt-series><rt-threshold value="4"></rt-threshold></rt-line-chart>
    </rt-feed></body></html>`;
  let frame: HTMLIFrameElement;

  beforeEach(async () => {
    frame = document.createElement('iframe');
    frame.width = '800';
    frame.height = '600';
    frame.srcdoc = PAGE;
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
    document.body.append(frame);
    await loaded;
  });

  afterEach(() => frame.remove());

  it('fault 67: is violated by nothing, and everything works there', async () => {
    const page = frame.contentDocument;
    if (page === null) throw new Error('The page is out of reach.');
    const violations = defineIn(page);
    const feed = page.querySelector('rt-feed');
    const card = page.querySelector('rt-metric-card');
    const chart = page.querySelector('rt-line-chart');
    const pause = page.querySelector('rt-pause-button');
    if (feed === null || card === null || chart === null || pause === null) throw new Error('There is no widget.');
    await waitUntil(() => 'push' in feed && inside(chart, 'canvas') !== undefined, 'nothing was registered');
    for (let x = 1; x < 9; x++) feed.push({ channel: 'a', data: { x, y: 2 * x } });
    await waitUntil(() => part(card, 'value') === '8', 'the card shows nothing');
    await waitUntil(() => (chart.shadowRoot?.querySelector('canvas')?.width ?? 0) > 300, 'the chart has no size');
    expect(getComputedStyle(card).display, 'its styles hold').to.equal('grid');
    await waitUntil(() => inside(pause, 'button') !== undefined, 'the button is not there');
    expect(chart.toCSV().split('\r\n')[0]).to.equal('time,x,y');
    expect(violations).to.deep.equal([]);

    expect(() => (page.body.innerHTML = '<b>not trusted</b>'), 'the policy holds').to.throw(/Trusted/);
    await waitUntil(() => violations.length > 0, 'a violation would have been seen');
  });
});
