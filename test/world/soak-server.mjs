/**
 * Pours messages into a page as fast as its connection takes them, from a process of its own so that the page is not
 * slowed, and breaks each connection after a while, each time in another way. It prints its address, and does what its
 * parent says: to `pour` so many more messages, which it answers when it has.
 *
 * `/ws` takes arrays of messages; `/events` named events whose data is one sample each.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { WebSocketServer } from 'ws';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const TYPES = { js: 'text/javascript', html: 'text/html; charset=utf-8' };

/** How many are sent at once. */
const BATCH = 250;
/** How often, in milliseconds: a page takes in 60,000 a second with ease, and has time left for its frames. */
const TICK = 4;
/** Nothing is sent while the page has so much to take, in bytes. */
const MOST_WAITING = 256 * 1024;

/** How many have been sent in all, how many are to be, after how many a connection is broken, and how many were. */
const state = { sent: 0, wanted: 0, life: Infinity, broken: 0 };
const began = Date.now();

/** A millisecond apart: a chart's window is full, and turned over, again and again. */
const sample = () => {
  const n = ++state.sent;
  return { n, value: Math.round(Math.sin(n / 1_000) * 1e4) / 100, timestamp: began + n };
};

const tellDone = () => {
  if (state.sent >= state.wanted) process.send({ sent: state.sent, broken: state.broken });
};

/** Keeps one connection supplied until it is broken, by whichever way is next. */
const supply = ({ write, waiting, isOpen, ends }) => {
  let taken = 0;
  const timer = setInterval(() => {
    if (!isOpen()) return clearInterval(timer);
    if (waiting() > MOST_WAITING || state.sent >= state.wanted) return undefined;
    const count = Math.min(BATCH, state.wanted - state.sent);
    write(Array.from({ length: count }, sample));
    taken += count;
    if (taken >= state.life) {
      clearInterval(timer);
      ends[state.broken++ % ends.length]();
    }
    tellDone();
    return undefined;
  }, TICK);
};

/** Every file that the page asks for, read once: a build that is made anew meanwhile changes nothing. */
const files = new Map(
  await Promise.all(
    [
      ['/', fileURLToPath(new URL('soak.html', import.meta.url))],
      ['/soak.js', fileURLToPath(new URL('soak.js', import.meta.url))],
      ...globSync('{rt-widgets.js,chunks/*.js}', { cwd: DIST }).map((name) => [`/dist/${name}`, DIST + name]),
    ].map(async ([path, file]) => [path, { type: TYPES[file.split('.').at(-1)], text: await readFile(file) }]),
  ),
);

const server = createServer((request, response) => {
  const path = request.url.split('?', 1)[0];
  if (path === '/events') {
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.flushHeaders();
    supply({
      write: (samples) =>
        response.write(samples.map((one) => `event: soak\ndata: ${JSON.stringify(one)}\n\n`).join('')),
      waiting: () => response.writableLength,
      isOpen: () => !response.destroyed && !response.writableEnded,
      ends: [() => response.end(), () => response.destroy()],
    });
    return;
  }
  const file = files.get(path);
  if (file === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'Content-Type': file.type }).end(file.text);
});

const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket) => {
  socket.on('error', () => undefined);
  supply({
    write: (samples) => socket.send(JSON.stringify(samples.map((data) => ({ channel: 'soak', data })))),
    waiting: () => socket.bufferedAmount,
    isOpen: () => socket.readyState === socket.OPEN,
    ends: [
      () => socket.terminate(),
      () => socket.close(1001),
      () => socket.close(1012, '{"retryAfter":1}'),
      () => socket.close(1011),
    ],
  });
});

process.on('message', ({ pour, life }) => {
  state.wanted += pour;
  state.life = life;
});
process.once('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
