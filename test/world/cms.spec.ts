/**
 * The rows of the authors' guide to CMSs that speak of WordPress, run: its examples are saved and shown by the real one,
 * by the rights of each role, and stand in a page with live data.
 */
import type { Filter } from '../support/cms/browser-filters.js';
import { expectRow, survival } from '../support/cms/columns.js';
import { expectColumn, expectKept } from '../support/cms/values.js';
import { expect, test } from '../e2e/scripted.js';
import { throughWordPress } from './wordpress/wordpress.js';

const inBlock = (html: string): string => `<!-- wp:html -->\n${html}\n<!-- /wp:html -->`;
const asIs = (html: string): string => html;

const ROLES = {
  'an administrator or editor': ['administrator', 'editor'],
  'an author or contributor': ['author', 'contributor'],
};
const PLACES = { 'block Custom HTML': inBlock, 'classic editor (view Text)': asIs };

const wordPress =
  (wrap: (html: string) => string, ...steps: string[]): Filter =>
  async (snippets) => [...throughWordPress(snippets.map((html) => ({ steps, content: wrap(html) }))).contents];

/** Each row of the guide, and whom it speaks of. */
const ROWS = new Map<string, Filter[]>([
  ...Object.entries(PLACES).flatMap(([place, wrap]) =>
    Object.entries(ROLES).map(([who, roles]): [string, Filter[]] => [
      `WordPress, ${place}, saved by ${who}`,
      roles.map((role) => wordPress(wrap, `save ${role}`, 'show')),
    ]),
  ),
  [
    'WordPress, widget Custom HTML, saved by an administrator',
    [wordPress(asIs, 'save-widget administrator', 'show-widget')],
  ],
]);

test('every row of the guide that speaks of WordPress is run', () => {
  expect([...survival.rows.keys()].filter((row) => row.startsWith('WordPress, '))).toEqual([...ROWS.keys()]);
});

for (const [row, filters] of ROWS) {
  test(`the guide tells the truth: ${row}`, async ({ page, scripted }) => {
    for (const filter of filters) await expectRow(page, scripted, row, filter);
  });
}

const VALUES: readonly (readonly [column: string, role: string])[] = [
  ['WordPress, editor', 'editor'],
  ['WordPress, author', 'author'],
];

for (const [column, role] of VALUES) {
  const filters = Object.values(PLACES).map((wrap) => wordPress(wrap, `save ${role}`, 'show'));

  test(`the guide tells what becomes of values: ${column}`, async ({ page }) => {
    for (const filter of filters) await expectColumn(page, column, filter);
  });

  test(`a value that the guide does not name is kept: ${column}`, async ({ page }) => {
    for (const filter of filters) await expectKept(page, filter, 2000);
  });
}
