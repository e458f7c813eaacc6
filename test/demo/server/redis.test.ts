/** Several instances that a real Redis joins: one order for all, ids that go on elsewhere, one leader. */
import { expect } from 'chai';
import { RedisServer } from '../../support/redis-server.js';
import { useCluster } from './cluster.js';
import { Client, answer, eventsIn, openStream, published } from './helpers.js';

describe('instances that Redis joins', function () {
  const { start } = useCluster();
  it('x', async () => {
    const redis = await RedisServer.start();
    const a = await start({ redis });
    const b = await start({ redis });
    const client = await Client.open(b.url);
    await client.subscribe('orders');
    const stream = await openStream(b.url);
    const one = await published(a.url, 'orders', 1);
    console.log(one, await client.next());
    console.log(await published(b.url, 'orders', 2), await client.next());
    console.log((await answer(`${a.url}/api/metrics`)).body, (await answer(`${b.url}/api/metrics`)).body);
    await stream.tail.until(/: 2\n\n/);
    console.log(eventsIn(stream.tail.text).length);
    client.socket.terminate(); stream.close();
    await redis.close();
  });
});
