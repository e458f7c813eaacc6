import { expect } from 'chai';
import { Rig, source, type Options } from '../support/connection-rig.js';
import { NOTHING_HELD, settled, type FakeRequest, type FakeSocket } from '../support/fake-env.js';

const SOCKET = 'wss://page.example/ws';
const STREAM = 'https://page.example/stream';
const POLLED = 'https://page.example/polled';

type Named = readonly [src: string, options?: Options];
const socket: Named = [SOCKET, { transport: 'websocket' }];
const stream: Named = [STREAM, { transport: 'sse' }];
/** So seldom that it works on by itself while something better is tried. */
const polled: Named = [POLLED, { transport: 'polling', interval: 3_600_000 }];

/** A feed of several sources, the best first. */
const feed = (...all: readonly Named[]): Rig => {
  const rig = new Rig();
  rig.connection.setSources(all.map(([src, options]) => source(src, options)));
  return rig;
};

const requestsTo = ({ env }: Rig, url: string): readonly FakeRequest[] =>
  env.requests.filter((request) => request.url === url);
const lastTo = (rig: Rig, url: string): FakeRequest => {
  const request = requestsTo(rig, url).at(-1);
  if (request === undefined) throw new Error(`Nothing was asked of ${url}.`);
  return request;
};
const told = (rig: Rig, code: string): readonly string[] =>
  rig.errors.filter((error) => error.code === code).map(({ message }) => message);
const alive = ({ env }: Rig): number => env.held.requests + env.held.sockets;

/** The first of a stream and polling has answered 404, and polling has brought a message. */
const fallen = async (): Promise<Rig> => {
  const rig = feed(stream, polled);
  await rig.env.lastRequest.answer(404, '');
  await lastTo(rig, POLLED).json({ channel: 'a', data: 'polled' });
  return rig;
};

describe('the next source is used', () => {
  it('and nothing else before the first one fails', async () => {
    const rig = feed(stream, polled);
    expect(rig.env.requests.map(({ url }) => url)).to.deep.equal([STREAM]);
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push('data: 1\n\n');
    expect(rig.data).to.deep.equal([1]);
    expect(rig.env.requests).to.have.length(1);
  });

  it('after a final answer, at once, and that is told', async () => {
    const rig = feed(stream, polled);
    await rig.env.lastRequest.answer(404, '');
    expect(rig.env.requests.map(({ url }) => url)).to.deep.equal([STREAM, POLLED]);
    expect(rig.errors).to.have.length(1);
    expect(rig.errors[0]).to.include({ code: 'http', fatal: false });
    expect(rig.errors[0]?.message).to.include('the next source is used');
    expect(rig.statuses).to.not.include('error');
    await rig.env.lastRequest.json(1);
    expect(rig.connection.view).to.include({ status: 'connected', transport: 'polling' });
  });

  it('fault 16: after a wrong content type', async () => {
    const rig = feed(stream, polled);
    await rig.env.lastRequest.answer(200, 'x', { 'content-type': 'text/html' });
    expect(rig.codes).to.deep.equal(['protocol']);
    expect(rig.env.lastRequest.url).to.equal(POLLED);
  });

  it('fault 27: after headers without a byte for 45 s, told as stalled', async () => {
    const rig = feed(stream, polled);
    await rig.env.lastRequest.stream();
    await rig.env.pass(44_999);
    expect(rig.env.requests).to.have.length(1);
    await rig.env.pass(1);
    expect(rig.codes).to.deep.equal(['stalled']);
    expect(requestsTo(rig, STREAM)[0]?.aborted).to.equal(true);
    expect(rig.env.lastRequest.url).to.equal(POLLED);
  });

  it('fault 27: after headers without a byte for twice the gap that is regular for the source', async () => {
    const rig = feed(stream, polled);
    await rig.env.lastRequest.stream();
    for (let count = 0; count < 6; count++) {
      await rig.env.lastRequest.push('data: 1\n\n');
      await rig.env.pass(8_000);
    }
    await rig.env.lastRequest.end();
    await rig.env.pass(750);
    await rig.env.lastRequest.stream();
    await rig.env.pass(15_999);
    expect(rig.codes).to.not.include('stalled');
    await rig.env.pass(1);
    expect(rig.codes).to.include('stalled');
    expect(rig.env.lastRequest.url).to.equal(POLLED);
  });

  it('fault 27: but not after a first byte, a comment’s as well', async () => {
    const rig = feed(stream, polled);
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push(':\n\n');
    await rig.env.pass(100_000);
    expect(rig.codes).to.deep.equal([]);
    expect(rig.env.requests).to.have.length(1);
  });

  it('after no answer in connect-timeout, told as stalled', async () => {
    const rig = feed([STREAM, { transport: 'sse', connectTimeout: 3_000 }], polled);
    await rig.env.pass(3_000);
    expect(rig.codes).to.deep.equal(['stalled']);
    expect(rig.env.lastRequest.url).to.equal(POLLED);
    expect(alive(rig)).to.equal(1);
  });

  it('after no answer in connect-timeout of an auto, too', async () => {
    const rig = feed([STREAM], polled);
    await rig.env.pass(10_000);
    expect(rig.codes).to.deep.equal(['stalled']);
    expect(rig.env.lastRequest.url).to.equal(POLLED);
  });

  it('after two WebSockets that did not open, told, and looked into', async () => {
    const rig = feed(socket, polled);
    rig.env.lastSocket.end(1006);
    expect(rig.env.requests).to.deep.equal([]);
    await rig.env.pass(750);
    rig.env.lastSocket.end(1006);
    await settled();
    expect(requestsTo(rig, POLLED)).to.have.length(1);
    expect(requestsTo(rig, 'https://page.example/ws')).to.have.length(1);
    expect(told(rig, 'network').at(-1)).to.include('the next source is used');
    await rig.env.pass(60_000);
    expect(rig.env.sockets).to.have.length(2);
  });

  it('after attempts that are spent', async () => {
    const rig = feed([STREAM, { transport: 'sse', maxReconnectAttempts: 1 }], polled);
    await rig.env.lastRequest.answer(503, '');
    expect(rig.env.requests).to.have.length(1);
    await rig.env.pass(750);
    await rig.env.lastRequest.answer(503, '');
    expect(rig.env.lastRequest.url).to.equal(POLLED);
    expect(rig.errors.every(({ fatal }) => !fatal)).to.be.true;
  });

  it('but not after what time can mend', async () => {
    const rig = feed(stream, polled);
    await rig.env.lastRequest.answer(503, '');
    await rig.env.pass(750);
    expect(requestsTo(rig, STREAM)).to.have.length(2);
    expect(requestsTo(rig, POLLED)).to.have.length(0);
  });

  it('and the one after that, down to the last, whose error is final', async () => {
    const rig = feed(stream, ['/second', { transport: 'sse' }], polled);
    for (let count = 0; count < 3; count++) await rig.env.lastRequest.answer(404, '');
    expect(rig.env.requests.map(({ url }) => url)).to.deep.equal([STREAM, 'https://page.example/second', POLLED]);
    expect(rig.errors.map(({ fatal }) => fatal)).to.deep.equal([false, false, true]);
    expect(rig.status).to.equal('error');
  });

  it('with a history-gap where the one before had brought messages, and without where it had not', async () => {
    const rig = feed(stream, polled);
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push('id: 1\ndata: 1\n\n');
    await rig.env.lastRequest.end();
    await rig.env.pass(750);
    await rig.env.lastRequest.answer(410, '');
    expect(rig.gaps).to.equal(1);
    expect(told(rig, 'history-gap')[0]).to.include('not carried from one source to another');
    expect(rig.env.lastRequest.headers.get('last-event-id')).to.equal(null);

    expect((await fallen()).gaps).to.equal(0);
  });

  it('with what waits to be sent, and what is subscribed', async () => {
    const rig = feed([STREAM, { transport: 'sse' }], socket);
    rig.connection.setChannels(['a']);
    rig.connection.send('"waits"');
    await rig.env.lastRequest.answer(404, '');
    rig.env.lastSocket.open();
    expect(rig.env.lastSocket.said).to.deep.equal([{ type: 'subscribe', channel: 'a' }, 'waits']);
  });
});

describe('a better source', () => {
  it('is tried after 5 minutes, beside the one that works', async () => {
    const rig = await fallen();
    await rig.env.pass(299_000);
    expect(requestsTo(rig, STREAM)).to.have.length(1);
    await rig.env.pass(1_000);
    expect(requestsTo(rig, STREAM)).to.have.length(2);
    expect(rig.status).to.equal('connected');
    expect(rig.connection.view.transport).to.equal('polling');
  });

  it('is tried as the network returns', async () => {
    const rig = await fallen();
    rig.env.setOnline(false);
    await rig.env.pass(1_000);
    expect(requestsTo(rig, STREAM)).to.have.length(1);
    rig.env.setOnline(true);
    await rig.env.pass(0);
    expect(requestsTo(rig, STREAM)).to.have.length(2);
  });

  /** The stream is tried again beside the polling that works. */
  const tried = async (): Promise<Rig> => {
    const rig = await fallen();
    await rig.env.pass(300_000);
    return rig;
  };

  it('is used at its first message, and not at its headers: only then the other is closed', async () => {
    const rig = await tried();
    await lastTo(rig, STREAM).stream();
    await lastTo(rig, STREAM).push(': hello\n\n');
    await rig.env.pass(20_000);
    expect(rig.connection.view.transport).to.equal('polling');
    expect(rig.data).to.deep.equal(['polled']);
    await lastTo(rig, STREAM).push('data: "streamed"\n\n');
    expect(rig.connection.view).to.include({ status: 'connected', transport: 'sse' });
    expect(rig.data).to.deep.equal(['polled', 'streamed']);
    expect(alive(rig)).to.equal(1);
    const before = requestsTo(rig, POLLED).length;
    for (let minute = 0; minute < 70; minute++) {
      await lastTo(rig, STREAM).push(':\n\n');
      await rig.env.pass(60_000);
    }
    expect(requestsTo(rig, POLLED)).to.have.length(before);
    expect(rig.statuses.slice(-1)).to.deep.equal(['connected']);
  });

  it('tells the change as a history-gap, before its first message', async () => {
    const rig = await tried();
    await lastTo(rig, STREAM).stream();
    const gapsBefore: number[] = [];
    rig.on.messages = () => gapsBefore.push(rig.gaps);
    await lastTo(rig, STREAM).push('data: 1\n\n');
    expect(gapsBefore).to.deep.equal([1]);
    expect(told(rig, 'history-gap')).to.have.length(1);
  });

  it('that fails says nothing, disturbs nothing, and is tried again 5 minutes later', async () => {
    const rig = await tried();
    const before = rig.errors.length;
    await lastTo(rig, STREAM).answer(404, '');
    expect(rig.errors).to.have.length(before);
    expect(rig.status).to.equal('connected');
    await rig.env.pass(299_000);
    expect(requestsTo(rig, STREAM)).to.have.length(2);
    await rig.env.pass(1_000);
    expect(requestsTo(rig, STREAM)).to.have.length(3);
  });

  it('that sends nothing is let go of as stalled, without a word', async () => {
    const rig = await tried();
    const before = rig.errors.length;
    await lastTo(rig, STREAM).stream();
    await rig.env.pass(45_000);
    expect(lastTo(rig, STREAM).aborted).to.equal(true);
    expect(rig.errors).to.have.length(before);
    expect(rig.data).to.deep.equal(['polled']);
  });

  it('that brought something falls back again, and is told again', async () => {
    const rig = await tried();
    await lastTo(rig, STREAM).stream();
    await lastTo(rig, STREAM).push('data: 1\n\n');
    await lastTo(rig, STREAM).end();
    await rig.env.pass(1_000);
    await lastTo(rig, STREAM).answer(404, '');
    expect(told(rig, 'http').at(-1)).to.include('the next source is used');
    await lastTo(rig, POLLED).json({ channel: 'a', data: 'again' });
    expect(rig.data.at(-1)).to.equal('again');
    expect(rig.connection.view.transport).to.equal('polling');
  });

  it('is tried 10 s after the last one has failed for good', async () => {
    const rig = feed(stream, polled);
    await rig.env.lastRequest.answer(404, '');
    await rig.env.lastRequest.answer(404, '');
    expect(rig.status).to.equal('error');
    await rig.env.pass(10_000);
    expect(requestsTo(rig, STREAM)).to.have.length(2);
    await lastTo(rig, STREAM).stream();
    await lastTo(rig, STREAM).push('data: 1\n\n');
    expect(rig.status).to.equal('connected');
    expect(rig.data).to.deep.equal([1]);
  });

  it('that is a WebSocket is subscribed before it is used, and sends what waited once it is', async () => {
    const rig = feed(socket, stream);
    rig.connection.setChannels(['a']);
    const open = (): FakeSocket => {
      rig.env.lastSocket.open();
      return rig.env.lastSocket;
    };
    rig.env.lastSocket.end(1006);
    await rig.env.pass(750);
    rig.env.lastSocket.end(1006);
    await settled();
    await lastTo(rig, 'https://page.example/ws').answer(404, '');
    await lastTo(rig, STREAM).stream();
    await lastTo(rig, STREAM).push('event: a\ndata: 1\n\n');
    rig.connection.send('"waits"');
    await rig.env.pass(60_000);
    rig.env.setOnline(false);
    rig.env.setOnline(true);
    const better = open();
    expect(better.said).to.deep.equal([{ type: 'subscribe', channel: 'a' }]);
    better.tell({ channel: 'a', data: 2 });
    expect(rig.data).to.deep.equal([1, 2]);
    expect(better.said.slice(1)).to.deep.equal(['waits']);
    expect(rig.env.held).to.include({ sockets: 1, requests: 0 });
  });

  it('is the next better one where the best is away', async () => {
    const rig = feed(stream, ['/second', { transport: 'sse' }], polled);
    await rig.env.lastRequest.answer(404, '');
    await rig.env.lastRequest.answer(404, '');
    await rig.env.lastRequest.json({ channel: 'a', data: 'polled' });
    await rig.env.pass(300_000);
    await lastTo(rig, STREAM).answer(404, '');
    expect(rig.env.lastRequest.url).to.equal('https://page.example/second');
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push('data: 2\n\n');
    expect(rig.data).to.deep.equal(['polled', 2]);
    const second = rig.env.lastRequest;
    for (let minute = 0; minute < 5; minute++) {
      await second.push(':\n\n');
      await rig.env.pass(60_000);
    }
    expect(requestsTo(rig, STREAM)).to.have.length(3);
  });

  it('that opens while nothing works is used before its first message, and sends what waited', async () => {
    const rig = feed(socket, polled);
    rig.env.lastSocket.end(1006);
    await rig.env.pass(1_500);
    rig.env.lastSocket.end(1006);
    await rig.env.pass(1);
    await lastTo(rig, POLLED).answer(404, '');
    expect(rig.status).to.equal('error');
    rig.connection.send('hello');
    await rig.env.pass(11_000);
    rig.env.lastSocket.open();
    expect(rig.status).to.equal('connected');
    expect(rig.env.lastSocket.sent).to.deep.equal(['hello']);
  });
});

describe('several sources', () => {
  it('fault 45: never have more than two attempts alive, whatever comes and goes', async () => {
    const rig = await fallen();
    for (let round = 0; round < 100; round++) {
      rig.env.setOnline(false);
      rig.env.setHidden(round % 3 === 0);
      if (round % 5 === 0) rig.env.sleep(60_000);
      if (round % 7 === 0) rig.env.lastRequest.refuse();
      rig.env.setOnline(true);
      await rig.env.pass(round % 4 === 0 ? 12_000 : 30);
      expect(alive(rig), `round ${round}`).to.be.at.most(2);
    }
  });

  it('are left with nothing held', async () => {
    const rig = await fallen();
    await rig.env.pass(300_000);
    rig.connection.dispose();
    expect(rig.env.held).to.deep.equal(NOTHING_HELD);
  });

  it('are disconnected with what is tried beside, and begin at the best again', async () => {
    const rig = await fallen();
    await rig.env.pass(300_000);
    rig.connection.disconnect();
    expect(alive(rig)).to.equal(0);
    await rig.env.pass(3_600_000);
    expect(alive(rig)).to.equal(0);
    rig.connection.connect();
    expect(rig.env.lastRequest.url).to.equal(STREAM);
    expect(alive(rig)).to.equal(1);
  });

  it('are reconnected from the best on, where none works', async () => {
    const rig = feed(stream, polled);
    await rig.env.lastRequest.answer(404, '');
    await rig.env.lastRequest.answer(404, '');
    rig.connection.reconnect();
    expect(rig.env.lastRequest.url).to.equal(STREAM);
    expect(rig.status).to.equal('connecting');
    await rig.env.lastRequest.stream();
    expect(rig.connection.view).to.include({ status: 'connected', transport: 'sse' });
    expect(alive(rig)).to.equal(1);
  });

  it('are reconnected where they are, while that works', async () => {
    const rig = await fallen();
    rig.connection.reconnect();
    expect(rig.env.lastRequest.url).to.equal(POLLED);
    expect(alive(rig)).to.equal(1);
  });

  it('keep to one that had worked while the network fails it', async () => {
    const rig = feed(stream, polled);
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push('id: 1\ndata: 1\n\n');
    for (let count = 0; count < 5; count++) {
      lastTo(rig, STREAM).refuse();
      await settled();
      await rig.env.pass((rig.connection.view.retryAt ?? Number.NaN) - rig.env.now());
    }
    expect(requestsTo(rig, STREAM)).to.have.length(6);
    expect(requestsTo(rig, POLLED)).to.have.length(0);
  });

  it('show one status: that of the one that is used', async () => {
    const rig = await fallen();
    await rig.env.pass(300_000);
    const before = [...rig.statuses];
    await lastTo(rig, STREAM).stream();
    await lastTo(rig, STREAM).end();
    expect(rig.statuses).to.deep.equal(before);
  });
});
