/** Kafka as a source, over TCP against the mock cluster of librdkafka. Joining a group takes it some seconds. */
import { expect } from 'chai';
import { Kafka, logLevel, type Message } from 'kafkajs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { startKafka, type KafkaBroker } from '../support/kafka.js';
import { SourceProcess, SourceRun } from '../support/source-run.js';

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('Kafka as a source', function () {
  this.timeout(90_000);
  const brokers: KafkaBroker[] = [];
  const runs: SourceRun[] = [];
  let shared: KafkaBroker;
  let topic = '';
  let count = 0;

  const startBroker = async (): Promise<KafkaBroker> => {
    const broker = await startKafka();
    brokers.push(broker);
    return broker;
  };

  before(async () => {
    shared = await startBroker();
  });

  beforeEach(() => {
    topic = `orders-${(count += 1)}`;
  });

  afterEach(async () => {
    await Promise.all(runs.splice(0).map((run) => run.stop()));
  });

  after(async () => {
    await Promise.all(brokers.map((broker) => broker.stop()));
  });

  const settingsOf = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
    kind: 'kafka',
    brokers: [`127.0.0.1:${shared.port}`],
    topics: { [topic]: 'orders' },
    group: topic,
    from: 'beginning',
    sessionTimeout: 6_000,
    ...more,
  });
  const start = async (more: Record<string, unknown> = {}): Promise<SourceRun> => {
    const run = await SourceRun.start(settingsOf(more));
    runs.push(run);
    return run;
  };
  const client = (port = shared.port): Kafka =>
    new Kafka({ brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING });
  /** All to one partition, whose order is to be kept. */
  const send = async (messages: readonly Message[], port = shared.port, to = topic): Promise<void> => {
    const producer = client(port).producer();
    await producer.connect();
    await producer.send({ topic: to, messages: messages.map((message) => ({ partition: 0, ...message })) });
    await producer.disconnect();
  };
  const valuesOf = (values: readonly unknown[]): Message[] => values.map((value) => ({ value: JSON.stringify(value) }));
  const committed = async (): Promise<number> => {
    const admin = client().admin();
    await admin.connect();
    const [found] = await admin.fetchOffsets({ groupId: topic, topics: [topic] });
    await admin.disconnect();
    return Number(found?.partitions.find(({ partition }) => partition === 0)?.offset);
  };
  const untilCommitted = async (offset: number): Promise<void> => {
    while ((await committed()) !== offset);
  };

  it('publishes each message once, in the order of its partition, and commits then', async () => {
    await send(valuesOf(numbers(0, 1_000)));
    const run = await start({ topics: { [topic]: 'orders', [`${topic}-more`]: 'more' }, kept: true });
    await run.count(1_000);
    await send(valuesOf(['x']), shared.port, `${topic}-more`);
    await run.count(1_001);
    expect(run.data.slice(0, 1_000)).to.deep.equal(numbers(0, 1_000));
    expect(run.messages[0]).to.deep.equal({ channel: 'orders', data: 0, kept: true });
    expect(run.messages[1_000]).to.deep.equal({ channel: 'more', data: 'x', kept: true });
    await untilCommitted(1_000);
    expect(run.told).to.deep.equal([]);
  });

  it('goes on where it was after a restart', async () => {
    await send(valuesOf(numbers(0, 10)));
    const first = await start();
    await first.count(10);
    await first.stop();
    await send(valuesOf(numbers(10, 20)));
    const second = await start();
    await second.count(10);
    expect(second.data).to.deep.equal(numbers(10, 20));
    expect(first.data).to.deep.equal(numbers(0, 10));
  });

  it('goes on after its process was killed, without loss and in order', async () => {
    await send(valuesOf(numbers(0, 20_000)));
    const first = new SourceProcess(settingsOf());
    await first.count(500);
    await first.kill();
    const done = first.data.length;
    expect(done).to.be.below(20_000);
    const run = await start();
    await run.until(() => run.data.at(-1) === 19_999);
    // So many at most were published and not yet committed.
    expect(Number(run.data[0])).to.be.within(done - 100, done);
    expect(run.data).to.deep.equal(numbers(Number(run.data[0]), 20_000));
  });

  it('commits what it passes over, and tells of it without its content', async () => {
    const run = await start({ maxBytes: 100 });
    const poison = [
      '{"password":"hunter2"',
      'hunter2',
      JSON.stringify('hunter2'.repeat(20)),
      Buffer.from([0xff]),
      null,
    ];
    await send([...poison.map((value) => ({ value })), { value: '7' }]);
    await run.count(1);
    await untilCommitted(6);
    expect(run.data).to.deep.equal([7]);
    expect(run.told).to.deep.equal([`source kafka: message ${topic}/0/0 is passed over, because it is no JSON`]);
  });

  it('does not commit what could not be published, and tries it again, before what comes after', async () => {
    const run = await start({ format: 'text' });
    run.closed = true;
    await send(valuesOf(numbers(0, 10)));
    await run.until(() => run.refused >= 3);
    expect(await committed()).to.equal(-1);
    run.closed = false;
    await run.count(10);
    expect(run.data).to.deep.equal(numbers(0, 10).map(String));
    await untilCommitted(10);
    expect(run.told).to.deep.equal([]);
  });

  it('waits for a broker that is not there yet, and for another when one dies', async () => {
    let target = 0;
    // The one address of the configuration: who answers there changes.
    const door = createServer((socket) => {
      const other = connect(target, '127.0.0.1');
      for (const [from, to] of [
        [socket, other],
        [other, socket],
      ] as const) {
        from.on('error', () => to.destroy());
        from.pipe(to);
      }
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => door.once('listening', resolve));
    try {
      const run = await start({ brokers: [`127.0.0.1:${(door.address() as AddressInfo).port}`] });
      const failures = (): number => run.told.filter((line) => line.startsWith('source kafka: error, ')).length;
      await run.until(() => failures() === 1);
      for (const round of [0, 1]) {
        const broker = await startBroker();
        await send(valuesOf(numbers(round * 5, round * 5 + 5)), broker.port);
        target = broker.port;
        await run.count(round * 5 + 5);
        expect(run.stale).to.equal(false);
        await broker.stop();
        target = 0;
        await run.until(() => failures() === round + 2);
      }
      expect(run.data).to.deep.equal(numbers(0, 10));
    } finally {
      await Promise.all(runs.splice(0).map((run) => run.stop()));
      door.close();
    }
  });

  it('lets go when it is told to: while it joins, and while nothing can be published', async () => {
    const early = await start();
    await early.stop();
    await send(valuesOf([1]));
    const busy = await start();
    busy.closed = true;
    await busy.until(() => busy.refused > 0);
    const began = performance.now();
    await busy.stop();
    expect(performance.now() - began).to.be.below(4_000);
    expect([...early.told, ...busy.told]).to.deep.equal([]);
    const next = await start();
    await next.count(1);
    expect(next.data).to.deep.equal([1]);
  });
});
