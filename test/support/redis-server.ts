/**
 * A real Redis for tests: finds the program (root on a machine with apt-get gets it installed), starts it on a free port in
 * a folder of its own, and does to it what happens to servers: kills it, pauses it, starts it again with its data or
 * without. Knows nothing of who talks to it.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './program.js';

const PROGRAM = 'redis-server';
const INSTALL = 'apt-get update && apt-get install -y --no-install-recommends redis-server';
const READY = 'Ready to accept connections';
const TAKEN = 'Address already in use';

const works = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

let found: boolean | undefined;

/** Whether there is a Redis to test with; says once, plainly, where there is none. */
export const hasRedis = (): boolean => {
  found ??= works(PROGRAM) || (install() && works(PROGRAM));
  return found;
};

const install = (): boolean => {
  if (process.getuid?.() === 0 && works('apt-get')) {
    console.error(`No ${PROGRAM} yet: installing it with apt-get.`);
    spawnSync('sh', ['-c', INSTALL], { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    return true;
  }
  console.error(`There is no ${PROGRAM}: its tests are skipped. On Debian or Ubuntu, as root: ${INSTALL}.`);
  return false;
};

/** `keeps`: what it was told survives its end, to the last command. */
export interface RedisOptions {
  readonly keeps?: boolean;
  /** More of its command line: `['--maxmemory', '3mb']`. */
  readonly more?: readonly string[];
}

export class RedisServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'rt-redis-'));
  #child: ChildProcess | undefined;
  #port = 0;

  private constructor(private readonly options: RedisOptions) {}

  /** Resolves when it takes connections. */
  static async start(options: RedisOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(options);
    await server.run();
    return server;
  }

  /** A port that nobody listens on, for a Redis that comes later. */
  static async later(options: RedisOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(options);
    server.#port = await freePort();
    return server;
  }

  /** The same for its whole life. */
  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.#port}`;
  }

  /** Starts it, again too: on its port, with the data that it keeps. */
  async run(): Promise<void> {
    for (;;) {
      const port = this.#port === 0 ? await freePort() : this.#port;
      const said = await this.#spawn(port);
      if (said.includes(READY)) {
        this.#port = port;
        return;
      }
      if (!said.includes(TAKEN)) throw new Error(`Redis does not start: ${said}`);
    }
  }

  /** SIGKILL: at once, as by a power cut. Resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Its connections stay open, and nothing is answered until `resume`. */
  pause(): void {
    this.#child?.kill('SIGSTOP');
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
  }

  /** Ends it, and removes what it left. */
  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Resolves with what it said, once it is ready or has ended. */
  #spawn(port: number): Promise<string> {
    const { keeps = false, more = [] } = this.options;
    const saving = keeps ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
    const settings = ['--port', String(port), '--bind', '127.0.0.1', '--dir', this.#folder, '--save', '', ...saving];
    const child = spawn(PROGRAM, [...settings, ...more], { stdio: ['ignore', 'pipe', 'ignore'] });
    const end = (): unknown => child.kill('SIGKILL');
    process.once('exit', end);
    child.once('exit', () => process.off('exit', end));
    this.#child = child;
    return new Promise((resolve, reject) => {
      let said = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes(READY)) resolve(said);
      });
      child.stdout.once('end', () => resolve(said));
      child.once('error', reject);
    });
  }
}
