import { expect } from 'chai';
import { HTTP, Rig, WS, source, type Options } from '../support/connection-rig.js';
import { settled } from '../support/fake-env.js';

describe('a connection over a WebSocket', () => {
  it('opens at once, and is connected when the socket is open', () => {
    const rig = new Rig(WS);
    expect(rig.env.lastSocket.url).to.equal(WS);
    expect(rig.status).to.equal('connecting');
    rig.env.lastSocket.open();
    expect(rig.statuses).to.deep.equal(['connecting', 'connected']);
    expect(rig.connection.view.transport).to.equal('websocket');
  });

  it('means the socket beside an http: address', () => {
    expect(new Rig('/live?room=1', { transport: 'websocket' }).env.lastSocket.url).to.equal(
      'wss://page.example/live?room=1',
    );
  });

  it('hands on messages in order, with channel, data, id and time', () => {
    const rig = Rig.open();
    rig.env.lastSocket.tell({ channel: 'a', data: 1, id: 'x', timestamp: '2024-01-02T00:00:00Z' });
    rig.env.lastSocket.tell({ type: 'b', v: 2 });
    expect(rig.messages).to.deep.equal([
      { channel: 'a', data: 1, id: 'x', time: Date.UTC(2024, 0, 2) },
      { channel: 'b', data: { type: 'b', v: 2 }, id: undefined, time: rig.env.wall() },
    ]);
  });

  it('lets in what the server sends unasked: subscriptions are the filter', () => {
    const rig = new Rig();
    rig.connection.setChannels(['a']);
    rig.connection.setSources([source(WS)]);
    rig.env.lastSocket.open();
    rig.env.lastSocket.tell({ channel: 'b', data: 1 });
    expect(rig.messages.map(({ channel }) => channel)).to.deep.equal(['b']);
  });

  it('retries after a cut, says when, and is connected again', () => {
    const rig = Rig.open();
    rig.env.lastSocket.end(1006);
    expect(rig.connection.view).to.include({ status: 'reconnecting', attempt: 1, retryAt: rig.env.now() + 750 });
    expect(rig.codes).to.deep.equal(['network']);
    rig.env.advance(749);
    expect(rig.env.sockets).to.have.length(1);
    rig.env.advance(1);
    rig.env.lastSocket.open();
    expect(rig.env.sockets).to.have.length(2);
    expect(rig.statuses).to.deep.equal(['connecting', 'connected', 'reconnecting', 'connected']);
  });

  it('counts attempts anew after each proof of use', () => {
    const rig = new Rig(WS);
    for (let round = 0; round < 3; round++) {
      rig.env.lastSocket.open();
      rig.env.lastSocket.tell({ channel: 'a', data: round });
      rig.env.advance(5_000);
      rig.env.lastSocket.end(1006);
      expect(rig.connection.view, `round ${round}`).to.include({ attempt: 1, retryAt: rig.env.now() + 750 });
      rig.env.advance(750);
    }
  });

  it('hears nothing more of a socket that it let go of', () => {
    const rig = Rig.open();
    const old = rig.env.lastSocket;
    rig.connection.reconnect();
    expect(old.closed).to.deep.equal({ code: 1000, reason: '' });
    expect(old).to.include({ onopen: null, onmessage: null, onerror: null, onclose: null });
    old.tell({ channel: 'a', data: 1 });
    old.end(1006);
    expect(rig.messages).to.deep.equal([]);
    expect(rig.errors).to.deep.equal([]);
  });

  it('fault 3: that does not open is given up at connect-timeout, though auto chose it by its address', () => {
    const rig = new Rig(WS, { transport: 'auto', connectTimeout: 3_000 });
    rig.env.advance(3_000);
    expect(rig.status).to.equal('reconnecting');
    expect(rig.env.lastSocket.state).to.equal('closed');
    expect(rig.codes).to.deep.equal(['timeout']);
  });

  it('takes the hint of close 1012, bounded by 5 minutes', () => {
    const hinted = (code: number, reason: string): number => {
      const rig = Rig.open();
      rig.env.chance = 0;
      rig.env.lastSocket.end(code, reason);
      return (rig.connection.view.retryAt ?? Number.NaN) - rig.env.now();
    };
    expect(hinted(1012, '{"retryAfter": 20000}')).to.equal(20_000);
    expect(hinted(1013, '{"retryAfter": 1e12}')).to.equal(300_000);
    for (const reason of [
      '',
      'soon',
      '{"retryAfter": "20000"}',
      '{"retryAfter": -1}',
      'null',
      '{"retryAfter": null}',
    ]) {
      expect(hinted(1012, reason), reason).to.equal(500);
    }
    expect(hinted(1011, '{"retryAfter": 20000}')).to.equal(500);
  });

  it('whose address or protocols the browser refuses is final, and quotes nothing that may be a token', async () => {
    const rig = new Rig();
    rig.env.socketError = new SyntaxError('The subprotocol "Z2VoZWlt=" is invalid.');
    rig.connection.setSources([source(WS, { protocols: ['Z2VoZWlt='] })]);
    await settled();
    expect(rig.status).to.equal('error');
    expect(rig.errors).to.have.length(1);
    expect(rig.errors[0]).to.include({ code: 'config', fatal: true });
    expect(JSON.stringify(rig.errors)).to.not.include('Z2VoZWlt');
  });

  it('asks for subprotocols', () => {
    expect(new Rig(WS, { protocols: ['v2', 'v1'] }).env.lastSocket.protocols).to.deep.equal(['v2', 'v1']);
  });

  it('fault 21: passes over a message of more than 4 MiB, tells it, and goes on', () => {
    const rig = Rig.open();
    rig.env.lastSocket.tell(JSON.stringify('x'.repeat(4 * 1024 * 1024)));
    rig.env.lastSocket.tell(new ArrayBuffer(4 * 1024 * 1024 + 1));
    rig.env.lastSocket.tell({ channel: 'a', data: 1 });
    expect(rig.codes).to.deep.equal(['over-limit']);
    expect(rig.data).to.deep.equal([1]);
    expect(rig.status).to.equal('connected');
  });

  it('fault 30: tells of JSON that is none, and goes on', () => {
    const rig = Rig.open();
    rig.env.lastSocket.tell('{');
    rig.env.lastSocket.tell({ channel: 'a', data: 1 });
    expect(rig.codes).to.deep.equal(['decode']);
    expect(rig.data).to.deep.equal([1]);
    expect(rig.status).to.equal('connected');
  });

  it('fault 30: tells of thousands of bad messages once a second, counted', () => {
    const rig = Rig.open();
    for (let count = 0; count < 5_000; count++) rig.env.lastSocket.tell('{');
    rig.env.advance(1_000);
    expect(rig.errors.map(({ message }) => message.includes('4999 times'))).to.deep.equal([false, true]);
  });
});

describe('subscriptions', () => {
  const subscribe = (channel: string): unknown => ({ type: 'subscribe', channel });
  const unsubscribe = (channel: string): unknown => ({ type: 'unsubscribe', channel });

  it('are sent when the socket opens, none where none is named', () => {
    const rig = new Rig();
    rig.connection.setSources([source(WS)]);
    rig.env.lastSocket.open();
    expect(rig.env.lastSocket.said).to.deep.equal([]);

    rig.connection.setChannels(['a', 'b']);
    rig.connection.reconnect();
    rig.env.lastSocket.open();
    expect(rig.env.lastSocket.said).to.deep.equal([subscribe('a'), subscribe('b')]);
  });

  it('are sent before what waited, after every open', () => {
    const rig = new Rig(WS);
    rig.connection.setChannels(['a']);
    rig.connection.send('"first"');
    rig.connection.send('"second"');
    rig.env.lastSocket.open();
    expect(rig.env.lastSocket.said).to.deep.equal([subscribe('a'), 'first', 'second']);
    rig.env.lastSocket.end(1006);
    rig.connection.send('"third"');
    rig.env.advance(750);
    rig.env.lastSocket.open();
    expect(rig.env.lastSocket.said).to.deep.equal([subscribe('a'), 'third']);
  });

  it('go before what a listener sends as it hears that the socket is open, and so does what waited', () => {
    const rig = new Rig(WS);
    rig.connection.setChannels(['a']);
    rig.connection.send('"waited"');
    rig.on.changed = (status) => {
      if (status === 'connected') rig.connection.send('"listener"');
    };
    rig.env.lastSocket.open();
    expect(rig.env.lastSocket.said).to.deep.equal([subscribe('a'), 'waited', 'listener']);
  });

  it('of a listener that subscribes as the socket opens are sent once', () => {
    const rig = new Rig(WS);
    rig.on.changed = () => rig.connection.subscribe('late');
    rig.env.lastSocket.open();
    expect(rig.env.lastSocket.said).to.deep.equal([subscribe('late')]);
  });

  it('on an open socket are sent as they change, and only the difference', () => {
    const rig = new Rig(WS);
    rig.connection.setChannels(['a', 'b']);
    rig.env.lastSocket.open();
    rig.connection.setChannels(['b', 'c']);
    rig.connection.subscribe('d');
    rig.connection.subscribe('d');
    rig.connection.unsubscribe('b');
    rig.connection.unsubscribe('b');
    expect(rig.env.lastSocket.said.slice(2)).to.deep.equal([
      unsubscribe('a'),
      subscribe('c'),
      subscribe('d'),
      unsubscribe('b'),
    ]);
  });

  it('before the socket is open are kept for it', () => {
    const rig = new Rig(WS);
    rig.connection.subscribe('a');
    rig.connection.subscribe('b');
    rig.connection.unsubscribe('a');
    rig.env.lastSocket.open();
    expect(rig.env.lastSocket.said).to.deep.equal([subscribe('b')]);
  });

  it('fault 1: are sent once after a restart of the server', () => {
    const rig = new Rig(WS);
    rig.connection.setChannels(['a']);
    rig.env.lastSocket.open();
    rig.env.lastSocket.end(1012, '{"retryAfter": 1000}');
    rig.env.advance(60_000);
    rig.env.lastSocket.open();
    expect(rig.env.lastSocket.said).to.deep.equal([subscribe('a')]);
  });
});

describe('sending', () => {
  it('goes out at once over an open socket, as it is', () => {
    const rig = Rig.open();
    const bytes = new Uint8Array([1, 2]);
    rig.connection.send('text');
    rig.connection.send(bytes);
    expect(rig.env.lastSocket.sent).to.deep.equal(['text', bytes]);
  });

  it('fault 40: while disconnected waits in a bounded queue, the oldest out, and the overflow is told with its number', () => {
    const rig = new Rig(WS, {}, 3);
    for (let count = 1; count <= 8; count++) rig.connection.send(String(count));
    rig.env.advance(0);
    expect(rig.errors).to.have.length(1);
    expect(rig.errors[0]).to.include({ code: 'queue-overflow', fatal: false });
    expect(rig.errors[0]?.message).to.match(/^5 messages /);
    rig.env.lastSocket.open();
    expect(rig.env.lastSocket.sent).to.deep.equal(['6', '7', '8']);
  });

  it('within the limit tells nothing', () => {
    const rig = new Rig(WS, {}, 3);
    for (let count = 1; count <= 3; count++) rig.connection.send(String(count));
    rig.env.advance(1_000);
    expect(rig.errors).to.deep.equal([]);
  });

  it('tells what a smaller queue-limit costs', () => {
    const rig = new Rig(WS, {}, 3);
    for (let count = 1; count <= 3; count++) rig.connection.send(String(count));
    rig.connection.setQueueLimit(2);
    rig.env.advance(0);
    expect(rig.errors[0]?.message).to.match(/^1 message /);
  });

  for (const [name, src, options] of [
    ['an event stream', HTTP, { transport: 'sse' }],
    ['polling', HTTP, { transport: 'polling' }],
    ['auto over http:', HTTP, {}],
  ] as const) {
    it(`over ${name} is told, and nothing is kept`, () => {
      const rig = new Rig(src, options);
      rig.connection.send('x');
      expect(rig.errors).to.have.length(1);
      expect(rig.errors[0]).to.include({ code: 'protocol', fatal: false });
      rig.connection.setSources([source(WS)]);
      rig.env.lastSocket.open();
      expect(rig.env.lastSocket.sent).to.deep.equal([]);
    });
  }

  it('without a source is told', () => {
    const rig = new Rig();
    rig.connection.send('x');
    expect(rig.codes).to.deep.equal(['protocol']);
  });

  it('while disconnected by request: what did not fit is told as it connects again', () => {
    const rig = Rig.open();
    rig.connection.disconnect();
    for (let count = 0; count < 105; count++) rig.connection.send(String(count));
    rig.env.advance(0);
    rig.connection.connect();
    rig.env.advance(0);
    expect(rig.codes).to.deep.equal(['queue-overflow']);
    expect(rig.errors[0]?.message).to.match(/^5 messages/);
  });

  it('before it was ever connected waits, too', () => {
    const rig = new Rig();
    rig.connection.disconnect();
    rig.connection.setSources([source(WS)]);
    rig.connection.send('x');
    rig.connection.connect();
    rig.env.lastSocket.open();
    expect(rig.env.lastSocket.sent).to.deep.equal(['x']);
  });
});

describe('the protocol’s own messages', () => {
  it('answer a ping with a pong, and reach nobody', () => {
    const rig = Rig.open();
    rig.env.lastSocket.tell({ type: 'ping' });
    expect(rig.env.lastSocket.said).to.deep.equal([{ type: 'pong' }]);
    for (const type of ['subscribed', 'unsubscribed', 'pong', 'ack']) rig.env.lastSocket.tell({ type, channel: 'a' });
    expect(rig.messages).to.deep.equal([]);
    expect(rig.errors).to.deep.equal([]);
  });

  it('are data like any other where they have a data member', () => {
    const rig = Rig.open();
    rig.env.lastSocket.tell({ type: 'ping', data: 1 });
    expect(rig.messages[0]).to.include({ channel: 'ping', data: 1 });
    expect(rig.env.lastSocket.said).to.deep.equal([]);
  });

  it('tell the server’s error in its own words', () => {
    const rig = Rig.open();
    rig.env.lastSocket.tell({ type: 'error', message: 'no such channel' });
    expect(rig.codes).to.deep.equal(['protocol']);
    expect(rig.errors[0]?.message).to.include('no such channel');
    expect(rig.status).to.equal('connected');
  });

  it('over an event stream are data like any other', async () => {
    const rig = new Rig(HTTP, { transport: 'sse' });
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push('data: {"type":"ping"}\n\n');
    expect(rig.messages[0]).to.include({ channel: 'ping' });
  });

  it('prove no use: a server that only greets and dies makes the pause grow', () => {
    const rig = new Rig(WS, {});
    const pauses: number[] = [];
    for (let round = 0; round < 3; round++) {
      rig.env.lastSocket.open();
      rig.env.lastSocket.tell({ type: 'ack' });
      rig.env.advance(6_000);
      rig.env.lastSocket.end(1006);
      const pause = (rig.connection.view.retryAt ?? Number.NaN) - rig.env.now();
      pauses.push(pause);
      rig.env.advance(pause);
    }
    expect(pauses).to.deep.equal([750, 1_000, 1_500]);
  });
});

describe('a heartbeat', () => {
  it('fault 2: pings a silent socket, and drops it 10 s after', () => {
    const rig = Rig.open();
    rig.env.advance(29_999);
    expect(rig.env.lastSocket.said).to.deep.equal([]);
    rig.env.advance(1);
    expect(rig.env.lastSocket.said).to.deep.equal([{ type: 'ping' }]);
    rig.env.advance(9_999);
    expect(rig.status).to.equal('connected');
    rig.env.advance(1);
    expect(rig.status).to.equal('reconnecting');
    expect(rig.env.lastSocket.state).to.equal('closed');
    expect(rig.codes).to.deep.equal(['timeout']);
  });

  it('leaves alone a socket that speaks', () => {
    const rig = Rig.open();
    for (let count = 0; count < 10; count++) {
      rig.env.advance(20_000);
      rig.env.lastSocket.tell({ channel: 'a', data: count });
    }
    expect(rig.env.lastSocket.said).to.deep.equal([]);
    expect(rig.status).to.equal('connected');
  });

  it('goes on for as long as pongs come', () => {
    const rig = Rig.open();
    let answered = 0;
    for (let second = 0; second < 3_600; second++) {
      rig.env.advance(1_000);
      for (; answered < rig.env.lastSocket.said.length; answered++) rig.env.lastSocket.tell({ type: 'pong' });
    }
    expect(answered).to.be.greaterThan(100);
    expect(rig.status).to.equal('connected');
    expect(rig.env.sockets).to.have.length(1);
  });

  it('goes on where two sockets running left it unanswered, if the server once sent a pong', () => {
    const rig = Rig.open();
    rig.env.lastSocket.tell({ type: 'pong' });
    for (let round = 0; round < 3; round++) {
      rig.env.advance(40_000);
      expect(rig.status).to.equal('reconnecting');
      rig.env.advance((rig.connection.view.retryAt ?? 0) - rig.env.now());
      rig.env.lastSocket.open();
    }
    expect(new Set(rig.codes)).to.deep.equal(new Set(['timeout']));
  });

  it('ends where two sockets running left it unanswered: told once, and silence is no death any more', () => {
    const rig = new Rig(WS);
    for (let round = 0; round < 2; round++) {
      rig.env.lastSocket.open();
      rig.env.advance(40_000);
      rig.env.advance((rig.connection.view.retryAt ?? 0) - rig.env.now());
    }
    rig.env.lastSocket.open();
    rig.env.advance(3_600_000);
    expect(rig.status).to.equal('connected');
    expect(rig.env.lastSocket.said).to.deep.equal([]);
    expect(rig.codes.filter((code) => code === 'protocol')).to.have.length(1);
  });

  it('fault 41: declares no death while the page is hidden, and finds it when it is seen', () => {
    const rig = Rig.open();
    rig.env.setHidden(true);
    rig.env.advance(3_600_000);
    expect(rig.status).to.equal('connected');
    rig.env.setHidden(false);
    rig.env.advance(10_000);
    expect(rig.status).to.equal('reconnecting');
  });

  it('of 0 never pings', () => {
    const rig = Rig.open({ heartbeat: 0 });
    rig.env.advance(3_600_000);
    expect(rig.env.lastSocket.said).to.deep.equal([]);
    expect(rig.status).to.equal('connected');
  });
});

describe('WebSockets that never open', () => {
  const failTwice = async (options: Options = {}): Promise<Rig> => {
    const rig = new Rig(`${WS}?key=geheim`, options);
    rig.env.lastSocket.end(1006);
    await rig.env.pass(750);
    rig.env.lastSocket.end(1006);
    await settled();
    return rig;
  };

  it('are looked into by one plain request, which only words the error', async () => {
    const rig = await failTwice();
    expect(rig.env.requests.map(({ url }) => url)).to.deep.equal(['https://page.example/ws?key=geheim']);
    await rig.env.lastRequest.begin(404, {});
    expect(rig.errors.at(-1)?.message).to.include('404').and.to.not.include('geheim');
    expect(rig.errors.at(-1)?.fatal).to.equal(false);
    expect(rig.status).to.equal('reconnecting');
    expect(rig.env.held.requests).to.equal(0);
  });

  it('are looked into once, however often they fail', async () => {
    const rig = await failTwice();
    for (let count = 0; count < 5; count++) {
      await rig.env.pass(20_000);
      rig.env.lastSocket.end(1006);
    }
    expect(rig.env.requests).to.have.length(1);
  });

  it('are told to be out of reach where plain HTTP fails too', async () => {
    const rig = await failTwice();
    rig.env.lastRequest.refuse();
    await settled();
    expect(rig.errors.at(-1)?.message).to.include('cannot be reached');
  });

  it('are not told of after disconnect(), nor after another source', async () => {
    for (const change of ['disconnect', 'source', 'dispose'] as const) {
      const rig = await failTwice();
      const before = rig.errors.length;
      if (change === 'disconnect') rig.connection.disconnect();
      else if (change === 'source') rig.connection.setSources([source(HTTP)]);
      else rig.connection.dispose();
      await rig.env.requests[0]?.answer(404, '');
      expect(rig.errors, change).to.have.length(before);
    }
  });

  it('are not said to be tried again where the attempts are spent', async () => {
    const rig = await failTwice({ maxReconnectAttempts: 1 });
    await rig.env.lastRequest.answer(404, '');
    expect(rig.status).to.equal('error');
    expect(rig.errors.at(-1)?.message).to.not.include('tried again');
  });
});
