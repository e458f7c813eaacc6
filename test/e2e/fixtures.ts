/**
 * What every end to end test starts from: the demo server as a process of its own, on a port that the system chose.
 * `page.goto('/')` is the demo page.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test as base } from '@playwright/test';

export { expect } from '@playwright/test';

export interface DemoServer {
  /** Without a slash at the end. */
  readonly origin: string;
  readonly process: ChildProcess;
  /** Ends it as Ctrl-C would, and resolves to its exit code. */
  stop(): Promise<number | null>;
}

const START_LIMIT = 20_000;
const STOP_LIMIT = 10_000;

const addressOf = async (child: ChildProcess): Promise<string> => {
  if (child.stdout === null) throw new Error('The demo server has no output to read its address from.');
  const lines: string[] = [];
  const late = setTimeout(() => child.kill('SIGKILL'), START_LIMIT);
  try {
    const reader = createInterface(child.stdout);
    for await (const line of reader) {
      if (/^https?:\/\/\S+$/.test(line)) return line.replace(/\/$/, '');
      lines.push(line);
    }
  } finally {
    clearTimeout(late);
    child.stdout.resume();
  }
  throw new Error(`The demo server ended, or told no address within ${START_LIMIT / 1000} s:\n${lines.join('\n')}`);
};

/** Starts a demo server of one's own, for a test that stops it or sets its environment. */
export const startDemo = async (env: Readonly<Record<string, string>> = {}): Promise<DemoServer> => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'demo/server/main.ts'], {
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = async (): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, 'exit');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(late);
    return child.exitCode;
  };
  return { origin: await addressOf(child), process: child, stop };
};

export const test = base.extend<object, { readonly server: DemoServer }>({
  server: [
    async ({}, use) => {
      const server = await startDemo();
      await use(server);
      await server.stop();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ server }, use) => use(server.origin),
});
