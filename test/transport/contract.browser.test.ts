/** What every transport owes, over real servers in a real browser. One driver each says how its server behaves. */
import { expect } from 'chai';
import type { TransportChoice, TransportName } from '../../src/kernel/status.js';
import { LiveConnection, sourceOf, type LiveOptions } from '../support/live-connection.js';
import { openWire, type Wire, type WireRequest, type WireSocket } from '../support/wire.js';

const MEBIBYTE = 'x'.repeat(1024 * 1024);

/** A server that speaks one transport; `attempt` counts what the page has asked for. */
abstract class Driver {
  protected attempt = 0;

  constructor(protected readonly wire: Wire) {}

  abstract readonly address: string;
  /** Lets the next attempt succeed, and sends a message over it. */
  abstract greet(message: unknown): Promise<void>;
  /** Sends one more message. */
  abstract tell(message: unknown): Promise<void>;
  /** Sends something that is no message. */
  abstract babble(): Promise<void>;
  /** Sends a message of 5 MiB. */
  abstract flood(): Promise<void>;
  /** The next attempt fails, as if the server were out of order. */
  abstract fail(): Promise<void>;
  /** The next attempt fails in a way that no time mends. */
  abstract refuse(): Promise<void>;
  /** The connection breaks. */
  abstract cut(): Promise<void>;
  /** Resolves when the next attempt has come, and leaves it unanswered. */
  abstract wait(): Promise<void>;
  /** Resolves when something is under way again that the page could end. */
  abstract busy(): Promise<void>;
  /** Resolves when the page has ended what was under way. */
  abstract gone(): Promise<void>;
  /** How many attempts the server has seen. */
  abstract attempts(): Promise<number>;
}

abstract class HttpDriver extends Driver {
  readonly address = this.wire.here();
  protected current: WireRequest | undefined;

  protected async next(): Promise<WireRequest> {
    this.current = await this.wire.request(this.attempt++);
    return this.current;
  }

  async wait(): Promise<void> {
    await this.next();
  }

  async fail(): Promise<void> {
    await (await this.next()).answer(503);
  }

  async refuse(): Promise<void> {
    await (await this.next()).answer(404);
  }

  async gone(): Promise<void> {
    await this.current?.gone();
  }

  async attempts(): Promise<number> {
    return (await this.wire.requests()).length;
  }
}

class StreamDriver extends HttpDriver {
  async greet(message: unknown): Promise<void> {
    await (await this.next()).stream();
    await this.tell(message);
  }

  async tell(message: unknown): Promise<void> {
    await this.current?.write(`data: ${JSON.stringify(message)}\n\n`);
  }

  async babble(): Promise<void> {
    await this.current?.write('data: {"a":\n\n');
  }

  async flood(): Promise<void> {
    await this.current?.write('data: ');
    await this.current?.write(MEBIBYTE, 5);
    await this.current?.write('\n\n');
  }

  async cut(): Promise<void> {
    await this.current?.cut();
  }

  async busy(): Promise<void> {}
}

class PollingDriver extends HttpDriver {
  async greet(message: unknown): Promise<void> {
    await this.tell(message);
  }

  async tell(message: unknown): Promise<void> {
    await (await this.next()).json(message);
  }

  async babble(): Promise<void> {
    await (await this.next()).answer(200, '{"a":', { 'content-type': 'application/json' });
  }

  async flood(): Promise<void> {
    const request = await this.next();
    await request.head(200, { 'content-type': 'application/json' });
    await request.write(MEBIBYTE, 5);
    await request.end();
  }

  /** In the middle of an answer: a browser asks again by itself where an old connection dies before any. */
  async cut(): Promise<void> {
    const request = await this.next();
    await request.head(200, { 'content-type': 'application/json' });
    await request.write('{"a":');
    await request.cut();
  }

  async busy(): Promise<void> {
    await this.wait();
  }
}

class SocketDriver extends Driver {
  readonly address = this.wire.socketAddress();
  #current: WireSocket | undefined;

  async #next(): Promise<WireSocket> {
    this.#current = await this.wire.socket(this.attempt++);
    return this.#current;
  }

  async greet(message: unknown): Promise<void> {
    await (await this.#next()).accept();
    await this.tell(message);
  }

  async tell(message: unknown): Promise<void> {
    await this.#current?.say(message);
  }

  async babble(): Promise<void> {
    await this.#current?.say('{"a":');
  }

  async flood(): Promise<void> {
    await this.#current?.say(MEBIBYTE, 5);
  }

  async wait(): Promise<void> {
    await this.#next();
  }

  async fail(): Promise<void> {
    await (await this.#next()).refuse(503);
  }

  async refuse(): Promise<void> {
    const socket = await this.#next();
    await socket.accept();
    await socket.end(1003);
  }

  async cut(): Promise<void> {
    await this.#current?.cut();
  }

  async busy(): Promise<void> {}

  async gone(): Promise<void> {
    await this.#current?.closed();
  }

  async attempts(): Promise<number> {
    return (await this.wire.sockets()).length;
  }
}

interface Subject {
  readonly name: string;
  readonly choice: TransportChoice;
  readonly spoken: TransportName;
  /** Whether one connection carries many messages. */
  readonly streams: boolean;
  readonly Driver: new (wire: Wire) => Driver;
}

const SUBJECTS: readonly Subject[] = [
  { name: 'polling', choice: 'polling', spoken: 'polling', streams: false, Driver: PollingDriver },
  { name: 'sse', choice: 'sse', spoken: 'sse', streams: true, Driver: StreamDriver },
  { name: 'websocket', choice: 'websocket', spoken: 'websocket', streams: true, Driver: SocketDriver },
  { name: 'auto, where the server streams', choice: 'auto', spoken: 'sse', streams: true, Driver: StreamDriver },
  {
    name: 'auto, where the server answers JSON',
    choice: 'auto',
    spoken: 'polling',
    streams: false,
    Driver: PollingDriver,
  },
  {
    name: 'auto, at the address of a WebSocket',
    choice: 'auto',
    spoken: 'websocket',
    streams: true,
    Driver: SocketDriver,
  },
];

const one = { channel: 'a', data: { cpu: 1 }, id: 'x1', timestamp: '2024-01-02T00:00:00Z' };
const two = { channel: 'b', data: 2 };
const three = { type: 'c', cpu: 3, time: 1_704_153_600 };

for (const { name, choice, spoken, streams, Driver: Server } of SUBJECTS) {
  describe(`the contract of transports: ${name}`, () => {
    let wire: Wire;
    let server: Driver;
    let live: LiveConnection;

    beforeEach(async () => {
      wire = await openWire();
      server = new Server(wire);
    });

    afterEach(() => {
      live.connection.dispose();
      wire.close();
    });

    const connect = (options: LiveOptions = {}): LiveConnection => {
      live = new LiveConnection(server.address, { transport: choice, ...options });
      return live;
    };

    const connected = async (options: LiveOptions = {}): Promise<LiveConnection> => {
      connect(options);
      await server.greet(one);
      await live.until(() => live.messages.length > 0 && live.status === 'connected');
      return live;
    };

    it('is connecting until the server answers, then connected, and says what it speaks', async () => {
      connect();
      expect(live.statuses).to.deep.equal(['connecting']);
      await server.greet(one);
      await live.until(() => live.status === 'connected');
      expect(live.statuses).to.deep.equal(['connecting', 'connected']);
      expect(live.connection.view).to.include({ transport: spoken, error: undefined, retryAt: undefined });
      expect(live.errors).to.deep.equal([]);
    });

    it('delivers every message once and in order, with channel, data, id and time', async () => {
      await connected();
      await server.tell(two);
      await server.tell(three);
      await live.until(() => live.messages.length >= 3);
      expect(live.messages).to.have.length(3);
      const [first, second, third] = live.messages;
      expect(first).to.deep.equal({ channel: 'a', data: { cpu: 1 }, id: 'x1', time: Date.UTC(2024, 0, 2) });
      expect(second).to.include({ channel: 'b', data: 2, id: undefined });
      expect(Math.abs(Date.now() - (second?.time ?? 0))).to.be.below(60_000);
      expect(third).to.deep.equal({ channel: 'c', data: three, id: undefined, time: Date.UTC(2024, 0, 2) });
    });

    it('reports a failed attempt, and tries again', async () => {
      connect();
      await server.fail();
      await server.greet(one);
      await live.until(() => live.status === 'connected');
      expect(live.statuses).to.deep.equal(['connecting', 'reconnecting', 'connected']);
      expect(live.errors).to.have.length(1);
      expect(live.errors[0]).to.include({ code: spoken === 'websocket' ? 'network' : 'http', fatal: false });
      expect(live.errors[0]?.message).to.include('trying again');
    });

    it('reconnects after a cut, and goes on', async () => {
      await connected();
      await server.cut();
      await server.greet(two);
      await live.until(() => live.messages.length === 2 && live.status === 'connected');
      expect(live.statuses).to.deep.equal(['connecting', 'connected', 'reconnecting', 'connected']);
      // A stream that gives no ids cannot replay what was missed, and that is told.
      expect(live.codes).to.deep.equal(streams ? ['network', 'history-gap'] : ['network']);
      expect(live.data).to.deep.equal([{ cpu: 1 }, 2]);
    });

    it('takes what no time mends for final, and tries nothing more', async () => {
      connect();
      await server.refuse();
      await live.until(() => live.status === 'error');
      expect(live.errors).to.have.length(1);
      expect(live.errors[0]).to.include({ fatal: true });
      expect(live.connection.view.retryAt).to.equal(undefined);
      expect(await server.attempts()).to.equal(1);
    });

    it('by reconnect() comes back from what was final', async () => {
      connect();
      await server.refuse();
      await live.until(() => live.status === 'error');
      live.connection.reconnect();
      await server.greet(one);
      await live.until(() => live.status === 'connected');
      expect(live.statuses.slice(-3)).to.deep.equal(['error', 'connecting', 'connected']);
    });

    it('by disconnect() ends the real connection, and says nothing more', async () => {
      await connected();
      await server.busy();
      live.connection.disconnect();
      expect(live.status).to.equal('disconnected');
      const before = live.sayings;
      await server.gone();
      expect(live.sayings).to.equal(before);
      expect(live.errors).to.deep.equal([]);
    });

    it('fault 48: by disconnect() while it connects ends the attempt, and comes back by connect()', async () => {
      connect();
      await server.wait();
      live.connection.disconnect();
      await server.gone();
      expect(live.statuses).to.deep.equal(['connecting', 'disconnected']);
      live.connection.connect();
      await server.greet(one);
      await live.until(() => live.status === 'connected');
      expect(live.errors).to.deep.equal([]);
    });

    it('by dispose() ends the real connection', async () => {
      await connected();
      await server.busy();
      live.connection.dispose();
      await server.gone();
      expect(live.errors).to.deep.equal([]);
    });

    it('by another source ends the one before, and hears nothing more of it', async () => {
      await connected();
      await server.busy();
      const other = await openWire();
      live.connection.setSources([sourceOf(other.here(), { transport: 'sse' })]);
      await server.gone();
      const request = await other.request(0);
      await request.stream();
      await request.write('data: "other"\n\n');
      await live.until(() => live.messages.length === 2);
      expect(live.data).to.deep.equal([{ cpu: 1 }, 'other']);
      expect(live.errors).to.deep.equal([]);
      other.close();
    });

    it('fault 21: tells of a message of 5 MiB, keeps nothing of it, and goes on', async () => {
      await connected();
      await server.flood();
      await live.until(() => live.errors.length === 1);
      expect(live.codes).to.deep.equal(['over-limit']);
      await server.tell(two);
      await live.until(() => live.messages.length === 2 && live.status === 'connected');
      expect(live.data).to.deep.equal([{ cpu: 1 }, 2]);
      expect(live.statuses).to.deep.equal(
        streams ? ['connecting', 'connected'] : ['connecting', 'connected', 'reconnecting', 'connected'],
      );
    });

    it('fault 30: tells of JSON that is none, once, and goes on', async () => {
      await connected();
      await server.babble();
      await live.until(() => live.errors.length === 1);
      expect(live.codes).to.deep.equal(['decode']);
      await server.tell(two);
      await live.until(() => live.messages.length === 2 && live.status === 'connected');
      expect(live.errors).to.have.length(1);
      expect(live.statuses).to.deep.equal(
        streams ? ['connecting', 'connected'] : ['connecting', 'connected', 'reconnecting', 'connected'],
      );
    });

    it('gives an author’s decode what came, and reads what it returns', async () => {
      connect();
      live.connection.setDecode(({ data }) => ({ channel: 'mine', data: typeof data }));
      await server.greet(one);
      await live.until(() => live.messages.length === 1);
      expect(live.messages[0]).to.include({ channel: 'mine', data: 'string' });
    });
  });
}

describe('the contract of transports over HTTP', () => {
  for (const transport of ['polling', 'sse', 'auto'] as const) {
    it(`${transport} sends the author’s headers, asked anew for each attempt`, async () => {
      const wire = await openWire();
      let asked = 0;
      const live = new LiveConnection(wire.here(), {
        transport,
        headers: async () => ({ Authorization: `Bearer ${++asked}`, 'X-Mine': 'yes' }),
      });
      await (await wire.request(0)).answer(503);
      const { seen } = await wire.request(1);
      expect(seen.headers).to.include({ authorization: 'Bearer 2', 'x-mine': 'yes' });
      live.connection.dispose();
      wire.close();
    });

    it(`fault 13: ${transport} follows a redirect of the same origin`, async () => {
      const wire = await openWire();
      const live = new LiveConnection(wire.here(), { transport });
      await (await wire.request(0)).answer(307, '', { location: wire.here('moved') });
      const moved = await wire.request(1);
      expect(moved.seen.path).to.equal(wire.here('moved'));
      if (transport === 'polling') await moved.json(1);
      else await moved.stream();
      await live.until(() => live.status === 'connected');
      expect(live.errors).to.deep.equal([]);
      live.connection.dispose();
      wire.close();
    });

    it(`fault 14: ${transport} carries the author’s headers to no other origin`, async () => {
      const wire = await openWire();
      const live = new LiveConnection(wire.here(), { transport, headers: { 'X-Api-Key': 'geheim' } });
      await (await wire.request(0)).answer(307, '', { location: wire.across('thief') });
      await live.until(() => live.errors.length > 0);
      expect(live.codes[0]).to.equal('network');
      expect(live.errors[0]?.message).to.include('redirect');
      expect((await wire.requests()).filter(({ path }) => path.includes('thief'))).to.deep.equal([]);
      live.connection.dispose();
      wire.close();
    });

    it(`fault 15: ${transport} takes a redirect that never ends for a failed attempt`, async () => {
      const wire = await openWire();
      const live = new LiveConnection(wire.here(), {
        transport,
        maxReconnectAttempts: 0,
        interval: 60_000,
        maxInterval: 60_000,
      });
      let index = 0;
      const circle = async (): Promise<void> => {
        for (;;) await (await wire.request(index++)).answer(307, '', { location: wire.here() });
      };
      void circle();
      await live.until(() => live.errors.length > 0);
      expect(live.codes).to.deep.equal(['network']);
      live.connection.dispose();
      wire.close();
    });
  }
});
