/** Reads the environment: what may be set, its defaults, and one sentence for each mistake. */

export interface Config {
  /** Undefined: the first free one from 8080. */
  readonly port: number | undefined;
  readonly host: string;
  readonly allowedOrigins: readonly string[];
}

const MAX_PORT = 65_535;

/** Throws an `Error` whose message is that sentence. */
export const readConfig = (env: Readonly<Record<string, string | undefined>>): Config => ({
  port: readPort(env['PORT']),
  host: readHost(env['HOST']),
  allowedOrigins: (env['ALLOWED_ORIGINS'] ?? '')
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map(readOrigin),
});

const readHost = (text = ''): string => (text.trim() === '' ? '127.0.0.1' : text.trim());

const readPort = (text = ''): number | undefined => {
  if (text.trim() === '') return undefined;
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : NaN;
  if (port <= MAX_PORT) return port;
  throw new Error(`PORT is a whole number from 0 to ${MAX_PORT} (0: any free one), not ${JSON.stringify(text)}.`);
};

const readOrigin = (text: string): string => {
  if (text === '*') return text;
  const url = URL.canParse(text) && !text.includes('*') ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && text.replace(/\/$/, '').toLowerCase() === url.origin) return url.origin;
  throw new Error(
    `ALLOWED_ORIGINS lists origins such as https://example.org, separated by commas, or *: not ${JSON.stringify(text)}.`,
  );
};
