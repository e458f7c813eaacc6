/**
 * A feed's own part in a connection: what it listens to, whether it takes part at all, and what a script pushes. A feed
 * without a source lives from that alone.
 */
import { decodeValue } from '../decode/decode.js';
import type { Env } from '../kernel/env.js';
import { rtError, type RtError } from '../kernel/errors.js';
import type { Message } from '../kernel/message.js';
import type { Status } from '../kernel/status.js';
import { Channels } from './channels.js';
import { CANNOT_SEND, type Connection, type ConnectionView, type Member } from './connection.js';
import { UNNAMED } from './link.js';
import type { Held, Pool } from './pool.js';
import type { Sendable } from './send-queue.js';
import { settled, type Decode, type Source } from './source.js';

/** What a feed hears of its connection. */
export interface MembershipSink {
  /** Messages, in order, that came at `arrival` (monotonic milliseconds). */
  messages(messages: readonly Message[], arrival: number): void;
  /** What came last still holds. */
  confirmed(arrival: number): void;
  /** The view has changed. */
  changed(): void;
  error(error: RtError): void;
  /** What came since the last message is lost. */
  gap(): void;
}

export class Membership implements Member {
  readonly channels = new Channels();
  #held: Held | undefined;
  #joined = false;
  /** Asked for by the author. */
  #left = false;
  /** Something came from a script. */
  #pushed = false;
  #refused: RtError | undefined;
  #sources: readonly Source[] = [];
  #decode: Decode | undefined;

  constructor(
    private readonly env: Env,
    private readonly pool: Pool,
    private sink: MembershipSink,
    public queueLimit: number,
  ) {}

  get view(): ConnectionView {
    if (this.#left) return plain('disconnected');
    if (this.#refused !== undefined) return { ...plain('error'), error: this.#refused };
    return this.connection?.view ?? plain(this.#pushed ? 'connected' : 'idle');
  }

  /**
   * Replaces the sources, and connects at once unless the feed was disconnected by request. None: the feed lives from
   * what is pushed. An error: there are some, and none can ever work.
   */
  setSources(sources: readonly Source[] | RtError): void {
    this.#leave();
    const before = this.#held;
    this.#held = undefined;
    this.#pushed = false;
    this.#refused = 'code' in sources ? sources : undefined;
    if (!('code' in sources) && sources.length > 0) {
      this.#sources = sources;
      this.#held = this.pool.hold(sources.map(settled), this.#decode);
    }
    if (before !== undefined) this.#letGo(before);
    this.#join();
    this.sink.changed();
    if (this.#refused !== undefined) this.sink.error(this.#refused);
  }

  /** Replaces the author's own decoding; a connection that others share is left to them. */
  setDecode(decode: Decode | undefined): void {
    if (this.#decode === decode) return;
    this.#decode = decode;
    if (this.#held?.isShared() === true) this.setSources(this.#sources);
    else if (this.#held !== undefined) this.#held.connection.decode = decode;
  }

  setQueueLimit(limit: number): void {
    if (this.queueLimit === limit) return;
    this.queueLimit = limit;
    if (this.#joined) this.connection?.limitQueue();
  }

  connect(): void {
    const was = this.#left;
    this.#left = false;
    this.#join();
    this.connection?.connect();
    // A connection that others hold open has nothing new to tell.
    if (was) this.sink.changed();
  }

  disconnect(): void {
    if (this.#left) return;
    this.#left = true;
    this.#pushed = false;
    this.#leave();
    this.sink.changed();
  }

  /** For all feeds that share the connection. */
  reconnect(): void {
    const was = this.#left;
    this.#left = false;
    // To join one that nobody takes part in opens it.
    const isOpened = this.connection?.size === 0;
    this.#join();
    if (!isOpened) this.connection?.reconnect();
    if (was) this.sink.changed();
  }

  /** Lets go of everything, and says nothing more. The membership is not used again. */
  dispose(): void {
    this.sink = NOBODY;
    this.#leave();
    this.#held?.release();
    this.#held = undefined;
  }

  /** Takes in what a script has, as if it had come over the wire. */
  push(value: unknown): void {
    const { filter, first } = this.channels;
    const context = { channels: filter, firstChannel: first, now: this.env.wall() };
    const messages = decodeValue(value, context);
    if (messages.length === 0) return;
    this.sink.messages(messages, this.env.now());
    if (this.#pushed) return;
    this.#pushed = true;
    if (this.#held === undefined) this.sink.changed();
  }

  /** Sends over a WebSocket, now or when it is open; over anything else it is told. */
  send(data: Sendable): void {
    const error = this.connection === undefined ? CANNOT_SEND : this.connection.send(data, this.queueLimit);
    if (error !== undefined) this.sink.error(error);
  }

  /** Replaces the names of the `channels` attribute; an open socket hears of the difference. */
  setChannels(names: readonly string[]): void {
    const { added, removed } = this.channels.setNamed(names);
    if (!this.#joined) return;
    for (const name of removed) this.connection?.unsubscribed(name);
    for (const name of added) this.connection?.subscribed(name);
  }

  subscribe(channel: string): void {
    if (this.channels.add(channel) && this.#joined) this.connection?.subscribed(channel);
  }

  unsubscribe(channel: string): void {
    if (this.channels.remove(channel) && this.#joined) this.connection?.unsubscribed(channel);
  }

  // What the connection tells its member.

  messages(messages: readonly Message[], arrival: number): void {
    const mine = this.#mine(messages);
    if (mine.length > 0) this.sink.messages(mine, arrival);
  }

  confirmed(arrival: number): void {
    this.sink.confirmed(arrival);
  }

  changed(): void {
    this.sink.changed();
  }

  error(error: RtError): void {
    this.sink.error(error);
  }

  gap(): void {
    this.sink.gap();
  }

  /** The shared connection; none without a source. */
  get connection(): Connection | undefined {
    return this.#held?.connection;
  }

  #join(): void {
    if (this.#joined || this.#left || this.#held === undefined) return;
    this.#joined = true;
    this.#held.connection.join(this);
  }

  /** What waited to be sent was meant for that server, and goes to no other. */
  #letGo(held: Held): void {
    const { connection } = held;
    const { queued } = connection;
    if (connection.size === 0 && queued > 0) {
      const text = `${queued} ${queued === 1 ? 'message' : 'messages'} to send waited for the old source, and were dropped with it.`;
      this.sink.error(rtError('queue-overflow', text));
    }
    held.release();
  }

  #leave(): void {
    if (!this.#joined) return;
    this.#joined = false;
    this.connection?.leave(this);
  }

  /** What the feed names of what came; what names no channel is of the feed's first. */
  #mine(messages: readonly Message[]): readonly Message[] {
    const { first } = this.channels;
    const filter = this.connection?.isMixed === true ? this.channels.filter : undefined;
    if (filter === undefined && !messages.some(({ channel }) => channel === UNNAMED)) return messages;
    const mine: Message[] = [];
    for (const message of messages) {
      if (message.channel === UNNAMED) mine.push({ ...message, channel: first });
      else if (filter === undefined || filter.has(message.channel)) mine.push(message);
    }
    return mine;
  }
}

const plain = (status: Status): ConnectionView => ({
  status,
  transport: undefined,
  attempt: 0,
  retryAt: undefined,
  error: undefined,
});

const NOBODY: MembershipSink = {
  messages: () => undefined,
  confirmed: () => undefined,
  changed: () => undefined,
  error: () => undefined,
  gap: () => undefined,
};
