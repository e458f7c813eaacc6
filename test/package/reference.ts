/**
 * The reference of all elements, as Markdown, made of what is built: the manifest says what there is, the types what is in
 * the detail of an event. Knows nothing of how the elements work. `npm run reference` writes it; a test compares.
 */
import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { globSync } from 'tinyglobby';
import ts from 'typescript';
import type { Declaration, Member, Named } from './manifest.js';

export const REFERENCE = 'src/REFERENCE.md';

/** In the order in which an author meets them. */
const ORDER = [
  'rt-feed',
  'rt-source',
  'rt-connection-indicator',
  'rt-metric-card',
  'rt-line-chart',
  'rt-series',
  'rt-threshold',
  'rt-pause-button',
];

const INTRODUCTION = `# All elements

Made from the elements' own descriptions by \`npm run reference\`: do not edit it here.

- **Attributes** are properties too, in camel case: \`stale-after\` is \`staleAfter\`. All may change at any time.
- **A duration** is a number with a unit: \`250ms\`, \`5s\`, \`10m\`, \`1h\`. A bare number is milliseconds; in \`window\` and \`history\`
  it is a number of samples.
- **Booleans** are true where they stand, whatever their value: leave one away for false.
- **A field** is a path in the data: \`cpu\`, \`infrastructure.cpu_usage\`, \`disks[0].used\`.
- **A value that is not understood** is told once, in the console and as \`rt-error\`; the default holds meanwhile.
- **Events** bubble, and pass shadow roots: one listener on \`document\` hears all.
- **States** are for style sheets: \`rt-metric-card:state(stale) { … }\`. **Parts** too: \`rt-metric-card::part(value) { … }\`.
`;

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
const cell = (text: string): string => oneLine(text).replaceAll('|', '\\|');
const code = (text: string): string => `\`${text}\``;

const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string =>
  [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');

/** A description in two: what it means, and what is said of its default, which is the last sentence. */
const split = ({ description = '', default: named }: Named): readonly [meaning: string, initial: string] => {
  const [, meaning = '', words, none] =
    /^(.*?)(?:\s+Default:? (.*?)\.|\s+None: (.*?)\.)?$/s.exec(oneLine(description)) ?? [];
  const initial = words?.replace(/^`(.*)`$/, '$1') ?? (none === undefined ? '' : `none: ${none}`);
  return [meaning, named === undefined ? initial : code(named)];
};

/** What an author may write: words of a list, a duration, a number, text. */
const values = ({ name, type, default: named = '' }: Named): string => {
  const { text } = type ?? { text: 'string' };
  if (text.includes("'")) return [...text.matchAll(/'([^']*)'/g)].map(([, word = '']) => code(word)).join(' ');
  if (text !== 'string') return text;
  return /^\d+(?:ms|s)$/.test(named) || /-(?:after|window)$|^interval$/.test(name) ? 'duration' : 'text';
};

const attributesOf = ({ attributes = [] }: Declaration): string =>
  table(
    ['attribute', 'values', 'default', 'meaning'],
    attributes.map((each) => {
      const [meaning, initial] = split(each);
      return [code(each.name), values(each), initial, meaning];
    }),
  );

const propertiesOf = (members: readonly Member[]): string =>
  table(
    ['property', 'type', 'meaning'],
    members.map(({ name, type, readonly: fixed, description = '' }) => [
      code(name),
      code(type?.text ?? 'unknown'),
      fixed === true ? `To be read. ${description}` : description,
    ]),
  );

const callOf = ({ name, parameters = [], return: result }: Member): string => {
  const given = parameters.map(
    (one) => `${one.name}${one.optional === true ? '?' : ''}: ${one.type?.text ?? 'unknown'}`,
  );
  return `${name}(${given.join(', ')}): ${result?.type.text ?? 'void'}`;
};

const methodsOf = (members: readonly Member[]): string =>
  table(
    ['method', 'does'],
    members.map((member) => [code(callOf(member)), member.description ?? '']),
  );

const detailOf = ({ type }: Named): string => /<(\w+)>/.exec(type?.text ?? '')?.[1] ?? 'none';

const eventsOf = (events: readonly Named[]): string =>
  table(
    ['event', 'detail', 'when'],
    events.map((event) => [
      code(event.name),
      `[\`${detailOf(event)}\`](#what-is-in-a-detail)`,
      event.description ?? '',
    ]),
  );

const listOf = (title: string, list: readonly Named[], write: (name: string) => string): string =>
  table(
    [title, 'meaning'],
    list.map(({ name, description = '' }) => [write(name), description]),
  );

const propsOf = (list: readonly Named[]): string =>
  table(
    ['custom property', 'default', 'meaning'],
    list.map((each) => [code(each.name), each.default === undefined ? '' : code(each.default), each.description ?? '']),
  );

const sectionOf = (element: Declaration): string => {
  const { tagName = '', description = '', members = [], events = [], slots = [] } = element;
  const own = members.filter((member) => member.static !== true);
  const fields = own.filter(({ kind, attribute }) => kind === 'field' && attribute === undefined);
  // A second way to call what the platform has is not told again.
  const methods = own.filter((member) => member.kind === 'method' && member.description !== undefined);
  const { cssParts = [], cssStates = [], cssProperties = [] } = element;
  const parts: readonly (readonly [list: readonly Named[], text: string])[] = [
    [element.attributes ?? [], attributesOf(element)],
    [fields, propertiesOf(fields)],
    [methods, methodsOf(methods)],
    [events, eventsOf(events)],
    [slots, listOf('slot', slots, (name) => (name === '' ? 'the only one' : code(name)))],
    [cssParts, listOf('part', cssParts, code)],
    [cssStates, listOf('state', cssStates, code)],
    [cssProperties, propsOf(cssProperties)],
  ];
  return [
    `## \`<${tagName}>\``,
    description.split(/\n\n+/).map(oneLine).join('\n\n'),
    ...parts.filter(([list]) => list.length > 0).map(([, text]) => text),
  ].join('\n\n');
};

/** Every exported interface and type of the sources by its name, as it stands there. */
const declared = (): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const path of globSync('src/{elements,kernel,store}/**/*.ts').sort()) {
    const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
    source.forEachChild((node) => {
      if (!ts.isInterfaceDeclaration(node) && !ts.isTypeAliasDeclaration(node)) return;
      found.set(node.name.text, node.getText(source).replace(/^export /, ''));
    });
  }
  return found;
};

/** The types that are named, and those that these name in turn. */
const typesFrom = (names: readonly string[]): string[] => {
  const types = declared();
  const wanted = new Set<string>();
  const want = (name: string): void => {
    const text = types.get(name);
    if (text === undefined || wanted.has(name)) return;
    wanted.add(name);
    for (const [other] of text.matchAll(/\b[A-Z]\w+\b/g)) want(other);
  };
  names.forEach(want);
  return [...wanted].map((name) => types.get(name) ?? '');
};

/** The whole page, as prettier writes it. Throws where an element is built that has no place in the order, or none is built. */
export const writeReference = async (): Promise<string> => {
  const { modules } = JSON.parse(readFileSync('dist/custom-elements.json', 'utf8')) as {
    readonly modules: readonly { readonly declarations: readonly Declaration[] }[];
  };
  const elements = modules.flatMap(({ declarations }) => declarations).filter(({ tagName }) => tagName !== undefined);
  const missing = elements.filter(({ tagName = '' }) => !ORDER.includes(tagName));
  if (missing.length > 0 || elements.length !== ORDER.length)
    throw new Error(
      `The reference has no place for ${missing.map(({ tagName }) => tagName).join(', ') || 'an element'}.`,
    );
  const sorted = [...elements].sort((a, b) => ORDER.indexOf(a.tagName ?? '') - ORDER.indexOf(b.tagName ?? ''));
  const details = typesFrom(sorted.flatMap(({ events = [] }) => events.map(detailOf)));
  const text = [
    INTRODUCTION,
    ORDER.map((tag) => `[\`<${tag}>\`](#${tag})`).join(' · '),
    ...sorted.map(sectionOf),
    '## What is in a detail',
    `\`\`\`ts\n${details.join('\n\n')}\n\`\`\``,
  ].join('\n\n');
  return format(text, { ...(await resolveConfig(REFERENCE)), filepath: REFERENCE });
};
