/**
 * PostgreSQL's own figures (`database`), and the answers to SQL that the configuration holds (`business`). The rate and the
 * ratio are of the time since the last reading. A reader needs `pg_monitor` to see the queries of others.
 */
import pg from 'pg';
import type { AskedSource, Figures } from '../source.js';
import type { SourceContext } from './kinds.js';
import type { SettingsOf } from './settings.js';

type Settings = SettingsOf<'postgres'>;

/** One row; `calls` is null where pg_stat_statements is not there, and transactions are counted instead. */
const STATE = `
  select
    (select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()) as connections,
    (select count(*) from pg_stat_activity
      where state = 'active' and backend_type = 'client backend' and pid <> pg_backend_pid()
        and query_start < clock_timestamp() - make_interval(secs => $1::float8 / 1000)) as slow,
    sum(blks_hit) as hit, sum(blks_read) as read, sum(xact_commit + xact_rollback) as transactions,
    extract(epoch from clock_timestamp()) as at
  from pg_stat_database`;

const CALLS = 'select sum(calls) as calls from pg_stat_statements';
const HAS_CALLS = `select exists (select from pg_extension where extname = 'pg_stat_statements') as there`;

interface Reading {
  readonly at: number;
  readonly queries: number;
  /** Whether they were statements or transactions. */
  readonly unit: 'calls' | 'transactions';
  readonly hit: number;
  readonly read: number;
}

/** Two sources, `database` and, where there is SQL for it, `business`: one that is slow leaves the other alone. */
export const postgresSources = (settings: Settings, { log }: SourceContext): AskedSource[] => {
  const { name, business, url, limit } = settings;
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'rt-widgets',
    max: 2,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: limit,
    statement_timeout: limit,
  });
  // One that was idle and lost its server: the next reading opens another, or says what is wrong.
  pool.on('error', (error) => log(`source ${name}: ${error.message}`));
  const database = databaseSource(settings, pool);
  if (Object.keys(business).length === 0) return [database];
  return [database, businessSource(settings, pool)];
};

const databaseSource = ({ name, period, limit, slow }: Settings, pool: pg.Pool): AskedSource => {
  let before: Reading | undefined;
  return {
    name,
    part: 'database',
    figures: ['connections', 'queries_per_second', 'slow_queries', 'cache_hit_ratio'],
    period,
    limit,
    read: (signal) =>
      withClient(pool, signal, async (client) => {
        const state = await one(client, STATE, [slow]);
        const calls = await callsOf(client);
        const now: Reading = {
          at: numberOf(state['at']),
          queries: calls ?? numberOf(state['transactions']),
          unit: calls === undefined ? 'transactions' : 'calls',
          hit: numberOf(state['hit']),
          read: numberOf(state['read']),
        };
        const figures = {
          connections: numberOf(state['connections']),
          slow_queries: numberOf(state['slow']),
          queries_per_second: before === undefined ? null : rateOf(before, now),
          cache_hit_ratio: ratioOf(before, now),
        };
        before = now;
        return figures;
      }),
    close: () => pool.end(),
  };
};

const businessSource = ({ name, business, businessPeriod, limit }: Settings, pool: pg.Pool): AskedSource => ({
  name: `${name} business`,
  part: 'business',
  figures: Object.keys(business),
  period: businessPeriod,
  limit,
  read: (signal) =>
    withClient(pool, signal, async (client) => {
      const figures: Record<string, Figures[string]> = {};
      for (const [figure, sql] of Object.entries(business)) {
        const [value] = Object.values(await one(client, sql));
        // No row's sum is null: a figure that is not there, and no mistake.
        figures[figure] = value === null || value === undefined ? null : numberOf(value);
      }
      return figures;
    }),
});

/** Statements run so far; undefined where they are not counted, or not for us to see. */
const callsOf = async (client: pg.PoolClient): Promise<number | undefined> => {
  if ((await one(client, HAS_CALLS))['there'] !== true) return undefined;
  try {
    return numberOf((await one(client, CALLS))['calls']);
  } catch {
    return undefined; // installed, and not loaded
  }
};

const rateOf = (before: Reading, now: Reading): number | null => {
  const seconds = now.at - before.at;
  const count = now.queries - before.queries;
  // Counters that went back were reset: nothing is known of the time between.
  return before.unit !== now.unit || seconds <= 0 || count < 0 ? null : Math.round((count / seconds) * 100) / 100;
};

/** From 0 to 1: of the time since the last reading, or, where nothing was read in it, of all. */
const ratioOf = (before: Reading | undefined, now: Reading): number | null => {
  const since = before !== undefined && now.hit >= before.hit && now.read >= before.read ? before : undefined;
  const hit = now.hit - (since?.hit ?? 0);
  const all = hit + now.read - (since?.read ?? 0);
  if (all === 0) return since === undefined ? null : ratioOf(undefined, now);
  return Math.round((hit / all) * 10_000) / 10_000;
};

/** A reading that is given up takes its connection with it: what runs on it is not ours to wait for. */
const withClient = async (
  pool: pg.Pool,
  signal: AbortSignal,
  read: (client: pg.PoolClient) => Promise<Figures>,
): Promise<Figures> => {
  const client = await pool.connect();
  let released = false;
  const release = (destroy: boolean): void => {
    if (released) return;
    released = true;
    client.release(destroy);
  };
  const giveUp = (): void => release(true);
  // The connection may break while nobody waits for an answer on it.
  client.on('error', giveUp);
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    const figures = await read(client);
    release(false);
    return figures;
  } catch (error) {
    // An answer that is an error leaves the connection whole; anything else does not.
    release(!(error instanceof pg.DatabaseError));
    throw error;
  } finally {
    client.off('error', giveUp);
    signal.removeEventListener('abort', giveUp);
  }
};

const one = async (
  client: pg.PoolClient,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Readonly<Record<string, unknown>>> => {
  const { rows } = await client.query<Record<string, unknown>>(sql, [...values]);
  const [row] = rows;
  if (row === undefined) throw new Error('a statement gave no row');
  return row;
};

/** `bigint` and `numeric` come as text: they may hold more than a number can. */
const numberOf = (value: unknown): number => {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof found !== 'number' || !Number.isFinite(found)) throw new Error('a statement gave what is no number');
  return found;
};
