/** Who is let in: origins, and names of the server. */
import { expect } from 'chai';
import { Client, answer, connections, openStream, useServers } from './helpers.js';

const GUARDED = ['/api/metrics', '/metrics', '/api/nowhere'];

describe('the origin rule', () => {
  const start = useServers();

  it('lets in a request without Origin, and the page’s own', async () => {
    const { url } = await start();
    expect((await answer(`${url}/api/metrics`)).status).to.equal(200);
    const { status, headers } = await answer(`${url}/api/metrics`, { headers: { Origin: url } });
    expect(status).to.equal(200);
    expect(headers).not.to.have.property('access-control-allow-origin');
    (await openStream(url, { Origin: url })).close();
    await Client.open(url, { Origin: url });
  });

  it('compares with the Host that was asked for, default ports and case aside', async () => {
    const { url, port } = await start();
    const status = async (Origin: string, Host: string): Promise<number> =>
      (await answer(`${url}/api/metrics`, { headers: { Origin, Host } })).status;
    expect(await status(`http://localhost:${port}`, `localhost:${port}`)).to.equal(200);
    expect(await status('http://localhost', 'LOCALHOST:80')).to.equal(200);
    expect(await status(`https://localhost:${port}`, `localhost:${port}`)).to.equal(200);
    expect(await status(`http://[::1]:${port}`, `[::1]:${port}`)).to.equal(200);
    expect(await status(`http://localhost:${port}`, `127.0.0.1:${port}`)).to.equal(403);
    expect(await status(`http://localhost:${port + 1}`, `localhost:${port}`)).to.equal(403);
  });

  it('refuses any other with 403, on every route but files and health', async () => {
    const { url, port } = await start();
    const foreign = [
      'http://evil.example',
      'null',
      `http://127.0.0.1:${port}.evil.example`,
      `http://127.0.0.1:${port}@evil.example`,
      `ftp://127.0.0.1:${port}`,
      '',
    ];
    for (const Origin of foreign) {
      for (const path of [...GUARDED, '/events', '/poll']) {
        const { status, headers } = await answer(url + path, { headers: { Origin } });
        expect([Origin, path, status]).to.deep.equal([Origin, path, 403]);
        expect(headers).not.to.have.property('access-control-allow-origin');
      }
      await Client.open(url, { Origin }).then(
        () => expect.fail('was let in'),
        (error: unknown) => expect(String(error)).to.include('status 403'),
      );
    }
    expect((await answer(`${url}/healthz`, { headers: { Origin: 'http://evil.example' } })).status).to.equal(200);
    expect(await connections(url, 'websocket')).to.equal(0);
  });

  it('lets a configured origin in, and lets its page read the answer and its tag', async () => {
    const Origin = 'https://good.example';
    const { url } = await start({ allowedOrigins: [Origin] });
    const { status, headers } = await answer(`${url}/api/metrics`, { headers: { Origin } });
    expect(status).to.equal(200);
    expect(headers).to.include({
      'access-control-allow-origin': Origin,
      'access-control-expose-headers': 'ETag, RT-Gap, Retry-After',
      vary: 'Origin',
    });
    const unchanged = await answer(`${url}/api/metrics`, { headers: { Origin, 'If-None-Match': '*' } });
    expect([unchanged.status, unchanged.headers['access-control-allow-origin']]).to.deep.equal([304, Origin]);
    const stream = await openStream(url, { Origin });
    expect(stream.res.headers['access-control-allow-origin']).to.equal(Origin);
    stream.close();
    await Client.open(url, { Origin });
    expect((await answer(`${url}/api/metrics`, { headers: { Origin: 'https://evil.example' } })).status).to.equal(403);
    expect((await answer(`${url}/api/metrics`)).headers.vary).to.equal('Origin');
  });

  it('answers the preflight of a configured origin, and refuses that of another', async () => {
    const { url } = await start({ allowedOrigins: ['https://good.example'] });
    const preflight = (Origin: string): ReturnType<typeof answer> =>
      answer(`${url}/events`, {
        method: 'OPTIONS',
        headers: { Origin, 'Access-Control-Request-Method': 'GET', 'Access-Control-Request-Headers': 'last-event-id' },
      });
    const { status, headers } = await preflight('https://good.example');
    expect(status).to.equal(204);
    expect(headers['access-control-allow-headers']).to.include('Last-Event-ID');
    expect((await preflight('https://evil.example')).status).to.equal(403);
  });

  it('lets every origin in where that is configured', async () => {
    const { url } = await start({ allowedOrigins: ['*'] });
    expect((await answer(`${url}/api/metrics`, { headers: { Origin: 'https://any.example' } })).status).to.equal(200);
  });
});

describe('the name of the server', () => {
  const start = useServers();
  const status = async (url: string, path: string, Host: string): Promise<number> =>
    (await answer(url + path, { headers: { Host } })).status;

  it('is one of loopback’s where it listens on loopback: another site’s name for it is refused', async () => {
    const { url, port } = await start();
    for (const host of ['localhost', `127.0.0.1:${port}`, '[::1]:80', 'app.localhost:1']) {
      expect([host, await status(url, '/api/metrics', host)]).to.deep.equal([host, 200]);
    }
    for (const host of [
      'evil.example',
      `127.0.0.1.evil.example:${port}`,
      '10.0.0.1',
      'a b',
      '127.0.0.1;x',
      'localhost:x',
    ]) {
      for (const path of ['/api/metrics', '/', '/dist/rt-widgets.js']) {
        expect([host, path, await status(url, path, host)]).to.deep.equal([host, path, 403]);
      }
    }
    expect(await status(url, '/healthz', 'evil.example')).to.equal(200);
    await Client.open(url, { Host: 'evil.example' }).then(
      () => expect.fail('was let in'),
      (error: unknown) => expect(String(error)).to.include('status 403'),
    );
  });

  it('may be that of a configured origin, as behind a proxy', async () => {
    const { url } = await start({ allowedOrigins: ['https://good.example'] });
    expect(await status(url, '/api/metrics', 'good.example')).to.equal(200);
    expect(await status(url, '/api/metrics', 'evil.example')).to.equal(403);
  });

  it('is any where it listens on more than loopback', async () => {
    const { url } = await start({ host: '0.0.0.0' });
    expect(url).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await status(url, '/api/metrics', 'dashboards.example')).to.equal(200);
  });
});
