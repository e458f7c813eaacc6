/** Instances that a real Redis joins: one order for all, ids with which a client goes on elsewhere, one that leads. */
import { expect } from 'chai';
import type { PushingSource } from '../../demo/server/source.js';
import { command, untilReadiness, useCluster, type Instance } from '../demo/server/cluster.js';
import {
  Client,
  answer,
  asked,
  eventsIn,
  eventually,
  openStream,
  post,
  published,
  snapshotOf,
  type Answer,
  type Json,
} from '../demo/server/helpers.js';

const subscribed = (client: Client, channel: string, resume?: string): Promise<Json> => {
  client.send({ type: 'subscribe', channel, resume });
  return client.next();
};

/** The next message of a channel. */
const nextOf = async (client: Client, channel: string): Promise<Json> => {
  for (;;) {
    const message = await client.next();
    if (message['channel'] === channel && 'data' in message) return message;
  }
};

/** Waits until something is published that says so, on one instance, and is on another. */
const settle = async (from: Instance, to: Instance): Promise<void> => {
  const client = await Client.open(to.url);
  await subscribed(client, 'settled');
  await published(from.url, 'settled', 0);
  await nextOf(client, 'settled');
  client.socket.terminate();
};

describe('instances that Redis joins', function () {
  this.timeout(20_000);
  const { redis: startRedis, start } = useCluster();

  /** Two instances; the first leads. */
  const pair = async (): Promise<[Instance, Instance]> => {
    const redis = await startRedis();
    // Tests ask again and again until an answer is the one that is due.
    const bounds = { requestsPerSecond: 1e6 };
    return [await start({ redis, bounds }), await start({ redis, bounds })];
  };

  it('give what is published on one to the clients of all, once, under one id', async () => {
    const [a, b] = await pair();
    const clients = await Promise.all([a, b].map(({ url }) => Client.open(url)));
    for (const client of clients) await subscribed(client, 'orders');
    const stream = await openStream(b.url);
    const first = await published(a.url, 'orders', { n: 1 });
    const second = await published(b.url, 'orders', { n: 2 });
    expect(Number(second.id)).to.be.above(Number(first.id));
    for (const client of clients) {
      expect(await nextOf(client, 'orders')).to.deep.include({ data: { n: 1 }, id: first.id });
      expect(await nextOf(client, 'orders')).to.deep.include({ data: { n: 2 }, id: second.id });
      expect((await client.settled()).filter(({ channel }) => channel === 'orders')).to.deep.equal([]);
      client.socket.terminate();
    }
    await stream.tail.until(/"n":2}\n\n/);
    const orders = eventsIn(stream.tail.text).filter(({ event }) => event === 'orders');
    expect(orders.map(({ id }) => id)).to.deep.equal([first.id, second.id]);
    stream.close();
  });

  it('count as delivered the clients of the instance that was asked', async () => {
    const [a, b] = await pair();
    const client = await Client.open(b.url);
    await subscribed(client, 'orders');
    expect(await published(b.url, 'orders', 1)).to.have.property('delivered', 1);
    expect(await published(a.url, 'orders', 1)).to.have.property('delivered', 0);
    client.socket.terminate();
  });

  it('let a client of each transport go on at another with what it has missed', async () => {
    const [a, b] = await pair();
    const { id } = await published(a.url, 'orders', 1);
    const { id: missed } = await published(a.url, 'orders', 2);
    await settle(a, b);

    const stream = await openStream(b.url, { 'Last-Event-ID': id });
    await stream.tail.until(/\n\n/);
    expect(eventsIn(stream.tail.text)[0]).to.deep.equal({ id: missed, event: 'orders', data: 2 });
    expect(stream.tail.text).not.to.include('gap');
    stream.close();

    const client = await Client.open(b.url);
    expect(await subscribed(client, 'orders', id)).not.to.have.property('gap');
    expect(await client.next()).to.deep.include({ id: missed, data: 2 });
    client.socket.terminate();

    const poll = await answer(`${b.url}/poll`, { headers: { 'If-None-Match': `"${id}"` } });
    expect(poll.headers).not.to.have.property('rt-gap');
    expect((JSON.parse(poll.body) as Json[])[0]).to.deep.include({ id: missed, data: 2 });
  });

  it('let a client go on at one that has started since', async () => {
    const redis = await startRedis();
    const a = await start({ redis });
    const { id } = await published(a.url, 'orders', 1);
    const { id: missed } = await published(a.url, 'orders', 2);
    const b = await start({ redis });
    await a.close();
    const client = await Client.open(b.url);
    expect(await subscribed(client, 'orders', id)).not.to.have.property('gap');
    expect(await client.next()).to.deep.include({ id: missed, data: 2 });
    client.socket.terminate();
  });

  it('serve one snapshot under one tag, which one of them makes', async () => {
    const [a, b] = await pair();
    b.host.cpu = 99;
    const tagged = async (): Promise<readonly Answer[]> =>
      Promise.all([answer(`${a.url}/api/metrics`), answer(`${b.url}/api/metrics`)]);
    for (let seen = 0; seen < 3; seen += 1) {
      const before = (await tagged())[0]?.body;
      const [one, other] = await eventually(tagged, ([x, y]) => x?.body !== before && x?.body === y?.body);
      expect(other?.headers.etag).to.equal(one?.headers.etag);
      expect((JSON.parse(one?.body ?? '') as Json)['infrastructure']).to.have.property('cpu_usage', 12.5);
    }
  });

  it('count the clients of all as active users, and those of one that is gone no more', async () => {
    const [a, b] = await pair();
    const clients = [await Client.open(a.url), await Client.open(b.url), await Client.open(b.url)];
    const users = async (): Promise<unknown> => (await snapshotOf(a.url)).api['active_users'];
    await eventually(users, (count) => count === 3);
    await b.close();
    await eventually(users, (count) => count === 1);
    for (const client of clients) client.socket.terminate();
  });

  it('have another leader at once when the one that leads stops', async () => {
    const [a, b] = await pair();
    b.host.cpu = 77;
    await a.close();
    const began = performance.now();
    await eventually(
      () => snapshotOf(b.url),
      ({ infrastructure }) => infrastructure['cpu_usage'] === 77,
    );
    expect(performance.now() - began).to.be.below(1_500);
  });

  it('are apart where their keys have another prefix', async () => {
    const redis = await startRedis();
    const a = await start({ redis });
    const b = await start({ redis, prefix: '{other}:' });
    const client = await Client.open(b.url);
    await subscribed(client, 'orders');
    await published(a.url, 'orders', 1);
    const { id } = await published(b.url, 'orders', 2);
    expect(await nextOf(client, 'orders')).to.deep.include({ data: 2, id });
    client.socket.terminate();
  });

  it('leave out what is no event in Redis, say so once, and go on', async () => {
    const redis = await startRedis();
    const a = await start({ redis });
    const client = await Client.open(a.url);
    await subscribed(client, 'orders');
    const bad = ['nothing', 'event\nx\n1\n\na\u0001b\n1', 'event\nx\n1\n\norders\n{', 'event\nx\ny\n\norders\n1'];
    for (const text of bad) {
      const id = String(await command(redis, 'HINCRBY', 'rt:state', 'id', '1'));
      await command(redis, 'XADD', 'rt:log', `${id}-0`, 'at', '1', 'text', text);
      await command(redis, 'PUBLISH', 'rt:events', `${id}\n1\n${text}`);
    }
    await command(redis, 'PUBLISH', 'rt:events', 'what is this');
    await command(redis, 'PUBLISH', 'rt:events', `9007199254740000\n1\nevent\nx\n1\n\norders\n"forged"`);
    const { id } = await published(a.url, 'orders', 'good');
    expect(await nextOf(client, 'orders')).to.deep.include({ id, data: 'good' });
    expect(a.log).to.have.lengthOf(1);
    expect(a.log[0]).to.match(/^the log in Redis has an entry that is no event, \d+: it is left out/);
    // What is forged is asked for once, and not again and again.
    const asked = async (): Promise<number> =>
      Number(/cmdstat_hget:calls=(\d+)/.exec(String(await command(redis, 'INFO', 'commandstats')))?.[1] ?? 0);
    const before = await asked();
    for (let i = 0; i < 200; i += 1) await published(a.url, 'other', i);
    expect((await asked()) - before).to.be.within(200, 250); // one by each publication, and a few by the pulse
    const b = await start({ redis });
    expect(await published(b.url, 'orders', 'better')).to.have.property('delivered', 0);
    client.socket.terminate();
  });

  it('bound what Redis holds: the log by count, bytes and age, and what it remembers of each', async () => {
    const redis = await startRedis();
    const a = await start({ redis, bounds: { sharedEvents: 20 } });
    for (let i = 0; i < 50; i += 1) await published(a.url, 'orders', i);
    expect(await command(redis, 'XLEN', 'rt:log')).to.equal(20);
    await a.close();
    const b = await start({ redis, bounds: { sharedBytes: 10_000 } });
    for (let i = 0; i < 10; i += 1) await published(b.url, 'orders', 'x'.repeat(3_000));
    expect(await command(redis, 'XLEN', 'rt:log')).to.equal(3);
    expect(Number(await command(redis, 'HGET', 'rt:state', 'bytes'))).to.be.within(9_000, 10_000);
    await b.close();
    const c = await start({ redis, bounds: { sharedAge: 0 } });
    await published(c.url, 'orders', 'late');
    await eventually(
      async () => Number(await command(redis, 'XLEN', 'rt:log')),
      (length) => length <= 2,
    );
    await c.close();
    const keys = (await command(redis, 'KEYS', '*')) as string[];
    const lasting = keys.filter((key) => !key.startsWith('rt:sent:')).sort();
    expect(lasting).to.deep.equal(['rt:events', 'rt:kept', 'rt:log', 'rt:state'].filter((key) => key !== 'rt:events'));
    for (const key of keys.filter((each) => each.startsWith('rt:sent:'))) {
      expect(await command(redis, 'PTTL', key)).to.be.within(1, 3_600_000);
    }
  });

  it('tell of the gap where the log was trimmed while one could not read it', async () => {
    const redis = await startRedis();
    const bounds = { sharedEvents: 10 };
    const a = await start({ redis, bounds });
    const b = await start({ redis, bounds });
    const { id } = await published(a.url, 'orders', 0);
    await settle(a, b);
    const client = await Client.open(b.url);
    await subscribed(client, 'orders');
    b.proxy.refuse();
    b.proxy.cut();
    await untilReadiness(b, 'degraded');
    for (let i = 1; i <= 30; i += 1) await published(a.url, 'orders', i);
    await b.proxy.accept();
    const { code, reason } = await client.closed;
    expect(code).to.equal(1012);
    expect(JSON.parse(reason)).to.have.all.keys('retryAfter');
    const again = await Client.open(b.url);
    expect(await subscribed(again, 'orders', id)).to.have.property('gap', true);
    const { id: next } = await published(a.url, 'orders', 'next');
    expect(await nextOf(again, 'orders')).to.deep.include({ id: next });
    again.socket.terminate();
  });

  it('miss nothing where one is cut off for a moment, and end no client', async () => {
    const [a, b] = await pair();
    const client = await Client.open(b.url);
    await subscribed(client, 'orders');
    const stream = await openStream(b.url);
    b.proxy.refuse();
    b.proxy.cut();
    await untilReadiness(b, 'degraded');
    const ids: string[] = [];
    for (let i = 0; i < 250; i += 1) ids.push((await published(a.url, 'orders', i)).id);
    await b.proxy.accept();
    for (const id of ids) expect((await nextOf(client, 'orders'))['id']).to.equal(id);
    await stream.tail.until(/data: 249\n\n/);
    const orders = eventsIn(stream.tail.text).filter(({ event }) => event === 'orders');
    expect(orders.map(({ id }) => id)).to.deep.equal(ids);
    expect(stream.tail.text).not.to.include('gap');
    client.socket.terminate();
    stream.close();
  });

  it('are joined by a slow Redis as by a quick one', async () => {
    const redis = await startRedis();
    const [a, b] = [await start({ redis, bounds: { publishWait: 10_000 } }), await start({ redis })];
    a.proxy.delay(20);
    b.proxy.delay(30);
    const client = await Client.open(b.url);
    await subscribed(client, 'orders');
    const ids = await Promise.all(Array.from({ length: 20 }, async (_, i) => (await published(a.url, 'orders', i)).id));
    for (const id of [...ids].sort()) expect((await nextOf(client, 'orders'))['id']).to.equal(id);
    expect((await answer(`${b.url}/readyz`)).body).to.equal('ready\n');
    client.socket.terminate();
  });

  it('server fault 11: Redis that is down at the start: serves what is local, says so, and joins when it comes', async () => {
    const redis = await startRedis();
    await redis.kill();
    const began = performance.now();
    const a = await start({ redis });
    expect(performance.now() - began).to.be.below(1_500);
    const first = await snapshotOf(a.url);
    expect(first.infrastructure['cpu_usage']).to.equal(12.5);
    expect(first.stale).to.deep.equal({ redis: { reason: 'error', age: null } });
    expect(await answer(`${a.url}/readyz`)).to.deep.include({ status: 200, body: 'degraded\n' });

    const stream = await openStream(a.url);
    await stream.tail.until(/^event: metrics\ndata: .*\n\nid: \d+\n\n(?:event: metrics\ndata: .*\n\n){2}/);
    const client = await Client.open(a.url);
    await subscribed(client, 'metrics');
    expect(await client.next()).not.to.have.property('id');
    const poll = await answer(`${a.url}/poll`);
    const tag = poll.headers.etag ?? '';
    const held = await asked(`${a.url}/poll`, { headers: { 'If-None-Match': tag } }).answer;
    expect(held.headers.etag).to.equal(tag);
    expect((JSON.parse(held.body) as Json[])[0]).to.have.all.keys('channel', 'data', 'timestamp');

    await redis.run();
    await untilReadiness(a, 'ready');
    expect((await client.closed).code).to.equal(1012);
    await stream.tail.untilEnd();
    const last = /id: (\d+)\n\n/.exec(stream.tail.text)?.[1] ?? '';
    const again = await openStream(a.url, { 'Last-Event-ID': last });
    await again.tail.until(/^: gap: [^]*\nid: \d+\nevent: metrics\n/);
    again.close();
    const later = await answer(`${a.url}/poll`, { headers: { 'If-None-Match': tag } });
    expect(later.headers).to.have.property('rt-gap', '?1');
    expect((await snapshotOf(a.url)).stale).to.equal(undefined);
    expect(a.log[0]).to.match(/^Redis is away, and this instance goes on alone: \S/);
    expect(a.log.filter((sentence) => sentence.startsWith('Redis is back'))).to.have.lengthOf(1);
  });

  it('server fault 12: Redis that dies: what is published waits in a bounded queue, and is refused past it', async () => {
    const redis = await startRedis();
    const a = await start({ redis, bounds: { outboxMessages: 5 } });
    const client = await Client.open(a.url);
    await subscribed(client, 'orders');
    await redis.kill();
    await untilReadiness(a, 'degraded');
    const waiting = (n: number): Promise<Answer> => post(`${a.url}/api/publish/orders`, n);
    for (let n = 0; n < 5; n += 1) expect(await waiting(n)).to.deep.include({ status: 202, body: '{"queued":true}' });
    const refused = await waiting(5);
    expect(refused).to.have.property('status', 503);
    expect(refused.headers).to.have.property('retry-after');
    expect(refused.body).to.include('what waits for Redis is as much as this server takes');
    expect((await snapshotOf(a.url)).stale).to.have.nested.property('redis.reason', 'error');
    await redis.run();
    await untilReadiness(a, 'ready');
    // Its data is gone, and with it what its clients had: they come back.
    expect((await client.closed).code).to.equal(1012);
    const again = await Client.open(a.url);
    const answered = await answer(`${a.url}/poll`);
    expect(answered.status).to.equal(200);
    const { id } = await published(a.url, 'orders', 'last');
    const { resume } = await subscribed(again, 'orders');
    expect(resume).to.equal(id);
    const log = (await command(redis, 'XRANGE', 'rt:log', '-', '+')) as [string, string[]][];
    const orders = log.map(([, fields]) => fields[3] ?? '').filter((text) => text.includes('\norders\n'));
    expect(orders.map((text) => text.split('\n').at(-1))).to.deep.equal(['0', '1', '2', '3', '4', '"last"']);
    again.socket.terminate();
  });

  it('server fault 13: Redis that returns with its data: joined again within 5 s, in order, once, and no gap', async () => {
    const redis = await startRedis({ keeps: true });
    const [a, b] = [await start({ redis }), await start({ redis })];
    const client = await Client.open(b.url);
    const { resume } = await subscribed(client, 'orders');
    const stream = await openStream(b.url);
    const { id } = await published(a.url, 'orders', 'before');
    await redis.kill();
    await untilReadiness(a, 'degraded');
    for (let n = 0; n < 20; n += 1) await post(`${a.url}/api/publish/orders`, n);
    await redis.run();
    const began = performance.now();
    await untilReadiness(a, 'ready');
    await untilReadiness(b, 'ready');
    expect(performance.now() - began).to.be.below(5_000);
    const got: unknown[] = [];
    while (got.length < 21) got.push((await nextOf(client, 'orders'))['data']);
    expect(got).to.deep.equal(['before', ...Array.from({ length: 20 }, (_, n) => n)]);
    const again = await Client.open(b.url);
    expect(await subscribed(again, 'orders', id)).not.to.have.property('gap');
    expect(await nextOf(again, 'orders')).to.have.property('data', 0);
    expect(stream.tail.ended).to.equal(false);
    expect(Number(id)).to.be.above(Number(resume));
    for (const each of [client, again]) each.socket.terminate();
    stream.close();
  });

  it('server fault 13: Redis that returns without its data: joined again within 5 s, ids grow, and the gap is told', async () => {
    const redis = await startRedis();
    const [a, b] = [await start({ redis }), await start({ redis })];
    const client = await Client.open(b.url);
    await subscribed(client, 'orders');
    const stream = await openStream(b.url);
    const { id } = await published(a.url, 'orders', 'before');
    await redis.kill();
    await untilReadiness(b, 'degraded');
    await redis.run();
    const began = performance.now();
    await untilReadiness(a, 'ready');
    await untilReadiness(b, 'ready');
    expect(performance.now() - began).to.be.below(5_000);
    expect((await client.closed).code).to.equal(1012);
    expect(await stream.tail.untilEnd()).to.match(/\nretry: \d+\n\n$/);
    const later = await published(a.url, 'orders', 'after');
    expect(Number(later.id)).to.be.above(Number(id));
    for (const { url } of [a, b]) {
      const again = await Client.open(url);
      expect(await subscribed(again, 'orders', id)).to.have.property('gap', true);
      again.socket.terminate();
    }
  });

  it('publish once what was on its way when the connection was given up, and comes through only after it was sent again', async () => {
    const redis = await startRedis();
    const a = await start({ redis, bounds: { redisAnswer: 1_000 } });
    const b = await start({ redis });
    const client = await Client.open(b.url);
    await subscribed(client, 'orders');
    const first = await a.proxy.connection(0);
    first.stall();
    const posts = Array.from({ length: 5 }, (_, n) => post(`${a.url}/api/publish/orders`, n));
    const got: unknown[] = [];
    while (got.length < 5) got.push((await nextOf(client, 'orders'))['data']);
    first.flow();
    await first.closed;
    await settle(a, b);
    expect((await client.settled()).filter(({ channel }) => channel === 'orders')).to.deep.equal([]);
    expect(new Set(got)).to.deep.equal(new Set([0, 1, 2, 3, 4]));
    for (const { status } of await Promise.all(posts)) expect(status).to.equal(202);
    client.socket.terminate();
  });

  it('go on alone when Redis hangs, with a snapshot in which it is late, and are joined again when it does not', async () => {
    const redis = await startRedis();
    const a = await start({ redis });
    redis.pause();
    const { stale } = await eventually(
      () => snapshotOf(a.url),
      (snapshot) => snapshot.stale !== undefined,
    );
    expect(stale).to.have.nested.property('redis.reason', 'timeout');
    redis.resume();
    await eventually(
      () => snapshotOf(a.url),
      (snapshot) => snapshot.stale === undefined,
    );
    expect(a.log.filter((sentence) => sentence.startsWith('Redis'))).to.deep.equal([
      'Redis is away, and this instance goes on alone: it does not answer in time',
      'Redis is back: the instances are joined again',
    ]);
  });

  it('publish once what Redis took though its answer was cut off', async () => {
    const redis = await startRedis();
    const a = await start({ redis });
    const b = await start({ redis });
    const client = await Client.open(b.url);
    await subscribed(client, 'orders');
    redis.pause();
    const posts = Array.from({ length: 5 }, (_, n) => post(`${a.url}/api/publish/orders`, n));
    await Promise.all(posts); // queued: they are on the wire, and nobody answers
    a.proxy.cut();
    await untilReadiness(a, 'degraded');
    redis.resume();
    await untilReadiness(a, 'ready');
    await published(a.url, 'orders', 'end');
    const got: unknown[] = [];
    while (got.at(-1) !== 'end') got.push((await nextOf(client, 'orders'))['data']);
    expect(got).to.have.lengthOf(6);
    expect(new Set(got)).to.deep.equal(new Set([0, 1, 2, 3, 4, 'end']));
    client.socket.terminate();
  });

  it('tell no gap to a client that comes to one that has less than the client, and repeat nothing to it', async () => {
    const [a, b] = await pair();
    b.proxy.refuse();
    b.proxy.cut();
    await untilReadiness(b, 'degraded');
    const { id } = await published(a.url, 'orders', 'had');
    const stream = await openStream(b.url, { 'Last-Event-ID': id });
    const client = await Client.open(b.url);
    expect(await subscribed(client, 'orders', id)).not.to.have.property('gap');
    const poll = await asked(`${b.url}/poll`, { headers: { 'If-None-Match': `"${id}"` } }).answer;
    expect(poll.headers).to.have.property('etag', `"${id}"`);
    expect(poll.headers).not.to.have.property('rt-gap');
    const held = asked(`${b.url}/poll`, { headers: { 'If-None-Match': `"${id}"` } });
    const { id: next } = await published(a.url, 'orders', 'next');
    await b.proxy.accept();
    expect(await nextOf(client, 'orders')).to.deep.include({ id: next, data: 'next' });
    await stream.tail.until(/data: "next"\n\n/);
    expect(stream.tail.text).not.to.match(/gap|"had"/);
    const last = Math.min(...eventsIn(stream.tail.text).map((event) => Number(event.id)));
    expect(last).to.be.above(Number(id));
    expect((await held.answer).body).not.to.include('"had"');
    client.socket.terminate();
    stream.close();
  });

  it('jump over ids that were given before, and tell of the gap, where Redis returns with older data', async () => {
    const redis = await startRedis();
    const [a, b] = [await start({ redis }), await start({ redis })];
    const { id } = await published(a.url, 'orders', 'saved');
    await command(redis, 'SAVE');
    const lost = await published(a.url, 'orders', 'lost');
    await settle(a, b);
    const client = await Client.open(b.url);
    await subscribed(client, 'orders');
    await redis.kill();
    await untilReadiness(a, 'degraded');
    await untilReadiness(b, 'degraded');
    await redis.run();
    expect((await client.closed).code).to.equal(1012);
    for (const instance of [a, b]) await untilReadiness(instance, 'ready');
    expect(Number((await published(b.url, 'orders', 'new')).id)).to.be.above(Number(lost.id));
    for (const { url } of [a, b]) {
      for (const before of [id, lost.id]) {
        const again = await Client.open(url);
        expect(await subscribed(again, 'orders', before)).to.have.property('gap', true);
        again.socket.terminate();
      }
    }
  });

  it('run a source that pushes on one of them at a time, and on none where nobody knows who leads', async () => {
    const redis = await startRedis();
    const standing = new Set<string>();
    const pushing = (name: string): PushingSource => ({
      name,
      subscribe: async (push, signal) => {
        standing.add(name);
        await push({ channel: 'pushed', data: name, kept: true });
        return {
          ended: new Promise((resolve) => {
            signal.addEventListener('abort', () => {
              standing.delete(name);
              resolve();
            });
          }),
        };
      },
    });
    const a = await start({ redis, sources: [pushing('a')] });
    const b = await start({ redis, sources: [pushing('b')] });
    const client = await Client.open(b.url);
    await subscribed(client, 'pushed');
    await nextOf(client, 'pushed');
    expect([...standing]).to.deep.equal(['a']);
    a.proxy.refuse();
    a.proxy.cut();
    expect(await nextOf(client, 'pushed')).to.have.property('data', 'b');
    expect([...standing]).to.deep.equal(['b']);
    await redis.kill();
    await eventually(
      () => answer(`${b.url}/healthz`),
      () => standing.size === 0,
    );
    const late = await start({ redis, sources: [pushing('late')] });
    await eventually(
      () => snapshotOf(late.url),
      ({ stale }) => stale !== undefined,
    );
    expect(standing.size).to.equal(0);
    client.socket.terminate();
  });

  it('refuse the snapshots of one that has lost the lead without knowing', async () => {
    const redis = await startRedis();
    const a = await start({ redis, bounds: { lease: 120_000, leaseBeat: 60_000 } });
    await snapshotOf(a.url);
    const [key = ''] = (await command(redis, 'KEYS', 'rt:sent:*')) as string[];
    const tried = async (): Promise<number> => Number(await command(redis, 'GET', key));
    await command(redis, 'SET', 'rt:lease', 'another');
    const newest = await command(redis, 'HGET', 'rt:state', 'id');
    const before = await tried();
    await eventually(tried, (count) => count >= before + 2);
    expect(await command(redis, 'HGET', 'rt:state', 'id')).to.equal(newest);
    expect(a.log).to.deep.equal([]);
  });

  it('say nothing of a password, whatever goes wrong', async () => {
    const redis = await startRedis({ more: ['--requirepass', 'right'] });
    const log: string[] = [];
    const a = await start({ redis, log: (sentence) => log.push(sentence), password: 'wr0ng' });
    await untilReadiness(a, 'degraded');
    expect(log.join())
      .to.match(/Redis is away/)
      .and.not.include('wr0ng');
    expect((await answer(`${a.url}/api/metrics`)).body).not.to.include('wr0ng');
  });
});
