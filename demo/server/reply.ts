/** The few ways in which the server answers a plain request. Owns no state. */
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** What a client is told to wait when the server is full or stopping, in seconds. */
export const RETRY_AFTER = '2';

type Headers = Readonly<Record<string, string>>;

export const sendText = (res: ServerResponse, status: number, text: string, headers: Headers = {}): void => {
  res.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(text)),
    'Cache-Control': 'no-store',
    ...headers,
  });
  res.end(text);
};

export const sendJson = (res: ServerResponse, status: number, json: string, headers: Headers = {}): void =>
  sendText(res, status, json, { 'Content-Type': 'application/json; charset=utf-8', ...headers });

export const sendError = (res: ServerResponse, status: number, error: string, headers: Headers = {}): void =>
  sendJson(res, status, JSON.stringify({ error }), headers);

export const notFound = (res: ServerResponse): void => sendText(res, 404, 'Not found\n');

/** Refuses an upgrade: there is no response object yet, only the socket. */
export const refuseUpgrade = (socket: Duplex, status: number, error: string, headers: Headers = {}): void => {
  const body = JSON.stringify({ error });
  const lines = Object.entries({
    Connection: 'close',
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`);
};
