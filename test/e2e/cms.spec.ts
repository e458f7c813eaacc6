/**
 * The authors' guide to CMSs, run: its examples go through TinyMCE, and through marked and DOMPurify, into a page with live
 * data, and what its table says of them is what happens. WordPress' rows are run by the tests of the world.
 */
import type { Page } from '@playwright/test';
import {
  documentedEditorOptions,
  openEditorPage,
  throughDocumentedSanitizer,
  throughMarkdown,
  throughSanitizer,
  throughTinyMce,
  type Filter,
} from '../support/cms/browser-filters.js';
import { expectRow, survival } from '../support/cms/columns.js';
import { expectColumn, expectKept } from '../support/cms/values.js';
import { expect, test as base } from './scripted.js';

const test = base.extend<object, { readonly editor: Page }>({
  editor: [
    async ({ browser }, use) => {
      const editor = await browser.newPage();
      await openEditorPage(editor);
      await use(editor);
      await editor.close();
    },
    { scope: 'worker' },
  ],
});

const ROWS: Readonly<Record<string, (editor: Page) => Promise<Filter>>> = {
  'TinyMCE, as it comes': async (editor) => throughTinyMce(editor),
  'TinyMCE, with the options below': async (editor) => throughTinyMce(editor, await documentedEditorOptions(editor)),
  'Markdown by marked, nothing behind it': async (editor) => throughMarkdown(editor),
  'Markdown by marked, then DOMPurify as it comes': async (editor) => throughSanitizer(editor),
  'Markdown by marked, then DOMPurify with the options below': async (editor) => throughDocumentedSanitizer(editor),
  'Markdown by marked, then DOMPurify with `ALLOW_DATA_ATTR: false`': async (editor) =>
    throughSanitizer(editor, { ALLOW_DATA_ATTR: false }),
  'Markdown by marked, then DOMPurify with `SAFE_FOR_TEMPLATES: true`': async (editor) =>
    throughSanitizer(editor, { SAFE_FOR_TEMPLATES: true }),
};

test('every row of the guide is run, here or through the real WordPress', () => {
  const rows = [...survival.rows.keys()].filter((row) => !row.startsWith('WordPress, '));
  expect(rows).toEqual(Object.keys(ROWS));
});

for (const [row, filterOf] of Object.entries(ROWS)) {
  test(`the guide tells the truth: ${row}`, async ({ page, scripted, editor }) => {
    await expectRow(page, scripted, row, await filterOf(editor));
  });
}

const VALUES: readonly (readonly [column: string, filters: (editor: Page) => readonly Filter[]])[] = [
  ['TinyMCE, DOMPurify', (editor) => [throughTinyMce(editor), throughSanitizer(editor)]],
  ['Markdown', (editor) => [throughMarkdown(editor)]],
];

for (const [column, filtersOf] of VALUES) {
  test(`the guide tells what becomes of values: ${column}`, async ({ editor }) => {
    for (const filter of filtersOf(editor)) await expectColumn(editor, column, filter);
  });

  test(`a value that the guide does not name is kept: ${column}`, async ({ editor }) => {
    for (const filter of filtersOf(editor)) await expectKept(editor, filter, 500);
  });
}
