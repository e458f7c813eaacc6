import '../../src/define.js';
import type { RtConnectionIndicator } from '../../src/elements/rt-connection-indicator/rt-connection-indicator.js';
import { expect } from '../support/testing.js';
import { inside, part, statesOf, usePage } from './page.js';

const STATUSES = ['idle', 'connecting', 'connected', 'reconnecting', 'offline', 'error', 'disconnected'] as const;
type Brought = (typeof STATUSES)[number];
const STATES = ['loading', 'live', 'stale', 'error', 'empty'];

const WORDS: Readonly<Record<Brought, readonly [english: string, german: string, state: string]>> = {
  idle: ['Idle', 'Inaktiv', 'loading'],
  connecting: ['Connecting', 'Verbindet', 'loading'],
  connected: ['Connected', 'Verbunden', 'live'],
  reconnecting: ['Reconnecting', 'Verbindet neu', 'stale'],
  offline: ['Offline', 'Offline', 'stale'],
  error: ['Error', 'Fehler', 'error'],
  disconnected: ['Disconnected', 'Getrennt', 'stale'],
};

describe('<rt-connection-indicator>', () => {
  const page = usePage();

  const setUp = async (attributes = '', src = '/ws'): Promise<RtConnectionIndicator> => {
    await page.add(
      `<rt-feed transport="websocket" ${src === '' ? '' : `src="${src}"`}><rt-connection-indicator ${attributes}></rt-connection-indicator></rt-feed>`,
    );
    return page.get('rt-connection-indicator');
  };

  /** An indicator whose feed has this status, and shows it. */
  const bring = async (status: Brought, attributes = ''): Promise<RtConnectionIndicator> => {
    const indicator = await setUp(attributes, status === 'idle' ? '' : '/ws');
    const { env, feed } = page;
    if (status !== 'idle' && status !== 'connecting') {
      env.lastSocket.open();
      env.lastSocket.tell({ channel: 'a', data: 1 });
      if (status === 'offline') env.setOnline(false);
      if (status === 'reconnecting' || status === 'offline') env.lastSocket.end(1013, '{"retryAfter": 9000}');
      if (status === 'error') env.lastSocket.end(1003);
      if (status === 'disconnected') feed.disconnect();
      await page.pass(1_500);
    }
    expect(feed.status).to.equal(status);
    return indicator;
  };

  const shapeOf = (indicator: Element): string => inside(indicator, '[part=shape]')?.innerHTML ?? '';

  describe('what went wrong', () => {
    const fail = async (): Promise<void> => {
      page.env.lastSocket.end(1006);
      await page.pass(1_500);
    };
    /** Until the next try is made. */
    const tryAgain = async (): Promise<void> => {
      const before = page.env.lastSocket;
      for (let turn = 0; turn < 200 && page.env.lastSocket === before; turn++) await page.pass(500);
    };

    it('is said from the second failure on, where it has never worked, without what the countdown says', async () => {
      const indicator = await setUp();
      await fail();
      expect(part(indicator, 'message')).to.equal(undefined);
      await tryAgain();
      await fail();
      const said = part(indicator, 'message') ?? '';
      expect(said).to.contain('/ws did not open a WebSocket');
      expect(said).not.to.contain('trying again in');
      expect(inside(indicator, '[part=retry]')).not.to.equal(undefined);
    });

    it('is not said where it has worked', async () => {
      const indicator = await setUp();
      page.env.lastSocket.open();
      page.env.lastSocket.tell({ channel: 'a', data: 1 });
      await page.pass(20_000);
      await fail();
      await tryAgain();
      await fail();
      expect(part(indicator, 'status')).to.equal('Reconnecting');
      expect(part(indicator, 'message')).to.equal(undefined);
    });

    it('is in the title where it is compact', async () => {
      const indicator = await setUp('compact');
      await fail();
      await tryAgain();
      await fail();
      expect(part(indicator, 'message')).to.equal(undefined);
      expect(inside(indicator, '.status')?.title).to.contain('/ws');
    });

    it('tells people of the button, and not of a method', async () => {
      const indicator = await setUp();
      page.env.lastSocket.open();
      page.env.lastSocket.end(1003);
      await page.pass(1_500);
      const said = part(indicator, 'message') ?? '';
      expect(said).to.contain('then press “Retry now”').and.not.contain('reconnect()');
    });
  });

  it('has its button while it is connected and nothing comes, but not for what is pushed', async () => {
    const indicator = await setUp('stale-after="5s"');
    page.env.lastSocket.open();
    page.env.lastSocket.tell({ channel: 'a', data: 1 });
    await page.pass(1_500);
    expect(inside(indicator, '[part=retry]')).to.equal(undefined);
    await page.pass(6_000);
    expect(part(indicator, 'age')).to.contain('No data');
    const before = page.env.lastSocket;
    await page.after(() => inside(indicator, '[part=retry]')?.click());
    expect(page.env.lastSocket).not.to.equal(before);
    page.root.replaceChildren();
    const pushed = await setUp('stale-after="5s"', '');
    await page.push(1);
    await page.pass(7_000);
    expect(part(pushed, 'age')).to.contain('No data');
    expect(inside(pushed, '[part=retry]')).to.equal(undefined);
  });

  for (const status of STATUSES) {
    const [english, german, state] = WORDS[status];

    it(`says "${status}" in words, in two languages, and as states`, async () => {
      const indicator = await bring(status);
      expect(part(indicator, 'status')).to.equal(english);
      expect(statesOf(indicator, STATUSES)).to.deep.equal([status]);
      expect(statesOf(indicator, STATES)).to.deep.equal([state]);
      await page.after(() => page.root.setAttribute('lang', 'de'));
      expect(part(indicator, 'status')).to.equal(german);
    });

    for (const scheme of ['light', 'dark']) {
      it(`is accessible when the feed is ${status}, in ${scheme}`, async () => {
        page.paint(scheme);
        await expect(await bring(status)).to.be.accessible();
      });
    }
  }

  it('has a shape of its own for each status', async () => {
    const shapes: string[] = [];
    for (const status of STATUSES) {
      shapes.push(shapeOf(await bring(status)).replace(/<!--.*?-->/g, ''));
      page.feed.remove();
      page.env.setOnline(true);
      await page.pass(1_000);
    }
    expect(new Set(shapes).size).to.equal(STATUSES.length);
    expect(shapes.every((shape) => shape.includes('<'))).to.equal(true);
  });

  it('is idle without a feed', async () => {
    await page.add('<rt-connection-indicator></rt-connection-indicator>');
    const indicator = page.get('rt-connection-indicator');
    expect(part(indicator, 'status')).to.equal('Idle');
    expect(inside(indicator, 'button')).to.equal(undefined);
    expect(page.env.due, 'nothing to count, but when the page is looked at again').to.deep.equal([3_000]);
  });

  it('says how messages travel', async () => {
    const indicator = await bring('connected');
    expect(part(indicator, 'transport')).to.equal('WebSocket');
    page.feed.transport = 'sse';
    await page.after(() => (page.feed.src = '/events'));
    await page.env.lastRequest.stream();
    await page.pass(0);
    expect(part(indicator, 'transport')).to.equal('Event stream');
  });

  it('says how old the data is, and goes on', async () => {
    const indicator = await bring('connected');
    expect(part(indicator, 'age')).to.equal('Updated 1 s ago');
    await page.pass(2_000);
    expect(part(indicator, 'age')).to.equal('Updated 3 s ago');
    page.env.lastSocket.tell({ channel: 'a', data: 1 });
    await page.pass(1_000);
    expect(part(indicator, 'age')).to.match(/^Updated (?:now|1 s ago)$/);
  });

  it('says nothing of an age before anything came', async () => {
    const indicator = await bring('connecting');
    expect(part(indicator, 'age')).to.equal(undefined);
  });

  it('says in words that no data comes where it is connected, and how long', async () => {
    const indicator = await bring('connected');
    const shape = shapeOf(indicator);
    await page.after(() => (page.feed.staleAfter = '10s'));
    await page.pass(8_500);
    expect([part(indicator, 'status'), part(indicator, 'age')]).to.deep.equal(['Connected', 'No data for 10 s']);
    expect(statesOf(indicator, STATES)).to.deep.equal(['stale']);
    expect(shapeOf(indicator)).not.to.equal(shape);
    const colors = ['status', 'age'].map((name) => {
      const shown = inside(indicator, `[part=${name}]`);
      return shown === undefined ? name : getComputedStyle(shown).color;
    });
    expect(new Set(colors).size, 'age and status in one colour').to.equal(1);
    await page.pass(2_000);
    expect(part(indicator, 'age')).to.equal('No data for 12 s');
    await page.after(() => page.root.setAttribute('lang', 'de'));
    expect(part(indicator, 'age')).to.equal('Seit 12 s keine Daten');
    page.env.lastSocket.tell({ channel: 'a', data: 1 });
    await page.pass(0);
    expect([part(indicator, 'status'), part(indicator, 'age')]).to.deep.equal(['Verbunden', 'Aktualisiert jetzt']);
    expect(statesOf(indicator, STATES)).to.deep.equal(['live']);
  });

  for (const scheme of ['light', 'dark']) {
    it(`is accessible while no data comes, in ${scheme}`, async () => {
      page.paint(scheme);
      const indicator = await bring('connected', 'stale-after="1s"');
      expect(statesOf(indicator, STATES)).to.deep.equal(['stale']);
      await expect(indicator).to.be.accessible();
    });
  }

  it('follows its own measure before the feed’s', async () => {
    const indicator = await bring('connected', 'stale-after="4s"');
    await page.after(() => (page.feed.staleAfter = '2s'));
    await page.pass(1_400);
    expect(statesOf(indicator, STATES)).to.deep.equal(['live']);
    await page.pass(2_000);
    expect(statesOf(indicator, STATES)).to.deep.equal(['stale']);
    await page.after(() => indicator.removeAttribute('stale-after'));
    await page.after(() => (page.feed.staleAfter = '1h'));
    expect(statesOf(indicator, STATES)).to.deep.equal(['live']);
  });

  it('says nothing of silence before anything came', async () => {
    const indicator = await setUp('stale-after="1s"');
    page.env.lastSocket.open();
    await page.pass(5_000);
    expect([part(indicator, 'status'), part(indicator, 'age')]).to.deep.equal(['Connected', undefined]);
    expect(statesOf(indicator, STATES)).to.deep.equal(['live']);
  });

  it('compact: says it, too', async () => {
    const indicator = await bring('connected', 'compact stale-after="3s"');
    expect(part(indicator, 'age')).to.equal(undefined);
    await page.pass(2_000);
    expect(part(indicator, 'age')).to.equal('No data for 3 s');
    expect(inside(indicator, '[part=status]')?.offsetWidth).to.be.greaterThan(10);
    expect(part(indicator, 'transport')).to.equal(undefined);
  });

  it('announces once that no data comes, and not each second', async () => {
    const indicator = await bring('connected', 'stale-after="3s"');
    const live = inside(indicator, '[role=status]');
    if (live === undefined) throw new Error('There is no live region.');
    const text = (): string => live.textContent.replace(/\s+/g, ' ').trim();
    expect(text()).to.equal('Connected');
    await page.pass(2_000);
    expect(text()).to.equal('Connected · no new data');
    const changes: MutationRecord[] = [];
    const observer = new MutationObserver((records) => changes.push(...records));
    observer.observe(live, { subtree: true, childList: true, characterData: true, attributes: true });
    await page.pass(5_000);
    observer.disconnect();
    expect(changes).to.deep.equal([]);
    expect(part(indicator, 'age')).to.equal('No data for 8 s');
  });

  it('counts down to the next try', async () => {
    const indicator = await bring('reconnecting');
    // The server asked for 9 s, half a second of jitter on top; 1.5 s have passed.
    expect(part(indicator, 'countdown')).to.equal('Retry in 8 s');
    await page.pass(3_000);
    expect(part(indicator, 'countdown')).to.equal('Retry in 5 s');
    await page.pass(5_000);
    expect(part(indicator, 'countdown')).to.equal(undefined);
    await page.after(() => page.root.setAttribute('lang', 'de'));
    await page.after(() => page.env.lastSocket.end(1013, '{"retryAfter": 9000}'));
    expect(part(indicator, 'countdown')).to.equal('Neuer Versuch in 10 s');
  });

  for (const status of ['reconnecting', 'offline', 'error', 'disconnected'] as const) {
    it(`tries at once at the press of a button when the feed is ${status}`, async () => {
      const indicator = await bring(status);
      const button = inside(indicator, '[part=retry]');
      expect(button?.textContent).to.equal('Retry now');
      const { length } = page.env.sockets;
      button?.click();
      expect(page.env.sockets).to.have.length(length + 1);
    });
  }

  for (const status of ['idle', 'connecting', 'connected'] as const) {
    it(`has no button when the feed is ${status}`, async () => {
      expect(inside(await bring(status), 'button')).to.equal(undefined);
    });
  }

  it('says what went wrong where it does not mend itself, as text', async () => {
    const indicator = await bring('error');
    expect(part(indicator, 'message')).to.contain('1003');
    page.feed.reconnect();
    await page.after(() => page.env.lastSocket.open());
    expect(part(indicator, 'message')).to.equal(undefined);
  });

  it('compact: is the shape alone while all is well, the word too when it is not, and a button then', async () => {
    const indicator = await bring('connected', 'compact');
    const word = (): HTMLElement | undefined => inside(indicator, '[part=status]');
    expect(shapeOf(indicator)).not.to.equal('');
    expect(word()?.offsetWidth).to.be.at.most(1);
    expect(word()?.textContent, 'for screen readers').to.equal('Connected');
    expect(part(indicator, 'transport')).to.equal(undefined);
    expect(part(indicator, 'age')).to.equal(undefined);
    await expect(indicator).to.be.accessible();
    page.env.lastSocket.end(1006);
    await page.pass(1_500);
    page.feed.disconnect();
    await page.pass(0);
    expect(word()?.offsetWidth).to.be.greaterThan(10);
    expect(inside(indicator, 'button')).not.to.equal(undefined);
    await page.after(() => indicator.removeAttribute('compact'));
    expect(part(indicator, 'age')).not.to.equal(undefined);
  });

  it('announces the word alone, and touches it only when it changes', async () => {
    const indicator = await bring('reconnecting');
    const live = inside(indicator, '[role=status]');
    if (live === undefined) throw new Error('There is no live region.');
    expect(live.textContent.replace(/\s+/g, ' ').trim()).to.equal('Reconnecting');
    expect(inside(indicator, '[role=status] [part=countdown], [role=status] button')).to.equal(undefined);
    const changes: MutationRecord[] = [];
    const observer = new MutationObserver((records) => changes.push(...records));
    observer.observe(live, { subtree: true, childList: true, characterData: true, attributes: true });
    await page.pass(4_000);
    expect(changes).to.deep.equal([]);
    page.feed.reconnect();
    await page.after(() => page.env.lastSocket.open());
    expect(changes).not.to.deep.equal([]);
    observer.disconnect();
    expect(live.textContent.replace(/\s+/g, ' ').trim()).to.equal('Connected');
  });

  it('shows nothing of a cut that is over within 1.5 s', async () => {
    const indicator = await bring('connected');
    page.env.lastSocket.end(1006);
    await page.pass(1_400);
    expect(part(indicator, 'status')).to.equal('Connected');
    page.env.lastSocket.open();
    await page.pass(5_000);
    expect(part(indicator, 'status')).to.equal('Connected');
  });

  it('goes on counting after a move', async () => {
    const indicator = await bring('connected');
    await page.add('<section></section>');
    page.feed.append(page.get('section'));
    page.get('section').append(indicator);
    await page.pass(3_000);
    expect(part(indicator, 'age')).to.equal('Updated 4 s ago');
  });

  it('follows another feed by its attribute, and the only one again without', async () => {
    await page.add('<rt-feed id="a"></rt-feed><rt-connection-indicator feed="b"></rt-connection-indicator>');
    const indicator = page.get('rt-connection-indicator');
    page.feed.push(1);
    await page.pass(0);
    expect(part(indicator, 'status')).to.equal('Idle');
    await page.after(() => indicator.removeAttribute('feed'));
    expect(part(indicator, 'status')).to.equal('Connected');
  });

  it('shows an error with a feed of an unknown version', async () => {
    await page.add('<section></section>');
    page.get('section').addEventListener('context-request', (event) => {
      event.stopPropagation();
      Reflect.apply(event.callback, undefined, [{ version: 13 }]);
    });
    page.get('section').innerHTML = '<rt-connection-indicator></rt-connection-indicator>';
    await page.pass(0);
    expect(part(page.get('rt-connection-indicator'), 'status')).to.equal('Error');
  });

  it('has all its parts', async () => {
    const indicator = await bring('error');
    for (const name of ['shape', 'status', 'transport', 'age', 'message', 'retry']) {
      expect(
        inside(indicator, `[part='${name}']`) ?? indicator.shadowRoot?.querySelector(`[part='${name}']`),
        name,
      ).not.to.equal(null);
    }
  });

  it('runs no timer once it is gone', async () => {
    await page.add('<rt-feed></rt-feed><rt-connection-indicator></rt-connection-indicator>');
    page.feed.push(1);
    // By then the page has been looked at again.
    await page.pass(3_000);
    const indicator = page.get('rt-connection-indicator');
    expect(page.env.due).to.have.length(1);
    indicator.requestUpdate();
    indicator.remove();
    await page.pass(1);
    expect(page.env.due).to.deep.equal([]);
  });
});
