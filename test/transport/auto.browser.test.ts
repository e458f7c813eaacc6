import { expect } from 'chai';
import { WireFixture } from '../support/wire-fixture.js';

describe('auto over http:', () => {
  const fixture = new WireFixture();

  it('asks once, and reads the same answer on as an event stream', async () => {
    const live = fixture.connect(fixture.wire.here());
    const request = await fixture.wire.request(0);
    expect(request.seen.headers['accept']).to.equal('text/event-stream, application/json;q=0.9');
    await request.stream();
    await request.write('event: a\ndata: 1\n\n');
    await request.write('event: a\ndata: 2\n\n');
    await live.until(() => live.messages.length === 2);
    expect(live.data).to.deep.equal([1, 2]);
    expect(live.connection.view.transport).to.equal('sse');
    expect(await fixture.wire.requests()).to.have.length(1);
  });

  it('asks once, and reads the same answer on as JSON; only then it polls', async () => {
    const live = fixture.connect(fixture.wire.here(), { interval: 3_600_000 });
    await (await fixture.wire.request(0)).json({ cpu: 1 });
    await live.until(() => live.status === 'connected');
    expect(live.data).to.deep.equal([{ cpu: 1 }]);
    expect(live.connection.view.transport).to.equal('polling');
    expect(await fixture.wire.requests()).to.have.length(1);
  });

  it('that polls asks for JSON, with the ETag of the first answer', async () => {
    fixture.connect(fixture.wire.here());
    await (await fixture.wire.request(0)).json({ cpu: 1 }, { etag: '"a"' });
    const { headers } = (await fixture.wire.request(1)).seen;
    expect(headers).to.include({ accept: 'application/json', 'if-none-match': '"a"' });
  });

  it('goes on from the last id when its stream comes back', async () => {
    fixture.connect(fixture.wire.here());
    const first = await fixture.wire.request(0);
    await first.stream();
    await first.write('id: 7\ndata: 1\n\n');
    await first.end();
    expect((await fixture.wire.request(1)).seen.headers['last-event-id']).to.equal('7');
  });

  it('fault 16: takes HTML for final, and never parses it', async () => {
    const live = fixture.connect(fixture.wire.here());
    await (await fixture.wire.request(0)).answer(200, '{"cpu": 1}', { 'content-type': 'text/html' });
    await live.until(() => live.status === 'error');
    expect(live.messages).to.deep.equal([]);
    expect(live.errors[0]).to.include({ code: 'protocol', fatal: true });
  });

  it('fault 8: takes 204 for the request not to come back', async () => {
    const live = fixture.connect(fixture.wire.here());
    await (await fixture.wire.request(0)).answer(204);
    await live.until(() => live.status === 'disconnected');
  });

  it('whose headers are late is told of and not aborted', async () => {
    const live = fixture.connect(fixture.wire.here(), { connectTimeout: 20 });
    const request = await fixture.wire.request(0);
    await live.until(() => live.errors.length > 0);
    await request.stream();
    await request.write('data: 1\n\n');
    await live.until(() => live.messages.length === 1);
    expect(live.codes).to.deep.equal(['timeout']);
    expect(await fixture.wire.requests()).to.have.length(1);
  });

  it('across origins works with a server that only says *, whatever it answers', async () => {
    const STAR = { 'access-control-allow-origin': '*' };
    const stream = fixture.connect(fixture.wire.across());
    await (await fixture.wire.request(0)).stream(STAR);
    await stream.until(() => stream.status === 'connected');
    const json = fixture.connect(fixture.wire.across('json'));
    await (await fixture.wire.request(1)).json(1, STAR);
    await json.until(() => json.status === 'connected');
    expect(await fixture.wire.ask('preflights', {})).to.deep.equal([]);
  });

  it('across origins makes no second feed wait for the first one’s stream', async () => {
    const STAR = { 'access-control-allow-origin': '*' };
    const feeds = [fixture.connect(fixture.wire.across())];
    await (await fixture.wire.request(0)).stream(STAR);
    // Equal ones would share the stream.
    feeds.push(fixture.connect(fixture.wire.across(), { interval: 6 }));
    await (await fixture.wire.request(1)).stream(STAR);
    for (const live of feeds) await live.until(() => live.status === 'connected');
  });
});
