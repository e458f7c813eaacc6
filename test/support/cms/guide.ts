/**
 * Reads the authors' guide to CMSs (`src/CMS.md`): its snippets, by the name behind `snippet=` in a code block's first
 * line, and its tables, by the heading above them. What the guide says is what the tests run. Knows no filter.
 */
import { readFileSync } from 'node:fs';

const GUIDE = readFileSync(new URL('../../../src/CMS.md', import.meta.url), 'utf8');

/** A block that stands in a list is indented, and so is each of its lines. */
const BLOCK = /^( *)```\w+ snippet=([\w-]+)\n([\s\S]*?)\n\1```$/gm;

const snippets: ReadonlyMap<string, string> = new Map(
  [...GUIDE.matchAll(BLOCK)].map(([, indent = '', name = '', text = '']) => [
    name,
    text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  ]),
);

/** A code block of the guide, as it stands there. */
export const snippetOf = (name: string): string => {
  const text = snippets.get(name);
  if (text === undefined) throw new Error(`src/CMS.md has no code block with snippet=${name}.`);
  return text;
};

export interface Table {
  /** The titles of its columns but the first. */
  readonly columns: readonly string[];
  /** Its rows by what stands in their first cell. */
  readonly rows: ReadonlyMap<string, readonly string[]>;
}

const cellsOf = (line: string): string[] =>
  line
    .replace(/^\|/, '')
    .replace(/\|$/, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

/** The first table below a heading of the guide. */
export const tableBelow = (heading: string): Table => {
  const [, below] = GUIDE.split(`\n## ${heading}\n`);
  if (below === undefined) throw new Error(`src/CMS.md has no heading ${heading}.`);
  const lines =
    /(?:^\|.*\n)+/m
      .exec(below.split('\n## ', 1)[0] ?? '')?.[0]
      .trimEnd()
      .split('\n') ?? [];
  const [head, , ...rows] = lines.map(cellsOf);
  if (head === undefined) throw new Error(`src/CMS.md has no table below ${heading}.`);
  return { columns: head.slice(1), rows: new Map(rows.map(([name = '', ...cells]) => [name, cells])) };
};
