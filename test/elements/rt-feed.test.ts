import { RtFeed } from '../../src/elements/rt-feed/rt-feed.js';
import '../../src/define.js';
import { settled } from '../support/fake-env.js';
import { expect } from '../support/testing.js';
import { listen, part, usePage } from './page.js';

describe('<rt-feed>', () => {
  const page = usePage();
  const { stringify } = JSON;

  /** A feed with these attributes, and what it has said since it was made. */
  const setUp = async (attributes: string, inside = ''): Promise<RtFeed> => {
    await page.add(`<rt-feed ${attributes}>${inside}</rt-feed>`);
    return page.feed;
  };

  const connected = async (attributes = ''): Promise<RtFeed> => {
    const feed = await setUp(`src="/ws" transport="websocket" ${attributes}`);
    page.env.lastSocket.open();
    await settled();
    return feed;
  };

  describe('without src', () => {
    it('is idle, and asks for nothing', async () => {
      const feed = await setUp('');
      expect(feed.status).to.equal('idle');
      expect(feed.getAttribute('status')).to.equal('idle');
      expect(feed.transportInUse).to.equal(null);
      expect(page.env.held).to.deep.include({ sockets: 0, requests: 0 });
    });

    it('is connected from the first push on', async () => {
      const feed = await setUp('');
      const statuses = listen(feed, 'rt-status');
      feed.push({ channel: 'a', data: 1 });
      feed.push([]);
      feed.push({ channel: 'a', data: 2 });
      expect(feed.status).to.equal('connected');
      expect(feed.getAttribute('status')).to.equal('connected');
      expect(statuses).to.deep.equal([
        { status: 'connected', previous: 'idle', transport: null, attempt: 0, retryAt: null, error: null },
      ]);
    });

    it('is still idle when nothing was pushed, and comes back after disconnect()', async () => {
      const feed = await setUp('src=""');
      feed.push([]);
      expect(feed.status).to.equal('idle');
      feed.push(1);
      feed.disconnect();
      expect(feed.status).to.equal('disconnected');
      feed.connect();
      expect(feed.status).to.equal('idle');
      feed.push(2);
      expect(feed.status).to.equal('connected');
      expect(page.env.held).to.deep.include({ sockets: 0, requests: 0 });
    });

    it('stays what it is when attributes change', async () => {
      const feed = await setUp('channels="a"');
      feed.push(1);
      await page.after(() => feed.setAttribute('history', '50'));
      expect(feed.status).to.equal('connected');
    });

    it('takes in a message, a batch, and what is no envelope', async () => {
      const feed = await setUp('');
      const flushes = listen(feed, 'rt-message');
      await page.push({ channel: 'a', data: { cpu: 1 }, id: 7 });
      await page.push([
        { channel: 'b', data: 2 },
        { channel: 'b', data: 3 },
      ]);
      await page.push({ cpu: 4 });
      await page.push([1, 2]);
      const messages = flushes.flatMap((flush) => flush.messages);
      expect(messages.map(({ channel, data, id }) => [channel, data, id])).to.deep.equal([
        ['a', { cpu: 1 }, 7],
        ['b', 2, undefined],
        ['b', 3, undefined],
        ['message', { cpu: 4 }, undefined],
        ['message', [1, 2], undefined],
      ]);
      expect(messages[0]?.time).to.equal(page.env.wall());
    });
  });

  describe('its messages', () => {
    it('come as one event a flush, in order, none twice', async () => {
      const feed = await setUp('');
      const flushes = listen(feed, 'rt-message');
      for (const data of [1, 2, 3]) feed.push({ channel: 'a', data });
      await page.frame();
      feed.push({ channel: 'a', data: 4 });
      await page.frame();
      await page.frame();
      expect(flushes.map(({ messages, dropped }) => [messages.map(({ data }) => data), dropped])).to.deep.equal([
        [[1, 2, 3], 0],
        [[4], 0],
      ]);
    });

    it('are known by latest(), whether a widget reads them or not, before any frame', async () => {
      const feed = await setUp('');
      feed.push({ channel: 'a', data: { cpu: { user: 1 }, 'cpu.idle': 9 } });
      feed.push({ channel: 'a', data: { cpu: { user: 2 }, 'cpu.idle': 8 } });
      expect(feed.latest('a', 'cpu.user')).to.equal(2);
      expect(feed.latest('a', 'cpu.idle')).to.equal(8);
      expect(feed.latest('a')).to.deep.equal({ cpu: { user: 2 }, 'cpu.idle': 8 });
      expect(feed.latest('a', '__proto__')).to.equal(undefined);
      expect(feed.latest('nobody', 'cpu')).to.equal(undefined);
      expect(document.createElement('rt-feed').latest('a')).to.equal(undefined);
    });

    it('go on while it is paused', async () => {
      const feed = await setUp('paused', '<rt-metric-card channel="a"></rt-metric-card>');
      const flushes = listen(feed, 'rt-message');
      await page.push({ channel: 'a', data: 1 });
      expect(flushes).to.have.length(1);
      feed.resume();
      expect(feed.paused).to.equal(false);
      feed.pause();
      await settled();
      expect(feed.hasAttribute('paused')).to.equal(true);
    });

    it('come no more often than max-rate', async () => {
      const feed = await setUp('max-rate="2"');
      const flushes = listen(feed, 'rt-message');
      for (let time = 0; time < 20; time++) {
        feed.push({ channel: 'a', data: time });
        await page.pass(50);
        await page.frame();
      }
      expect(flushes.length).to.be.within(2, 3);
      await page.pass(500);
      await page.frame();
      expect(flushes.flatMap(({ messages }) => messages)).to.have.length(20);
    });

    it('are those of its channels, where it names any', async () => {
      const feed = await setUp('channels="a  b"');
      await page.push([
        { channel: 'a', data: 1 },
        { channel: 'c', data: 3 },
        { channel: 'b', data: 2 },
      ]);
      await page.push(5);
      expect(feed.latest('c')).to.equal(undefined);
      expect(feed.latest('b')).to.equal(2);
      expect(feed.latest('a'), 'what is unnamed belongs to the first').to.equal(5);
      await page.after(() => feed.removeAttribute('channels'));
      await page.push({ channel: 'c', data: 3 });
      expect(feed.latest('c')).to.equal(3);
    });
  });

  describe('its status', () => {
    it('is told at once, with all that is known of it', async () => {
      const statuses = listen(page.root, 'rt-status');
      const feed = await setUp('src="/ws" transport="websocket"');
      expect(feed.status).to.equal('connecting');
      page.env.lastSocket.open();
      expect(feed.status).to.equal('connected');
      expect(feed.getAttribute('status')).to.equal('connected');
      page.env.lastSocket.end(1006);
      expect(feed.getAttribute('status')).to.equal('reconnecting');
      const last = statuses.at(-1);
      expect(statuses.map(({ status, previous }) => `${previous} → ${status}`)).to.deep.equal([
        'idle → connecting',
        'connecting → connected',
        'connected → reconnecting',
      ]);
      expect(last).to.deep.include({ transport: 'websocket', attempt: 1 });
      expect(last?.error?.code).to.equal('network');
      // 500 ms, and half of 500 ms by chance.
      expect(last?.retryAt).to.equal(page.env.wall() + 750);
    });

    it('tells of each retry that is waited for, and of nothing between', async () => {
      await connected();
      page.env.lastSocket.tell({ channel: 'a', data: 1 });
      const statuses = listen(page.feed, 'rt-status');
      for (const attempt of [1, 2, 3]) {
        page.env.lastSocket.end(1006);
        expect(statuses).to.have.length(attempt);
        expect(statuses.at(-1)).to.deep.include({ status: 'reconnecting', attempt });
        await page.pass((statuses.at(-1)?.retryAt ?? 0) - page.env.wall());
        expect(page.env.sockets).to.have.length(attempt + 1);
      }
    });

    it('tells of a retry that is brought forward: the network is back', async () => {
      await connected();
      page.env.setOnline(false);
      page.env.lastSocket.end(1006);
      expect(page.feed.status).to.equal('offline');
      const statuses = listen(page.feed, 'rt-status');
      page.env.setOnline(true);
      expect(page.feed.status).to.equal('reconnecting');
      expect(statuses.at(-1)?.retryAt).to.be.at.most(page.env.wall() + 300);
    });

    it('is that of its first headers, over server-sent events', async () => {
      const feed = await setUp('src="/events" transport="sse"');
      expect(feed.transportInUse).to.equal('sse');
      expect(feed.status).to.equal('connecting');
      await page.env.lastRequest.stream();
      expect(feed.status).to.equal('connected');
    });

    it('is that of its first good answer, over polling', async () => {
      const feed = await setUp('src="/api" transport="polling"');
      expect(feed.status).to.equal('connecting');
      await page.env.lastRequest.json({ cpu: 1 });
      expect(feed.status).to.equal('connected');
      expect(feed.latest('message', 'cpu')).to.equal(1);
    });

    it('knows what it speaks once "auto" has decided', async () => {
      const feed = await setUp('src="/events"');
      expect(feed.transportInUse).to.equal(null);
      expect(page.env.lastRequest.headers.get('accept')).to.equal('text/event-stream, application/json;q=0.9');
      await page.env.lastRequest.json([1]);
      expect(feed.transportInUse).to.equal('polling');
      await page.after(() => (feed.src = 'wss://page.example/ws'));
      expect(feed.transportInUse).to.equal('websocket');
    });

    it('is an error, told once and in the console, where an answer is final', async () => {
      const feed = await setUp('src="/gone" transport="polling"');
      await page.env.lastRequest.answer(404, 'gone');
      expect(feed.status).to.equal('error');
      expect(page.errors.map(({ code, fatal }) => [code, fatal])).to.deep.equal([['http', true]]);
      expect(page.env.warnings).to.have.length(1);
    });
  });

  describe('its freshness', () => {
    const briefly = (details: readonly { channel: string | null; freshness: string }[]): string[] =>
      details.map(({ channel, freshness }) => `${channel ?? 'feed'} ${freshness}`);

    it('is stale before anything came, live with the first message, and stale when the rhythm breaks', async () => {
      const feed = await connected();
      const details = listen(page.root, 'rt-freshness');
      expect(feed.freshness).to.equal('stale');
      for (let second = 0; second < 6; second++) {
        if (second > 0) await page.pass(1_000);
        page.env.lastSocket.tell({ channel: 'a', data: second });
      }
      expect(feed.freshness).to.equal('live');
      expect(briefly(details)).to.deep.equal(['a live', 'feed live']);
      await page.pass(5_000);
      expect(feed.freshness).to.equal('stale');
      expect(details.slice(2)).to.deep.equal([
        { freshness: 'stale', previous: 'live', since: page.env.wall(), channel: 'a' },
        { freshness: 'stale', previous: 'live', since: page.env.wall(), channel: null },
      ]);
    });

    it('follows stale-after, while it is shown, too', async () => {
      const feed = await setUp('stale-after="2s"');
      feed.push({ channel: 'a', data: 1 });
      await page.pass(1_999);
      expect(feed.freshness).to.equal('live');
      await page.pass(1);
      expect(feed.freshness).to.equal('stale');
      await page.after(() => feed.setAttribute('stale-after', '1m'));
      expect(feed.freshness).to.equal('live');
      await page.after(() => feed.removeAttribute('stale-after'));
      await page.pass(120_000);
      expect(feed.freshness, 'no rhythm is learned').to.equal('live');
    });

    it('hears nothing of a cut that is over within 1.5 s', async () => {
      const feed = await connected('heartbeat="0"');
      page.env.lastSocket.tell({ channel: 'a', data: 1 });
      const details = listen(feed, 'rt-freshness');
      page.env.lastSocket.end(1006);
      await page.pass(1_400);
      page.env.lastSocket.open();
      await page.pass(60_000);
      expect(details).to.deep.equal([]);
      page.env.lastSocket.end(1013, '{"retryAfter": 60000}');
      await page.pass(1_499);
      expect(feed.freshness).to.equal('live');
      await page.pass(1);
      expect(feed.freshness).to.equal('stale');
    });

    for (const fault of [11, 12]) {
      it(`fault ${fault}: an answer that confirms keeps values live, and draws nothing`, async () => {
        const feed = await setUp(
          'src="/api" transport="polling" interval="1s" stale-after="3s"',
          '<rt-metric-card field="x"></rt-metric-card>',
        );
        const details = listen(feed, 'rt-freshness');
        const messages = listen(feed, 'rt-message');
        const etag = fault === 11 ? { etag: '"1"' } : undefined;
        await page.env.lastRequest.json({ x: 1 }, etag);
        await page.frame();
        for (let second = 0; second < 10; second++) {
          await page.pass(1_000);
          if (fault === 11) await page.env.lastRequest.answer(304, null);
          else await page.env.lastRequest.json({ x: 1 });
          await page.frame();
          expect(page.get('rt-metric-card').matches(':state(live)')).to.equal(true);
        }
        expect(briefly(details)).to.deep.equal(['message live', 'feed live']);
        expect(messages).to.have.length(1);
        await page.pass(3_000);
        expect(page.get('rt-metric-card').matches(':state(stale)')).to.equal(true);
      });
    }

    it('is stale once the feed is gone', async () => {
      const feed = await setUp('');
      feed.push(1);
      feed.remove();
      await page.pass(600);
      expect(feed.freshness).to.equal('stale');
    });
  });

  describe('while the page is hidden', () => {
    for (const [attribute, shown] of [
      ['', '1'],
      ['when-hidden="throttle"', '1'],
      ['when-hidden="keep"', '2'],
    ] as const) {
      it(`${attribute || 'by default'}: messages go on, and widgets show ${shown}`, async () => {
        const feed = await setUp(attribute, '<rt-metric-card field="x"></rt-metric-card>');
        const value = (): string | undefined => part(page.get('rt-metric-card'), 'value');
        const messages = listen(feed, 'rt-message');
        await page.push({ channel: 'a', data: { x: 1 } });
        page.env.setHidden(true);
        feed.push({ channel: 'a', data: { x: 2 } });
        await page.pass(1_000);
        expect(messages).to.have.length(2);
        expect(value()).to.equal(shown);
        page.env.setHidden(false);
        await page.frame();
        expect(value()).to.equal('2');
        expect(messages).to.have.length(2);
      });
    }
  });

  describe('its events', () => {
    it('bubble, and leave shadow roots', async () => {
      await page.add('<section></section>');
      const root = page.get('section').attachShadow({ mode: 'open' });
      const all = [listen(page.root, 'rt-status'), listen(page.root, 'rt-message'), listen(page.root, 'rt-error')];
      await page.after(() => (root.innerHTML = '<rt-feed interval="sometimes"></rt-feed>'));
      root.querySelector('rt-feed')?.push(1);
      await page.frame();
      expect(all.map(({ length }) => length)).to.deep.equal([1, 1, 1]);
    });
  });

  describe('a source that can never work', () => {
    for (const src of [
      'javascript:alert(1)',
      'data:text/plain,hello',
      'file:///etc/passwd',
      'http://',
      'ftp://a.example/',
    ]) {
      it(`${src} is refused: told once, status error, nothing loaded`, async () => {
        const statuses = listen(page.root, 'rt-status');
        const feed = await setUp(`src="${src}"`);
        expect(feed.status).to.equal('error');
        expect(feed.getAttribute('status')).to.equal('error');
        expect(page.errors).to.have.length(1);
        expect(page.errors[0]).to.deep.include({ code: 'config', fatal: true });
        expect(page.errors[0]?.message).to.contain('<rt-feed src=').and.to.contain(src).and.to.contain('wss:');
        expect(statuses.at(-1)?.error).to.equal(page.errors[0]);
        expect(page.env.warnings).to.have.length(1);
        await page.after(() => feed.setAttribute('label', 'anything'));
        feed.reconnect();
        await page.pass(600_000);
        expect(page.errors).to.have.length(1);
        expect(page.env.held).to.deep.include({ sockets: 0, requests: 0 });
      });
    }

    it('never quotes a query, which may hold a token', async () => {
      await setUp('src="ftp://a.example/x?token=secret#secret"');
      expect(JSON.stringify([page.errors, page.env.warnings])).not.to.contain('secret');
    });

    it('is forgotten as soon as src is one that can', async () => {
      const feed = await setUp('src="javascript:alert(2)"');
      await page.after(() => (feed.src = '/ws'));
      expect(feed.status).to.equal('connecting');
    });
  });

  describe('a bad value', () => {
    const BAD: readonly (readonly [attribute: string, value: string, allowed: string])[] = [
      ['transport', 'pigeon', 'auto, websocket, sse, long-polling, polling'],
      ['interval', '0s', 'duration above 0'],
      ['interval', '1', 'at least 100ms: write interval="1s" for a second'],
      ['interval', '99ms', 'at least 100ms'],
      ['max-interval', 'long', 'duration'],
      ['reconnect-delay', '-1s', 'duration'],
      ['max-reconnect-delay', '5 sec', 'duration'],
      ['max-reconnect-attempts', 'few', 'whole number of at least 0'],
      ['connect-timeout', 'x', 'duration'],
      ['heartbeat', 'never', 'duration'],
      ['stale-after', '0', 'duration above 0'],
      ['when-hidden', 'sleep', 'throttle, keep, close'],
      ['history', '0', 'samples'],
      ['max-rate', '0', 'number above 0'],
      ['queue-limit', '1.5', 'whole number'],
      ['credentials', 'all', 'same-origin, include, omit'],
    ];
    for (const [attribute, value, allowed] of BAD) {
      it(`of ${attribute} is told once, and the feed goes on`, async () => {
        const feed = await setUp(`src="/ws" ${attribute}="${value}"`);
        expect(page.errors).to.have.length(1);
        expect(page.errors[0]).to.deep.include({ code: 'config', fatal: false });
        for (const word of ['rt-feed', attribute, value, allowed]) expect(page.errors[0]?.message).to.contain(word);
        expect(page.env.warnings).to.deep.equal([`rt-widgets: ${page.errors[0]?.message}`]);
        expect(feed.status).to.equal('connecting');
        await page.after(() => feed.setAttribute('channels', 'a'));
        expect(page.errors).to.have.length(1);
      });
    }
  });

  describe('its connection', () => {
    it('is made of what its attributes say', async () => {
      await setUp('src="../api?x=1" transport="polling" interval="2s" credentials="include"');
      const [request] = page.env.requests;
      expect(request?.url).to.equal('https://page.example/api?x=1');
      expect(request?.init.credentials).to.equal('include');
      await request?.json(1);
      await page.pass(1_999);
      expect(page.env.requests).to.have.length(1);
      await page.pass(1);
      expect(page.env.requests).to.have.length(2);
    });

    it('slows polling down on errors up to max-interval', async () => {
      await setUp('src="/api" transport="polling" interval="1s" max-interval="3s"');
      page.env.chance = 0;
      for (const pause of [2_000, 3_000, 3_000]) {
        await page.env.lastRequest.answer(503, '');
        const { length } = page.env.requests;
        await page.pass(pause - 1);
        expect(page.env.requests).to.have.length(length);
        await page.pass(1);
        expect(page.env.requests).to.have.length(length + 1);
      }
    });

    it('is retried after reconnect-delay, growing up to max-reconnect-delay', async () => {
      await connected('reconnect-delay="100ms" max-reconnect-delay="150ms"');
      page.env.lastSocket.tell({ channel: 'a', data: 1 });
      page.env.chance = 0.999;
      const statuses = listen(page.feed, 'rt-status');
      for (let time = 0; time < 3; time++) {
        page.env.lastSocket.end(1006);
        await page.pass(1_000);
      }
      const pauses = statuses.map(
        ({ retryAt }, index) => Math.round((retryAt ?? 0) - page.env.wall()) + (3 - index) * 1_000,
      );
      expect(pauses).to.deep.equal([200, 250, 250]);
    });

    it('is an error when max-reconnect-attempts are spent', async () => {
      const feed = await connected('max-reconnect-attempts="1"');
      page.env.lastSocket.tell({ channel: 'a', data: 1 });
      page.env.lastSocket.end(1006);
      expect(feed.status).to.equal('reconnecting');
      await page.pass(2_000);
      page.env.lastSocket.end(1006);
      expect(feed.status).to.equal('error');
      expect(page.errors.at(-1)?.message).to.contain('max-reconnect-attempts');
      await page.pass(600_000);
      expect(page.env.sockets).to.have.length(2);
    });

    it('is given up after connect-timeout', async () => {
      const feed = await setUp('src="/ws" transport="websocket" connect-timeout="2s"');
      await page.pass(1_999);
      expect(feed.status).to.equal('connecting');
      await page.pass(1);
      expect(feed.status).to.equal('reconnecting');
      expect(page.errors.at(-1)?.code).to.equal('timeout');
    });

    it('is probed after heartbeat of silence, and never where that is 0', async () => {
      await connected('heartbeat="1s"');
      await page.pass(1_000);
      expect(page.env.lastSocket.said).to.deep.equal([{ type: 'ping' }]);
      page.env.lastSocket.tell({ type: 'pong' });
      await page.after(() => page.feed.setAttribute('heartbeat', '0'));
      page.env.lastSocket.open();
      await page.pass(120_000);
      expect(page.env.lastSocket.said).to.deep.equal([]);
      expect(page.feed.status).to.equal('connected');
    });

    it('fault 49: is made once where attributes change while it connects: the last ones win', async () => {
      const feed = await setUp('src="/one" transport="websocket"');
      feed.src = '/two';
      feed.setAttribute('transport', 'sse');
      feed.src = '/three';
      await settled();
      feed.setAttribute('transport', 'websocket');
      await settled();
      expect(page.env.sockets.map(({ url, state }) => [url, state])).to.deep.equal([
        ['wss://page.example/one', 'closed'],
        ['wss://page.example/three', 'connecting'],
      ]);
      expect(page.env.requests.map(({ url, aborted }) => [url, aborted])).to.deep.equal([
        ['https://page.example/three', true],
      ]);
      page.env.lastSocket.open();
      expect(feed.status).to.equal('connected');
    });

    it('is not made anew where an attribute says the same in other words', async () => {
      const feed = await connected();
      await page.after(() => feed.setAttribute('heartbeat', '30000ms'));
      await page.after(() => feed.setAttribute('channels', 'a'));
      await page.after(() => feed.setAttribute('history', '60s'));
      await page.after(() => feed.setAttribute('paused', ''));
      expect(page.env.sockets).to.have.length(1);
      expect(page.env.lastSocket.state).to.equal('open');
    });

    it('ends when src is taken away', async () => {
      const feed = await connected();
      await page.after(() => feed.removeAttribute('src'));
      expect(feed.status).to.equal('idle');
      expect(page.env.lastSocket.state).to.equal('closed');
    });

    it('is made once where a script sets headers right after it has put the feed and its widgets into the page', async () => {
      const feed = document.createElement('rt-feed');
      feed.src = '/api';
      feed.append(document.createElement('rt-metric-card'), document.createElement('rt-connection-indicator'));
      page.root.append(feed);
      feed.headers = { authorization: 'Bearer a' };
      await settled();
      expect(page.env.requests.map(({ headers }) => headers.get('authorization'))).to.deep.equal(['Bearer a']);
    });

    it('is not made by a feed that does not stand in the page', async () => {
      const feed = document.createElement('rt-feed');
      feed.src = '/api';
      feed.subscribe('a');
      feed.reconnect();
      feed.disconnect();
      await page.pass(1_000);
      expect(page.env.requests).to.have.length(0);
    });
  });

  describe('what is asked before each attempt', () => {
    it('headers: an object is sent as it is', async () => {
      const feed = await setUp('');
      feed.headers = { authorization: 'Bearer a', 'x-team': 'red' };
      await page.after(() => (feed.src = '/events'));
      expect(page.env.lastRequest.headers.get('authorization')).to.equal('Bearer a');
      expect(page.env.lastRequest.headers.get('x-team')).to.equal('red');
    });

    it('headers: a function is asked anew for each attempt, and waited for', async () => {
      const feed = await setUp('transport="sse"');
      let asked = 0;
      feed.headers = async () => ({ authorization: `Bearer ${++asked}` });
      await page.after(() => (feed.src = '/events'));
      await settled();
      expect(page.env.lastRequest.headers.get('authorization')).to.equal('Bearer 1');
      page.env.lastRequest.refuse();
      await page.pass(5_000);
      expect(page.env.lastRequest.headers.get('authorization')).to.equal('Bearer 2');
      expect(asked).to.equal(2);
    });

    it('protocols: an array or a function', async () => {
      const feed = await setUp('transport="websocket"');
      feed.protocols = ['a', 'b'];
      await page.after(() => (feed.src = '/ws'));
      expect(page.env.lastSocket.protocols).to.deep.equal(['a', 'b']);
      feed.protocols = async () => ['token'];
      await settled();
      await settled();
      expect(page.env.lastSocket.protocols).to.deep.equal(['token']);
      expect(page.env.sockets[0]?.state).to.equal('closed');
    });

    it('one that throws is told without its secret, and asked again', async () => {
      const feed = await setUp('transport="sse"');
      let asked = 0;
      feed.headers = () => {
        asked++;
        throw new Error('no token today');
      };
      await page.after(() => (feed.src = '/events'));
      await page.pass(5_000);
      expect(asked).to.be.greaterThan(1);
      expect(page.errors[0]?.code).to.equal('config');
      expect(page.env.requests).to.have.length(0);
      expect(feed.status).to.equal('reconnecting');
    });
  });

  describe('decode', () => {
    it('replaces the default decoding', async () => {
      const feed = await setUp('transport="sse"');
      const got: unknown[] = [];
      feed.decode = (payload) => {
        got.push(payload);
        return [
          { channel: 'mine', data: 1 },
          { channel: 'mine', data: 2 },
        ];
      };
      await page.after(() => (feed.src = '/events'));
      await page.env.lastRequest.stream();
      await page.env.lastRequest.push('event: raw\nid: 7\ndata: a;b\n\n');
      expect(got).to.deep.equal([{ data: 'a;b', event: 'raw', id: '7' }]);
      expect(feed.latest('mine')).to.equal(2);
    });

    it('reads binary, which without it is told as a decode error', async () => {
      const feed = await connected();
      page.env.lastSocket.tell(Uint8Array.of(1, 2).buffer);
      expect(page.errors.map(({ code }) => code)).to.deep.equal(['decode']);
      feed.decode = ({ data }) => (data instanceof ArrayBuffer ? data.byteLength : undefined);
      await settled();
      page.env.lastSocket.tell(Uint8Array.of(1, 2, 3).buffer);
      expect(feed.latest('message')).to.equal(3);
      expect(page.env.sockets).to.have.length(1);
    });

    it('is told of where it throws, and the connection goes on', async () => {
      const feed = await connected();
      feed.decode = () => {
        throw new Error('odd');
      };
      await settled();
      page.env.lastSocket.tell('x');
      expect(page.errors.map(({ code }) => code)).to.deep.equal(['decode']);
      expect(page.errors[0]?.message).to.contain('odd');
      expect(feed.status).to.equal('connected');
      expect(page.env.warnings).to.deep.equal([]);
    });
  });

  describe('channels', () => {
    const said = (): unknown => page.env.lastSocket.said;

    it('are subscribed over a WebSocket, and subscribed anew as they change', async () => {
      const feed = await connected('channels="a b"');
      expect(said()).to.deep.equal([
        { type: 'subscribe', channel: 'a' },
        { type: 'subscribe', channel: 'b' },
      ]);
      page.env.lastSocket.sent.length = 0;
      await page.after(() => (feed.channels = 'b c'));
      expect(said()).to.deep.equal([
        { type: 'unsubscribe', channel: 'a' },
        { type: 'subscribe', channel: 'c' },
      ]);
    });

    it('none named: none sent', async () => {
      await connected();
      expect(said()).to.deep.equal([]);
    });

    it('are subscribed by a script, once, and again after each open', async () => {
      const feed = await connected('channels="a"');
      feed.subscribe('x');
      feed.subscribe('x');
      feed.subscribe('a');
      expect(said()).to.deep.equal([
        { type: 'subscribe', channel: 'a' },
        { type: 'subscribe', channel: 'x' },
      ]);
      page.env.lastSocket.end(1006);
      await page.pass(2_000);
      page.env.lastSocket.open();
      expect(said()).to.deep.equal([
        { type: 'subscribe', channel: 'a' },
        { type: 'subscribe', channel: 'x' },
      ]);
    });

    it('stay unsubscribed, whatever else changes', async () => {
      const feed = await connected('channels="a b c"');
      page.env.lastSocket.sent.length = 0;
      feed.unsubscribe('a');
      feed.unsubscribe('b');
      feed.unsubscribe('nobody');
      await page.after(() => feed.setAttribute('history', '5'));
      expect(said()).to.deep.equal([
        { type: 'unsubscribe', channel: 'a' },
        { type: 'unsubscribe', channel: 'b' },
      ]);
    });
  });

  describe('send()', () => {
    it('sends objects as JSON, text and binary as they are', async () => {
      const feed = await connected();
      const bytes = Uint8Array.of(1, 2);
      feed.send({ a: [1] });
      feed.send('plain');
      feed.send(bytes);
      feed.send(bytes.buffer);
      expect(page.env.lastSocket.sent).to.deep.equal(['{"a":[1]}', 'plain', bytes, bytes.buffer]);
    });

    it('keeps what is sent before the socket is open, and sends it after the subscriptions, in order', async () => {
      const feed = await setUp('src="/ws" transport="websocket" channels="a"');
      feed.send(1);
      feed.send(2);
      page.env.lastSocket.open();
      expect(page.env.lastSocket.said).to.deep.equal([{ type: 'subscribe', channel: 'a' }, 1, 2]);
    });

    it('fault 40: past queue-limit drops the oldest, and tells how many', async () => {
      const feed = await setUp('src="/ws" transport="websocket" queue-limit="2"');
      for (const data of [1, 2, 3, 4, 5]) feed.send(data);
      await page.pass(1);
      expect(page.errors).to.have.length(1);
      expect(page.errors[0]?.code).to.equal('queue-overflow');
      expect(page.errors[0]?.message).to.contain('3 messages');
      page.env.lastSocket.open();
      expect(page.env.lastSocket.said).to.deep.equal([4, 5]);
    });

    it('is a protocol error over a transport that cannot send', async () => {
      const feed = await setUp('src="/events" transport="sse"');
      feed.send('x');
      expect(page.errors.map(({ code }) => code)).to.deep.equal(['protocol']);
      expect(page.errors[0]?.message).to.contain('websocket');
      expect(page.env.warnings).to.deep.equal([]);
    });
  });

  describe('disconnect(), connect(), reconnect()', () => {
    it('closes until it is asked to connect', async () => {
      const feed = await connected();
      const statuses = listen(feed, 'rt-status');
      feed.disconnect();
      expect(feed.status).to.equal('disconnected');
      expect(page.env.lastSocket.closed?.code).to.equal(1000);
      await page.after(() => feed.setAttribute('src', '/other'));
      await page.pass(60_000);
      expect(page.env.sockets).to.have.length(1);
      feed.connect();
      expect(feed.status).to.equal('connecting');
      expect(page.env.lastSocket.url).to.equal('wss://page.example/other');
      expect(statuses.map(({ status }) => status)).to.deep.equal(['disconnected', 'connecting']);
    });

    it('leaves a connection that stands alone, when asked to connect', async () => {
      const feed = await connected();
      feed.connect();
      expect(page.env.sockets).to.have.length(1);
      expect(feed.status).to.equal('connected');
    });

    it('makes a new one at once, when asked to reconnect: from a connection, from a wait, from an error', async () => {
      const feed = await connected();
      feed.reconnect();
      expect(page.env.sockets.map(({ state }) => state)).to.deep.equal(['closed', 'connecting']);
      page.env.lastSocket.end(1006);
      expect(feed.status).to.equal('reconnecting');
      feed.reconnect();
      expect(page.env.sockets).to.have.length(3);
      page.env.lastSocket.open();
      page.env.lastSocket.end(1003);
      expect(feed.status).to.equal('error');
      feed.reconnect();
      expect(page.env.sockets).to.have.length(4);
    });

    it('connects at once with what was set in the same task', async () => {
      const feed = await setUp('');
      feed.src = '/ws';
      feed.transport = 'websocket';
      feed.send('early');
      expect(page.env.lastSocket.url).to.equal('wss://page.example/ws');
      page.env.lastSocket.open();
      expect(page.env.lastSocket.sent).to.deep.equal(['early']);
      await settled();
      expect(page.env.sockets).to.have.length(1);
    });
  });

  describe('in the document', () => {
    it('fault 47: keeps its connection when it is moved', async () => {
      await page.add('<section></section>');
      const feed = await connected();
      const statuses = listen(page.root, 'rt-status');
      await page.after(() => page.get('section').append(feed));
      feed.remove();
      await page.pass(499);
      page.root.append(feed);
      await page.pass(5_000);
      expect(page.env.sockets).to.have.length(1);
      expect(page.env.lastSocket.state).to.equal('open');
      expect(statuses).to.deep.equal([]);
    });

    it('fault 48: has closed within 2 s of its removal, and leaves nothing behind', async () => {
      const feed = await connected();
      feed.remove();
      await page.pass(2_000);
      expect(page.env.lastSocket.state).to.equal('closed');
      expect(page.env.held).to.deep.equal({ timers: 0, frames: 0, watchers: 1, sockets: 0, requests: 0 });
      expect(feed.status).to.equal('idle');
      expect(feed.getAttribute('status')).to.equal('idle');
    });

    it('fault 48: aborts what it was connecting to', async () => {
      const feed = await setUp('src="/events"');
      feed.remove();
      await page.pass(2_000);
      expect(page.env.lastRequest.aborted).to.equal(true);
    });

    it('connects anew when it comes back later', async () => {
      const feed = await connected();
      feed.remove();
      await page.pass(2_000);
      await page.after(() => page.root.append(feed));
      expect(page.env.sockets).to.have.length(2);
      expect(feed.status).to.equal('connecting');
    });

    it('displays its slot and nothing else, as a block: themes give width and margins to blocks', async () => {
      const feed = await setUp('', '<p>here</p>');
      expect(getComputedStyle(feed).display).to.equal('block');
      expect(feed.shadowRoot?.textContent.trim()).to.equal('');
      expect(page.get('p').offsetHeight).to.be.greaterThan(0);
    });

    it('keeps what a script set on it before it was defined', async () => {
      const early = document.createElement('early-feed');
      Object.assign(early, { headers: { 'x-early': 'yes' } });
      early.setAttribute('src', '/api');
      early.innerHTML = '<rt-metric-card></rt-metric-card>';
      page.root.append(early);
      RtFeed.define('early-feed');
      await settled();
      expect(page.env.requests.map(({ headers }) => headers.get('x-early'))).to.deep.equal(['yes']);
    });
  });

  describe('faults of the wire', () => {
    it('fault 30: JSON that is none is told, and the stream lives', async () => {
      const feed = await connected();
      page.env.lastSocket.tell('{"cpu":');
      page.env.lastSocket.tell({ channel: 'a', data: 1 });
      expect(page.errors.map(({ code }) => code)).to.deep.equal(['decode']);
      expect(feed.latest('a')).to.equal(1);
      expect(page.env.warnings, 'the console hears of nothing that the wire does').to.deep.equal([]);
    });

    it('fault 21: a message of 5 MB is passed over, told, and the stream lives', async () => {
      const feed = await connected();
      page.env.lastSocket.tell(stringify({ channel: 'a', data: 'x'.repeat(5_000_000) }));
      page.env.lastSocket.tell({ channel: 'a', data: 1 });
      expect(page.errors.map(({ code }) => code)).to.deep.equal(['over-limit']);
      expect(feed.latest('a')).to.equal(1);
    });

    it('fault 16: a server that says HTML is never parsed', async () => {
      const feed = await setUp('src="/events"');
      await page.env.lastRequest.answer(200, '<!doctype html>', { 'content-type': 'text/html' });
      expect(feed.status).to.equal('error');
      expect(page.errors.map(({ code }) => code)).to.deep.equal(['protocol']);
      expect(page.errors[0]?.message).to.contain('text/html');
    });

    it('what the server says of itself reaches no widget', async () => {
      const feed = await connected();
      const flushes = listen(feed, 'rt-message');
      for (const type of ['subscribed', 'unsubscribed', 'pong', 'ack']) page.env.lastSocket.tell({ type });
      page.env.lastSocket.tell({ type: 'ping' });
      page.env.lastSocket.tell({ type: 'error', message: 'no such channel' });
      await page.frame();
      expect(flushes).to.deep.equal([]);
      expect(page.env.lastSocket.said).to.deep.equal([{ type: 'pong' }]);
      expect(page.errors.map(({ code }) => code)).to.deep.equal(['protocol']);
      expect(page.errors[0]?.message).to.contain('no such channel');
    });

    it('fault 46: it still tries while the browser says that there is no network', async () => {
      page.env.setOnline(false);
      const feed = await connected();
      expect(feed.status).to.equal('connected');
      page.env.lastSocket.end(1006);
      expect(feed.status).to.equal('offline');
      await page.pass(5_000);
      expect(page.env.sockets).to.have.length(2);
    });
  });
});
