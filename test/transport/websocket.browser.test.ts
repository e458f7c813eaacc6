import { expect } from 'chai';
import type { LiveConnection, LiveOptions } from '../support/live-connection.js';
import { WireFixture } from '../support/wire-fixture.js';
import type { WireSocket } from '../support/wire.js';

const subscribe = (channel: string): unknown => ({ type: 'subscribe', channel });

describe('a WebSocket', () => {
  const fixture = new WireFixture();
  let socket: WireSocket;

  const start = (options: LiveOptions = {}): LiveConnection =>
    fixture.connect(fixture.wire.socketAddress(), { transport: 'websocket', ...options });
  const open = async (options: LiveOptions = {}): Promise<LiveConnection> => {
    const live = start(options);
    socket = await fixture.wire.socket(0);
    await socket.accept();
    await live.until(() => live.status === 'connected');
    return live;
  };

  it('is connected when it is open, before any message', async () => {
    const live = await open();
    expect(live.statuses).to.deep.equal(['connecting', 'connected']);
    expect(live.connection.view.transport).to.equal('websocket');
  });

  it('means the socket beside an http: address', async () => {
    fixture.connect(fixture.wire.across('live?room=1'), { transport: 'websocket' });
    expect((await fixture.wire.socket(0)).seen.path).to.match(/\/live\?room=1$/);
  });

  it('subscribes to what is named, then sends what waited, in order', async () => {
    const live = start();
    live.connection.setChannels(['a', 'b']);
    live.connection.send('{"n":1}');
    live.connection.send('{"n":2}');
    socket = await fixture.wire.socket(0);
    await socket.accept();
    expect(await socket.heard(4)).to.deep.equal([subscribe('a'), subscribe('b'), { n: 1 }, { n: 2 }]);
  });

  it('fault 1: subscribes again, once, after a restart of the server, before what waited', async () => {
    const live = await open();
    live.connection.setChannels(['a']);
    expect(await socket.heard(1)).to.deep.equal([subscribe('a')]);
    await socket.end(1012);
    await live.until(() => live.status === 'reconnecting');
    live.connection.send('{"n":1}');
    const second = await fixture.wire.socket(1);
    await second.accept();
    expect(await second.heard(2)).to.deep.equal([subscribe('a'), { n: 1 }]);
  });

  it('subscribes and unsubscribes as it goes', async () => {
    const live = await open();
    live.connection.subscribe('a');
    live.connection.unsubscribe('a');
    expect(await socket.heard(2)).to.deep.equal([subscribe('a'), { type: 'unsubscribe', channel: 'a' }]);
  });

  it('answers a ping, and hands none of the protocol’s own messages on', async () => {
    const live = await open();
    await socket.say({ type: 'ack' });
    await socket.say({ type: 'subscribed', channel: 'a' });
    await socket.say({ type: 'ping' });
    expect(await socket.heard(1)).to.deep.equal([{ type: 'pong' }]);
    await socket.say({ channel: 'a', data: 1 });
    await live.until(() => live.messages.length === 1);
    expect(live.data).to.deep.equal([1]);
  });

  it('pings a server that is silent, and lives on by its pong', async () => {
    const live = await open({ heartbeat: 20 });
    expect(await socket.heard(1)).to.deep.equal([{ type: 'ping' }]);
    await socket.say({ type: 'pong' });
    await socket.say({ channel: 'a', data: 1 });
    await live.until(() => live.messages.length === 1);
    expect(live.status).to.equal('connected');
    expect(live.errors).to.deep.equal([]);
  });

  it('tells the server’s error in its words', async () => {
    const live = await open();
    await socket.say({ type: 'error', message: 'no such channel' });
    await live.until(() => live.errors.length === 1);
    expect(live.codes).to.deep.equal(['protocol']);
    expect(live.errors[0]?.message).to.include('no such channel');
  });

  it('sends and takes binary as it is', async () => {
    const live = await open();
    live.connection.setDecode(({ data }) => ({
      channel: 'bytes',
      data: data instanceof ArrayBuffer ? [...new Uint8Array(data)] : undefined,
    }));
    live.connection.send(Uint8Array.of(1, 2, 255));
    expect(await socket.heard(1)).to.deep.equal([Uint8Array.of(1, 2, 255)]);
    await socket.say(Uint8Array.of(0, 128));
    await live.until(() => live.messages.length === 1);
    expect(live.data).to.deep.equal([[0, 128]]);
  });

  it('tells of binary that nobody decodes, and goes on', async () => {
    const live = await open();
    await socket.say(Uint8Array.of(1));
    await socket.say({ channel: 'a', data: 1 });
    await live.until(() => live.messages.length === 1);
    expect(live.codes).to.deep.equal(['decode']);
    expect(live.status).to.equal('connected');
  });

  it('offers its subprotocols, asked anew for each attempt', async () => {
    let asked = 0;
    const live = start({ protocols: async () => ['v2', `try-${++asked}`] });
    const first = await fixture.wire.socket(0);
    expect(first.seen.protocols).to.deep.equal(['v2', 'try-1']);
    await first.refuse(503);
    const second = await fixture.wire.socket(1);
    expect(second.seen.protocols).to.deep.equal(['v2', 'try-2']);
    await second.accept('v2');
    await live.until(() => live.status === 'connected');
  });

  it('with a subprotocol that is none is final, and quotes nothing of it', async () => {
    const live = start({ protocols: ['Z2VoZWltIQ=='] });
    await live.until(() => live.status === 'error');
    expect(live.errors).to.have.length(1);
    expect(live.errors[0]).to.include({ code: 'config', fatal: true });
    expect(JSON.stringify(live.errors)).to.not.include('Z2VoZWlt');
    expect(await fixture.wire.sockets()).to.deep.equal([]);
  });

  for (const code of [1012, 1013]) {
    it(`fault 62: closed with ${code} and retryAfter waits for as long`, async () => {
      const live = await open();
      const closed = performance.now();
      await socket.end(code, '{"retryAfter": 60000}');
      await live.until(() => live.status === 'reconnecting');
      expect((live.connection.view.retryAt ?? 0) - closed).to.be.within(60_000, 65_000);
    });
  }

  for (const code of [1000, 1001, 1011, 3000, 4000]) {
    it(`closed with ${code} comes back`, async () => {
      const live = await open();
      await socket.end(code);
      const second = await fixture.wire.socket(1);
      await second.accept();
      await live.until(() => live.statuses.length === 4);
      expect(live.statuses).to.deep.equal(['connecting', 'connected', 'reconnecting', 'connected']);
      expect(live.codes).to.deep.equal(['network']);
    });
  }

  for (const code of [1003, 1007, 1009, 1010]) {
    it(`fault 58: closed with ${code} is final`, async () => {
      const live = await open();
      await socket.end(code);
      await live.until(() => live.status === 'error');
      expect(live.errors[0]).to.include({ fatal: true });
      expect(live.errors[0]?.message).to.include(String(code));
    });
  }

  for (const code of [1008, 4401]) {
    it(`fault 59: closed with ${code} asks protocols anew once, then it is final`, async () => {
      let asked = 0;
      const live = start({ protocols: () => [`token-${++asked}`] });
      for (const index of [0, 1]) {
        const next = await fixture.wire.socket(index);
        expect(next.seen.protocols).to.deep.equal([`token-${index + 1}`]);
        await next.accept(`token-${index + 1}`);
        await next.end(code);
      }
      await live.until(() => live.status === 'error');
      expect(live.errors.map(({ fatal }) => fatal)).to.deep.equal([false, true]);
      expect(await fixture.wire.sockets()).to.have.length(2);
    });
  }

  it('that fails twice before it was ever open is asked about by one plain request, which decides nothing', async () => {
    const live = start();
    for (const index of [0, 1]) await (await fixture.wire.socket(index)).refuse(500);
    const inquiry = await fixture.wire.request(0);
    expect(inquiry.seen.method).to.equal('GET');
    await inquiry.answer(404, '', { 'access-control-allow-origin': '*' });
    await live.until(() => live.errors.some(({ message }) => message.includes('404')));
    await (await fixture.wire.socket(2)).accept();
    await live.until(() => live.status === 'connected');
    expect(live.errors.every(({ fatal }) => !fatal)).to.equal(true);
  });

  it('that does not open is given up at connect-timeout', async () => {
    const live = start({ connectTimeout: 20 });
    const first = await fixture.wire.socket(0);
    await live.until(() => live.status === 'reconnecting');
    expect((await first.closed()).code).to.equal(1006);
    expect(live.codes[0]).to.equal('timeout');
  });

  it('closed by disconnect() says 1000', async () => {
    const live = await open();
    live.connection.disconnect();
    expect(await socket.closed()).to.deep.equal({ code: 1000, reason: '' });
  });

  it('fault 38: hands on every one of 10,000 messages in batches, in order', async () => {
    const live = await open();
    const count = 10_000;
    const batch = Array.from({ length: 100 }, (_, index) => ({ channel: 'a', data: index }));
    for (let sent = 0; sent < count; sent += batch.length) void socket.say(batch);
    await live.until(() => live.messages.length >= count);
    expect(live.messages).to.have.length(count);
    expect(live.data.every((value, index) => value === index % batch.length)).to.equal(true);
  });
});
