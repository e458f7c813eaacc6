import { expect } from 'chai';
import fc from 'fast-check';
import { Replay } from '../../src/feed/replay.js';
import type { Message } from '../../src/kernel/message.js';

const message = (channel: string, id?: string | number): Message => ({ channel, data: id, time: 0, id });

/** A stream that has brought these ids, each committed with its event. */
const after = (...ids: readonly string[]): Replay => {
  const replay = new Replay();
  for (const id of ids) {
    replay.event(id);
    replay.lastEventId = id;
  }
  return replay;
};

describe('a stream that goes on', () => {
  it('takes what comes for new, ids or none', () => {
    const replay = new Replay();
    expect([undefined, '', '1', '2'].map((id) => replay.event(id))).to.deep.equal(['new', 'new', 'new', 'new']);
  });

  it('fault 36: knows what is replayed after it was resumed', () => {
    const replay = after('a', 'b', 'c');
    replay.resumed();
    expect(['b', 'c', 'd'].map((id) => replay.event(id))).to.deep.equal(['again', 'again', 'new']);
  });

  it('fault 36: takes the same id in two updates for two, while nothing is replayed', () => {
    const replay = after('a');
    expect([replay.event('a'), replay.event('a')]).to.deep.equal(['new', 'new']);
  });

  it('fault 36: takes the same id for a new one again after the first event that is new', () => {
    const replay = after('a', 'b');
    replay.resumed();
    expect(['b', 'c', 'b', 'b'].map((id) => replay.event(id))).to.deep.equal(['again', 'new', 'new', 'new']);
  });

  it('takes everything for new that was asked for without an id', () => {
    const replay = after('a', 'b');
    replay.resumed();
    replay.began();
    expect(replay.event('b')).to.equal('new');
  });

  it('drops nothing without an id of its own', () => {
    const replay = after('a');
    replay.resumed();
    expect([replay.event(undefined), replay.event('')]).to.deep.equal(['new', 'new']);
  });

  it('fault 39: finds a gap where ids count and the first new one is no later than where it was to go on', () => {
    const replay = after('1000', '1001');
    replay.resumed();
    expect(['3', '4'].map((id) => replay.event(id))).to.deep.equal(['gap', 'new']);
  });

  it('fault 39: finds a gap where a known id says another thing: the server has begun to count anew', () => {
    const replay = new Replay();
    for (const id of ['1', '2', '3']) replay.event(id, `{"old":${id}}`);
    replay.lastEventId = '3';
    replay.resumed();
    expect(['1', '2', '3', '4'].map((id) => replay.event(id, `{"new":${id}}`))).to.deep.equal([
      'gap',
      'new',
      'new',
      'new',
    ]);
  });

  it('fault 36: knows what is replayed by its id and what it says', () => {
    const replay = new Replay();
    for (const id of ['1', '2', '3']) replay.event(id, `{"old":${id}}`);
    replay.lastEventId = '3';
    replay.resumed();
    expect(['2', '3', '4'].map((id) => replay.event(id, `{"old":${id}}`))).to.deep.equal(['again', 'again', 'new']);
  });

  it('fault 39: compares ids as numbers of any length', () => {
    const big = after('99999999999999999999');
    big.resumed();
    expect(big.event('100000000000000000000')).to.equal('new');
    big.lastEventId = '100000000000000000000';
    big.resumed();
    expect(big.event('99999999999999999998')).to.equal('gap');
  });

  it('fault 39: finds no gap in ids that do not count', () => {
    const replay = after('m-9');
    replay.resumed();
    expect(replay.event('m-1')).to.equal('new');
  });

  it('finds no gap in ids that skip: others may have taken them', () => {
    const replay = after('5');
    replay.resumed();
    expect(replay.event('900')).to.equal('new');
  });

  it('remembers the last 1,024 ids and no more', () => {
    const ids = Array.from({ length: 1_025 }, (_, index) => `e${index}`);
    const replay = after(...ids);
    replay.resumed();
    expect(replay.event('e1')).to.equal('again');
    expect(replay.event('e0')).to.equal('new');
  });

  it('delivers each event of an overlapping replay once, in order', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(50), fc.nat(10), (before, missed, overlap) => {
        const all = Array.from({ length: before + missed }, (_, index) => String(index + 1));
        const replay = after(...all.slice(0, before));
        if (replay.lastEventId !== '') replay.resumed();
        const replayed = all.slice(Math.max(0, before - overlap));
        const delivered = replayed.filter((id) => replay.event(id) === 'new');
        expect(delivered).to.deep.equal(all.slice(before));
      }),
    );
  });
});

describe('channels of a WebSocket', () => {
  const ids = (messages: readonly Message[]): readonly unknown[] => messages.map(({ id }) => id);

  it('drop nothing where the server announced no resume', () => {
    const replay = new Replay();
    const twice = [message('a', 1), message('a', 1)];
    expect(replay.messages(twice)).to.deep.equal(twice);
    expect(replay.resumeOf('a')).to.equal(undefined);
  });

  it('go on from what was announced, and then from the last message', () => {
    const replay = new Replay();
    replay.announced('a', '7', false);
    expect(replay.resumeOf('a')).to.equal('7');
    replay.messages([message('a', '8'), message('a', 9)]);
    expect(replay.resumeOf('a')).to.equal('9');
    expect(replay.resumeOf('b')).to.equal(undefined);
  });

  it('do not go back by a snapshot that is older than what was announced', () => {
    const replay = new Replay();
    replay.announced('a', '12', false);
    expect(ids(replay.messages([message('a', '9')]))).to.deep.equal(['9']);
    expect(replay.resumeOf('a')).to.equal('12');
    replay.messages([message('a', '13')]);
    expect(replay.resumeOf('a')).to.equal('13');
  });

  it('fault 36: drop what is replayed after they were resumed', () => {
    const replay = new Replay();
    replay.announced('a', '0', false);
    replay.messages([message('a', 1), message('a', 2)]);
    replay.announced('a', '4', false);
    expect(ids(replay.messages([message('a', 2), message('a', 3), message('a', 4)]))).to.deep.equal([3, 4]);
  });

  it('fault 36: drop no id twice while nothing is replayed', () => {
    const replay = new Replay();
    replay.announced('a', '0', false);
    expect(ids(replay.messages([message('a', 1), message('a', 1)]))).to.deep.equal([1, 1]);
  });

  it('keep to their own ids', () => {
    const replay = new Replay();
    replay.announced('a', '0', false);
    replay.announced('b', '0', false);
    replay.messages([message('a', 1)]);
    replay.announced('a', '1', false);
    replay.announced('b', '0', false);
    expect(ids(replay.messages([message('b', 1), message('a', 1), message('c', 1)]))).to.deep.equal([1, 1]);
  });

  it('keep to where they were when they are announced again: what came since is to be replayed', () => {
    const replay = new Replay();
    replay.announced('a', '3', false);
    replay.messages([message('a', 4)]);
    replay.announced('a', '9', false);
    expect(replay.resumeOf('a')).to.equal('4');
  });

  it('begin anew after a gap', () => {
    const replay = new Replay();
    replay.announced('a', '3', false);
    replay.messages([message('a', 4)]);
    replay.announced('a', '2', true);
    expect(replay.resumeOf('a')).to.equal('2');
    expect(ids(replay.messages([message('a', 3), message('a', 4)]))).to.deep.equal([3, 4]);
  });

  it('fault 39: take an id that was there before a gap for a new one, also after the next resume', () => {
    const replay = new Replay();
    replay.announced('a', '0', false);
    replay.messages([message('a', 1), message('a', 2)]);
    replay.announced('a', '0', true);
    replay.messages([message('a', 1)]);
    replay.announced('a', '2', false);
    expect(ids(replay.messages([message('a', 1), message('a', 2)]))).to.deep.equal([2]);
  });

  it('that nobody wants any more are not resumed', () => {
    const replay = new Replay();
    replay.announced('a', '3', false);
    replay.forget('a');
    expect(replay.resumeOf('a')).to.equal(undefined);
  });

  it('take a message without an id as it comes', () => {
    const replay = new Replay();
    replay.announced('a', '3', false);
    replay.announced('a', '3', false);
    expect(replay.messages([message('a'), message('a')])).to.have.length(2);
  });
});
