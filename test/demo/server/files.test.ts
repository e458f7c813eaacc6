/** Static files: what is served, how, and all that is not there. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { namesIn } from '../../../demo/server/files.js';
import { answer, rawRequest, rawSocket, useServers, type Fixture } from './helpers.js';

const SECRET = 'not for the public';

describe('static files', () => {
  const startServer = useServers();
  let home = '';
  const start = (): Promise<Fixture> =>
    startServer({ folders: { pages: join(home, 'pages'), dist: join(home, 'dist') } });

  before(() => {
    home = mkdtempSync(join(tmpdir(), 'rt-files-'));
    for (const folder of ['pages/sub', 'pages/.git', 'pages/empty', 'dist', 'private']) {
      mkdirSync(join(home, folder), { recursive: true });
    }
    const write = (name: string, text: string): void => writeFileSync(join(home, name), text);
    write('pages/index.html', '<!doctype html><title>home</title>');
    write('pages/sub/index.html', '<!doctype html><title>sub</title>');
    write('pages/page.css', 'a{}');
    write('pages/two words.txt', 'zwölf');
    write('pages/unknown.xyz', '?');
    write('pages/nothing.txt', '');
    write('dist/rt-widgets.js', 'export {};');
    write('dist/rt-widgets.js.map', '{}');
    for (const name of ['pages/.env', 'pages/.git/config', 'private/secret.txt', 'secret.txt']) write(name, SECRET);
    symlinkSync(join(home, 'private'), join(home, 'pages/folder-link'));
    symlinkSync(join(home, 'secret.txt'), join(home, 'pages/file-link.txt'));
    symlinkSync('.env', join(home, 'pages/dot-link.txt'));
    symlinkSync('loop', join(home, 'pages/loop'));
    symlinkSync('page.css', join(home, 'pages/inner-link.css'));
    if (process.platform !== 'win32') execFileSync('mkfifo', [join(home, 'pages/pipe')]);
  });
  after(() => rmSync(home, { recursive: true }));

  it('are the pages at /, and the build at /dist/, each with its type', async () => {
    const { url } = await start();
    for (const [path, type, body] of [
      ['/', 'text/html; charset=utf-8', '<!doctype html><title>home</title>'],
      ['/index.html?x=1', 'text/html; charset=utf-8', '<!doctype html><title>home</title>'],
      ['/sub/', 'text/html; charset=utf-8', '<!doctype html><title>sub</title>'],
      ['/page.css', 'text/css; charset=utf-8', 'a{}'],
      ['/inner-link.css', 'text/css; charset=utf-8', 'a{}'],
      ['/two%20words.txt', 'text/plain; charset=utf-8', 'zwölf'],
      ['/unknown.xyz', 'application/octet-stream', '?'],
      ['/nothing.txt', 'text/plain; charset=utf-8', ''],
      ['/dist/rt-widgets.js', 'text/javascript; charset=utf-8', 'export {};'],
      ['/dist/rt-widgets.js?ver=1', 'text/javascript; charset=utf-8', 'export {};'],
      ['/dist/rt-widgets.js.map', 'application/json; charset=utf-8', '{}'],
    ]) {
      const found = await answer(`${url}${path}`);
      expect([path, found.status, found.headers['content-type'], found.body]).to.deep.equal([path, 200, type, body]);
      expect(found.headers).to.include({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' });
      expect(found.headers['content-length']).to.equal(String(Buffer.byteLength(body ?? '')));
    }
  });

  it('answer HEAD, and 304 to their tag', async () => {
    const { url } = await start();
    const head = await answer(`${url}/page.css`, { method: 'HEAD' });
    expect([head.status, head.body, head.headers['content-length']]).to.deep.equal([200, '', '3']);
    const tag = String(head.headers.etag);
    const unchanged = await answer(`${url}/page.css`, { headers: { 'If-None-Match': tag } });
    expect([unchanged.status, unchanged.body]).to.deep.equal([304, '']);
    writeFileSync(join(home, 'pages/page.css'), 'a{b:c}');
    expect((await answer(`${url}/page.css`, { headers: { 'If-None-Match': tag } })).status).to.equal(200);
    writeFileSync(join(home, 'pages/page.css'), 'a{}');
  });

  it('are served for GET and HEAD alone', async () => {
    const { url } = await start();
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE']) {
      expect([method, (await answer(`${url}/`, { method })).status]).to.deep.equal([method, 405]);
    }
  });

  it('come with a strict policy where they are pages', async () => {
    const { url, port } = await start();
    const policy = String((await answer(`${url}/`)).headers['content-security-policy']);
    expect(policy.split('; ')).to.deep.equal([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      `connect-src 'self' ws://127.0.0.1:${port} wss://127.0.0.1:${port}`,
      "img-src 'self' data:",
      "frame-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect((await answer(`${url}/page.css`)).headers).not.to.have.property('content-security-policy');
  });

  it('are never found outside their folder, however the path is written', async () => {
    const { port } = await start();
    const paths = [
      '/../secret.txt',
      '/sub/../../secret.txt',
      '/dist/../../secret.txt',
      '/dist/../secret.txt',
      '/%2e%2e/secret.txt',
      '/%2E./secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e%2fsecret.txt',
      '/..%5csecret.txt',
      '/..\\secret.txt',
      '/%252e%252e/secret.txt',
      '/%c0%ae%c0%ae/secret.txt',
      '//secret.txt',
      `/${join(home, 'secret.txt')}`,
      '/./page.css',
      '/page.css/',
      '/page.css%00.html',
      '/%00',
      '/%',
      '/.env',
      '/%2eenv',
      '/.git/config',
      '/dot-link.txt',
      '/file-link.txt',
      '/folder-link/secret.txt',
      '/loop',
      '/pipe',
      '/sub',
      '/empty/',
      '/dist',
      '/dist/',
      '/nowhere',
      '/con:stream',
      `/${'x'.repeat(5_000)}`,
    ];
    for (const path of paths) {
      const text = await rawSocket(port, rawRequest(path)).tail.untilEnd();
      expect([path, text.split('\r\n')[0]]).to.deep.equal([path, 'HTTP/1.1 404 Not Found']);
      expect(text).not.to.include(SECRET).and.not.to.include(home);
    }
  });

  it('are simply not there where the folder is not', async () => {
    const { url } = await startServer({ folders: { pages: join(home, 'no'), dist: join(home, 'no') } });
    expect((await answer(`${url}/`)).status).to.equal(404);
  });
});

describe('the names in a path', () => {
  it('are read once, and only where each is plain', () => {
    expect(namesIn('/a/b%20c')).to.deep.equal(['a', 'b c']);
    expect(namesIn('/')).to.deep.equal(['index.html']);
    expect(namesIn('/a/')).to.deep.equal(['a', 'index.html']);
    expect(namesIn('/%252e')).to.deep.equal(['%2e']);
    for (const path of ['/..', '/a/../b', '/.', '/a//b', '/a%2fb', '/a%5Cb', '/\\', '/\0', '/%00', '/%E0']) {
      expect([path, namesIn(path)]).to.deep.equal([path, undefined]);
    }
  });
});
