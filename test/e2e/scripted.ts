/**
 * A server that serves the build and a page that the test writes, and whose wire says what the test tells it to: an event
 * stream at `/events`, a WebSocket at `/ws`, and whatever `answers` holds. It runs in the test's own process.
 */
import { createReadStream } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { test as base } from './fixtures.js';

export { expect } from './fixtures.js';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface Scripted {
  /** Without a slash at the end. */
  readonly origin: string;
  /** The page at `/`: what stands in its body. */
  body: string;
  /** What stands in its head. */
  head: string;
  /** How a path is answered; one that is named here is answered so whatever it is. */
  readonly answers: Map<string, Answer>;
  /** How many streams and sockets are open. */
  readonly open: number;
  /** How many streams and sockets have been opened. */
  readonly opened: number;
  /** What each stream and each socket that is opened from now on begins with: JSON of the channel `metrics`. */
  greeting: string | undefined;
  /** Sends a message, whose data is JSON text, over all streams and sockets. */
  say(channel: string, json: string): void;
  /** Sends an unnamed event, or a whole WebSocket message, as it is. */
  raw(text: string): void;
  /** Ends all streams and sockets. */
  hangUp(): void;
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  map: 'application/json',
};

export const HEAD = '<script type="module" src="/dist/rt-widgets.js"></script>';

const pageOf = ({ head, body }: Scripted): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>page</title><link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`;

export const sendText = (response: ServerResponse, type: string, text: string): void => {
  response.writeHead(200, { 'Content-Type': type }).end(text);
};

const named = (channel: string, json: string): string => `event: ${channel}\ndata: ${json}\n\n`;
const envelope = (channel: string, json: string): string => `{"channel":${JSON.stringify(channel)},"data":${json}}`;

const start = async (): Promise<Scripted & { close(): Promise<void> }> => {
  const streams = new Set<ServerResponse>();
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  let opened = 0;

  const stream: Answer = (_request, response) => {
    opened++;
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.flushHeaders();
    streams.add(response);
    response.on('close', () => streams.delete(response));
    if (scripted.greeting !== undefined) response.write(named('metrics', scripted.greeting));
  };
  const answerTo = (path: string): Answer => {
    if (path === '/') return (_request, response) => sendText(response, 'text/html; charset=utf-8', pageOf(scripted));
    if (path === '/events') return stream;
    if (/^\/dist\/[\w./-]+$/.test(path) && !path.includes('..')) {
      return (_request, response) => {
        response.setHeader('Content-Type', TYPES[path.split('.').at(-1) ?? ''] ?? 'application/octet-stream');
        createReadStream(join('dist', path.slice('/dist/'.length)))
          .on('error', () => response.writeHead(404).end())
          .pipe(response);
      };
    }
    return (_request, response) => response.writeHead(404).end();
  };

  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    (scripted.answers.get(path) ?? answerTo(path))(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    const answer = scripted.answers.get('/ws');
    if (answer !== undefined) {
      socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<!doctype html><p>Sign in');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (peer) => {
      opened++;
      peer.on('error', () => undefined);
      if (scripted.greeting !== undefined) peer.send(envelope('metrics', scripted.greeting));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));

  const scripted = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    body: '',
    head: HEAD,
    answers: new Map<string, Answer>(),
    greeting: undefined as string | undefined,
    get open() {
      return streams.size + sockets.clients.size;
    },
    get opened() {
      return opened;
    },
    say(channel: string, json: string) {
      for (const response of streams) response.write(named(channel, json));
      for (const peer of sockets.clients) peer.send(envelope(channel, json));
    },
    raw(text: string) {
      for (const response of streams) response.write(`data: ${text}\n\n`);
      for (const peer of sockets.clients) peer.send(text);
    },
    hangUp() {
      for (const response of streams) response.destroy();
      for (const peer of sockets.clients) peer.terminate();
    },
    close(): Promise<void> {
      scripted.hangUp();
      return new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
  return scripted;
};

export const test = base.extend<{ readonly scripted: Scripted }>({
  scripted: async ({}, use) => {
    const scripted = await start();
    await use(scripted);
    await scripted.close();
  },
});
