/** A PostgreSQL of a test's own, from the machine's programs: on a free port, in a folder that goes with it. */
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './program.js';

const run = promisify(execFile);
const INSTALLED = '/usr/lib/postgresql';

const binaries = (): string => {
  if (!existsSync(INSTALLED)) {
    if (process.getuid?.() !== 0) throw new Error('PostgreSQL is not installed: apt-get install postgresql');
    execFileSync('apt-get', ['update'], { stdio: 'ignore' });
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql'], { stdio: 'ignore' });
  }
  const [version] = readdirSync(INSTALLED).sort((a, b) => Number(b) - Number(a));
  return join(INSTALLED, version ?? '', 'bin');
};

export interface Postgres {
  readonly port: number;
  /** Of the owner of everything. */
  readonly url: string;
  /** Kills it, as a crash would. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it, and removes its folder. */
  remove(): Promise<void>;
}

/** It refuses to run as root: root lends it the user that its package made. */
export const startPostgres = async (): Promise<Postgres> => {
  const bin = binaries();
  const folder = mkdtempSync(join(tmpdir(), 'postgres-'));
  const data = join(folder, 'data');
  const isRoot = process.getuid?.() === 0;
  if (isRoot) execFileSync('chown', ['postgres:postgres', folder]);
  chmodSync(folder, 0o700);
  const as = (program: string, ...args: string[]): Promise<unknown> => {
    const command = [join(bin, program), ...args];
    const [first = '', ...rest] = isRoot
      ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups', ...command]
      : command;
    return run(first, rest, { cwd: '/' });
  };
  await as('initdb', '-D', data, '-U', 'test', '-A', 'trust', '--locale=C.UTF-8', '--no-sync');
  const port = await freePort();
  const options = `-p ${port} -h 127.0.0.1 -k '' -c fsync=off -c shared_preload_libraries=pg_stat_statements`;
  const start = async (): Promise<void> => {
    await as('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start');
  };
  const stop = async (): Promise<void> => {
    await as('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop');
  };
  await start();
  const remove = async (): Promise<void> => {
    await stop().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  };
  return { port, url: `postgres://test@127.0.0.1:${port}/postgres`, stop, start, remove };
};
