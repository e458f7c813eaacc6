/** `npm start`, as somebody types it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';

interface Started {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Its exit code, once its output has ended too. */
  readonly ended: Promise<unknown>;
}

const running = new Set<ChildProcess>();

test.afterEach(() => {
  for (const child of running) signal(child, 'SIGKILL');
  running.clear();
});

/** To all that a terminal would send it to: npm, its shell and the server are one group. */
const signal = ({ pid }: ChildProcess, name: NodeJS.Signals): void => {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch {
    // It is gone already.
  }
};

const npmStart = (port: number): Started => {
  const child = spawn('npm', ['start'], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  running.add(child);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(child, 'close').then(([code]: unknown[]) => {
    running.delete(child);
    return code;
  });
  return { child, out: () => out, err: () => err, ended };
};

const ADDRESS = /^http:\/\/127\.0\.0\.1:\d+\/$/gm;

const addressOf = async ({ out }: Started): Promise<string> => {
  await expect.poll(() => out().match(ADDRESS)?.length, { timeout: 60_000 }).toBe(1);
  return out().match(ADDRESS)?.[0] ?? '';
};

test.describe('npm start', () => {
  // A source may have changed since the build: then `npm start` builds first.
  test.setTimeout(90_000);
  test.skip(process.platform === 'win32', 'a console there has no signals of these names');

  test('prints one address, alone on a line, and the page is there; SIGTERM ends it with 0', async () => {
    const started = npmStart(0);
    const address = await addressOf(started);
    expect(await (await fetch(address)).text()).toContain('<rt-feed');
    started.child.kill('SIGTERM');
    expect(await started.ended).toBe(0);
    expect(started.out().match(/https?:/g)).toHaveLength(1);
    await expect(fetch(address)).rejects.toThrow();
  });

  test('ends with 0 on Ctrl-C, which goes to npm and to the server at once', async () => {
    const started = npmStart(0);
    const address = await addressOf(started);
    signal(started.child, 'SIGINT');
    expect(await started.ended).toBe(0);
    await expect(fetch(address)).rejects.toThrow();
  });

  test('says in one sentence that the port is taken, prints no address, and ends with 1', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const started = npmStart(port);
    expect(await started.ended).toBe(1);
    const said = started
      .err()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('npm '));
    expect(said).toEqual([expect.stringMatching(new RegExp(`^Port ${port} is taken: [^.]*\\.$`))]);
    expect(started.out()).not.toMatch(ADDRESS);
    taken.close();
  });
});
