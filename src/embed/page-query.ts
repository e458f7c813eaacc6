/**
 * What the query of the embed page asks for, as a tree of our own elements with attributes that are text. Pure. Which
 * attributes there are it is told by the classes; which addresses are good, by whoever judges them.
 */
import { bad, ok, type Result } from '../kernel/result.js';
import { shorten } from './page-source.js';

/** What a registered class observes. */
export interface Observed {
  readonly attributes: ReadonlySet<string>;
  /** Those that are true by being there. */
  readonly booleans: ReadonlySet<string>;
}

/** An element to be made. */
export interface Piece {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Piece[];
}

export interface Content {
  /** Holds its further sources and the widget. */
  readonly feed: Piece;
  readonly widget: Piece;
  /** What stands below the widget. */
  readonly foot: readonly Piece[];
  /** The document's name. */
  readonly title: string;
  /** Parameters that mean nothing here. */
  readonly unknown: readonly string[];
}

/** How the page is as a whole; it holds for a refusal too. */
export interface Look {
  readonly lang: string | undefined;
  readonly dir: 'ltr' | 'rtl' | 'auto' | undefined;
  readonly timeZone: string | undefined;
  readonly colorScheme: 'light' | 'dark' | 'light dark';
  /** `content`: as high as what it shows, which it tells. `frame`: what it shows fills the frame. */
  readonly height: 'content' | 'frame';
  /** One sentence for each parameter that was not understood. */
  readonly problems: readonly string[];
}

export const WIDGETS: readonly string[] = ['metric-card', 'line-chart', 'connection-indicator', 'pause-button'];

/** Parameters that put a widget below the first, and which. */
const FOOT: ReadonlyMap<string, string> = new Map([
  ['indicator', 'rt-connection-indicator'],
  ['pause-button', 'rt-pause-button'],
]);

/** Parameters that are read by other rules than an attribute's. */
const OWN: ReadonlySet<string> = new Set(
  'widget src series threshold lang dir time-zone color-scheme height'.split(' ').concat(...FOOT.keys()),
);

/** What no parameter may set, whatever a class observes: addresses, what decides about cookies, another feed's id. */
const CLOSED = /^(?:feed|credentials|src|srcset|srcdoc|href|url|action|poster|style|class|id|slot|is|on.*)$/;

const LEVELS: readonly string[] = ['good', 'info', 'warning', 'critical'];

/** A CMS that escapes `&` once more leaves `amp;` before each name but the first. Of a name given twice the first counts. */
export const readParameters = (search: string): readonly (readonly [name: string, value: string])[] =>
  [...new URLSearchParams(search)].map(([name, value]) => [name.replace(/^(?:amp;)+/, ''), value]);

type Parameters = ReturnType<typeof readParameters>;

const first = (parameters: Parameters, name: string): string | undefined =>
  parameters.find(([key]) => key === name)?.[1];

const all = (parameters: Parameters, name: string): readonly string[] =>
  parameters.filter(([key]) => key === name).map(([, value]) => value);

/** A parameter is text, and somebody will write `no-legend=false`. */
const isOn = (value: string): boolean => !['false', '0', 'no', 'off'].includes(value.trim().toLowerCase());

export const readContent = (
  parameters: Parameters,
  observed: (tag: string) => Observed,
  sourceOf: (src: string) => Result<string>,
): Result<Content> => {
  const name = (first(parameters, 'widget') ?? '').trim();
  if (!WIDGETS.includes(name)) {
    const what = name === '' ? 'The parameter widget is missing' : `There is no widget "${shorten(name)}"`;
    return bad(`${what}: allowed is widget= with one of ${WIDGETS.join(', ')}. Nothing is shown.`);
  }
  const sources = readSources(all(parameters, 'src'), sourceOf);
  if (!sources.ok) return sources;
  const [src = '', ...further] = sources.value;

  const tag = `rt-${name}`;
  const { given, unknown } = sort(parameters, { widget: observed(tag), feed: observed('rt-feed') });
  const children = tag === 'rt-line-chart' ? chartChildren(parameters) : [];
  const stray = ['series', 'threshold'].filter(
    (key) => tag !== 'rt-line-chart' && first(parameters, key) !== undefined,
  );
  return ok({
    feed: {
      tag: 'rt-feed',
      attributes: new Map([...given.feed, ['src', src]]),
      children: further.map((text) => piece('rt-source', { src: text })),
    },
    widget: { tag, attributes: given.widget, children },
    foot: [...FOOT]
      .filter(([key, below]) => below !== tag && isWanted(parameters, key))
      .map(([, below]) => piece(below)),
    title: given.widget.get('label') ?? given.widget.get('field') ?? 'Live data',
    unknown: [...unknown, ...stray],
  });
};

const readSources = (
  texts: readonly string[],
  sourceOf: (src: string) => Result<string>,
): Result<readonly string[]> => {
  if (texts.length === 0)
    return bad('The parameter src is missing: it names where the data comes from. Nothing is shown.');
  const sources: string[] = [];
  for (const text of texts) {
    const source = sourceOf(text);
    if (!source.ok) {
      return bad(
        `The address in src is refused: ${source.problem}. Allowed are addresses of the origin that this page comes from, ` +
          'and of those that its file lists in <meta name="rt-origins">. Nothing was asked for.',
      );
    }
    sources.push(source.value);
  }
  return ok(sources);
};

interface Given {
  readonly widget: Map<string, string>;
  readonly feed: Map<string, string>;
}

/** A name that the widget has is the widget's; else it is the feed's; `feed-` before it makes it the feed's in any case. */
const sort = (
  parameters: Parameters,
  known: { readonly widget: Observed; readonly feed: Observed },
): { readonly given: Given; readonly unknown: readonly string[] } => {
  const given: Given = { widget: new Map(), feed: new Map() };
  const unknown = new Set<string>();
  for (const [name, value] of parameters) {
    if (OWN.has(name)) continue;
    const bare = name.replace(/^feed-/, '');
    const owner = CLOSED.test(bare)
      ? undefined
      : known.widget.attributes.has(name)
        ? 'widget'
        : known.feed.attributes.has(bare)
          ? 'feed'
          : undefined;
    if (owner === undefined) unknown.add(name);
    else if (!given[owner].has(bare)) add(given[owner], known[owner], bare, value);
  }
  return { given, unknown: [...unknown] };
};

const add = (to: Map<string, string>, { booleans }: Observed, name: string, value: string): void => {
  if (!booleans.has(name)) to.set(name, value);
  else if (isOn(value)) to.set(name, '');
};

const isWanted = (parameters: Parameters, name: string): boolean => {
  const value = first(parameters, name);
  return value !== undefined && isOn(value);
};

const piece = (tag: string, attributes: Readonly<Record<string, string>> = {}): Piece => ({
  tag,
  attributes: new Map(Object.entries(attributes).filter(([, value]) => value !== '')),
  children: [],
});

/** `series=FIELD LABEL`, `threshold=VALUE LEVEL LABEL`: all but the first word may be left out; a label may have spaces. */
const chartChildren = (parameters: Parameters): readonly Piece[] => [
  ...all(parameters, 'series').map((text) => {
    const [field = '', ...label] = words(text);
    return piece('rt-series', { field, label: label.join(' ') });
  }),
  ...all(parameters, 'threshold').map((text) => {
    const [value = '', ...rest] = words(text);
    const [level = '', ...label] = LEVELS.includes(rest[0] ?? '') ? rest : ['', ...rest];
    return piece('rt-threshold', { value, level, label: label.join(' ') });
  }),
];

const words = (text: string): readonly string[] => text.split(/\s+/).filter(Boolean);

export const readLook = (parameters: Parameters): Look => {
  const problems: string[] = [];
  const read = <T>(name: string, allowed: string, parse: (text: string) => T | undefined): T | undefined => {
    const text = first(parameters, name);
    if (text === undefined || text.trim() === '') return undefined;
    const value = parse(text.trim());
    if (value === undefined) {
      problems.push(
        `The parameter ${name}="${shorten(text)}" is not understood: allowed is ${allowed}; it is left out.`,
      );
    }
    return value;
  };
  const choice = <T>(name: string, values: Readonly<Record<string, T>>): T | undefined =>
    read(name, Object.keys(values).join(', '), (text) => (Object.hasOwn(values, text) ? values[text] : undefined));
  return {
    lang: read('lang', 'a language tag such as en or de-AT', (text) => attempt(() => new Intl.Locale(text).toString())),
    dir: choice<'ltr' | 'rtl' | 'auto'>('dir', { ltr: 'ltr', rtl: 'rtl', auto: 'auto' }),
    timeZone: read('time-zone', 'an IANA time zone such as Europe/Berlin', (text) =>
      attempt(() => new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone),
    ),
    colorScheme:
      choice<Look['colorScheme']>('color-scheme', { light: 'light', dark: 'dark', auto: 'light dark' }) ?? 'light dark',
    height: choice<Look['height']>('height', { content: 'content', frame: 'frame' }) ?? 'content',
    problems,
  };
};

/** `undefined` where the platform refuses. */
const attempt = <T>(action: () => T): T | undefined => {
  try {
    return action();
  } catch {
    return undefined;
  }
};
