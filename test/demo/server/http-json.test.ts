/** An HTTP API as a source: real sockets, answers good and bad. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { httpJsonSource } from '../../../demo/server/sources/http-json.js';
import { sourceSettings, type SettingsOf } from '../../../demo/server/sources/settings.js';
import type { Figures } from '../../../demo/server/source.js';

describe('a source over HTTP', () => {
  const servers = new Set<Server>();
  afterEach(() => {
    for (const server of servers) server.closeAllConnections();
    for (const server of servers) server.close();
    servers.clear();
  });

  const serve = async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener);
    servers.add(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };

  const settingsOf = (more: Record<string, unknown>): SettingsOf<'http-json'> =>
    sourceSettings.parse({ kind: 'http-json', name: 'api', part: 'shop', ...more }) as SettingsOf<'http-json'>;

  const readerOf = (url: string, figures: Record<string, string>, more = {}): (() => Promise<Figures>) => {
    const source = httpJsonSource(settingsOf({ url, figures, ...more }));
    return () => source.read(new AbortController().signal);
  };

  it('finds figures by their paths: own properties alone, plain values alone', async () => {
    const url = await serve((_req, res) => res.end('{"data":[{"price":12.5,"deep":{"ok":true}}],"name":"x"}'));
    const read = readerOf(url, {
      price: 'data.0.price',
      ok: 'data.0.deep.ok',
      name: 'name',
      none: 'data.7.price',
      whole: 'data',
      inherited: 'data.length.constructor',
      proto: '__proto__.toString',
    });
    expect(await read()).to.deep.equal({
      price: 12.5,
      ok: true,
      name: 'x',
      none: null,
      whole: null,
      inherited: null,
      proto: null,
    });
  });

  it('asks with the tag that it was given, and keeps what it had where nothing has changed', async () => {
    const asked: (string | undefined)[] = [];
    const url = await serve((req, res) => {
      asked.push(req.headers['if-none-match']);
      if (asked.length === 2) res.writeHead(304).end();
      else res.writeHead(200, { ETag: `"${asked.length}"` }).end(JSON.stringify({ n: asked.length }));
    });
    const read = readerOf(url, { n: 'n' });
    expect([await read(), await read(), await read()]).to.deep.equal([{ n: 1 }, { n: 1 }, { n: 3 }]);
    expect(asked).to.deep.equal([undefined, '"1"', '"1"']);
  });

  it('sends the headers of its settings', async () => {
    const url = await serve((req, res) => res.end(JSON.stringify({ key: req.headers['x-key'] })));
    expect(await readerOf(url, { key: 'key' }, { headers: { 'X-Key': 'k' } })()).to.deep.equal({ key: 'k' });
  });

  it('says of a bad answer what is wrong, and quotes nothing of it', async () => {
    const answers: RequestListener[] = [
      (_req, res) => res.writeHead(503).end('secret'),
      (_req, res) => res.end('<secret>'),
      (_req, res) => res.end(`"${'x'.repeat(1_100_000)}"`),
    ];
    const sentences: string[] = [];
    for (const each of answers) {
      const read = readerOf(await serve(each), { n: 'n' });
      await read().catch((error: unknown) => sentences.push(String(error)));
    }
    expect(sentences).to.deep.equal([
      'Error: answered with 503',
      'Error: the answer is no JSON',
      'Error: the answer is longer than 1048576 bytes',
    ]);
  });

  it('lets go of a request that is given up', async () => {
    const gone = new Promise<void>((resolve) => {
      void serve((req) => void req.once('close', resolve)).then((url) => {
        const signal = AbortSignal.timeout(50);
        httpJsonSource(settingsOf({ url, figures: { n: 'n' } }))
          .read(signal)
          .catch(() => undefined);
      });
    });
    await gone;
  });

  it('is refused where its settings are no good, each in a sentence', () => {
    const problems = (more: Record<string, unknown>): string[] => {
      const result = sourceSettings.safeParse({ kind: 'http-json', name: 'a', part: 'p', figures: {}, ...more });
      return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    };
    expect(problems({ url: 'http://a.example/' })).to.deep.equal([]);
    expect(problems({ url: 'ftp://a.example/' })).to.deep.equal([
      'url is an address such as https://example.org/status.json',
    ]);
    expect(problems({ url: 'http://a.example/', part: 'timestamp' })).to.deep.equal([
      'part is not the name of another member of the snapshot',
    ]);
    expect(problems({ url: 'http://a.example/', period: 10 })).to.have.length(1);
  });
});
