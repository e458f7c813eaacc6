/** `GET /events`: how a stream begins, what it carries, what it is told after a break, and when it is cut. */
import { connect } from 'node:net';
import { expect } from 'chai';
import {
  connections,
  eventsIn,
  eventually,
  gauge,
  openStream,
  published,
  rawRequest,
  answer,
  useServers,
} from './helpers.js';

describe('GET /events', () => {
  const start = useServers();

  it('is an event stream that nothing on its way may buffer', async () => {
    const { url } = await start();
    const { res, close } = await openStream(url);
    expect(res.statusCode).to.equal(200);
    expect(res.headers).to.deep.include({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    close();
  });

  it('begins with the newest snapshot under its own id, and goes on with each tick', async () => {
    const { url, host, tick } = await start();
    await tick();
    const first = await openStream(url);
    const second = await openStream(url);
    host.cpu = 77;
    await tick();
    await first.tail.until(/"cpu_usage":77/);
    await second.tail.until(/"cpu_usage":77/);
    const events = eventsIn(first.tail.text);
    expect(events.map(({ event }) => event)).to.deep.equal(['metrics', 'metrics']);
    expect(Number(events[1]?.id)).to.equal(Number(events[0]?.id) + 1);
    expect(second.tail.text).to.equal(first.tail.text);
    expect(events[1]?.data).to.deep.equal(JSON.parse((await answer(`${url}/api/metrics`)).body));
    first.close();
    second.close();
  });

  it('sends a comment every 15 s', async () => {
    const { url, clock } = await start({ bounds: { tick: 1e9 } });
    const { tail, close } = await openStream(url);
    await tail.until(/\n\n/);
    clock.advance(14_999);
    clock.advance(1);
    await tail.until(/: heartbeat\n\n/);
    clock.advance(30_000);
    await tail.until(/(?:: heartbeat\n\n){3}$/);
    close();
  });

  it('answers HEAD without opening a stream', async () => {
    const { url } = await start();
    const { status, headers } = await answer(`${url}/events`, { method: 'HEAD' });
    expect([status, headers['content-type']]).to.deep.equal([200, 'text/event-stream; charset=utf-8']);
    expect(await connections(url, 'sse')).to.equal(0);
  });

  it('forgets a client that goes, however it goes', async () => {
    const { url, port } = await start();
    const { close } = await openStream(url);
    const rude = connect(port, '127.0.0.1');
    rude.write(rawRequest('/events'));
    await eventually(
      () => connections(url, 'sse'),
      (count) => count === 2,
    );
    close();
    rude.resetAndDestroy();
    await eventually(
      () => connections(url, 'sse'),
      (count) => count === 0,
    );
  });
});

describe('a stream that comes back with Last-Event-ID', () => {
  const start = useServers();
  const publishAll = async (url: string, values: readonly number[]): Promise<string[]> => {
    const ids: string[] = [];
    for (const value of values) ids.push((await published(url, 'orders', { value })).id);
    return ids;
  };

  it('begins with what it missed, on all channels and in order, and not with the snapshot', async () => {
    const { url, tick } = await start();
    const [seen = ''] = await publishAll(url, [1]);
    await tick();
    await publishAll(url, [2, 3]);
    const { tail, close } = await openStream(url, { 'Last-Event-ID': seen });
    await tail.until(/"value":3/);
    await publishAll(url, [4]);
    await tail.until(/"value":4/);
    const events = eventsIn(tail.text);
    expect(events.map(({ event }) => event)).to.deep.equal(['metrics', 'orders', 'orders', 'orders']);
    expect(events.map(({ id }) => Number(id) - Number(seen))).to.deep.equal([1, 2, 3, 4]);
    close();
  });

  it('begins with the snapshot where it missed nothing, and is left at the newest id', async () => {
    const { url } = await start();
    const [, seen = ''] = await publishAll(url, [1, 2]);
    const { tail, close } = await openStream(url, { 'Last-Event-ID': seen });
    await tail.until(new RegExp(`event: metrics\\ndata: .*\\n\\nid: ${seen}\\n\\n$`));
    expect(tail.text).not.to.include('gap').and.not.to.include('orders');
    close();
  });

  it('is told of the gap, then gets the snapshot, for an id that is foreign, huge, too old or no id', async () => {
    const { url } = await start({ bounds: { logEvents: 3 } });
    const ids = await publishAll(url, [1, 2, 3, 4, 5]);
    const tooOld = ids[0] ?? '';
    for (const id of [tooOld, '7', '0', '9'.repeat(16), '9'.repeat(400), '-1', '1.5', 'NaN', 'abc', '', '1e3', '%00']) {
      const { tail, close } = await openStream(url, { 'Last-Event-ID': id });
      await tail.until(/^: gap: .*\n\nid: \d+\nevent: metrics\ndata: .*\n\nid: \d+\n\n$/);
      close();
    }
    const { tail, close } = await openStream(url, { 'Last-Event-ID': ids[1] ?? '' });
    await tail.until(/"value":5/);
    expect(eventsIn(tail.text)).to.have.length(3);
    close();
  });

  it('finds the log bounded by its size too', async () => {
    const { url } = await start({ bounds: { logBytes: 2_000 } });
    const { id } = await published(url, 'orders', 'x'.repeat(500));
    await published(url, 'orders', 'x'.repeat(600));
    await published(url, 'orders', 'x'.repeat(600));
    const { tail, close } = await openStream(url, { 'Last-Event-ID': id });
    await tail.until(/^: gap/);
    close();
  });

  it('gets a replay larger than what may wait for it, at its own pace', async () => {
    const { url } = await start({ bounds: { bufferedBytes: 100_000, logBytes: 16 * 1_024 * 1_024 } });
    const first = (await published(url, 'big', 0)).id;
    for (let i = 1; i <= 30; i += 1) await published(url, 'big', `${i}-${'x'.repeat(90_000)}`);
    const { tail, close } = await openStream(url, { 'Last-Event-ID': first });
    await tail.until(/"30-x+"\n\n/);
    expect(eventsIn(tail.text)).to.have.length(30);
    expect(await gauge(url, 'rt_slow_clients_total')).to.equal(0);
    close();
  });
});

describe('a stream that is read too slowly', () => {
  const start = useServers();

  it('is cut when a mebibyte waits for it, and costs the others nothing', async () => {
    const { url, port } = await start();
    const healthy = await openStream(url);
    const stalled = connect(port, '127.0.0.1');
    stalled.on('error', () => undefined);
    stalled.write(rawRequest('/events'));
    stalled.pause();
    await eventually(
      () => connections(url, 'sse'),
      (count) => count === 2,
    );
    const blob = 'x'.repeat(200_000);
    let sent = 0;
    for (let delivered = 2; delivered === 2; sent += 1) {
      ({ delivered } = await published(url, 'big', `${sent}-${blob}`));
    }
    expect(await gauge(url, 'rt_slow_clients_total')).to.equal(1);
    expect(await connections(url, 'sse')).to.equal(1);
    await healthy.tail.until(new RegExp(`"${sent - 1}-x`));
    expect(eventsIn(healthy.tail.text)).to.have.length.at.least(sent);
    healthy.close();
    stalled.destroy();
  }).timeout(10_000);

  it('is cut when it stalls in the middle of a replay', async () => {
    const { url, port, clock } = await start({ bounds: { logBytes: 64 * 1_024 * 1_024 } });
    const first = (await published(url, 'big', 0)).id;
    for (let i = 0; i < 60; i += 1) await published(url, 'big', 'x'.repeat(250_000));
    const stalled = connect(port, '127.0.0.1');
    stalled.on('error', () => undefined);
    stalled.write(rawRequest('/events', `Last-Event-ID: ${first}\r\n`));
    stalled.pause();
    await eventually(
      () => connections(url, 'sse'),
      (count) => count === 1,
    );
    await eventually(
      async () => {
        clock.advance(1_000);
        return connections(url, 'sse');
      },
      (count) => count === 0,
    );
    expect(await gauge(url, 'rt_slow_clients_total')).to.equal(1);
    stalled.destroy();
  }).timeout(10_000);
});
