/** The CPU alert: when it is due, and when it is not. */
import { expect } from 'chai';
import { CpuAlarm } from '../../../demo/server/alerts.js';
import { Client, eventsIn, openStream, useServers } from './helpers.js';

/** The seconds at which an alert is raised, one reading a second. */
const raisedAt = (readings: readonly (number | undefined)[]): number[] => {
  const alarm = new CpuAlarm();
  return readings.flatMap((value, second) => (alarm.check(value, second * 1_000, '') === undefined ? [] : [second]));
};
const seconds = (count: number, value: number | undefined): (number | undefined)[] =>
  Array.from({ length: count }, () => value);

describe('the CPU alarm', () => {
  it('is raised once when the CPU has been above 90 % for 10 s', () => {
    expect(raisedAt(seconds(60, 95))).to.deep.equal([10]);
  });

  it('is not raised at 90 %, nor when it dips within the ten seconds', () => {
    expect(raisedAt(seconds(60, 90))).to.deep.equal([]);
    expect(raisedAt([...seconds(10, 95), 50, ...seconds(10, 95)])).to.deep.equal([]);
  });

  it('is raised again only after the CPU has recovered', () => {
    expect(raisedAt([...seconds(20, 95), 50, ...seconds(20, 95)])).to.deep.equal([10, 31]);
  });

  it('starts its wait anew where a reading is missing, and takes none for recovery', () => {
    expect(raisedAt([...seconds(9, 95), undefined, ...seconds(9, 95)])).to.deep.equal([]);
    expect(raisedAt([...seconds(12, 95), undefined, ...seconds(20, 95)])).to.deep.equal([10]);
  });
});

describe('the alert channel', () => {
  const start = useServers();

  it('reaches streams and subscribers once, and is not repeated to a stream that is opened later', async () => {
    const { url, host, tick } = await start();
    const client = await Client.open(url);
    await client.subscribe('alert');
    const early = await openStream(url);
    host.cpu = 97.25;
    for (let i = 0; i < 14; i += 1) await tick();
    const message = await client.next();
    expect(message['channel']).to.equal('alert');
    expect(message['data']).to.deep.include({ level: 'critical', value: 97.25 });
    expect(message['data']).to.have.property('message', 'CPU above 90 % for 10 s: 97.3 %');
    expect(message['data'])
      .to.have.property('timestamp')
      .that.matches(/^2025-.*Z$/);
    expect(await client.settled()).to.deep.equal([]);
    const late = await openStream(url);
    await tick();
    await late.tail.until(/event: metrics[^]*event: metrics/);
    expect(late.tail.text).not.to.include('alert');
    const alerts = eventsIn(early.tail.text).filter(({ event }) => event === 'alert');
    expect(alerts.map(({ id }) => id)).to.deep.equal([message['id']]);
    late.close();
    early.close();
  });
});
