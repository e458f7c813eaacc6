/** The program: what it prints, how it is configured, and how it ends. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createTcpServer, connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { readConfig } from '../../../demo/server/config.js';
import { Client, Tail, openStream, rawRequest, rawSocket, snapshotOf, useServers, type Json } from './helpers.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const COMMAND = ['--import', 'tsx', 'demo/server/main.ts'];

/** How long a client is asked to wait by a close: all that its reason says. */
const hintIn = (reason: string): unknown => {
  const said = JSON.parse(reason) as Json;
  expect(said).to.have.all.keys('retryAfter');
  return said['retryAfter'];
};

interface Program {
  readonly child: ChildProcess;
  readonly out: Tail;
  readonly err: Tail;
  readonly ended: Promise<number | null>;
}

describe('the program', function () {
  this.timeout(15_000);
  const running = new Set<ChildProcess>();
  afterEach(() => {
    for (const child of running) child.kill('SIGKILL');
    running.clear();
  });

  const run = (env: Record<string, string>, command = process.execPath, args = COMMAND): Program => {
    const { HOST: _host, ALLOWED_ORIGINS: _origins, npm_lifecycle_event: _npm, ...rest } = process.env;
    const child = spawn(command, args, { cwd: ROOT, env: { ...rest, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    const [out, err] = [new Tail(), new Tail()];
    child.stdout.setEncoding('utf8').on('data', (text: string) => out.add(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => err.add(text));
    child.stdout.on('close', () => out.end());
    child.stderr.on('close', () => err.end());
    const ended = once(child, 'exit').then(([code]) => {
      running.delete(child);
      return typeof code === 'number' ? code : null;
    });
    return { child, out, err, ended };
  };
  const addressOf = async ({ out }: Program): Promise<string> =>
    (await out.until(/^(http:\/\/127\.0\.0\.1:\d+)\/\n/))[1] ?? '';

  it('prints its address alone on a line, and shows real figures from then on', async () => {
    const program = run({ PORT: '0' });
    const url = await addressOf(program);
    const { infrastructure } = await snapshotOf(url);
    expect(infrastructure['memory_usage']).to.be.a('number').above(0);
    program.child.kill('SIGTERM');
    expect(await program.ended).to.equal(0);
    expect(program.out.text).to.equal(`${url}/\n`);
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`on ${signal} tells each client when to come back, and ends with 0`, async () => {
      const program = run({ PORT: '0' });
      const url = await addressOf(program);
      const [client, stream] = [await Client.open(url), await openStream(url)];
      await stream.tail.until(/\n\n/);
      const began = performance.now();
      program.child.kill(signal);
      const { code, reason } = await client.closed;
      expect(code).to.equal(1012);
      expect(hintIn(reason)).to.be.a('number').within(0, 1_000);
      expect(await stream.tail.untilEnd()).to.match(/\nretry: \d+\n\n$/);
      expect(performance.now() - began).to.be.below(1_000);
      expect(await program.ended).to.equal(0);
      expect(performance.now() - began).to.be.below(5_000);
    });
  }

  it('ends within 5 s though clients read nothing', async () => {
    const program = run({ PORT: '0' });
    const url = await addressOf(program);
    const stalled = connect(Number(new URL(url).port), '127.0.0.1');
    stalled.on('error', () => undefined);
    stalled.write(rawRequest('/events'));
    const client = await Client.open(url);
    client.socket.pause();
    const began = performance.now();
    program.child.kill('SIGTERM');
    expect(await program.ended).to.equal(0);
    expect(performance.now() - began).to.be.below(5_000);
    stalled.destroy();
    client.socket.terminate();
  });

  it('ends at once on a second signal', async () => {
    const program = run({ PORT: '0' });
    const url = await addressOf(program);
    const [client, stream] = [await Client.open(url), await openStream(url)];
    client.socket.pause(); // never answers the close: the first signal alone would wait for it
    program.child.kill('SIGTERM');
    await stream.tail.untilEnd();
    const began = performance.now();
    const again = setInterval(() => program.child.kill('SIGTERM'), 20);
    expect(await program.ended).to.equal(0);
    clearInterval(again);
    expect(performance.now() - began).to.be.below(700);
    client.socket.terminate();
  });

  it('ends when the shell dies through which npm has started it', async function () {
    if (process.platform === 'win32') return this.skip();
    // The colon keeps the shell from becoming the program.
    const script = `"${process.execPath}" ${COMMAND.join(' ')}; :`;
    const shell = run({ PORT: '0', npm_lifecycle_event: 'start' }, 'sh', ['-c', script]);
    const client = await Client.open(await addressOf(shell));
    shell.child.kill('SIGTERM');
    expect(await client.closed).to.include({ code: 1012 });
    await shell.out.untilEnd(); // the program itself is gone
  });

  it('tells in one sentence that a port is taken, and ends with 1', async () => {
    const taken = createTcpServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const program = run({ PORT: String(port) });
    expect(await program.ended).to.equal(1);
    await program.err.untilEnd();
    expect(program.err.text).to.equal(
      `Port ${port} is taken: choose another with PORT=…, or none for the first free one from 8080.\n`,
    );
    expect(program.out.text).to.equal('');
    taken.close();
  });

  it('tells in one sentence what PORT may be, and ends with 1', async () => {
    const program = run({ PORT: 'eighty' });
    expect(await program.ended).to.equal(1);
    await program.err.untilEnd();
    expect(program.err.text).to.equal('PORT is a whole number from 0 to 65535 (0: any free one), not "eighty".\n');
  });

  it('takes the first free port from 8080 where none is chosen', async () => {
    const [first, second] = [run({ PORT: '' }), run({ PORT: '' })];
    const ports = [await addressOf(first), await addressOf(second)].map((url) => Number(new URL(url).port));
    expect(new Set(ports)).to.have.property('size', 2);
    for (const port of ports) expect(port).to.be.within(8_080, 8_179);
  });
});

describe('the configuration', () => {
  it('has defaults for all', () => {
    expect(readConfig({})).to.deep.equal({ host: '127.0.0.1', allowedOrigins: [], sources: [{ kind: 'host' }] });
    expect(readConfig({ PORT: '', HOST: ' ', ALLOWED_ORIGINS: ' , ' })).to.deep.equal(readConfig({}));
  });

  it('reads port, host and origins', () => {
    expect(
      readConfig({ PORT: '0', HOST: '0.0.0.0', ALLOWED_ORIGINS: 'https://A.example/, http://b.example:81' }),
    ).to.deep.include({ port: 0, host: '0.0.0.0', allowedOrigins: ['https://a.example', 'http://b.example:81'] });
  });

  const fileOf = (text: string): ((path: string) => string) => {
    return (path) => {
      expect(path).to.equal('rt.json');
      return text;
    };
  };

  it('reads a file, before which the environment goes, and variables in its texts', () => {
    const text = '{ "port": 1, "host": "${WHERE}", "sources": [], "allowedOrigins": ["https://A.example/"] }';
    expect(readConfig({ RT_CONFIG: 'rt.json', WHERE: '::1', PORT: '2' }, fileOf(text))).to.deep.equal({
      port: 2,
      host: '::1',
      sources: [],
      allowedOrigins: ['https://a.example'],
    });
  });

  it('says of each mistake in a file where it is and what is wrong, a line each', () => {
    const text =
      '{ "port": "x", "alowed": 1, "allowedOrigins": ["no"], "sources": [{ "kind": "hostt" }, { "kind": "host", "a": 1 }] }';
    expect(() => readConfig({ RT_CONFIG: 'rt.json' }, fileOf(text))).to.throw(
      /^rt\.json: port: .*\.\nrt\.json: allowedOrigins\.0: is an origin .*\.\nrt\.json: sources\.0\.kind: .*'host'.*\.\nrt\.json: sources\.1: .*"a"\.\nrt\.json: the file: .*"alowed"\.$/,
    );
    expect(() => readConfig({ RT_CONFIG: 'rt.json' }, fileOf('{'))).to.throw(/^rt\.json is no JSON: /);
    expect(() => readConfig({ RT_CONFIG: 'rt.json' }, fileOf('{"host": "${GONE}"}'))).to.throw(
      'rt.json wants the variable GONE, which is not set.',
    );
    expect(() => readConfig({ RT_CONFIG: 'no/such/file' })).to.throw(
      /^RT_CONFIG names no\/such\/file, which cannot be read: /,
    );
  });

  it('refuses a port or an origin that is none, in a sentence', () => {
    for (const PORT of ['-1', '65536', '80.5', '0x50', 'a', '8080 8081', '1e3', '999999']) {
      expect(() => readConfig({ PORT }), PORT).to.throw(/^PORT is a whole number .* not ".*"\.$/);
    }
    for (const ALLOWED_ORIGINS of [
      'example.org',
      'https://a.example/path',
      'ftp://a.example',
      'https://*.example',
      'null',
    ]) {
      expect(() => readConfig({ ALLOWED_ORIGINS }), ALLOWED_ORIGINS).to.throw(/^ALLOWED_ORIGINS lists origins .*\.$/);
    }
  });
});

describe('a server that closes', () => {
  const start = useServers();

  it('gives each client a hint of its own, spread over 1.1 × clients ÷ accept rate', async () => {
    let turn = 0;
    const { url, server, clock } = await start({
      bounds: { acceptRate: 10 },
      random: () => (turn = (turn + 1) % 4) / 4,
    });
    const clients = await Promise.all(Array.from({ length: 10 }, () => Client.open(url)));
    const closed = server.close();
    const hints = await Promise.all(clients.map(async (client) => hintIn((await client.closed).reason)));
    clock.advance(1_000);
    await closed;
    expect(new Set(hints)).to.deep.equal(new Set([275, 550, 825, 0]));
  });

  it('is not ready at once, takes no new clients, and leaves no timer', async () => {
    const { server, clock, port } = await start();
    const head =
      'POST /api/publish/a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n' +
      'Content-Length: 2\r\nExpect: 100-continue\r\n\r\n';
    const { socket, tail } = rawSocket(port, head);
    await tail.until(/100 Continue/); // the request is on its way, and keeps its connection
    const closed = server.close();
    socket.write('12GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
    await tail.until(/202 Accepted[^]*503 Service[^]*stopping\n[^]*503 Service[^]*Retry-After: 2/i);
    clock.advance(1_000);
    await closed;
    expect(clock.timers).to.equal(0);
    expect(server.close()).to.equal(server.close());
  });
});
