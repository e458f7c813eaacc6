/** Programs that a real Redis joins, and that are killed or stopped as programs are. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { command, useCluster } from '../demo/server/cluster.js';
import { Client, Tail, answer, eventually, published, type Json } from '../demo/server/helpers.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Program {
  readonly child: ChildProcess;
  readonly url: string;
  readonly err: Tail;
}

describe('programs that Redis joins', function () {
  this.timeout(30_000);
  const { redis: startRedis } = useCluster();
  const running = new Set<ChildProcess>();
  afterEach(() => {
    for (const child of running) child.kill('SIGKILL');
    running.clear();
  });

  const run = async (env: Record<string, string>): Promise<Program> => {
    const { HOST: _host, ALLOWED_ORIGINS: _origins, npm_lifecycle_event: _npm, ...rest } = process.env;
    const child = spawn(process.execPath, ['--import', 'tsx', 'demo/server/main.ts'], {
      cwd: ROOT,
      env: { ...rest, PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    const [out, err] = [new Tail(), new Tail()];
    child.stdout.setEncoding('utf8').on('data', (text: string) => out.add(text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => err.add(text));
    const [, url = ''] = await out.until(/^(\S+)\/\n/);
    return { child, url, err };
  };

  const snapshot = async (url: string): Promise<string> => (await answer(`${url}/api/metrics`)).body;
  const holder = async (redis: Parameters<typeof command>[0]): Promise<string> =>
    String(await command(redis, 'GET', 'rt:lease'));

  it('have another leader within 3 s of a SIGKILL of the one that leads, and its snapshot soon after', async () => {
    const redis = await startRedis();
    const a = await run({ REDIS_URL: redis.url });
    const b = await run({ REDIS_URL: redis.url });
    const first = await holder(redis);
    const { id } = await published(a.url, 'orders', 1);
    const client = await Client.open(a.url);
    await client.subscribe('orders');
    a.child.kill('SIGKILL');
    const began = performance.now();
    expect(await client.closed).to.have.property('code', 1006);
    const again = await Client.open(b.url);
    again.send({ type: 'subscribe', channel: 'orders', resume: id });
    expect(await again.next()).not.to.have.property('gap');
    const old = await snapshot(b.url);
    const second = await eventually(
      () => holder(redis),
      (name) => name !== first && name !== 'null',
    );
    expect(performance.now() - began).to.be.below(3_000);
    await eventually(
      () => snapshot(b.url),
      (text) => text !== old,
    );
    expect(performance.now() - began).to.be.below(5_000);
    expect(second).not.to.equal(first);
    again.socket.terminate();
  });

  it('publish nothing old when one that led goes on after a pause in which another has taken the lead', async () => {
    const redis = await startRedis();
    const a = await run({ REDIS_URL: redis.url });
    const b = await run({ REDIS_URL: redis.url });
    const first = await holder(redis);
    const client = await Client.open(b.url);
    await client.subscribe('metrics');
    a.child.kill('SIGSTOP');
    const second = await eventually(
      () => holder(redis),
      (name) => name !== first && name !== 'null',
    );
    await client.next(); // of the new leader
    a.child.kill('SIGCONT');
    const times: unknown[] = [];
    while (times.length < 4) times.push(((await client.next())['data'] as Json)['timestamp']);
    expect(times).to.deep.equal([...times].sort());
    expect(new Set(times).size).to.equal(times.length);
    expect(await holder(redis)).to.equal(second);
    await eventually(
      () => answer(`${a.url}/readyz`),
      ({ body }) => body === 'ready\n',
    );
    client.socket.terminate();
  });

  it('end with 0 on SIGTERM, give up the lead at once, and do so though Redis does not answer', async () => {
    const redis = await startRedis();
    const a = await run({ REDIS_URL: redis.url });
    const b = await run({ REDIS_URL: redis.url });
    const first = await holder(redis);
    const ended = once(a.child, 'exit');
    a.child.kill('SIGTERM');
    const began = performance.now();
    await eventually(
      () => holder(redis),
      (name) => name !== first && name !== 'null',
    );
    expect(performance.now() - began).to.be.below(1_500);
    expect((await ended)[0]).to.equal(0);
    redis.pause();
    const paused = once(b.child, 'exit');
    const from = performance.now();
    b.child.kill('SIGTERM');
    expect((await paused)[0]).to.equal(0);
    expect(performance.now() - from).to.be.below(5_000);
    redis.resume();
  });

  it('say in one sentence that an address is none, without what it was', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'demo/server/main.ts'], {
      cwd: ROOT,
      env: { ...process.env, PORT: '0', REDIS_URL: 'http://:secret@x' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    running.add(child);
    const err = new Tail();
    child.stderr.setEncoding('utf8').on('data', (text: string) => err.add(text));
    child.stderr.on('close', () => err.end());
    expect((await once(child, 'exit'))[0]).to.equal(1);
    expect(await err.untilEnd()).to.equal(
      'REDIS_URL is an address such as redis://127.0.0.1:6379, or rediss://… for TLS.\n',
    );
  });
});
