import { expect } from 'chai';
import fc from 'fast-check';
import { readOrigins, readSource } from '../../src/embed/page-source.js';
import { ok } from '../../src/kernel/result.js';

const PAGE = 'https://host.example/dist/embed.html?widget=metric-card';

const read = (src: string, list = '', page = PAGE): ReturnType<typeof readSource> =>
  readSource(src, page, readOrigins(list, page));

const problemOf = (src: string, list?: string, page?: string): string => {
  const result = read(src, list, page);
  return result.ok ? `allowed: ${result.value}` : result.problem;
};

describe('the source of an embed page', () => {
  it('is an address of its own origin, read against the page', () => {
    expect(read('/events')).to.deep.equal(ok('https://host.example/events'));
    expect(read('../events?x=1#part')).to.deep.equal(ok('https://host.example/events?x=1'));
    expect(read(' https://HOST.example:443/events ')).to.deep.equal(ok('https://host.example/events'));
    expect(read('events')).to.deep.equal(ok('https://host.example/dist/events'));
    expect(read('?poll')).to.deep.equal(ok('https://host.example/dist/embed.html?poll'));
    // No authority: a path of the page's own origin, as browsers read it.
    expect(read('https:/evil.example')).to.deep.equal(ok('https://host.example/evil.example'));
    expect(read('wss://host.example/ws')).to.deep.equal(ok('wss://host.example/ws'));
  });

  it('is the WebSocket beside the page alone: not the insecure one, nor the secure one of an insecure page', () => {
    expect(problemOf('ws://host.example/ws')).to.equal('ws://host.example is not among the allowed origins');
    const page = 'http://host.example:8080/dist/embed.html';
    expect(read('ws://host.example:8080/ws', '', page)).to.deep.equal(ok('ws://host.example:8080/ws'));
    expect(read('wss://host.example:8080/ws', '', page).ok).to.equal(false);
    expect(read('ws://host.example/ws', '', page).ok).to.equal(false);
  });

  it('is of a listed origin: scheme, host and port', () => {
    const list = ' https://api.example.com/\n wss://api.example.com:8443 ';
    expect(read('https://api.example.com/a', list).ok).to.equal(true);
    expect(read('wss://api.example.com:8443/a', list).ok).to.equal(true);
    expect(read('wss://api.example.com/a', list).ok).to.equal(false);
    expect(read('http://api.example.com/a', list).ok).to.equal(false);
    expect(read('https://api.example.com:444/a', list).ok).to.equal(false);
    expect(read('https://x.api.example.com/a', list).ok).to.equal(false);
    expect(read('https://api.example.com./a', list).ok).to.equal(false);
  });

  for (const src of [
    '//evil.example/x',
    '\\\\evil.example/x',
    '/\\evil.example/x',
    'https:\\\\evil.example',
    'https://host.example@evil.example/',
    'https://host.example.evil.example/',
    'https://user@host.example/',
    'https://:secret@host.example/',
    'https://host.example:8443/events',
    'http://host.example/events',
    'javascript:alert(1)',
    'java\tscript:alert(1)',
    ' \u0001javascript:alert(1)',
    'data:text/event-stream,data:1',
    'blob:https://host.example/1',
    'file:///etc/passwd',
    'filesystem:https://host.example/x',
    'about:blank',
    'https://host\t.example/x',
    '/ev\nents',
    '/\t/evil.example',
    'https://',
    'https://[/',
    'https://ho\u0455t.example/',
    '',
    '  ',
  ]) {
    it(`is refused, with a reason: ${JSON.stringify(src)}`, () => {
      const result = read(src);
      expect(result.ok, JSON.stringify(result)).to.equal(false);
      expect(problemOf(src)).to.match(/^[^\n]{8,120}$/);
    });
  }

  it('of a page from disk, or of none over HTTP, is of a listed origin alone', () => {
    for (const page of ['file:///home/me/dist/embed.html', 'about:srcdoc', 'blob:https://host.example/1']) {
      expect(read('https://host.example/events', '', page).ok, page).to.equal(false);
      expect(read('https://api.example.com/a', 'https://api.example.com', page).ok, page).to.equal(true);
    }
    expect(problemOf('/events', '', 'file:///embed.html')).to.contain('opened from disk');
  });

  it('is of an allowed origin whatever is written', () => {
    const pieces = fc.constantFrom(
      ...['https:', 'http:', 'ws:', 'javascript:', '/', '//', '\\', '@', ':', '.', '\t', '\n', '#', '?', '%2f', '\0'],
      ...['host.example', 'evil.example', 'api.example.com', ':443', ':80', 'user', '[::1]', '\u3002', '\uff0f', ' '],
    );
    const hostile = fc.oneof(
      fc.array(pieces, { maxLength: 9 }).map((parts) => parts.join('')),
      fc.string(),
      fc.webUrl(),
    );
    const allowed = ['https://host.example', 'wss://host.example', 'https://api.example.com'];
    fc.assert(
      fc.property(hostile, (src) => {
        const result = read(src, 'https://api.example.com');
        if (!result.ok) return;
        // As fetch and WebSocket would read it.
        const { protocol, host, username, password } = new URL(result.value);
        expect(allowed).to.include(`${protocol}//${host}`);
        expect(username + password).to.equal('');
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('the list of origins', () => {
  for (const entry of [
    '*',
    'https://*',
    'https://*.example.com',
    'https:',
    'https:example.com',
    'api.example.com',
    "'self'",
    'https://api.example.com/path',
    'https://api.example.com?x',
    'https://user@api.example.com',
    'https://api.example.com\\evil',
    'ftp://api.example.com',
    'data:,',
    'null',
  ]) {
    it(`takes no ${entry}, and says so`, () => {
      const { allowed, problems } = readOrigins(entry, PAGE);
      expect([...allowed]).to.deep.equal(['https://host.example', 'wss://host.example']);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.contain(entry).and.contain('left out');
    });
  }

  it('goes on with what is good in it', () => {
    expect([...readOrigins('* wss://a.example', 'file:///x').allowed]).to.deep.equal(['wss://a.example']);
  });
});
