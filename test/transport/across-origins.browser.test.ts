/**
 * Across origins, against servers that know no CORS header but `Access-Control-Allow-Origin: *` and send their headers
 * with their first event, as those behind WSGI do.
 */
import { expect } from '../support/testing.js';
import { WireFixture } from '../support/wire-fixture.js';

const STAR = { 'access-control-allow-origin': '*' };
/** What a server answers a preflight with that lets our headers in. */
const LEAVE = { ...STAR, 'access-control-allow-headers': 'last-event-id, if-none-match, if-modified-since' };

describe('across origins, with Access-Control-Allow-Origin: * alone', () => {
  const fixture = new WireFixture();

  const preflights = async (): Promise<number> => (await fixture.wire.ask('preflights', {})).length;

  it('polling works, and never asks for leave', async () => {
    const live = fixture.connect(fixture.wire.across(), { transport: 'polling' });
    for (const value of [1, 2]) {
      const request = await fixture.wire.request(value - 1);
      await request.json(value, { ...STAR, etag: `"${value}"` });
      await live.until(() => live.messages.length === value);
    }
    // The browser revalidates by itself.
    const third = await fixture.wire.request(2);
    expect(third.seen.headers).to.include({ 'if-none-match': '"2"' });
    await third.head(304, STAR);
    await third.end();
    await live.until(() => live.confirmed === 1);
    expect(live.data).to.deep.equal([1, 2]);
    expect(await preflights()).to.equal(0);
    expect(live.codes).to.deep.equal([]);
  });

  it('long polling works, finds out that its cursor is refused, tells it once, and goes on without', async () => {
    const live = fixture.connect(fixture.wire.across(), { transport: 'long-polling' });
    // Last-Modified may always be read across origins; an ETag only where it is exposed.
    const dated = { ...STAR, 'last-modified': 'Wed, 01 Jan 2025 00:00:00 GMT' };
    await (await fixture.wire.request(0)).json(1, dated);
    // The one with the cursor is refused by its preflight: only one without comes through.
    const second = await fixture.wire.request(1);
    expect(second.seen.headers).to.not.have.property('if-modified-since');
    await second.json(2, dated);
    const third = await fixture.wire.request(2);
    await live.until(() => live.messages.length === 2);
    expect(live.codes.filter((code) => code === 'history-gap')).to.have.length(1);
    expect(live.errors.at(-1)?.message).to.include('Access-Control-Allow-Headers');
    expect(live.gaps).to.equal(1);
    expect(await preflights()).to.equal(2);
    await third.json(3, dated);
    await (await fixture.wire.request(3)).json(4, dated);
    await live.until(() => live.messages.length === 4);
    expect(live.data).to.deep.equal([1, 2, 3, 4]);
    expect(await preflights(), 'it is remembered').to.equal(2);
  });

  it('long polling keeps its cursor over a cut where the server lets it in: nothing is lost or twice', async () => {
    await fixture.wire.ask('allow', { headers: LEAVE });
    const live = fixture.connect(fixture.wire.across(), { transport: 'long-polling' });
    const tagged = (id: number): Record<string, string> => ({
      ...STAR,
      'access-control-expose-headers': 'etag',
      etag: `"${id}"`,
    });
    await (await fixture.wire.request(0)).json(1, tagged(1));
    const second = await fixture.wire.request(1);
    expect(second.seen.headers).to.include({ 'if-none-match': '"1"' });
    // Cut before its head, a browser would repeat it by itself.
    await second.head(200, STAR);
    await second.cut();
    // Is it the cut, or our header? One without tells; what it brings waits.
    const third = await fixture.wire.request(2);
    expect(third.seen.headers).to.not.have.property('if-none-match');
    await third.json(3, tagged(3));
    const fourth = await fixture.wire.request(3);
    expect(fourth.seen.headers).to.include({ 'if-none-match': '"1"' });
    await fourth.json(
      [
        { channel: 'a', data: 2 },
        { channel: 'a', data: 3 },
      ],
      tagged(3),
    );
    await live.until(() => live.messages.length === 3);
    expect(live.data).to.deep.equal([1, 2, 3]);
    expect(live.codes).to.deep.equal(['network']);
    expect(live.gaps).to.equal(0);
  });

  it('an event stream with late headers works, and finds out that Last-Event-ID is refused', async () => {
    const live = fixture.connect(fixture.wire.across(), { transport: 'sse' });
    const first = await fixture.wire.request(0);
    await first.stream(STAR);
    await first.write('id: 7\ndata: 1\n\n');
    await live.until(() => live.messages.length === 1);
    await first.cut();
    const second = await fixture.wire.request(1);
    expect(second.seen.headers).to.not.have.property('last-event-id');
    await second.stream(STAR);
    await second.write('id: 9\ndata: 3\n\n');
    await live.until(() => live.messages.length === 2);
    expect(live.data).to.deep.equal([1, 3]);
    expect(live.codes.filter((code) => code === 'history-gap')).to.have.length(1);
    expect(live.gaps).to.equal(1);
    expect(await preflights()).to.equal(2);
  });

  it('an event stream with late headers whose server lets the id in replays, in order, exactly once', async () => {
    const live = fixture.connect(fixture.wire.across(), { transport: 'sse' });
    const first = await fixture.wire.request(0);
    await first.stream(STAR);
    await first.write('id: 7\ndata: 1\n\n');
    await live.until(() => live.messages.length === 1);
    // The preflight fails once, with the network; later it is answered.
    await first.cut();
    const second = await fixture.wire.request(1);
    await fixture.wire.ask('allow', { headers: LEAVE });
    await second.stream(STAR);
    await second.write('id: 9\ndata: 3\n\n');
    const beside = await fixture.wire.request(2);
    expect(beside.seen.headers).to.include({ 'last-event-id': '7' });
    await beside.stream(STAR);
    await beside.write('id: 8\ndata: 2\n\nid: 9\ndata: 3\n\n');
    await second.gone();
    await beside.write('id: 10\ndata: 4\n\n');
    await live.until(() => live.messages.length === 4);
    expect(live.data).to.deep.equal([1, 2, 3, 4]);
    expect(live.gaps).to.equal(0);
    expect(live.codes).to.not.include('history-gap');
    expect(live.status).to.equal('connected');
  });
});
