/**
 * The public surface, a line for each name that somebody may rely on, read from what is built. What of it counts as breaking
 * is told in src/VERSIONING.md; the lines that have been promised are kept in public-surface.json.
 */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { PORT_VERSION } from '../../src/controllers/feed-port.js';
import type { Declaration, Named } from './manifest.js';

export const STORED = 'test/package/public-surface.json';

const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

const ofElement = (element: Declaration): string[] => {
  const { tagName = '' } = element;
  const each = <T extends Named>(list: readonly T[] | undefined, line: (one: T) => string): string[] =>
    (list ?? []).map((one) => `<${tagName}> ${line(one)}`);
  return [
    ...each(element.attributes, (one) => `attribute ${one.name}, default ${one.default ?? 'in words'}`),
    ...each(element.members, (one) => {
      const what = one.kind === 'method' ? 'method' : one.readonly === true ? 'property, read' : 'property';
      return `${one.static === true ? 'static ' : ''}${what} ${one.name}`;
    }),
    ...each(element.events, (one) => `event ${one.name}: ${one.type?.text ?? ''}`),
    ...each(element.slots, (one) => `slot ${one.name === '' ? '(default)' : one.name}`),
    ...each(element.cssParts, (one) => `::part(${one.name})`),
    ...each(element.cssStates, (one) => `:state(${one.name})`),
    ...each(element.cssProperties, (one) => `custom property ${one.name}`),
  ];
};

/** What is exported, the members of its interfaces, and the texts that are allowed where only some are. */
const ofExports = (file: string): string[] => {
  const program = ts.createProgram([file], { skipLibCheck: true, module: ts.ModuleKind.NodeNext, types: [] });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (module === undefined) throw new Error(`${file} exports nothing: build it first.`);
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const line = `'rt-widgets' exports ${exported.name}`;
    // A class is an element: its members are named there.
    if (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Value)) return [line];
    const type = checker.getDeclaredTypeOfSymbol(symbol);
    const texts = type.isUnion() ? type.types.flatMap((one) => (one.isStringLiteral() ? [one.value] : [])) : [];
    const members = type.isUnion() ? [] : checker.getPropertiesOfType(type).map(({ name }) => name);
    const isOwn = type.isClassOrInterface();
    return [
      line,
      ...texts.map((text) => `${exported.name} may be '${text}'`),
      ...(isOwn ? members.map((name) => `${exported.name} has ${name}`) : []),
    ];
  });
};

/** Scripts by their names in dist/, but not chunks: those are found by the scripts alone. */
const ofScripts = (): string[] =>
  Object.keys(json('dist/integrity.json') as object)
    .filter((name) => !name.startsWith('chunks/'))
    .map((name) => `file dist/${name}`);

/** Every line, in order. */
export const readSurface = (): string[] => {
  const { modules } = json('dist/custom-elements.json') as {
    readonly modules: readonly { readonly declarations: readonly Declaration[] }[];
  };
  const elements = modules.flatMap(({ declarations }) => declarations).filter(({ tagName }) => tagName !== undefined);
  const { exports } = json('package.json') as { readonly exports: object };
  return [
    ...elements.flatMap(ofElement),
    ...ofExports('dist/index.d.ts'),
    ...Object.keys(exports).map((name) => `entry ${name}`),
    ...ofScripts(),
    `FeedPort, version ${PORT_VERSION}`,
  ].sort();
};

/** What has been promised. */
export const readPromised = (): readonly string[] => json(STORED) as string[];

export interface Difference {
  /** Promised, and gone: a sentence each. */
  readonly broken: readonly string[];
  /** There, and not promised yet. */
  readonly added: readonly string[];
}

export const compare = (promised: readonly string[], surface: readonly string[]): Difference => ({
  broken: promised
    .filter((line) => !surface.includes(line))
    .map(
      (line) => `breaking: ${line} is gone; bump major (src/VERSIONING.md) and take it off the list, or put it back.`,
    ),
  added: surface.filter((line) => !promised.includes(line)),
});
