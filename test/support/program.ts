/**
 * Programs of the machine that tests run against: finds one, or, as root on a machine with apt-get, installs its package;
 * starts it, waits until it says that it is ready, and ends it. Knows no program by name.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

/** Servers stand in folders that only root has in its path. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];

/** The program's path. Throws, with the command that installs it, where there is none. */
export const programOf = (name: string, packageName = name): string => {
  const found = find(name);
  if (found !== undefined) return found;
  const sentence = `There is no ${name}. On Debian or Ubuntu, as root: apt-get install ${packageName}`;
  if (process.getuid?.() !== 0) throw new Error(sentence);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['update'], { stdio: 'ignore', env });
  execFileSync('apt-get', ['install', '-y', '--no-install-recommends', packageName], { stdio: 'ignore', env });
  const installed = find(name);
  if (installed === undefined) throw new Error(sentence);
  return installed;
};

const find = (name: string): string | undefined =>
  FOLDERS.map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** A port of loopback that nobody listens on now. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

export interface Running {
  readonly child: ChildProcess;
  /** What it said that matched. */
  readonly ready: RegExpExecArray;
  /** SIGKILL: at once, as by a power cut. Resolves when it is gone. */
  kill(): Promise<void>;
}

/** Resolves when what it says, on either output, matches. Rejects where it ends before. */
export const startProgram = (path: string, args: readonly string[], ready: RegExp): Promise<Running> => {
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], cwd: '/' });
  const end = (): unknown => child.kill('SIGKILL');
  process.once('exit', end);
  const gone = once(child, 'close').finally(() => process.off('exit', end));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  return new Promise((resolve, reject) => {
    let said = '';
    let isReady = false;
    const hear = (text: string): void => {
      if (isReady) return; // read on, so that it is never held up
      said += text;
      const match = ready.exec(said);
      if (match === null) return;
      isReady = true;
      resolve({ child, ready: match, kill });
    };
    for (const output of [child.stdout, child.stderr]) output.setEncoding('utf8').on('data', hear);
    gone.then(() => reject(new Error(`${path} does not start: ${said.slice(-500)}`)), reject);
  });
};
