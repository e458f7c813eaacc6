/** PostgreSQL as a source: a real one, with real tables, and what happens when it dies. */
import { expect } from 'chai';
import pg from 'pg';
import { postgresSources } from '../../demo/server/sources/postgres.js';
import { sourceSettings, type SettingsOf } from '../../demo/server/sources/settings.js';
import type { AskedSource, Figures } from '../../demo/server/source.js';
import { startPostgres, type Postgres } from '../support/postgres.js';

const settingsOf = (more: Record<string, unknown>): SettingsOf<'postgres'> =>
  sourceSettings.parse({ kind: 'postgres', ...more }) as SettingsOf<'postgres'>;

const BUSINESS = {
  orders: 'select count(*) from orders where placed::date = current_date',
  revenue: 'select coalesce(sum(amount), 0) from orders where placed::date = current_date',
  new_users: 'select count(*) from users where joined::date = current_date',
  conversion:
    'select (select count(*) from orders where placed::date = current_date)::float8 / nullif((select count(*) from visits where day = current_date), 0)',
  biggest: 'select max(amount) from orders where placed::date > current_date',
};

describe('PostgreSQL as a source', function () {
  this.timeout(60_000);
  let server: Postgres;
  let owner: pg.Client;
  const open: AskedSource[] = [];
  const told: string[] = [];

  before(async () => {
    server = await startPostgres();
    owner = new pg.Client(server.url);
    owner.on('error', () => undefined);
    await owner.connect();
    await owner.query(`
      create extension pg_stat_statements;
      create table orders (amount numeric, placed timestamptz default now());
      create table users (joined timestamptz default now());
      create table visits (day date default current_date);
      insert into orders values (12.5, now()), (7.25, now()), (100, now() - interval '2 days');
      insert into users select now() from generate_series(1, 3);
      insert into visits select current_date from generate_series(1, 8);
      create role reader login password 'secret';
      grant pg_monitor to reader;
      grant select on orders, users, visits to reader;`);
  });

  afterEach(async () => {
    await Promise.all(open.splice(0).map(async (source) => source.close?.()));
    told.length = 0;
  });

  after(async () => {
    await owner.end().catch(() => undefined);
    await server.remove();
  });

  const openSources = (more: Record<string, unknown> = {}): readonly [AskedSource, AskedSource | undefined] => {
    const url = `postgres://reader:secret@127.0.0.1:${server.port}/postgres`;
    const [database, business] = postgresSources(settingsOf({ url, ...more }), { log: (line) => told.push(line) });
    if (database === undefined) throw new Error('no source');
    open.push(database);
    return [database, business];
  };
  const read = (source: AskedSource | undefined, signal = new AbortController().signal): Promise<Figures> =>
    source === undefined ? Promise.reject(new Error('no such source')) : source.read(signal);

  it('counts connections, queries a second, slow ones and hits of its cache', async () => {
    const [database] = openSources({ slow: 50 });
    const first = await read(database);
    expect(first['queries_per_second']).to.equal(null);
    expect(first['connections']).to.equal(1);

    const others = await Promise.all(
      [1, 2].map(async () => {
        const client = new pg.Client(server.url);
        await client.connect();
        return client;
      }),
    );
    for (let i = 0; i < 50; i += 1) await owner.query('select count(*) from orders');
    const slow = others[0]?.query('select pg_sleep(0.6)');
    await others[1]?.query('select pg_sleep(0.2)');
    const second = await read(database);
    await slow;
    await Promise.all(others.map((client) => client.end()));
    expect(second['connections']).to.equal(3);
    expect(second['slow_queries']).to.equal(1);
    expect(second['queries_per_second']).to.be.a('number').above(10);
    expect(second['cache_hit_ratio']).to.be.a('number').within(0.5, 1);
  });

  it('answers what the configuration asks of the business, exactly', async () => {
    const [, business] = openSources({ business: BUSINESS });
    expect(await read(business)).to.deep.equal({
      orders: 2,
      revenue: 19.75,
      new_users: 3,
      conversion: 0.25,
      biggest: null,
    });
    await owner.query('insert into orders values (0.25)');
    expect(await read(business)).to.deep.include({ orders: 3, revenue: 20 });
  });

  it('says which statement gives no number, and goes on with the next reading', async () => {
    const [database, business] = openSources({ business: { a: "select 'text'" } });
    const sentence = await read(business).catch(String);
    expect(sentence).to.equal('Error: a statement gave what is no number');
    const wrong = openSources({ business: { a: 'select nonsense' } })[1];
    expect(await read(wrong).catch(String)).to.match(/column "nonsense" does not exist/);
    expect((await read(database))['connections']).to.be.a('number');
  });

  it('lets go of a statement that hangs, and of its connection', async () => {
    const [database, business] = openSources({ limit: 400, business: { a: 'select 1 from pg_sleep(30)' } });
    const began = performance.now();
    expect(await read(business).catch(String)).to.match(/statement timeout|terminated|Connection/i);
    expect(performance.now() - began).to.be.below(2_000);
    expect(await read(business, AbortSignal.timeout(100)).catch(String)).to.be.a('string');
    expect((await read(database))['connections']).to.be.a('number');
  });

  it('server fault 23: PostgreSQL dies and returns: told without the password, read again', async () => {
    const [database] = openSources();
    await read(database);
    await server.stop();
    const sentence = await read(database).catch(String);
    expect(sentence).to.be.a('string').and.not.include('secret');
    await server.start();
    expect((await read(database))['connections']).to.be.a('number');
    expect(told.join()).not.to.include('secret');
    expect(told.length).to.be.below(3);
  });
});
