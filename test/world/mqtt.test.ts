/** Devices that speak MQTT, through a real Mosquitto: a table by device, whatever they and the connection do. */
import { expect } from 'chai';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { Value } from '../../demo/server/source.js';
import { mosquitto, type Mosquitto } from '../support/mosquitto.js';
import { SourceRun } from '../support/source-run.js';
import { TcpProxy } from '../support/tcp-proxy.js';

type Row = Readonly<Record<string, Value>>;

const retained = { qos: 1, retain: true } as const;

describe('MQTT as a source', function () {
  this.timeout(60_000);
  let broker: Mosquitto;
  let proxy: TcpProxy;
  const runs: SourceRun[] = [];
  const devices: MqttClient[] = [];

  beforeEach(async () => {
    broker = await mosquitto();
    await broker.start();
    proxy = await TcpProxy.start(broker.port);
  });

  afterEach(async () => {
    await Promise.all(runs.splice(0).map((run) => run.stop()));
    for (const device of devices.splice(0)) device.end(true);
    await proxy.close();
    await broker.remove();
  });

  const start = async (more: Record<string, unknown> = {}): Promise<SourceRun> => {
    const run = await SourceRun.start({
      kind: 'mqtt',
      url: `mqtt://127.0.0.1:${proxy.port}`,
      topics: { 'plant/+/temperature': 'temperatures' },
      period: 100,
      ...more,
    });
    runs.push(run);
    return run;
  };
  const device = async (more: IClientOptions = {}): Promise<MqttClient> => {
    const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 0, ...more });
    client.on('error', () => undefined);
    devices.push(client);
    return client;
  };
  /** Says it again until the source's subscription stands, and its table shows it. */
  const standing = async (run: SourceRun, client: MqttClient): Promise<void> => {
    const before = run.messages.length;
    while (run.messages.length === before) await client.publishAsync('plant/first/temperature', '1', { qos: 1 });
    await client.publishAsync('plant/first/temperature', '', { qos: 1 });
    await run.until(() => rowOf(run, 'first') === undefined);
  };
  const table = (run: SourceRun, channel = 'temperatures'): readonly Row[] =>
    (run.messages.findLast((message) => message.channel === channel)?.data ?? []) as readonly Row[];
  const rowOf = (run: SourceRun, name: string, channel?: string): Row | undefined =>
    table(run, channel).find((row) => row['device'] === name);
  const valueOf = (run: SourceRun, name: string): Value | undefined => rowOf(run, name)?.['value'];

  it('makes rows of devices: numbers, plain members of objects, the newest of each, kept', async () => {
    const run = await start({ topics: { 'plant/+/temperature': 'temperatures', 'line/+/pump/#': 'pumps' } });
    const client = await device();
    await standing(run, client);
    await client.publishAsync('plant/b/temperature', '20', { qos: 1 });
    await client.publishAsync('plant/a/temperature', '{"celsius":21.5,"ok":true,"raw":[1],"device":"b"}', { qos: 1 });
    await client.publishAsync('plant/b/temperature', '20.5', { qos: 1 });
    await client.publishAsync('plant/b/humidity', '7', { qos: 1 });
    await client.publishAsync('line/1/pump/2/speed', '900', { qos: 1 });
    await run.until(() => valueOf(run, 'b') === 20.5 && table(run, 'pumps').length === 1);
    expect(table(run).map(({ received, ...row }) => [typeof received, row])).to.deep.equal([
      ['string', { celsius: 21.5, ok: true, device: 'a' }],
      ['string', { value: 20.5, device: 'b' }],
    ]);
    expect(rowOf(run, '1/2/speed', 'pumps')?.['value']).to.equal(900);
    expect(run.messages.every(({ kept }) => kept)).to.equal(true);
  });

  it('publishes a flood at most once a period, and its end', async () => {
    const run = await start({ period: 200 });
    const client = await device();
    await standing(run, client);
    const before = run.messages.length;
    const began = performance.now();
    for (let i = 1; i <= 20_000; i += 1) {
      const sent = client.publishAsync(`plant/d${i % 50}/temperature`, String(i), { qos: 1 });
      if (i % 500 === 0) await sent;
    }
    await run.until(() => valueOf(run, 'd0') === 20_000);
    const periods = (performance.now() - began) / 200;
    expect(run.messages.length - before).to.be.within(2, Math.ceil(periods) + 1);
    expect(table(run)).to.have.length(50);
    expect(valueOf(run, 'd49')).to.equal(19_999);
  });

  it('holds so many devices, and lets the one go that has been silent longest', async () => {
    const run = await start({ devices: 3 });
    const client = await device();
    await standing(run, client);
    for (let i = 0; i < 2_000; i += 1) {
      await client.publishAsync('plant/steady/temperature', String(i), { qos: 0 });
      await client.publishAsync(`plant/${i}/temperature`, String(i), { qos: 1 });
    }
    await run.until(() => valueOf(run, '1999') === 1_999);
    expect(table(run).map((row) => row['device'])).to.deep.equal(['1998', '1999', 'steady']);
  });

  it('begins with what is retained, shows a last will, and takes a row back with an empty message', async () => {
    const client = await device();
    await client.publishAsync('plant/a/temperature', '19', retained);
    const dying = await device({
      will: { topic: 'plant/dying/temperature', payload: Buffer.from('null'), ...retained },
    });
    await dying.publishAsync('plant/dying/temperature', '20', retained);
    const run = await start();
    await run.until(() => table(run).length === 2);
    expect(valueOf(run, 'a')).to.equal(19);
    dying.stream.destroy();
    await run.until(() => valueOf(run, 'dying') === null);
    await client.publishAsync('plant/a/temperature', '', retained);
    await run.until(() => rowOf(run, 'a') === undefined);
    expect(table(run)).to.have.length(1);
  });

  it('passes over what it cannot read, and tells of it without its content', async () => {
    const run = await start({ maxBytes: 100 });
    const client = await device();
    await standing(run, client);
    const poison = ['hunter2', '[1]', '{}', '{"a":{}}', 'x'.repeat(101), Buffer.from([0xff])];
    for (const payload of poison) await client.publishAsync('plant/a/temperature', payload, { qos: 1 });
    await client.publishAsync('plant/a/temperature', 'x'.repeat(200_000), { qos: 1 });
    await client.publishAsync('plant/a/temperature', '{"__proto__":1,"constructor":2}', { qos: 1 });
    await run.until(() => rowOf(run, 'a') !== undefined);
    expect(Object.entries(rowOf(run, 'a') ?? {})).to.deep.include(['constructor', 2]);
    expect(run.told).to.deep.equal([
      'source mqtt: a message on plant/a/temperature is passed over, because it is no JSON',
    ]);
    expect(run.stale).to.equal(false);
  });

  it('tries a table again that could not be published', async () => {
    const run = await start();
    const client = await device();
    await standing(run, client);
    run.closed = true;
    await client.publishAsync('plant/a/temperature', '5', { qos: 1 });
    await run.until(() => run.refused >= 3);
    run.closed = false;
    await run.until(() => valueOf(run, 'a') === 5);
    expect(run.told).to.deep.equal([]);
  });

  it('goes on with the same table after a cut; what is retained and known is no newer for that', async () => {
    const run = await start();
    const client = await device();
    await standing(run, client);
    await client.publishAsync('plant/a/temperature', '1', retained);
    await client.publishAsync('plant/b/temperature', '2', { qos: 1 });
    await run.until(() => table(run).length === 2);
    const before = table(run);
    proxy.reset();
    await run.until(() => run.told.at(-1) === 'source mqtt is back');
    await client.publishAsync('plant/c/temperature', '3', { qos: 1 });
    await run.until(() => table(run).length === 3);
    expect(table(run).slice(0, 2)).to.deep.equal(before);
    expect(run.told).to.have.length(2);
  });

  for (const version of ['3.1.1', '5']) {
    it(`has what came while it was away, where it has a name of its own: version ${version}`, async () => {
      const run = await start({ clientId: 'page', version });
      const client = await device();
      await standing(run, client);
      proxy.refuse();
      proxy.reset();
      await run.until(() => run.told.length > 0);
      await client.publishAsync('plant/a/temperature', '1', { qos: 1 });
      await client.publishAsync('plant/a/temperature', '2', { qos: 1 });
      await proxy.accept();
      await run.until(() => valueOf(run, 'a') === 2);
    });
  }

  it('waits for a broker that is down at the start, and for one that dies', async () => {
    await broker.stop();
    const run = await start();
    await run.until(() => run.told.length === 1);
    expect(run.told[0]).to.match(/^source mqtt: error, Error: /);
    expect(run.stale).to.equal(true);
    await broker.start();
    await run.until(() => run.told.at(-1) === 'source mqtt is back');
    const client = await device();
    await client.publishAsync('plant/a/temperature', '1', { qos: 1 });
    await run.until(() => valueOf(run, 'a') === 1);
    await broker.stop();
    await run.until(() => run.told.length === 3);
    await broker.start();
    await run.until(() => run.told.at(-1) === 'source mqtt is back');
    await (await device()).publishAsync('plant/b/temperature', '2', { qos: 1 });
    await run.until(() => valueOf(run, 'b') === 2);
    expect(valueOf(run, 'a')).to.equal(1);
    expect(run.stale).to.equal(false);
  });

  it('is started anew when its connection hangs', async () => {
    const run = await start({ keepalive: 1 });
    const client = await device();
    await standing(run, client);
    (await proxy.connection(0)).stall();
    await run.until(() => run.told.at(-1) === 'source mqtt is back');
    await client.publishAsync('plant/a/temperature', '1', { qos: 1 });
    await run.until(() => valueOf(run, 'a') === 1);
  });

  it('says why it is not let in, without its password', async () => {
    const guarded = await mosquitto({ plant: 'hunter2' });
    await guarded.start();
    try {
      const url = `mqtt://plant:hunter4@127.0.0.1:${guarded.port}`;
      const wrong = await start({ url });
      const right = await start({ url: `mqtt://127.0.0.1:${guarded.port}`, username: 'plant', password: 'hunter2' });
      await wrong.until(() => wrong.told.length > 0);
      expect(wrong.told[0])
        .to.match(/not authorized/i)
        .and.not.include('hunter');
      const client = await device({ port: guarded.port, username: 'plant', password: 'hunter2' });
      await standing(right, client);
    } finally {
      await guarded.remove();
    }
  });

  it('gives up a broker that refuses a topic, or that speaks another protocol', async () => {
    for (const [answers, problem] of [
      [['20020000', '9003XXXX80'], /Subscribe error/],
      [['485454502f312e3120343030'], /^source mqtt: error, Error: \S/],
    ] as const) {
      const liar = createServer((socket) => {
        let packets = 0;
        socket.on('error', () => undefined);
        socket.on('data', (bytes) => {
          const answer = answers[packets] ?? '';
          // A subscription is answered under its own number.
          socket.write(Buffer.from(answer.replace('XXXX', bytes.subarray(2, 4).toString('hex')), 'hex'));
          packets += 1;
        });
      }).listen(0, '127.0.0.1');
      await once(liar, 'listening');
      const { port } = liar.address() as AddressInfo;
      const run = await start({ url: `mqtt://127.0.0.1:${port}`, version: '3.1.1' });
      await run.until(() => run.told.length > 0);
      expect(run.told[0]).to.match(problem);
      expect(run.stale).to.equal(true);
      await run.stop();
      liar.close();
      await once(liar, 'close');
    }
  });

  it('lets go of its connection when it is told to', async () => {
    const run = await start();
    await standing(run, await device());
    await run.stop();
    await proxy.empty();
    proxy.stall();
    const early = await start();
    await proxy.connection(1);
    await early.stop();
    proxy.flow(); // it hands on again, the end of the connection too
    await proxy.empty();
    expect([...run.told, ...early.told]).to.deep.equal([]);
  });
});
