/**
 * Static files from public folders. Owns the rule of what may be seen: regular files that really lie inside the folder,
 * reached by plain names. Everything else is not there.
 */
import { constants } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { matchesTag } from './etag.js';
import { authorityOf } from './origin.js';
import { notFound } from './reply.js';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** The names in a URL's path, or undefined where one of them could lead elsewhere. A trailing slash means index.html. */
export const namesIn = (path: string): string[] | undefined => {
  if (/%(?:2f|5c)/i.test(path)) return undefined;
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  if (/[\0\\]/.test(decoded)) return undefined;
  const names = decoded.split('/').slice(1);
  if (names.at(-1) === '') names[names.length - 1] = 'index.html';
  return names.every(isPlain) ? names : undefined;
};

export const sendFile = async (
  req: IncomingMessage,
  res: ServerResponse,
  folder: string,
  path: string,
  stall: number,
): Promise<void> => {
  const names = namesIn(path);
  const file = names && (await openInside(folder, names));
  if (file === undefined) {
    notFound(res);
    return;
  }
  try {
    await sendOpen(req, res, file.handle, file.name, stall);
  } finally {
    await file.handle.close();
  }
};

const sendOpen = async (
  req: IncomingMessage,
  res: ServerResponse,
  handle: FileHandle,
  name: string,
  stall: number,
): Promise<void> => {
  const stat = await handle.stat();
  if (!stat.isFile()) {
    notFound(res);
    return;
  }
  const type = TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream';
  const etag = `W/"${stat.size.toString(36)}-${Math.floor(stat.mtimeMs).toString(36)}"`;
  res.setHeader('ETag', etag);
  res.setHeader('Cache-Control', 'no-cache');
  res.setHeader('Last-Modified', stat.mtime.toUTCString());
  if (type.startsWith('text/html')) res.setHeader('Content-Security-Policy', policyFor(req));
  if (matchesTag(req.headers['if-none-match'], etag)) {
    res.writeHead(304).end();
    return;
  }
  res.writeHead(200, { 'Content-Type': type, 'Content-Length': String(stat.size) });
  if (req.method === 'HEAD' || stat.size === 0) {
    res.end();
    return;
  }
  res.setTimeout(stall); // a reader that stops for so long is cut
  await pipeline(handle.createReadStream({ start: 0, end: stat.size - 1, autoClose: false }), res);
};

/** Links are followed first: what counts is where the file really is. */
const openInside = async (
  folder: string,
  names: readonly string[],
): Promise<{ handle: FileHandle; name: string } | undefined> => {
  try {
    const root = await realpath(folder);
    const name = await realpath(join(root, ...names));
    if (!relative(root, name).split(sep).every(isPlain)) return undefined;
    // Not blocking: a pipe among the files must not hold a thread.
    const handle = await open(name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    return { handle, name };
  } catch {
    return undefined;
  }
};

const isPlain = (name: string): boolean => name !== '' && !name.startsWith('.');

/** Scripts, styles and data from this server alone. The sockets are named, for not every browser counts them as 'self'. */
const policyFor = (req: IncomingMessage): string => {
  const host = authorityOf(req);
  const sockets = host === undefined ? '' : ` ws://${host} wss://${host}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self'${sockets}`,
    "img-src 'self' data:",
    "frame-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
};
