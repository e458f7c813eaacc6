import { expect } from 'chai';
import { poolOf } from '../../src/feed/pool.js';
import { ACROSS, HTTP, Rig, WS, source, type Options } from '../support/connection-rig.js';
import { FakeEnv, NOTHING_HELD, settled } from '../support/fake-env.js';

/** Feeds of one page, each with its channels. */
const feeds = (
  count: number,
  src = WS,
  options: Options = {},
  channels: (index: number) => readonly string[] = () => [],
): { readonly env: FakeEnv; readonly rigs: readonly Rig[] } => {
  const env = new FakeEnv();
  const rigs = Array.from({ length: count }, (_, index) => {
    const rig = new Rig(undefined, options, 100, env);
    rig.connection.setChannels(channels(index));
    rig.connection.setSources([source(src, options)]);
    return rig;
  });
  return { env, rigs };
};

const two = (src = WS, options: Options = {}, a: readonly string[] = [], b: readonly string[] = []) => {
  const { env, rigs } = feeds(2, src, options, (index) => (index === 0 ? a : b));
  const [first, second] = rigs;
  if (first === undefined || second === undefined) throw new Error('There are not two.');
  return { env, first, second };
};

const subscribe = (channel: string): unknown => ({ type: 'subscribe', channel });
const unsubscribe = (channel: string): unknown => ({ type: 'unsubscribe', channel });

describe('feeds that are equal', () => {
  it('fault 50: share one connection', () => {
    const { env, first, second } = two();
    expect(env.sockets).to.have.length(1);
    env.lastSocket.open();
    expect([first.status, second.status]).to.deep.equal(['connected', 'connected']);
    env.lastSocket.tell({ channel: 'a', data: 1 });
    expect([first.data, second.data]).to.deep.equal([[1], [1]]);
  });

  it('fault 51: share one connection, a hundred of them, and one retry', () => {
    const { env, rigs } = feeds(100);
    expect(env.held.sockets).to.equal(1);
    expect(poolOf(env).size).to.equal(1);
    env.lastSocket.open();
    env.lastSocket.tell({ channel: 'a', data: 1 });
    expect(rigs.every(({ data }) => data.length === 1)).to.be.true;
    env.lastSocket.end(1006);
    env.advance(750);
    expect(env.sockets).to.have.length(2);
    expect(rigs.every(({ codes }) => codes.join() === 'network')).to.be.true;
  });

  it('fault 28: share one event stream', async () => {
    const { env, rigs } = feeds(100, HTTP, { transport: 'sse' });
    expect(env.held.requests).to.equal(1);
    await env.lastRequest.stream();
    await env.lastRequest.push('data: 1\n\n');
    expect(rigs.every(({ data }) => data.length === 1)).to.be.true;
    expect(poolOf(env).streamsTo('https://page.example')).to.equal(1);
  });

  it('fault 51: hold as many connections as there are distinct sources', () => {
    const env = new FakeEnv();
    for (let index = 0; index < 100; index++) new Rig(`/feed/${index % 7}`, { transport: 'sse' }, 100, env);
    expect(env.held.requests).to.equal(7);
  });

  it('leave nothing behind when all are gone', () => {
    const { env, rigs } = feeds(100);
    env.lastSocket.open();
    for (const { connection } of rigs) connection.dispose();
    expect(env.held).to.deep.equal(NOTHING_HELD);
    expect(poolOf(env).size).to.equal(0);
  });

  it('keep the connection for as long as one is there', () => {
    const { env, rigs } = feeds(100);
    env.lastSocket.open();
    for (const { connection } of rigs.slice(1)) connection.dispose();
    expect(env.held.sockets).to.equal(1);
    env.lastSocket.tell({ channel: 'a', data: 1 });
    expect(rigs[0]?.data).to.deep.equal([1]);
    expect(rigs[1]?.data).to.deep.equal([]);
  });

  it('share no connection with a feed of another page', () => {
    const [one, other] = [new Rig(WS), new Rig(WS)];
    expect(one.env.sockets).to.have.length(1);
    expect(other.env.sockets).to.have.length(1);
  });
});

describe('feeds that differ', () => {
  const headers = (): Record<string, string> => ({ a: '1' });
  const apart: readonly (readonly [string, Options, Options])[] = [
    ['in an attribute', { reconnectDelay: 1 }, { reconnectDelay: 2 }],
    ['in credentials', { credentials: 'include' }, {}],
    ['in a header', { headers: { a: '1' } }, { headers: { a: '2' } }],
    ['in functions that only look alike', { headers: () => ({ a: '1' }) }, { headers: () => ({ a: '1' }) }],
    ['in how they decode', { decode: () => 1 }, { decode: () => 1 }],
    ['in what they do while hidden', { closeHidden: true }, {}],
  ];
  for (const [name, a, b] of apart) {
    it(`${name} have a connection each`, async () => {
      const env = new FakeEnv();
      new Rig(HTTP, { transport: 'sse', ...a }, 100, env);
      new Rig(HTTP, { transport: 'sse', ...b }, 100, env);
      await settled();
      expect(env.held.requests).to.equal(2);
    });
  }

  it('in nothing but channels, queue-limit and the moment share one, functions by identity', async () => {
    const env = new FakeEnv();
    const decode = (): unknown => 1;
    const options: Options = { transport: 'sse', headers, decode };
    new Rig(HTTP, options, 100, env);
    env.advance(60_000);
    const late = new Rig(undefined, options, 5, env);
    late.connection.setChannels(['a']);
    late.connection.setSources([source('/feed', options)]);
    await settled();
    expect(env.held.requests).to.equal(1);
  });

  it('in the sources that follow the first have a connection each', () => {
    const env = new FakeEnv();
    for (const next of ['/a', '/b', '/a']) {
      new Rig(undefined, {}, 100, env).connection.setSources([source(HTTP), source(next)]);
    }
    expect(poolOf(env).size).to.equal(2);
  });

  it('at last, because one of them changes how it decodes, part', () => {
    const { env, first, second } = two();
    env.lastSocket.open();
    second.connection.setDecode(() => 'mine');
    expect(env.held.sockets).to.equal(2);
    env.lastSocket.open();
    for (const socket of env.sockets) socket.tell({ channel: 'a', data: 1 });
    expect(first.data).to.deep.equal([1]);
    expect(second.data).to.deep.equal(['mine']);
  });

  it('at last, because one of them changes its source, part, and the other goes on', () => {
    const { env, first, second } = two();
    const [socket] = env.sockets;
    socket?.open();
    second.connection.setSources([source(ACROSS, { transport: 'sse' })]);
    socket?.tell({ channel: 'a', data: 1 });
    expect(socket?.state).to.equal('open');
    expect([first.data, second.data]).to.deep.equal([[1], []]);
    expect([first.status, second.status]).to.deep.equal(['connected', 'connecting']);
  });
});

describe('a feed that leaves or comes back', () => {
  it('is disconnected alone: the others go on', () => {
    const { env, first, second } = two();
    env.lastSocket.open();
    first.connection.disconnect();
    env.lastSocket.tell({ channel: 'a', data: 1 });
    expect([first.status, second.status]).to.deep.equal(['disconnected', 'connected']);
    expect([first.data, second.data]).to.deep.equal([[], [1]]);
  });

  it('as the last one closes the connection at once', () => {
    const { env, first, second } = two();
    env.lastSocket.open();
    first.connection.disconnect();
    second.connection.disconnect();
    expect(env.held).to.include({ sockets: 0, requests: 0, timers: 0 });
    env.advance(3_600_000);
    expect(env.sockets).to.have.length(1);
  });

  it('hears nothing of what befalls the connection meanwhile', () => {
    const { env, first } = two();
    env.lastSocket.open();
    first.connection.disconnect();
    const { statuses, errors } = first;
    const before = [statuses.length, errors.length];
    env.lastSocket.end(1006);
    env.setOnline(false);
    expect([statuses.length, errors.length]).to.deep.equal(before);
  });

  it('joins what there is by connect(), without another connection', () => {
    const { env, first } = two();
    env.lastSocket.open();
    first.connection.disconnect();
    first.connection.connect();
    expect(env.sockets).to.have.length(1);
    expect(first.status).to.equal('connected');
  });

  it('opens a connection that nobody took part in', () => {
    const { env, first, second } = two();
    first.connection.disconnect();
    second.connection.disconnect();
    second.connection.connect();
    expect(env.held.sockets).to.equal(1);
    expect([first.status, second.status]).to.deep.equal(['disconnected', 'connecting']);
  });

  it('reconnects for all', () => {
    const { env, first, second } = two();
    env.lastSocket.open();
    first.connection.reconnect();
    expect(env.sockets.map(({ state }) => state)).to.deep.equal(['closed', 'connecting']);
    expect([first.status, second.status]).to.deep.equal(['connecting', 'connecting']);
    env.lastSocket.open();
    expect([first.status, second.status]).to.deep.equal(['connected', 'connected']);
  });

  it('reconnects once where it was the only one, and had left', () => {
    const rig = Rig.open();
    rig.connection.disconnect();
    rig.connection.reconnect();
    expect(rig.env.sockets).to.have.length(2);
    expect(rig.env.held.sockets).to.equal(1);
  });

  it('reconnects for all from an error, which all have heard', async () => {
    const { env, first, second } = two(HTTP, { transport: 'sse' });
    await env.lastRequest.answer(404, '');
    expect([first.status, second.status]).to.deep.equal(['error', 'error']);
    expect([first.codes, second.codes]).to.deep.equal([['http'], ['http']]);
    second.connection.reconnect();
    expect([first.status, second.status]).to.deep.equal(['connecting', 'connecting']);
  });

  it('may leave as it hears of a message, and the others hear it still', () => {
    const { env, first, second } = two();
    env.lastSocket.open();
    first.on.messages = () => first.connection.dispose();
    env.lastSocket.tell({ channel: 'a', data: 1 });
    env.lastSocket.tell({ channel: 'a', data: 2 });
    expect([first.data, second.data]).to.deep.equal([[1], [1, 2]]);
  });

  it('hears by connect() that the others’ connection stands', () => {
    const { env, first } = two();
    env.lastSocket.open();
    first.connection.disconnect();
    first.connection.connect();
    expect(first.statuses.slice(-2)).to.deep.equal(['disconnected', 'connected']);
  });
});

describe('the subscriptions of feeds that share a connection', () => {
  it('are sent once for all', () => {
    const { env } = two(WS, {}, ['a', 'b'], ['b', 'c']);
    env.lastSocket.open();
    expect(env.lastSocket.said).to.deep.equal([subscribe('a'), subscribe('b'), subscribe('c')]);
  });

  it('are counted: sent with the first that wants a channel, taken back with the last', () => {
    const { env, first, second } = two();
    env.lastSocket.open();
    first.connection.subscribe('a');
    second.connection.subscribe('a');
    first.connection.unsubscribe('a');
    expect(env.lastSocket.said).to.deep.equal([subscribe('a')]);
    second.connection.unsubscribe('a');
    expect(env.lastSocket.said).to.deep.equal([subscribe('a'), unsubscribe('a')]);
  });

  it('are those of the feeds that are there: one that leaves takes back what it alone wanted', () => {
    const { env, first } = two(WS, {}, ['a', 'b'], ['b']);
    env.lastSocket.open();
    first.connection.disconnect();
    expect(env.lastSocket.said.slice(2)).to.deep.equal([unsubscribe('a')]);
    first.connection.connect();
    expect(env.lastSocket.said.slice(3)).to.deep.equal([subscribe('a')]);
  });

  it('are sent again after each open, once', () => {
    const { env } = two(WS, {}, ['a'], ['a', 'b']);
    env.lastSocket.open();
    env.lastSocket.end(1006);
    env.advance(750);
    env.lastSocket.open();
    expect(env.lastSocket.said).to.deep.equal([subscribe('a'), subscribe('b')]);
  });
});

describe('what each of several feeds sees', () => {
  const ALL = 'event: a\ndata: 1\n\nevent: b\ndata: 2\n\nevent: c\ndata: 3\n\n';
  const channels = ({ messages }: Rig): readonly string[] => messages.map(({ channel }) => channel);

  it('is what it names, and all where it names none', async () => {
    const { env, rigs } = feeds(3, HTTP, { transport: 'sse' }, (index) => [['a'], ['b', 'c'], []][index] ?? []);
    await env.lastRequest.stream();
    await env.lastRequest.push(ALL);
    expect(rigs.map(channels)).to.deep.equal([['a'], ['b', 'c'], ['a', 'b', 'c']]);
  });

  it('is what it names over a shared WebSocket, too', () => {
    const { env, first, second } = two(WS, {}, ['a'], ['b']);
    env.lastSocket.open();
    env.lastSocket.tell([
      { channel: 'a', data: 1 },
      { channel: 'b', data: 2 },
    ]);
    expect([channels(first), channels(second)]).to.deep.equal([['a'], ['b']]);
  });

  it('is data without a channel as its own first one', () => {
    const { env, first, second } = two(WS, {}, ['a', 'x'], ['b']);
    env.lastSocket.open();
    env.lastSocket.tell(7);
    expect([channels(first), channels(second)]).to.deep.equal([['a'], ['b']]);
  });

  it('is what it pushes, and nobody else', () => {
    const { first, second } = two();
    first.connection.push({ channel: 'a', data: 1 });
    expect([first.data, second.data]).to.deep.equal([[1], []]);
  });

  it('is every confirmation and every gap', async () => {
    const { env, first, second } = two(HTTP, { transport: 'polling' });
    await env.lastRequest.json(1);
    await env.pass(5_000);
    await env.lastRequest.json(1);
    expect([first.confirmed, second.confirmed]).to.deep.equal([1, 1]);
  });

  it('begins, where it comes late, with the last message of each of its channels', async () => {
    const { env, rigs } = feeds(1, HTTP, { transport: 'sse' });
    await env.lastRequest.stream();
    await env.lastRequest.push(`${ALL}event: a\ndata: 4\n\n`);
    const late = (names: readonly string[]): Rig => {
      const rig = new Rig(undefined, {}, 100, env);
      rig.connection.setChannels(names);
      rig.connection.setSources([source(HTTP, { transport: 'sse' })]);
      return rig;
    };
    expect(late(['a', 'b']).data).to.deep.equal([2, 4]);
    expect(late([]).data).to.deep.equal([2, 3, 4]);
    expect(late(['x']).data).to.deep.equal([]);
    expect(rigs[0]?.data).to.deep.equal([1, 2, 3, 4]);
    expect(env.requests).to.have.length(1);
  });

  it('begins, where it comes late, with what has no channel as its own first one', async () => {
    const { env } = feeds(1, HTTP, { transport: 'sse' }, () => ['a']);
    await env.lastRequest.stream();
    await env.lastRequest.push('data: 1\n\ndata: 2\n\n');
    const late = new Rig(undefined, {}, 100, env);
    late.connection.setChannels(['b']);
    late.connection.setSources([source(HTTP, { transport: 'sse' })]);
    expect(late.messages.map(({ channel, data }) => [channel, data])).to.deep.equal([['b', 2]]);
  });

  it('does not begin with what came before all had left', () => {
    const { env, first, second } = two();
    env.lastSocket.open();
    env.lastSocket.tell({ channel: 'a', data: 1 });
    first.connection.disconnect();
    second.connection.disconnect();
    second.connection.connect();
    expect(second.data).to.deep.equal([1]);
  });

  it('begins, where it comes late, with what another one named that has left, where it goes on coming', async () => {
    const { env } = feeds(1, HTTP, { transport: 'sse' });
    const other = new Rig(undefined, {}, 100, env);
    other.connection.setChannels(['m']);
    other.connection.setSources([source(HTTP, { transport: 'sse' })]);
    await env.lastRequest.stream();
    await env.lastRequest.push('event: m\ndata: 1\n\n');
    other.connection.dispose();
    expect(new Rig(HTTP, { transport: 'sse' }, 100, env).data).to.deep.equal([1]);
  });

  it('is not told, where it comes late, that what came after a confirmation was confirmed by it', async () => {
    const { env } = feeds(1, HTTP, { transport: 'polling' });
    await env.lastRequest.json({ channel: 'a', data: 1 });
    await env.pass(5_000);
    await env.lastRequest.json({ channel: 'a', data: 1 });
    await env.pass(5_000);
    await env.lastRequest.json({ channel: 'b', data: 2 });
    const heard: string[] = [];
    const late = new Rig(undefined, {}, 100, env);
    late.on.messages = () => heard.push(`message, ${late.confirmed} confirmed`);
    late.connection.setSources([source(HTTP, { transport: 'polling' })]);
    expect(heard).to.deep.equal(['message, 0 confirmed', 'message, 1 confirmed']);
    expect(late.confirmed).to.equal(1);
  });
});

describe('what several feeds send over one connection', () => {
  it('goes out at once, in order', () => {
    const { env, first, second } = two();
    env.lastSocket.open();
    first.connection.send('1');
    second.connection.send('2');
    expect(env.lastSocket.sent).to.deep.equal(['1', '2']);
  });

  it('waits in one queue, in order', () => {
    const { env, first, second } = two();
    first.connection.send('1');
    second.connection.send('2');
    first.connection.send('3');
    env.lastSocket.open();
    expect(env.lastSocket.sent).to.deep.equal(['1', '2', '3']);
  });

  it('fault 40: waits in a queue of the largest limit, whose overflow all are told', () => {
    const env = new FakeEnv();
    const [small, large] = [new Rig(WS, {}, 1, env), new Rig(WS, {}, 3, env)];
    for (let count = 1; count <= 5; count++) small.connection.send(String(count));
    env.advance(0);
    expect([small.codes, large.codes]).to.deep.equal([['queue-overflow'], ['queue-overflow']]);
    large.connection.disconnect();
    env.advance(0);
    env.lastSocket.open();
    expect(env.lastSocket.sent).to.deep.equal(['5']);
  });

  it('and that nobody can send is told to the one that tried', () => {
    const { first, second } = two(HTTP, { transport: 'sse' });
    first.connection.send('1');
    expect([first.codes, second.codes]).to.deep.equal([['protocol'], []]);
  });
});
