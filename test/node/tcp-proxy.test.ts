import { expect } from 'chai';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TcpProxy } from '../support/tcp-proxy.js';

/** One end of a connection: what it has received, to be waited for. */
class End {
  received = '';
  /** How often bytes came. */
  readonly pieces: string[] = [];

  constructor(readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      this.received += bytes.toString();
      this.pieces.push(bytes.toString());
    });
  }

  async has(text: string): Promise<void> {
    while (!this.received.includes(text)) await once(this.socket, 'data');
  }

  /** Resolves with how it ended: by the other side's end, or by an error. */
  async over(): Promise<string> {
    let how = 'closed';
    this.socket.once('end', () => {
      how = 'ended';
    });
    this.socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      how = code ?? 'error';
    });
    if (!this.socket.closed) await new Promise((resolve) => this.socket.once('close', resolve));
    return how;
  }
}

describe('the TCP proxy of the tests', () => {
  let server: Server;
  let proxy: TcpProxy;
  const clients: Socket[] = [];
  const servants: End[] = [];
  let arrived: () => void = () => undefined;

  const dial = (): End => {
    const socket = connect(proxy.port, '127.0.0.1');
    clients.push(socket);
    return new End(socket);
  };
  /** A connection through the proxy, as both ends see it. */
  const pair = async (): Promise<{ readonly client: End; readonly servant: End }> => {
    const index = servants.length;
    const client = dial();
    while (servants.length <= index)
      await new Promise<void>((resolve) => {
        arrived = resolve;
      });
    const servant = servants[index];
    if (servant === undefined) throw new Error('Nobody came.');
    return { client, servant };
  };

  beforeEach(async () => {
    server = createServer((socket) => {
      servants.push(new End(socket));
      arrived();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy = await TcpProxy.start((server.address() as AddressInfo).port);
  });

  afterEach(async () => {
    await proxy.close();
    for (const socket of clients.splice(0)) socket.destroy();
    for (const { socket } of servants.splice(0)) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  it('hands bytes on, both ways', async () => {
    const { client, servant } = await pair();
    client.socket.write('ping');
    await servant.has('ping');
    servant.socket.write('pong');
    await client.has('pong');
    expect(client.received).to.equal('pong');
  });

  it('hands much on, whole and in order', async () => {
    const { client, servant } = await pair();
    const lines = Array.from({ length: 500_000 }, (_, index) => `${index}\n`).join('');
    servant.socket.end(lines);
    expect(await client.over()).to.equal('ended');
    expect(client.received).to.equal(lines);
  });

  it('hands the end of a side on after its bytes, and leaves the other way open', async () => {
    const { client, servant } = await pair();
    servant.socket.allowHalfOpen = true;
    client.socket.end('last word');
    await once(servant.socket, 'end');
    expect(servant.received).to.equal('last word');
    servant.socket.end('and the answer');
    await client.over();
    expect(client.received).to.equal('and the answer');
  });

  it('cuts: both sides see an end', async () => {
    const { client, servant } = await pair();
    const overs = Promise.all([client.over(), servant.over()]);
    proxy.cut();
    expect(await overs).to.deep.equal(['ended', 'ended']);
  });

  it('resets: both sides see a reset', async () => {
    const { client, servant } = await pair();
    const overs = Promise.all([client.over(), servant.over()]);
    proxy.reset();
    expect(await overs).to.deep.equal(['ECONNRESET', 'ECONNRESET']);
  });

  it('hands a reset of one side on to the other', async () => {
    const { client, servant } = await pair();
    const over = servant.over();
    client.socket.resetAndDestroy();
    expect(await over).to.equal('ECONNRESET');
  });

  it('stalls one connection alone: nothing passes, not even an end, until it flows', async () => {
    const stalled = await pair();
    const other = await pair();
    const connection = await proxy.connection(0);
    connection.stall();
    stalled.servant.socket.end('late');
    stalled.client.socket.write('later');
    // What goes around by the other connection afterwards would have been overtaken by them.
    other.client.socket.write('round');
    await other.servant.has('round');
    other.servant.socket.write('trip');
    await other.client.has('trip');
    expect(stalled.client.received + stalled.servant.received).to.equal('');
    expect(connection.isOpen).to.equal(true);
    const over = stalled.client.over();
    connection.flow();
    expect(await over).to.equal('ended');
    expect(stalled.client.received).to.equal('late');
  });

  it('takes all bytes of a side while it stalls, so that the sender notices nothing', async () => {
    const { client } = await pair();
    proxy.stall();
    const much = Buffer.alloc(16 * 1_048_576);
    await new Promise((resolve) => client.socket.write(much, resolve));
    expect(client.socket.writableLength).to.equal(0);
  });

  it('stalls connections that come later too', async () => {
    proxy.stall();
    const first = await pair();
    const second = await pair();
    first.client.socket.write('first');
    second.client.socket.write('second');
    (await proxy.connection(1)).flow();
    await second.servant.has('second');
    expect(first.servant.received).to.equal('');
    proxy.flow();
    await first.servant.has('first');
  });

  it('slices: hands on so many bytes at a time, each a write of its own', async () => {
    const { client, servant } = await pair();
    proxy.slice(2);
    proxy.delay(1);
    servant.socket.write('abcdefg');
    await client.has('g');
    expect(client.received).to.equal('abcdefg');
    expect(client.pieces.length).to.be.greaterThan(2);
    for (const piece of client.pieces.slice(0, -1)) expect(piece.length % 2).to.equal(0);
  });

  it('delays what it hands on', async () => {
    const { client, servant } = await pair();
    proxy.delay(30);
    const started = performance.now();
    servant.socket.write('late');
    await client.has('late');
    // A timer may be early by what it rounds.
    expect(performance.now() - started).to.be.at.least(29);
  });

  it('refuses, keeps what is open, and accepts again on the same port', async () => {
    const { client, servant } = await pair();
    const { port } = proxy;
    proxy.refuse();
    expect(await dial().over()).to.equal('ECONNREFUSED');
    client.socket.write('still here');
    await servant.has('still here');
    await proxy.accept();
    expect(proxy.port).to.equal(port);
    const again = await pair();
    again.client.socket.write('back');
    await again.servant.has('back');
  });

  it('counts connections that are open, and all that have come', async () => {
    expect([proxy.open, proxy.seen]).to.deep.equal([0, 0]);
    const { client } = await pair();
    await pair();
    expect([proxy.open, proxy.seen]).to.deep.equal([2, 2]);
    client.socket.destroy();
    await (
      await proxy.connection(0)
    ).closed;
    expect([proxy.open, proxy.seen]).to.deep.equal([1, 2]);
    proxy.cut();
    await proxy.empty();
    expect([proxy.open, proxy.seen]).to.deep.equal([0, 2]);
  });

  it('resets a connection whose target does not listen', async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await dial().over()).to.equal('ECONNRESET');
    await proxy.empty();
  });

  it('closes with all its connections, stalled ones too', async () => {
    const { client } = await pair();
    proxy.stall();
    client.socket.write('for nobody');
    const over = client.over();
    await proxy.close();
    expect(await over).to.equal('ECONNRESET');
    expect(await dial().over()).to.equal('ECONNREFUSED');
  });
});
