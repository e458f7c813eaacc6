/**
 * Opens a page that a process of its own floods, and gives what the page reports. The page is opened by the browser's own
 * protocol and then left alone: a driver that listens to its network would cost it half of what it can take in.
 */
import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('flood-server.mjs', import.meta.url));

/** How long a page may take, beyond what the flood itself lasts. Milliseconds. */
const LIMIT = 40_000;

export const startFlood = async (browser) => {
  const child = fork(SERVER, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const origin = (await lines.next()).value;
  const session = await browser.newBrowserCDPSession();

  const run = async ({ rate, seconds, shape, every }) => {
    const query = new URLSearchParams({ rate, seconds, shape, ...(every === undefined ? {} : { every }) });
    const url = `${origin}/?${query}`;
    const { targetId } = await session.send('Target.createTarget', { url, newWindow: true });
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`The page ${url} has reported nothing.`)), seconds * 1_000 + LIMIT);
    });
    try {
      return JSON.parse((await Promise.race([lines.next(), late])).value);
    } finally {
      clearTimeout(timer);
      await session.send('Target.closeTarget', { targetId });
    }
  };
  const stop = async () => {
    await session.detach();
    child.kill();
  };
  return { run, stop };
};
