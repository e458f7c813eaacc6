/**
 * Any HTTP API that answers with JSON: figures by their paths in its answer. Asks with `If-None-Match` where it was given an
 * `ETag`, so that what has not changed is not sent again.
 */
import type { AskedSource, Figures, Value } from '../source.js';
import type { SettingsOf } from './settings.js';

type Settings = SettingsOf<'http-json'>;

/** The most that is read of an answer; bytes. */
const MAX_BYTES = 1_048_576;

export const httpJsonSource = ({ name, url, part, figures, headers, period, limit }: Settings): AskedSource => {
  let last: { readonly etag: string; readonly figures: Figures } | undefined;
  return {
    name,
    part,
    figures: Object.keys(figures),
    period,
    limit,
    async read(signal) {
      const conditional = last === undefined ? {} : { 'If-None-Match': last.etag };
      const response = await fetch(url, {
        signal,
        headers: { Accept: 'application/json', ...headers, ...conditional },
      });
      if (response.status === 304 && last !== undefined) {
        await response.body?.cancel();
        return last.figures;
      }
      if (!response.ok) {
        await response.body?.cancel();
        throw new Error(`answered with ${response.status}`);
      }
      const answer = parse(await textOf(response));
      const found = Object.fromEntries(Object.entries(figures).map(([figure, path]) => [figure, at(answer, path)]));
      const etag = response.headers.get('etag');
      last = etag === null ? undefined : { etag, figures: found };
      return found;
    },
  };
};

/** The text of an answer within bounds: one that goes on for ever is given up. */
const textOf = async ({ body }: Response): Promise<string> => {
  const decoder = new TextDecoder();
  let [text, size] = ['', 0];
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new Error(`the answer is longer than ${MAX_BYTES} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
};

/** What an API says may be private: an error does not quote it. */
const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('the answer is no JSON');
  }
};

/** By own properties alone; null where there is none, or no plain value. */
const at = (answer: unknown, path: string): Value => {
  let value = answer;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean' ? value : null;
};
