/** `GET /poll`: what is answered at once, what is held and how it ends, and that nobody misses anything. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { defaultBounds } from '../../../demo/server/bounds.js';
import { Hub } from '../../../demo/server/hub.js';
import { LongPolls } from '../../../demo/server/poll.js';
import { FakeClock } from './fake-clock.js';
import {
  answer,
  asked,
  connections,
  eventually,
  gauge,
  openStream,
  published,
  rawRequest,
  rawSocket,
  snapshotOf,
  useServers,
  type Answer,
  type Json,
} from './helpers.js';

const MIB = 1_024 * 1_024;

const poll = (url: string, tag?: string): ReturnType<typeof asked> =>
  asked(`${url}/poll`, { headers: tag === undefined ? {} : { 'If-None-Match': tag } });

const now = (url: string, tag?: string): Promise<Answer> => poll(url, tag).answer;

const envelopes = ({ body }: Answer): Json[] => JSON.parse(body) as Json[];

const dataOf = (answered: Answer): unknown[] => envelopes(answered).map(({ data }) => data);

const tagOf = (id: string | number): string => `"${id}"`;

/** A poll after which the connection stays. */
const keptAlive = (tag: string): string => `GET /poll HTTP/1.1\r\nHost: 127.0.0.1\r\nIf-None-Match: ${tag}\r\n\r\n`;

const isHeld = (url: string, count = 1): Promise<number> =>
  eventually(
    () => connections(url, 'long-polling'),
    (held) => held === count,
  );

/** Whatever waited for the end of this turn has happened. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('GET /poll', () => {
  const start = useServers();

  it('without a tag has the newest snapshot at once, under the newest id of all', async () => {
    const { url } = await start();
    const first = await now(url);
    expect([first.status, first.headers['content-type']]).to.deep.equal([200, 'application/json; charset=utf-8']);
    expect(first.headers['cache-control']).to.equal('no-store');
    const [snapshot] = envelopes(first);
    expect(envelopes(first)).to.have.length(1);
    expect(snapshot).to.have.all.keys('channel', 'data', 'timestamp', 'id');
    expect([snapshot?.['channel'], snapshot?.['data']]).to.deep.equal(['metrics', await snapshotOf(url)]);
    expect(first.headers.etag).to.equal(tagOf(String(snapshot?.['id'])));
    const { id } = await published(url, 'orders', 1);
    const second = await now(url);
    expect([second.body, second.headers.etag]).to.deep.equal([first.body, tagOf(id)]);
    expect(second.headers).not.to.have.property('rt-gap');
  });

  it('with a tag has what came after it at once, on all channels and in order', async () => {
    const { url, tick } = await start();
    const { id: seen } = await published(url, 'orders', 1);
    await tick();
    await published(url, 'orders', 2);
    const { id } = await published(url, 'other', 3);
    const missed = await now(url, tagOf(seen));
    expect([missed.status, missed.headers.etag]).to.deep.equal([200, tagOf(id)]);
    expect(missed.headers).not.to.have.property('rt-gap');
    expect(envelopes(missed).map(({ channel }) => channel)).to.deep.equal(['metrics', 'orders', 'other']);
    expect(envelopes(missed).at(-1)?.['id']).to.equal(id);
  });

  it('answers with so much at a time, and an event that is longer alone', async () => {
    const { url } = await start({ bounds: { pollBytes: 1_000 } });
    let tag = tagOf((await published(url, 'orders', 0)).id);
    const sizes = [300, 300, 300, 2_000, 2_000, 300];
    for (const size of sizes) await published(url, 'orders', 'x'.repeat(size));
    const come: number[][] = [];
    for (let rest = sizes.length; rest > 0; rest -= come.at(-1)?.length ?? 0) {
      const answered = await now(url, tag);
      come.push(dataOf(answered).map((data) => String(data).length));
      tag = String(answered.headers.etag);
    }
    expect(come).to.deep.equal([[300, 300], [300], [2_000], [2_000], [300]]);
  });

  it('knows its tag when it is weak or in a list, of which the newest counts, and * for now', async () => {
    const { url } = await start();
    const { id: old } = await published(url, 'orders', 1);
    const { id } = await published(url, 'orders', 2);
    for (const tag of [`W/"${old}"`, `"other", W/"${old}"`, `"${Number(old) - 1}",${tagOf(old)} , "9", ""`]) {
      expect([tag, dataOf(await now(url, tag))]).to.deep.equal([tag, [2]]);
    }
    for (const tag of [`"${old}", "${id}"`, ' * ']) {
      const held = poll(url, tag);
      await isHeld(url);
      held.go();
      await held.answer.catch(() => undefined);
      await isHeld(url, 0);
    }
  });

  it('has the snapshot and RT-Gap for a tag that is too old, foreign, huge or no id', async () => {
    const { url } = await start({ bounds: { logEvents: 2 } });
    const ids: string[] = [];
    for (let i = 0; i < 4; i += 1) ids.push((await published(url, 'orders', i)).id);
    const bad = [
      tagOf(ids[0] ?? ''),
      '"7"',
      `"${'9'.repeat(16)}"`,
      `"${'9'.repeat(400)}"`,
      '"-1"',
      '"a"',
      '""',
      '',
      'x',
    ];
    for (const tag of [...bad, String(ids[3])]) {
      const { status, headers, body } = await now(url, tag);
      expect([tag, status, headers['rt-gap'], headers.etag]).to.deep.equal([tag, 200, '?1', tagOf(ids[3] ?? '')]);
      expect(body).to.match(/^\[\{"channel":"metrics",.*\}\]$/);
    }
    expect(dataOf(await now(url, tagOf(ids[1] ?? '')))).to.deep.equal([2, 3]);
  });

  it('answers HEAD at once, and no other method', async () => {
    const { url } = await start();
    const tag = String((await now(url)).headers.etag);
    const head = await answer(`${url}/poll`, { method: 'HEAD', headers: { 'If-None-Match': tag } });
    expect([head.status, head.headers.etag, head.body]).to.deep.equal([200, tag, '']);
    expect((await answer(`${url}/poll`, { method: 'POST' })).status).to.equal(405);
  });

  it('lets a configured origin read its headers and send its tag', async () => {
    const Origin = 'https://good.example';
    const { url } = await start({ allowedOrigins: [Origin] });
    const { status, headers } = await answer(`${url}/poll`, { headers: { Origin, 'If-None-Match': '"7"' } });
    expect(status).to.equal(200);
    expect(headers).to.include({ 'access-control-allow-origin': Origin, 'rt-gap': '?1' });
    expect(String(headers['access-control-expose-headers']).split(', ')).to.include.members(['ETag', 'RT-Gap']);
    const preflight = await answer(`${url}/poll`, { method: 'OPTIONS', headers: { Origin } });
    expect(preflight.headers['access-control-allow-headers']).to.include('If-None-Match');
    expect((await answer(`${url}/poll`, { headers: { Origin: 'https://evil.example' } })).status).to.equal(403);
  });
});

describe('a poll that is held', () => {
  const start = useServers();

  it('is answered by the next event, and by all that are published with it', async () => {
    const { url, host, tick } = await start();
    host.cpu = 97;
    for (let i = 0; i < 10; i += 1) await tick();
    const tag = String((await now(url)).headers.etag);
    const [first, second] = [poll(url, tag), poll(url, tag)];
    await isHeld(url, 2);
    await tick(); // the one that raises the alert
    const answered = await first.answer;
    expect(envelopes(answered).map(({ channel }) => channel)).to.deep.equal(['metrics', 'alert']);
    expect(answered.headers.etag).to.equal(tagOf(String(envelopes(answered)[1]?.['id'])));
    expect((await second.answer).body).to.equal(answered.body);
    expect(await connections(url, 'long-polling')).to.equal(0);
  });

  it('counts as one that a message was handed to', async () => {
    const { url } = await start();
    const held = poll(url, String((await now(url)).headers.etag));
    await isHeld(url);
    const { id, delivered } = await published(url, 'orders', 1);
    expect(delivered).to.equal(1);
    const answered = await held.answer;
    expect([answered.status, answered.headers.etag, dataOf(answered)]).to.deep.equal([200, tagOf(id), [1]]);
  });

  it('is answered 304 with its own tag when nothing comes for 25 s', async () => {
    const { url, clock } = await start({ bounds: { tick: 1e9 } });
    const tag = String((await now(url)).headers.etag);
    const timers = clock.timers;
    const held = poll(url, `W/${tag}`);
    await isHeld(url);
    clock.advance(24_999);
    expect(await connections(url, 'long-polling')).to.equal(1);
    clock.advance(1);
    const { status, headers, body } = await held.answer;
    expect([status, headers.etag, headers['cache-control'], body]).to.deep.equal([304, tag, 'no-store', '']);
    expect([await connections(url, 'long-polling'), clock.timers]).to.deep.equal([0, timers]);
  });

  it('is let go at once when its client goes, however it goes, and its place with it', async () => {
    const { url, port, clock } = await start({ bounds: { tick: 1e9, clientsPerAddress: 2 } });
    const tag = String((await now(url)).headers.etag);
    const timers = clock.timers;
    for (let round = 0; round < 3; round += 1) {
      const polite = poll(url, tag);
      const rude = connect(port, '127.0.0.1');
      rude.write(rawRequest('/poll', `If-None-Match: ${tag}\r\n`));
      await isHeld(url, 2);
      polite.go();
      await polite.answer.catch(() => undefined);
      rude.resetAndDestroy();
      await isHeld(url, 0);
    }
    expect(clock.timers).to.equal(timers);
    expect((await published(url, 'orders', 1)).delivered).to.equal(0);
  });

  it('takes a client’s place: one too many is refused with 503, and nobody is put out', async () => {
    const { url } = await start({ bounds: { clientsPerAddress: 2 } });
    const tag = String((await now(url)).headers.etag);
    const held = poll(url, tag);
    await isHeld(url);
    const stream = await openStream(url);
    const refused = await now(url, tag);
    expect([refused.status, refused.headers['retry-after']]).to.deep.equal([503, '2']);
    expect(await connections(url, 'long-polling')).to.equal(1);
    await published(url, 'orders', 1);
    expect(dataOf(await held.answer)).to.deep.equal([1]);
    stream.close();
  });

  it('is an active user, and its waiting is no response time', async () => {
    const { url, tick, clock } = await start();
    const tag = String((await now(url)).headers.etag);
    const held = poll(url, tag);
    await isHeld(url);
    clock.advance(500);
    await tick();
    await held.answer;
    const { api } = await snapshotOf(url);
    expect(api).to.include({ active_users: 1, avg_response_time: 0 });
  });

  it('is told by a server that stops when to come back, and holds it up no longer', async () => {
    const { url, port, server, clock } = await start({ bounds: { tick: 1e9, acceptRate: 1 }, random: () => 0.5 });
    const tag = String((await now(url)).headers.etag);
    const polls = [poll(url, tag), poll(url, tag)];
    const { tail } = rawSocket(port, keptAlive(tag));
    await isHeld(url, 3);
    const closed = server.close();
    for (const { answer: answered } of polls) {
      const { status, headers, body } = await answered;
      // 1.1 × 3 clients ÷ 1 a second, half of it: 1.65 s
      expect([status, headers['retry-after'], body]).to.deep.equal([503, '2', '{"error":"the server stops"}']);
    }
    expect(await tail.untilEnd()).to.match(/^HTTP\/1.1 503 [^]*\r\nRetry-After: 2\r\n/);
    await closed;
    expect(clock.timers).to.equal(0);
  });
});

describe('polls beside publications of the same moment', () => {
  const bounds = { ...defaultBounds, logBytes: 64 * MIB, pollBytes: 64 * MIB };
  let hub: Hub;
  let polls: LongPolls;
  let server: Server;
  let port: number;
  /** What happens just before a poll is let in. */
  let before: () => void;
  beforeEach(async () => {
    hub = new Hub(new FakeClock(), bounds);
    polls = new LongPolls(hub, new FakeClock(), bounds);
    before = () => undefined;
    server = createServer((req, res) => {
      before();
      polls.open(Object.assign(req, { headers: { 'if-none-match': tagOf(hub.newestId) } }), res);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterEach(() => {
    server.close();
    server.closeAllConnections();
  });

  it('wait where they have what was published, and have it once where they do not', async () => {
    const first = asked(`http://127.0.0.1:${port}/`);
    await eventually(turn, () => polls.size === 1);
    before = () => hub.publish('a', '1');
    const second = asked(`http://127.0.0.1:${port}/`);
    expect(dataOf(await first.answer)).to.deep.equal([1]);
    expect(polls.size).to.equal(1);
    hub.publish('a', '2');
    expect(dataOf(await second.answer)).to.deep.equal([2]);
  });

  it('are held no more from the moment they are answered, however slowly that is read', async () => {
    const { socket } = rawSocket(port, rawRequest('/poll'));
    socket.pause();
    await eventually(turn, () => polls.size === 1);
    for (let i = 0; i < 60; i += 1) hub.publish('big', `"${'x'.repeat(250_000)}"`);
    await turn();
    expect(polls.size).to.equal(0);
    expect(hub.publish('a', '1').delivered).to.equal(0);
    await turn();
    socket.destroy();
  });
});

describe('a client that polls again and again', () => {
  const start = useServers();

  it('has each message once and in order, whatever is published meanwhile', async () => {
    const { url } = await start();
    let tag = String((await now(url)).headers.etag);
    const count = 200;
    const publishing = (async () => {
      for (let i = 1; i <= count; i += 2) await Promise.all([published(url, 'a', i), published(url, 'b', i + 1)]);
    })();
    const come: { id: unknown; data: unknown }[] = [];
    while (come.length < count) {
      const answered = await now(url, tag);
      expect([answered.status, answered.headers['rt-gap']]).to.deep.equal([200, undefined]);
      come.push(...envelopes(answered).map(({ id, data }) => ({ id, data })));
      tag = String(answered.headers.etag);
    }
    await publishing;
    expect(come.map(({ id }) => Number(id) - Number(come[0]?.id))).to.deep.equal(
      Array.from({ length: count }, (_, i) => i),
    );
    expect(new Set(come.map(({ data }) => data)).size).to.equal(count);
  });

  it('may keep its connection', async () => {
    const { url, port } = await start();
    const tag = String((await now(url)).headers.etag);
    const { socket, tail } = rawSocket(port, keptAlive(tag));
    await isHeld(url);
    await published(url, 'orders', 1);
    await tail.until(/200 OK[^]*"data":1/);
    socket.write(keptAlive(tag));
    await tail.until(/200 OK[^]*200 OK[^]*"data":1/);
    socket.destroy();
  });

  it('is cut when it does not read its answer', async () => {
    const { url, port } = await start({ bounds: { responseStall: 100, pollBytes: 64 * MIB, logBytes: 64 * MIB } });
    const { id } = await published(url, 'big', 0);
    for (let i = 0; i < 60; i += 1) await published(url, 'big', 'x'.repeat(250_000));
    const stalled = connect(port, '127.0.0.1');
    stalled.on('error', () => undefined);
    stalled.write(rawRequest('/poll', `If-None-Match: ${tagOf(id)}\r\n`));
    stalled.pause();
    await eventually(
      () => gauge(url, 'rt_slow_clients_total'),
      (count) => count === 1,
    );
    stalled.destroy();
  }).timeout(10_000);
});
