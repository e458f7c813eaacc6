import { expect } from 'chai';
import { ACROSS, HTTP, Rig, type Options } from '../support/connection-rig.js';
import { settled, type FakeRequest } from '../support/fake-env.js';

const idOf = (request: FakeRequest): string | null => request.headers.get('last-event-id');
const ids = (rig: Rig): readonly (string | null)[] => rig.env.requests.map(idOf);
const event = (id: number): string => `id: ${id}\ndata: ${id}\n\n`;
const events = (...all: readonly number[]): string => all.map(event).join('');

/** A stream across origins that has brought events 1 and 2, and was cut. */
const cut = async (options: Options = {}, src = ACROSS): Promise<Rig> => {
  const rig = new Rig(src, { transport: 'sse', ...options });
  await rig.env.lastRequest.stream();
  await rig.env.lastRequest.push(events(1, 2));
  await rig.env.lastRequest.end();
  await rig.env.pass(750);
  return rig;
};

/** The same, where the request with the id then failed, and one without it was sent. */
const doubted = async (options: Options = {}): Promise<Rig> => {
  const rig = await cut(options);
  rig.env.lastRequest.refuse();
  await settled();
  await rig.env.pass(1_000);
  return rig;
};

/** The same, where the one without was answered, and one more with the id is under way beside it. */
const opened = async (options: Options = {}): Promise<{ rig: Rig; plain: FakeRequest; beside: FakeRequest }> => {
  const rig = await doubted(options);
  const plain = rig.env.lastRequest;
  await plain.stream();
  return { rig, plain, beside: rig.env.lastRequest };
};

const told = (rig: Rig, code: string): readonly string[] =>
  rig.errors.filter((error) => error.code === code).map(({ message }) => message);

describe('a stream across origins that goes on', () => {
  it('asks with the id first', async () => {
    const rig = await cut();
    expect(ids(rig)).to.deep.equal([null, '2']);
  });

  it('that is let in with the id asks nothing beside, and loses nothing', async () => {
    const rig = await cut();
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push(events(3));
    expect(rig.env.requests).to.have.length(2);
    expect(rig.data).to.deep.equal([1, 2, 3]);
    expect(rig.gaps).to.equal(0);
  });

  it('asks without it after a request with it that failed, and after its delay', async () => {
    const rig = await cut();
    rig.env.lastRequest.refuse();
    await settled();
    expect(rig.env.requests).to.have.length(2);
    await rig.env.pass(999);
    expect(rig.env.requests).to.have.length(2);
    await rig.env.pass(1);
    expect(ids(rig)).to.deep.equal([null, '2', null]);
  });

  it('asks with it again after a request that was answered, by 503 as well', async () => {
    const rig = await cut();
    await rig.env.lastRequest.answer(503, '');
    await rig.env.pass(1_000);
    expect(ids(rig)).to.deep.equal([null, '2', '2']);
  });

  it('goes on without it while the server is away', async () => {
    const rig = await doubted();
    rig.env.lastRequest.refuse();
    await settled();
    await rig.env.pass(1_500);
    expect(ids(rig)).to.deep.equal([null, '2', null, null]);
    expect(told(rig, 'history-gap')).to.deep.equal([]);
  });

  it('asks once more with it beside the stream that opened without', async () => {
    const { rig, plain, beside } = await opened();
    expect(ids(rig)).to.deep.equal([null, '2', null, '2']);
    expect(beside).to.not.equal(plain);
    expect(rig.env.held.requests).to.equal(2);
    expect(rig.status).to.equal('connected');
  });

  it('asks so as well where all that came was an id without data', async () => {
    const rig = new Rig(ACROSS, { transport: 'sse' });
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push('id: 5\n\n');
    await rig.env.lastRequest.end();
    await rig.env.pass(750);
    rig.env.lastRequest.refuse();
    await settled();
    await rig.env.pass(1_000);
    await rig.env.lastRequest.stream();
    expect(ids(rig)).to.deep.equal([null, '5', null, '5']);
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push(events(6));
    expect(rig.data).to.deep.equal([6]);
  });

  it('asks nothing beside within the origin, where no browser asks for leave', async () => {
    const rig = await cut({}, HTTP);
    rig.env.lastRequest.refuse();
    await settled();
    await rig.env.pass(1_000);
    await rig.env.lastRequest.stream();
    expect(ids(rig)).to.deep.equal([null, '2', '2']);
  });

  it('asks nothing beside where the author’s own headers need leave anyway', async () => {
    const rig = await doubted({ headers: { authorization: 'x' } });
    await rig.env.lastRequest.stream();
    expect(ids(rig)).to.deep.equal([null, '2', '2']);
  });

  it('takes headers that need no leave for none', async () => {
    const rig = await doubted({ headers: { 'accept-language': 'de' } });
    expect(ids(rig)).to.deep.equal([null, '2', null]);
    expect(rig.env.lastRequest.headers.get('accept-language')).to.equal('de');
  });

  it('asks beside with the author’s headers as they were given for this attempt', async () => {
    let asked = 0;
    const rig = new Rig(ACROSS, { transport: 'sse', headers: () => ({ 'accept-language': `l${++asked}` }) });
    await settled();
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push(events(1));
    await rig.env.lastRequest.end();
    await rig.env.pass(750);
    rig.env.lastRequest.refuse();
    await rig.env.pass(1_000);
    await rig.env.lastRequest.stream();
    const beside = rig.env.lastRequest;
    expect(ids(rig)).to.deep.equal([null, '1', null, '1']);
    expect(beside.headers.get('accept-language')).to.equal('l3');
    expect(asked).to.equal(3);
  });
});

describe('the stream beside, once it opens', () => {
  it('takes over, and the other is let go of', async () => {
    const { rig, plain, beside } = await opened();
    await beside.stream();
    expect(plain.aborted).to.equal(true);
    expect(beside.aborted).to.equal(false);
    await beside.push(events(3, 4));
    expect(rig.data).to.deep.equal([1, 2, 3, 4]);
    expect(rig.gaps).to.equal(0);
    expect(told(rig, 'history-gap')).to.deep.equal([]);
    expect(rig.env.held.requests).to.equal(1);
  });

  it('loses nothing that the other brought meanwhile, doubles nothing, and keeps the order', async () => {
    const { rig, plain, beside } = await opened();
    await plain.push(events(5, 6));
    expect(rig.data).to.deep.equal([1, 2]);
    await beside.stream();
    await beside.push(events(3, 4, 5, 6));
    await beside.push(events(7));
    expect(rig.data).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
    expect(rig.gaps).to.equal(0);
  });

  it('doubles nothing where the server replays from the last id on', async () => {
    const { rig, plain, beside } = await opened();
    await plain.push(events(4));
    await beside.stream();
    await beside.push(events(2, 3, 4, 5));
    expect(rig.data).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('is the one that the next reconnect goes on from, with its id at once', async () => {
    const { rig, beside } = await opened();
    await beside.stream();
    await beside.push(events(3));
    await beside.end();
    await rig.env.pass(20_000);
    expect(idOf(rig.env.lastRequest)).to.equal('3');
    await rig.env.lastRequest.stream();
    expect(rig.env.held.requests).to.equal(1);
  });

  it('is watched for silence as any other', async () => {
    const { rig, beside } = await opened();
    await beside.stream();
    await beside.push(events(3));
    await rig.env.pass(130_000);
    expect(beside.aborted).to.equal(true);
    expect(rig.codes).to.include('timeout');
  });

  it('ends as any other: what was taken over is retried', async () => {
    const { rig, beside } = await opened();
    await beside.stream();
    await beside.end();
    expect(rig.status).to.equal('reconnecting');
    expect(rig.env.held.requests).to.equal(0);
  });
});

describe('the stream beside, where the server refuses the id', () => {
  it('is told once as a gap with what to allow, and what the other brought follows it', async () => {
    const { rig, plain, beside } = await opened();
    await plain.push(events(5));
    const gapBefore: unknown[] = [];
    rig.on.messages = () => gapBefore.push(rig.gaps);
    beside.refuse();
    await settled();
    expect(rig.data).to.deep.equal([1, 2, 5]);
    expect(gapBefore).to.deep.equal([1]);
    expect(told(rig, 'history-gap')).to.have.length(1);
    expect(told(rig, 'history-gap')[0]).to.include('Access-Control-Allow-Headers: Last-Event-ID');
    await plain.push(events(6));
    expect(rig.data).to.deep.equal([1, 2, 5, 6]);
    expect(rig.status).to.equal('connected');
    expect(plain.aborted).to.equal(false);
  });

  it('is remembered: the id is never sent again, each cut is a gap, and none is told again', async () => {
    const { rig, plain, beside } = await opened();
    beside.refuse();
    await settled();
    for (let round = 1; round <= 3; round++) {
      const stream = round === 1 ? plain : rig.env.lastRequest;
      await stream.push(events(10 + round));
      await rig.env.pass(6_000);
      await stream.end();
      await rig.env.pass(1_000);
      await rig.env.lastRequest.stream();
      expect(idOf(rig.env.lastRequest)).to.equal(null);
      expect(rig.gaps).to.equal(1 + round);
    }
    expect(rig.env.held.requests).to.equal(1);
    expect(told(rig, 'history-gap')).to.have.length(1);
  });

  it('is no refusal where it is answered: it was not replayed, and is asked for again next time', async () => {
    const { rig, plain, beside } = await opened();
    await plain.push(events(5));
    await beside.answer(503, '');
    expect(rig.data).to.deep.equal([1, 2, 5]);
    expect(rig.gaps).to.equal(1);
    expect(told(rig, 'history-gap')[0]).to.include('did not replay').and.to.not.include('Access-Control');
    await plain.end();
    await rig.env.pass(20_000);
    expect(idOf(rig.env.lastRequest)).to.equal('5');
  });
});

describe('the stream beside, where neither answers', () => {
  it('is waited for 3 s from the first message, which is then handed on after a gap', async () => {
    const { rig, plain, beside } = await opened();
    await rig.env.pass(2_000);
    await plain.push(events(5));
    await rig.env.pass(2_999);
    expect(rig.data).to.deep.equal([1, 2]);
    await rig.env.pass(1);
    expect(rig.data).to.deep.equal([1, 2, 5]);
    expect(rig.gaps).to.equal(1);
    expect(told(rig, 'history-gap')).to.have.length(1);
    expect(beside.aborted).to.equal(true);
    await plain.push(events(6));
    expect(rig.data).to.deep.equal([1, 2, 5, 6]);
  });

  it('has no say any more after that', async () => {
    const { rig, plain, beside } = await opened();
    await plain.push(events(5));
    await rig.env.pass(3_000);
    await beside.stream();
    await beside.push(events(3));
    expect(rig.data).to.deep.equal([1, 2, 5]);
  });

  it('holds a bounded number of messages', async () => {
    const { rig, plain } = await opened();
    const flood = Array.from({ length: 6_000 }, (_, index) => index + 10);
    await plain.push(events(...flood));
    expect(rig.data).to.have.length(2 + flood.length);
    expect(rig.gaps).to.equal(1);
  });
});

describe('ids that are held with their messages', () => {
  it('are not committed before these are delivered', async () => {
    const { rig, plain, beside } = await opened();
    await plain.push(events(5, 6));
    await beside.stream();
    await beside.end();
    await rig.env.pass(20_000);
    expect(idOf(rig.env.lastRequest)).to.equal('2');
    expect(rig.data).to.deep.equal([1, 2]);
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push(events(3, 4, 5, 6));
    expect(rig.data).to.deep.equal([1, 2, 3, 4, 5, 6]);
  });

  it('are forgotten with them where the one beside takes over: the next goes on from what was delivered', async () => {
    const { rig, plain, beside } = await opened();
    await plain.push(events(5, 6));
    await beside.stream();
    await beside.push(events(3));
    await beside.end();
    await rig.env.pass(20_000);
    expect(idOf(rig.env.lastRequest)).to.equal('3');
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push(events(4, 5, 6));
    expect(rig.data).to.deep.equal([1, 2, 3, 4, 5, 6]);
  });

  it('are delivered after a told gap where the stream ends before it is known', async () => {
    const { rig, plain, beside } = await opened();
    await plain.push(events(5));
    await plain.end();
    expect(beside.aborted).to.equal(true);
    expect(rig.data).to.deep.equal([1, 2, 5]);
    expect(rig.gaps).to.equal(1);
    expect(told(rig, 'history-gap')).to.have.length(1);
    expect(rig.status).to.equal('reconnecting');
  });

  it('leave the old id standing where the stream ends before it brought any: all is replayed after it', async () => {
    const { rig, plain } = await opened();
    await plain.end();
    await rig.env.pass(20_000);
    await rig.env.lastRequest.stream();
    expect(idOf(rig.env.lastRequest)).to.equal('2');
    await rig.env.lastRequest.stream();
    await rig.env.lastRequest.push(events(3, 4));
    expect(rig.data).to.deep.equal([1, 2, 3, 4]);
    expect(rig.gaps).to.equal(0);
  });
});

describe('the stream beside, let go of', () => {
  it('is aborted by disconnect(), and leaves no request and no timer', async () => {
    const { rig, plain } = await opened();
    await plain.push(events(5));
    rig.connection.disconnect();
    expect(rig.env.held.requests).to.equal(0);
    rig.env.advance(1_000);
    expect(rig.env.held.timers).to.equal(0);
  });

  it('is aborted with the feed, which hears nothing more', async () => {
    const { rig, plain } = await opened();
    await plain.push(events(5));
    const before = rig.data.length;
    rig.connection.dispose();
    await settled();
    expect(rig.env.held).to.deep.equal({ timers: 0, frames: 0, watchers: 0, sockets: 0, requests: 0 });
    expect(rig.data).to.have.length(before);
  });

  it('is aborted by reconnect(), after which one request is alive', async () => {
    const { rig } = await opened();
    rig.connection.reconnect();
    await settled();
    expect(rig.env.held.requests).to.equal(1);
  });
});
