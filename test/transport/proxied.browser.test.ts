/** What networks do to connections, done to real ones: through a TCP proxy between the page and the wire server. */
import { expect } from 'chai';
import { WireFixture } from '../support/wire-fixture.js';

const STAR = { 'access-control-allow-origin': '*' };

describe('behind a network that fails', () => {
  const fixture = new WireFixture();

  it('fault 18: a stream whose bytes come one at a time is read as it was written', async () => {
    const proxy = await fixture.wire.proxied();
    const live = fixture.connect(proxy.across(), { transport: 'sse' });
    const request = await fixture.wire.request(0);
    await request.stream(STAR);
    await live.until(() => live.status === 'connected');
    await proxy.slice(1);
    await request.write('data: "größer 🚀"\r\n\r\ndata: 2\r\n\r\n');
    await live.until(() => live.messages.length === 2);
    expect(live.data).to.deep.equal(['größer 🚀', 2]);
  });

  it('a WebSocket that is reset is opened again', async () => {
    const proxy = await fixture.wire.proxied();
    const live = fixture.connect(proxy.socketAddress());
    await (await fixture.wire.socket(0)).accept();
    await live.until(() => live.status === 'connected');
    await proxy.reset();
    await (await fixture.wire.socket(1)).accept();
    await live.until(() => live.statuses.length === 4);
    expect(live.statuses).to.deep.equal(['connecting', 'connected', 'reconnecting', 'connected']);
  });

  it('fault 2: a WebSocket whose peer is silently gone is noticed, and replaced', async () => {
    const proxy = await fixture.wire.proxied();
    const live = fixture.connect(proxy.socketAddress(), { heartbeat: 20 });
    const socket = await fixture.wire.socket(0);
    await socket.accept();
    await live.until(() => live.status === 'connected');
    await socket.say({ channel: 'a', data: 1 });
    await live.until(() => live.messages.length === 1);
    await proxy.stall();
    await live.until(() => live.status === 'reconnecting');
    await proxy.flow();
    await (await fixture.wire.socket(1)).accept();
    await live.until(() => live.status === 'connected');
  }).timeout(15_000);

  it('fault 1: a server that refuses is tried until it accepts', async () => {
    const proxy = await fixture.wire.proxied();
    await proxy.refuse();
    const live = fixture.connect(proxy.across(), { transport: 'sse' });
    await live.until(() => live.connection.view.attempt >= 2);
    expect(await fixture.wire.requests()).to.have.length(0);
    await proxy.accept();
    await (await fixture.wire.request(0)).stream(STAR);
    await live.until(() => live.status === 'connected');
  });

  it('lets go of its connection when it is told to', async () => {
    const proxy = await fixture.wire.proxied();
    const live = fixture.connect(proxy.socketAddress());
    await (await fixture.wire.socket(0)).accept();
    await live.until(() => live.status === 'connected');
    expect(await proxy.counts()).to.deep.equal({ open: 1, seen: 1 });
    live.connection.disconnect();
    await proxy.empty();
  });
});
