/** A Mosquitto of a test's own, from the machine's programs: on a free port, in a folder that goes with it. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, programOf, startProgram, type Running } from './program.js';

export interface Mosquitto {
  /** The same for its whole life. */
  readonly port: number;
  /** Starts it, again too: it has forgotten everything. */
  start(): Promise<void>;
  /** Kills it, as a crash would. */
  stop(): Promise<void>;
  /** Its connections stay open, and nothing is answered until `resume`. */
  pause(): void;
  resume(): void;
  /** Stops it, and removes its folder. */
  remove(): Promise<void>;
}

/** It does not run yet. With `users`, nobody else is let in, and each to the topics below its own name alone. */
export const mosquitto = async (users: Readonly<Record<string, string>> = {}): Promise<Mosquitto> => {
  const program = programOf('mosquitto');
  const folder = mkdtempSync(join(tmpdir(), 'mosquitto-'));
  const port = await freePort();
  const config = join(folder, 'mosquitto.conf');
  const passwords = join(folder, 'passwords');
  const rights = join(folder, 'rights');
  writeFileSync(rights, 'pattern readwrite %u/#\n');
  const isOpen = Object.keys(users).length === 0;
  writeFileSync(passwords, '');
  for (const [user, password] of Object.entries(users)) {
    execFileSync(programOf('mosquitto_passwd', 'mosquitto'), ['-b', passwords, user, password], { stdio: 'ignore' });
  }
  const lines = [`listener ${port} 127.0.0.1`, 'persistence false', 'log_dest stderr', 'user root'];
  const access = isOpen
    ? ['allow_anonymous true']
    : ['allow_anonymous false', `password_file ${passwords}`, `acl_file ${rights}`];
  writeFileSync(config, [...lines, ...access, ''].join('\n'));
  let running: Running | undefined;
  const stop = async (): Promise<void> => {
    await running?.kill();
    running = undefined;
  };
  return {
    port,
    stop,
    start: async () => {
      running = await startProgram(program, ['-c', config], /mosquitto version \S+ running/);
    },
    pause: () => running?.child.kill('SIGSTOP'),
    resume: () => running?.child.kill('SIGCONT'),
    remove: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
