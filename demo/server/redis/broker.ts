/**
 * Joins this instance with others through Redis: publishes in one order for all, keeps the hub as a mirror of the shared
 * log, and holds the lease. Owns what happens when Redis goes and comes back: the instance goes on alone, what is published
 * waits in the outbox, and goes out in its order, once, as soon as there is a connection again.
 */
import { randomUUID } from 'node:crypto';
import type { Bounds } from '../bounds.js';
import {
  Unpublished,
  type Broker,
  type BrokerContext,
  type BrokerState,
  type Counters,
  type Published,
  type Publisher,
} from '../broker.js';
import { pause } from '../clock.js';
import type { Hub } from '../hub.js';
import type { Staleness } from '../source.js';
import { LATE, connect, reasonOf, type Connection } from './connection.js';
import { countersIn } from './counters.js';
import { textOf } from './entry.js';
import { Lease } from './lease.js';
import { LogReader } from './log-reader.js';
import { Mirror } from './mirror.js';
import { Outbox, type Waiting } from './outbox.js';
import { HELLO, LEASE, LEAVE, PUBLISH, SHARE, keysOf, type Keys } from './scripts.js';

export interface RedisSettings {
  /** May hold a password: it is never told. */
  readonly url: string;
  /** What all keys begin with: instances that are told the same are joined. */
  readonly prefix: string;
}

/** How long Redis remembers what an instance has published last: a message that was cut on its way comes within it. */
const REMEMBERED_MS = 3_600_000;
/** Pauses between attempts, and how long a connection must have stood for its failures to be forgotten. */
const PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const PROOF_MS = 10_000;

const ANOTHER = 'another instance leads';
const FULL = 'what waits for Redis is as much as this server takes';
const STOPS = 'the server stops';

/** A connection that has caught up with the log. */
interface Joined {
  readonly connection: Connection;
  readonly reader: LogReader;
}

export class RedisBroker implements Broker {
  readonly #instance = randomUUID();
  readonly #keys: Keys;
  readonly #bounds: Bounds;
  readonly #outbox: Outbox;
  readonly #mirror: Mirror;
  readonly #lease: Lease;
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  #joined: Joined | undefined;
  #away: { readonly reason: Staleness['reason']; readonly since: number | undefined } = {
    reason: 'error',
    since: undefined,
  };
  #problem: string | undefined;
  #told = '';
  #isResigned = false;
  #run: Promise<void> = Promise.resolve();

  constructor(
    private readonly hub: Hub,
    private readonly settings: RedisSettings,
    private readonly context: BrokerContext,
  ) {
    hub.share();
    this.#keys = keysOf(settings.prefix);
    this.#bounds = context.bounds;
    this.#outbox = new Outbox(context.bounds);
    this.#lease = new Lease(this.#instance, context.clock, () => {
      this.#outbox.refuse(ANOTHER, ({ lease }) => lease !== undefined);
      this.#tell();
    });
    this.#mirror = new Mirror(hub, {
      log: context.log,
      delivered: (entry, delivered) => {
        if (entry.from === this.#instance) this.#outbox.take(entry.n)?.resolve({ id: String(entry.id), delivered });
      },
      skipped: () => this.#sendAll(), // it may have skipped events of its own: Redis knows them
    });
  }

  async show(channel: string, data: string): Promise<void> {
    if (this.#joined === undefined) this.hub.show(channel, data);
    else await this.publish(channel, data, true, 'leader');
  }

  get state(): BrokerState {
    return this.#joined === undefined ? 'degraded' : 'joined';
  }

  get leads(): boolean {
    return this.#lease.isHeld;
  }

  start(): Promise<void> {
    return new Promise((resolve) => {
      this.#run = this.#keepJoined(resolve);
    });
  }

  async publish(channel: string, data: string, kept = false, by: Publisher = 'anyone'): Promise<Published> {
    if (this.#closing.signal.aborted) throw new Unpublished(STOPS);
    if (by === 'leader' && !this.leads) throw new Unpublished(ANOTHER);
    const item = {
      keptFor: kept ? channel : undefined,
      lease: by === 'leader' ? this.#lease.name : undefined,
    };
    const added = this.#outbox.add(item, (n) => textOf({ from: this.#instance, n, kept, channel, data }));
    if (added === undefined) throw new Unpublished(FULL);
    if (this.#joined !== undefined) this.#send(this.#joined, added.waiting);
    return added.done;
  }

  async share(counters: Counters): Promise<readonly Counters[]> {
    if (this.#joined === undefined) return [counters];
    const args = [this.#instance, JSON.stringify(counters), this.#bounds.countersAge];
    try {
      return countersIn(await this.#joined.connection.run(SHARE, [this.#keys.counters], args));
    } catch {
      return [counters]; // why is told where the connection ends
    }
  }

  stale(): Readonly<Record<string, Staleness>> {
    if (this.#joined !== undefined) return {};
    const { reason, since } = this.#away;
    return { redis: { reason, age: since === undefined ? null : Math.round(this.context.clock.now() - since) } };
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  async resign(): Promise<void> {
    this.#isResigned = true;
    const { name } = this.#lease;
    this.#lease.end();
    const { lease, counters } = this.#keys;
    await this.#joined?.connection.run(LEAVE, [lease, counters], [name, this.#instance]).catch(() => undefined);
  }

  /** What still waits is refused: the connection has had its time. */
  async close(): Promise<void> {
    await this.resign();
    const waiting = this.#outbox.size;
    if (waiting > 0) this.context.log(`${waiting} messages that waited for Redis are lost`);
    this.#closing.abort();
    this.#joined?.connection.end(STOPS);
    this.#outbox.refuse(STOPS);
    await this.#run;
  }

  /** It waits until it comes back as an event. */
  #send({ connection, reader }: Joined, { n, text, lease, keptFor }: Waiting): void {
    const { state, log, kept, lease: leaseKey, sent } = this.#keys;
    const keys = [state, log, sent(this.#instance), leaseKey, kept];
    const args = [n, REMEMBERED_MS, lease ?? '', text, keptFor ?? '', this.#bounds.logChannels];
    connection.run(PUBLISH, keys, [...this.#appending(), ...args]).then(
      async (answer) => {
        if (answer === 'refused') this.#outbox.take(n)?.reject(new Unpublished(ANOTHER));
        if (answer !== 'known') return;
        await reader.settled();
        // It was published before a cut, and the log has dropped it since: nobody knows its id any more.
        this.#outbox.take(n)?.resolve({ id: '', delivered: 0 });
      },
      (error: unknown) => connection.end(reasonOf(error)),
    );
  }

  /** What every script that writes into the log is told. */
  #appending(): readonly (string | number)[] {
    const { sharedEvents, sharedBytes, sharedAge } = this.#bounds;
    return [this.#keys.events, sharedEvents, sharedBytes, sharedAge];
  }

  /** Never rejects. `tried` is called after the first attempt. */
  async #keepJoined(tried: () => void): Promise<void> {
    const { clock, random } = this.context;
    const { signal } = this.#closing;
    const isOver = (): boolean => signal.aborted;
    for (let failures = 0; !isOver(); failures += 1) {
      const began = clock.now();
      const reason = await this.#attempt(tried);
      tried();
      if (isOver()) return;
      if (clock.now() - began >= PROOF_MS) failures = 0;
      this.#goOn(reason);
      const longest = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** failures);
      await pause(clock, longest * (0.5 + random() / 2), signal);
    }
  }

  /** One connection, from its start to its end: why it ended. */
  async #attempt(joined: () => void): Promise<string> {
    const { clock, bounds } = this.context;
    let connection: Connection | undefined;
    const stop = (): void => connection?.end(STOPS);
    this.#closing.signal.addEventListener('abort', stop);
    try {
      const made = (connection = await connect(this.settings.url, bounds.redisAnswer, clock));
      await this.#join(made);
      joined();
      const stopBeating = clock.every(bounds.leaseBeat, () => void this.#beat(made));
      const reason = await made.ended;
      stopBeating();
      return reason;
    } catch (error) {
      connection?.end(reasonOf(error));
      return reasonOf(error);
    } finally {
      this.#closing.signal.removeEventListener('abort', stop);
    }
  }

  async #join(connection: Connection): Promise<void> {
    const { state, log } = this.#keys;
    await connection.load([PUBLISH, HELLO, LEASE, LEAVE, SHARE]);
    const reader = new LogReader(connection, this.#keys, this.#mirror);
    await reader.subscribe();
    const run = /^run_id:(\w+)/m.exec(String(await connection.call(['INFO', 'server'])))?.[1] ?? '';
    const newest = await connection.run(HELLO, [state, log], [...this.#appending(), run, this.#mirror.newest]);
    await reader.begin(Number(newest));
    this.#joined = { connection, reader };
    if (this.#problem !== undefined) this.context.log('Redis is back: the instances are joined again');
    this.#problem = undefined;
    this.#sendAll();
    await this.#beat(connection);
  }

  /** Again too: what was published before is known to Redis by its number. */
  #sendAll(): void {
    if (this.#joined === undefined) return;
    for (const waiting of this.#outbox.all()) this.#send(this.#joined, waiting);
  }

  /** Asks for the lease, or renews it: at the same time it is the sign that Redis lives. */
  async #beat(connection: Connection): Promise<void> {
    if (this.#hasResigned()) return;
    const { clock, bounds } = this.context;
    const until = clock.now() + bounds.lease;
    const { name } = this.#lease;
    try {
      const has = await connection.run(LEASE, [this.#keys.lease], [name, bounds.lease]);
      if (this.#hasResigned()) return;
      if (has === 1) this.#lease.hold(until);
      else this.#lease.end();
      this.#tell();
    } catch (error) {
      connection.end(reasonOf(error));
    }
  }

  #hasResigned(): boolean {
    return this.#isResigned;
  }

  /** Goes on alone. */
  #goOn(reason: string): void {
    const wasJoined = this.#joined !== undefined;
    this.#joined = undefined;
    this.#away = {
      reason: reason === LATE ? 'timeout' : 'error',
      since: wasJoined ? this.context.clock.now() : this.#away.since,
    };
    if (this.#problem !== reason) this.context.log(`Redis is away, and this instance goes on alone: ${reason}`);
    this.#problem = reason;
    this.#tell();
  }

  #tell(): void {
    const now = `${this.state} ${this.leads}`;
    if (now === this.#told) return;
    this.#told = now;
    for (const listener of this.#listeners) listener();
  }
}
