import { expect } from 'chai';
import fc from 'fast-check';
import { Channels } from '../../src/feed/channels.js';

const named = (...names: string[]): Channels => {
  const channels = new Channels();
  channels.setNamed(names);
  return channels;
};

describe('the channels of a feed', () => {
  it('let everything in where the attribute names none', () => {
    expect(new Channels().filter).to.equal(undefined);
    expect(named().filter).to.equal(undefined);
  });

  it('let in what the attribute names', () => {
    expect([...(named('a', 'b').filter ?? [])]).to.deep.equal(['a', 'b']);
  });

  it('let in what a script subscribed beside them', () => {
    const channels = named('a');
    channels.add('b');
    expect([...(channels.filter ?? [])]).to.deep.equal(['a', 'b']);
  });

  it('let everything in though a script subscribed one, where the attribute names none', () => {
    const channels = new Channels();
    channels.add('a');
    expect(channels.filter).to.equal(undefined);
    expect([...channels.all]).to.deep.equal(['a']);
  });

  it('give the first named one what has no channel, else message', () => {
    expect(named('a', 'b').first).to.equal('a');
    const channels = new Channels();
    channels.add('x');
    expect(channels.first).to.equal('message');
  });

  it('named anew say what is new and what is gone', () => {
    const channels = named('a', 'b');
    expect(channels.setNamed(['b', 'c'])).to.deep.equal({ added: ['c'], removed: ['a'] });
    expect([...channels.all]).to.deep.equal(['b', 'c']);
  });

  it('named twice in one attribute are one', () => {
    expect(new Channels().setNamed(['a', 'a'])).to.deep.equal({ added: ['a'], removed: [] });
  });

  it('named as before say nothing', () => {
    expect(named('a', 'b').setNamed(['b', 'a'])).to.deep.equal({ added: [], removed: [] });
  });

  it('of a script outlive a change of the attribute', () => {
    const channels = named('a');
    channels.add('mine');
    expect(channels.setNamed(['b'])).to.deep.equal({ added: ['b'], removed: ['a'] });
    expect([...channels.all]).to.deep.equal(['b', 'mine']);
  });

  it('that a script unsubscribed are not unsubscribed a second time by the attribute', () => {
    const channels = named('a', 'b');
    expect(channels.remove('a')).to.equal(true);
    expect(channels.remove('a')).to.equal(false);
    expect(channels.setNamed(['b'])).to.deep.equal({ added: [], removed: [] });
  });

  it('are added once', () => {
    const channels = named('a');
    expect(channels.add('a')).to.equal(false);
    expect(channels.add('b')).to.equal(true);
    expect(channels.add('b')).to.equal(false);
  });

  it('tell exactly the subscriptions that a server needs to hear, whatever is asked', () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    const action = fc.oneof(
      fc.record({ type: fc.constant('name' as const), names: fc.array(name, { maxLength: 4 }) }),
      fc.record({ type: fc.constant('add' as const), name }),
      fc.record({ type: fc.constant('remove' as const), name }),
    );
    fc.assert(
      fc.property(fc.array(action), (actions) => {
        const channels = new Channels();
        const server = new Set<string>();
        const hear = (type: 'subscribe' | 'unsubscribe', channel: string): void => {
          expect(server.has(channel), `${type} ${channel}`).to.equal(type === 'unsubscribe');
          if (type === 'subscribe') server.add(channel);
          else server.delete(channel);
        };
        for (const step of actions) {
          if (step.type === 'name') {
            const { added, removed } = channels.setNamed(step.names);
            for (const gone of removed) hear('unsubscribe', gone);
            for (const come of added) hear('subscribe', come);
          } else if (step.type === 'add') {
            if (channels.add(step.name)) hear('subscribe', step.name);
          } else if (channels.remove(step.name)) hear('unsubscribe', step.name);
          expect([...server].sort()).to.deep.equal([...channels.all].sort());
        }
      }),
    );
  });
});
