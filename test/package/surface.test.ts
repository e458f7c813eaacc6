/** What has been promised is there: a name that goes, or is changed, breaks somebody's page. */
import { expect } from 'chai';
import { compare, readPromised, readSurface } from './surface.js';

const surface = readSurface();
const promised = readPromised();

describe('the public surface', () => {
  it('has everything that was promised', () => {
    expect(compare(promised, surface).broken).to.deep.equal([]);
  });

  it('has nothing that is not promised: what is meant to stay goes on the list by `npm run promise`', () => {
    expect(compare(promised, surface).added).to.deep.equal([]);
  });

  it('holds tags, attributes with defaults, members, events, parts, states, exports, codes, entries and files', () => {
    expect(surface).to.include.members([
      '<rt-feed> attribute interval, default 5s',
      '<rt-feed> method reconnect',
      '<rt-feed> property, read status',
      '<rt-feed> event rt-status: CustomEvent<StatusDetail>',
      '<rt-metric-card> ::part(value)',
      '<rt-metric-card> :state(stale)',
      '<rt-metric-card> custom property --rt-surface',
      "'rt-widgets' exports setStrings",
      'StatusDetail has retryAt',
      'Message has channel',
      "ErrorCode may be 'history-gap'",
      'entry ./define',
      'file dist/rt-widgets.classic.js',
      'FeedPort, version 1',
    ]);
  });
});

describe('the check of the public surface', () => {
  const before = ['<rt-feed> attribute interval, default 5s', '<rt-feed> method send'];

  it('says of a name that is gone that it is breaking', () => {
    const { broken } = compare(before, before.slice(1));
    expect(broken).to.have.length(1);
    expect(broken[0]).to.match(/^breaking: <rt-feed> attribute interval, default 5s is gone; bump major/);
  });

  it('says the same of a default that is another, and tells what is new', () => {
    const { broken, added } = compare(before, ['<rt-feed> attribute interval, default 10s', ...before.slice(1)]);
    expect(broken).to.have.length(1);
    expect(added).to.deep.equal(['<rt-feed> attribute interval, default 10s']);
  });
});
