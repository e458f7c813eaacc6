/** A Redis stream as a message queue: a real Redis, real crashes. */
import { expect } from 'chai';
import { createClient } from 'redis';
import { RedisServer } from '../support/redis-server.js';
import { SourceProcess, SourceRun, openPushing } from '../support/source-run.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const STREAM = 'orders';
const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('a Redis stream as a source', function () {
  this.timeout(60_000);
  let redis: RedisServer;
  let proxy: TcpProxy;
  let producer: ReturnType<typeof createClient>;
  const runs: SourceRun[] = [];

  beforeEach(async () => {
    redis = await RedisServer.start();
    proxy = await TcpProxy.start(redis.port);
    producer = createClient({ url: redis.url, socket: { reconnectStrategy: 20 } });
    producer.on('error', () => undefined);
    await producer.connect();
  });

  afterEach(async () => {
    await Promise.all(runs.splice(0).map((run) => run.stop()));
    producer.destroy();
    await proxy.close();
    await redis.close();
  });

  const settingsOf = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
    kind: 'redis-stream',
    url: `redis://127.0.0.1:${proxy.port}`,
    stream: STREAM,
    channel: 'orders',
    from: 'beginning',
    idle: 500,
    ...more,
  });
  const start = async (more: Record<string, unknown> = {}): Promise<SourceRun> => {
    const run = await SourceRun.start(settingsOf(more));
    runs.push(run);
    return run;
  };
  const add = async (from: number, to: number): Promise<void> => {
    await Promise.all(numbers(from, to).map((n) => producer.xAdd(STREAM, '*', { data: String(n) })));
  };
  const pending = async (): Promise<number> => (await producer.xPending(STREAM, 'rt-widgets')).pending;
  /** Asked again until nothing waits for being acknowledged. */
  const acknowledged = async (): Promise<void> => {
    while ((await pending()) > 0);
  };

  it('publishes each entry once, in order, and acknowledges it then', async () => {
    const run = await start();
    await add(0, 500);
    await run.count(500);
    await acknowledged();
    expect(run.data).to.deep.equal(numbers(0, 500));
    expect(run.messages[0]).to.deep.equal({ channel: 'orders', data: 0, kept: false });
  });

  it('makes a group that begins with what is new, where it is told so', async () => {
    await add(0, 3);
    const run = await start({ from: 'now' });
    let groups = await producer.xInfoGroups(STREAM);
    while (groups.length === 0) groups = await producer.xInfoGroups(STREAM);
    await add(3, 5);
    await run.count(2);
    expect(run.data).to.deep.equal([3, 4]);
  });

  it('takes the channel from a field, text as it is, and keeps what is to be kept', async () => {
    const run = await start({ channel: { field: 'to' }, data: 'body', format: 'text', kept: true });
    await producer.xAdd(STREAM, '*', { body: 'a "b"\n', to: 'first' });
    await producer.xAdd(STREAM, '*', { to: 'second', body: 'to' });
    await run.count(2);
    expect(run.messages).to.deep.equal([
      { channel: 'first', data: 'a "b"\n', kept: true },
      { channel: 'second', data: 'to', kept: true },
    ]);
  });

  it('acknowledges what cannot be published, tells of it without its content, and goes on', async () => {
    const run = await start({ maxBytes: 100, channel: { field: 'to' } });
    await producer.xAdd(STREAM, '*', { to: 'orders', data: '{"password": "hunter2"' });
    await producer.xAdd(STREAM, '*', { to: 'orders', data: JSON.stringify('hunter2'.repeat(30)) });
    await producer.xAdd(STREAM, '*', { to: 'orders', data: Buffer.from([0x22, 0xff, 0x22]) });
    await producer.xAdd(STREAM, '*', { to: 'hunter2\n', data: '1' });
    await producer.xAdd(STREAM, '*', { data: '1' });
    await producer.xAdd(STREAM, '*', { to: 'orders', body: '1' });
    await producer.xAdd(STREAM, '*', { to: 'orders', data: '7' });
    await run.count(1);
    await acknowledged();
    expect(run.data).to.deep.equal([7]);
    expect(run.told).to.have.length(1);
    expect(run.told[0]).to.match(
      /^source redis-stream: entry \d+-\d+ of orders is passed over, because it is no JSON$/,
    );
    expect(run.stale).to.equal(false);
  });

  it('does not acknowledge what could not be published, and tries it again, before what comes after', async () => {
    const run = await start();
    run.closed = true;
    await add(0, 10);
    await run.until(() => run.refused >= 2);
    expect(await pending()).to.equal(10);
    run.closed = false;
    await run.count(10);
    await acknowledged();
    expect(run.data).to.deep.equal(numbers(0, 10));
    expect(run.told).to.deep.equal([]);
  });

  it('goes on after its process was killed, without loss and in order', async () => {
    await add(0, 3_000);
    const first = new SourceProcess(settingsOf());
    await first.count(200);
    await first.kill();
    const done = first.data.length;
    expect(done).to.be.below(3_000);
    const run = await start();
    await run.until(() => run.data.at(-1) === 2_999);
    await acknowledged();
    // A batch at most was published and not yet acknowledged.
    expect(Number(run.data[0])).to.be.within(done - 100, done);
    expect(run.data).to.deep.equal(numbers(Number(run.data[0]), 3_000));
  });

  it('takes over what another consumer took and left, after its time', async () => {
    await producer.xGroupCreate(STREAM, 'rt-widgets', '0', { MKSTREAM: true });
    await add(0, 250);
    await producer.xReadGroup('rt-widgets', 'gone', { key: STREAM, id: '>' }, { COUNT: 250 });
    const run = await start();
    await run.count(250);
    await acknowledged();
    expect(run.data).to.deep.equal(numbers(0, 250));
  });

  it('acknowledges entries that were deleted while they waited', async () => {
    await producer.xGroupCreate(STREAM, 'rt-widgets', '0', { MKSTREAM: true });
    await add(0, 3);
    await producer.xReadGroup('rt-widgets', 'rt-widgets', { key: STREAM, id: '>' });
    await producer.xTrim(STREAM, 'MAXLEN', 1);
    const run = await start();
    await run.count(1);
    await acknowledged();
    expect(run.data).to.deep.equal([2]);
    expect(run.told[0]).to.include('it was deleted before it was published');
  });

  it('publishes nothing twice and loses nothing when its connection is cut', async () => {
    const run = await start();
    for (const round of [0, 1, 2]) {
      await run.count(round * 400);
      const adding = add(round * 400, (round + 1) * 400);
      await run.count(round * 400 + 50);
      proxy.reset();
      await adding;
    }
    await run.count(1_200);
    await acknowledged();
    expect(run.data).to.deep.equal(numbers(0, 1_200));
  });

  it('is started anew when its connection hangs', async () => {
    const run = await start();
    await add(0, 1);
    await run.count(1);
    (await proxy.connection(0)).stall();
    await add(1, 2);
    await run.count(2);
    expect(run.data).to.deep.equal([0, 1]);
    expect(run.told[0]).to.match(/^source redis-stream: error, Error: .*timeout/i);
  });

  it('waits for a Redis that is down at the start, and for one that dies', async () => {
    await redis.kill();
    const run = await start();
    await run.until(() => run.told.length > 0);
    expect(run.told[0]).to.match(/^source redis-stream: error, Error: /);
    expect(run.stale).to.equal(true);
    await redis.run();
    await add(0, 5);
    await run.count(5);
    await redis.kill();
    await run.until(() => run.told.length > 2);
    await redis.run();
    await add(5, 10);
    await run.count(10);
    await acknowledged();
    expect(run.data).to.deep.equal(numbers(0, 10));
    expect(run.stale).to.equal(false);
  });

  it('makes a group anew that was lost with its stream, and misses nothing that came since', async () => {
    const run = await start();
    await add(0, 5);
    await run.count(5);
    await producer.multi().del(STREAM).xAdd(STREAM, '*', { data: '5' }).exec();
    await run.count(6);
    expect(run.data).to.deep.equal(numbers(0, 6));
    expect(run.told[0]).to.include('NOGROUP');
  });

  it('tells of a key that is no stream, and of a wrong password, without any password', async () => {
    await producer.set('text', 'x');
    const wrongKey = await start({ stream: 'text' });
    await wrongKey.until(() => wrongKey.told.length > 0);
    expect(wrongKey.told[0]).to.include('WRONGTYPE');
    const log: string[] = [];
    const source = await openPushing(settingsOf({ url: `redis://:hunter2@127.0.0.1:${proxy.port}` }), (line) =>
      log.push(line),
    );
    const error = await source
      .subscribe(async () => undefined, new AbortController().signal)
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    expect(String(error))
      .to.match(/AUTH|WRONGPASS/)
      .and.not.include('hunter2');
    expect(log).to.deep.equal([]);
  });

  it('holds no more than a batch of a flood, while nothing can be published', async () => {
    const run = await start({ batch: 10 });
    run.closed = true;
    await add(0, 5_000);
    await run.until(() => run.refused >= 2);
    expect(await pending()).to.equal(10);
    run.closed = false;
    await run.count(5_000);
    expect(run.data).to.deep.equal(numbers(0, 5_000));
  });

  it('lets go of its connection when it is told to, while it waits and while it works', async () => {
    const idle = await start();
    await add(0, 1);
    await idle.count(1);
    await idle.stop();
    await proxy.empty();
    const busy = await start();
    busy.closed = true;
    await add(1, 2);
    await busy.until(() => busy.refused > 0);
    await busy.stop();
    await proxy.empty();
    expect([...idle.told, ...busy.told]).to.deep.equal([]);
  });
});
