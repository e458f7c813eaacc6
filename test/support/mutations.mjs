/**
 * Whether the tests of the feed would notice: breaks a copy of `src/` in one place at a time, and runs the seeded
 * schedules and the unit tests of the feed against it. `npm run test:mutations` prints who caught what, and fails where
 * nobody did. Each mutation replaces a text that stands exactly once in its file: where it does not, that is told loudly.
 * The tree itself is never touched.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What is broken, where, and how. */
const MUTATIONS = [
  ['drops the jitter', 'feed/policy.ts', 'base + chance * Math.min(', 'base + Math.min('],
  ['resets the counter too early', 'feed/machine.ts', 'attempt: uptime >= PROOF ? 0 : phase.attempt', 'attempt: 0'],
  [
    'commits ids before the event is complete',
    'transport/sse.ts',
    'textOf(response, wire, true)) parser(text);',
    `textOf(response, wire, true)) {
    for (const [, id] of text.matchAll(/^id: (.*)$/gm)) wire.committed(id ?? '');
    parser(text);
  }`,
  ],
  [
    'subscribes nothing after a socket has opened',
    'feed/connection.ts',
    'for (const channel of this.#channels()) link().send(subscribe(channel, link().replay.resumeOf(channel)));',
    '',
  ],
  ['leaks a socket on close', 'transport/websocket.ts', 'socket.close(code, reason);', 'void [code, reason];'],
  [
    'delivers twice what a stream replays',
    'feed/replay.ts',
    "const seen = this.#see('', id, digest(data));",
    "const seen = this.#see('', id, digest(data)) === 'again' ? 'new' : 'new';",
  ],
  [
    'delivers twice what a WebSocket resumes with',
    'feed/replay.ts',
    "if (this.#see(channel, text, 0) === 'again') return false;",
    'this.#see(channel, text, 0);',
  ],
  [
    'hands on what was held in the wrong order',
    'feed/link.ts',
    'for (const take of held) take();',
    'for (const take of held.reverse()) take();',
  ],
  [
    'carries ids to another source',
    'feed/connection.ts',
    'if (this.#from !== undefined && this.#from !== effect.index && !link.isUnderWay) link.forget();',
    "link.replay.lastEventId = this.links.get(this.#from ?? effect.index)?.replay.lastEventId ?? '';",
  ],
  ['takes no pong for a sign of life', 'feed/machine.ts', 'if (at.lastByte >= phase.pinged) {', 'if (at.now < 0) {'],
  [
    'does not learn from a pong that the server knows the ping',
    'feed/link.ts',
    "if (type === 'pong') this.dispatch({ type: 'ponged' });",
    '',
  ],
  [
    'sleeps through a wake',
    'feed/connection.ts',
    "new SleepWatch(env, () => this.#all({ type: 'woke' }))",
    'new SleepWatch(env, () => undefined)',
  ],
  [
    'takes no silence for death',
    'feed/machine.ts',
    'if (at.hidden) return again(LOOK);',
    'if (at.now > 0) return again(LOOK);',
  ],
  [
    'ignores the server’s hint',
    'feed/machine.ts',
    'const hint = hintOf(failure) ?? facts.retry;',
    'const hint = hintOf(failure) === undefined ? facts.retry : undefined;',
  ],
  [
    'keeps its connection while the page stands still',
    'feed/connection.ts',
    "case 'frozen':\n        return this.#all({ type: 'park' });",
    "case 'frozen':\n        return;",
  ],
  [
    'hands over where there is nobody to hand over to',
    'feed/machine.ts',
    "if (at.hasNext && (failure.kind === 'stalled'",
    "if ((failure.kind === 'stalled'",
  ],
  [
    'sends what has waited before it subscribes',
    'feed/connection.ts',
    'greet: () => {',
    'greet: () => {\n        if (isUsed()) this.#queue.drain((data) => link().send(data));',
  ],
  ['goes on from an old id after another source was used', 'feed/link.ts', 'this.replay = new Replay();', ''],
];

const ROOT = resolve(import.meta.dirname, '../..');
const SCHEDULES = ['test/feed/schedules.test.ts'];
const UNIT = ['test/feed/*.test.ts', '--ignore', 'test/feed/schedules.test.ts'];

/** Runs mocha in `folder` until the first failure; resolves to what it said of it, or `undefined`. */
const fails = (folder, spec) =>
  new Promise((done, broken) => {
    const mocha = join(ROOT, 'node_modules/mocha/bin/mocha.js');
    const options = ['--no-config', '--node-option', 'import=tsx', '--extension', 'ts', '--timeout', '60000', '--bail'];
    const child = spawn(process.execPath, [mocha, ...options, ...spec], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let said = '';
    child.stdout.on('data', (piece) => (said += piece));
    child.once('error', broken);
    child.once('exit', (code) => done(code === 0 ? undefined : said.slice(-4_000)));
  });

/** A copy of what the tests need, with one text replaced in `src/`. */
const copy = (folder, mutation) => {
  for (const name of ['src', 'test']) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  for (const name of ['package.json', 'tsconfig.json']) cpSync(join(ROOT, name), join(folder, name));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  if (mutation === undefined) return;
  const [what, path, from, to] = mutation;
  const file = join(folder, 'src', path);
  const parts = readFileSync(file, 'utf8').split(from);
  if (parts.length !== 2) {
    throw new Error(
      `“${what}”: its text stands ${parts.length - 1} times in src/${path}, and must stand once: ${from}`,
    );
  }
  writeFileSync(file, parts.join(to));
};

const run = async (mutation) => {
  const folder = mkdtempSync(join(tmpdir(), 'rt-widgets-mutation-'));
  try {
    copy(folder, mutation);
    return { schedules: await fails(folder, SCHEDULES), unit: await fails(folder, UNIT) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const mark = (failure) => (failure === undefined ? '—' : 'caught').padEnd(12);

const main = async () => {
  const whole = await run(undefined);
  const failure = whole.schedules ?? whole.unit;
  if (failure !== undefined) {
    console.error(`The tests fail as it is, so a mutation would say nothing:\n${failure}`);
    return 1;
  }
  console.log(`${'schedules'.padEnd(12)}${'unit tests'.padEnd(12)}the feed …`);
  let missed = 0;
  for (const mutation of MUTATIONS) {
    const { schedules, unit } = await run(mutation);
    const isMissed = schedules === undefined && unit === undefined;
    if (isMissed) missed++;
    console.log(`${mark(schedules)}${mark(unit)}${mutation[0]}${isMissed ? '   NOT CAUGHT' : ''}`);
  }
  console.log(`\n${MUTATIONS.length - missed} of ${MUTATIONS.length} mutations caught`);
  return missed === 0 ? 0 : 1;
};

process.exitCode = await main();
