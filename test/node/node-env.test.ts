import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { readAddress } from '../../src/feed/address.js';
import { Membership } from '../../src/feed/membership.js';
import { DEFAULT_POLICY, type Policy } from '../../src/feed/policy.js';
import { poolOf } from '../../src/feed/pool.js';
import { nodeEnv } from '../support/node-env.js';
import { TcpProxy } from '../support/tcp-proxy.js';

describe('a connection in Node, through the TCP proxy', () => {
  let server: Server;
  let sockets: WebSocketServer;
  let proxy: TcpProxy;
  let feed: Membership;
  let env: ReturnType<typeof nodeEnv>;
  const data: unknown[] = [];
  let said: () => void = () => undefined;

  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds())
      await new Promise<void>((resolve) => {
        said = resolve;
      });
  };
  const connect = (path: string, policy: Partial<Policy>): void => {
    const address = readAddress(path, env.baseUrl());
    if (!address.ok) throw new Error(address.problem);
    feed.setSources([
      {
        address: address.value,
        policy: { ...DEFAULT_POLICY, reconnectDelay: 1, ...policy },
        credentials: 'same-origin',
        headers: {},
        protocols: [],
        hello: undefined,
        closeHidden: false,
      },
    ]);
  };

  beforeEach(async () => {
    server = createServer();
    sockets = new WebSocketServer({ server });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy = await TcpProxy.start((server.address() as AddressInfo).port);
    env = nodeEnv({ baseUrl: () => `http://127.0.0.1:${proxy.port}/` });
    data.length = 0;
    feed = new Membership(
      env,
      poolOf(env),
      {
        messages: (messages) => {
          data.push(...messages.map((message) => message.data));
          said();
        },
        confirmed: () => said(),
        gap: () => said(),
        error: () => said(),
        changed: () => said(),
      },
      100,
    );
  });

  afterEach(async () => {
    feed.dispose();
    await proxy.close();
    for (const socket of sockets.clients) socket.terminate();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('comes back over a WebSocket after a reset, subscribes again, and hears binary as binary', async () => {
    feed.setChannels(['cpu']);
    const binary: unknown[] = [];
    feed.setDecode((payload) => {
      if (typeof payload.data === 'string') return payload.data;
      binary.push(payload.data);
      return { channel: 'cpu', data: payload.data.byteLength };
    });
    connect('/ws', { transport: 'websocket' });
    for (const round of [1, 2]) {
      const [socket] = (await once(sockets, 'connection')) as [WebSocket];
      const [asked] = (await once(socket, 'message')) as [Buffer];
      expect(JSON.parse(asked.toString())).to.deep.equal({ type: 'subscribe', channel: 'cpu' });
      socket.send(Buffer.alloc(round));
      await until(() => data.length === round);
      if (round === 1) proxy.reset();
    }
    expect(data).to.deep.equal([1, 2]);
    expect(binary.every((bytes) => bytes instanceof ArrayBuffer)).to.equal(true);
    expect(proxy.seen).to.equal(2);
  });

  it('reads an event stream that comes a byte at a time, and goes on from its last id after a cut', async () => {
    connect('/events', { transport: 'sse' });
    const ids: unknown[] = [];
    const stream = async (): Promise<ServerResponse> => {
      const [request, response] = (await once(server, 'request')) as [{ headers: NodeJS.Dict<string> }, ServerResponse];
      ids.push(request.headers['last-event-id']);
      return response.writeHead(200, { 'content-type': 'text/event-stream' });
    };
    const first = await stream();
    await proxy.connection(0);
    proxy.slice(1);
    first.write('id: 7\ndata: "größer"\n\n');
    await until(() => data.length === 1);
    proxy.slice(0);
    proxy.cut();
    const second = await stream();
    second.write('data: 2\n\n');
    await until(() => data.length === 2);
    expect(data).to.deep.equal(['größer', 2]);
    expect(ids).to.deep.equal([undefined, '7']);
  });

  it('goes on trying while the server refuses, and is back as soon as it accepts', async () => {
    proxy.refuse();
    connect('/ws', { transport: 'websocket', maxReconnectDelay: 5 });
    await until(() => feed.view.attempt === 3);
    const opened = once(sockets, 'connection');
    await proxy.accept();
    await opened;
    await until(() => feed.view.status === 'connected');
  });
});
