import { expect } from 'chai';
import type { LiveConnection, LiveOptions } from '../support/live-connection.js';
import { WireFixture } from '../support/wire-fixture.js';
import type { WireRequest } from '../support/wire.js';

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('an event stream', () => {
  const fixture = new WireFixture();
  let request: WireRequest;

  const open = async (options: LiveOptions = {}): Promise<LiveConnection> => {
    const live = fixture.connect(fixture.wire.here(), { transport: 'sse', ...options });
    request = await fixture.wire.request(0);
    await request.stream();
    await live.until(() => live.status === 'connected');
    return live;
  };
  const reopened = async (): Promise<WireRequest> => {
    const { length } = await fixture.wire.requests();
    await request.end();
    return fixture.wire.request(length);
  };

  it('is connected from its headers, before any event', async () => {
    const live = await open();
    expect(live.messages).to.deep.equal([]);
    expect(request.seen.headers).to.include({ accept: 'text/event-stream' });
  });

  it('names a message’s channel by the event’s name, and takes its id', async () => {
    const live = await open();
    await request.write(
      'event: metrics\nid: 7\ndata: {"cpu": 5, "timestamp": 1704153600}\n\nevent: note\ndata: plain text\n\n',
    );
    await live.until(() => live.messages.length === 2);
    expect(live.messages[0]).to.deep.equal({
      channel: 'metrics',
      data: { cpu: 5, timestamp: 1_704_153_600 },
      id: '7',
      time: Date.UTC(2024, 0, 2),
    });
    expect(live.messages[1]).to.include({ channel: 'note', data: 'plain text', id: undefined });
  });

  it('joins data of many lines', async () => {
    const live = await open();
    await request.write('event: note\ndata: one\ndata: two\n\n');
    await live.until(() => live.messages.length === 1);
    expect(live.data).to.deep.equal(['one\ntwo']);
  });

  it('passes over comments', async () => {
    const live = await open();
    await request.write(': still here\n\n:\n\ndata: 1\n\n');
    await live.until(() => live.messages.length === 1);
    expect(live.data).to.deep.equal([1]);
    expect(live.errors).to.deep.equal([]);
  });

  it('goes on from the id of its last complete event', async () => {
    await open();
    await request.write('id: 7\ndata: 1\n\nid: 8\n\nid: 9\ndata: 2');
    expect((await reopened()).seen.headers['last-event-id']).to.equal('8');
  });

  it('fault 24: does not go on from the id of an event that was cut off', async () => {
    await open();
    await request.write('id: 9\ndata: 2\n');
    expect((await reopened()).seen.headers).to.not.have.property('last-event-id');
  });

  it('fault 23: ignores an id with NUL', async () => {
    await open();
    await request.write('id: 1\ndata: 1\n\nid: a\0b\ndata: 2\n\n');
    expect((await reopened()).seen.headers['last-event-id']).to.equal('1');
  });

  it('sends an id beyond ASCII back as it came', async () => {
    await open();
    await request.write('id: größe-7€\ndata: 1\n\n');
    const header = (await reopened()).seen.headers['last-event-id'] ?? '';
    expect(new TextDecoder().decode(Uint8Array.from(header, (char) => char.charCodeAt(0)))).to.equal('größe-7€');
  });

  it('waits for as long as retry: says', async () => {
    const live = await open();
    await request.write('retry: 60000\n\ndata: 1\n\n');
    await live.until(() => live.messages.length === 1);
    const ended = performance.now();
    await request.end();
    await live.until(() => live.status === 'reconnecting');
    expect((live.connection.view.retryAt ?? 0) - ended).to.be.within(60_000, 65_000);
  });

  it('fault 18: keeps a code point whole that comes in pieces', async () => {
    const live = await open();
    for (const byte of utf8('data: "größer 🚀 €"\n\n')) await request.write(bytes(byte));
    await live.until(() => live.messages.length === 1);
    expect(live.data).to.deep.equal(['größer 🚀 €']);
  });

  it('fault 17: reads what is no UTF-8 as U+FFFD', async () => {
    const live = await open();
    await request.write(bytes(...utf8('data: "a'), 0xe2, 0x82, ...utf8('b"\n\n')));
    await live.until(() => live.messages.length === 1);
    expect(live.data).to.deep.equal(['a\uFFFDb']);
  });

  it('fault 19: takes one byte order mark off, though it comes in pieces, and keeps a second', async () => {
    const live = await open();
    for (const byte of [0xef, 0xbb, 0xbf]) await request.write(bytes(byte));
    await request.write('data: 1\n\n');
    await request.write(bytes(0xef, 0xbb, 0xbf));
    await request.write('data: 2\n\ndata: 3\n\n');
    await live.until(() => live.messages.length === 2);
    expect(live.data).to.deep.equal([1, 3]);
  });

  it('fault 20: ends lines by CR, LF and CRLF, and by a CRLF in two pieces', async () => {
    const live = await open();
    for (const piece of ['data: 1\r', '\n\r', '\ndata: 2\r\rdata: 3\n\n']) await request.write(piece);
    await live.until(() => live.messages.length === 3);
    expect(live.data).to.deep.equal([1, 2, 3]);
  });

  it('fault 8: is not asked again after 204', async () => {
    const live = fixture.connect(fixture.wire.here(), { transport: 'sse' });
    await (await fixture.wire.request(0)).answer(204);
    await live.until(() => live.status === 'disconnected');
    expect(live.errors).to.deep.equal([]);
    expect(await fixture.wire.requests()).to.have.length(1);
  });

  it('fault 16: that is HTML is an error, and is never parsed', async () => {
    const live = fixture.connect(fixture.wire.here(), { transport: 'sse' });
    const first = await fixture.wire.request(0);
    await first.head(200, { 'content-type': 'text/html; charset=utf-8' });
    await first.write('data: 1\n\n');
    await live.until(() => live.status === 'error');
    await first.gone();
    expect(live.messages).to.deep.equal([]);
    expect(live.errors[0]?.message).to.include('text/html');
  });

  it('may name a charset beside its content type', async () => {
    const live = fixture.connect(fixture.wire.here(), { transport: 'sse' });
    await (await fixture.wire.request(0)).stream({ 'content-type': 'Text/Event-Stream; charset=UTF-8' });
    await live.until(() => live.status === 'connected');
  });

  it('whose headers are late is told of and not aborted: its first event arrives', async () => {
    const live = fixture.connect(fixture.wire.here(), { transport: 'sse', connectTimeout: 20 });
    const first = await fixture.wire.request(0);
    await live.until(() => live.errors.length > 0);
    expect(live.codes).to.deep.equal(['timeout']);
    expect(live.errors[0]?.message).to.include('has not answered yet');
    await first.stream();
    await first.write('data: "first"\n\n');
    await live.until(() => live.messages.length === 1);
    expect(live.data).to.deep.equal(['first']);
    expect(live.statuses).to.deep.equal(['connecting', 'connected']);
    expect(await fixture.wire.requests()).to.have.length(1);
  });

  it('fault 10: after it has worked, 404 is an error that is tried again in 5 minutes', async () => {
    const live = await open();
    await (await reopened()).answer(404);
    await live.until(() => live.status === 'error');
    expect((live.connection.view.retryAt ?? 0) - performance.now()).to.be.within(290_000, 300_000);
    expect(live.errors.at(-1)?.fatal).to.equal(false);
  });

  it('fault 9: asks headers anew once after 401, then the answer is final', async () => {
    let asked = 0;
    const live = fixture.connect(fixture.wire.here(), {
      transport: 'sse',
      headers: () => ({ Authorization: `token ${++asked}` }),
    });
    await (await fixture.wire.request(0)).answer(401);
    const second = await fixture.wire.request(1);
    expect(second.seen.headers['authorization']).to.equal('token 2');
    await second.answer(401);
    await live.until(() => live.status === 'error');
    expect(live.errors.map(({ fatal }) => fatal)).to.deep.equal([false, true]);
    expect(await fixture.wire.requests()).to.have.length(2);
  });
});

describe('an event stream across origins', () => {
  const fixture = new WireFixture();
  const STAR = { 'access-control-allow-origin': '*' };

  it('works with a server that only says *, on a reconnect too, and finds out that it refuses Last-Event-ID', async () => {
    const live = fixture.connect(fixture.wire.across(), { transport: 'sse' });
    const first = await fixture.wire.request(0);
    await first.stream(STAR);
    await first.write('id: 7\ndata: 1\n\n');
    await live.until(() => live.messages.length === 1);
    await first.end();
    const second = await fixture.wire.request(1);
    expect(second.seen.headers).to.not.have.property('last-event-id');
    await second.stream(STAR);
    await second.write('id: 9\ndata: 3\n\n');
    await live.until(() => live.messages.length === 2);
    expect(live.codes).to.deep.equal(['network', 'network', 'history-gap']);
    expect(live.errors[2]?.message).to.include('Access-Control-Allow-Headers');
    expect(live.gaps).to.equal(1);
    // One before the stream opened without, one beside it.
    expect(await fixture.wire.ask('preflights', {})).to.have.length(2);
    await second.end();
    await (await fixture.wire.request(2)).stream(STAR);
    await live.until(() => live.gaps === 2);
    expect(await fixture.wire.ask('preflights', {})).to.have.length(2);
    expect(live.codes.filter((code) => code === 'history-gap')).to.have.length(1);
  });

  it('fault 28: that waits for one of the six connections of an origin is told so, with the limit named', async () => {
    const others = Array.from({ length: 6 }, (_, index) =>
      fixture.connect(fixture.wire.across(), { transport: 'sse', interval: 10 + index }),
    );
    for (let index = 0; index < 6; index++) await (await fixture.wire.request(index)).stream(STAR);
    for (const other of others) await other.until(() => other.status === 'connected');
    const seventh = fixture.connect(fixture.wire.across(), { transport: 'sse', connectTimeout: 50 });
    await seventh.until(() => seventh.errors.length === 1);
    expect(seventh.errors[0]).to.include({ code: 'timeout', fatal: false });
    expect(seventh.errors[0]?.message).to.include('7 streams').and.include('opens 6');
    others[0]?.connection.disconnect();
    await (await fixture.wire.request(6)).stream(STAR);
    await seventh.until(() => seventh.status === 'connected');
  });

  it('fault 50: equal ones share a stream', async () => {
    const feeds = Array.from({ length: 10 }, () => fixture.connect(fixture.wire.across(), { transport: 'sse' }));
    const only = await fixture.wire.request(0);
    await only.stream(STAR);
    await only.write('data: 1\n\n');
    for (const live of feeds) await live.until(() => live.messages.length === 1);
    expect(await fixture.wire.requests()).to.have.length(1);
  });

  it('names the header that is missing', async () => {
    const live = fixture.connect(fixture.wire.across(), { transport: 'sse' });
    await (await fixture.wire.request(0)).stream();
    await live.until(() => live.errors.length === 1);
    expect(live.errors[0]?.message).to.include('Access-Control-Allow-Origin');
  });
});
