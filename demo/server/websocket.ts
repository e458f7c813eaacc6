/**
 * `/ws`: the WebSockets. Owns their list and subscriptions, the small JSON protocol (PROTOCOL.md), what a subscription
 * begins with, ping and pong, the cut of slow readers, and the close code at the end. Who may open one is decided before
 * it comes here.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Bounds } from './bounds.js';
import type { Clock } from './clock.js';
import { idOf, isChannel, isEvent, type Hub, type Message } from './hub.js';
import { replay, type Reader } from './replay.js';

const MAX_ECHO = 128;
const UNSUPPORTED_DATA = 1003;
const SERVICE_RESTART = 1012;
/** How much of what may wait for a client a replay takes: the rest is for what is published meanwhile. */
const REPLAY_SHARE = 1 / 4;

interface Subscription {
  /** What came after this id has been sent, or will be. */
  readonly from: number;
  /** False while it catches up from the log; then it gets each event as it is published. */
  live: boolean;
}

interface Client {
  readonly socket: WebSocket;
  readonly channels: Map<string, Subscription>;
  /** Replays that wait until less is waiting for the client. */
  readonly waiting: Set<() => void>;
  answered: boolean;
}

export class WebSockets {
  /** How many were cut for reading too slowly. */
  cut = 0;
  readonly #clients = new Set<Client>();
  readonly #server: WebSocketServer;

  constructor(
    private readonly hub: Hub,
    private readonly clock: Clock,
    private readonly bounds: Bounds,
  ) {
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: bounds.messageBytes,
    });
    hub.addOutlet((message) => this.#publish(message));
  }

  get size(): number {
    return this.#clients.size;
  }

  /** Starts the pings; returns what stops them. */
  start(): () => void {
    return this.clock.every(this.bounds.socketPing, () => this.#ping());
  }

  /** Answers a handshake: a bad one with 400, a good one by opening the socket and calling `opened`. */
  accept(req: IncomingMessage, socket: Duplex, head: Buffer, opened: () => void): void {
    this.#server.handleUpgrade(req, socket, head, (webSocket) => {
      opened();
      this.#open(webSocket);
    });
  }

  /** Closes each socket with its own hint when to come back. */
  drain(hint: () => number): void {
    for (const { socket } of this.#clients) {
      socket.close(SERVICE_RESTART, JSON.stringify({ retryAfter: hint() }));
    }
  }

  /** Ends what has not closed by itself. */
  terminate(): void {
    for (const { socket } of this.#clients) socket.terminate();
  }

  #open(socket: WebSocket): void {
    const client: Client = { socket, channels: new Map(), waiting: new Set(), answered: true };
    this.#clients.add(client);
    socket.on('error', () => undefined); // a protocol error closes the socket with its code by itself
    socket.on('close', () => {
      this.#clients.delete(client);
      wake(client); // whatever became of what was being written
    });
    socket.on('pong', () => {
      client.answered = true;
    });
    socket.on('message', (data, isBinary) => {
      if (isBinary || !Buffer.isBuffer(data)) socket.close(UNSUPPORTED_DATA, 'text only');
      else this.#receive(client, data.toString());
    });
  }

  #receive(client: Client, text: string): void {
    const message = readMessage(text);
    if (message === undefined) {
      this.#reply(client, { type: 'error', message: 'a message is a JSON object with a string "type"' });
      return;
    }
    const { type, channel, id, resume } = message;
    if (type === 'ping') this.#reply(client, { type: 'pong' });
    else if (type === 'subscribe') this.#subscribe(client, channel, resume);
    else if (type === 'unsubscribe') this.#unsubscribe(client, channel);
    else this.#reply(client, { type: 'ack', received: type.slice(0, MAX_ECHO), ...(isShort(id) && { id }) });
  }

  #subscribe(client: Client, channel: unknown, resume: unknown): void {
    if (!isChannel(channel)) {
      this.#reply(client, {
        type: 'error',
        message: 'subscribe needs a channel: 1 to 128 characters, no control ones',
      });
      return;
    }
    if (client.channels.size >= this.bounds.subscriptionsPerSocket && !client.channels.has(channel)) {
      const message = `no more than ${this.bounds.subscriptionsPerSocket} subscriptions a socket`;
      this.#reply(client, { type: 'error', message, channel });
      return;
    }
    this.#begin(client, channel, resume);
  }

  /** Says from where the channel can be resumed, then sends what was missed or, where nothing was, the snapshot. */
  #begin(client: Client, channel: string, resume: unknown): void {
    const newest = this.hub.newestOf(channel);
    const before = client.channels.get(channel);
    const from = resume === undefined ? newest : idOf(resume);
    const gap = resume !== undefined && !this.#canResume(channel, from, before);
    const isBehind = before === undefined && !gap && from < newest;
    const subscription = before ?? { from: gap ? newest : this.#startOf(from, newest), live: !isBehind };
    client.channels.set(channel, subscription);
    this.#reply(client, { type: 'subscribed', channel, resume: String(newest), ...(gap && { gap }) });
    if (isBehind) this.#replay(client, channel, subscription);
    else if (subscription.live) this.#sendSnapshot(client, channel);
  }

  /** Between the channel's newest and the newest of all there is nothing; what is later is not here yet, but was had. */
  #startOf(from: number, newest: number): number {
    return from > this.hub.newestId ? from : Math.min(from, newest);
  }

  /** What a subscription that stands has sent is not sent again, and what is older would come out of order. */
  #canResume(channel: string, from: number, before: Subscription | undefined): boolean {
    if (before === undefined) return this.hub.covers(from, channel);
    return from >= before.from && from <= this.hub.newestId;
  }

  #sendSnapshot(client: Client, channel: string): void {
    const snapshot = this.hub.snapshot(channel);
    if (snapshot !== undefined) this.#send(client, snapshot.json);
  }

  #replay(client: Client, channel: string, subscription: Subscription): void {
    const { socket } = client;
    const isOver = (): boolean => client.channels.get(channel) !== subscription;
    const reader: Reader = {
      hasRoom: () => isOver() || socket.bufferedAmount <= this.bounds.bufferedBytes * REPLAY_SHARE,
      room: () => this.#room(client),
      write: ({ json }) => {
        if (!isOver()) this.#write(client, json);
      },
      live: () => {
        subscription.live = true;
      },
      lost: () => {
        if (!isOver()) this.#cut(client);
      },
    };
    void replay(this.hub, subscription.from, reader, channel);
  }

  /** True once less waits for the client; false when it is gone or takes too long. */
  #room(client: Client): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (): void => {
        stop();
        client.waiting.delete(done);
        resolve(client.socket.readyState === WebSocket.OPEN);
      };
      const stop = this.clock.after(this.bounds.replayStall, () => {
        client.waiting.delete(done);
        resolve(false);
      });
      client.waiting.add(done);
    });
  }

  #unsubscribe(client: Client, channel: unknown): void {
    if (!isChannel(channel)) {
      this.#reply(client, { type: 'error', message: 'unsubscribe needs a channel' });
      return;
    }
    client.channels.delete(channel);
    this.#reply(client, { type: 'unsubscribed', channel });
  }

  #publish(message: Message): number {
    const id = isEvent(message) ? message.id : Infinity;
    let delivered = 0;
    for (const client of this.#clients) {
      const subscription = client.channels.get(message.channel);
      if (subscription?.live !== true || id <= subscription.from) continue;
      if (this.#send(client, message.json)) delivered += 1;
    }
    return delivered;
  }

  #reply(client: Client, message: Readonly<Record<string, unknown>>): void {
    this.#send(client, JSON.stringify(message));
  }

  #send(client: Client, text: string): boolean {
    const { socket } = client;
    if (socket.readyState !== WebSocket.OPEN) return false;
    this.#write(client, text);
    if (socket.bufferedAmount <= this.bounds.bufferedBytes) return true;
    this.#cut(client);
    return false;
  }

  #write(client: Client, text: string): void {
    client.socket.send(text, () => wake(client));
  }

  #cut({ socket }: Client): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    this.cut += 1;
    socket.terminate();
  }

  #ping(): void {
    for (const client of this.#clients) {
      if (!client.answered) {
        client.socket.terminate();
        continue;
      }
      client.answered = false;
      if (client.socket.readyState === WebSocket.OPEN) client.socket.ping(undefined, false, () => undefined);
    }
  }
}

interface ClientMessage {
  readonly type: string;
  readonly channel?: unknown;
  readonly id?: unknown;
  readonly resume?: unknown;
}

/** Its replays look again whether there is room. */
const wake = ({ waiting }: Client): void => {
  for (const look of waiting) look();
};

const readMessage = (text: string): ClientMessage | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isMessage(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const isMessage = (value: unknown): value is ClientMessage =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

const isShort = (id: unknown): boolean => typeof id === 'number' || (typeof id === 'string' && id.length <= MAX_ECHO);
