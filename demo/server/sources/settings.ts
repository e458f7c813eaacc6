/**
 * What each kind of source may be told, as the configuration's file says it. Loads no source, and none of their libraries.
 * A name that is not known is a mistake: misspelt, it would else be silence.
 */
import { z } from 'zod';
import { isChannel } from '../hub.js';
import { isFilter } from './device-table.js';

/** This machine's own figures. */
const host = z.strictObject({ kind: z.literal('host') });

const postgres = z.strictObject({
  kind: z.literal('postgres'),
  name: z.string().min(1).default('postgres'),
  /** `postgres://user:${PGPASSWORD}@host/database`. */
  url: z.string().regex(/^postgres(?:ql)?:\/\//, 'is an address such as postgres://user@host/database'),
  /** How long a statement runs before it counts as slow; milliseconds. */
  slow: z.int().positive().default(1_000),
  /** How often each is asked; milliseconds. */
  period: z.int().min(1_000).default(5_000),
  limit: z.int().positive().default(4_000),
  /** Figures of the part `business`: each a statement that gives one row with one number. */
  business: z.record(z.string().min(1), z.string().min(1)).default({}),
  businessPeriod: z.int().min(1_000).default(15_000),
});

const httpJson = z.strictObject({
  kind: z.literal('http-json'),
  name: z.string().min(1),
  url: z.url({ protocol: /^https?$/, error: 'is an address such as https://example.org/status.json' }),
  /** The part of the snapshot. */
  part: z
    .string()
    .min(1)
    .refine((part) => part !== 'timestamp' && part !== 'stale', 'is not the name of another member of the snapshot'),
  /** Where each figure is: dots between the names of members and the numbers of items, such as `data.0.price`. */
  figures: z.record(z.string().min(1), z.string().min(1)),
  headers: z.record(z.string(), z.string()).default({}),
  period: z.int().min(1_000).default(10_000),
  limit: z.int().positive().default(5_000),
});

const channel = z
  .string('is the name of a channel')
  .refine(isChannel, 'is a channel: 1 to 128 characters, none of them a control character');

/** What the messages of a queue are, and how long one may be; bytes. */
const format = z.enum(['json', 'text'], 'is json or text').default('json');
const maxBytes = z.int().positive().default(262_144);

/** Where a group begins that is new. */
const from = z.enum(['now', 'beginning'], 'is now or beginning').default('now');

const redisStream = z.strictObject({
  kind: z.literal('redis-stream'),
  name: z.string().min(1).default('redis-stream'),
  /** `redis://:${REDISPASSWORD}@host:6379`; `rediss:` with TLS. */
  url: z.url({ protocol: /^rediss?$/, error: 'is an address such as redis://host:6379' }),
  stream: z.string().min(1),
  group: z.string().min(1).default('rt-widgets'),
  /**
   * One name for all instances that share a broker: the one that leads takes up what the last one left, at once. Servers
   * that share none need a name each.
   */
  consumer: z.string().min(1).default('rt-widgets'),
  from,
  /** A fixed one, or `{"field": "channel"}`: the field of each entry that names it. */
  channel: z.union(
    [channel, z.strictObject({ field: z.string().min(1) })],
    'is a channel, or {"field": "…"}: the field that names it',
  ),
  /** The field with the data. */
  data: z.string().min(1).default('data'),
  format,
  maxBytes,
  /** Whether a client that comes later begins with the newest of its channel. */
  kept: z.boolean().default(false),
  /** How many entries are held at a time. */
  batch: z.int().min(1).max(1_000).default(100),
  /** How long another consumer may leave an entry before it is taken over; milliseconds. */
  idle: z.int().min(100).default(60_000),
});

/** What is named for each topic, and at least one of them. */
const topics = z
  .record(z.string().min(1), channel)
  .refine((all) => Object.keys(all).length > 0, 'names at least one topic and its channel');

const kafka = z.strictObject({
  kind: z.literal('kafka'),
  name: z.string().min(1).default('kafka'),
  brokers: z
    .array(z.string().regex(/^[^\s:/@]+:\d{1,5}$/, 'is a host and a port such as kafka.example.org:9092'))
    .min(1, 'names at least one broker'),
  clientId: z.string().min(1).default('rt-widgets'),
  group: z.string().min(1).default('rt-widgets'),
  /** The channel of each topic. */
  topics,
  from,
  format,
  maxBytes,
  kept: z.boolean().default(false),
  /** With TLS. Another authority than the usual ones: `NODE_EXTRA_CA_CERTS`. */
  ssl: z.boolean().default(false),
  sasl: z
    .strictObject({
      mechanism: z.enum(['plain', 'scram-sha-256', 'scram-sha-512'], 'is plain, scram-sha-256 or scram-sha-512'),
      username: z.string().min(1),
      /** `${KAFKAPASSWORD}`. */
      password: z.string().min(1),
    })
    .optional(),
  /** How long the group waits for a member that says nothing; milliseconds. */
  sessionTimeout: z.int().min(6_000).default(10_000),
  /** How long it may take to stand: a group waits for a member that crashed. Milliseconds. */
  limit: z.int().positive().default(60_000),
});

const mqtt = z.strictObject({
  kind: z.literal('mqtt'),
  name: z.string().min(1).default('mqtt'),
  /** `mqtt://host:1883`; `mqtts:` with TLS, `ws:` and `wss:` over WebSockets. */
  url: z.url({ protocol: /^(?:mqtts?|wss?)$/, error: 'is an address such as mqtt://host:1883' }),
  username: z.string().min(1).optional(),
  password: z.string().min(1).optional(),
  version: z.enum(['3.1.1', '5'], 'is 3.1.1 or 5').default('5'),
  /** How long a connection may say nothing before it is asked whether it lives; seconds, as MQTT has it. */
  keepalive: z.int().min(1).max(65_535).default(15),
  /** Where it is given, the broker keeps what comes while nobody is here. No two clients may have the same at a time. */
  clientId: z.string().min(1).optional(),
  /** The channel of each topic filter's table; `+` and `#` stand for the device. */
  topics: topics
    .refine((all) => Object.keys(all).every(isFilter), 'names topic filters such as plant/+/temperature')
    .refine(
      (all) => new Set(Object.values(all)).size === Object.keys(all).length,
      'gives each topic filter a channel of its own',
    ),
  format,
  maxBytes: z.int().positive().default(4_096),
  /** How many rows a table has at most. */
  devices: z.int().min(1).max(10_000).default(1_000),
  /** A table is published at most so often; milliseconds. */
  period: z.int().min(100).default(1_000),
});

export const sourceSettings = z.discriminatedUnion('kind', [host, postgres, httpJson, redisStream, kafka, mqtt]);

export type SourceSettings = z.output<typeof sourceSettings>;

export type SettingsOf<Kind extends SourceSettings['kind']> = Extract<SourceSettings, { kind: Kind }>;
