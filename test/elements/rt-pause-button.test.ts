import { sendKeys } from '@web/test-runner-commands';
import type { RtFeed } from '../../src/elements/rt-feed/rt-feed.js';
import { RtPauseButton } from '../../src/elements/rt-pause-button/rt-pause-button.js';
import '../../src/define.js';
import { expect } from '../support/testing.js';
import { inside, listen, part, statesOf, usePage } from './page.js';

const STATES = ['live', 'paused', 'loading', 'error'];
const MESSAGE = { channel: 'a', data: { x: 1 } };

describe('<rt-pause-button>', () => {
  const page = usePage();

  const standing = async (selector = 'rt-pause-button'): Promise<RtPauseButton> => {
    const found = page.get(selector, RtPauseButton);
    await found.updateComplete;
    return found;
  };

  const setUp = async (feed = '', attributes = ''): Promise<RtPauseButton> => {
    await page.add(`<rt-feed ${feed}><rt-pause-button ${attributes}></rt-pause-button></rt-feed>`);
    return standing();
  };

  const buttonOf = (host: Element): HTMLButtonElement => {
    const button = inside(host, 'button');
    if (!(button instanceof HTMLButtonElement)) throw new Error('There is no button.');
    return button;
  };

  /** What is seen of it, and is its name. */
  const nameOf = (host: Element): string => buttonOf(host).innerText.trim();

  const press = (host: Element): Promise<void> => page.after(() => buttonOf(host).click());

  /** What a screen reader is told, without being asked. */
  const saidBy = (host: Element): string | undefined =>
    inside(host, '[role=status]')?.textContent.replace(/\s+/g, ' ').trim();

  /** So many messages, and the time in which they are told of. */
  const hold = async (count: number, feed: RtFeed = page.feed): Promise<void> => {
    feed.push(Array.from({ length: count }, () => MESSAGE));
    await page.pass(250);
  };

  it('pauses its feed, and lets it go on', async () => {
    const host = await setUp();
    expect([nameOf(host), statesOf(host, STATES)]).to.deep.equal(['Pause', ['live']]);
    await press(host);
    expect(page.feed.paused).to.equal(true);
    expect(page.feed.hasAttribute('paused')).to.equal(true);
    expect([nameOf(host), statesOf(host, STATES)]).to.deep.equal(['Resume', ['paused']]);
    expect(part(host, 'status')).to.equal('Paused');
    await press(host);
    expect(page.feed.hasAttribute('paused')).to.equal(false);
    expect([nameOf(host), statesOf(host, STATES)]).to.deep.equal(['Pause', ['live']]);
    expect(part(host, 'status')).to.equal(undefined);
  });

  it('follows a script that pauses the feed, and the attribute', async () => {
    const host = await setUp('paused');
    expect(nameOf(host)).to.equal('Resume');
    await page.after(() => page.feed.resume());
    expect(nameOf(host)).to.equal('Pause');
    await page.after(() => page.feed.pause());
    expect(nameOf(host)).to.equal('Resume');
    await page.after(() => page.feed.removeAttribute('paused'));
    expect(nameOf(host)).to.equal('Pause');
  });

  it('is one of many: all of a feed say the same', async () => {
    const host = await setUp();
    await page.add('<rt-pause-button id="other"></rt-pause-button>');
    const other = await standing('#other');
    await press(other);
    expect([nameOf(host), nameOf(other)]).to.deep.equal(['Resume', 'Resume']);
  });

  it('says how many updates are held', async () => {
    const host = await setUp();
    await hold(3);
    await press(host);
    expect(part(host, 'held')).to.equal('');
    await hold(1);
    expect(part(host, 'held')).to.equal('1 update held');
    await hold(11);
    expect(part(host, 'held')).to.equal('12 updates held');
    await hold(1_188);
    expect(part(host, 'held')).to.equal('1,200 updates held');
    await press(host);
    expect(part(host, 'held')).to.equal(undefined);
    await press(host);
    expect(part(host, 'held')).to.equal('');
  });

  it('counts four times a second at most', async () => {
    const host = await setUp('paused');
    const seen: (string | undefined)[] = [];
    for (let index = 0; index < 100; index++) {
      page.feed.push(MESSAGE);
      await page.pass(10);
      const text = part(host, 'held');
      if (text !== seen.at(-1)) seen.push(text);
    }
    expect(seen).to.have.length(5);
    expect(seen.at(-1)).to.equal('100 updates held');
  });

  it('holds the widgets and no message, and shows the newest in one draw', async () => {
    await page.add('<rt-feed><rt-pause-button></rt-pause-button><rt-metric-card field="x"></rt-metric-card></rt-feed>');
    const host = await standing();
    const messages = listen(page.feed, 'rt-message');
    await page.push({ channel: 'a', data: { x: 1 } });
    await press(host);
    await page.push({ channel: 'a', data: { x: 2 } });
    await page.push({ channel: 'a', data: { x: 3 } });
    expect(part(page.get('rt-metric-card'), 'value')).to.equal('1');
    expect(messages).to.have.length(3);
    await press(host);
    await page.frame();
    expect(part(page.get('rt-metric-card'), 'value')).to.equal('3');
  });

  it('works by keyboard, and keeps the focus', async () => {
    const host = await setUp();
    buttonOf(host).focus();
    await sendKeys({ press: 'Enter' });
    await page.pass(0);
    expect(page.feed.paused).to.equal(true);
    await sendKeys({ press: 'Space' });
    await page.pass(0);
    expect(page.feed.paused).to.equal(false);
    expect(host.shadowRoot?.activeElement).to.equal(buttonOf(host));
    expect(getComputedStyle(buttonOf(host)).outlineStyle).to.equal('solid');
  });

  describe('to a screen reader', () => {
    it('is a button whose name changes, without a pressed state, in a group of its own name', async () => {
      const host = await setUp();
      const button = buttonOf(host);
      expect(button.getAttribute('aria-pressed')).to.equal(null);
      const hidden = (): (string | undefined)[] =>
        [...button.querySelectorAll('[aria-hidden=true]')].map((each) => each.textContent.trim());
      expect(hidden()).to.deep.equal(['', 'Resume']);
      await press(host);
      expect(hidden()).to.deep.equal(['', 'Pause']);
    });

    it('says once that it is paused and once that it goes on, and never counts aloud', async () => {
      const host = await setUp();
      expect(saidBy(host)).to.equal('');
      await press(host);
      expect(saidBy(host)).to.equal('Paused');
      const changes: MutationRecord[] = [];
      const observer = new MutationObserver((records) => changes.push(...records));
      const live = inside(host, '[role=status]');
      if (live === undefined) throw new Error('There is no live region.');
      observer.observe(live, { subtree: true, childList: true, characterData: true, attributes: true });
      for (let time = 0; time < 20; time++) await hold(7);
      expect(changes).to.deep.equal([]);
      expect(inside(host, '[role=status] [part=held]')).to.equal(undefined);
      // The last ones have not been told of yet.
      page.feed.push([MESSAGE, MESSAGE]);
      await press(host);
      expect(saidBy(host)).to.equal('Live again · 142 updates held');
      changes.length = 0;
      for (let time = 0; time < 4; time++) await hold(7);
      expect(changes).to.deep.equal([]);
      observer.disconnect();
      await page.pass(5_000);
      expect(saidBy(host), 'gone before somebody comes upon it').to.equal('');
    });

    it('says nothing of a count where nothing came', async () => {
      const host = await setUp();
      await press(host);
      await press(host);
      expect(saidBy(host)).to.equal('Live again');
    });

    it('begins a second pause at 0, however soon it comes', async () => {
      const host = await setUp();
      await press(host);
      await hold(5);
      await press(host);
      await press(host);
      expect([saidBy(host), part(host, 'held')]).to.deep.equal(['Paused', '']);
      await press(host);
      expect(saidBy(host)).to.equal('Live again');
    });

    it('says nothing of a feed that it comes upon', async () => {
      await page.add(
        '<rt-feed id="a" paused></rt-feed><rt-feed id="b"></rt-feed><rt-pause-button feed="a"></rt-pause-button>',
      );
      const host = await standing();
      await page.after(() => (host.feed = 'b'));
      expect([nameOf(host), saidBy(host)]).to.deep.equal(['Pause', '']);
    });
  });

  describe('among several feeds', () => {
    const two = async (): Promise<readonly [RtPauseButton, RtFeed, RtFeed]> => {
      await page.add('<rt-feed id="a"></rt-feed><rt-feed id="b"></rt-feed><rt-pause-button></rt-pause-button>');
      const [a, b] = [...page.root.querySelectorAll('rt-feed')];
      if (a === undefined || b === undefined) throw new Error('There are no two feeds.');
      return [await standing(), a, b];
    };

    it('pauses the one that it names, and no other', async () => {
      const [host, a, b] = await two();
      await page.after(() => (host.feed = 'b'));
      await press(host);
      expect([a.paused, b.paused]).to.deep.equal([false, true]);
      await hold(2, a);
      expect(part(host, 'held')).to.equal('');
      await hold(3, b);
      expect(part(host, 'held')).to.equal('3 updates held');
    });

    it('shows the count of another one when it turns to that', async () => {
      const [host, a, b] = await two();
      await page.after(() => (a.paused = b.paused = true));
      await hold(2, a);
      await hold(3, b);
      await page.after(() => (host.feed = 'a'));
      expect(part(host, 'held')).to.equal('2 updates held');
      await page.after(() => (host.feed = 'b'));
      expect(part(host, 'held')).to.equal('3 updates held');
      await hold(1, a);
      expect(part(host, 'held')).to.equal('3 updates held');
    });

    it('cannot know which one is meant, and says so', async () => {
      const [host] = await two();
      expect(buttonOf(host).disabled).to.equal(true);
      expect(part(host, 'status')).to.equal('No feed to pause');
    });
  });

  it('is disabled without a feed, says why, and works once there is one', async () => {
    await page.add('<rt-pause-button></rt-pause-button>');
    const host = await standing();
    expect(buttonOf(host).disabled).to.equal(true);
    expect([nameOf(host), part(host, 'status')]).to.deep.equal(['Pause', 'No feed to pause']);
    expect(statesOf(host, STATES)).to.deep.equal(['loading']);
    await page.add('<rt-feed></rt-feed>');
    expect(buttonOf(host).disabled).to.equal(false);
    expect(statesOf(host, STATES)).to.deep.equal(['live']);
    await press(host);
    expect(page.feed.paused).to.equal(true);
    await page.after(() => page.feed.remove());
    await page.pass(1_000);
    expect([buttonOf(host).disabled, part(host, 'status')]).to.deep.equal([true, 'No feed to pause']);
    expect(page.errors).to.deep.equal([]);
  });

  it('shows an error with a feed of an unknown version', async () => {
    await page.add('<section></section>');
    page.get('section').addEventListener('context-request', (event) => {
      event.stopPropagation();
      Reflect.apply(event.callback, undefined, [{ version: 17 }]);
    });
    page.get('section').innerHTML = '<rt-pause-button></rt-pause-button>';
    const host = await standing();
    expect([buttonOf(host).disabled, part(host, 'status')]).to.deep.equal([true, 'Error']);
    expect(statesOf(host, STATES)).to.deep.equal(['error']);
  });

  it('goes on counting after a move, and says nothing of it', async () => {
    const host = await setUp('paused');
    await hold(2);
    page.feed.append(document.createElement('section'));
    await page.after(() => page.get('section').append(host));
    expect([part(host, 'held'), saidBy(host)]).to.deep.equal(['2 updates held', 'Paused']);
    await hold(1);
    expect(part(host, 'held')).to.equal('3 updates held');
  });

  it('lets go of its feed and of its timer when it is gone', async () => {
    const host = await setUp('paused');
    await hold(1);
    await page.after(() => page.feed.resume());
    const { timers } = page.env.held;
    host.remove();
    await page.pass(0);
    expect(page.env.held.timers).to.equal(timers - 1);
    page.feed.pause();
    await hold(4);
    expect(part(host, 'held')).to.equal(undefined);
  });

  it('speaks German, and changes with the page', async () => {
    const host = await setUp('paused');
    await hold(1_234);
    await page.after(() => page.root.setAttribute('lang', 'de'));
    expect(nameOf(host)).to.equal('Fortsetzen');
    expect([part(host, 'status'), part(host, 'held')]).to.deep.equal([
      'Angehalten',
      '1.234 Aktualisierungen zurückgehalten',
    ]);
  });

  it('is a target of at least 24 px, and keeps its size when its word changes', async () => {
    const host = await setUp();
    const before = buttonOf(host).getBoundingClientRect();
    expect(before.height).to.be.at.least(24);
    expect(before.width).to.be.at.least(24);
    await press(host);
    const after = buttonOf(host).getBoundingClientRect();
    expect([after.width, after.height]).to.deep.equal([before.width, before.height]);
  });

  it('wraps where there is little room, and never overflows', async () => {
    page.root.style.width = '140px';
    page.root.lang = 'de';
    const host = await setUp('paused');
    await hold(1_234_567);
    expect(host.getBoundingClientRect().width).to.be.at.most(140);
    for (const name of ['button', 'status', 'held']) {
      const shown = inside(host, `[part=${name}]`);
      expect(shown?.getBoundingClientRect().right, name).to.be.at.most(page.root.getBoundingClientRect().right + 0.5);
    }
  });

  for (const scheme of ['light', 'dark']) {
    it(`is accessible live, paused, with a count, just resumed and without a feed, in ${scheme}`, async () => {
      page.paint(scheme);
      const host = await setUp('', 'label="Line 1"');
      await expect(host).to.be.accessible();
      await press(host);
      await expect(host).to.be.accessible();
      await hold(12);
      await expect(host).to.be.accessible();
      await press(host);
      await expect(host).to.be.accessible();
      page.feed.replaceWith(host);
      await page.pass(1_000);
      expect(buttonOf(host).disabled).to.equal(true);
      await expect(host).to.be.accessible();
    });
  }

  it('has all its parts', async () => {
    const host = await setUp('paused');
    for (const name of ['button', 'icon', 'status', 'held'])
      expect(host.shadowRoot?.querySelector(`[part=${name}]`), name).not.to.equal(null);
  });
});
