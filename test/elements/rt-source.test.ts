import type { RtFeed } from '../../src/elements/rt-feed/rt-feed.js';
import '../../src/define.js';
import { settled } from '../support/fake-env.js';
import { expect } from '../support/testing.js';
import { listen, usePage } from './page.js';

describe('<rt-source>', () => {
  const page = usePage();

  const feedWith = async (sources: string, attributes = ''): Promise<RtFeed> => {
    await page.add(`<rt-feed ${attributes}>${sources}</rt-feed>`);
    return page.feed;
  };

  it('alone is what its feed reads', async () => {
    const feed = await feedWith('<rt-source src="/events" transport="sse"></rt-source>');
    expect(page.env.lastRequest.url).to.equal('https://page.example/events');
    await page.env.lastRequest.stream();
    expect(feed.status).to.equal('connected');
    expect(feed.transportInUse).to.equal('sse');
  });

  it('follows src of the feed, which is the first, in the order of the document and at any depth', async () => {
    const feed = await feedWith(
      '<p><rt-source src="/b" transport="sse"></rt-source></p><rt-source src="/c" transport="sse"></rt-source>',
      'src="/a" transport="sse"',
    );
    for (const path of ['a', 'b', 'c']) {
      expect(page.env.lastRequest.url).to.equal(`https://page.example/${path}`);
      await page.env.lastRequest.answer(404, '');
    }
    expect(feed.status).to.equal('error');
    expect(page.env.requests).to.have.length(3);
    expect(page.errors.map(({ fatal }) => fatal)).to.deep.equal([false, false, true]);
    expect(page.errors[0]?.message).to.contain('the next source is used');
  });

  it('has the feed’s own transport and interval where it names none', async () => {
    await feedWith('<rt-source src="/b"></rt-source>', 'transport="polling" interval="2s"');
    await page.env.lastRequest.json(1);
    await page.pass(2_000);
    expect(page.env.requests).to.have.length(2);
  });

  it('that is changed, added or taken away has the feed read its sources again', async () => {
    await feedWith('<rt-source src="/a" transport="sse"></rt-source>');
    const source = page.get('rt-source');
    await page.after(() => (source.src = '/b'));
    await settled();
    expect(page.env.lastRequest.url).to.equal('https://page.example/b');
    await page.after(() =>
      source.insertAdjacentHTML('beforebegin', '<rt-source src="/c" transport="sse"></rt-source>'),
    );
    await settled();
    expect(page.env.lastRequest.url).to.equal('https://page.example/c');
    await page.after(() => page.get('rt-source').remove());
    await settled();
    expect(page.env.lastRequest.url).to.equal('https://page.example/b');
    expect(page.env.held.requests).to.equal(1);
  });

  it('inside another feed is that one’s', async () => {
    await page.add('<rt-feed><rt-feed><rt-source src="/inner" transport="sse"></rt-source></rt-feed></rt-feed>');
    expect(page.env.requests).to.have.length(1);
    expect(page.feed.status).to.equal('idle');
  });

  it('whose address can never work is told, and the others are used', async () => {
    const feed = await feedWith('<rt-source src="javascript:alert(1)"></rt-source>', 'src="/a" transport="sse"');
    expect(page.errors.map(({ code, fatal }) => [code, fatal])).to.deep.equal([['config', false]]);
    expect(page.errors[0]?.message).to.contain('<rt-source src="javascript:alert(1)">').and.contain('other sources');
    await page.env.lastRequest.stream();
    expect(feed.status).to.equal('connected');
  });

  it('with a bad transport is told by its own name, and has the feed’s', async () => {
    await feedWith('<rt-source src="/b" transport="pigeon"></rt-source>', 'transport="sse"');
    expect(page.errors.map(({ code }) => code)).to.deep.equal(['config']);
    expect(page.errors[0]?.message).to.contain('<rt-source transport="pigeon">');
    expect(page.env.lastRequest.headers.get('accept')).to.equal('text/event-stream');
  });

  it('fault 10: takes over within the one status of the feed, and a better one comes back', async () => {
    const feed = await feedWith('<rt-source src="/b" transport="sse"></rt-source>', 'src="wss://page.example/ws"');
    const statuses = listen(feed, 'rt-status');
    page.env.lastSocket.end(1006);
    await page.pass(750);
    page.env.lastSocket.end(1006);
    await page.env.lastRequest.stream();
    await page.env.lastRequest.push('data: 1\n\n');
    expect(feed.status).to.equal('connected');
    expect(feed.transportInUse).to.equal('sse');
    const stream = page.env.lastRequest;
    for (let minute = 0; minute < 5; minute++) {
      await page.pass(60_000);
      await stream.push(': heartbeat\n\n');
    }
    page.env.lastSocket.open();
    expect(stream.aborted, 'the working one stays').to.equal(false);
    page.env.lastSocket.tell({ channel: 'message', data: 2 });
    expect(stream.aborted).to.equal(true);
    expect(feed.transportInUse).to.equal('websocket');
    expect(feed.latest('message')).to.equal(2);
    expect(page.errors.at(-1)?.code).to.equal('history-gap');
    expect(statuses.at(-1)?.status).to.equal('connected');
  });
});
