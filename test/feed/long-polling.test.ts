import { expect } from 'chai';
import { ACROSS, HTTP, Rig, source, type Options } from '../support/connection-rig.js';
import { settled, type FakeRequest } from '../support/fake-env.js';

const long = (options: Options = {}, src = HTTP): Rig => new Rig(src, { transport: 'long-polling', ...options });
const DATE = 'Tue, 02 Jan 2024 00:00:00 GMT';
const LATER = 'Tue, 02 Jan 2024 00:00:01 GMT';

/** Where to go on from, as a request says it. */
const cursorOf = ({ headers }: FakeRequest): readonly (string | null)[] =>
  ['if-none-match', 'if-modified-since', 'last-event-id'].map((name) => headers.get(name));

const told = (rig: Rig, code: string): readonly string[] =>
  rig.errors.filter((error) => error.code === code).map(({ message }) => message);

/** The pause before the next attempt. */
const pauseOf = (rig: Rig): number => (rig.connection.view.retryAt ?? Number.NaN) - rig.env.now();

describe('a long poll', () => {
  it('asks for JSON, and never lets the HTTP cache answer', () => {
    const { init, headers } = long().env.lastRequest;
    expect(init.cache).to.equal('no-store');
    expect(headers.get('accept')).to.equal('application/json');
  });

  it('hands on what is answered, and asks again at once', async () => {
    const rig = long();
    await rig.env.pass(20_000);
    await rig.env.lastRequest.json({ channel: 'a', data: 1 });
    expect(rig.data).to.deep.equal([1]);
    expect(rig.env.requests).to.have.length(2);
    expect(rig.env.held.requests).to.equal(1);
  });

  it('takes a batch in order, and an answer of any content type', async () => {
    const rig = long();
    const batch = [1, 2, 3].map((data) => ({ channel: 'a', data }));
    await rig.env.lastRequest.answer(200, JSON.stringify(batch), { 'content-type': 'text/plain' });
    expect(rig.data).to.deep.equal([1, 2, 3]);
  });

  it('lets in only the channels that are named', async () => {
    const rig = long();
    rig.connection.setChannels(['a']);
    await rig.env.lastRequest.json([
      { channel: 'a', data: 1 },
      { channel: 'b', data: 2 },
    ]);
    expect(rig.data).to.deep.equal([1]);
  });

  it('goes on from the ETag and the Last-Modified of the last answer', async () => {
    const rig = long();
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal([null, null, null]);
    await rig.env.lastRequest.json(1, { etag: '0', 'last-modified': DATE });
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal(['0', DATE, null]);
    await rig.env.lastRequest.json(2, { etag: '1', 'last-modified': DATE });
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal(['1', DATE, null]);
    expect(rig.data).to.deep.equal([1, 2]);
  });

  it('takes the same ETag at another Last-Modified for another answer, as nchan means it', async () => {
    const rig = long();
    await rig.env.lastRequest.json(1, { etag: '0', 'last-modified': DATE });
    await rig.env.lastRequest.json(1, { etag: '0', 'last-modified': LATER });
    expect(rig.data).to.deep.equal([1, 1]);
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal(['0', LATER, null]);
  });

  it('goes on from the id of the last message where there is no ETag', async () => {
    const rig = long();
    await rig.env.lastRequest.json([
      { channel: 'a', data: 1, id: 'm1' },
      { channel: 'a', data: 2, id: 2 },
    ]);
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal([null, null, '2']);
  });

  it('keeps its cursor through an answer without one', async () => {
    const rig = long();
    await rig.env.lastRequest.json(1, { etag: '0', 'last-modified': DATE });
    await rig.env.lastRequest.answer(204, null);
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal(['0', DATE, null]);
  });

  it('keeps its cursor where the answer cannot be read: it is asked for again', async () => {
    const rig = long();
    await rig.env.lastRequest.json(1, { etag: '0' });
    await rig.env.lastRequest.answer(200, '<!doctype html>', { etag: '9' });
    expect(rig.codes).to.deep.equal(['decode']);
    expect(rig.status).to.equal('reconnecting');
    await rig.env.pass(1_000);
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal(['0', null, null]);
  });

  it('keeps its cursor where the answer was cut: nothing of it is taken', async () => {
    const rig = long();
    await rig.env.lastRequest.json(1, { etag: '0' });
    await rig.env.lastRequest.begin(200, { etag: '9' });
    await rig.env.lastRequest.push('{"channel": "a", "da');
    rig.env.lastRequest.refuse();
    await settled();
    await rig.env.pass(1_000);
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal(['0', null, null]);
    expect(rig.data).to.deep.equal([1]);
  });

  it('keeps its cursor over disconnect(), and has none of another source', async () => {
    const rig = long();
    await rig.env.lastRequest.json(1, { etag: '0' });
    rig.connection.disconnect();
    rig.connection.connect();
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal(['0', null, null]);
    rig.connection.setSources([source('/other', { transport: 'long-polling' })]);
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal([null, null, null]);
  });

  for (const [name, status, body] of [
    ['304', 304, null],
    ['204', 204, null],
    ['an empty answer', 200, ''],
    ['an answer of white space', 200, ' \n'],
  ] as const) {
    it(`asks again at once after ${name}, which confirms and draws nothing`, async () => {
      const rig = long();
      await rig.env.lastRequest.json(1, { etag: '0' });
      await rig.env.pass(25_000);
      await rig.env.lastRequest.answer(status, body);
      expect(rig.env.requests).to.have.length(3);
      expect(rig.data).to.deep.equal([1]);
      expect(rig.confirmed).to.equal(1);
      expect(rig.codes).to.deep.equal([]);
      expect(rig.statuses).to.deep.equal(['connecting', 'connected']);
    });
  }

  it('takes an answer under the same cursor for one that confirms', async () => {
    const rig = long();
    await rig.env.lastRequest.json(1, { etag: '0', 'last-modified': DATE });
    await rig.env.lastRequest.json(1, { etag: '0', 'last-modified': DATE });
    expect(rig.data).to.deep.equal([1]);
    expect(rig.confirmed).to.equal(1);
  });

  it('has one request in flight, whatever happens', async () => {
    const rig = long();
    const check = (): void => void expect(rig.env.held.requests).to.be.at.most(1);
    for (let round = 0; round < 40; round++) {
      if (round % 4 === 0) await rig.env.lastRequest.json(round, { etag: String(round) });
      check();
      if (round % 5 === 0) rig.env.sleep(60_000);
      if (round % 6 === 0) rig.env.setOnline(false);
      await rig.env.pass(2_000);
      check();
      rig.env.setOnline(true);
      if (round % 7 === 0) rig.env.lastRequest.refuse();
      check();
      await rig.env.pass(1_000);
      check();
    }
  });

  it('tells of a gap that the server tells, once a time', async () => {
    const rig = long();
    await rig.env.lastRequest.json(1, { etag: '0' });
    const gapsBefore: number[] = [];
    rig.on.messages = () => gapsBefore.push(rig.gaps);
    await rig.env.lastRequest.json(5, { etag: '5', 'rt-gap': '?1' });
    expect(rig.data).to.deep.equal([1, 5]);
    expect(gapsBefore).to.deep.equal([1]);
    expect(told(rig, 'history-gap')).to.have.length(1);
    await rig.env.lastRequest.json(6, { etag: '6', 'rt-gap': '?0' });
    expect(rig.gaps).to.equal(1);
  });

  it('fault 21: takes an answer over 4 MiB for a failed one', async () => {
    const rig = long();
    await rig.env.lastRequest.begin(200, {});
    for (let mebibyte = 0; mebibyte < 5; mebibyte++) await rig.env.lastRequest.push('1'.repeat(1024 * 1024));
    expect(rig.codes).to.deep.equal(['over-limit']);
    expect(rig.status).to.equal('reconnecting');
    expect(rig.env.held.requests).to.equal(0);
  });

  it('sends nothing: that is told', () => {
    const rig = long();
    rig.connection.send('x');
    expect(rig.codes).to.deep.equal(['protocol']);
  });

  it('that gives the same answer at once again and again is asked less often, and none of them is dropped', async () => {
    const rig = long();
    for (let count = 0; count < 11; count++) await rig.env.lastRequest.json({ channel: 'a', data: 1 });
    expect(rig.data).to.have.length(11);
    expect(told(rig, 'protocol')).to.have.length(1);
    expect(rig.env.requests).to.have.length(11);
    await rig.env.pass(500);
    expect(rig.env.requests).to.have.length(12);
  });
});

describe('the status of a long poll', () => {
  it('is connected by its first answer', async () => {
    const rig = long();
    await rig.env.pass(999);
    expect(rig.status).to.equal('connecting');
    await rig.env.lastRequest.json(1);
    expect(rig.connection.view).to.include({ status: 'connected', transport: 'long-polling' });
  });

  it('is connected after 1 s of waiting without error', async () => {
    const rig = long();
    await rig.env.pass(1_000);
    expect(rig.statuses).to.deep.equal(['connecting', 'connected']);
    expect(rig.errors).to.deep.equal([]);
  });

  it('is not connected by a failure within that second, nor by what it waits then', async () => {
    const rig = long();
    await rig.env.pass(500);
    await rig.env.lastRequest.answer(502, '');
    await rig.env.pass(700);
    expect(rig.statuses).to.deep.equal(['connecting', 'reconnecting']);
  });

  it('stays connected from answer to answer', async () => {
    const rig = long();
    for (let count = 0; count < 5; count++) await rig.env.lastRequest.json(count, { etag: String(count) });
    expect(rig.statuses).to.deep.equal(['connecting', 'connected']);
  });

  it('fault 10: is a final error of a source that only let us wait', async () => {
    const rig = long();
    await rig.env.pass(3_000);
    await rig.env.lastRequest.answer(404, '');
    expect(rig.status).to.equal('error');
    expect(rig.errors.at(-1)?.fatal).to.equal(true);
  });

  it('fault 10: is an error for 5 minutes of a source that had answered', async () => {
    const rig = long();
    await rig.env.lastRequest.json(1);
    await rig.env.lastRequest.answer(404, '');
    expect(rig.connection.view).to.include({ status: 'error', retryAt: rig.env.now() + 300_000 });
  });
});

describe('the silence of a long poll', () => {
  it('is death after 2 minutes', async () => {
    const rig = long();
    await rig.env.lastRequest.json(1);
    await rig.env.pass(119_999);
    expect(rig.status).to.equal('connected');
    await rig.env.pass(1);
    expect(rig.status).to.equal('reconnecting');
    expect(rig.codes).to.deep.equal(['timeout']);
    expect(rig.env.held.requests).to.equal(0);
  });

  it('counts anew for each request', async () => {
    const rig = long();
    for (let count = 0; count < 5; count++) {
      await rig.env.pass(100_000);
      await rig.env.lastRequest.json(count, { etag: String(count) });
    }
    expect(rig.codes).to.deep.equal([]);
  });

  it('is death after twice the longest answer and 10 s, where the server is known to take its time', async () => {
    const rig = long();
    await rig.env.pass(100_000);
    await rig.env.lastRequest.answer(204, null);
    await rig.env.pass(209_999);
    expect(rig.status).to.equal('connected');
    await rig.env.pass(1);
    expect(rig.status).to.equal('reconnecting');
  });

  it('fault 5: is none while an answer trickles in', async () => {
    const rig = long();
    await rig.env.lastRequest.begin(200, {});
    for (let count = 0; count < 10; count++) {
      await rig.env.lastRequest.push(' ');
      await rig.env.pass(60_000);
    }
    expect(rig.codes).to.deep.equal([]);
    await rig.env.pass(60_000);
    expect(rig.codes).to.deep.equal(['timeout']);
  });
});

describe('the errors of a long poll', () => {
  it('back off by the formula of all retries', async () => {
    const rig = long();
    await rig.env.lastRequest.json(1);
    const pauses: number[] = [];
    for (let count = 0; count < 5; count++) {
      await rig.env.lastRequest.answer(502, '');
      pauses.push(pauseOf(rig));
      await rig.env.pass(pauseOf(rig));
    }
    expect(pauses).to.deep.equal([750, 1_000, 1_500, 2_500, 4_500]);
  });

  it('count anew only after a message and 5 s', async () => {
    const rig = long();
    const fail = async (): Promise<number> => {
      await rig.env.lastRequest.answer(502, '');
      const pause = pauseOf(rig);
      await rig.env.pass(pause);
      return pause;
    };
    await fail();
    expect(await fail()).to.equal(1_000);
    await rig.env.lastRequest.json(1, { etag: '0' });
    expect(await fail()).to.equal(1_500);
    await rig.env.lastRequest.json(2, { etag: '1' });
    await rig.env.pass(5_000);
    expect(await fail()).to.equal(750);
  });

  it('fault 7: keep to Retry-After', async () => {
    const rig = long();
    await rig.env.lastRequest.answer(503, '', { 'retry-after': '20' });
    expect(pauseOf(rig)).to.equal(20_250);
  });

  it('fault 9: ask the author’s headers anew, and are final the second time', async () => {
    let asked = 0;
    const rig = long({ headers: () => ({ authorization: String(++asked) }) });
    await settled();
    await rig.env.lastRequest.answer(401, '');
    await rig.env.pass(750);
    expect(rig.env.lastRequest.headers.get('authorization')).to.equal('2');
    await rig.env.lastRequest.answer(401, '');
    expect(rig.status).to.equal('error');
  });

  it('ask the author’s headers for each request', async () => {
    let asked = 0;
    const rig = long({ headers: () => ({ authorization: String(++asked) }) });
    await settled();
    await rig.env.lastRequest.json(1, { etag: '0' });
    await settled();
    expect(rig.env.lastRequest.headers.get('authorization')).to.equal('2');
  });
});

describe('a server that does not hold a long poll', () => {
  const flood = async (rig: Rig, count: number): Promise<void> => {
    for (let answer = 0; answer < count; answer++) {
      await rig.env.lastRequest.answer(204, null);
      await settled();
    }
  };

  it('is asked every reconnect-delay after ten empty answers running, and that is told once', async () => {
    const rig = long();
    await flood(rig, 9);
    expect(rig.env.requests).to.have.length(10);
    expect(rig.errors).to.deep.equal([]);
    await flood(rig, 1);
    expect(rig.env.requests).to.have.length(10);
    expect(rig.codes).to.deep.equal(['protocol']);
    expect(rig.errors[0]?.message).to.include('transport="polling"');
    for (let round = 11; round < 30; round++) {
      await rig.env.pass(500);
      expect(rig.env.requests).to.have.length(round);
      await flood(rig, 1);
    }
    expect(rig.codes).to.deep.equal(['protocol']);
    expect(rig.status).to.equal('connected');
    expect(rig.data).to.deep.equal([]);
  });

  it('is asked at once again after an answer that was waited for', async () => {
    const rig = long();
    await flood(rig, 10);
    await rig.env.pass(500);
    await rig.env.pass(20_000);
    await rig.env.lastRequest.answer(204, null);
    expect(rig.env.requests).to.have.length(12);
  });

  it('is asked at once where its answers are not empty: they are a backlog', async () => {
    const rig = long();
    for (let count = 0; count < 100; count++) await rig.env.lastRequest.json(count, { etag: String(count) });
    expect(rig.env.requests).to.have.length(101);
    expect(rig.data).to.have.length(100);
  });
});

describe('a long poll across origins', () => {
  const answered = async (headers: Record<string, string> = { etag: '0', 'last-modified': DATE }): Promise<Rig> => {
    const rig = long({}, ACROSS);
    await rig.env.lastRequest.json(1, headers);
    return rig;
  };
  const refuse = async (rig: Rig): Promise<void> => {
    rig.env.lastRequest.refuse();
    await settled();
    await rig.env.pass(pauseOf(rig));
  };

  it('sends the cursor that it could read', async () => {
    const rig = await answered();
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal(['0', DATE, null]);
  });

  it('sends nothing of ours where nothing could be read, and tells no gap while it works', async () => {
    const rig = await answered({});
    await rig.env.lastRequest.json(2);
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal([null, null, null]);
    expect(rig.errors).to.deep.equal([]);
  });

  it('asks without the cursor after a request with it that failed, and after its delay', async () => {
    const rig = await answered();
    rig.env.lastRequest.refuse();
    await settled();
    expect(rig.env.requests).to.have.length(2);
    expect(rig.status).to.equal('reconnecting');
    await rig.env.pass(750);
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal([null, null, null]);
  });

  it('goes on without it while the server is away, and refuses it nothing', async () => {
    const rig = await answered();
    for (let count = 0; count < 5; count++) await refuse(rig);
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal([null, null, null]);
    expect(told(rig, 'history-gap')).to.deep.equal([]);
  });

  it('asks with it again once one without is answered; is that answered, nothing is lost and nothing doubled', async () => {
    const rig = await answered();
    await refuse(rig);
    await rig.env.lastRequest.json(5, { etag: '5', 'last-modified': LATER });
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal(['0', DATE, null]);
    expect(rig.data).to.deep.equal([1]);
    for (let count = 2; count <= 5; count++) {
      await rig.env.lastRequest.json(count, { etag: String(count), 'last-modified': LATER });
    }
    expect(rig.data).to.deep.equal([1, 2, 3, 4, 5]);
    expect(rig.gaps).to.equal(0);
    expect(told(rig, 'history-gap')).to.deep.equal([]);
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal(['5', LATER, null]);
  });

  it('is refused where it fails again: told once with what to allow, and what came without follows the gap', async () => {
    const rig = await answered();
    await refuse(rig);
    await rig.env.lastRequest.json(5, { etag: '5' });
    const gapsBefore: number[] = [];
    rig.on.messages = () => gapsBefore.push(rig.gaps);
    await refuse(rig);
    expect(rig.data).to.deep.equal([1, 5]);
    expect(gapsBefore).to.deep.equal([1]);
    expect(told(rig, 'history-gap')).to.have.length(1);
    expect(told(rig, 'history-gap')[0]).to.include('If-None-Match');
    for (let count = 6; count <= 8; count++) {
      expect(cursorOf(rig.env.lastRequest)).to.deep.equal([null, null, null]);
      await rig.env.lastRequest.json(count, { etag: String(count) });
    }
    expect(rig.data).to.deep.equal([1, 5, 6, 7, 8]);
    await refuse(rig);
    await rig.env.lastRequest.json(9, { etag: '9' });
    expect(told(rig, 'history-gap')).to.have.length(1);
    // The refusal itself, and each return after it.
    expect(rig.gaps).to.equal(3);
  });

  it('is not refused where the one with it is answered by an error', async () => {
    const rig = await answered();
    await refuse(rig);
    await rig.env.lastRequest.json(5, { etag: '5' });
    await rig.env.lastRequest.answer(503, '');
    await rig.env.pass(pauseOf(rig));
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal(['0', DATE, null]);
    await rig.env.lastRequest.json(
      [2, 5].map((data) => ({ channel: 'a', data })),
      { etag: '5' },
    );
    expect(rig.data).to.deep.equal([1, 2, 5]);
  });

  it('sends the id of the last message as such a header, too', async () => {
    const rig = long({}, ACROSS);
    await rig.env.lastRequest.json({ channel: 'a', data: 1, id: 7 });
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal([null, null, '7']);
    await refuse(rig);
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal([null, null, null]);
    await rig.env.lastRequest.json({ channel: 'a', data: 5, id: 11 });
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal([null, null, '7']);
  });

  it('doubts nothing where the author’s own headers need leave anyway', async () => {
    const rig = long({ headers: { authorization: 'x' } }, ACROSS);
    await rig.env.lastRequest.json(1, { etag: '0' });
    await refuse(rig);
    await refuse(rig);
    expect(cursorOf(rig.env.lastRequest)).to.deep.equal(['0', null, null]);
  });
});

describe('what a long poll misses while it is away', () => {
  it('is asked for by its cursor', async () => {
    const rig = long();
    await rig.env.lastRequest.json(1, { etag: '0' });
    await rig.env.lastRequest.answer(502, '');
    await rig.env.pass(750);
    await rig.env.lastRequest.json(2, { etag: '1' });
    expect(rig.gaps).to.equal(0);
  });

  it('is a gap where the server gives none, told once', async () => {
    const rig = long();
    for (let count = 0; count < 3; count++) {
      await rig.env.lastRequest.json({ channel: 'a', data: count });
      await rig.env.lastRequest.answer(502, '');
      await rig.env.pass(pauseOf(rig));
    }
    await rig.env.lastRequest.json({ channel: 'a', data: 3 });
    expect(rig.gaps).to.equal(3);
    expect(told(rig, 'history-gap')).to.have.length(1);
    expect(told(rig, 'history-gap')[0]).to.include('no ids');
  });
});
