import { expect } from 'chai';
import fc from 'fast-check';
import type { RtError } from '../../src/kernel/errors.js';
import { ACROSS, HTTP, Rig, WS, source } from '../support/connection-rig.js';
import { NOTHING_HELD, settled } from '../support/fake-env.js';

const POLLED = 'https://page.example/polled';

describe('a source that changes', () => {
  it('fault 49: while it connects, only the last one wins', async () => {
    const rig = new Rig(WS);
    rig.connection.setSources([source(HTTP, { transport: 'sse' })]);
    rig.connection.setSources([source('/last', { transport: 'polling' })]);
    expect(rig.env.held).to.include({ sockets: 0, requests: 1 });
    const [first, last] = rig.env.requests;
    await first?.stream();
    await first?.push('data: 1\n\n');
    await last?.json(2);
    expect(rig.data).to.deep.equal([2]);
    expect(rig.connection.view.transport).to.equal('polling');
    expect(rig.statuses).to.deep.equal(['connecting', 'connected']);
  });

  it('fault 49: while its headers are asked, only the last one wins', async () => {
    const rig = new Rig(HTTP, { transport: 'sse', headers: async () => ({}) });
    rig.connection.setSources([source('/last', { transport: 'sse', headers: async () => ({}) })]);
    await settled();
    expect(rig.env.requests.map(({ url }) => url)).to.deep.equal(['https://page.example/last']);
  });

  it('begins anew: nothing that was learned of the one before is used', async () => {
    const rig = new Rig(HTTP, { transport: 'sse' });
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push('retry: 9000\nid: 7\ndata: 1\n\n');
    rig.connection.setSources([source('/other', { transport: 'sse' })]);
    expect(rig.env.lastRequest.headers.get('last-event-id')).to.equal(null);
    await rig.env.lastRequest.answer(404, '');
    expect(rig.errors.at(-1)).to.include({ code: 'http', fatal: true });
  });

  it('begins anew: no ETag and no answer of the one before is used', async () => {
    const rig = new Rig(HTTP, { transport: 'polling' });
    await rig.env.lastRequest.json(1, { etag: '"a"' });
    rig.connection.setSources([source('/other', { transport: 'polling' })]);
    expect(rig.env.lastRequest.headers.get('if-none-match')).to.equal(null);
    await rig.env.lastRequest.json(1, { etag: '"a"' });
    expect(rig.data).to.deep.equal([1, 1]);
    expect(rig.confirmed).to.equal(0);
  });

  it('after disconnect() is not connected to', () => {
    const rig = new Rig(WS);
    rig.connection.disconnect();
    rig.connection.setSources([source(HTTP)]);
    expect(rig.status).to.equal('disconnected');
    expect(rig.env.held).to.include({ sockets: 0, requests: 0 });
    rig.connection.connect();
    expect(rig.env.lastRequest.url).to.equal(HTTP);
  });

  it('after the server’s 204 is connected to', async () => {
    const rig = new Rig(HTTP, { transport: 'sse' });
    await rig.env.lastRequest.answer(204, null);
    expect(rig.status).to.equal('disconnected');
    expect(rig.errors).to.deep.equal([]);
    rig.connection.setSources([source('/other')]);
    expect(rig.status).to.equal('connecting');
  });

  it('to none is idle, and holds nothing', () => {
    const rig = Rig.open();
    rig.connection.setSources([]);
    expect(rig.status).to.equal('idle');
    expect(rig.connection.view.transport).to.equal(undefined);
    expect(rig.env.held).to.deep.equal(NOTHING_HELD);
  });

  const unusable: RtError = { code: 'config', message: 'It is no URL.', cause: undefined, fatal: true };

  it('to one that can never work is told, and is an error until it changes', () => {
    const rig = Rig.open();
    rig.connection.setSources(unusable);
    expect(rig.errors).to.deep.equal([unusable]);
    expect(rig.connection.view).to.include({ status: 'error', error: unusable });
    rig.connection.connect();
    rig.connection.reconnect();
    expect(rig.status).to.equal('error');
    rig.connection.setSources([source(WS)]);
    expect(rig.status).to.equal('connecting');
  });

  it('to one that can never work, and back, after disconnect() stays disconnected', () => {
    const rig = new Rig(WS);
    rig.connection.disconnect();
    rig.connection.setSources(unusable);
    expect(rig.errors).to.deep.equal([unusable]);
    rig.connection.setSources([source(WS)]);
    expect(rig.status).to.equal('disconnected');
  });
});

describe('disconnect, connect and reconnect', () => {
  it('closes at once, tries nothing more, and comes back by connect()', () => {
    const rig = Rig.open();
    rig.connection.disconnect();
    expect(rig.status).to.equal('disconnected');
    expect(rig.env.lastSocket.closed).to.deep.equal({ code: 1000, reason: '' });
    rig.env.advance(3_600_000);
    rig.env.setOnline(false);
    rig.env.setOnline(true);
    rig.env.setHidden(true);
    rig.env.setHidden(false);
    rig.env.advance(3_600_000);
    expect(rig.env.sockets).to.have.length(1);
    rig.connection.connect();
    expect(rig.env.sockets).to.have.length(2);
  });

  it('aborts a request under way', async () => {
    const rig = new Rig(HTTP, { transport: 'sse' });
    rig.connection.disconnect();
    expect(rig.env.lastRequest.aborted).to.equal(true);
    await settled();
    expect(rig.errors).to.deep.equal([]);
  });

  it('goes on from the last id after connect()', async () => {
    const rig = new Rig(HTTP, { transport: 'sse' });
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push('id: 7\ndata: 1\n\n');
    rig.connection.disconnect();
    rig.connection.connect();
    expect(rig.env.lastRequest.headers.get('last-event-id')).to.equal('7');
  });

  it('connects but once, however often it is asked', () => {
    const rig = new Rig(WS);
    rig.connection.connect();
    rig.connection.connect();
    expect(rig.env.sockets).to.have.length(1);
  });

  it('without a source does nothing', () => {
    const rig = new Rig();
    rig.connection.connect();
    rig.connection.reconnect();
    expect(rig.status).to.equal('idle');
  });
});

describe('the network and the viewer', () => {
  it('back again are answered by a retry within 300 ms', () => {
    for (const back of ['online', 'seen'] as const) {
      const rig = new Rig(WS, { reconnectDelay: 60_000, maxReconnectDelay: 60_000 });
      rig.env.lastSocket.end(1006);
      if (back === 'online') rig.env.setOnline(false);
      else rig.env.setHidden(true);
      rig.env.advance(1_000);
      if (back === 'online') rig.env.setOnline(true);
      else rig.env.setHidden(false);
      rig.env.advance(300);
      expect(rig.env.sockets, back).to.have.length(2);
    }
  });

  it('away make a lost connection offline, at once', () => {
    const rig = new Rig(WS);
    rig.env.lastSocket.end(1006);
    rig.env.setOnline(false);
    expect(rig.statuses).to.deep.equal(['connecting', 'reconnecting', 'offline']);
    rig.env.setOnline(true);
    expect(rig.status).to.equal('reconnecting');
  });

  it('away leave what works connected', () => {
    const rig = Rig.open();
    rig.env.setOnline(false);
    expect(rig.status).to.equal('connected');
  });

  it('fault 46: said to be away keep nobody from trying', () => {
    const rig = new Rig(WS);
    rig.env.setOnline(false);
    rig.env.lastSocket.end(1006);
    rig.env.advance(750);
    expect(rig.env.sockets).to.have.length(2);
    rig.env.lastSocket.open();
    expect(rig.status).to.equal('connected');
  });

  it('fault 45: away and back 100 times leave at most one attempt alive', () => {
    const rig = new Rig(WS);
    for (let count = 0; count < 100; count++) {
      rig.env.setOnline(false);
      if (count % 3 === 0) rig.env.lastSocket.end(1006);
      rig.env.setOnline(true);
      rig.env.advance(count % 7 === 0 ? 300 : 20);
      expect(rig.env.held.sockets).to.be.at.most(1);
    }
  });
});

describe('pushing', () => {
  it('connects a feed without a source', () => {
    const rig = new Rig();
    expect(rig.status).to.equal('idle');
    rig.connection.push({ channel: 'a', data: 1 });
    expect(rig.statuses).to.deep.equal(['connected']);
    expect(rig.messages[0]).to.include({ channel: 'a', data: 1 });
    expect(rig.env.held).to.deep.equal(NOTHING_HELD);
  });

  it('takes a list of messages, and data of the first channel', () => {
    const rig = new Rig();
    rig.connection.setChannels(['a']);
    rig.connection.push([
      { channel: 'a', data: 1 },
      { channel: 'b', data: 2 },
    ]);
    rig.connection.push(3);
    expect(rig.data).to.deep.equal([1, 3]);
  });

  it('beside a source changes nothing of its status', () => {
    const rig = new Rig(WS);
    rig.connection.push({ channel: 'a', data: 1 });
    expect(rig.status).to.equal('connecting');
    expect(rig.data).to.deep.equal([1]);
  });

  it('after disconnect(): reconnect() tells that it is idle again', () => {
    const rig = new Rig();
    rig.connection.push(1);
    rig.connection.disconnect();
    rig.connection.reconnect();
    expect(rig.statuses).to.deep.equal(['connected', 'disconnected', 'idle']);
  });
});

describe('an author’s own decode', () => {
  it('reads text and binary, and its answer is read like a decoded payload', () => {
    const seen: unknown[] = [];
    const rig = Rig.open({
      decode: ({ data, event, id }) => {
        seen.push([typeof data, event, id]);
        return { channel: 'mine', data: typeof data === 'string' ? data.length : data.byteLength };
      },
    });
    rig.env.lastSocket.tell('no JSON');
    rig.env.lastSocket.tell(new ArrayBuffer(3));
    expect(rig.messages.map(({ channel, data }) => [channel, data])).to.deep.equal([
      ['mine', 7],
      ['mine', 3],
    ]);
    expect(seen).to.deep.equal([
      ['string', undefined, undefined],
      ['object', undefined, undefined],
    ]);
  });

  it('is given an event’s name and id', async () => {
    const seen: unknown[] = [];
    const rig = new Rig(HTTP, { transport: 'sse', decode: (payload) => seen.push(payload) });
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push('event: x\nid: 7\ndata: y\n\n');
    expect(seen).to.deep.equal([{ data: 'y', event: 'x', id: '7' }]);
  });

  it('that returns nothing makes no message', () => {
    const rig = Rig.open({ decode: () => undefined });
    rig.env.lastSocket.tell('x');
    expect(rig.messages).to.deep.equal([]);
    expect(rig.errors).to.deep.equal([]);
  });

  it('that throws is told, and the stream goes on', () => {
    const rig = Rig.open({
      decode: ({ data }) => {
        if (data === 'bad') throw new Error('cannot read this');
        return data;
      },
    });
    rig.env.lastSocket.tell('bad');
    rig.env.lastSocket.tell('good');
    expect(rig.codes).to.deep.equal(['decode']);
    expect(rig.errors[0]?.message).to.include('cannot read this');
    expect(rig.data).to.deep.equal(['good']);
    expect(rig.status).to.equal('connected');
  });

  it('that throws over polling fails the answer, and is told once, in its words', async () => {
    const rig = new Rig(HTTP, {
      transport: 'polling',
      decode: () => {
        throw new Error('cannot read this');
      },
    });
    await rig.env.lastRequest.json(1);
    expect(rig.codes).to.deep.equal(['decode']);
    expect(rig.errors[0]?.message).to.include('cannot read this').and.to.include('trying again');
  });

  it('missing, binary is told, and the socket goes on', () => {
    const rig = Rig.open();
    rig.env.lastSocket.tell(new ArrayBuffer(3));
    rig.env.lastSocket.tell({ channel: 'a', data: 1 });
    expect(rig.codes).to.deep.equal(['decode']);
    expect(rig.data).to.deep.equal([1]);
    expect(rig.env.lastSocket.binaryType).to.equal('arraybuffer');
  });
});

describe('a listener that acts on what it hears', () => {
  it('by reconnect() in an error has one attempt, at once', () => {
    const rig = new Rig(WS);
    rig.on.error = () => rig.connection.reconnect();
    rig.env.lastSocket.end(1006);
    expect(rig.env.sockets).to.have.length(2);
    expect(rig.env.held).to.include({ sockets: 1, timers: 2 });
    rig.env.lastSocket.open();
    expect(rig.status).to.equal('connected');
  });

  it('by disconnect() in an error leaves nothing under way', () => {
    const rig = new Rig(WS);
    rig.on.error = () => rig.connection.disconnect();
    rig.env.lastSocket.end(1006);
    expect(rig.status).to.equal('disconnected');
    expect(rig.env.held).to.deep.equal({ ...NOTHING_HELD, watchers: 1 });
  });

  it('by another source in an error has that one alone', () => {
    const rig = new Rig(WS);
    rig.on.error = () => {
      rig.on.error = () => undefined;
      rig.connection.setSources([source('wss://page.example/other')]);
    };
    rig.env.lastSocket.end(1006);
    expect(rig.env.held).to.include({ sockets: 1, timers: 2 });
    expect(rig.env.lastSocket.url).to.equal('wss://page.example/other');
    expect(rig.status).to.equal('connecting');
    expect(rig.connection.view.attempt).to.equal(0);
  });

  it('by another source where the socket would be looked into, asks nothing of the new one', () => {
    const rig = new Rig(WS);
    rig.env.lastSocket.end(1006);
    rig.env.advance(750);
    rig.on.error = () => rig.connection.setSources([source('wss://page.example/other')]);
    rig.env.lastSocket.end(1006);
    expect(rig.env.requests.filter(({ url }) => url.includes('other'))).to.deep.equal([]);
  });

  it('by another source in a message has that one alone', () => {
    const rig = Rig.open();
    rig.on.messages = () => rig.connection.setSources([source(HTTP)]);
    rig.env.lastSocket.tell({ channel: 'a', data: 1 });
    expect(rig.env.held).to.include({ sockets: 0, requests: 1 });
    expect(rig.status).to.equal('connecting');
  });

  it('by another source in a message has that one judged by its own messages', () => {
    const rig = Rig.open();
    rig.on.messages = () => {
      rig.on.messages = () => undefined;
      rig.connection.setSources([source('wss://page.example/other')]);
    };
    rig.env.lastSocket.tell({ channel: 'a', data: 1 });
    rig.env.lastSocket.open();
    rig.env.lastSocket.tell({ channel: 'a', data: 2 });
    rig.env.lastSocket.end(1003);
    expect(rig.connection.view.retryAt, 'it has worked').to.equal(rig.env.now() + 300_000);
  });

  it('by disconnect() as it hears of connected sends nothing more', () => {
    const rig = new Rig(WS);
    rig.on.changed = (status) => {
      if (status === 'connected') rig.connection.disconnect();
    };
    rig.env.lastSocket.open();
    expect(rig.status).to.equal('disconnected');
    expect(rig.env.held).to.deep.equal({ ...NOTHING_HELD, watchers: 1 });
  });

  it('by dispose() in an error, after reconnect(), leaves nothing behind', () => {
    const rig = new Rig(WS);
    rig.on.error = () => {
      rig.connection.reconnect();
      rig.connection.dispose();
      rig.on.changed = () => expect.fail('It said something.');
    };
    rig.env.lastSocket.end(1006);
    expect(rig.env.held).to.deep.equal(NOTHING_HELD);
  });

  it('by throwing does not stop what follows', () => {
    const rig = new Rig(WS);
    rig.on.error = () => {
      rig.connection.reconnect();
      throw new Error('broken');
    };
    expect(() => rig.env.lastSocket.end(1006)).to.throw('broken');
    rig.on.error = () => undefined;
    rig.connection.reconnect();
    rig.env.lastSocket.open();
    expect(rig.status).to.equal('connected');
  });

  it('by no source, as the next one is used, leaves nothing behind', async () => {
    const rig = new Rig();
    rig.connection.setSources([source(HTTP, { transport: 'sse' }), source(POLLED, { transport: 'polling' })]);
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push('data: 1\n\n');
    await rig.env.lastRequest.end();
    await rig.env.pass(1_000);
    rig.on.changed = () => {
      if (rig.env.lastRequest.url !== POLLED) return;
      rig.on = {};
      rig.connection.setSources([]);
    };
    await rig.env.lastRequest.answer(404, '');
    expect(rig.status).to.equal('idle');
    expect(rig.env.held).to.deep.equal(NOTHING_HELD);
  });

  it('by no source, as reconnect() leaves a later one, leaves nothing behind', async () => {
    const rig = new Rig();
    rig.connection.setSources([source(HTTP, { transport: 'sse' }), source(POLLED, { transport: 'polling' })]);
    await rig.env.lastRequest.answer(404, '');
    rig.env.lastRequest.refuse();
    await settled();
    rig.on.changed = () => {
      rig.on = {};
      rig.connection.setSources([]);
    };
    rig.connection.reconnect();
    expect(rig.env.held).to.deep.equal(NOTHING_HELD);
  });

  it('by no source, as it hears that a replay will not come, leaves nothing behind', async () => {
    const rig = new Rig(ACROSS, { transport: 'sse' });
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push('id: 1\ndata: 1\n\n');
    await rig.env.lastRequest.end();
    await rig.env.pass(1_000);
    rig.env.lastRequest.refuse();
    await rig.env.pass(3_000);
    const { lastRequest } = rig.env;
    await lastRequest.stream();
    await lastRequest.push('id: 3\ndata: 3\n\n');
    expect(rig.data).to.deep.equal([1]);
    rig.on.error = () => {
      rig.on = {};
      rig.connection.setSources([]);
    };
    rig.connection.reconnect();
    expect(rig.env.held).to.deep.equal(NOTHING_HELD);
  });
});

describe('a connection that is disposed of', () => {
  const states: readonly (readonly [name: string, make: () => Promise<Rig> | Rig])[] = [
    ['before it has a source', () => new Rig()],
    ['while a WebSocket opens', () => new Rig(WS)],
    ['while a WebSocket is open', () => Rig.open()],
    ['while a request is not answered', () => new Rig(HTTP)],
    [
      'while a stream is open',
      async () => {
        const rig = new Rig(HTTP);
        await rig.env.lastRequest.stream();
        return rig;
      },
    ],
    [
      'between two polls',
      async () => {
        const rig = new Rig(HTTP);
        await rig.env.lastRequest.json(1);
        return rig;
      },
    ],
    [
      'while it waits for a retry',
      () => {
        const rig = new Rig(WS);
        rig.env.lastSocket.end(1006);
        return rig;
      },
    ],
    [
      'while errors are held back',
      () => {
        const rig = Rig.open();
        for (let count = 0; count < 9; count++) rig.env.lastSocket.tell('{');
        return rig;
      },
    ],
    [
      'while an overflow is to be told',
      () => {
        const rig = new Rig(WS, {}, 1);
        for (let count = 0; count < 9; count++) rig.connection.send('x');
        return rig;
      },
    ],
    ['while headers are asked', () => new Rig(HTTP, { headers: async () => ({}) })],
  ];
  for (const [name, make] of states) {
    it(`${name} leaves no timer, no listener, no socket and no request, and says nothing more`, async () => {
      const rig = await make();
      rig.on.changed = () => expect.fail('It said something.');
      rig.on.error = () => expect.fail('It told something.');
      rig.connection.dispose();
      expect(rig.env.held).to.deep.equal(NOTHING_HELD);
      rig.connection.reconnect();
      rig.env.setOnline(false);
      rig.env.setOnline(true);
      await rig.env.pass(3_600_000);
      expect(rig.env.held).to.deep.equal(NOTHING_HELD);
    });
  }
});

describe('a connection, whatever happens', () => {
  const action = fc.constantFrom(
    'connect',
    'disconnect',
    'reconnect',
    'websocket',
    'sse',
    'polling',
    'auto',
    'none',
    'open',
    'tell',
    'bad',
    'end',
    'refuse',
    'online',
    'offline',
    'hide',
    'show',
    'send',
    'subscribe',
    'pass',
  );

  it('has at most one attempt alive, and after dispose() holds nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), fc.nat({ max: 5_000 }), async (actions, ms) => {
        const rig = new Rig();
        for (const name of actions) {
          const socket = rig.env.sockets.at(-1);
          const request = rig.env.requests.at(-1);
          switch (name) {
            case 'connect':
            case 'disconnect':
            case 'reconnect':
              rig.connection[name]();
              break;
            case 'websocket':
              rig.connection.setSources([source(WS)]);
              break;
            case 'sse':
            case 'polling':
            case 'auto':
              rig.connection.setSources([source(HTTP, { transport: name })]);
              break;
            case 'none':
              rig.connection.setSources([]);
              break;
            case 'open':
              if (socket?.state === 'connecting') socket.open();
              else if (request?.pending === true) await request.stream();
              break;
            case 'tell':
              if (socket?.state === 'open') socket.tell({ channel: 'a', data: 1 });
              else if (request?.pending === true) await request.json(1);
              break;
            case 'bad':
              if (socket?.state === 'open') socket.tell('{');
              else if (request?.pending === true) await request.answer(200, '{');
              break;
            case 'end':
              if (socket !== undefined && socket.state !== 'closed') socket.end(1006);
              break;
            case 'refuse':
              if (request?.pending === true) await request.answer(503, '');
              break;
            case 'online':
            case 'offline':
              rig.env.setOnline(name === 'online');
              break;
            case 'hide':
            case 'show':
              rig.env.setHidden(name === 'hide');
              break;
            case 'send':
              rig.connection.send('x');
              break;
            case 'subscribe':
              rig.connection.subscribe('a');
              break;
            case 'pass':
              await rig.env.pass(ms);
          }
          // One plain request may look into WebSockets that never open.
          expect(rig.env.held.sockets).to.be.at.most(1);
          expect(rig.env.held.requests).to.be.at.most(rig.env.sockets.length > 0 ? 2 : 1);
        }
        rig.connection.dispose();
        await settled();
        expect({ ...rig.env.held, requests: 0 }).to.deep.equal(NOTHING_HELD);
      }),
      { numRuns: 100 },
    );
  });
});
