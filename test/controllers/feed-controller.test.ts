import type { FeedPort } from '../../src/controllers/feed-port.js';
import { RtFeed } from '../../src/elements/rt-feed/rt-feed.js';
import { settled } from '../support/fake-env.js';
import { expect } from '../support/testing.js';
import { usePage } from '../elements/page.js';
import { Seeker } from './seeker.js';

customElements.define('test-seeker', Seeker);

/** A box with a shadow root that holds a slot, or what it is told to hold. */
class Box extends HTMLElement {
  constructor() {
    super();
    this.attachShadow({ mode: 'open' });
  }

  connectedCallback(): void {
    const holds = this.getAttribute('holds') ?? '<slot></slot>';
    if (this.shadowRoot !== null) this.shadowRoot.innerHTML = holds;
  }
}

customElements.define('test-box', Box);

/** The seeker, through whatever shadow roots. */
const seekerIn = (root: ParentNode): Seeker => {
  const found = root.querySelector<Seeker>('test-seeker');
  if (found !== null) return found;
  for (const box of root.querySelectorAll('test-box')) if (box.shadowRoot !== null) return seekerIn(box.shadowRoot);
  throw new Error('There is no seeker.');
};

/** The id of the feed that a port belongs to: what is pushed into it arrives there. Some time must have passed before. */
const idOf = (port: FeedPort | undefined, feeds: Iterable<RtFeed>): string | undefined =>
  [...feeds].find((feed) => {
    feed.push({ channel: 'who', data: 1 });
    return port !== undefined && port.lastArrival === port.now();
  })?.id;

describe('finding the feed', () => {
  const page = usePage();
  RtFeed.define();

  /** The id of the feed that the page's seeker has found. */
  const found = async (): Promise<string | undefined> => {
    await page.pass(1);
    return idOf(seekerIn(page.root).feedController.port, page.root.querySelectorAll('rt-feed'));
  };

  it('takes the nearest ancestor, however deep the widget stands', async () => {
    await page.add(
      `<rt-feed id="far"><rt-feed id="near"><p><b><test-seeker></test-seeker></b></p></rt-feed></rt-feed>`,
    );
    expect(await found()).to.equal('near');
  });

  it('sees through nested shadow roots', async () => {
    await page.add(
      `<rt-feed id="outside"><test-box holds="<test-box holds='<test-seeker></test-seeker>'></test-box>"></test-box></rt-feed><rt-feed id="other"></rt-feed>`,
    );
    expect(await found()).to.equal('outside');
  });

  it('sees a feed inside the shadow root that the widget is slotted into', async () => {
    await page.add(
      `<test-box holds="<rt-feed id='inner'><slot></slot></rt-feed>"><test-seeker></test-seeker></test-box><rt-feed id="a"></rt-feed><rt-feed id="b"></rt-feed>`,
    );
    const inner = page.get('test-box').shadowRoot?.querySelector('rt-feed');
    if (!(inner instanceof RtFeed)) throw new Error('There is no feed.');
    await page.pass(1);
    expect(idOf(seekerIn(page.root).feedController.port, [inner])).to.equal('inner');
  });

  it('takes the feed that its attribute names', async () => {
    await page.add(`<rt-feed id="a"></rt-feed><test-seeker feed="b"></test-seeker><rt-feed id="b"></rt-feed>`);
    expect(await found()).to.equal('b');
  });

  it('looks for the name in its own shadow root before the document', async () => {
    await page.add(
      `<rt-feed id="a"></rt-feed><rt-feed id="c"></rt-feed><test-box holds="<rt-feed id='a'></rt-feed><test-seeker feed='a'></test-seeker>"></test-box>`,
    );
    const own = page.get('test-box').shadowRoot?.querySelector('rt-feed');
    if (!(own instanceof RtFeed)) throw new Error('There is no feed.');
    await page.pass(1);
    expect(idOf(seekerIn(page.root).feedController.port, [own])).to.equal('a');
  });

  it('looks for the name in the document where its own shadow root has none', async () => {
    await page.add(
      `<rt-feed id="a"></rt-feed><rt-feed id="b"></rt-feed><test-box holds="<test-seeker feed='b'></test-seeker>"></test-box>`,
    );
    expect(await found()).to.equal('b');
  });

  it('waits for the feed that is named where it comes later, though the page has one', async () => {
    await page.add(`<test-seeker feed="late"></test-seeker><rt-feed id="only"></rt-feed>`);
    expect(await found()).to.equal(undefined);
    await page.add(`<rt-feed id="late"></rt-feed>`);
    expect(await found()).to.equal('late');
  });

  it('follows its attribute, and without it takes the only feed again', async () => {
    await page.add(`<test-seeker feed="nobody"></test-seeker><rt-feed id="only"></rt-feed>`);
    expect(await found()).to.equal(undefined);
    page.get('test-seeker').removeAttribute('feed');
    expect(await found()).to.equal('only');
    page.get('test-seeker').setAttribute('feed', 'nobody');
    expect(await found()).to.equal(undefined);
  });

  it('takes the page’s only feed, whichever of the two comes first', async () => {
    await page.add(`<test-seeker></test-seeker>`);
    expect(await found()).to.equal(undefined);
    await page.add(`<rt-feed id="only"></rt-feed>`);
    expect(await found()).to.equal('only');
    await page.after(() => page.get('test-seeker').remove());
    await page.add(`<test-seeker></test-seeker>`);
    expect(await found()).to.equal('only');
  });

  it('takes none of two feeds, and the other one as soon as one is gone', async () => {
    await page.add(`<test-seeker></test-seeker><rt-feed id="a"></rt-feed><rt-feed id="b"></rt-feed>`);
    expect(await found()).to.equal(undefined);
    page.get('#a').remove();
    await page.pass(600);
    expect(await found()).to.equal('b');
    await page.add(`<rt-feed id="c"></rt-feed>`);
    expect(await found()).to.equal(undefined);
  });

  it('finds a feed whose script comes after the widgets', async () => {
    await page.add(`<late-feed id="late"><test-seeker></test-seeker></late-feed>`);
    expect(seekerIn(page.root).feedController.port).to.equal(undefined);
    RtFeed.define('late-feed');
    await page.pass(1);
    const late = page.get('late-feed');
    if (!(late instanceof RtFeed)) throw new Error('It was not upgraded.');
    expect(idOf(seekerIn(page.root).feedController.port, [late])).to.equal('late');
  });

  it('finds another feed after a move of the widget', async () => {
    await page.add(`<rt-feed id="a"><test-seeker></test-seeker></rt-feed><rt-feed id="b"></rt-feed>`);
    expect(await found()).to.equal('a');
    page.get('#b').append(page.get('test-seeker'));
    expect(await found()).to.equal('b');
  });

  it('finds the feed that takes another one’s place', async () => {
    await page.add(`<rt-feed id="a"></rt-feed><test-seeker feed="a"></test-seeker>`);
    const first = page.feed;
    const second = document.createElement('rt-feed');
    second.id = 'a';
    first.replaceWith(second);
    await page.pass(1);
    expect(idOf(seekerIn(page.root).feedController.port, [second])).to.equal('a');
  });

  it('keeps the port of a feed that is moved, and loses that of one that is removed', async () => {
    await page.add(`<rt-feed id="a"></rt-feed><section></section><test-seeker></test-seeker>`);
    const seeker = seekerIn(page.root);
    const { port } = seeker.feedController;
    const { feed } = page;
    feed.remove();
    await page.pass(400);
    page.get('section').append(feed);
    await page.pass(1_000);
    expect(port).not.to.equal(undefined);
    expect(seeker.feedController.port).to.equal(port);
    expect(seeker.finds).to.equal(1);
    feed.remove();
    await page.pass(600);
    expect(seeker.feedController.port).to.equal(undefined);
    expect(seeker.finds).to.equal(2);
  });

  it('tells its host, and draws it again, when what the feed shows changes', async () => {
    await page.add(`<rt-feed><test-seeker></test-seeker></rt-feed>`);
    const seeker = seekerIn(page.root);
    const { draws } = seeker;
    await page.after(() => page.feed.pause());
    expect(seeker.draws).to.be.greaterThan(draws);
    await page.after(() => seeker.remove());
    const before = seeker.draws;
    await page.after(() => page.feed.resume());
    expect(seeker.draws, 'once it is gone').to.equal(before);
  });

  it('never asks by class: any element that answers the protocol is a feed', async () => {
    await page.add(`<section><test-seeker></test-seeker></section>`);
    const section = page.get('section');
    await page.add(`<rt-feed id="real"></rt-feed>`);
    const port = seekerIn(page.root).feedController.port;
    section.addEventListener('context-request', (event) => {
      if (event.context !== Symbol.for('rt-widgets.feed') || port === undefined) return;
      event.stopPropagation();
      event.callback({ ...port, version: 1, observe: () => () => undefined });
    });
    const seeker = seekerIn(page.root);
    section.append(seeker);
    await settled();
    expect(seeker.feedController.port).not.to.equal(undefined);
    expect(seeker.feedController.port).not.to.equal(port);
  });

  it('answers no other context, and not the request of the feed itself', async () => {
    await page.add(`<rt-feed id="a"><p></p></rt-feed>`);
    let answers = 0;
    const ask = (target: Element, context: unknown, contextTarget: Element): void => {
      const callback = (): number => answers++;
      const event = new Event('context-request', { bubbles: true, composed: true });
      target.dispatchEvent(Object.assign(event, { context, contextTarget, callback, subscribe: false }));
    };
    ask(page.get('p'), Symbol.for('another'), page.get('p'));
    ask(page.feed, Symbol.for('rt-widgets.feed'), page.feed);
    expect(answers).to.equal(0);
    ask(page.get('p'), Symbol.for('rt-widgets.feed'), page.get('p'));
    expect(answers).to.equal(1);
  });

  it('tells of an unknown version once a page, takes no port from it, and says so to the host', async () => {
    await page.add(`<section><test-seeker></test-seeker><test-seeker></test-seeker></section>`);
    const seekers = [...page.root.querySelectorAll<Seeker>('test-seeker')];
    const draws = seekers.map((seeker) => seeker.draws);
    page.get('section').addEventListener('context-request', (event) => {
      event.stopPropagation();
      // What a later version hands out: of its shape nothing is known but the number.
      event.callback({ version: 99 } as unknown as FeedPort);
    });
    // A feed comes: everyone looks again.
    await page.add(`<rt-feed></rt-feed>`);
    for (const { feedController } of seekers) {
      expect(feedController.incompatible).to.equal(true);
      expect(feedController.port).to.equal(undefined);
    }
    expect(page.env.warnings).to.have.length(1);
    expect(page.env.warnings[0]).to.contain('version 99').and.to.contain('version');
    expect(seekers.every((seeker, index) => seeker.draws > (draws[index] ?? 0))).to.equal(true);
  });
});
