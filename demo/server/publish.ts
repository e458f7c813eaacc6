/** `POST /api/publish/{channel}`: takes a JSON body, within bounds and from this machine alone, and hands it to the broker. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bounds } from './bounds.js';
import { Unpublished, type Broker, type Published } from './broker.js';
import type { Clock } from './clock.js';
import { isChannel } from './hub.js';
import { isLocal, type Origins } from './origin.js';
import { RETRY_AFTER, notFound, sendError, sendJson } from './reply.js';

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

export interface Publishing {
  readonly broker: Broker;
  readonly origins: Origins;
  readonly bounds: Pick<Bounds, 'bodyBytes' | 'publishWait'>;
  readonly clock: Clock;
}

/** `name` is the path's last part, still encoded. */
export const publish = async (
  req: IncomingMessage,
  res: ServerResponse,
  name: string,
  { broker, origins, bounds, clock }: Publishing,
): Promise<void> => {
  const { bodyBytes } = bounds;
  // What is still coming of a refused body is thrown away by the HTTP server, for as long as a request may take.
  const refuse = (status: number, error: string): void => sendError(res, status, error);
  if (name === '' || name.includes('/')) return notFound(res);
  if (!isLocal(req)) return refuse(403, 'publishing is open to this machine alone');
  if (!origins.isOwn(req)) return refuse(403, 'publishing is open to pages of this server alone');
  const channel = decode(name);
  if (!isChannel(channel)) return refuse(400, 'a channel is 1 to 128 characters, none of them a control character');
  if (!JSON_TYPE.test(req.headers['content-type'] ?? '')) return refuse(415, 'send Content-Type: application/json');
  const body = await readBody(req, bodyBytes);
  if (body === undefined) return refuse(413, `a body may have ${bodyBytes} bytes`);
  const data = jsonText(body);
  if (data === undefined) return refuse(400, 'the body is not JSON in UTF-8');
  const limit = broker.state === 'degraded' ? 0 : bounds.publishWait;
  const done = await within(limit, clock, published(broker, channel, data));
  if (done instanceof Unpublished) sendError(res, 503, done.message, { 'Retry-After': RETRY_AFTER });
  else sendJson(res, 202, JSON.stringify(done ?? { queued: true }));
};

const published = async (broker: Broker, channel: string, data: string): Promise<Published | Unpublished> => {
  try {
    return await broker.publish(channel, data);
  } catch (error) {
    if (error instanceof Unpublished) return error;
    throw error;
  }
};

/** Undefined where it takes longer: it goes on. */
const within = async <T>(ms: number, clock: Clock, work: Promise<T>): Promise<T | undefined> => {
  let stop = (): void => undefined;
  const late = new Promise<undefined>((resolve) => (stop = clock.after(ms, () => resolve(undefined))));
  try {
    return await Promise.race([work, late]);
  } finally {
    stop();
  }
};

const decode = (name: string): string | undefined => {
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
};

/** The whole body, or undefined as soon as it is past the limit. Rejects when the client goes away. */
const readBody = async (req: IncomingMessage, limit: number): Promise<Buffer | undefined> => {
  if (Number(req.headers['content-length'] ?? 0) > limit) return undefined;
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    req.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else resolve(undefined);
    });
    req.on('end', () => resolve(Buffer.concat(chunks)));
    req.on('error', reject);
  });
};

/** The text as it was sent, once it has proved to be JSON: nothing is written anew, so nothing is lost. */
const jsonText = (body: Buffer): string | undefined => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body).trim();
    JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
};
