import { showDebug } from '../../src/debug/overlay.js';
import type { Disposer } from '../../src/kernel/disposer.js';
import type { Inspection } from '../../src/kernel/inspection.js';
import { FakeEnv, NOTHING_HELD, settled } from '../support/fake-env.js';
import { expect } from '../support/testing.js';
import { inspection, loggedError } from './inspections.js';

const HOSTILE = '<img src=x onerror="globalThis.hacked = true"><script>globalThis.hacked = true</script>';

const panel = (): HTMLElement | null => document.querySelector('[aria-label="rt-widgets debug"]');

const root = (): ShadowRoot => {
  const found = panel()?.shadowRoot;
  if (found === undefined || found === null) throw new Error('There is no panel.');
  return found;
};

const textOf = (node: Element | null | undefined): string => node?.textContent.replace(/\s+/g, ' ').trim() ?? '';

const texts = (selector: string): string[] => [...root().querySelectorAll(selector)].map(textOf);

const get = <E extends Element>(selector: string, type: new () => E, index = 0): E => {
  const found = root().querySelectorAll(selector)[index];
  if (found instanceof type) return found;
  throw new Error(`There is no ${selector}.`);
};

const press = async (selector: string, index = 0): Promise<void> => {
  const button = get(selector, HTMLButtonElement, index);
  button.focus();
  button.click();
  await settled();
};

describe('the debug overlay', () => {
  let env: FakeEnv;
  let disposers: Disposer[];
  let copied: string[];
  let ownClipboard: PropertyDescriptor | undefined;

  const setClipboard = (clipboard: unknown): void => {
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: clipboard });
  };

  beforeEach(() => {
    env = new FakeEnv();
    disposers = [];
    copied = [];
    ownClipboard = Object.getOwnPropertyDescriptor(navigator, 'clipboard');
    setClipboard({ writeText: async (text: string) => void copied.push(text) });
  });

  afterEach(() => {
    for (const dispose of disposers) dispose();
    for (const feed of document.querySelectorAll('.feed')) feed.remove();
    document.documentElement.removeAttribute('dir');
    document.documentElement.style.colorScheme = '';
    if (ownClipboard === undefined) Reflect.deleteProperty(navigator, 'clipboard');
    else Object.defineProperty(navigator, 'clipboard', ownClipboard);
    expect(panel(), 'a panel is left').to.equal(null);
    expect(env.held).to.deep.equal(NOTHING_HELD);
  });

  const addFeed = (id = ''): HTMLElement => {
    const feed = document.createElement('div');
    feed.className = 'feed';
    feed.id = id;
    feed.setAttribute('debug', '');
    document.body.append(feed);
    return feed;
  };

  /** Shows a feed's inside; what the function returned is its disposer. */
  const show = (inside: Inspection | (() => Inspection) = inspection(), feed = addFeed()): Disposer => {
    const dispose = showDebug(feed, typeof inside === 'function' ? inside : () => inside, env);
    disposers.push(dispose);
    return dispose;
  };

  it('tells of sources, channels, buffers and errors', () => {
    show();
    expect(texts('.status')).to.deep.equal(['reconnecting']);
    expect(texts('h2')).to.deep.equal(['plant.example/live']);
    expect(textOf(root().querySelector('.body > .muted'))).to.equal(
      'Values live · Connection shared by 2 feeds · Version 0.1.0',
    );
    expect(texts('.source .address')).to.deep.equal([
      'used https://plant.example/live',
      'aside https://spare.example/events',
    ]);
    expect(texts('.source dd')).to.deep.equal([
      'waiting · retry 3 · next in 4.2 s',
      'websocket',
      '7.3 s ago',
      'worked true early false leave allowed',
      'aside',
      'not decided',
      'none yet',
    ]);
    expect(texts('tbody tr')).to.deep.equal(['temperature 1 min ago – stale', 'cpu 300 ms ago 1.0 s live']);
    expect(texts('.buffers li')).to.deep.equal([
      'messages to send 90 of 100',
      'channels 2 of 1,000',
      'samples kept for widgets20,400',
    ]);
    expect(texts('.errors code')).to.deep.equal(['http', 'network']);
    expect(texts('.errors bdi')[0]).to.equal('The server answered 503.');
    expect(texts('.errors .tag')).to.deep.equal(['final']);
    expect(get('.errors time', HTMLTimeElement).dateTime).to.equal('2024-01-02T12:00:01.000Z');
  });

  it('says each buffer against its bound as a meter with a name', () => {
    show();
    const meter = get('[role=meter]', HTMLElement);
    expect(meter.ariaLabel).to.equal('messages to send');
    expect([meter.ariaValueNow, meter.ariaValueMax, meter.ariaValueText]).to.deep.equal(['90', '100', '90 of 100']);
    expect(get('rect', SVGRectElement).width.baseVal.value).to.equal(90);
    expect(root().querySelectorAll('[role=meter]').length, 'no bar without a bound').to.equal(2);
  });

  it('has something to say of a feed of which there is nothing to say', () => {
    show(inspection({ status: 'idle', sources: [], channels: [], errors: [], buffers: [], sharedBy: 0, paused: true }));
    expect(texts('h2')).to.deep.equal(['Feed without an address']);
    expect(texts('.body .muted')).to.include.members([
      'Values live · Paused · Connection of its own · Version 0.1.0',
      'None: what is shown is pushed by a script.',
      'Nothing has been heard yet.',
      'None.',
    ]);
  });

  it('is renewed twice a second', () => {
    let messages = 0;
    let retryIn = 2_000;
    const [source] = inspection().sources;
    if (source === undefined) throw new Error('There is no source.');
    show(() => inspection({ messages, bytes: 1_000 * messages, sources: [{ ...source, retryIn }] }));
    expect(texts('.rates dd').slice(0, 2)).to.deep.equal(['–', '–']);
    messages = 50;
    retryIn = 1_500;
    for (let frame = 0; frame < 30; frame++) env.runFrame();
    env.advance(499);
    expect(texts('.source dd')[0]).to.contain('next in 2.0 s');
    env.advance(1);
    expect(texts('.source dd')[0]).to.contain('next in 1.5 s');
    expect(texts('.rates dd').slice(0, 4)).to.deep.equal(['100', '100 kB/s', '0', '60']);
  });

  it('keeps text from the wire text, and cuts what does not end', () => {
    const [source] = inspection().sources;
    if (source === undefined) throw new Error('There is no source.');
    show(
      inspection({
        sources: [{ ...source, address: HOSTILE, facts: { [HOSTILE]: HOSTILE, deep: { text: HOSTILE } } }],
        channels: [{ name: HOSTILE + 'x'.repeat(100_000), silence: 0, usualGap: 5, freshness: 'live' }],
        buffers: [{ name: HOSTILE, used: 1, limit: 2 }],
        errors: [loggedError(0, { message: HOSTILE })],
      }),
    );
    expect(root().querySelector('img, script')).to.equal(null);
    expect(texts('.errors bdi')).to.deep.equal([HOSTILE]);
    expect(texts('tbody bdi')[0]?.length).to.be.lessThan(400);
    expect(globalThis).not.to.have.property('hacked');
  });

  it('shows fifty channels, stale ones first, and says how many more there are', () => {
    const channels = Array.from({ length: 1_000 }, (_, index) => ({
      name: `c${index}`,
      silence: 0,
      usualGap: 1_000,
      freshness: index === 999 ? ('stale' as const) : ('live' as const),
    }));
    show(inspection({ channels }));
    expect(texts('tbody th').slice(0, 2)).to.deep.equal(['c999', 'c0']);
    expect(texts('tbody tr').length).to.equal(50);
    expect(texts('.body .muted')).to.include('and 950 more, all of them in the report');
  });

  it('keeps an error’s place in the document when newer ones come', () => {
    const errors = [loggedError(0)];
    show(() => inspection({ errors: [...errors] }));
    const first = get('.errors li', HTMLLIElement);
    errors.push(loggedError(1, { code: 'stalled' }));
    env.advance(500);
    expect(texts('.errors code')).to.deep.equal(['stalled', 'network']);
    expect(get('.errors li', HTMLLIElement, 1)).to.equal(first);
  });

  describe('copies a report', () => {
    const reportOf = (text: string | undefined): Record<string, unknown> =>
      JSON.parse(text ?? '') as Record<string, unknown>;

    it('of everything, as JSON', async () => {
      show(inspection(), addFeed('plant'));
      env.setOnline(false);
      env.advance(1_000);
      await press('.copy');
      const report = reportOf(copied[0]);
      // What is not known is there, as null.
      expect(report).to.deep.include(
        JSON.parse(JSON.stringify(inspection(), (_key, value: unknown) => value ?? null)) as object,
      );
      expect(report).to.deep.include({
        time: '2024-01-02T00:00:01.000Z',
        feed: 'plant',
        rates: { messages: 0, bytes: 0, flushes: 0, frames: 0, longestTask: 0 },
        page: {
          address: location.origin + location.pathname,
          visibility: 'visible',
          online: false,
          userAgent: navigator.userAgent,
          viewport: { width: innerWidth, height: innerHeight },
          devicePixelRatio,
        },
      });
    });

    it('and says so for two seconds', async () => {
      show();
      await press('.copy');
      expect(texts('.copy')).to.deep.equal(['Copied']);
      env.advance(2_000);
      expect(texts('.copy')).to.deep.equal(['Copy report']);
    });

    it('without the query and the fragment of the page', async () => {
      const before = location.href;
      const address = new URL(before);
      address.searchParams.set('token', 'SECRET-QUERY');
      address.hash = 'SECRET-HASH';
      history.replaceState(null, '', address);
      try {
        show();
        await press('.copy');
      } finally {
        history.replaceState(null, '', before);
      }
      expect(copied[0]).to.contain(location.pathname);
      expect(copied[0]).not.to.contain('SECRET');
    });

    for (const [why, clipboard] of [
      ['refuses', { writeText: () => Promise.reject(new DOMException('Not now.', 'NotAllowedError')) }],
      ['has no clipboard', undefined],
    ] as const) {
      it(`by hand, where the browser ${why}`, async () => {
        setClipboard(clipboard);
        show();
        await press('.toggle');
        await press('.copy');
        const text = get('textarea', HTMLTextAreaElement);
        expect(reportOf(text.value)).to.include({ status: 'reconnecting' });
        expect(text.readOnly).to.equal(true);
        expect(root().activeElement).to.equal(text);
        env.advance(1_000);
        expect([text.selectionStart, text.selectionEnd], 'still selected').to.deep.equal([0, text.value.length]);
        await expect(panel()).to.be.accessible();
        await press('.report button');
        expect(root().querySelector('textarea')).to.equal(null);
      });
    }
  });

  it('folds a section to its head, and unfolds it', async () => {
    show();
    const toggle = get('.toggle', HTMLButtonElement);
    expect(toggle.ariaExpanded).to.equal('true');
    await press('.toggle');
    expect(toggle.ariaExpanded).to.equal('false');
    expect(get('.body', HTMLElement).getBoundingClientRect().height).to.equal(0);
    expect(texts('.status'), 'the head goes on').to.deep.equal(['reconnecting']);
    await press('.toggle');
    expect(get('.body', HTMLElement).getBoundingClientRect().height).to.be.greaterThan(100);
  });

  it('is one panel for all feeds of a page', () => {
    const hideFirst = show(inspection(), addFeed('first'));
    show(inspection({ status: 'connected' }), addFeed('second'));
    expect(document.querySelectorAll('[aria-label="rt-widgets debug"]').length).to.equal(1);
    expect(texts('h2')).to.deep.equal(['first', 'second']);
    expect(env.due).to.deep.equal([500]);
    hideFirst();
    expect(texts('h2')).to.deep.equal(['second']);
  });

  it('closes by its button: the feed’s attribute goes, and the keyboard goes on in the next section', async () => {
    const feed = addFeed('first');
    const hideFirst = show(inspection(), feed);
    show(inspection(), addFeed('second'));
    await press('.close');
    expect(feed.hasAttribute('debug')).to.equal(false);
    hideFirst();
    expect(root().activeElement).to.equal(get('.toggle', HTMLButtonElement));
    expect(texts('h2')).to.deep.equal(['second']);
  });

  it('stops when it is disposed of, even in the middle of a copy, and twice is as good as once', async () => {
    let asked = 0;
    const dispose = show(() => {
      asked++;
      return inspection();
    });
    get('.copy', HTMLButtonElement).click();
    dispose();
    dispose();
    const before = asked;
    await settled();
    env.advance(5_000);
    env.runFrame();
    expect(asked).to.equal(before);
    expect(panel()).to.equal(null);
    expect(env.held).to.deep.equal(NOTHING_HELD);
  });

  it('stops by itself when its feed has left the document, and never asks a feed that is not there', () => {
    let asked = 0;
    const feed = addFeed();
    show(() => {
      asked++;
      return inspection();
    }, feed);
    feed.remove();
    env.advance(500);
    expect(asked).to.equal(1);
    expect(panel()).to.equal(null);
    expect(env.held).to.deep.equal(NOTHING_HELD);
  });

  it('lies above the page, takes no room in it, and is out of reach of its styles', () => {
    const height = document.documentElement.scrollHeight;
    const style = document.createElement('style');
    style.textContent = `
      div, section, button { display: none !important; color: red !important; }
      div { position: static; font: 40px serif; background: red; opacity: 0.1; width: 9000px; }`;
    document.head.append(style);
    show();
    const host = panel();
    if (host === null) throw new Error('There is no panel.');
    const { position, display, opacity, fontSize, color } = getComputedStyle(host);
    expect({ position, display, opacity, fontSize }).to.deep.equal({
      position: 'fixed',
      display: 'block',
      opacity: '1',
      fontSize: '16px',
    });
    expect(color).not.to.equal('rgb(255, 0, 0)');
    expect(host.matches(':popover-open')).to.equal(true);
    expect(host.getBoundingClientRect().width).to.be.lessThan(500);
    expect(get('.copy', HTMLButtonElement).getBoundingClientRect().height).to.be.greaterThan(20);
    expect(document.documentElement.scrollHeight).to.equal(height);
    style.remove();
  });

  it('stands at the end of the page’s lines', () => {
    show();
    const { right } = panel()?.getBoundingClientRect() ?? new DOMRect();
    expect(right).to.equal(document.documentElement.clientWidth - 12);
    document.documentElement.dir = 'rtl';
    expect(panel()?.getBoundingClientRect().left).to.be.closeTo(12, 20);
    expect(getComputedStyle(get('section', HTMLElement)).direction, 'its words are English').to.equal('ltr');
  });

  it('has no live region', () => {
    show();
    expect(root().querySelector('[aria-live], [role=status], [role=alert], [role=log], output')).to.equal(null);
  });

  for (const scheme of ['light', 'dark']) {
    it(`is accessible in ${scheme}`, async () => {
      document.documentElement.style.colorScheme = scheme;
      show(inspection(), addFeed('first'));
      show(
        inspection({ status: 'connected', errors: Array.from({ length: 100 }, (_, at) => loggedError(at)) }),
        addFeed('second'),
      );
      show(inspection({ status: 'error', errors: [], channels: [] }), addFeed('third'));
      await press('.toggle', 2);
      const host = panel();
      if (host === null) throw new Error('There is no panel.');
      const [red = 0] = /\d+/.exec(getComputedStyle(host).backgroundColor) ?? [];
      expect(Number(red) > 128 ? 'light' : 'dark').to.equal(scheme);
      await expect(host).to.be.accessible();
    });
  }
});
