/**
 * What may be set, by one JSON file (`RT_CONFIG` names it) and by the environment, which goes before the file: its defaults,
 * its checks, and one sentence for each mistake. Secrets stay out of the file: `"${NAME}"` in it is that variable's value.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { sourceSettings } from './sources/settings.js';

type Environment = Readonly<Record<string, string | undefined>>;

const MAX_PORT = 65_535;
const REDIS_PREFIX = 'rt:';
const VARIABLE = /\$\{([^}]*)\}/g;

const origin = z.string().transform((text, context) => {
  const found = originOf(text);
  if (found !== undefined) return found;
  context.addIssue({ code: 'custom', message: 'is an origin such as https://example.org, or *' });
  return z.NEVER;
});

const REDIS_PROTOCOLS = ['redis:', 'rediss:'];
const NO_REDIS = 'is an address such as redis://127.0.0.1:6379, or rediss://… for TLS';

const isRedis = (text: string): boolean => URL.canParse(text) && REDIS_PROTOCOLS.includes(new URL(text).protocol);

const redis = z.strictObject({
  /** May hold a password: `redis://user:${NAME}@host:6379`. */
  url: z.string().refine(isRedis, NO_REDIS),
  /** What all keys begin with: instances that share it, and Redis, are joined. */
  prefix: z
    .string()
    .regex(/^[\w:.{}-]{1,64}$/, 'has 1 to 64 of the characters A-Z a-z 0-9 _ : . { } -')
    .default(REDIS_PREFIX),
});

/** A name that is not known is a mistake: misspelt, it would else be silence. */
const settings = z.strictObject({
  port: z.int().min(0).max(MAX_PORT).optional(),
  host: z.string().min(1).default('127.0.0.1'),
  allowedOrigins: z.array(origin).readonly().default([]),
  /** What is read beside the server's own counters. */
  sources: z
    .array(sourceSettings)
    .readonly()
    .default([{ kind: 'host' }]),
  /** What joins this instance with others. */
  redis: redis.optional(),
});

export interface Config extends Readonly<z.output<typeof settings>> {
  /** Undefined: the first free one from 8080. */
  readonly port?: number | undefined;
}

/** Throws an `Error` whose message is one sentence a mistake, a line each. `read` gives a file's text, or throws. */
export const readConfig = (env: Environment, read: (path: string) => string = readText): Config => {
  const path = env['RT_CONFIG']?.trim() ?? '';
  const file = path === '' ? {} : parseFile(path, read(path), env);
  const port = readPort(env['PORT']);
  const host = env['HOST']?.trim() ?? '';
  const allowedOrigins = readOrigins(env['ALLOWED_ORIGINS']);
  const found = check(path, file);
  const redisUrl = readRedis(env['REDIS_URL']);
  return {
    ...found,
    ...(port !== undefined && { port }),
    ...(host !== '' && { host }),
    ...(allowedOrigins.length > 0 && { allowedOrigins }),
    ...(redisUrl !== undefined && { redis: { prefix: REDIS_PREFIX, ...found.redis, url: redisUrl } }),
  };
};

const check = (path: string, value: unknown): z.output<typeof settings> => {
  const result = settings.safeParse(value);
  if (result.success) return result.data;
  const sentences = result.error.issues.map(
    ({ path: at, message }) => `${path}: ${at.length === 0 ? 'the file' : at.join('.')}: ${message}.`,
  );
  throw new Error(sentences.join('\n'));
};

const parseFile = (path: string, text: string, env: Environment): unknown => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is no JSON: ${error instanceof Error ? error.message : ''}`);
  }
  return filledIn(path, value, env);
};

/** Every text of the file with its variables replaced; one that is not set is a mistake. */
const filledIn = (path: string, value: unknown, env: Environment): unknown => {
  if (typeof value === 'string') {
    return value.replace(VARIABLE, (_, name: string) => {
      const found = env[name];
      if (found === undefined) throw new Error(`${path} wants the variable ${name}, which is not set.`);
      return found;
    });
  }
  if (Array.isArray(value)) return value.map((each) => filledIn(path, each, env));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, filledIn(path, each, env)]));
};

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`RT_CONFIG names ${path}, which cannot be read: ${error instanceof Error ? error.message : ''}`);
  }
};

const readPort = (text = ''): number | undefined => {
  if (text.trim() === '') return undefined;
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : NaN;
  if (port <= MAX_PORT) return port;
  throw new Error(`PORT is a whole number from 0 to ${MAX_PORT} (0: any free one), not ${JSON.stringify(text)}.`);
};

/** What was set is not told: it may hold a password. */
const readRedis = (text = ''): string | undefined => {
  const url = text.trim();
  if (url === '') return undefined;
  if (isRedis(url)) return url;
  throw new Error(`REDIS_URL ${NO_REDIS}.`);
};

const readOrigins = (text = ''): readonly string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => {
      const found = originOf(each);
      if (found !== undefined) return found;
      throw new Error(
        `ALLOWED_ORIGINS lists origins such as https://example.org, separated by commas, or *: not ${JSON.stringify(each)}.`,
      );
    });

const originOf = (text: string): string | undefined => {
  if (text === '*') return text;
  const url = URL.canParse(text) && !text.includes('*') ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) return undefined;
  return text.replace(/\/$/, '').toLowerCase() === url.origin ? url.origin : undefined;
};
