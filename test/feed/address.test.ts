import { expect } from 'chai';
import { asHttp, isSocket, readAddress, type Address } from '../../src/feed/address.js';

const PAGE = 'https://page.example/app/index.html';

const read = (src: string, base = PAGE): Address => {
  const address = readAddress(src, base);
  if (!address.ok) throw new Error(address.problem);
  return address.value;
};
const problemOf = (src: string, base = PAGE): string => {
  const address = readAddress(src, base);
  return address.ok ? '' : address.problem;
};

describe('an address', () => {
  it('is read against the page', () => {
    expect(read('/events').url.href).to.equal('https://page.example/events');
    expect(read('events').url.href).to.equal('https://page.example/app/events');
    expect(read('//other.example/x').url.href).to.equal('https://other.example/x');
    expect(read(' /events ').url.href).to.equal('https://page.example/events');
  });

  it('may be a WebSocket’s', () => {
    expect(read('wss://page.example/ws').url.href).to.equal('wss://page.example/ws');
  });

  for (const src of [
    'javascript:alert(1)',
    'data:text/plain,x',
    'file:///etc/passwd',
    'ftp://x/',
    'blob:https://x/1',
  ]) {
    it(`fault 65: is refused with its scheme named: ${src}`, () => {
      expect(problemOf(src))
        .to.include(src.slice(0, src.indexOf(':') + 1))
        .and.to.include('https:');
    });
  }

  it('that is no URL is refused', () => {
    expect(problemOf('https://')).to.equal('it is no URL');
    expect(problemOf('//[')).to.equal('it is no URL');
  });

  it('with a user or a password is refused, without quoting them', () => {
    for (const src of ['https://anna@x.example/', 'https://anna:geheim@x.example/', 'https://:geheim@x.example/']) {
      expect(problemOf(src), src).to.include('password').and.to.not.include('geheim');
    }
  });

  it('that is insecure is refused on a secure page, but for loopback', () => {
    expect(problemOf('http://data.example/')).to.include('https:').and.to.include('http:');
    expect(problemOf('ws://data.example/')).to.include('ws:');
    for (const host of ['localhost:8080', 'a.localhost', '127.0.0.1', '127.8.9.1:1', '[::1]:8080']) {
      expect(problemOf(`http://${host}/`), host).to.equal('');
    }
    for (const host of ['localhost.example', 'xlocalhost', '128.0.0.1', '127.0.0.1.example', '[::2]']) {
      expect(problemOf(`http://${host}/`), host).to.not.equal('');
    }
  });

  it('may be insecure on an insecure page', () => {
    expect(read('ws://data.example/', 'http://page.example/').url.protocol).to.equal('ws:');
    expect(read('https://data.example/', 'http://page.example/').url.protocol).to.equal('https:');
  });

  it('crosses origins where scheme, host or port differ from the page’s', () => {
    expect(read('/events').crossOrigin).to.equal(false);
    expect(read('https://page.example:443/x').crossOrigin).to.equal(false);
    expect(read('https://page.example:8443/x').crossOrigin).to.equal(true);
    expect(read('https://other.example/x').crossOrigin).to.equal(true);
    expect(read('https://page.example/x', 'http://page.example/').crossOrigin).to.equal(true);
  });

  it('crosses origins from a page that shares its origin with nobody, and as the page’s own origin says, not its base', () => {
    const crosses = (src: string, base: string, origin: string): boolean | undefined => {
      const address = readAddress(src, base, origin);
      return address.ok ? address.value.crossOrigin : undefined;
    };
    expect(crosses('/events', 'https://page.example/', 'null')).to.equal(true);
    expect(crosses('/events', 'https://cdn.example/', 'https://page.example')).to.equal(true);
    expect(crosses('https://page.example/events', 'https://cdn.example/', 'https://page.example')).to.equal(false);
  });

  it('of a WebSocket beside the page is of the page’s origin', () => {
    expect(read('wss://page.example/ws').crossOrigin).to.equal(false);
    expect(read('ws://page.example/ws', 'http://page.example/').crossOrigin).to.equal(false);
    expect(read('wss://other.example/ws').crossOrigin).to.equal(true);
  });

  it('fault 66: is shown without its query and its fragment, which may hold a token', () => {
    expect(read('/events?token=geheim#geheim').shown).to.equal('https://page.example/events');
    expect(read('wss://x.example/ws?token=geheim').shown).to.equal('wss://x.example/ws');
    expect(read('/events?token=a').url.search).to.equal('?token=a');
  });

  it('loses its fragment, which no WebSocket takes', () => {
    expect(read('wss://x.example/ws#part').url.href).to.equal('wss://x.example/ws');
  });

  it('on a page without an address of its own must be absolute, and crosses origins', () => {
    for (const base of ['about:blank', 'data:text/html,', 'blob:https://page.example/1']) {
      const scheme = base.split(':', 1)[0] ?? '';
      expect(problemOf('/events', base)).to.contain(`it is no whole URL, and a page at ${scheme}: has nothing`);
    }
    expect(read('https://x.example/', 'about:blank').crossOrigin).to.equal(true);
  });
});

describe('the same address for fetch', () => {
  it('is the one beside the WebSocket', () => {
    const ways = { 'ws://x.example:81/a?b': 'http://x.example:81/a?b', 'wss://x.example/ws': 'https://x.example/ws' };
    for (const [socket, http] of Object.entries(ways)) expect(asHttp(new URL(socket)).href).to.equal(http);
  });

  it('is itself where it is one already, even with ws in its name', () => {
    for (const same of ['http://ws.example/ws', 'https://wss.example/']) {
      expect(asHttp(new URL(same)).href).to.equal(same);
    }
  });

  it('leaves the address that it was given', () => {
    const url = new URL('ws://x.example/');
    asHttp(url);
    expect(url.protocol).to.equal('ws:');
  });
});

describe('a WebSocket', () => {
  const ws = new URL('wss://x.example/');
  const http = new URL('https://x.example/');

  it('is what auto means at ws: and wss:, and what websocket means anywhere', () => {
    expect(isSocket(ws, 'auto')).to.equal(true);
    expect(isSocket(ws, 'websocket')).to.equal(true);
    expect(isSocket(http, 'websocket')).to.equal(true);
  });

  it('is not what auto means at http:, nor what another transport means at ws:', () => {
    expect(isSocket(http, 'auto')).to.equal(false);
    for (const transport of ['sse', 'polling', 'long-polling'] as const) {
      expect(isSocket(ws, transport), transport).to.equal(false);
    }
  });
});
