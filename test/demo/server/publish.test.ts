/** `POST /api/publish/{channel}`: whom it reaches, who may, and what is no message. */
import { networkInterfaces } from 'node:os';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { Client, answer, eventsIn, gauge, openStream, post, published, rawSocket, useServers } from './helpers.js';

const json = { 'Content-Type': 'application/json' };

describe('POST /api/publish/{channel}', () => {
  const start = useServers();

  it('reaches the clients of all transports under one id', async () => {
    const { url } = await start();
    const stream = await openStream(url);
    await stream.tail.until(/\n\n/);
    const subscribed = await Client.open(url);
    const other = await Client.open(url);
    await subscribed.subscribe('orders');
    await other.subscribe('orders/eu');
    const data = { total: 12.5, note: 'zwölf\n½' };
    const { id, delivered } = await published(url, 'orders', data);
    expect(delivered).to.equal(2);
    expect(await subscribed.next()).to.deep.equal({
      channel: 'orders',
      data,
      timestamp: '2025-06-15T15:06:40.000Z',
      id,
    });
    await stream.tail.until(/orders[^]*\n\n/);
    expect(eventsIn(stream.tail.text).at(-1)).to.deep.equal({ id, event: 'orders', data });
    expect(await other.settled()).to.deep.equal([]);
    stream.close();
  });

  it('passes JSON of several lines on in one, with every digit it came with', async () => {
    const { url } = await start();
    const stream = await openStream(url);
    const body = '\r\n{\n  "n": 12345678901234567890.10,\r\n  "s": "a\\nb"\r}\n';
    const { status } = await answer(`${url}/api/publish/raw`, { method: 'POST', headers: json, body });
    expect(status).to.equal(202);
    await stream.tail.until(/event: raw\ndata: {   "n": 12345678901234567890.10, {4}"s": "a\\nb" }\n\n/);
    stream.close();
  });

  it('takes any JSON value, as deep as it likes', async () => {
    const { url } = await start();
    for (const body of ['null', '0', 'false', '""', '[]', `${'['.repeat(1e5)}${']'.repeat(1e5)}`]) {
      expect((await answer(`${url}/api/publish/any`, { method: 'POST', headers: json, body })).status).to.equal(202);
    }
  });

  it('does not replace the snapshot when it publishes on metrics', async () => {
    const { url } = await start();
    const { body } = await answer(`${url}/api/metrics`);
    await post(`${url}/api/publish/metrics`, { mine: true });
    expect((await answer(`${url}/api/metrics`)).body).to.equal(body);
  });

  it('decodes the channel, and refuses one that is none', async () => {
    const { url } = await start();
    for (const channel of ['a', 'orders%2Feu', 'caf%C3%A9', '%F0%9F%98%80', 'two%20words', 'x'.repeat(128)]) {
      expect([channel, (await post(`${url}/api/publish/${channel}`, 1)).status]).to.deep.equal([channel, 202]);
    }
    for (const channel of ['a%0Aevent:%20b', 'a%0D', '%00', '%7F', '%E2%80%A8', '%20a', '%', '%ff', 'x'.repeat(129)]) {
      expect([channel, (await post(`${url}/api/publish/${channel}`, 1)).status]).to.deep.equal([channel, 400]);
    }
    expect((await post(`${url}/api/publish/`, 1)).status).to.equal(404);
    expect((await post(`${url}/api/publish/a/b`, 1)).status).to.equal(404);
    expect((await post(`${url}/api/publish`, 1)).status).to.equal(404);
  });

  it('refuses what is not JSON: by its type with 415, by its text with 400', async () => {
    const { url } = await start();
    const status = async (type: string, body: string | Buffer): Promise<number> =>
      (await answer(`${url}/api/publish/a`, { method: 'POST', headers: { 'Content-Type': type }, body })).status;
    expect(await status('application/json; charset=utf-8', '1')).to.equal(202);
    expect(await status('application/ld+json', '1')).to.equal(202);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      '',
      'application/jsonp',
      'application/json5',
    ]) {
      expect([type, await status(type, '1')]).to.deep.equal([type, 415]);
    }
    for (const body of ['', ' ', '{', 'undefined', '1 2', "{'a':1}", 'NaN', Buffer.from([0x22, 0xff, 0x22])]) {
      expect([body, await status('application/json', body)]).to.deep.equal([body, 400]);
    }
  });

  it('refuses a body over 256 KiB with 413, announced or not, and goes on', async () => {
    const { url } = await start();
    const big = 'x'.repeat(262_144);
    expect((await post(`${url}/api/publish/a`, big.slice(2))).status).to.equal(202);
    expect((await post(`${url}/api/publish/a`, big)).status).to.equal(413);
    expect((await post(`${url}/api/publish/a`, 'x'.repeat(8e6))).status).to.equal(413);
    const status = await new Promise((resolve, reject) => {
      const req = request(`${url}/api/publish/a`, { method: 'POST', headers: json, agent: false }, (res) => {
        void text(res).then(() => resolve(res.statusCode));
      });
      req.on('error', reject);
      for (let i = 0; i < 40; i += 1) req.write(big.slice(0, 50_000));
      req.end();
    });
    expect(status).to.equal(413);
    expect((await fetch(`${url}/api/publish/a`, { method: 'POST', headers: json, body: '1' })).status).to.equal(202);
  });

  it('takes a client that goes in the middle of its body for no fault', async () => {
    const told: string[] = [];
    const { url, port } = await start({ log: (sentence) => told.push(sentence) });
    const head = 'POST /api/publish/a HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n';
    const { socket, tail } = rawSocket(port, `${head}Content-Length: 9\r\nExpect: 100-continue\r\n\r\n`);
    await tail.until(/100 Continue/);
    socket.destroy();
    await published(url, 'a', 1);
    expect(await gauge(url, 'rt_events_total')).to.equal(2); // the snapshot, and the one message
    expect(told).to.deep.equal([]);
  });

  it('is served for POST alone', async () => {
    const { url } = await start();
    const { status, headers } = await answer(`${url}/api/publish/a`);
    expect([status, headers.allow]).to.deep.equal([405, 'POST, OPTIONS']);
  });

  it('is refused to pages of another origin, allowed ones too', async () => {
    const { url } = await start({ allowedOrigins: ['https://good.example'] });
    expect((await post(`${url}/api/publish/a`, 1, { Origin: url })).status).to.equal(202);
    for (const Origin of ['http://evil.example', 'https://good.example', 'null', '']) {
      expect([Origin, (await post(`${url}/api/publish/a`, 1, { Origin })).status]).to.deep.equal([Origin, 403]);
    }
  });

  it('is refused to what was forwarded', async () => {
    const { url } = await start();
    for (const name of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP']) {
      expect((await post(`${url}/api/publish/a`, 1, { [name]: '127.0.0.1' })).status).to.equal(403);
    }
  });

  it('is refused to another address than loopback', async function () {
    const own = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .find(({ family, internal }) => family === 'IPv4' && !internal);
    if (own === undefined) return this.skip();
    const { port } = await start({ host: '0.0.0.0' });
    expect((await post(`http://${own.address}:${port}/api/publish/a`, 1)).status).to.equal(403);
    expect((await answer(`http://${own.address}:${port}/api/metrics`)).status).to.equal(200);
  });
});
