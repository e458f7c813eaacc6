/** Reads what is built: which file imports which, at once or later. Knows files and imports, and no rule about them. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseAst } from 'rollup/parseAst';

/** The specifiers that a module imports: `now` by a statement, `later` by `import()`. */
export const readImports = (code) => {
  const imports = { now: [], later: [] };
  const visit = (node) => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (node === null || typeof node !== 'object') return;
    const list = node.type === 'ImportExpression' ? imports.later : imports.now;
    if (typeof node.source?.value === 'string') list.push(node.source.value);
    Object.values(node).forEach(visit);
  };
  visit(parseAst(code));
  return imports;
};

const isRelative = (specifier) => /^\.{1,2}\//.test(specifier);

/** The imports of a built file: those of files beside it as absolute paths, the others as they are. */
export const importsOf = (file) => {
  const { now, later } = readImports(readFileSync(file, 'utf8'));
  const locate = (specifier) => (isRelative(specifier) ? resolve(dirname(file), specifier) : specifier);
  return { now: now.map(locate), later: later.map(locate) };
};

/**
 * Everything that the files need before they run: themselves and their imports, over any number of steps. What is no
 * file (`lit`, in the package's modules) is listed and not followed.
 */
export const closure = (files) => {
  const found = new Set();
  const visit = (file) => {
    if (found.has(file)) return;
    found.add(file);
    if (file.startsWith('/')) importsOf(file).now.forEach(visit);
  };
  files.map((file) => resolve(file)).forEach(visit);
  return [...found];
};
