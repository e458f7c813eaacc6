/**
 * An entry of the shared log as text, and back: what comes from Redis is untrusted, so each is checked. Pure; knows neither
 * Redis nor the hub.
 */
import { isChannel } from '../hub.js';

/** An event. `from` and `n`: which instance has published it, and the how manieth of its own it is. */
export interface EventEntry {
  readonly kind: 'event';
  readonly id: number;
  readonly at: number;
  readonly from: string;
  readonly n: number;
  readonly channel: string;
  readonly kept: boolean;
  /** JSON text. */
  readonly data: string;
}

export type Entry =
  | EventEntry
  /** Ids go on with this one, and nothing is lost since `after`. */
  | { readonly kind: 'skip'; readonly id: number; readonly after: number }
  /** Something before it is lost: nobody can go on from there. */
  | { readonly kind: 'gap'; readonly id: number }
  /** It has an id, and says nothing that can be understood. */
  | { readonly kind: 'bad'; readonly id: number };

/** The newest id that the entry comes straight after. */
export const before = (entry: Entry): number => (entry.kind === 'skip' ? entry.after : entry.id - 1);

const WHOLE = /^\d{1,16}$/;
const STREAM_ID = /^(\d{1,16})-0$/;
/** The latest time that there is, in milliseconds since the epoch. */
const LATEST = 8.64e15;

export const textOf = ({ from, n, kept, channel, data }: Omit<EventEntry, 'kind' | 'id' | 'at'>): string =>
  ['event', from, String(n), kept ? 'kept' : '', channel, data].join('\n');

/** As it is published, and kept: id, time, entry. Undefined where it has not even an id. */
export const readPublished = (text: string): Entry | undefined => {
  const [[id = '', at = ''], rest] = split(text, 2);
  return readEntry(id, at, rest);
};

/** As the log has it: `['123-0', ['at', '…', 'text', '…']]`. Undefined where it has no id of ours. */
export const readLogged = (value: unknown): { readonly key: string; readonly entry: Entry | undefined } | undefined => {
  if (!Array.isArray(value)) return undefined;
  const [key, fields] = value as readonly unknown[];
  if (typeof key !== 'string') return undefined;
  const [, at, , text] = Array.isArray(fields) ? (fields as readonly unknown[]) : [];
  const id = STREAM_ID.exec(key)?.[1] ?? '';
  return { key, entry: readEntry(id, typeof at === 'string' ? at : '', typeof text === 'string' ? text : '') };
};

const readEntry = (idText: string, atText: string, text: string): Entry | undefined => {
  const [id, at] = [wholeOf(idText), wholeOf(atText)];
  if (id === undefined) return undefined;
  const bad: Entry = { kind: 'bad', id };
  const [[kind, from = '', nText = '', kept, channel], data] = split(text, 5);
  if (kind === 'event') {
    const n = wholeOf(nText);
    if (at === undefined || at > LATEST || n === undefined || !isChannel(channel) || !isJson(data)) return bad;
    return { kind, id, at, from, n, channel, kept: kept === 'kept', data };
  }
  if (text === 'gap') return { kind: 'gap', id };
  const after = text.startsWith('skip\n') ? wholeOf(text.slice('skip\n'.length)) : undefined;
  return after !== undefined && after < id ? { kind: 'skip', id, after } : bad;
};

/** The first lines, and all the rest. */
const split = (text: string, count: number): [readonly string[], string] => {
  const lines: string[] = [];
  let start = 0;
  for (let end = text.indexOf('\n'); end >= 0 && lines.length < count; end = text.indexOf('\n', start)) {
    lines.push(text.slice(start, end));
    start = end + 1;
  }
  return [lines, text.slice(start)];
};

const wholeOf = (text: string): number | undefined => {
  const value = WHOLE.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : undefined;
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
