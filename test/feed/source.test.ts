import { expect } from 'chai';
import { originOf, sameSource, settled } from '../../src/feed/source.js';
import { DEFAULT_POLICY, type Policy } from '../../src/feed/policy.js';
import { HTTP, WS, source, type Options } from '../support/connection-rig.js';

describe('two sources', () => {
  it('are the same where everything is equal', () => {
    expect(sameSource(source(HTTP), source(HTTP))).to.be.true;
    expect(sameSource(source('/feed'), source(HTTP))).to.be.true;
  });

  it('are others at another address, its query and path as well', () => {
    for (const other of ['/feed?key=1', '/other', 'https://data.example/feed']) {
      expect(sameSource(source(HTTP), source(other)), other).to.be.false;
    }
  });

  const policies: { readonly [K in keyof Policy]: Policy[K] } = {
    transport: 'sse',
    interval: 1,
    maxInterval: 2,
    reconnectDelay: 3,
    maxReconnectDelay: 4,
    maxReconnectAttempts: 5,
    connectTimeout: 6,
    heartbeat: 7,
  };
  for (const name of Object.keys(DEFAULT_POLICY) as (keyof Policy)[]) {
    it(`are others by ${name}`, () => {
      const other = source(HTTP, { [name]: policies[name] });
      expect(sameSource(source(HTTP), other)).to.be.false;
      expect(sameSource(other, source(HTTP, { [name]: policies[name] }))).to.be.true;
    });
  }

  it('are others by credentials, and by whether they close while hidden', () => {
    expect(sameSource(source(HTTP), source(HTTP, { credentials: 'include' }))).to.be.false;
    expect(sameSource(source(HTTP), source(HTTP, { closeHidden: true }))).to.be.false;
  });

  it('are the same by objects and lists with the same in them', () => {
    const made = (): Options => ({ headers: { a: '1', b: '2' }, protocols: ['v2', 'v1'] });
    expect(sameSource(source(HTTP, made()), source(HTTP, made()))).to.be.true;
    expect(sameSource(source(HTTP, made()), source(HTTP, { ...made(), headers: { b: '2', a: '1' } }))).to.be.true;
  });

  it('are others by any header, and by protocols in another order', () => {
    const one = source(HTTP, { headers: { a: '1' }, protocols: ['v2', 'v1'] });
    for (const headers of [{}, { a: '2' }, { b: '1' }, { a: '1', b: '2' }]) {
      expect(sameSource(one, source(HTTP, { headers, protocols: ['v2', 'v1'] }))).to.be.false;
      expect(sameSource(source(HTTP, { headers, protocols: ['v2', 'v1'] }), one)).to.be.false;
    }
    expect(sameSource(one, source(HTTP, { headers: { a: '1' }, protocols: ['v1', 'v2'] }))).to.be.false;
    expect(sameSource(one, source(HTTP, { headers: { a: '1' }, protocols: ['v2'] }))).to.be.false;
  });

  it('are the same by the same function, and others by one that only looks alike', () => {
    const headers = (): Record<string, string> => ({});
    const protocols = (): string[] => [];
    const hello = (): unknown => null;
    const one = source(WS, { headers, protocols, hello });
    expect(sameSource(one, source(WS, { headers, protocols, hello }))).to.be.true;
    expect(sameSource(one, source(WS, { headers: () => ({}), protocols, hello }))).to.be.false;
    expect(sameSource(one, source(WS, { headers, protocols: () => [], hello }))).to.be.false;
    expect(sameSource(one, source(WS, { headers, protocols, hello: () => null }))).to.be.false;
    expect(sameSource(one, source(WS, { headers: {}, protocols, hello }))).to.be.false;
    expect(sameSource(source(WS, { headers: {}, protocols, hello }), one)).to.be.false;
  });

  it('are not the same by what every object inherits', () => {
    const odd = source(HTTP, { headers: { toString: 'x' } });
    expect(sameSource(odd, source(HTTP, { headers: { valueOf: 'x' } }))).to.be.false;
  });
});

describe('a source', () => {
  it('that leaves the transport to us is a WebSocket at a ws: address, and undecided at an http: one', () => {
    expect(settled(source(WS)).policy.transport).to.equal('websocket');
    expect(settled(source(HTTP)).policy.transport).to.equal('auto');
    expect(settled(source(HTTP, { transport: 'sse' })).policy.transport).to.equal('sse');
  });

  it('shares a browser’s connections with what has the same origin', () => {
    expect(originOf(source('https://data.example:444/a?b'))).to.equal('https://data.example:444');
    expect(originOf(source(WS))).to.equal(originOf(source(HTTP)));
  });
});
