/** Reads the code blocks of our own pages, so that what they show is what tests run. Knows nothing of what is in them. */
import { readFileSync } from 'node:fs';

export interface CodeBlock {
  readonly language: string;
  /** The name behind `snippet=`, where it has one. */
  readonly name: string | undefined;
  /** The last heading above it. */
  readonly heading: string;
  readonly text: string;
}

/** A heading, or a block whose lines are indented as its first one is. */
const PART = /^#+ (.+)$|^( *)```(\w+)(?: snippet=([\w-]+))?\n([\s\S]*?)\n\2```$/gm;

export const codeBlocksOf = (path: string): readonly CodeBlock[] => {
  const blocks: CodeBlock[] = [];
  let heading = '';
  for (const [, title, indent = '', language = '', name, text = ''] of readFileSync(path, 'utf8').matchAll(PART)) {
    if (title !== undefined) heading = title;
    else blocks.push({ language, name, heading, text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), '') });
  }
  return blocks;
};

/** The block of a page that has a name. */
export const codeBlock = (path: string, name: string): string => {
  const found = codeBlocksOf(path).find((block) => block.name === name);
  if (found === undefined) throw new Error(`${path} has no code block with snippet=${name}.`);
  return found.text;
};
