/**
 * The layers of `src/`: which room may import which, and how. Reads sources with the compiler and says in a sentence
 * what runs upward. The table is that of the architecture; knows no file by name but those that the table excepts.
 */
import { posix } from 'node:path';
import ts from 'typescript';

/** How a module asks for another: for its types alone, at once, or later by `import()`. */
export type ImportKind = 'type' | 'static' | 'dynamic';

export interface Import {
  readonly kind: ImportKind;
  /** `undefined` where it is computed. */
  readonly specifier: string | undefined;
}

/** Sources by path, such as `src/feed/driver.ts`. */
export type Sources = ReadonlyMap<string, string>;

/** What a room may import besides `kernel/` and itself. */
interface Room {
  readonly any?: readonly string[];
  readonly type?: readonly string[];
  readonly dynamic?: readonly string[];
}

const ROOMS: Readonly<Record<string, Room>> = {
  kernel: {},
  transport: {},
  decode: {},
  feed: { any: ['transport', 'decode'] },
  store: {},
  frame: {},
  format: {},
  controllers: { any: ['store', 'frame', 'format'], type: ['feed'] },
  'controllers/feed-host': { any: ['store', 'frame', 'format', 'feed', 'controllers'] },
  chart: { any: ['store', 'format'] },
  draw: { any: ['store', 'format'] },
  elements: { any: ['controllers', 'format', 'draw'], type: ['store', 'chart', 'debug'], dynamic: ['chart', 'debug'] },
  embed: { any: ['elements', 'controllers'] },
  debug: { any: ['store', 'format'], type: ['feed'] },
};

/** The files directly in `src/`. */
const ROOT: Room = { any: ['elements', 'embed', 'format'], type: Object.keys(ROOMS) };

/** The rooms that may import a package; one that is not here may be imported nowhere. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'chart.js': ['chart'],
  'eventsource-parser': ['transport'],
  lit: ['controllers', 'controllers/feed-host', 'elements', 'embed', 'draw', 'debug'],
};

const FEED_HOST = 'controllers/feed-host';
const FEED_ELEMENT = 'src/elements/rt-feed/';

/** Every import of a source. Exports from another module count, and so does `import('…')` in a type. */
export const readImports = (path: string, code: string): Import[] => {
  const found: Import[] = [];
  const add = (kind: ImportKind, node: ts.Node | undefined): void => {
    found.push({ kind, specifier: node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? 'type' : 'static', node.moduleSpecifier);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      add(node.isTypeOnly ? 'type' : 'static', node.moduleSpecifier);
    } else if (ts.isImportTypeNode(node)) {
      add('type', ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add('dynamic', node.arguments[0]);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true));
  return found;
};

/** The room of a file: its folder, `controllers/feed-host`, or `''` directly in `src/`. */
const roomOf = (path: string): string => {
  const [, folder, name] = /^src\/(?:([^/]+)\/)?(.+)$/.exec(path) ?? [];
  if (folder === undefined) return '';
  return folder === 'controllers' && /^feed-host(?:\/|\.ts$)/.test(name ?? '') ? FEED_HOST : folder;
};

/** What a relative specifier means, `.js` read as `.ts`. */
const targetOf = (path: string, specifier: string): string =>
  posix.normalize(posix.join(posix.dirname(path), specifier)).replace(/\.js$/, '.ts');

const folderOf = (room: string): string => room.split('/')[0] ?? '';

const isAllowed = (from: string, to: string, kind: ImportKind): boolean => {
  if (to === 'kernel' || folderOf(from) === to) return true;
  const room = from === '' ? ROOT : ROOMS[from];
  if (room?.any?.includes(to)) return true;
  return kind !== 'static' && room?.[kind]?.includes(to) === true;
};

const VERB: Readonly<Record<ImportKind, string>> = {
  type: 'imports types from',
  static: 'imports',
  dynamic: 'imports, by import(),',
};

const checkPackage = (path: string, specifier: string): string | undefined => {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  const rooms = PACKAGES[name];
  if (rooms === undefined) return `${path} imports ${name}, which is none of the package's dependencies`;
  return rooms.includes(roomOf(path)) ? undefined : `${path} imports ${name}, which is for ${rooms.join(', ')} alone`;
};

const checkImport = (path: string, { kind, specifier }: Import): string | undefined => {
  if (specifier === undefined) return `${path} imports a computed name, which no check can follow`;
  if (!specifier.startsWith('.')) return checkPackage(path, specifier);

  const target = targetOf(path, specifier);
  if (!target.startsWith('src/')) return `${path} ${VERB[kind]} ${target}, outside src/`;
  const from = roomOf(path);
  const to = roomOf(target);
  if (!(from in ROOMS) && from !== '') return `${path} is in a room that the table does not name`;
  if (to === FEED_HOST && from !== FEED_HOST && kind !== 'type' && !path.startsWith(FEED_ELEMENT)) {
    return `${path} ${VERB[kind]} ${target}, which is for <rt-feed> alone`;
  }
  if (to === '') return from === '' ? undefined : `${path} ${VERB[kind]} ${target}, which stands above it`;
  return isAllowed(from, folderOf(to), kind)
    ? undefined
    : `${path} ${VERB[kind]} ${target}: not allowed for ${from || 'src/'}`;
};

/** Every import that runs upward, each as a sentence. */
export const findViolations = (sources: Sources): string[] =>
  [...sources].flatMap(([path, code]) => readImports(path, code).flatMap((found) => checkImport(path, found) ?? []));

/** The first circle of modules that import one another at once, as a list of paths. */
export const findCircle = (sources: Sources): string[] | undefined => {
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] | undefined => {
    const start = trail.indexOf(path);
    if (start >= 0) return [...trail.slice(start), path];
    const code = sources.get(path);
    if (done.has(path) || code === undefined) return undefined;
    for (const { kind, specifier } of readImports(path, code)) {
      if (kind !== 'static' || !specifier?.startsWith('.')) continue;
      const circle = visit(targetOf(path, specifier), [...trail, path]);
      if (circle !== undefined) return circle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of sources.keys()) {
    const circle = visit(path, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
};
