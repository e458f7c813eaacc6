/**
 * What each kind of source may be told, as the configuration's file says it. Loads no source, and none of their libraries.
 * A name that is not known is a mistake: misspelt, it would else be silence.
 */
import { z } from 'zod';

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

export const sourceSettings = z.discriminatedUnion('kind', [host, postgres, httpJson]);

export type SourceSettings = z.output<typeof sourceSettings>;

export type SettingsOf<Kind extends SourceSettings['kind']> = Extract<SourceSettings, { kind: Kind }>;
