import { expect } from 'chai';
import { DEFAULT_POLICY, readSources, type SourceText } from '../../src/controllers/feed-host/feed-source.js';

const BASE = 'https://page.example/app/';
const ORIGIN = new URL(BASE).origin;

const text = (src: string): SourceText => ({
  ...DEFAULT_POLICY,
  tag: 'rt-source',
  src,
  credentials: 'same-origin',
  headers: {},
  protocols: [],
  hello: undefined,
  closeHidden: false,
});

describe('a feed’s sources as they are written', () => {
  it('are all told as final where none can be used', () => {
    const { sources, errors } = readSources([text('ftp://a/'), text('file:///b')], BASE, ORIGIN);
    expect(sources).to.deep.equal([]);
    expect(errors.map(({ fatal }) => fatal)).to.deep.equal([true, true]);
    for (const { message } of errors) expect(message).to.include('Nothing is loaded');
  });

  it('are told by the ones that cannot be used, and the others are', () => {
    const { sources, errors } = readSources([text('ftp://a/'), text('/b')], BASE, ORIGIN);
    expect(sources).to.have.length(1);
    expect(errors.map(({ fatal }) => fatal)).to.deep.equal([false]);
    expect(errors[0]?.message).to.include('The other sources are used');
  });

  it('are told without the user, the password and the query', () => {
    const [error] = readSources([text('https://joe:s3cret@data.example/x?token=t0ken')], BASE, ORIGIN).errors;
    expect(error?.message).to.include('data.example/x');
    expect(error?.message).to.not.match(/joe|s3cret|t0ken/);
  });
});
