/**
 * A small TCP proxy that does to connections what networks do: cuts, resets and stalls them, hands bytes on late or in
 * small pieces, and refuses new ones. It knows bytes alone, nothing of HTTP or WebSockets.
 */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Changes } from './changes.js';

const HOST = '127.0.0.1';

/** How much one direction holds before its sender has to wait, unless it is stalled. Bytes. */
const HELD_AT_MOST = 1_048_576;

/** How a connection hands bytes on, in both directions. */
interface Manners {
  stalled: boolean;
  /** The most bytes of one write; 0: as they came. */
  slice: number;
  /** The pause before each write, in milliseconds. */
  delay: number;
}

/** What both a connection and, for all of them, a proxy can be told. What is told a proxy holds for later connections too. */
export interface Tellable {
  /** Ends both sides; what is on its way is lost. */
  cut(): void;
  /** Resets both sides (RST); what is on its way is lost. */
  reset(): void;
  /** Takes bytes and hands none on, nor the end of a side: each side believes the other to be there. */
  stall(): void;
  /** Ends a stall: what was held goes on its way. */
  flow(): void;
  /** Hands on at most so many bytes at a time, each piece as a write of its own; 0: as they come. */
  slice(bytes: number): void;
  /** Waits so many milliseconds before each piece that it hands on: with `slice`, a trickle. */
  delay(ms: number): void;
}

/** One direction of a connection: what came from a side and has not gone to the other yet, in order. */
class Lane {
  readonly #held: (Buffer | 'end' | 'reset')[] = [];
  #bytes = 0;
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly manners: Manners,
  ) {
    from.on('data', (bytes) => {
      this.#held.push(bytes);
      this.#bytes += bytes.length;
      this.changed();
    });
    from.on('end', () => {
      this.#held.push('end');
      this.changed();
    });
    from.on('close', (hadError) => {
      if (hadError) this.#held.push('reset');
      this.changed();
    });
    void this.#run();
  }

  /** Looks again: something came, or the manners are others. */
  changed(): void {
    if (this.#bytes < HELD_AT_MOST || this.manners.stalled) this.from.resume();
    else this.from.pause();
    this.#wake();
  }

  /** Forgets what it holds, and hands nothing on any more. */
  stop(): void {
    this.#isOver = true;
    this.#held.length = 0;
    this.#wake();
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const next = this.manners.stalled ? undefined : this.#held[0];
      if (next === undefined) await this.#change();
      else if (next === 'end') {
        this.#held.shift();
        this.to.end();
      } else if (next === 'reset') {
        resetSocket(this.to);
        return;
      } else if (await this.#waited(this.manners.delay)) await this.#hand(next);
    }
  }

  /** Hands on the first piece of `bytes`, the first that are held, and leaves the rest. */
  async #hand(bytes: Buffer): Promise<void> {
    const piece = bytes.subarray(0, this.manners.slice || bytes.length);
    if (piece.length < bytes.length) this.#held[0] = bytes.subarray(piece.length);
    else this.#held.shift();
    this.#bytes -= piece.length;
    // Taken or failed: the end of a side is told by its own events.
    await new Promise<unknown>((resolve) => this.to.write(piece, resolve));
    this.changed();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Whether after so long there is still something to hand on. A stall that comes meanwhile is kept. */
  async #waited(ms: number): Promise<boolean> {
    if (ms > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          if (!this.#isOver) return;
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return !this.#isOver && !this.manners.stalled;
  }
}

/** One that is ending already can only be ended: its handle would be lost in a reset, and with it the end of the process. */
const resetSocket = (socket: Socket): void => {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
};

/** One connection through a proxy. */
export class ProxiedConnection implements Tellable {
  /** Resolves when both sides are closed. */
  readonly closed: Promise<void>;
  #isOpen = true;
  #look: () => void = () => undefined;
  readonly #sides: readonly Socket[];
  readonly #lanes: readonly Lane[];

  constructor(
    client: Socket,
    target: Socket,
    private readonly manners: Manners,
  ) {
    this.#sides = [client, target];
    for (const side of this.#sides) {
      side.setNoDelay(true);
      side.on('error', () => undefined);
    }
    this.#lanes = [new Lane(client, target, manners), new Lane(target, client, manners)];
    this.closed = new Promise((resolve) => {
      this.#look = () => {
        if (this.#sides.some((side) => !side.closed)) return;
        this.#isOpen = false;
        this.#stop();
        resolve();
      };
    });
    for (const side of this.#sides) side.once('close', this.#look);
  }

  /** False once both sides are closed. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  cut(): void {
    this.#stop();
    for (const side of this.#sides) side.destroySoon();
  }

  reset(): void {
    this.#stop();
    for (const side of this.#sides) resetSocket(side);
    // A socket that is reset while it closes may close without telling.
    setImmediate(this.#look);
  }

  stall(): void {
    this.#set({ stalled: true });
  }

  flow(): void {
    this.#set({ stalled: false });
  }

  slice(bytes: number): void {
    this.#set({ slice: bytes });
  }

  delay(ms: number): void {
    this.#set({ delay: ms });
  }

  #set(manners: Partial<Manners>): void {
    Object.assign(this.manners, manners);
    for (const lane of this.#lanes) lane.changed();
  }

  #stop(): void {
    for (const lane of this.#lanes) lane.stop();
  }
}

export class TcpProxy implements Tellable {
  readonly #connections: ProxiedConnection[] = [];
  readonly #changes = new Changes();
  readonly #server: Server;
  #manners: Manners = { stalled: false, slice: 0, delay: 0 };
  #port = 0;

  /** Use `start`. */
  private constructor(target: number) {
    this.#server = createServer({ allowHalfOpen: true }, (client) => {
      const other = connect({ host: HOST, port: target, allowHalfOpen: true });
      const connection = new ProxiedConnection(client, other, { ...this.#manners });
      this.#connections.push(connection);
      this.#changes.changed();
      void connection.closed.then(() => this.#changes.changed());
    });
  }

  /** A proxy on a free port of this machine, before a server on another. */
  static async start(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await proxy.accept();
    return proxy;
  }

  /** The same for its whole life. */
  get port(): number {
    return this.#port;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#connections.filter(({ isOpen }) => isOpen).length;
  }

  /** Connections that have ever come. */
  get seen(): number {
    return this.#connections.length;
  }

  /** Resolves when the connection of that number, from 0, has come. */
  connection(index: number): Promise<ProxiedConnection> {
    return this.#changes.until(() => this.#connections[index]);
  }

  /** Resolves when no connection is open. */
  async empty(): Promise<void> {
    await this.#changes.until(() => (this.open === 0 ? true : undefined));
  }

  cut(): void {
    for (const connection of this.#connections) connection.cut();
  }

  reset(): void {
    for (const connection of this.#connections) connection.reset();
  }

  stall(): void {
    this.#manners = { ...this.#manners, stalled: true };
    for (const connection of this.#connections) connection.stall();
  }

  flow(): void {
    this.#manners = { ...this.#manners, stalled: false };
    for (const connection of this.#connections) connection.flow();
  }

  slice(bytes: number): void {
    this.#manners = { ...this.#manners, slice: bytes };
    for (const connection of this.#connections) connection.slice(bytes);
  }

  delay(ms: number): void {
    this.#manners = { ...this.#manners, delay: ms };
    for (const connection of this.#connections) connection.delay(ms);
  }

  /** Stops listening: new connections are refused, those that are open stay. */
  refuse(): void {
    if (this.#server.listening) this.#server.close();
  }

  /** Listens again, on the same port. */
  async accept(): Promise<void> {
    if (this.#server.listening) return;
    const listening = once(this.#server, 'listening');
    this.#server.listen(this.#port, HOST);
    await listening;
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Resolves when it listens no more and every connection is gone. */
  async close(): Promise<void> {
    this.refuse();
    this.reset();
    await this.empty();
  }
}
