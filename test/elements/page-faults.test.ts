/** Faults of the page, as a feed and its widgets meet them. Their numbers are those of the list of faults. */
import '../../src/define.js';
import { settled } from '../support/fake-env.js';
import { expect } from '../support/testing.js';
import { listen, part, usePage } from './page.js';

describe('a feed on a page', () => {
  const page = usePage();

  const stream = async (inside = ''): Promise<void> => {
    await page.add(`<rt-feed src="/events" transport="sse">${inside}</rt-feed>`);
    await page.env.lastRequest.stream();
  };

  it('fault 29: whose network changes reconnects within 300 ms of its return', async () => {
    await stream();
    page.env.setOnline(false);
    page.env.lastRequest.refuse();
    await settled();
    expect(page.feed.status).to.equal('offline');
    page.env.setOnline(true);
    await page.pass(300);
    expect(page.env.requests).to.have.length(2);
    await page.env.lastRequest.stream();
    expect(page.feed.status).to.equal('connected');
  });

  it('fault 37: draws a burst of 10,000 replayed messages once', async () => {
    await stream('<rt-metric-card field="v"></rt-metric-card>');
    const card = page.get('rt-metric-card');
    let updates = 0;
    const update = card.requestUpdate.bind(card);
    card.requestUpdate = (...given) => {
      updates++;
      update(...given);
    };
    const messages = listen(page.feed, 'rt-message');
    const events = Array.from({ length: 10_000 }, (_, index) => `id: ${index}\nevent: m\ndata: {"v":${index}}\n\n`);
    await page.env.lastRequest.push(events.join(''));
    const before = updates;
    await page.frame();
    expect(messages.map(({ messages: { length }, dropped }) => [length, dropped])).to.deep.equal([[10_000, 0]]);
    expect(updates - before, 'once, and not once a message').to.be.at.most(2);
    expect(part(card, 'value')).to.contain('9,999');
  });

  it('fault 42: closes as the page is put away, and opens again when it is back', async () => {
    await page.add('<rt-feed src="/ws" transport="websocket"></rt-feed>');
    page.env.lastSocket.open();
    page.env.setFrozen(true);
    expect(page.env.held).to.include({ sockets: 0, timers: page.env.held.timers });
    expect(page.env.sockets[0]?.closed).to.deep.equal({ code: 1000, reason: '' });
    page.env.setFrozen(false);
    expect(page.env.sockets).to.have.length(2);
    page.env.lastSocket.open();
    await settled();
    expect(page.feed.status).to.equal('connected');
  });

  it('fault 43: frozen and resumed, goes on from its last id', async () => {
    await stream();
    await page.env.lastRequest.push('id: 7\ndata: 1\n\n');
    page.env.setFrozen(true);
    expect(page.env.lastRequest.aborted).to.equal(true);
    expect(page.feed.status).to.equal('reconnecting');
    page.env.setFrozen(false);
    expect(page.env.lastRequest.headers.get('last-event-id')).to.equal('7');
    await page.env.lastRequest.stream();
    expect(page.feed.status).to.equal('connected');
    expect(page.errors).to.deep.equal([]);
  });

  it('fault 44: after the machine slept is back within 3 s', async () => {
    await page.add('<rt-feed src="/ws" transport="websocket"></rt-feed>');
    page.env.lastSocket.open();
    await settled();
    page.env.sleep(3_600_000);
    await page.pass(1_000);
    expect(page.env.lastSocket.said).to.deep.equal([{ type: 'ping' }]);
    await page.pass(2_000 + 750);
    expect(page.env.sockets, 'it was dead, and another is opened').to.have.length(2);
    page.env.lastSocket.open();
    await settled();
    expect(page.feed.status).to.equal('connected');
  });

  it('when-hidden="close" closes after five minutes that nobody looks, and opens when somebody does', async () => {
    await page.add('<rt-feed src="/events" transport="sse" when-hidden="close"></rt-feed>');
    await page.env.lastRequest.stream();
    page.env.setHidden(true);
    await page.pass(299_000);
    expect(page.env.held.requests).to.equal(1);
    await page.pass(1_000);
    expect(page.env.held.requests).to.equal(0);
    page.env.setHidden(false);
    expect(page.env.held.requests).to.equal(1);
  });

  it('asks hello before each attempt, and says it before what it subscribes', async () => {
    await page.add('<rt-feed channels="a"></rt-feed>');
    let asked = 0;
    page.feed.hello = async () => ({ type: 'auth', token: `t${++asked}` });
    page.feed.transport = 'websocket';
    page.feed.src = '/ws';
    await settled();
    page.env.lastSocket.open();
    expect(page.env.lastSocket.said).to.deep.equal([
      { type: 'auth', token: 't1' },
      { type: 'subscribe', channel: 'a' },
    ]);
    page.env.lastSocket.end(4401);
    await page.pass(1_000);
    page.env.lastSocket.open();
    expect(page.env.lastSocket.said[0]).to.deep.equal({ type: 'auth', token: 't2' });
  });
});
