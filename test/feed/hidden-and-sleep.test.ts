import { expect } from 'chai';
import { ACROSS, HTTP, Rig, WS, source, type Options } from '../support/connection-rig.js';
import { FakeEnv, NOTHING_HELD, settled } from '../support/fake-env.js';

const HOUR = 3_600_000;
const PING = { type: 'ping' };

/** An open event stream that has brought one message, with an id. */
const stream = async (options: Options = {}, src = HTTP): Promise<Rig> => {
  const rig = new Rig(src, { transport: 'sse', ...options });
  await rig.env.lastRequest.stream();
  await rig.env.lastRequest.push('id: 7\ndata: 1\n\n');
  return rig;
};

/** A long poll that was answered once, and waits. */
const long = async (): Promise<Rig> => {
  const rig = new Rig(HTTP, { transport: 'long-polling' });
  await rig.env.lastRequest.json(1, { etag: '0' });
  return rig;
};

const alive = ({ env }: { env: FakeEnv }): number => env.held.sockets + env.held.requests;

describe('a page that is hidden for hours', () => {
  it('fault 41: keeps a WebSocket that no byte comes from, and its timers', async () => {
    const rig = Rig.open();
    rig.env.setHidden(true);
    await rig.env.pass(5 * HOUR);
    expect(rig.status).to.equal('connected');
    expect(rig.env.sockets).to.have.length(1);
    expect(rig.errors).to.deep.equal([]);
    expect(rig.env.held.timers).to.be.lessThan(10);
  });

  it('fault 41: keeps an event stream that no byte comes from', async () => {
    const rig = await stream();
    rig.env.setHidden(true);
    await rig.env.pass(5 * HOUR);
    expect(rig.status).to.equal('connected');
    expect(rig.env.requests).to.have.length(1);
    expect(rig.errors).to.deep.equal([]);
  });

  it('fault 41: keeps a long poll that is not answered', async () => {
    const rig = await long();
    rig.env.setHidden(true);
    await rig.env.pass(5 * HOUR);
    expect(rig.status).to.equal('connected');
    expect(rig.env.requests).to.have.length(2);
    expect(rig.errors).to.deep.equal([]);
  });

  it('fault 41: takes no stream for stalled', async () => {
    const env = new FakeEnv();
    env.setHidden(true);
    const rig = new Rig(undefined, {}, 100, env);
    rig.connection.setSources([source(HTTP, { transport: 'sse' }), source('/other')]);
    await env.lastRequest.stream();
    await env.pass(HOUR);
    expect(env.requests).to.have.length(1);
    expect(rig.errors).to.deep.equal([]);
  });

  it('goes on reading what comes, and retries what ends', async () => {
    const rig = await stream();
    rig.env.setHidden(true);
    await rig.env.pass(HOUR);
    await rig.env.lastRequest.push('id: 8\ndata: 2\n\n');
    await rig.env.lastRequest.end();
    await rig.env.pass(1_000);
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push('id: 9\ndata: 3\n\n');
    expect(rig.data).to.deep.equal([1, 2, 3]);
    expect(rig.status).to.equal('connected');
  });

  it('pings a silent WebSocket as it is seen again, which is dead 2 s after', async () => {
    const rig = Rig.open();
    rig.env.setHidden(true);
    await rig.env.pass(HOUR);
    const before = rig.env.lastSocket.said.length;
    rig.env.setHidden(false);
    expect(rig.env.lastSocket.said.slice(before)).to.deep.equal([PING]);
    await rig.env.pass(1_999);
    expect(rig.status).to.equal('connected');
    await rig.env.pass(1);
    expect(rig.status).to.equal('reconnecting');
    expect(rig.env.sockets[0]?.state).to.equal('closed');
  });

  it('keeps a WebSocket that answers as it is seen again', async () => {
    const rig = Rig.open();
    rig.env.setHidden(true);
    await rig.env.pass(HOUR);
    rig.env.setHidden(false);
    rig.env.lastSocket.tell({ type: 'pong' });
    await rig.env.pass(10_000);
    expect(rig.status).to.equal('connected');
    expect(rig.env.sockets).to.have.length(1);
  });

  it('replaces a silent stream as it is seen again, with its cursor', async () => {
    const rig = await stream();
    rig.env.setHidden(true);
    await rig.env.pass(HOUR);
    rig.env.setHidden(false);
    expect(rig.env.requests).to.have.length(2);
    expect(rig.env.requests[0]?.aborted).to.equal(true);
    expect(rig.env.lastRequest.headers.get('last-event-id')).to.equal('7');
  });

  it('disturbs nothing that has spoken within heartbeat', async () => {
    for (const rig of [Rig.open(), await stream(), await long()]) {
      const before = rig.env.sockets.length + rig.env.requests.length;
      rig.env.setHidden(true);
      await rig.env.pass(20_000);
      rig.env.setHidden(false);
      await rig.env.pass(0);
      expect(rig.env.sockets.length + rig.env.requests.length).to.equal(before);
      expect(rig.env.sockets.flatMap(({ said }) => said)).to.deep.equal([]);
    }
  });

  it('retries within 300 ms as it is seen again', async () => {
    const rig = new Rig(WS, { reconnectDelay: 60_000, maxReconnectDelay: 60_000 });
    rig.env.lastSocket.end(1006);
    rig.env.setHidden(true);
    await rig.env.pass(1_000);
    rig.env.setHidden(false);
    await rig.env.pass(300);
    expect(rig.env.sockets).to.have.length(2);
  });
});

describe('a connection that is closed while hidden', () => {
  const closing = { closeHidden: true } as const;

  it('is closed after 5 minutes, and opened as the page is seen', async () => {
    const rig = await stream(closing);
    rig.env.setHidden(true);
    await rig.env.pass(299_999);
    expect(alive(rig)).to.equal(1);
    await rig.env.pass(1);
    expect(alive(rig)).to.equal(0);
    expect(rig.status).to.equal('reconnecting');
    await rig.env.pass(5 * HOUR);
    expect(rig.env.requests).to.have.length(1);
    expect(rig.errors).to.deep.equal([]);
    rig.env.setHidden(false);
    expect(rig.env.lastRequest.headers.get('last-event-id')).to.equal('7');
    await rig.env.lastRequest.stream();
    expect(rig.status).to.equal('connected');
    expect(rig.env.requests).to.have.length(2);
  });

  it('is not closed where the page is seen before', async () => {
    const rig = await stream(closing);
    rig.env.setHidden(true);
    await rig.env.pass(299_000);
    rig.env.setHidden(false);
    await rig.env.lastRequest.stream();
    const before = rig.env.requests.length;
    await rig.env.pass(2_000);
    expect(alive(rig)).to.equal(1);
    expect(rig.env.requests).to.have.length(before);
  });

  it('counts the 5 minutes anew each time', async () => {
    const rig = Rig.open(closing);
    for (let round = 0; round < 5; round++) {
      rig.env.setHidden(true);
      await rig.env.pass(200_000);
      rig.env.setHidden(false);
      rig.env.lastSocket.tell({ type: 'pong' });
    }
    expect(rig.env.sockets).to.have.length(1);
    rig.env.setHidden(true);
    await rig.env.pass(300_000);
    expect(alive(rig)).to.equal(0);
  });

  it('is closed as well where it began in a hidden page, or waits for a retry', async () => {
    const env = new FakeEnv();
    env.setHidden(true);
    new Rig(WS, closing, 100, env);
    await env.pass(300_000);
    expect(env.held.sockets).to.equal(0);
    const before = env.sockets.length;
    await env.pass(HOUR);
    expect(env.sockets).to.have.length(before);
    env.setHidden(false);
    expect(env.held.sockets).to.equal(1);
  });

  it('is not closed by default', async () => {
    const rig = await stream();
    rig.env.setHidden(true);
    await rig.env.pass(HOUR);
    expect(alive(rig)).to.equal(1);
  });

  it('opens no better source either, and looks for it as the page is seen', async () => {
    const rig = new Rig();
    const options = { ...closing, interval: HOUR * 100 };
    rig.connection.setSources([
      source('/better', { ...closing, transport: 'sse' }),
      source(HTTP, { ...options, transport: 'polling' }),
    ]);
    await rig.env.lastRequest.answer(404, '');
    await rig.env.lastRequest.json(1);
    await rig.env.pass(299_000);
    rig.env.setHidden(true);
    await rig.env.pass(1_000);
    await rig.env.lastRequest.answer(404, '');
    await rig.env.pass(299_000);
    const before = rig.env.requests.length;
    await rig.env.pass(5 * HOUR);
    rig.env.setOnline(false);
    rig.env.setOnline(true);
    await rig.env.pass(HOUR);
    expect(rig.env.requests).to.have.length(before);
    expect(alive(rig)).to.equal(0);
    rig.env.setHidden(false);
    expect(rig.env.requests.slice(before).map(({ url }) => url)).to.deep.equal([HTTP, 'https://page.example/better']);
  });

  it('stays disconnected by request, and leaves no timer behind', async () => {
    const rig = Rig.open(closing);
    rig.env.setHidden(true);
    rig.connection.disconnect();
    expect(rig.env.held.timers).to.equal(0);
    await rig.env.pass(HOUR);
    rig.env.setHidden(false);
    expect(rig.status).to.equal('disconnected');
    expect(rig.env.sockets).to.have.length(1);
  });

  it('sends what it was given meanwhile once it is back', async () => {
    const rig = Rig.open(closing);
    rig.env.setHidden(true);
    await rig.env.pass(300_000);
    rig.connection.send('waits');
    rig.env.setHidden(false);
    rig.env.lastSocket.open();
    expect(rig.env.lastSocket.sent).to.deep.equal(['waits']);
  });
});

describe('a page that stands still', () => {
  it('fault 42: closes a WebSocket cleanly, and reopens it', async () => {
    const rig = Rig.open();
    rig.connection.setChannels(['a']);
    await rig.env.pass(5_000);
    rig.env.setFrozen(true);
    expect(rig.env.sockets[0]?.closed).to.deep.equal({ code: 1000, reason: '' });
    expect(alive(rig)).to.equal(0);
    await rig.env.pass(HOUR);
    expect(rig.env.sockets).to.have.length(1);
    rig.env.setFrozen(false);
    expect(rig.env.sockets).to.have.length(2);
    rig.env.lastSocket.open();
    expect(rig.env.lastSocket.said).to.deep.equal([{ type: 'subscribe', channel: 'a' }]);
    expect(rig.statuses.slice(-2)).to.deep.equal(['reconnecting', 'connected']);
    expect(rig.codes.filter((code) => code !== 'history-gap')).to.deep.equal([]);
  });

  it('fault 42: closes a stream and reopens it with its cursor: nothing is lost, and no gap told', async () => {
    const rig = await stream();
    rig.env.setFrozen(true);
    expect(alive(rig)).to.equal(0);
    rig.env.setFrozen(false);
    expect(rig.env.lastRequest.headers.get('last-event-id')).to.equal('7');
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push('id: 8\ndata: 2\n\n');
    expect(rig.data).to.deep.equal([1, 2]);
    expect(rig.errors).to.deep.equal([]);
  });

  it('fault 42: closes a long poll and reopens it with its cursor', async () => {
    const rig = await long();
    rig.env.setFrozen(true);
    expect(alive(rig)).to.equal(0);
    rig.env.setFrozen(false);
    expect(rig.env.lastRequest.headers.get('if-none-match')).to.equal('0');
    expect(alive(rig)).to.equal(1);
  });

  it('fault 43: has no timer that would try meanwhile', () => {
    const rig = new Rig(WS);
    rig.env.lastSocket.end(1006);
    rig.env.setFrozen(true);
    rig.env.advance(HOUR);
    expect(rig.env.sockets).to.have.length(1);
    rig.env.setFrozen(false);
    expect(rig.env.sockets).to.have.length(2);
  });

  it('fault 43: is not woken by the network', () => {
    const rig = Rig.open();
    rig.env.setFrozen(true);
    rig.env.setOnline(false);
    rig.env.setOnline(true);
    rig.env.advance(1_000);
    expect(rig.env.sockets).to.have.length(1);
  });

  it('fault 43: stands still again and again, and has one attempt alive', async () => {
    const rig = await stream();
    for (let count = 0; count < 100; count++) {
      rig.env.setFrozen(true);
      expect(alive(rig)).to.equal(0);
      if (count % 3 === 0) rig.env.setFrozen(true);
      rig.env.setFrozen(false);
      if (count % 4 === 0) rig.env.setFrozen(false);
      if (count % 2 === 0) await rig.env.lastRequest.stream();
      expect(alive(rig)).to.equal(1);
    }
    expect(rig.errors).to.deep.equal([]);
  });

  it('does not wake what was disconnected, nor what is final', async () => {
    const rig = Rig.open();
    rig.connection.disconnect();
    rig.env.setFrozen(true);
    rig.env.setFrozen(false);
    expect(rig.status).to.equal('disconnected');

    const final = new Rig(HTTP, { transport: 'sse' });
    await final.env.lastRequest.answer(404, '');
    final.env.setFrozen(true);
    final.env.setFrozen(false);
    expect(final.status).to.equal('error');
    expect(final.env.requests).to.have.length(1);
  });

  it('that only runs on, as a page’s first showing is told, disturbs nothing', () => {
    const rig = Rig.open();
    rig.env.setFrozen(false);
    expect(rig.env.sockets).to.have.length(1);
    expect(rig.status).to.equal('connected');
  });

  it('aborts headers that are still asked for', async () => {
    let give: (headers: Record<string, string>) => void = () => undefined;
    const rig = new Rig(HTTP, { transport: 'sse', headers: () => new Promise((resolve) => (give = resolve)) });
    rig.env.setFrozen(true);
    give({});
    await settled();
    expect(rig.env.requests).to.deep.equal([]);
    rig.env.setFrozen(false);
    give({});
    await settled();
    expect(rig.env.requests).to.have.length(1);
  });

  it('goes on telling of a final answer until the source works again', async () => {
    const rig = new Rig(HTTP, { transport: 'sse' });
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push('data: 1\n\n');
    await rig.env.lastRequest.end();
    await rig.env.pass(1_000);
    await rig.env.lastRequest.answer(404, '');
    expect(rig.status).to.equal('error');
    rig.env.setFrozen(true);
    expect(rig.env.held.timers).to.equal(0);
    rig.env.setFrozen(false);
    expect(rig.status).to.equal('error');
    await rig.env.lastRequest.answer(404, '');
    expect(rig.statuses).to.deep.equal(['connecting', 'connected', 'reconnecting', 'error']);
  });
});

describe('a machine that slept', () => {
  it('fault 44: has a WebSocket pinged within a second, and dropped 2 s after: back in 3 s and a retry', async () => {
    const rig = Rig.open();
    await rig.env.pass(5_000);
    rig.env.sleep(8 * HOUR);
    await rig.env.pass(1_000);
    expect(rig.env.lastSocket.said).to.deep.equal([PING]);
    expect(rig.status).to.equal('connected');
    await rig.env.pass(2_000);
    expect(rig.status).to.equal('reconnecting');
    expect(rig.codes).to.deep.equal(['timeout']);
    await rig.env.pass(750);
    expect(rig.env.sockets).to.have.length(2);
  });

  it('fault 44: keeps a WebSocket that answers', async () => {
    const rig = Rig.open();
    rig.env.sleep(8 * HOUR);
    await rig.env.pass(1_000);
    rig.env.lastSocket.tell({ type: 'pong' });
    await rig.env.pass(20_000);
    expect(rig.env.sockets).to.have.length(1);
    expect(rig.errors).to.deep.equal([]);
  });

  it('fault 44: replaces a WebSocket whose server knows no ping', async () => {
    const rig = Rig.open({ heartbeat: 0 });
    rig.env.sleep(8 * HOUR);
    await rig.env.pass(1_000);
    expect(rig.env.sockets.map(({ state }) => state)).to.deep.equal(['closed', 'connecting']);
    expect(rig.env.sockets[0]?.said).to.deep.equal([]);
  });

  it('fault 44: learns nothing of a server’s pings from sleeps', async () => {
    const rig = Rig.open();
    for (let count = 0; count < 4; count++) {
      rig.env.sleep(8 * HOUR);
      await rig.env.pass(4_500);
      await rig.env.pass(10_000);
      rig.env.lastSocket.open();
    }
    expect(rig.codes).to.not.include('protocol');
  });

  it('fault 44: replaces a stream at once, with its cursor', async () => {
    const rig = await stream();
    await rig.env.pass(5_000);
    rig.env.sleep(8 * HOUR);
    await rig.env.pass(1_000);
    expect(rig.env.requests).to.have.length(2);
    expect(rig.env.requests[0]?.aborted).to.equal(true);
    expect(rig.env.lastRequest.headers.get('last-event-id')).to.equal('7');
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push('id: 8\ndata: 2\n\n');
    expect(rig.data).to.deep.equal([1, 2]);
    expect(rig.gaps).to.equal(0);
    expect(rig.errors).to.deep.equal([]);
  });

  it('fault 44: replaces a stream across origins with its cursor, too', async () => {
    const rig = await stream({}, ACROSS);
    rig.env.sleep(8 * HOUR);
    await rig.env.pass(1_000);
    expect(rig.env.lastRequest.headers.get('last-event-id')).to.equal('7');
    expect(alive(rig)).to.equal(1);
  });

  it('fault 44: replaces a long poll at once, with its cursor, and stays connected', async () => {
    const rig = await long();
    rig.env.sleep(8 * HOUR);
    await rig.env.pass(1_000);
    expect(rig.env.requests).to.have.length(3);
    expect(rig.env.requests[1]?.aborted).to.equal(true);
    expect(rig.env.lastRequest.headers.get('if-none-match')).to.equal('0');
    expect(rig.statuses).to.deep.equal(['connecting', 'connected']);
    expect(alive(rig)).to.equal(1);
  });

  it('fault 44: polls at once', async () => {
    const rig = new Rig(HTTP, { transport: 'polling', interval: 60_000 });
    await rig.env.lastRequest.json(1);
    rig.env.sleep(8 * HOUR);
    await rig.env.pass(1_000);
    expect(rig.env.requests).to.have.length(2);
    expect(rig.status).to.equal('connected');
  });

  it('fault 44: makes an attempt under way anew, and retries what waited within 300 ms', async () => {
    const rig = new Rig(WS, { reconnectDelay: 60_000, maxReconnectDelay: 60_000 });
    rig.env.sleep(8 * HOUR);
    await rig.env.pass(1_000);
    expect(rig.env.sockets.map(({ state }) => state)).to.deep.equal(['closed', 'connecting']);
    rig.env.lastSocket.end(1006);
    await rig.env.pass(1_000);
    rig.env.sleep(8 * HOUR);
    await rig.env.pass(1_300);
    expect(rig.env.sockets).to.have.length(3);
  });

  it('fault 44: does not wake what was disconnected, and is not even watched for then', async () => {
    const rig = Rig.open();
    rig.connection.disconnect();
    expect(rig.env.held.timers).to.equal(0);
    rig.env.sleep(8 * HOUR);
    await rig.env.pass(HOUR);
    expect(rig.env.sockets).to.have.length(1);
  });

  it('fault 44: is noticed in a hidden page, where nothing is declared dead', async () => {
    const rig = Rig.open();
    rig.env.setHidden(true);
    rig.env.sleep(8 * HOUR);
    await rig.env.pass(20_000);
    expect(rig.env.lastSocket.said).to.include.deep.members([PING]);
    expect(rig.status).to.equal('connected');
  });

  it('fault 55: is not supposed where the clock was set by seconds, or back', async () => {
    const rig = await stream();
    rig.env.sleep(4_000);
    await rig.env.pass(10_000);
    rig.env.sleep(-HOUR);
    await rig.env.pass(10_000);
    expect(rig.env.requests).to.have.length(1);
  });

  it('polls once: what would have been the next poll leaves the new one alone', async () => {
    const rig = new Rig(HTTP, { transport: 'polling' });
    await rig.env.lastRequest.json(1);
    await rig.env.pass(3_500);
    rig.env.sleep(60_000);
    await rig.env.pass(4_000);
    expect(rig.env.requests).to.have.length(2);
    expect(rig.env.lastRequest.aborted).to.equal(false);
  });
});

describe('a network that comes and goes', () => {
  for (const [name, make] of [
    ['a WebSocket', async () => Rig.open()],
    ['an event stream', async () => stream()],
    ['a long poll', long],
    ['polling', async () => new Rig(HTTP, { transport: 'polling' })],
  ] as const) {
    it(`fault 45: 100 times leaves at most one attempt of ${name} alive`, async () => {
      const rig = await make();
      for (let count = 0; count < 100; count++) {
        rig.env.setOnline(false);
        if (count % 3 === 0) {
          rig.env.sockets.at(-1)?.end(1006);
          rig.env.requests.at(-1)?.refuse();
        }
        await settled();
        rig.env.setOnline(true);
        await rig.env.pass(count % 7 === 0 ? 300 : 20);
        expect(alive(rig), `round ${count}`).to.be.at.most(1);
      }
      await rig.env.pass(300);
      expect(alive(rig)).to.be.at.most(1);
      rig.connection.dispose();
      expect(rig.env.held).to.deep.equal(NOTHING_HELD);
    });
  }

  it('fault 29: checks what was silent for longer than heartbeat as the network returns', async () => {
    const rig = await stream();
    await rig.env.pass(31_000);
    rig.env.setOnline(false);
    rig.env.setOnline(true);
    expect(rig.env.requests).to.have.length(2);
    expect(rig.env.lastRequest.headers.get('last-event-id')).to.equal('7');
  });

  it('fault 46: that is said to be away keeps nobody from trying', async () => {
    const env = new FakeEnv();
    env.setOnline(false);
    const rig = new Rig(HTTP, { transport: 'sse' }, 100, env);
    env.lastRequest.refuse();
    await env.pass(750);
    expect(rig.status).to.equal('offline');
    await env.lastRequest.stream();
    expect(rig.status).to.equal('connected');
  });
});
