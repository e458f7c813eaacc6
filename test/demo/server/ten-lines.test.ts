/** PROTOCOL.md says how another source is written: those very lines work. */
import { expect } from 'chai';
import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { freePort } from '../../support/program.js';
import { Client, useServers } from './helpers.js';
import { readConfig } from '../../../demo/server/config.js';
import { datagramSource, uptimeSource } from './ten-lines.js';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

describe('a source of one’s own', () => {
  const start = useServers();

  it('is written as PROTOCOL.md says', () => {
    const protocol = read('../../../demo/server/PROTOCOL.md');
    const sources = read('ten-lines.ts').split('\n\nexport ').slice(1);
    expect(sources).to.have.length(2);
    for (const source of sources) expect(protocol).to.include(`export ${source.trimEnd()}`);
  });

  it('is asked, and its figure stands in the snapshot', async () => {
    const { url } = await start({ sources: [uptimeSource()] });
    const body = (await (await fetch(`${url}/api/metrics`)).json()) as { infrastructure: { uptime: number } };
    expect(body.infrastructure.uptime).to.be.above(0);
  });

  it('pushes, and what it pushes reaches a client', async () => {
    const port = await freePort();
    const { url } = await start({ sources: [datagramSource(port)] });
    const client = await Client.open(url);
    await client.subscribe('syslog');
    const sender = createSocket('udp4');
    sender.send('<13>disk is full', port, '127.0.0.1');
    expect(await client.next()).to.include({ channel: 'syslog', data: '<13>disk is full' });
    sender.close();
    client.socket.terminate();
  });

  it('is configured by the file that PROTOCOL.md shows, which names every kind', () => {
    const [, file = ''] = /```json config\n([\s\S]*?)```/.exec(read('../../../demo/server/PROTOCOL.md')) ?? [];
    const secrets = {
      DATABASE_PASSWORD: 'a',
      STATUS_TOKEN: 'b',
      REDIS_PASSWORD: 'c',
      KAFKA_PASSWORD: 'd',
      MQTT_PASSWORD: 'e',
    };
    const { sources } = readConfig({ RT_CONFIG: 'rt.json', ...secrets }, () => file);
    const kinds = ['host', 'postgres', 'http-json', 'redis-stream', 'kafka', 'mqtt'];
    expect(sources.map(({ kind }) => kind)).to.deep.equal(kinds);
    expect(sources[1]).to.have.property('url', 'postgres://reader:a@127.0.0.1/shop');
    for (const name of Object.keys(secrets)) {
      const rest = Object.fromEntries(Object.entries(secrets).filter(([each]) => each !== name));
      expect(() => readConfig({ RT_CONFIG: 'rt.json', ...rest }, () => file)).to.throw(name);
    }
  });
});
