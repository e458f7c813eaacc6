/**
 * `/ws`: the WebSockets. Owns their list and subscriptions, the small JSON protocol (PROTOCOL.md), ping and pong, the
 * cut of slow readers, and the close code at the end. Who may open one is decided before it comes here.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Bounds } from './bounds.js';
import type { Clock } from './clock.js';
import { isChannel, type Hub, type HubEvent } from './hub.js';

const MAX_ECHO = 128;
const UNSUPPORTED_DATA = 1003;
const SERVICE_RESTART = 1012;

interface Client {
  readonly socket: WebSocket;
  readonly channels: Set<string>;
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
    hub.addOutlet((event) => this.#publish(event));
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
    const client: Client = { socket, channels: new Set(), answered: true };
    this.#clients.add(client);
    socket.on('error', () => undefined); // a protocol error closes the socket with its code by itself
    socket.on('close', () => this.#clients.delete(client));
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
    const { type, channel, id } = message;
    if (type === 'ping') this.#reply(client, { type: 'pong' });
    else if (type === 'subscribe') this.#subscribe(client, channel);
    else if (type === 'unsubscribe') this.#unsubscribe(client, channel);
    else this.#reply(client, { type: 'ack', received: type.slice(0, MAX_ECHO), ...(isShort(id) && { id }) });
  }

  #subscribe(client: Client, channel: unknown): void {
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
    client.channels.add(channel);
    this.#reply(client, { type: 'subscribed', channel });
    const snapshot = this.hub.snapshot(channel);
    if (snapshot !== undefined) this.#send(client, snapshot.json);
  }

  #unsubscribe(client: Client, channel: unknown): void {
    if (!isChannel(channel)) {
      this.#reply(client, { type: 'error', message: 'unsubscribe needs a channel' });
      return;
    }
    client.channels.delete(channel);
    this.#reply(client, { type: 'unsubscribed', channel });
  }

  #publish(event: HubEvent): number {
    let delivered = 0;
    for (const client of this.#clients) {
      if (client.channels.has(event.channel) && this.#send(client, event.json)) delivered += 1;
    }
    return delivered;
  }

  #reply(client: Client, message: Readonly<Record<string, unknown>>): void {
    this.#send(client, JSON.stringify(message));
  }

  #send({ socket }: Client, text: string): boolean {
    if (socket.readyState !== WebSocket.OPEN) return false;
    socket.send(text, () => undefined);
    if (socket.bufferedAmount <= this.bounds.bufferedBytes) return true;
    this.cut += 1;
    socket.terminate();
    return false;
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
}

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
