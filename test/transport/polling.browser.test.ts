import { expect } from 'chai';
import type { LiveConnection, LiveOptions } from '../support/live-connection.js';
import { WireFixture } from '../support/wire-fixture.js';

const DATE = 'Tue, 02 Jan 2024 00:00:00 GMT';

describe('polling, within the origin', () => {
  const fixture = new WireFixture();
  const poll = (options: LiveOptions = {}): LiveConnection =>
    fixture.connect(fixture.wire.here(), { transport: 'polling', ...options });

  it('fault 11: sends the ETag back, and is confirmed by 304', async () => {
    const live = poll();
    const { wire } = fixture;
    await (await wire.request(0)).json({ cpu: 1 }, { etag: 'W/"a,b"' });
    const second = await wire.request(1);
    expect(second.seen.headers['if-none-match']).to.equal('W/"a,b"');
    await second.answer(304);
    const third = await wire.request(2);
    expect(third.seen.headers['if-none-match']).to.equal('W/"a,b"');
    expect(live.data).to.deep.equal([{ cpu: 1 }]);
    expect(live.confirmed).to.equal(1);
    expect(live.statuses).to.deep.equal(['connecting', 'connected']);
  });

  it('sends Last-Modified back where there is no ETag, and is confirmed by 304', async () => {
    const live = poll();
    const { wire } = fixture;
    await (await wire.request(0)).json(1, { 'last-modified': DATE });
    const second = await wire.request(1);
    expect(second.seen.headers['if-modified-since']).to.equal(DATE);
    await second.answer(304);
    await live.until(() => live.confirmed === 1);
    expect(live.data).to.deep.equal([1]);
  });

  it('sends the newest ETag, and none where the last answer had none', async () => {
    poll();
    const { wire } = fixture;
    await (await wire.request(0)).json(1, { etag: '"a"' });
    await (await wire.request(1)).json(2, { etag: '"b"' });
    const third = await wire.request(2);
    expect(third.seen.headers['if-none-match']).to.equal('"b"');
    await third.json(3);
    expect((await wire.request(3)).seen.headers).to.not.have.property('if-none-match');
  });

  it('fault 12: is confirmed by an equal answer without an ETag', async () => {
    const live = poll();
    const { wire } = fixture;
    for (const [index, value] of [1, 1, 2].entries()) await (await wire.request(index)).json({ value });
    await live.until(() => live.messages.length === 2);
    expect(live.data).to.deep.equal([{ value: 1 }, { value: 2 }]);
    expect(live.confirmed).to.equal(1);
  });

  it('is not served by the browser’s cache', async () => {
    const live = poll();
    const { wire } = fixture;
    await (await wire.request(0)).json(1, { 'cache-control': 'max-age=3600' });
    await (await wire.request(1)).json(2, { 'cache-control': 'max-age=3600' });
    await live.until(() => live.messages.length === 2);
    expect(live.data).to.deep.equal([1, 2]);
  });

  it('fault 7: waits for as long as Retry-After says', async () => {
    const live = poll();
    const { wire } = fixture;
    const asked = performance.now();
    await (await wire.request(0)).answer(429, '', { 'retry-after': '120' });
    await live.until(() => live.status === 'reconnecting');
    expect((live.connection.view.retryAt ?? 0) - asked).to.be.within(120_000, 125_000);
    expect(live.errors[0]?.message).to.include('429');
  });

  it('fault 30: takes a login page for a failed answer, and keeps what it had', async () => {
    const live = poll();
    const { wire } = fixture;
    await (await wire.request(0)).json({ cpu: 1 }, { etag: '"a"' });
    await (await wire.request(1)).answer(200, '<!doctype html>', { 'content-type': 'text/html', etag: '"login"' });
    const third = await wire.request(2);
    expect(third.seen.headers['if-none-match']).to.equal('"a"');
    expect(live.status).to.equal('reconnecting');
    await third.answer(304);
    await live.until(() => live.status === 'connected');
    expect(live.data).to.deep.equal([{ cpu: 1 }]);
    expect(live.codes).to.deep.equal(['decode']);
  });

  it('reads a batch, and JSON that is called something else', async () => {
    const live = poll();
    const { wire } = fixture;
    const batch = [
      { channel: 'a', data: 1 },
      { channel: 'b', data: 2 },
    ];
    await (await wire.request(0)).answer(200, JSON.stringify(batch), { 'content-type': 'text/plain' });
    await live.until(() => live.messages.length === 2);
    expect(live.data).to.deep.equal([1, 2]);
  });

  it('sends the page’s cookies, and none with credentials="omit"', async () => {
    document.cookie = 'wire=yes; path=/';
    try {
      poll();
      poll({ credentials: 'omit' });
      const { wire } = fixture;
      await wire.request(1);
      const cookies = (await wire.requests()).map(({ headers }) => headers['cookie']?.includes('wire=yes') ?? false);
      expect(cookies.sort()).to.deep.equal([false, true]);
    } finally {
      document.cookie = 'wire=; path=/; max-age=0';
    }
  });
});

describe('polling, across origins', () => {
  const fixture = new WireFixture();
  const poll = (options: LiveOptions = {}): LiveConnection =>
    fixture.connect(fixture.wire.across(), { transport: 'polling', ...options });
  const STAR = { 'access-control-allow-origin': '*' };

  it('works with a server that only says *, and knows no preflight', async () => {
    const live = poll();
    const { wire } = fixture;
    await (await wire.request(0)).json(1, STAR);
    await (await wire.request(1)).json(2, STAR);
    await live.until(() => live.messages.length === 2);
    expect(live.errors).to.deep.equal([]);
    expect(await wire.ask('preflights', {})).to.deep.equal([]);
  });

  it('fault 11: lets the browser revalidate: it asks with the ETag, and 304 confirms, without a preflight', async () => {
    const live = poll();
    const { wire } = fixture;
    await (await wire.request(0)).json({ cpu: 1 }, { ...STAR, etag: '"a"' });
    const second = await wire.request(1);
    expect(second.seen.headers['if-none-match']).to.equal('"a"');
    await second.answer(304, '', STAR);
    await live.until(() => live.confirmed === 1);
    expect(live.data).to.deep.equal([{ cpu: 1 }]);
    expect(live.errors).to.deep.equal([]);
    expect(await wire.ask('preflights', {})).to.deep.equal([]);
  });

  it('sends no header of its own that would need a preflight', async () => {
    poll();
    const { wire } = fixture;
    await (await wire.request(0)).json(1, { ...STAR, 'last-modified': DATE, 'cache-control': 'no-store' });
    const { seen } = await wire.request(1);
    expect(seen.headers).to.not.have.any.keys('if-none-match', 'if-modified-since');
    expect(await wire.ask('preflights', {})).to.deep.equal([]);
  });

  it('compares an ETag that the server lets it read', async () => {
    const live = poll();
    const { wire } = fixture;
    const headers = { ...STAR, etag: '"a"', 'access-control-expose-headers': 'ETag', 'cache-control': 'no-store' };
    await (await wire.request(0)).json({ cpu: 1, asked: 1 }, headers);
    await (await wire.request(1)).json({ cpu: 1, asked: 2 }, headers);
    await live.until(() => live.confirmed === 1);
    expect(live.messages).to.have.length(1);
  });

  it('sends the author’s headers after a preflight', async () => {
    const { wire } = fixture;
    await wire.ask('allow', { headers: { ...STAR, 'access-control-allow-headers': 'x-mine' } });
    const live = poll({ headers: { 'X-Mine': 'yes' } });
    const first = await wire.request(0);
    expect(first.seen.headers['x-mine']).to.equal('yes');
    await first.json(1, STAR);
    await live.until(() => live.status === 'connected');
  });

  it('names the header that is missing where the server allows nothing', async () => {
    const live = poll();
    await (await fixture.wire.request(0)).json(1);
    await live.until(() => live.errors.length === 1);
    expect(live.codes).to.deep.equal(['network']);
    expect(live.errors[0]?.message).to.include('Access-Control-Allow-Origin');
    expect(live.data).to.deep.equal([]);
  });

  it('names the headers that are missing for credentials', async () => {
    const live = poll({ credentials: 'include' });
    await (await fixture.wire.request(0)).json(1, STAR);
    await live.until(() => live.errors.length === 1);
    expect(live.errors[0]?.message).to.include('Access-Control-Allow-Credentials: true');
  });

  it('sends credentials where the server allows them', async () => {
    const live = poll({ credentials: 'include' });
    await (
      await fixture.wire.request(0)
    ).json(1, { 'access-control-allow-origin': location.origin, 'access-control-allow-credentials': 'true' });
    await live.until(() => live.status === 'connected');
  });
});
