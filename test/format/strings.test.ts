/** The words: two languages that ship, others that pages add, and how a tag finds its own. */
import { expect } from 'chai';
import { fill, onStringsChange, setStrings, stringsFor } from '../../src/format/strings.js';

describe('stringsFor', () => {
  it('has English and German', () => {
    expect(stringsFor('en').reconnecting).to.equal('Reconnecting');
    expect(stringsFor('de').reconnecting).to.equal('Verbindet neu');
  });

  it('has a German word for every English one, but for those that are the same', () => {
    const german = stringsFor('de');
    const same = Object.entries(stringsFor('en')).filter(([key, word]) =>
      Object.entries(german).some(([other, its]) => other === key && its === word),
    );
    expect(same.map(([key]) => key)).to.have.members(['offline', 'websocket', 'polling', 'summary']);
  });

  it('has the same places in both', () => {
    const places = (lang: string): readonly (readonly string[])[] =>
      Object.values(stringsFor(lang)).map((word) => word.match(/\{\w+\}/g) ?? []);
    expect(places('de')).to.deep.equal(places('en'));
  });

  it('finds a region through its language, however the tag is written', () => {
    for (const lang of ['de-AT', 'de_AT', 'DE', 'de-Latn-CH-1996'])
      expect(stringsFor(lang)).to.deep.equal(stringsFor('de'));
  });

  it('speaks English where a language is unknown', () => {
    expect(stringsFor('tlh')).to.deep.equal(stringsFor('en'));
  });

  it("falls back to the browser's language where the tag is none", () => {
    const usual = stringsFor(new Intl.NumberFormat().resolvedOptions().locale);
    expect(stringsFor('')).to.deep.equal(usual);
    expect(stringsFor('no such thing')).to.deep.equal(usual);
  });

  it('is one object until the words change', () => {
    const before = stringsFor('de');
    expect(stringsFor('de')).to.equal(before);
    setStrings('xx', { idle: 'x' });
    expect(stringsFor('de')).not.to.equal(before);
  });
});

describe('setStrings', () => {
  it('adds a language, English standing in for what it lacks', () => {
    setStrings('it', { offline: 'Senza rete' });
    expect(stringsFor('it-CH').offline).to.equal('Senza rete');
    expect(stringsFor('it').retryNow).to.equal('Retry now');
  });

  it('lets a region differ from its language', () => {
    setStrings('fr', { offline: 'Hors ligne', retryNow: 'Réessayer' });
    setStrings('fr-CA', { offline: 'Hors réseau' });
    expect(stringsFor('fr-CA')).to.include({ offline: 'Hors réseau', retryNow: 'Réessayer' });
    expect(stringsFor('fr-BE').offline).to.equal('Hors ligne');
  });

  it('adds to the words of an earlier call', () => {
    setStrings('sv', { offline: 'Offline!' });
    setStrings('sv', { retryNow: 'Försök igen' });
    expect(stringsFor('sv')).to.include({ offline: 'Offline!', retryNow: 'Försök igen' });
  });

  it('replaces words that ship, also where they stand in for others', () => {
    const before = stringsFor('en').limit;
    setStrings('en', { limit: 'Ceiling' });
    expect(stringsFor('tlh').limit).to.equal('Ceiling');
    expect(stringsFor('de').limit).to.equal('Grenzwert');
    setStrings('en', { limit: before });
    expect(stringsFor('tlh').limit).to.equal('Limit');
  });

  it('passes over what is no word of ours or no text', () => {
    const words: object = JSON.parse(
      '{"idle": null, "offline": 5, "__proto__": {"retryNow": "x"}, "bogus": "x", "now": "nu"}',
    ) as object;
    setStrings('da', words);
    expect(stringsFor('da')).to.deep.equal({ ...stringsFor('en'), now: 'nu' });
  });

  it('throws where the tag is none, and tells nobody', () => {
    let told = 0;
    const stop = onStringsChange(() => told++);
    expect(() => setStrings('no such thing', { idle: 'x' })).to.throw(RangeError, 'no such thing');
    stop();
    expect(told).to.equal(0);
  });
});

describe('onStringsChange', () => {
  it('tells of every change once the words are there, until it is stopped', () => {
    const heard: string[] = [];
    const stop = onStringsChange(() => heard.push(stringsFor('nl').idle));
    setStrings('nl', { idle: 'Stil' });
    setStrings('nl', { idle: 'Rust' });
    stop();
    setStrings('nl', { idle: 'Leeg' });
    expect(heard).to.deep.equal(['Stil', 'Rust']);
  });
});

describe('fill', () => {
  it('fills the places of a word', () => {
    expect(fill(stringsFor('en'), 'retryIn', { seconds: '5 s' })).to.equal('Retry in 5 s');
    expect(fill(stringsFor('de'), 'summary', { label: 'Last', series: 'CPU 5 %' })).to.equal('Last: CPU 5 %');
  });

  it('takes what it fills in as it is', () => {
    expect(fill(stringsFor('en'), 'summary', { label: '{series} $&', series: 'x' })).to.equal('{series} $&: x');
  });

  it('leaves a place that nothing fills', () => {
    setStrings('nb', { retryIn: '{seconds} {toString} {other}' });
    expect(fill(stringsFor('nb'), 'retryIn', { seconds: '1' })).to.equal('1 {toString} {other}');
  });
});
