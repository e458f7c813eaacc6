/** `resume` over `/ws`: what a subscription says it can go on from, and what a client gets that comes back. */
import type { Socket } from 'node:net';
import { expect } from 'chai';
import { Client, connections, eventually, gauge, published, useServers, type Json } from './helpers.js';

const MIB = 1_024 * 1_024;

/** Subscribes, and returns the answer. */
const subscribed = (client: Client, channel: string, resume?: unknown): Promise<Json> => {
  client.send({ type: 'subscribe', channel, resume });
  return client.next();
};

const idsOf = (messages: readonly Json[]): unknown[] => messages.map(({ id }) => id);

describe('a subscription', () => {
  const start = useServers();

  it('announces the id of the channel’s newest event to go on from, or the newest of all where it has none', async () => {
    const { url } = await start();
    const client = await Client.open(url);
    const { id } = await published(url, 'orders', 1);
    const other = await published(url, 'other', 2);
    expect(await subscribed(client, 'orders')).to.deep.equal({ type: 'subscribed', channel: 'orders', resume: id });
    expect(await subscribed(client, 'new')).to.deep.equal({ type: 'subscribed', channel: 'new', resume: other.id });
  });

  it('gets what was missed of its channel alone, in order, and then each new event', async () => {
    const { url, tick } = await start();
    const { id: seen } = await published(url, 'orders', 1);
    const missed = [await published(url, 'orders', 2)];
    await published(url, 'other', 0);
    await tick();
    missed.push(await published(url, 'orders', 3));
    const client = await Client.open(url);
    expect(await subscribed(client, 'orders', seen)).to.deep.equal({
      type: 'subscribed',
      channel: 'orders',
      resume: missed[1]?.id,
    });
    const later = await published(url, 'orders', 4);
    const messages = await client.settled();
    expect(idsOf(messages)).to.deep.equal(idsOf([...missed, later].map(({ id }) => ({ id }))));
    expect(messages.map(({ channel, data }) => [channel, data])).to.deep.equal([
      ['orders', 2],
      ['orders', 3],
      ['orders', 4],
    ]);
    expect(messages[0]).to.have.all.keys('channel', 'data', 'timestamp', 'id');
  });

  it('gets the snapshot only where nothing was missed', async () => {
    const { url, tick } = await start();
    const client = await Client.open(url);
    const { resume } = await subscribed(client, 'metrics');
    const first = await client.next();
    expect(first['id']).to.equal(resume);
    await published(url, 'other', 0);
    const unchanged = await Client.open(url);
    expect(await subscribed(unchanged, 'metrics', resume)).to.deep.equal({
      type: 'subscribed',
      channel: 'metrics',
      resume,
    });
    expect(await unchanged.settled()).to.deep.equal([first]);
    await tick();
    const behind = await Client.open(url);
    await subscribed(behind, 'metrics', resume);
    const messages = await behind.settled();
    expect(idsOf(messages)).to.deep.equal([String(Number(resume) + 2)]);
  });

  it('goes on from what was announced where nothing had come', async () => {
    const { url } = await start();
    const { resume } = await subscribed(await Client.open(url), 'orders');
    const { id } = await published(url, 'orders', 1);
    const client = await Client.open(url);
    await subscribed(client, 'orders', resume);
    expect(idsOf(await client.settled())).to.deep.equal([id]);
  });

  it('is told of a gap for an id that is too old, foreign, huge or no id, and then gets the snapshot', async () => {
    const { url } = await start({ bounds: { logEvents: 2 } });
    const ids: string[] = [];
    for (let i = 0; i < 4; i += 1) ids.push((await published(url, 'metrics', i)).id);
    const bad = [
      ids[0],
      '7',
      '0',
      '9'.repeat(16),
      '9'.repeat(400),
      '-1',
      '1.5',
      '',
      'abc',
      null,
      5,
      Number(ids[3]),
      {},
    ];
    for (const id of bad) {
      const client = await Client.open(url);
      const reply = { type: 'subscribed', channel: 'metrics', resume: ids[3], gap: true };
      expect([id, await subscribed(client, 'metrics', id)]).to.deep.equal([id, reply]);
      expect((await client.settled()).map(({ data }) => typeof data)).to.deep.equal(['object']);
      client.socket.terminate();
    }
    const client = await Client.open(url);
    expect(await subscribed(client, 'metrics', ids[1])).not.to.have.property('gap');
    expect(idsOf(await client.settled())).to.deep.equal(ids.slice(2));
  });

  it('of a quiet channel goes on however much another says meanwhile', async () => {
    const { url } = await start({ bounds: { logEvents: 20 } });
    const { id: seen } = await published(url, 'quiet', 1);
    const { id } = await published(url, 'quiet', 2);
    for (let i = 0; i < 50; i += 1) await published(url, 'chatty', i);
    const client = await Client.open(url);
    expect(await subscribed(client, 'quiet', seen)).not.to.have.property('gap');
    expect(idsOf(await client.settled())).to.deep.equal([id]);
    expect(await subscribed(client, 'chatty', seen)).to.have.property('gap', true);
  });

  it('that stands already is sent nothing again, and is told of a gap where it asks for what was before it', async () => {
    const { url } = await start();
    const { id: before } = await published(url, 'orders', 0);
    await published(url, 'orders', 1);
    const client = await Client.open(url);
    const { resume } = await subscribed(client, 'orders');
    const { id } = await published(url, 'orders', 2);
    await client.next();
    expect(await subscribed(client, 'orders', resume)).to.deep.equal({
      type: 'subscribed',
      channel: 'orders',
      resume: id,
    });
    expect(await subscribed(client, 'orders', before)).to.have.property('gap', true);
    expect(await subscribed(client, 'orders', '9'.repeat(16))).to.have.property('gap', true);
    const again = await Client.open(url);
    const { id: other } = await published(url, 'other', 0);
    expect(await subscribed(again, 'orders', other), 'nothing was missed').not.to.have.property('gap');
    expect(await subscribed(again, 'orders', id), 'what was announced').not.to.have.property('gap');
    const next = await published(url, 'orders', 3);
    expect(idsOf(await client.settled())).to.deep.equal([next.id]);
  });
});

describe('a socket that is cut again and again', () => {
  const start = useServers();

  it('has had each message once and in order at the end, whatever was published meanwhile', async () => {
    const { url } = await start();
    let [last, count] = [String((await subscribed(await Client.open(url), 'orders'))['resume']), 0];
    const data: unknown[] = [];
    for (let round = 0; round < 15; round += 1) {
      const client = await Client.open(url);
      client.send({ type: 'subscribe', channel: 'orders', resume: last });
      const publishing: Promise<unknown>[] = [];
      for (let i = 0; i < 12; i += 1) {
        const next = (count += 1);
        // In order, and not waited for: the cut comes in between.
        publishing.push((publishing.at(-1) ?? Promise.resolve()).then(() => published(url, 'orders', next)));
      }
      await publishing[round % publishing.length];
      const come = await client.settled();
      client.socket.terminate();
      const messages = come.filter((message) => 'data' in message);
      data.push(...messages.map((message) => message['data']));
      const id = messages.at(-1)?.['id'];
      if (typeof id === 'string') last = id;
      await publishing.at(-1);
    }
    const client = await Client.open(url);
    expect(await subscribed(client, 'orders', last)).not.to.have.property('gap');
    data.push(...(await client.settled()).map((message) => message['data']));
    expect(data).to.deep.equal(Array.from({ length: count }, (_, i) => i + 1));
  });
});

/** Ends the connection as a machine does that has lost it. */
const reset = (client: Client): void => {
  const { _socket: socket } = client.socket as unknown as { _socket: Socket };
  socket.resetAndDestroy();
};

describe('a replay over a socket', () => {
  const start = useServers();
  const big = (n: number, size: number): string => `${n}-${'x'.repeat(size)}`;

  it('larger than what may wait comes at the client’s own pace, of several channels, with what is published meanwhile', async () => {
    const { url } = await start({ bounds: { bufferedBytes: 400_000, logBytes: 32 * MIB } });
    const { id } = await published(url, 'other', 0);
    for (let i = 1; i <= 80; i += 1) await published(url, i % 2 === 0 ? 'even' : 'odd', big(i, 90_000));
    const client = await Client.open(url);
    client.socket.pause();
    for (const channel of ['even', 'odd']) client.send({ type: 'subscribe', channel, resume: id });
    for (let i = 81; i <= 84; i += 1) await published(url, i % 2 === 0 ? 'even' : 'odd', big(i, 10));
    client.socket.resume();
    const seen: Record<string, number[]> = { even: [], odd: [] };
    for (let come = 0; come < 84;) {
      const { channel, data } = await client.next();
      if (typeof data !== 'string') continue;
      seen[String(channel)]?.push(Number.parseInt(data));
      come += 1;
    }
    const due = (first: number): number[] => Array.from({ length: 42 }, (_, i) => first + 2 * i);
    expect(seen).to.deep.equal({ even: due(2), odd: due(1) });
    expect(await client.settled()).to.deep.equal([]);
    expect(await gauge(url, 'rt_slow_clients_total')).to.equal(0);
  }).timeout(10_000);

  it('that stalls is cut, and nothing of it is left', async () => {
    const { url, clock } = await start({ bounds: { tick: 1e9, logBytes: 64 * MIB } });
    const { id } = await published(url, 'big', 0);
    for (let i = 0; i < 60; i += 1) await published(url, 'big', big(i, 250_000));
    const client = await Client.open(url);
    client.socket.pause();
    const timers = clock.timers;
    client.send({ type: 'subscribe', channel: 'big', resume: id });
    await eventually(
      () => connections(url, 'websocket').then(() => clock.timers),
      (count) => count > timers,
    );
    await eventually(
      async () => {
        clock.advance(1_000);
        return connections(url, 'websocket');
      },
      (count) => count === 0,
    );
    expect(await gauge(url, 'rt_slow_clients_total')).to.equal(1);
    expect(clock.timers).to.equal(timers);
    client.socket.terminate();
  }).timeout(10_000);

  it('is over at once when its client goes', async () => {
    const { url, clock } = await start({ bounds: { tick: 1e9, logBytes: 64 * MIB } });
    const { id } = await published(url, 'big', 0);
    for (let i = 0; i < 60; i += 1) await published(url, 'big', big(i, 250_000));
    const timers = clock.timers;
    for (const end of [(client: Client) => client.socket.terminate(), reset]) {
      const client = await Client.open(url);
      client.socket.pause();
      client.send({ type: 'subscribe', channel: 'big', resume: id });
      await eventually(
        () => connections(url, 'websocket').then(() => clock.timers),
        (count) => count > timers,
      );
      end(client);
      await eventually(
        () => connections(url, 'websocket'),
        (count) => count === 0,
      );
      expect(clock.timers).to.equal(timers);
    }
    expect(await gauge(url, 'rt_slow_clients_total')).to.equal(0);
  }).timeout(10_000);

  it('ends with its subscription', async () => {
    const { url } = await start({ bounds: { logBytes: 64 * MIB } });
    const { id } = await published(url, 'big', 0);
    for (let i = 0; i < 60; i += 1) await published(url, 'big', big(i, 250_000));
    const client = await Client.open(url);
    client.socket.pause();
    client.send({ type: 'subscribe', channel: 'big', resume: id });
    client.send({ type: 'unsubscribe', channel: 'big' });
    client.socket.resume();
    let rest = 0;
    for (let message = await client.next(); message['type'] !== 'unsubscribed'; message = await client.next())
      rest += 1;
    expect(rest).to.be.below(60);
    await published(url, 'big', 1);
    expect(await client.settled()).to.deep.equal([]);
  }).timeout(10_000);
});
