import { expect } from 'chai';
import { ACROSS, HTTP, Rig, WS, type Options } from '../support/connection-rig.js';
import { type FakeEnv, settled } from '../support/fake-env.js';

describe('what is asked before each attempt', () => {
  it('is asked for each: headers', async () => {
    let asked = 0;
    const rig = new Rig(HTTP, { transport: 'sse', headers: () => ({ 'X-Try': String(++asked) }) });
    await settled();
    await rig.env.lastRequest.answer(503, '');
    await rig.env.pass(750);
    expect(rig.env.requests.map(({ headers }) => headers.get('x-try'))).to.deep.equal(['1', '2']);
  });

  it('is asked for each: protocols, of an async function', async () => {
    let asked = 0;
    const rig = new Rig(WS, { protocols: async () => [`v${++asked}`] });
    await settled();
    rig.env.lastSocket.end(1006);
    await rig.env.pass(750);
    expect(rig.env.sockets.map(({ protocols }) => protocols)).to.deep.equal([['v1'], ['v2']]);
  });

  it('is asked for each poll', async () => {
    let asked = 0;
    const rig = new Rig(HTTP, { transport: 'polling', headers: async () => ({ 'X-Try': String(++asked) }) });
    await settled();
    await rig.env.lastRequest.json(1);
    await rig.env.pass(5_000);
    expect(rig.env.requests.map(({ headers }) => headers.get('x-try'))).to.deep.equal(['1', '2']);
  });

  it('given as it is opens at once', () => {
    expect(new Rig(HTTP, { transport: 'sse', headers: { 'X-A': '1' } }).env.lastRequest.headers.get('x-a')).to.equal(
      '1',
    );
  });

  for (const [name, headers] of [
    [
      'throws',
      () => {
        throw new Error('no token');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no token'))],
  ] as const) {
    it(`that ${name} is a failed attempt, told with its cause, and asked again`, async () => {
      const rig = new Rig(HTTP, { transport: 'sse', headers });
      await settled();
      expect(rig.codes).to.deep.equal(['config']);
      expect(rig.errors[0]?.cause).to.be.an.instanceOf(Error);
      expect(rig.status).to.equal('reconnecting');
      await rig.env.pass(750);
      expect(rig.errors).to.have.length(2);
      expect(rig.env.requests).to.deep.equal([]);
    });
  }

  it('and answers too late, after a disconnect, opens nothing', async () => {
    let give: (headers: Record<string, string>) => void = () => undefined;
    const rig = new Rig(HTTP, { transport: 'sse', headers: () => new Promise((resolve) => (give = resolve)) });
    rig.connection.disconnect();
    give({});
    await settled();
    expect(rig.env.requests).to.deep.equal([]);
  });

  it('and never answers is given up like an attempt', async () => {
    const rig = new Rig(WS, { protocols: () => new Promise<string[]>(() => undefined) });
    await rig.env.pass(10_000);
    expect(rig.codes).to.deep.equal(['timeout']);
    expect(rig.status).to.equal('reconnecting');
  });

  it('fault 9: is asked anew once after 401, then the answer is final', async () => {
    let asked = 0;
    const rig = new Rig(HTTP, { transport: 'sse', headers: () => ({ Authorization: `token ${++asked}` }) });
    await settled();
    await rig.env.lastRequest.answer(401, '');
    await rig.env.pass(750);
    expect(rig.env.lastRequest.headers.get('authorization')).to.equal('token 2');
    await rig.env.lastRequest.answer(401, '');
    await rig.env.pass(3_600_000);
    expect(rig.status).to.equal('error');
    expect(rig.errors.map(({ fatal }) => fatal)).to.deep.equal([false, true]);
    expect(asked).to.equal(2);
  });

  it('fault 66: is in no error', async () => {
    const rig = new Rig(`${HTTP}?key=geheim`, { transport: 'sse', headers: { Authorization: 'geheim' } });
    for (const status of [500, 401, 401]) {
      await rig.env.lastRequest.answer(status, 'geheim');
      await rig.env.pass(2_000);
    }
    expect(rig.errors).to.have.length(3);
    expect(JSON.stringify(rig.errors)).to.not.include('geheim');
  });
});

describe('a request’s headers', () => {
  it('are the author’s before ours, however they are written', () => {
    const rig = new Rig(HTTP, { transport: 'sse', headers: { Accept: 'text/event-stream;v=2' } });
    expect(rig.env.lastRequest.headers.get('accept')).to.equal('text/event-stream;v=2');
  });

  it('fault 14: other than Authorization refuse redirects, which would carry them to another origin', () => {
    const redirect = (headers: Record<string, string>): unknown =>
      new Rig(HTTP, { transport: 'sse', headers }).env.lastRequest.init.redirect;
    expect(redirect({})).to.equal('follow');
    expect(redirect({ authorization: 'x' })).to.equal('follow');
    expect(redirect({ AUTHORIZATION: 'x' })).to.equal('follow');
    expect(redirect({ 'X-Api-Key': 'x' })).to.equal('error');
    expect(redirect({ Authorization: 'x', 'X-Api-Key': 'x' })).to.equal('error');
  });

  it('that are none are told, final, and the page goes on', async () => {
    const rig = new Rig(HTTP, { transport: 'sse', headers: { 'not a header': 'x' } });
    await settled();
    expect(rig.env.requests).to.deep.equal([]);
    expect(rig.codes).to.deep.equal(['config']);
    expect(rig.status).to.equal('error');
  });

  it('that the browser refuses are told without their value, which its own words quote', async () => {
    const rig = new Rig(HTTP, { transport: 'sse', headers: { Authorization: 'Bearer s3cret\nx' } });
    await settled();
    expect(rig.codes).to.deep.equal(['config']);
    expect(`${String(rig.errors[0]?.cause)} ${JSON.stringify(rig.errors)}`).to.not.include('s3cret');
  });

  it('go with the author’s credentials', () => {
    expect(new Rig(ACROSS, { credentials: 'include' }).env.lastRequest.init.credentials).to.equal('include');
  });
});

describe('an event stream', () => {
  const open = async (options: Options = {}, src = HTTP): Promise<Rig> => {
    const rig = new Rig(src, { transport: 'sse', ...options });
    await rig.env.lastRequest.stream();
    return rig;
  };

  it('is asked for as one, and connected from its headers', async () => {
    const rig = await open();
    expect(rig.env.lastRequest.headers.get('accept')).to.equal('text/event-stream');
    expect(rig.env.lastRequest.init.cache).to.equal('no-store');
    expect(rig.connection.view).to.include({ status: 'connected', transport: 'sse' });
  });

  it('goes on from the last complete event after a cut', async () => {
    const rig = await open();
    await rig.env.lastRequest.push('id: 7\ndata: 1\n\nid: 8\ndata: 2');
    rig.env.lastRequest.refuse();
    await rig.env.pass(750);
    expect(rig.env.lastRequest.headers.get('last-event-id')).to.equal('7');
    expect(rig.data).to.deep.equal([1]);
  });

  it('goes on from an id beyond ASCII, which a header takes as UTF-8', async () => {
    const rig = await open();
    await rig.env.lastRequest.push('id: 7€\ndata: 1\n\n');
    await rig.env.lastRequest.end();
    await rig.env.pass(750);
    expect(rig.env.lastRequest.headers.get('last-event-id')).to.equal('7\u00e2\u0082\u00ac');
  });

  it('forgets where it was by an empty id', async () => {
    const rig = await open();
    await rig.env.lastRequest.push('id: 7\ndata: 1\n\nid\ndata: 2\n\n');
    await rig.env.lastRequest.end();
    await rig.env.pass(750);
    expect(rig.env.lastRequest.headers.get('last-event-id')).to.equal(null);
  });

  it('across origins goes on from its id, too', async () => {
    const rig = await open({}, ACROSS);
    await rig.env.lastRequest.push('id: 7\ndata: 1\n\n');
    await rig.env.lastRequest.end();
    await rig.env.pass(750);
    expect(rig.env.requests).to.have.length(2);
    expect(rig.env.lastRequest.headers.get('last-event-id')).to.equal('7');
  });

  it('that ends is tried again, after retry: where it said so', async () => {
    const rig = await open();
    rig.env.chance = 0;
    await rig.env.lastRequest.push('retry: 9000\n\n');
    await rig.env.lastRequest.end();
    expect(rig.connection.view.retryAt).to.equal(rig.env.now() + 9_000);
    expect(rig.codes).to.deep.equal(['network']);
  });

  it('fault 25: and not after more than 5 minutes', async () => {
    const rig = await open();
    rig.env.chance = 0;
    await rig.env.lastRequest.push('retry: 1000000000000\n\n');
    await rig.env.lastRequest.end();
    expect(rig.connection.view.retryAt).to.equal(rig.env.now() + 300_000);
  });

  it('lets in only the channels that are named, and what has no channel', async () => {
    const rig = await open();
    rig.connection.setChannels(['a']);
    await rig.env.lastRequest.push('event: a\ndata: 1\n\nevent: b\ndata: 2\n\ndata: 3\n\n');
    expect(rig.messages.map(({ channel, data }) => [channel, data])).to.deep.equal([
      ['a', 1],
      ['a', 3],
    ]);
  });

  it('whose headers are late is told of at connect-timeout, and not given up', async () => {
    const rig = new Rig(HTTP, { transport: 'sse' });
    await rig.env.pass(119_999);
    expect(rig.codes).to.deep.equal(['timeout']);
    expect(rig.status).to.equal('connecting');
    await rig.env.lastRequest.stream();
    expect(rig.status).to.equal('connected');
  });

  it('whose headers never come is given up after 2 minutes', async () => {
    const rig = new Rig(HTTP, { transport: 'sse' });
    await rig.env.pass(120_000);
    expect(rig.codes).to.deep.equal(['timeout', 'timeout']);
    expect(rig.status).to.equal('reconnecting');
    expect(rig.env.lastRequest.aborted).to.equal(true);
  });

  it('of a server that sends headers early is given up at connect-timeout the next time', async () => {
    const rig = await open();
    await rig.env.pass(1_000);
    await rig.env.lastRequest.push('data: 1\n\n');
    await rig.env.lastRequest.end();
    await rig.env.pass(750 + 10_000);
    expect(rig.codes).to.deep.equal(['network', 'timeout']);
    expect(rig.status).to.equal('reconnecting');
  });

  it('fault 16: that is no event stream is final, and nothing of it is read', async () => {
    const rig = new Rig(HTTP, { transport: 'sse' });
    await rig.env.lastRequest.answer(200, 'data: 1\n\n', { 'content-type': 'text/html' });
    expect(rig.status).to.equal('error');
    expect(rig.messages).to.deep.equal([]);
    expect(rig.errors[0]?.message).to.include('text/html');
    expect(rig.env.held.requests).to.equal(0);
  });

  it('fault 8: is not asked again after 204', async () => {
    const rig = new Rig(HTTP, { transport: 'sse' });
    await rig.env.lastRequest.answer(204, null);
    await rig.env.pass(3_600_000);
    expect(rig.status).to.equal('disconnected');
    expect(rig.env.requests).to.have.length(1);
  });

  it('fault 30: tells of JSON that is none, and goes on', async () => {
    const rig = await open();
    await rig.env.lastRequest.push('data: {\n\ndata: 1\n\n');
    expect(rig.codes).to.deep.equal(['decode']);
    expect(rig.data).to.deep.equal([1]);
    expect(rig.status).to.equal('connected');
  });

  it('fault 10: after it has worked, 404 is tried again every 5 minutes, and on return', async () => {
    const rig = await open();
    await rig.env.lastRequest.end();
    await rig.env.pass(750);
    await rig.env.lastRequest.answer(404, '');
    expect(rig.connection.view).to.include({ status: 'error', retryAt: rig.env.now() + 300_000 });
    await rig.env.pass(300_000);
    expect(rig.status).to.equal('error');
    await rig.env.lastRequest.answer(404, '');
    rig.env.setHidden(true);
    rig.env.setHidden(false);
    await rig.env.pass(300);
    await rig.env.lastRequest.stream();
    expect(rig.env.requests).to.have.length(4);
    expect(rig.status).to.equal('connected');
  });
});

describe('polling', () => {
  const polling = (options: Options = {}, src = HTTP): Rig => new Rig(src, { transport: 'polling', ...options });
  const poll = async (rig: Rig, value: unknown, headers: Record<string, string> = {}): Promise<void> => {
    await rig.env.lastRequest.json(value, headers);
    await rig.env.pass(5_000);
  };

  it('asks again an interval after each answer, and is connected from the first', async () => {
    const rig = polling();
    expect(rig.status).to.equal('connecting');
    await poll(rig, 1);
    await poll(rig, 2);
    expect(rig.env.requests).to.have.length(3);
    expect(rig.data).to.deep.equal([1, 2]);
    expect(rig.statuses).to.deep.equal(['connecting', 'connected']);
  });

  it('fault 12: is confirmed by an equal answer, and draws nothing', async () => {
    const rig = polling();
    await poll(rig, { a: 1 });
    await poll(rig, { a: 1 });
    await poll(rig, { a: 2 });
    await poll(rig, { a: 1 });
    expect(rig.data).to.deep.equal([{ a: 1 }, { a: 2 }, { a: 1 }]);
    expect(rig.confirmed).to.equal(1);
  });

  it('fault 11: asks with the ETag of the last good answer, and is confirmed by 304', async () => {
    const rig = polling();
    expect(rig.env.lastRequest.headers.get('if-none-match')).to.equal(null);
    await poll(rig, 1, { etag: '"a"', 'last-modified': 'Tue, 02 Jan 2024 00:00:00 GMT' });
    expect(rig.env.lastRequest.headers.get('if-none-match')).to.equal('"a"');
    expect(rig.env.lastRequest.headers.get('if-modified-since')).to.equal(null);
    await rig.env.lastRequest.answer(304, null);
    await rig.env.pass(5_000);
    expect(rig.data).to.deep.equal([1]);
    expect(rig.confirmed).to.equal(1);
    expect(rig.status).to.equal('connected');
    expect(rig.env.lastRequest.headers.get('if-none-match')).to.equal('"a"');
  });

  it('asks with Last-Modified where there is no ETag', async () => {
    const rig = polling();
    await poll(rig, 1, { 'last-modified': 'Tue, 02 Jan 2024 00:00:00 GMT' });
    expect(rig.env.lastRequest.headers.get('if-modified-since')).to.equal('Tue, 02 Jan 2024 00:00:00 GMT');
  });

  it('across origins leaves revalidation to the browser, and compares an ETag that it may read', async () => {
    const rig = polling({}, ACROSS);
    expect(rig.env.lastRequest.init.cache).to.equal('no-cache');
    await poll(rig, { asked: 1 }, { etag: '"a"' });
    expect(rig.env.lastRequest.headers.get('if-none-match')).to.equal(null);
    await poll(rig, { asked: 2 }, { etag: '"a"' });
    expect(rig.data).to.deep.equal([{ asked: 1 }]);
    expect(rig.confirmed).to.equal(1);
  });

  it('reads JSON whatever its content type is', async () => {
    const rig = polling();
    await rig.env.lastRequest.answer(200, '{"a":1}', { 'content-type': 'text/plain' });
    expect(rig.data).to.deep.equal([{ a: 1 }]);
  });

  it('fault 30: takes an answer that is no JSON for a failed one, and tells it once', async () => {
    const rig = polling();
    await poll(rig, 1, { etag: '"a"' });
    await rig.env.lastRequest.answer(200, '<!doctype html>', { 'content-type': 'text/html', etag: '"login"' });
    expect(rig.codes).to.deep.equal(['decode']);
    expect(rig.status).to.equal('reconnecting');
    await rig.env.pass(10_000);
    expect(rig.env.lastRequest.headers.get('if-none-match')).to.equal('"a"');
  });

  it('fault 21: takes an answer over 4 MiB for a failed one, and stops reading it', async () => {
    const rig = polling();
    await rig.env.lastRequest.begin(200, { 'content-type': 'application/json' });
    for (let mebibyte = 0; mebibyte < 5; mebibyte++) await rig.env.lastRequest.push('1'.repeat(1024 * 1024));
    expect(rig.codes).to.deep.equal(['over-limit']);
    expect(rig.status).to.equal('reconnecting');
    expect(rig.env.held.requests).to.equal(0);
  });

  it('slows down on errors and recovers with a good answer', async () => {
    const rig = polling();
    rig.env.chance = 0;
    await poll(rig, 1);
    const pauses: number[] = [];
    for (let error = 0; error < 4; error++) {
      await rig.env.lastRequest.answer(502, '');
      const pause = (rig.connection.view.retryAt ?? Number.NaN) - rig.env.now();
      pauses.push(pause);
      await rig.env.pass(pause);
    }
    expect(pauses).to.deep.equal([10_000, 20_000, 40_000, 60_000]);
    expect(rig.status).to.equal('reconnecting');
    await rig.env.lastRequest.json(2);
    expect(rig.status).to.equal('connected');
    expect(rig.env.due).to.include(5_000);
  });

  it('fault 7: keeps to Retry-After, in seconds and as a date, and no longer than 5 minutes', async () => {
    const hinted = async (text: (env: FakeEnv) => string): Promise<number> => {
      const rig = polling();
      rig.env.chance = 0;
      await rig.env.lastRequest.answer(503, '', { 'retry-after': text(rig.env) });
      return (rig.connection.view.retryAt ?? Number.NaN) - rig.env.now();
    };
    expect(await hinted(() => '120')).to.equal(120_000);
    expect(await hinted((env) => new Date(env.wall() + 90_000).toUTCString())).to.equal(90_000);
    expect(await hinted(() => '86400')).to.equal(300_000);
    expect(await hinted((env) => new Date(env.wall() - 90_000).toUTCString())).to.equal(10_000);
    expect(await hinted(() => 'soon')).to.equal(10_000);
  });

  it('takes an empty answer for one that confirms', async () => {
    const rig = polling();
    await rig.env.lastRequest.answer(204, null);
    expect(rig.confirmed).to.equal(1);
    expect(rig.status).to.equal('connected');
  });

  it('fault 5: lives while its answer trickles in, and dies of silence', async () => {
    const rig = polling();
    await rig.env.lastRequest.begin(200, { 'content-type': 'application/json' });
    for (const piece of ['[', '1', ',', '2']) {
      await rig.env.lastRequest.push(piece);
      await rig.env.pass(9_000);
    }
    expect(rig.status).to.equal('connecting');
    await rig.env.pass(1_000);
    expect(rig.status).to.equal('reconnecting');
    expect(rig.codes).to.deep.equal(['timeout']);
  });
});

describe('auto over http:', () => {
  it('asks once, for either, and reads an event stream on', async () => {
    const rig = new Rig(HTTP);
    expect(rig.env.lastRequest.headers.get('accept')).to.equal('text/event-stream, application/json;q=0.9');
    expect(rig.connection.view.transport).to.equal(undefined);
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push('data: 1\n\n');
    expect(rig.connection.view.transport).to.equal('sse');
    expect(rig.data).to.deep.equal([1]);
    expect(rig.env.requests).to.have.length(1);
  });

  it('reads JSON on, and polls from then on', async () => {
    for (const type of [
      'application/json',
      'application/json; charset=utf-8',
      'application/problem+json',
      'TEXT/JSON',
    ]) {
      const rig = new Rig(HTTP);
      await rig.env.lastRequest.json(1, { 'content-type': type });
      expect(rig.data, type).to.deep.equal([1]);
      expect(rig.connection.view.transport, type).to.equal('polling');
      expect(rig.env.requests, type).to.have.length(1);
      await rig.env.pass(5_000);
      expect(rig.env.lastRequest.headers.get('accept'), type).to.equal('application/json');
    }
  });

  it('fault 16: takes anything else for final, and reads nothing of it', async () => {
    const rig = new Rig(HTTP);
    await rig.env.lastRequest.answer(200, '{"a":1}', { 'content-type': 'text/html' });
    expect(rig.status).to.equal('error');
    expect(rig.messages).to.deep.equal([]);
  });

  it('fault 30: tells a first answer that is no JSON once', async () => {
    const rig = new Rig(HTTP);
    await rig.env.lastRequest.answer(200, '{', { 'content-type': 'application/json' });
    expect(rig.codes).to.deep.equal(['decode']);
    expect(rig.status).to.equal('reconnecting');
  });
});
