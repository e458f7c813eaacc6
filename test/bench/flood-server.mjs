/**
 * Floods a page over a WebSocket, from a process of its own so that the page is not slowed. It serves the page too, and
 * prints its address and then, one line of JSON each, what pages report: a browser needs no other link to the outside.
 *
 * `/?rate=10000&seconds=3&shape=single` opens a page and floods it. `shape`: `single` (a message each), `batch` (arrays of
 * messages, one every `every` ms), `bare` (the same with nothing but the number, so that 100,000 fit into one), `data` (messages whose data is an array of samples, likewise).
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';
import { WebSocketServer } from 'ws';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const TYPES = { js: 'text/javascript', html: 'text/html; charset=utf-8' };

/** How often what is due is sent, in milliseconds, where the shape does not say. */
const TICK = 4;

/** Samples are numbered from 1; their times, in microseconds, are spread evenly so that each has its own. */
const sampleAt = (n, started, rate) => {
  const timestamp = Math.round(started * 1_000 + (n / rate) * 1e6);
  return { n, value: Math.round(Math.sin(n / 1_000) * 1e4) / 100, timestamp };
};

const envelope = (data) => ({ channel: 'flood', data });

/** How many samples one WebSocket message may hold, so that none is longer than a feed takes. */
const MOST = { single: 1, batch: 20_000, bare: 100_000, data: 20_000 };

const SHAPES = {
  single: ([sample]) => envelope(sample),
  batch: (samples) => samples.map(envelope),
  bare: (samples) => samples.map(({ n }) => envelope({ n })),
  data: (samples) => envelope(samples),
};

const flood = (socket, { rate, seconds, shape, every }) => {
  const started = Date.now();
  const began = performance.now();
  const total = rate * seconds;
  let sent = 0;
  const send = (value) => socket.send(JSON.stringify(value));
  const tick = () => {
    if (socket.readyState !== socket.OPEN) return clearInterval(timer);
    const due = Math.min(total, Math.floor(((performance.now() - began) / 1_000) * rate));
    const samples = Array.from({ length: due - sent }, (_, index) => sampleAt(sent + index + 1, started, rate));
    for (let at = 0; at < samples.length; at += MOST[shape]) send(SHAPES[shape](samples.slice(at, at + MOST[shape])));
    sent = due;
    if (sent < total) return;
    clearInterval(timer);
    send({ channel: 'end', data: { sent: total } });
  };
  const timer = setInterval(tick, every);
};

const wishesIn = (url) => {
  const query = new URL(url, 'http://localhost').searchParams;
  const number = (name, fallback) => Number(query.get(name) ?? fallback);
  return {
    rate: number('rate', 10_000),
    seconds: number('seconds', 3),
    shape: query.get('shape') ?? 'single',
    every: number('every', TICK),
  };
};

/** Every file that a page may ask for, read once: a build that is made anew meanwhile changes nothing. */
const readFiles = async () => {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const files = { '/': `${here}flood.html`, '/flood.js': `${here}flood.js` };
  for (const name of globSync('{rt-widgets.js,chunks/*.js}', { cwd: DIST })) files[`/dist/${name}`] = DIST + name;
  return new Map(
    await Promise.all(
      Object.entries(files).map(async ([path, file]) => [
        path,
        { type: TYPES[file.split('.').at(-1)], text: await readFile(file) },
      ]),
    ),
  );
};

const textOf = async (request) => {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
};

const files = await readFiles();

const server = createServer(async (request, response) => {
  const path = request.url.split('?', 1)[0];
  if (path === '/report') {
    console.log(await textOf(request));
    response.writeHead(204).end();
    return;
  }
  const file = files.get(path);
  if (file === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'Content-Type': file.type }).end(file.text);
});

const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket, request) => {
  socket.on('error', () => undefined);
  // The feed's first word is its first subscription: it listens.
  socket.once('message', () => flood(socket, wishesIn(request.url)));
});

server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.once('disconnect', () => process.exit());
