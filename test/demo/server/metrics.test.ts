/** `GET /api/metrics`, its entity tags, and the health and Prometheus routes. */
import { expect } from 'chai';
import { etagOf, matchesTag } from '../../../demo/server/etag.js';
import { Client, answer, connections, eventually, gauge, openStream, snapshotOf, useServers } from './helpers.js';

describe('GET /api/metrics', () => {
  const start = useServers();

  it('has the agreed shape from the first request on', async () => {
    const { url } = await start();
    const { status, headers, body } = await answer(`${url}/api/metrics`);
    expect(status).to.equal(200);
    expect(headers['content-type']).to.equal('application/json; charset=utf-8');
    expect(headers['cache-control']).to.equal('no-cache');
    expect(headers['x-content-type-options']).to.equal('nosniff');
    expect(JSON.parse(body)).to.deep.equal({
      infrastructure: { cpu_usage: 12.5, memory_usage: 40, disk_usage: 50, network_in: 1_000, network_out: 2_000 },
      api: { requests_per_second: 0, avg_response_time: 0, error_rate: 0, active_users: 0 },
      timestamp: '2025-06-15T15:06:40.000Z',
    });
  });

  it('is one snapshot between two ticks, whatever is asked meanwhile', async () => {
    const { url, host } = await start();
    const first = await answer(`${url}/api/metrics`);
    host.cpu = 80;
    await answer(`${url}/nowhere`);
    const second = await answer(`${url}/api/metrics`);
    expect(second.body).to.equal(first.body);
    expect(second.headers.etag).to.equal(first.headers.etag);
  });

  it('changes with the next tick', async () => {
    const { url, host, tick } = await start();
    const first = await answer(`${url}/api/metrics`);
    host.cpu = 80;
    await tick();
    const second = await answer(`${url}/api/metrics`);
    expect((await snapshotOf(url)).infrastructure['cpu_usage']).to.equal(80);
    expect(second.headers.etag).not.to.equal(first.headers.etag);
  });

  it('answers 304 without a body to its tag: strong, weak, in a list, or *', async () => {
    const { url } = await start();
    const tag = String((await answer(`${url}/api/metrics`)).headers.etag);
    for (const asked of [tag, `W/${tag}`, `"other", W/"x,y", ${tag}`, `"a",W/${tag} , "b"`, '*', ' * ']) {
      const { status, headers, body } = await answer(`${url}/api/metrics`, { headers: { 'If-None-Match': asked } });
      expect([asked, status, body, headers.etag]).to.deep.equal([asked, 304, '', tag]);
    }
  });

  it('answers 200 to any other tag', async () => {
    const { url } = await start();
    const tag = String((await answer(`${url}/api/metrics`)).headers.etag);
    for (const asked of ['"other"', 'W/"other"', tag.slice(1, -1), `${tag.slice(0, -1)}x"`, '"*"', '', '"']) {
      const { status } = await answer(`${url}/api/metrics`, { headers: { 'If-None-Match': asked } });
      expect([asked, status]).to.deep.equal([asked, 200]);
    }
  });

  it('answers HEAD with the same headers and no body', async () => {
    const { url } = await start();
    const asked = await answer(`${url}/api/metrics`);
    const { status, headers, body } = await answer(`${url}/api/metrics`, { method: 'HEAD' });
    expect([status, body]).to.deep.equal([200, '']);
    expect(headers.etag).to.equal(asked.headers.etag);
    expect(headers['content-length']).to.equal(String(asked.body.length));
  });

  it('serves no other method, and says which it does', async () => {
    const { url } = await start();
    const { status, headers } = await answer(`${url}/api/metrics`, { method: 'DELETE' });
    expect([status, headers.allow]).to.deep.equal([405, 'GET, HEAD, OPTIONS']);
  });

  it('ignores a query, and knows no other path below /api/', async () => {
    const { url } = await start();
    expect((await answer(`${url}/api/metrics?_=1`)).status).to.equal(200);
    expect((await answer(`${url}/api/`)).status).to.equal(404);
    expect((await answer(`${url}/api/metrics/`)).status).to.equal(404);
  });

  it('counts every request, and clients as active users', async () => {
    const { url, tick } = await start();
    const socket = await Client.open(url);
    const stream = await openStream(url);
    for (let i = 0; i < 7; i += 1) await answer(`${url}/nowhere`);
    await tick(); // asks once before the tick
    const { api } = await snapshotOf(url);
    expect(api).to.include({ requests_per_second: 1, active_users: 2, error_rate: 0.7 });
    stream.close();
    socket.socket.close();
  });
});

describe('entity tags', () => {
  it('are equal for equal texts alone', () => {
    expect(etagOf('a'))
      .to.equal(etagOf('a'))
      .and.to.match(/^"[\w-]+"$/);
    expect(etagOf('a')).not.to.equal(etagOf('b'));
  });

  it('match a weak tag of their own too', () => {
    expect(matchesTag('"a"', 'W/"a"')).to.equal(true);
    expect(matchesTag('W/"a"', 'W/"a"')).to.equal(true);
    expect(matchesTag(undefined, '"a"')).to.equal(false);
  });
});

describe('health and figures', () => {
  const start = useServers();

  it('says that the server lives and is ready', async () => {
    const { url } = await start();
    expect(await answer(`${url}/healthz`)).to.include({ status: 200, body: 'ok\n' });
    expect(await answer(`${url}/readyz`)).to.include({ status: 200, body: 'ready\n' });
  });

  it('counts connections by transport as Prometheus reads them', async () => {
    const { url, port } = await start();
    const sockets = [await Client.open(url), await Client.open(url)];
    const stream = await openStream(url);
    const { headers, body } = await answer(`${url}/metrics`);
    expect(headers['content-type']).to.equal('text/plain; version=0.0.4; charset=utf-8');
    expect(body).to.include(`rt_connections{transport="websocket",instance="127.0.0.1:${port}"} 2\n`);
    expect(body).to.include(`rt_connections{transport="sse",instance="127.0.0.1:${port}"} 1\n`);
    expect(body).to.include(`rt_connections{transport="long-polling",instance="127.0.0.1:${port}"} 0\n`);
    stream.close();
    for (const { socket } of sockets) socket.close();
    await eventually(
      () => connections(url, 'sse'),
      (count) => count === 0,
    );
    await eventually(
      () => connections(url, 'websocket'),
      (count) => count === 0,
    );
  });

  it('comes back to no connections after 1,000 rounds of coming and going', async () => {
    const { url, clock } = await start();
    const round = async (): Promise<void> => {
      const [client, stream] = await Promise.all([Client.open(url), openStream(url)]);
      client.send({ type: 'subscribe', channel: 'metrics' });
      stream.close();
      client.socket.terminate();
    };
    for (let i = 0; i < 100; i += 1) {
      await Promise.all(Array.from({ length: 10 }, round));
      clock.advance(1_000);
    }
    await eventually(
      () => connections(url, 'sse'),
      (count) => count === 0,
    );
    await eventually(
      () => connections(url, 'websocket'),
      (count) => count === 0,
    );
    expect(await gauge(url, 'rt_requests_total')).to.be.at.least(2_000);
  }).timeout(20_000);
});
