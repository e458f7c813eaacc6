import fc from 'fast-check';
import {
  anyNumber,
  Config,
  oneOf,
  positiveDuration,
  positiveNumber,
  tellError,
  wholeNumber,
  type Parse,
} from '../../src/controllers/config.js';
import { parseDuration, parseSpan } from '../../src/kernel/duration.js';
import { parseWhere } from '../../src/store/where.js';
import type { RtError } from '../../src/kernel/errors.js';
import { expect } from '../support/testing.js';
import { usePage } from '../elements/page.js';

/** Of each parser: what it takes and makes of it, and what it refuses. */
const PARSERS: readonly {
  readonly name: string;
  readonly parse: Parse<unknown>;
  readonly good: readonly (readonly [text: string, value: unknown])[];
  readonly bad: readonly string[];
}[] = [
  {
    name: 'oneOf',
    parse: oneOf('up', 'down'),
    good: [
      ['up', 'up'],
      ['down', 'down'],
    ],
    bad: ['UP', 'sideways', 'up down'],
  },
  {
    name: 'positiveDuration',
    parse: positiveDuration,
    good: [
      ['250ms', 250],
      ['5s', 5_000],
      ['10m', 600_000],
      ['1h', 3_600_000],
      ['250', 250],
      ['.5s', 500],
    ],
    bad: ['0', '0s', '-5s', '5 seconds', '1e3', 'Infinity', 's'],
  },
  {
    name: 'wholeNumber',
    parse: wholeNumber(0),
    good: [
      ['0', 0],
      ['100', 100],
      ['1e2', 100],
    ],
    bad: ['-1', '1.5', 'many', 'Infinity', '0x10'],
  },
  {
    name: 'anyNumber',
    parse: anyNumber,
    good: [
      ['0', 0],
      ['-2.5', -2.5],
      ['1e3', 1_000],
    ],
    bad: ['ten', '1,5', 'NaN', '--1', '5s'],
  },
  {
    name: 'positiveNumber',
    parse: positiveNumber,
    good: [
      ['0.5', 0.5],
      ['60', 60],
    ],
    bad: ['0', '-1', 'fast'],
  },
];

describe('attributes into values', () => {
  const page = usePage();
  let host: HTMLElement;
  let errors: RtError[];
  let config: Config;

  beforeEach(async () => {
    // A tag of its own for each test: what the console has heard on this page is not said there again.
    host = document.createElement(`rt-test-${String(Math.random()).slice(2)}`);
    errors = [];
    host.addEventListener('rt-error', ({ detail }) => errors.push(detail));
    page.root.append(host);
    config = new Config(host);
  });

  for (const { name, parse, good, bad } of PARSERS) {
    it(`${name} takes ${good.map(([text]) => text).join(', ')}`, () => {
      for (const [text, value] of good) expect(config.read('size', text, parse, 'default'), text).to.equal(value);
      expect(errors).to.deep.equal([]);
    });

    it(`${name} refuses ${bad.join(', ')}: told, and the default holds`, () => {
      for (const text of bad) expect(config.read('size', text, parse, 'default'), text).to.equal('default');
      expect(errors).to.have.length(bad.length);
      expect(page.env.warnings).to.have.length(bad.length);
    });
  }

  it('takes what is not set, or empty, for the default, and tells of nothing', () => {
    for (const text of [null, undefined, '', '  ', '\u00a0'])
      expect(config.read('size', text, anyNumber, 7)).to.equal(7);
    expect(errors).to.deep.equal([]);
  });

  it('takes white space around a value away, and a CMS’s no-break spaces for spaces', () => {
    expect(config.read('size', '\n 5 ', anyNumber, 0)).to.equal(5);
    const where = config.where('where', 'a=1\u00a0b=2');
    expect(where?.matches({ a: 1, b: 2 })).to.equal(true);
    expect(errors).to.deep.equal([]);
  });

  it('names element, attribute, value and what is allowed', () => {
    config.read('trend', 'sideways', oneOf('up', 'down'), 'up');
    const [error] = errors;
    expect(error).to.deep.include({ code: 'config', fatal: false });
    for (const word of [host.localName, 'trend', 'sideways', 'up, down', 'default']) {
      expect(error?.message).to.contain(word);
    }
    expect(page.env.warnings).to.deep.equal([`rt-widgets: ${error?.message}`]);
  });

  it('tells of a mistake once, however often it is read, and of each further one', () => {
    for (let time = 0; time < 3; time++) config.read('size', 'big', anyNumber, 0);
    config.read('size', '5', anyNumber, 0);
    config.read('size', 'big', anyNumber, 0);
    expect(errors).to.have.length(1);
    config.read('size', 'bigger', anyNumber, 0);
    config.read('width', 'big', anyNumber, 0);
    expect(errors).to.have.length(3);
    expect(page.env.warnings).to.have.length(3);
  });

  it('tells the console once of what two elements of a tag have in common, and each element’s own listeners', () => {
    const other = document.createElement(host.localName);
    page.root.append(other);
    config.read('size', 'huge', anyNumber, 0);
    new Config(other).read('size', 'huge', anyNumber, 0);
    expect(page.errors).to.have.length(2);
    expect(page.env.warnings).to.have.length(1);
  });

  it('cuts a long value short', () => {
    config.read('size', 'x'.repeat(5_000), anyNumber, 0);
    expect(errors[0]?.message).to.have.length.below(300).and.to.contain('…');
  });

  it('goes on with the default of the moment where a value was not understood', () => {
    expect(config.read('format', 'odd', oneOf('a', 'b'), 'a')).to.equal('a');
    expect(config.read('format', 'odd', oneOf('a', 'b'), 'b')).to.equal('b');
  });

  it('reads no message at all where it is not understood which', () => {
    const where = config.where('where', 'symbol:AAPL');
    expect(where?.matches({ symbol: 'AAPL' })).to.equal(false);
    expect(config.where('where', 'symbol:AAPL', where)?.matches({})).to.equal(false);
    expect(errors.map(({ message }) => message)).to.have.length(1);
    expect(errors[0]?.message).to.match(/; it shows nothing until that is put right\.$/);
    expect(config.where('where', '')).to.equal(undefined);
  });

  it('fires an event that bubbles and leaves shadow roots', () => {
    const inner = document.createElement('b');
    page.get(host.localName).attachShadow({ mode: 'open' }).append(inner);
    tellError(inner, { code: 'decode', message: 'It is broken.', cause: undefined, fatal: false });
    expect(page.errors).to.have.length(1);
  });

  it('tells the console of what is final, and of nothing else that the wire does', () => {
    tellError(host, { code: 'network', message: `${host.localName} passes.`, cause: undefined, fatal: false });
    expect(page.env.warnings).to.deep.equal([]);
    const final: RtError = { code: 'http', message: `${host.localName} is final.`, cause: undefined, fatal: true };
    tellError(host, final);
    tellError(host, final);
    expect(page.env.warnings).to.deep.equal([`rt-widgets: ${final.message}`]);
    expect(errors).to.have.length(3);
  });

  it('never throws, and gives a value or the default, whatever the text', () => {
    const parsers = [...PARSERS.map(({ parse }) => parse), parseDuration, parseSpan, parseWhere];
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...parsers), (text, parse) => {
        const result = new Config(document.createElement('rt-any')).read<unknown>('size', text, parse, 'default');
        expect(result).not.to.equal(undefined);
      }),
    );
  });
});
