/**
 * The server in Python that the page on servers shows, run as it stands there: by Python alone, in a folder with the page
 * that is shown beside it and the build.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { codeBlock } from '../support/markdown.js';
import { expect, test as base } from './fixtures.js';
import { notLive, readCards, watch } from './watching.js';

const PAGE = 'src/SERVER.md';

const python = ['/usr/bin/python3', 'python3'].find((name) => spawnSync(name, ['--version']).status === 0);

const test = base.extend<{ readonly address: string }>({
  address: async ({}, use) => {
    if (python === undefined) throw new Error('There is no Python.');
    const folder = await mkdtemp(join(tmpdir(), 'rt-widgets-python-'));
    await writeFile(join(folder, 'server.py'), codeBlock(PAGE, 'server'));
    await writeFile(join(folder, 'index.html'), codeBlock(PAGE, 'page'));
    await symlink(resolve('dist'), join(folder, 'dist'));
    // Its own log of requests is no news here.
    const child = spawn(python, ['server.py', '0'], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    const exited = once(child, 'exit');
    const [address] = (await Promise.race([
      once(createInterface(child.stdout), 'line'),
      exited.then(() => Promise.reject(new Error('server.py ended before it told its address.'))),
    ])) as [string];
    await use(address);
    child.kill();
    await exited;
    await rm(folder, { recursive: true });
  },
});

test.skip(python === undefined, 'There is no Python here: the server in Python of src/SERVER.md is not run.');

test('the server in Python feeds a page over an event stream and by polling', async ({ page, address }) => {
  const watched = await watch(page);
  await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }));
  await page.goto(address);
  await expect.poll(() => notLive(page)).toEqual([]);
  const [streamed, polled] = await readCards(page);
  for (const card of [streamed, polled]) expect(card?.value).toMatch(/^\d/);
  await expect.poll(async () => (await readCards(page))[0]?.value).not.toBe(streamed?.value);
  await expect.poll(async () => (await readCards(page))[1]?.value).not.toBe(polled?.value);
  expect(watched.faults).toEqual([]);
  expect(watched.said).toEqual([]);
  expect(watched.requests.filter((path) => path === '/events')).toHaveLength(1);
});
