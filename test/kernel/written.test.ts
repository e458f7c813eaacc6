/** What editors and CMSs make of an author's text, and what is read of it. */
import { expect } from 'chai';
import fc from 'fast-check';
import { decoded, unwrapped, written } from '../../src/kernel/written.js';

/** What arrives, and what was meant. */
const CASES: Readonly<Record<string, readonly (readonly [arrives: string, meant: string])[]>> = {
  'typographic quotes around all of a value': [
    ['“60s”', '60s'],
    ['”60s”', '60s'],
    ['„60s“', '60s'],
    ['‘60s’', '60s'],
    ['″60s″', '60s'],
    ['′60s′', '60s'],
    ['"60s"', '60s'],
  ],
  'typographic quotes around a part of it': [
    ['city=‘New York’ on=1', "city='New York' on=1"],
    ['city=“New York” on=“1”', 'city="New York" on="1"'],
    ['“NOT UP” critical, “UP” good', '"NOT UP" critical, "UP" good'],
  ],
  'entities that were encoded once more, and once more again': [
    ['city=&quot;New York&quot;', 'city="New York"'],
    ['city=&amp;quot;New York&amp;quot;', 'city="New York"'],
    ['city=&#8220;New York&#8221;', 'city="New York"'],
    ['city=&#x27;New York&#X27;', "city='New York'"],
    ['70&nbsp;warning', '70 warning'],
    ['firm=AT&amp;T', 'firm=AT&T'],
  ],
  'spaces of any kind, and what has no width': [
    ['70\u00a0warning,\u202f90\u2009critical', '70 warning, 90 critical'],
    ['\u00a0\u30005s\u200b\ufeff', '5s'],
    ['6\u00ad0s', '60s'],
  ],
  'dashes for signs': [
    ['–5', '-5'],
    ['−5', '-5'],
    ['‑.5', '-.5'],
    ['–5 warning,—2.5 critical', '-5 warning,-2.5 critical'],
    ['delta=–5', 'delta=-5'],
  ],
  'digits of another width': [
    ['６０s', '60s'],
    ['－１．５', '-1.5'],
  ],
};

/** What an author may mean as it stands. */
const KEPT = [
  "name=O'Brien",
  'name=O’Brien',
  "name='O’Brien and sons'",
  'route=A–B from=2019–2024',
  "title='the “big” one' x=1",
  'code=１２号室',
  "'s-Hertogenbosch good, Köln critical",
  'می\u200cخواهم good',
  'city="New York',
  '&constructor; &nbsp',
  '250ms',
  '',
];

describe('a text as an author wrote it', () => {
  for (const [name, cases] of Object.entries(CASES)) {
    it(`is understood through ${name}`, () => {
      for (const [arrives, meant] of cases) expect(written(arrives), arrives).to.equal(meant);
    });
  }

  it('is left alone where it may be meant so', () => {
    for (const text of KEPT) expect(written(text), text).to.equal(text);
  });

  it('lets what stands in quotes be, as it is compared with data', () => {
    expect(written('a=“–5 and ‘x’ and １” b=1')).to.equal('a="–5 and ‘x’ and １" b=1');
  });

  const pieces = fc.constantFrom(
    ...'“”„‟″‘’‚‛′"\'–−－=,. ａ１2x&;#\u00a0\u200b',
    '&quot;',
    '&amp;',
    '&#8220;',
    'quot;',
  );
  const texts = fc.oneof(fc.string({ unit: pieces }), fc.string({ unit: 'binary' }));

  it('is read the same when it is read again', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(written(written(text))).to.equal(written(text));
      }),
    );
  });

  it('of a plain keyboard is taken as it is, whatever it says', () => {
    const plain = fc.string({ unit: fc.constantFrom(...'abc 012.,=-+*/()%$') });
    fc.assert(
      fc.property(plain, (text) => {
        expect(written(text)).to.equal(text.trim());
      }),
    );
  });

  it('is never longer than what arrived', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(written(text).length).to.be.at.most(text.length);
        expect(decoded(text).length).to.be.at.most(text.length);
        expect(unwrapped(text).length).to.be.at.most(text.length);
      }),
    );
  });
});
