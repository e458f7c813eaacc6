/**
 * Which addresses the embed page may read from: those of its own origin, and of the origins that its file lists. Pure;
 * judged after the URL parser, which is what fetch goes by. Knows nothing of the other parameters.
 */
import { bad, ok, type Result } from '../kernel/result.js';

/** Origins as scheme, host and port: `https://example.org`, `wss://example.org:8443`. */
export interface Origins {
  readonly allowed: ReadonlySet<string>;
  /** Entries of the list that name no origin, one sentence each. */
  readonly problems: readonly string[];
}

const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'ws:', 'wss:']);

/** The URL parser takes tabs and line breaks out, and reads a backslash as a slash: nobody writes an address so. */
const NEVER = /[\u0000-\u001f\u007f\\]/;

/** Not `URL.origin`, which is of no use where the document's own is opaque, and is not told for every scheme. */
const originOf = ({ protocol, host }: URL): string => `${protocol}//${host}`;

/**
 * The origins of a page at `address` whose file lists `list`, separated by spaces. A page over HTTP has its own, and that
 * of the WebSocket beside it; one from disk has none. By the address of the file, so that it holds in a sandbox too.
 */
export const readOrigins = (list: string, address: string): Origins => {
  const allowed = new Set<string>();
  const problems: string[] = [];
  const page = new URL(address);
  if (page.protocol === 'http:' || page.protocol === 'https:') {
    const own = originOf(page);
    allowed.add(own).add(own.replace('http', 'ws'));
  }
  for (const entry of list.split(/\s+/).filter(Boolean)) {
    const origin = readEntry(entry);
    if (origin === undefined) {
      problems.push(
        `<meta name="rt-origins"> lists "${shorten(entry)}", which is no origin such as https://api.example.com or wss://api.example.com; it is left out.`,
      );
    } else allowed.add(origin);
  }
  return { allowed, problems };
};

/** An origin written out in full, with nothing behind it but perhaps a slash. */
const readEntry = (entry: string): string | undefined => {
  if (!/^[a-z]+:\/\/[^/\\?#@*]+\/?$/i.test(entry) || !URL.canParse(entry)) return undefined;
  const url = new URL(entry);
  return SCHEMES.has(url.protocol) ? originOf(url) : undefined;
};

/** The whole address that `src` means on a page at `address`. The problem says why it is refused. */
export const readSource = (src: string, address: string, { allowed }: Origins): Result<string> => {
  const text = src.trim();
  if (text === '') return bad('it is empty');
  if (NEVER.test(text)) return bad('it holds a backslash or a control character');
  if (!URL.canParse(text, address)) return bad('it is no URL');
  const url = new URL(text, address);
  if (url.protocol === 'file:') return bad('this page was opened from disk, where it has no origin of its own');
  if (!SCHEMES.has(url.protocol)) return bad(`${shorten(url.protocol)} is not http:, https:, ws: or wss:`);
  if (url.username !== '' || url.password !== '') return bad('it holds a user name or a password');
  const origin = originOf(url);
  if (!allowed.has(origin)) return bad(`${shorten(origin)} is not among the allowed origins`);
  url.hash = '';
  return ok(url.href);
};

/** What is quoted in a sentence is not to fill the frame. */
export const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);
