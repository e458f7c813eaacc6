import { expect } from 'chai';
import fc from 'fast-check';
import { boundedParser } from '../../src/transport/bounded-parser.js';

const LIMIT = 4 * 1024 * 1024;

const event = (
  data: string,
  { event: name, id }: { event?: string | undefined; id?: string | undefined } = {},
): string => JSON.stringify({ name, id, data });

/** All that a stream said, in its order: one line each. */
const heard = (pieces: readonly string[], limit = LIMIT): string[] => {
  const lines: string[] = [];
  const feed = boundedParser(limit, {
    onEvent: (message) => lines.push(event(message.data, message)),
    onId: (id) => lines.push(`id ${id}`),
    onComment: () => undefined,
    onRetry: (ms) => lines.push(`retry ${ms}`),
    onOverLimit: () => lines.push('over-limit'),
  });
  for (const piece of pieces) feed(piece);
  return lines;
};
/** Cuts a text at the given places, counted from its end; empty pieces are among them. */
const sliced = (text: string, cuts: readonly number[]): string[] => {
  const inside = cuts.map((cut) => text.length - (cut % (text.length + 1)));
  const places = [0, ...inside.sort((a, b) => a - b), text.length];
  return places.slice(1).map((end, index) => text.slice(places[index], end));
};

describe('the parser of event streams', () => {
  const line = fc.oneof(
    { weight: 4, arbitrary: fc.string({ maxLength: 6 }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`) },
    fc.constantFrom('data', 'data:', 'data:  x', 'event: metrics', 'event:', 'id: 7', 'id:', 'id: a\0b'),
    fc.constantFrom(
      'retry: 1000',
      'retry: 1000x',
      'retry:',
      ': comment',
      ':',
      'nonsense',
      'dat',
      'data :x',
      '\uFEFFdata: x',
    ),
    { weight: 3, arbitrary: fc.constant('') },
  );
  const ending = fc.constantFrom('\n', '\r', '\r\n');
  const stream = fc
    .array(fc.tuple(line, ending), { maxLength: 30 })
    .chain((lines) => fc.boolean().map((bom) => (bom ? '\uFEFF' : '') + lines.map((pair) => pair.join('')).join('')));
  const cuts = fc.array(fc.nat(), { maxLength: 20 });

  it('fault 20: hears the same however a stream is cut into pieces, between CR and LF too', () => {
    fc.assert(
      fc.property(stream, cuts, (text, places) => {
        expect(heard(sliced(text, places))).to.deep.equal(heard([text]));
      }),
      { numRuns: 500 },
    );
  });

  it('fault 20: hears the same from a stream that comes one character at a time', () => {
    fc.assert(
      fc.property(stream, (text) => {
        expect(heard(text.split(''))).to.deep.equal(heard([text]));
      }),
    );
  });

  it('fault 20: hears the same whichever of CR, LF and CRLF ends each line', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), ending, cuts, (lines, end, places) => {
        const written = (by: string): string => lines.map((text) => text + by).join('');
        expect(heard(sliced(written(end), places))).to.deep.equal(heard([written('\n')]));
      }),
    );
  });

  it('joins the lines of an event’s data', () => {
    expect(heard(['data: a\ndata: b\r\ndata\rdata:c\n\n'])).to.deep.equal([event('a\nb\n\nc')]);
  });

  it('fault 19: takes one byte order mark off, and keeps a second', () => {
    expect(heard(['\uFEFFdata: a\n\n'])).to.deep.equal([event('a')]);
    expect(heard(['\uFEFF\uFEFFdata: a\n\ndata: b\n\n'])).to.deep.equal([event('b')]);
    expect(heard(['data: \uFEFFa\n\n'])).to.deep.equal([event('\uFEFFa')]);
  });

  it('fault 22: dispatches no event without data, but keeps its id', () => {
    expect(heard(['id: 7\nevent: x\n\ndata: a\n\n'])).to.deep.equal(['id 7', event('a')]);
  });

  it('fault 23: ignores an id with NUL', () => {
    expect(heard(['id: a\0b\ndata: x\n\n'])).to.deep.equal([event('x')]);
    expect(heard(['id: 1\nid: a\0b\ndata: x\n\n'])).to.deep.equal(['id 1', event('x', { id: '1' })]);
  });

  it('fault 24: commits no id of an event that was cut off', () => {
    expect(heard(['id: 7\ndata: a\n'])).to.deep.equal([]);
    expect(heard(['id: 7\ndata: a\n', '\n'])).to.deep.equal(['id 7', event('a', { id: '7' })]);
  });

  it('fault 25: reads retry: in digits, however many', () => {
    expect(heard(['retry: 1000000000000\n'])).to.deep.equal(['retry 1000000000000']);
  });

  it('fault 26: ignores a retry: that is not digits alone', () => {
    for (const value of ['1000x', '1e3', '-1', '1.5', ' 1000', '']) {
      expect(heard([`retry: ${value}\n\n`]), value).to.deep.equal([]);
    }
  });
});

describe('an event over the limit', () => {
  const long = 'x'.repeat(5 * 1024 * 1024);
  const after = 'event: metrics\nid: 8\ndata: {"cpu": 5}\n\n';
  const next = ['id 8', event('{"cpu": 5}', { event: 'metrics', id: '8' })];

  const shapes: readonly (readonly [name: string, text: string])[] = [
    ['in one line', `id: 7\ndata: ${long}\n\n`],
    ['in one line that ends with CR', `data: ${long}\r\r`],
    ['in one line that ends with CRLF', `data: ${long}\r\n\r\n`],
    ['in many lines', `${`data: ${'y'.repeat(99)}\n`.repeat(52_429)}\n`],
    ['in many lines that end with CRLF', `${`data: ${'y'.repeat(99)}\r\n`.repeat(52_429)}\r\n`],
    ['with other fields after its data', `data: ${long}\nid: 7\nevent: x\nretry: 5\n\n`],
    ['ten times over', `data: ${long.repeat(3)}\n\n`],
  ];
  for (const [name, text] of shapes) {
    it(`fault 21: ${name}, is skipped and told once, and the next one is whole`, () => {
      const expected = [event('before'), 'over-limit', ...next];
      for (const size of [65_536, 1_000_003, text.length + 200]) {
        const all = `data: before\n\n${text}${after}`;
        const pieces = Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
          all.slice(index * size, (index + 1) * size),
        );
        expect(heard(pieces), `pieces of ${size}`).to.deep.equal(expected);
      }
    });
  }

  it('is skipped again and again, each told once', () => {
    const text = `data: ${long}\n\ndata: a\n\n`.repeat(2);
    expect(heard([text])).to.deep.equal(['over-limit', event('a'), 'over-limit', event('a')]);
  });

  it('that never ends is told once, and nothing of it is taken for an event', () => {
    expect(heard([`data: ${long}\n`, ...Array.from({ length: 50 }, () => 'data: z\n')])).to.deep.equal(['over-limit']);
  });

  /** Where cuts matter: at the event's end and behind it. */
  const nearTheEnd = fc.oneof({ weight: 4, arbitrary: fc.nat({ max: 80 }) }, fc.nat());

  it('is measured to the character, however it is cut into pieces', () => {
    const limit = 70_000;
    const exact = 'x'.repeat(limit);
    fc.assert(
      fc.property(fc.array(nearTheEnd, { maxLength: 6 }), fc.constantFrom('\n', '\r', '\r\n'), (cuts, end) => {
        const ends = end + end;
        expect(heard(sliced(`data: ${exact}${ends}data: a${ends}`, cuts), limit)).to.deep.equal([
          event(exact),
          event('a'),
        ]);
        expect(heard(sliced(`data: ${exact}x${ends}data: a${ends}`, cuts), limit)).to.deep.equal([
          'over-limit',
          event('a'),
        ]);
      }),
      { numRuns: 50 },
    );
  });

  it('is skipped to its end whatever it is made of and however it is cut', () => {
    const limit = 66_000;
    const filler = `data: ${'x'.repeat(3 * limit)}`;
    const line = fc.constantFrom('data: y', 'id: 9', ': comment', 'event: x', 'retry: 1', 'nonsense');
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 5 }),
        fc.array(line, { maxLength: 5 }),
        fc.constantFrom('\n', '\r', '\r\n'),
        fc.array(nearTheEnd, { maxLength: 12 }),
        (before, behind, end, cuts) => {
          const lines = [...before, filler, 'data: more', ...behind, '', 'id: 10', 'data: next', '', ''];
          const text = lines.join(end);
          // The wish for a pause holds from its line on, and whether the id of what was skipped is kept is all one.
          const said = heard(sliced(text, cuts), limit).filter((one) => !one.startsWith('retry') && one !== 'id 9');
          expect(said).to.deep.equal(['over-limit', 'id 10', event('next', { id: '10' })]);
        },
      ),
      { numRuns: 200 },
    );
  });
});
