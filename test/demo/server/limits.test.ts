/** How much is let in: connections, clients, requests, headers and time. */
import { expect } from 'chai';
import { Places } from '../../../demo/server/limits.js';
import { Client, answer, connections, eventually, openStream, rawRequest, rawSocket, useServers } from './helpers.js';

describe('places', () => {
  it('are taken up to a limit in all and for one, and can be given back once', () => {
    const places = new Places(3, 2);
    const first = places.take('a');
    places.take('a');
    expect(places.take('a')).to.equal(undefined);
    places.take('b');
    expect(places.take('c')).to.equal(undefined);
    first?.();
    first?.();
    expect(places.taken).to.equal(2);
    expect(places.take('a')).to.be.a('function');
    expect(places.take('b')).to.equal(undefined);
  });
});

describe('the limits', () => {
  const start = useServers();

  it('serve 100 sockets, 100 streams and 500 requests at once from one address as they stand', async () => {
    const { url } = await start();
    const clients = await Promise.all(Array.from({ length: 100 }, () => Client.open(url)));
    const streams = await Promise.all(Array.from({ length: 100 }, () => openStream(url)));
    const asked = await Promise.all(Array.from({ length: 500 }, () => answer(`${url}/api/metrics`)));
    expect(asked.every(({ status }) => status === 200)).to.equal(true);
    expect([await connections(url, 'websocket'), await connections(url, 'sse')]).to.deep.equal([100, 100]);
    for (const { close } of streams) close();
    for (const { socket } of clients) socket.terminate();
  }).timeout(10_000);

  it('refuse one client too many with 503 and put nobody out; health still answers', async () => {
    const { url } = await start({ bounds: { clientsPerAddress: 3 } });
    const stream = await openStream(url);
    const clients = [await Client.open(url), await Client.open(url)];
    const refused = await answer(`${url}/events`);
    expect([refused.status, refused.headers['retry-after']]).to.deep.equal([503, '2']);
    await Client.open(url).then(
      () => expect.fail('was let in'),
      (error: unknown) => expect(String(error)).to.include('status 503'),
    );
    expect((await answer(`${url}/healthz`)).status).to.equal(200);
    expect((await answer(`${url}/api/metrics`)).status).to.equal(200);
    expect([await connections(url, 'websocket'), await connections(url, 'sse')]).to.deep.equal([2, 1]);
    stream.close();
    await eventually(
      () => connections(url, 'sse'),
      (count) => count === 0,
    );
    await Client.open(url);
    for (const { socket } of clients) socket.terminate();
  });

  it('give a place back when a socket or a stream goes, and when a handshake comes to nothing', async () => {
    const { url, port } = await start({ bounds: { clientsPerAddress: 1 } });
    const openSocket = (): Promise<Client | undefined> => Client.open(url).catch(() => undefined);
    for (let i = 0; i < 3; i += 1) {
      const bad = rawSocket(port, rawRequest('/ws', 'Upgrade: websocket\r\n').replace('close', 'Upgrade'));
      expect(await bad.tail.untilEnd()).to.match(/^HTTP\/1.1 400 /);
      const client = await eventually(openSocket, (opened) => opened !== undefined);
      client?.socket.terminate();
      const stream = await eventually(
        () => openStream(url),
        ({ res }) => res.statusCode === 200,
      );
      stream.close();
    }
  });

  it('refuse requests past an address’s share of a second with 429, until the next; health still answers', async () => {
    const { url, clock } = await start({ bounds: { requestsPerSecond: 5 } });
    const statuses: number[] = [];
    for (let i = 0; i < 7; i += 1) statuses.push((await answer(`${url}/api/metrics`)).status);
    expect(statuses).to.deep.equal([200, 200, 200, 200, 200, 429, 429]);
    expect((await answer(`${url}/healthz`)).status).to.equal(200);
    await Client.open(url).then(
      () => expect.fail('was let in'),
      (error: unknown) => expect(String(error)).to.include('status 429'),
    );
    clock.advance(1_000);
    expect((await answer(`${url}/api/metrics`)).status).to.equal(200);
  });

  it('hang up on a TCP connection too many', async () => {
    const { port, url } = await start({ bounds: { connectionsPerAddress: 2 } });
    const held = [rawSocket(port, ''), rawSocket(port, '')];
    await eventually(
      () => rawSocket(port, '').tail.untilEnd(),
      (text) => text === '',
    );
    for (const { socket } of held) socket.destroy();
    await eventually(
      () => answer(`${url}/healthz`).catch(() => undefined),
      (value) => value?.status === 200,
    );
  });

  it('end a request whose headers do not come to an end, and a connection that says nothing', async () => {
    const { port } = await start({ bounds: { headers: 100, request: 100, connectionCheck: 20 } });
    const slow = rawSocket(port, 'GET /api/metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ');
    expect(await slow.tail.untilEnd()).to.match(/^HTTP\/1.1 408 /);
    const silent = rawSocket(port, '');
    expect(await silent.tail.untilEnd()).to.match(/^HTTP\/1.1 408 /);
  });

  it('end a request whose body does not come to an end', async () => {
    const { port } = await start({ bounds: { headers: 100, request: 150, connectionCheck: 20 } });
    const head =
      'POST /api/publish/a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n1';
    expect(await rawSocket(port, head).tail.untilEnd()).to.match(/^HTTP\/1.1 408 /);
  });

  it('refuse headers past 16 KiB with 431, and what is no HTTP with 400', async () => {
    const { port } = await start();
    const large = rawSocket(port, `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(await large.tail.untilEnd()).to.match(/^HTTP\/1.1 431 /);
    expect(await rawSocket(port, 'nonsense\r\n\r\n').tail.untilEnd()).to.match(/^HTTP\/1.1 400 /);
    const absolute = rawSocket(
      port,
      'GET http://127.0.0.1/api/metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n',
    );
    expect(await absolute.tail.untilEnd()).to.match(/^HTTP\/1.1 400 /);
  });
});
