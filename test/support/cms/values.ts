/**
 * What filters do to the values of attributes: the samples of the guide's table, a value of any shape beside them, and
 * what a browser reads of a tag that has been through a filter. Knows no filter.
 */
import type { Page } from '@playwright/test';
import fc from 'fast-check';
import { expect } from '../../e2e/scripted.js';
import type { Filter } from './browser-filters.js';
import { tableBelow } from './guide.js';

/** `broken`: the tag itself; `lost`: the attribute alone; `changed`: its value. */
type Outcome = 'kept' | 'changed' | 'lost' | 'broken';

export const values = tableBelow('What filters do to values');

/** The first cell of a row: samples as an author types them, between backticks. */
const samplesOf = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, sample = '']) => sample);

const tagWith = (sample: string): string =>
  `<div data-rt="metric-card" data-rt-label="x${sample}y" data-rt-field="cpu">text</div>`;

/** What became of the tag's value, by the browser's own reading before and after. */
const outcomes = (page: Page, before: readonly string[], after: readonly string[]): Promise<Outcome[]> =>
  page.evaluate(
    ([given, left]) => {
      const read = (html: string): readonly (string | null)[] | undefined => {
        const { body } = new DOMParser().parseFromString(html, 'text/html');
        const tags = body.querySelectorAll('[data-rt="metric-card"][data-rt-field="cpu"]');
        const isWhole = tags.length === 1 && body.textContent.trim() === 'text' && tags[0]?.textContent === 'text';
        return isWhole ? [tags[0]?.getAttribute('data-rt-label') ?? null] : undefined;
      };
      return given.map((html, index) => {
        const [was, is] = [read(html), read(left[index] ?? '')];
        if (is === undefined) return 'broken';
        if (is[0] === null) return 'lost';
        return is[0] === was?.[0] ? 'kept' : 'changed';
      });
    },
    [before, after] as const,
  );

/** Sees that a column of the guide's table is what happens to each of its samples. */
export const expectColumn = async (page: Page, title: string, filter: Filter): Promise<void> => {
  const column = values.columns.indexOf(title);
  const told = [...values.rows].flatMap(([cell, cells]) =>
    samplesOf(cell).map((sample) => ({ sample, outcome: cells[column] ?? 'nothing' })),
  );
  expect(told.length).toBeGreaterThan(30);
  const tags = told.map(({ sample }) => tagWith(sample));
  const seen = await outcomes(page, tags, await filter(tags));
  expect(told.map(({ sample }, index) => ({ sample, outcome: seen[index] }))).toEqual(told);
};

const SPECIAL = [
  ...`" ' < > & ; : = [ ] ( ) { } / \\ | . , - – — _ ~ ^ * # @ ! ? $ % + “ ” ‘ ’ … ü 日本 🙂 a B 7`.split(' '),
  ...'-- ... :) <!- &amp; [0] [x] {{x}} ${y} javascript:'.split(' '),
  ...[' ', '  ', '\t', '\n', '\u00a0', '\u200b', "city='New York'", '70 warning, 90 critical'],
];

/** What the guide's table names as changed or lost. A blank line ends the HTML for Markdown. */
const NAMED = /--!?>|\]>|<\/|\n\s*\n|&#|wordpress|\[\/?[a-z]{2,}/i;

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Sees that values of any shape, written with entities as HTML wants them, are kept, but for what the table names. */
export const expectKept = async (page: Page, filter: Filter, count: number): Promise<void> => {
  const value = fc
    .array(
      fc.oneof(
        { weight: 6, arbitrary: fc.constantFrom(...SPECIAL) },
        { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 3 }) },
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('').replaceAll(/\p{Cc}/gu, (control) => (/[\t\n]/.test(control) ? control : '')))
    .filter((text) => !NAMED.test(text));
  const samples = fc.sample(value, count);
  const tags = samples.map((sample) => tagWith(escape(sample)));
  const seen = await outcomes(page, tags, await filter(tags));
  expect(samples.filter((_sample, index) => seen[index] !== 'kept')).toEqual([]);
};
