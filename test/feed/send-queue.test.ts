import { expect } from 'chai';
import fc from 'fast-check';
import { SendQueue, type Sendable } from '../../src/feed/send-queue.js';

const drained = (queue: SendQueue): Sendable[] => {
  const out: Sendable[] = [];
  queue.drain((data) => out.push(data) > 0);
  return out;
};

describe('the queue of what is to be sent', () => {
  it('hands out what waits in its order, once', () => {
    const queue = new SendQueue(3);
    queue.add('a');
    queue.add('b');
    expect(drained(queue)).to.deep.equal(['a', 'b']);
    expect(drained(queue)).to.deep.equal([]);
  });

  it('past its limit lets the oldest go, and says how many, once', () => {
    const queue = new SendQueue(2);
    for (const data of ['a', 'b', 'c', 'd']) queue.add(data);
    expect(queue.takeDropped()).to.equal(2);
    expect(queue.takeDropped()).to.equal(0);
    expect(drained(queue)).to.deep.equal(['c', 'd']);
  });

  it('keeps what could not be sent, and goes on from there', () => {
    const queue = new SendQueue(9);
    for (const data of ['a', 'b', 'c']) queue.add(data);
    const tried: Sendable[] = [];
    queue.drain((data) => {
      tried.push(data);
      return data === 'a';
    });
    expect(tried).to.deep.equal(['a', 'b']);
    expect(drained(queue)).to.deep.equal(['b', 'c']);
  });

  it('made smaller lets the oldest go at once', () => {
    const queue = new SendQueue(5);
    for (const data of ['a', 'b', 'c']) queue.add(data);
    queue.setLimit(1);
    expect(queue.takeDropped()).to.equal(2);
    expect(drained(queue)).to.deep.equal(['c']);
  });

  it('with a limit of 0 keeps nothing, and counts it', () => {
    const queue = new SendQueue(0);
    queue.add('a');
    expect(queue.takeDropped()).to.equal(1);
    expect(drained(queue)).to.deep.equal([]);
  });

  it('says how many wait, and whether any were dropped', () => {
    const queue = new SendQueue(1);
    queue.add('a');
    expect([queue.size, queue.hasDropped]).to.deep.equal([1, false]);
    queue.add('b');
    expect([queue.size, queue.hasDropped]).to.deep.equal([1, true]);
    queue.takeDropped();
    expect(queue.hasDropped).to.equal(false);
  });

  it('loses nothing uncounted and keeps the newest, whatever comes', () => {
    const action = fc.oneof(
      fc.record({ type: fc.constant('add' as const) }),
      fc.record({ type: fc.constant('limit' as const), limit: fc.integer({ min: 0, max: 8 }) }),
      fc.record({ type: fc.constant('drain' as const), most: fc.integer({ min: 0, max: 5 }) }),
    );
    fc.assert(
      fc.property(fc.array(action), (actions) => {
        const queue = new SendQueue(4);
        const sent: number[] = [];
        let limit = 4;
        let added = 0;
        let dropped = 0;
        let waiting: number[] = [];
        for (const step of actions) {
          if (step.type === 'add') {
            queue.add(String(added));
            waiting.push(added++);
          } else if (step.type === 'limit') {
            limit = step.limit;
            queue.setLimit(limit);
          } else {
            let left = step.most;
            queue.drain((data) => left-- > 0 && sent.push(Number(data)) > 0);
            waiting = waiting.slice(step.most);
          }
          waiting = waiting.slice(Math.max(0, waiting.length - limit));
          dropped += queue.takeDropped();
        }
        expect(drained(queue).map(Number)).to.deep.equal(waiting);
        expect(sent).to.deep.equal([...sent].sort((a, b) => a - b));
        expect(sent.length + dropped + waiting.length).to.equal(added);
      }),
    );
  });
});
