/** The bounded memory, and tags as people write them. */
import { expect } from 'chai';
import { localeOf, memo } from '../../src/format/intl.js';

describe('memo', () => {
  it('makes a thing once a key, zero included', () => {
    let made = 0;
    const remember = memo<number>();
    const ask = (key: string): number =>
      remember(key, () => {
        made++;
        return 0;
      });
    expect([ask('a'), ask('a'), ask('b'), made]).to.deep.equal([0, 0, 0, 2]);
  });

  it('keeps no more than its limit', () => {
    const made: string[] = [];
    const remember = memo<string>(2);
    for (const key of ['a', 'b', 'b', 'c', 'a']) {
      remember(key, () => {
        made.push(key);
        return key;
      });
    }
    expect(made).to.deep.equal(['a', 'b', 'c', 'a']);
  });
});

describe('localeOf', () => {
  it('makes tags canonical, and nothing of what is none', () => {
    expect(['de_at', 'EN', 'zh-hant-tw', '', 'x y'].map(localeOf)).to.deep.equal([
      'de-AT',
      'en',
      'zh-Hant-TW',
      undefined,
      undefined,
    ]);
  });
});
