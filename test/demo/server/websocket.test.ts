/** `/ws`: its small protocol, its bounds, and how it ends. */
import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { Client, answer, connections, eventually, gauge, published, rawSocket, useServers } from './helpers.js';

const upgrade = (path: string, headers = ''): string =>
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n${headers}\r\n`;

describe('/ws', () => {
  const start = useServers();

  it('says nothing before it is asked', async () => {
    const { url, tick } = await start();
    const client = await Client.open(url);
    await tick();
    await published(url, 'orders', 1);
    expect(await client.settled()).to.deep.equal([]);
  });

  it('confirms a subscription, then sends the current snapshot as an envelope, then each new one', async () => {
    const { url, host, tick } = await start();
    const client = await Client.open(url);
    client.send({ type: 'subscribe', channel: 'metrics' });
    expect(await client.next()).to.include({ type: 'subscribed', channel: 'metrics' });
    const first = await client.next();
    expect(first).to.have.all.keys('channel', 'data', 'timestamp', 'id');
    expect(first).to.include({ channel: 'metrics', timestamp: '2025-06-15T15:06:40.000Z' });
    expect(first['data']).to.deep.equal(JSON.parse((await answer(`${url}/api/metrics`)).body));
    expect(first['id']).to.be.a('string').that.matches(/^\d+$/);
    host.cpu = 33;
    await tick();
    const second = await client.next();
    expect(second['data']).to.have.nested.property('infrastructure.cpu_usage', 33);
    expect(Number(second['id'])).to.equal(Number(first['id']) + 1);
  });

  it('sends no snapshot for a channel that has none', async () => {
    const { url } = await start();
    const client = await Client.open(url);
    const { id } = await published(url, 'orders', 1);
    client.send({ type: 'subscribe', channel: 'orders' });
    expect(await client.settled()).to.deep.equal([{ type: 'subscribed', channel: 'orders', resume: id }]);
  });

  it('sends nothing more after unsubscribe', async () => {
    const { url } = await start();
    const client = await Client.open(url);
    await client.subscribe('orders');
    client.send({ type: 'unsubscribe', channel: 'orders' });
    expect(await client.next()).to.deep.equal({ type: 'unsubscribed', channel: 'orders' });
    expect((await published(url, 'orders', 1)).delivered).to.equal(0);
    expect(await client.settled()).to.deep.equal([]);
  });

  it('sends a message once to a client that has subscribed twice', async () => {
    const { url } = await start();
    const client = await Client.open(url);
    await client.subscribe('orders');
    await client.subscribe('orders');
    await published(url, 'orders', 1);
    expect(await client.settled()).to.have.length(1);
  });

  it('answers ping with pong, and any other type with ack', async () => {
    const { url } = await start();
    const client = await Client.open(url);
    client.send({ type: 'ping' });
    expect(await client.next()).to.deep.equal({ type: 'pong' });
    client.send({ type: 'hello', id: 7, data: [1] });
    expect(await client.next()).to.deep.equal({ type: 'ack', received: 'hello', id: 7 });
    client.send({ type: 'x'.repeat(1_000), id: {} });
    expect(await client.next()).to.deep.equal({ type: 'ack', received: 'x'.repeat(128) });
  });

  it('answers what is malformed with an error, and stays open', async () => {
    const { url } = await start();
    const client = await Client.open(url);
    const bad = [
      '',
      'no json',
      '{',
      'null',
      '1',
      '"text"',
      '[]',
      '[{"type":"ping"}]',
      '{}',
      '{"type":5}',
      '['.repeat(1e5),
    ];
    for (const message of bad) {
      client.send(message);
      const reply = await client.next();
      expect([message.slice(0, 20), reply['type'], typeof reply['message']]).to.deep.equal([
        message.slice(0, 20),
        'error',
        'string',
      ]);
    }
    expect(await client.settled()).to.deep.equal([]);
  });

  it('answers a subscription without a usable channel with an error', async () => {
    const { url } = await start();
    const client = await Client.open(url);
    for (const channel of [undefined, null, 5, '', 'a\nb', 'a\u0000', ' a', '\u2028', 'x'.repeat(129), ['a']]) {
      client.send({ type: 'subscribe', channel });
      expect(await client.next()).to.include({ type: 'error' });
    }
    client.send({ type: 'unsubscribe' });
    expect(await client.next()).to.include({ type: 'error' });
    client.send({ type: 'subscribe', channel: '__proto__' });
    expect(await client.next()).to.include({ type: 'subscribed', channel: '__proto__' });
  });

  it('takes 1,000 subscriptions from a socket, and says so to the next', async () => {
    const { url } = await start();
    const client = await Client.open(url);
    for (let i = 0; i <= 1_000; i += 1) client.send({ type: 'subscribe', channel: `c${i}` });
    const replies = await client.settled();
    expect(replies.filter(({ type }) => type === 'subscribed')).to.have.length(1_000);
    expect(replies.at(-1)).to.deep.equal({
      type: 'error',
      message: 'no more than 1000 subscriptions a socket',
      channel: 'c1000',
    });
    client.send({ type: 'subscribe', channel: 'c1' });
    expect(await client.next()).to.include({ type: 'subscribed', channel: 'c1' });
  });

  it('takes a message of 1 MiB, and closes with 1009 at one byte more', async () => {
    const { url } = await start();
    const client = await Client.open(url);
    const frame = JSON.stringify({ type: 'x', data: '' });
    client.send(JSON.stringify({ type: 'x', data: 'y'.repeat(1_048_576 - frame.length) }));
    expect(await client.next()).to.deep.equal({ type: 'ack', received: 'x' });
    client.send(JSON.stringify({ type: 'x', data: 'y'.repeat(1_048_577 - frame.length) }));
    expect(await client.closed).to.include({ code: 1009 });
  });

  it('closes with 1003 at a binary message', async () => {
    const { url } = await start();
    const client = await Client.open(url);
    client.socket.send(Buffer.from('{"type":"ping"}'));
    expect(await client.closed).to.include({ code: 1003 });
  });

  it('closes with 1002 at a frame without a mask, and with 1007 at text that is no UTF-8', async () => {
    const { url, port } = await start();
    for (const [frame, code] of [
      [Buffer.from([0x81, 0x01, 0x61]), 1002],
      [Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]), 1007],
    ] as const) {
      const { socket, tail } = rawSocket(port, upgrade('/ws'));
      await tail.until(/101 Switching Protocols[^]*\r\n\r\n/);
      socket.setEncoding('latin1');
      const handshake = tail.text.length;
      socket.write(frame);
      await tail.untilEnd();
      const close = Buffer.from(tail.text.slice(handshake), 'latin1');
      expect([close[0], close.readUInt16BE(2)]).to.deep.equal([0x88, code]);
    }
    await eventually(
      () => connections(url, 'websocket'),
      (count) => count === 0,
    );
  });

  it('offers no compression', async () => {
    const { url } = await start();
    const client = await Client.open(url);
    expect(client.socket.extensions).to.equal('');
  });

  it('pings every 30 s and ends a socket that has not answered by the next', async () => {
    const { url, clock } = await start({ bounds: { tick: 1e9 } });
    const alive = await Client.open(url);
    const dead = await Client.open(url, {}, false);
    const pinged = [alive, dead].map(({ socket }) => new Promise((resolve) => socket.once('ping', resolve)));
    clock.advance(30_000);
    await Promise.all(pinged);
    await alive.settled(); // its pong went before this
    clock.advance(30_000);
    expect(await dead.closed).to.include({ code: 1006 });
    expect(await alive.settled()).to.deep.equal([]);
    expect(await connections(url, 'websocket')).to.equal(1);
  });

  it('cuts a client for which a mebibyte waits, and costs the others nothing', async () => {
    const { url, port } = await start();
    const healthy = await Client.open(url);
    await healthy.subscribe('big');
    const { socket, tail } = rawSocket(port, upgrade('/ws'));
    await tail.until(/101[^]*\r\n\r\n/);
    const text = Buffer.from(JSON.stringify({ type: 'subscribe', channel: 'big' }));
    socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]));
    await tail.until(/subscribed/);
    socket.pause();
    let sent = 0;
    for (let delivered = 2; delivered === 2; sent += 1) {
      ({ delivered } = await published(url, 'big', 'x'.repeat(200_000)));
    }
    expect(await gauge(url, 'rt_slow_clients_total')).to.equal(1);
    expect(await healthy.settled()).to.have.length(sent);
    await eventually(
      () => connections(url, 'websocket'),
      (count) => count === 1,
    );
    socket.destroy();
  }).timeout(10_000);

  it('answers a plain request with 426, and a bad handshake with 400', async () => {
    const { url, port } = await start();
    const { status, headers } = await answer(`${url}/ws`);
    expect([status, headers.upgrade]).to.deep.equal([426, 'websocket']);
    const bad = rawSocket(port, upgrade('/ws').replace(/Sec-WebSocket-Key: .*\r\n/, ''));
    expect(await bad.tail.untilEnd()).to.match(/^HTTP\/1.1 400 /);
    const elsewhere = rawSocket(port, upgrade('/events'));
    expect(await elsewhere.tail.untilEnd()).to.match(/^HTTP\/1.1 404 /);
    expect(await connections(url, 'websocket')).to.equal(0);
  });

  it('refuses a foreign origin with 403 before the upgrade', async () => {
    const { url, port } = await start();
    const { tail } = rawSocket(port, upgrade('/ws', 'Origin: http://evil.example\r\n'));
    expect(await tail.untilEnd())
      .to.match(/^HTTP\/1.1 403 Forbidden\r\n/)
      .and.not.to.include('101');
    await Client.open(url, { Origin: url });
  });
});
