import { expect } from 'chai';
import fc from 'fast-check';
import {
  controlOf,
  decodeEvent,
  decodePayload,
  decodeSocketPayload,
  decodeValue,
  type DecodeContext,
} from '../../src/decode/decode.js';
import type { Message } from '../../src/kernel/message.js';

const NOW = 1_700_000_000_000;
const context: DecodeContext = { channels: undefined, firstChannel: 'message', now: NOW };
const only = (...names: string[]): DecodeContext => ({
  ...context,
  channels: new Set(names),
  firstChannel: names[0] ?? 'message',
});

const payload = (value: unknown, within = context): readonly Message[] => {
  const result = decodePayload(JSON.stringify(value), within);
  if (!result.ok) throw new Error(result.problem);
  return result.value;
};
const event = (text: string, within: Partial<DecodeContext>): readonly Message[] => {
  const result = decodeEvent(text, { ...context, ...within });
  if (!result.ok) throw new Error(result.problem);
  return result.value;
};

describe('an unnamed payload', () => {
  it('that is an object with a channel is an envelope', () => {
    expect(payload({ channel: 'metrics', data: { cpu: 5 }, timestamp: 1e12, id: 'a1' })).to.deep.equal([
      { channel: 'metrics', data: { cpu: 5 }, time: 1e12, id: 'a1' },
    ]);
  });

  it('is named by its channel before its type, and by its type where the channel is no text', () => {
    expect(payload({ channel: 'a', type: 'b', data: 1 })[0]?.channel).to.equal('a');
    expect(payload({ type: 'b', data: 1 })[0]?.channel).to.equal('b');
    expect(payload({ channel: 7, type: 'b', data: 1 })[0]?.channel).to.equal('b');
    expect(payload({ channel: null, type: 'b', data: 1 })[0]?.channel).to.equal('b');
  });

  it('whose channel and type are no text is no envelope', () => {
    const value = { channel: 7, type: null, data: 1 };
    expect(payload(value)).to.deep.equal([{ channel: 'message', data: value, time: NOW, id: undefined }]);
  });

  it('without a data member has the whole object as its data', () => {
    const value = { type: 'metrics', cpu: 5, timestamp: 1e12, id: 9 };
    expect(payload(value)).to.deep.equal([{ channel: 'metrics', data: value, time: 1e12, id: 9 }]);
  });

  it('with data that is null keeps null', () => {
    expect(payload({ type: 'metrics', data: null })[0]?.data).to.equal(null);
  });

  it('takes its time from the envelope, else from its data, else from the clock', () => {
    const inner = { timestamp: 2e12 };
    expect(payload({ type: 'a', timestamp: 1e12, time: 3e12, data: inner })[0]?.time).to.equal(1e12);
    expect(payload({ type: 'a', time: 3e12, data: inner })[0]?.time).to.equal(3e12);
    expect(payload({ type: 'a', data: inner })[0]?.time).to.equal(2e12);
    expect(payload({ type: 'a', data: { time: 2e12 } })[0]?.time).to.equal(2e12);
    expect(payload({ type: 'a', data: [inner] })[0]?.time).to.equal(NOW);
    expect(payload({ type: 'a', timestamp: 'soon', data: 5 })[0]?.time).to.equal(NOW);
    expect(payload({ cpu: 5, timestamp: 2e12 })[0]?.time).to.equal(2e12);
  });

  it('reads seconds and text without a zone as times', () => {
    expect(payload({ type: 'a', timestamp: NOW / 1e3, data: 1 })[0]?.time).to.equal(NOW);
    expect(payload({ type: 'a', timestamp: '2023-11-14T22:13:20', data: 1 })[0]?.time).to.equal(NOW);
  });

  it('hands on an id that is text or a number, and no other', () => {
    expect(payload({ type: 'a', data: 1, id: 0 })[0]?.id).to.equal(0);
    expect(payload({ type: 'a', data: 1, id: '' })[0]?.id).to.equal('');
    expect(payload({ type: 'a', data: 1, id: { x: 1 } })[0]?.id).to.equal(undefined);
    expect(payload({ type: 'a', data: 1, id: null }, { ...context, id: '7' })[0]?.id).to.equal('7');
  });

  it('fault 36: drops nothing because of an id, so that two updates of one entity are both there', () => {
    const twice = [
      { type: 'pump', id: 3, data: { on: true } },
      { type: 'pump', id: 3, data: { on: false } },
    ];
    expect(payload(twice).map(({ data }) => data)).to.deep.equal([{ on: true }, { on: false }]);
  });

  it('that is an array whose first item is an envelope with data is a batch, in order', () => {
    const messages = payload([
      { channel: 'a', data: 1, timestamp: 1e12 },
      { type: 'b', x: 2 },
      { x: 3 },
      [{ channel: 'c', data: 4 }],
      5,
    ]);
    expect(messages.map(({ channel, data }) => [channel, data])).to.deep.equal([
      ['a', 1],
      ['b', { type: 'b', x: 2 }],
      ['message', { x: 3 }],
      ['message', [{ channel: 'c', data: 4 }]],
      ['message', 5],
    ]);
    expect(messages.map(({ time }) => time)).to.deep.equal([1e12, NOW, NOW, NOW, NOW]);
  });

  it('that is any other array is one message of data', () => {
    for (const value of [
      [],
      [1, 2],
      [{ type: 'a' }, { type: 'a', data: 1 }],
      [{ symbol: 'X' }],
      [[{ type: 'a', data: 1 }]],
    ]) {
      expect(payload(value, only('prices'))).to.deep.equal([
        { channel: 'prices', data: value, time: NOW, id: undefined },
      ]);
    }
  });

  it('that is any other value is data of the first channel', () => {
    for (const value of [5, 'text', true, null, {}, { data: 5 }]) {
      expect(payload(value, only('prices'))[0]).to.deep.equal({
        channel: 'prices',
        data: value,
        time: NOW,
        id: undefined,
      });
    }
  });

  it('is filtered by channel where it is named, never where it is not', () => {
    const within = only('a');
    expect(payload({ channel: 'b', data: 1 }, within)).to.deep.equal([]);
    expect(payload({ channel: 'a', data: 1 }, within)).to.have.length(1);
    expect(payload({ x: 1 }, { ...within, firstChannel: 'elsewhere' })).to.have.length(1);
    const batch = [{ channel: 'b', data: 1 }, { channel: 'a', data: 2 }, 3];
    expect(payload(batch, within).map(({ data }) => data)).to.deep.equal([2, 3]);
  });

  it('named like a control message is an ordinary envelope', () => {
    expect(payload({ type: 'error', message: 'x' })[0]?.channel).to.equal('error');
  });

  it('fault 30: that is not JSON is a problem in a sentence that quotes nothing of it', () => {
    for (const text of ['', '{', '<html>secret</html>', 'undefined', 'NaN', "{'a': 1}", '{"a":1}x']) {
      const result = decodePayload(text, context);
      expect(result).to.deep.equal({ ok: false, problem: 'The message is not valid JSON.' });
    }
  });

  it('fault 31: nested 100,000 deep is parsed or refused, and nothing throws', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"data":', '}'],
      ['{"type":"a","data":', '}'],
    ] as const) {
      const text = `${open.repeat(100_000)}1${close.repeat(100_000)}`;
      for (const result of [
        decodePayload(text, context),
        decodeEvent(text, { ...context, event: 'x' }),
        decodeSocketPayload(text, context),
      ]) {
        expect(result.ok ? 'parsed' : result.problem).to.be.oneOf([
          'parsed',
          'The message is nested too deep to be read.',
        ]);
      }
    }
  });

  it('fault 32: with __proto__ and constructor keys pollutes nothing and takes nothing from them', () => {
    const text =
      '{"__proto__":{"channel":"evil","data":1,"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    const [message] = event(text, {});
    expect(message?.channel).to.equal('message');
    expect(message?.id).to.equal(undefined);
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
    const [envelope] = event('{"type":"a","data":{"__proto__":{"timestamp":5}}}', {});
    expect(envelope?.time).to.equal(NOW);
    expect(event('{"type":"__proto__","data":1}', {})[0]?.channel).to.equal('__proto__');
  });

  it('whatever JSON it is, gives messages that are whole', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const result = decodePayload(text, context);
        expect(result.ok).to.equal(true);
        if (!result.ok) return;
        expect(result.value).not.to.have.length(0);
        for (const { channel, time } of result.value) {
          expect(channel).to.be.a('string');
          expect(time).to.satisfy(Number.isFinite);
        }
      }),
    );
  });

  it('whatever text it is, never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const refused = !decodePayload(text, context).ok;
        expect(decodeSocketPayload(text, context).ok).to.equal(!refused);
        expect(decodeEvent(text, { ...context, event: 'named' }).ok).to.equal(true);
      }),
    );
  });

  it('made of envelopes is read back as they were', () => {
    const envelope = fc.record({ channel: fc.string(), data: fc.jsonValue(), id: fc.oneof(fc.string(), fc.nat()) });
    fc.assert(
      fc.property(fc.array(envelope, { minLength: 1 }), (envelopes) => {
        const wire = JSON.parse(JSON.stringify(envelopes)) as typeof envelopes;
        const read = payload(envelopes).map(({ channel, data, id }) => ({ channel, data, id }));
        expect(read).to.deep.equal(wire);
      }),
    );
  });
});

describe('an SSE event', () => {
  it('with a name is data of that channel, with its own id', () => {
    const value = { channel: 'other', type: 'x', data: 1, id: 5, timestamp: 1e12 };
    expect(event(JSON.stringify(value), { event: 'metrics', id: '17' })).to.deep.equal([
      { channel: 'metrics', data: value, time: 1e12, id: '17' },
    ]);
  });

  it('with a name and text that is not JSON stays text', () => {
    expect(event('disk is full', { event: 'alert' })).to.deep.equal([
      { channel: 'alert', data: 'disk is full', time: NOW, id: undefined },
    ]);
    expect(event('', { event: 'alert' })[0]?.data).to.equal('');
  });

  it('with a name and an array is one message, never a batch', () => {
    const batch = [{ channel: 'a', data: 1 }];
    expect(event(JSON.stringify(batch), { event: 'metrics' })).to.deep.equal([
      { channel: 'metrics', data: batch, time: NOW, id: undefined },
    ]);
  });

  it('named "message", or nothing, is unnamed', () => {
    for (const name of [undefined, '', 'message']) {
      expect(event('{"channel":"a","data":1}', { event: name, id: '4' })).to.deep.equal([
        { channel: 'a', data: 1, time: NOW, id: '4' },
      ]);
      expect(decodeEvent('no JSON', { ...context, event: name }).ok).to.equal(false);
    }
  });

  it('with a name that is not among the channels is kept out', () => {
    expect(event('1', { ...only('a'), event: 'b' })).to.deep.equal([]);
    expect(event('1', { ...only('a'), event: 'a' })).to.have.length(1);
  });
});

describe("a WebSocket's message", () => {
  it('is the protocol’s own where its type is, and it has no data', () => {
    for (const type of ['subscribed', 'unsubscribed', 'pong', 'ack', 'ping', 'error']) {
      expect(decodeSocketPayload(JSON.stringify({ type, channel: 'metrics' }), context)).to.deep.equal({
        ok: true,
        value: { kind: 'control', type, message: undefined, channel: 'metrics', resume: undefined, gap: false },
      });
    }
  });

  it('hands on from where a channel can be resumed, and whether what came before is lost', () => {
    const said = { type: 'subscribed', channel: 'a', resume: '7', gap: true };
    expect(controlOf(said)).to.include({ channel: 'a', resume: '7', gap: true });
    expect(controlOf({ ...said, resume: 7, gap: 'true' })).to.include({ resume: undefined, gap: false });
  });

  it('hands on the words of an error, where they are words', () => {
    expect(controlOf({ type: 'error', message: 'no such channel' })?.message).to.equal('no such channel');
    expect(controlOf({ type: 'error', message: { a: 1 } })?.message).to.equal(undefined);
  });

  it('with a data member, or of another type, is for widgets', () => {
    for (const value of [
      { type: 'error', data: null },
      { type: 'alert' },
      { type: 'subscribe' },
      { channel: 'ping' },
    ]) {
      const result = decodeSocketPayload(JSON.stringify(value), context);
      expect(result.ok && result.value.kind, JSON.stringify(value)).to.equal('messages');
    }
    for (const value of [null, 5, 'ping', [], ['ping'], {}, { type: 5 }, Object.create({ type: 'ping' })]) {
      expect(controlOf(value)).to.equal(undefined);
    }
  });

  it('that is a batch gives its messages without what is the protocol’s own', () => {
    const batch = [{ channel: 'a', data: 1 }, { type: 'pong' }, { type: 'pong', data: 2 }];
    const result = decodeSocketPayload(JSON.stringify(batch), context);
    expect(
      result.ok && result.value.kind === 'messages' && result.value.messages.map(({ data }) => data),
    ).to.deep.equal([1, 2]);
  });

  it('that is not JSON is a problem', () => {
    expect(decodeSocketPayload('hello', context).ok).to.equal(false);
  });
});

describe('a value from a script', () => {
  it('enters as if it came over the wire: one message, several, or any payload', () => {
    const message = { channel: 'a', data: { x: 1 }, time: 1e12, id: 3 };
    expect(decodeValue(message, context)).to.deep.equal([message]);
    expect(decodeValue([message, message], context)).to.deep.equal([message, message]);
    expect(decodeValue({ x: 1 }, only('b'))).to.deep.equal([
      { channel: 'b', data: { x: 1 }, time: NOW, id: undefined },
    ]);
    expect(decodeValue(message, only('b'))).to.deep.equal([]);
  });

  it('that is nothing, or an empty list, is no message', () => {
    for (const value of [undefined, null, []]) expect(decodeValue(value, context)).to.deep.equal([]);
  });

  it('whatever it is, never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        for (const { time } of decodeValue(value, context)) expect(time).to.satisfy(Number.isFinite);
      }),
    );
  });

  it('is the same as its JSON, for all that JSON can say but nothing and an empty list', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(value !== null && !(Array.isArray(value) && value.length === 0));
        const wire: unknown = JSON.parse(JSON.stringify(value));
        expect(decodeValue(wire, context)).to.deep.equal(payload(value));
      }),
    );
  });
});
