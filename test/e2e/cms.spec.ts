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
import { expectFates } from '../support/cms/fate.js';
import { snippetOf } from '../support/cms/guide.js';
import { asTag, expectAllKept, readNames } from '../support/cms/names.js';
import { idCases, mangledCases, plainCases } from '../support/cms/variants.js';
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
    for (const filter of filtersOf(editor)) await expectKept(editor, filter, 200);
  });
}

test('data-rt lives whether it is pasted into TinyMCE or typed into its source', async ({ page, scripted, editor }) => {
  const pasted = await plainCases(throughTinyMce(editor, {}, 'paste'));
  const typed = await plainCases(throughTinyMce(editor, {}, 'source'));
  await expectFates(page, scripted, [...pasted, ...typed]);
});

test('quotes, spaces and capitals as editors leave them do not keep data-rt from living', async ({
  page,
  scripted,
  editor,
}) => {
  const filters = [throughTinyMce(editor), throughSanitizer(editor)];
  await expectFates(page, scripted, (await Promise.all(filters.map(mangledCases))).flat());
});

test('a feed is found by its id where a sanitizer writes user-content- before it', async ({
  page,
  scripted,
  editor,
}) => {
  const cases = await idCases(throughSanitizer(editor, { SANITIZE_NAMED_PROPS: true }));
  expect(cases[0]?.left).toContain('id="user-content-main"');
  await expectFates(page, scripted, cases);
});

test('TinyMCE removes a span without text, and keeps one with', async ({ editor }) => {
  const left = await throughTinyMce(editor)([
    '<p>a <span data-rt="x"></span>b</p>',
    '<p>a <span data-rt="x">t</span> b</p>',
  ]);
  expect(left).toEqual(['<p>a b</p>', '<p>a <span data-rt="x">t</span> b</p>']);
});

test("TinyMCE makes an image's src relative, and leaves data-rt-src alone", async ({ editor }) => {
  const [left = ''] = await throughTinyMce(editor)(['<p data-rt-src="/events">a <img src="/b.png" alt=""></p>']);
  expect(left).toBe('<p data-rt-src="/events">a <img src="../b.png" alt=""></p>');
});

test('a blank line between tags ends the HTML for Markdown', async ({ editor }) => {
  const [left = ''] = await throughMarkdown(editor)([snippetOf('data-rt').replaceAll('\n', '\n\n')]);
  expect(left).toContain('<code>&lt;div');
});

test('each attribute of each element is kept as data-rt-* by every filter that keeps data-*', async ({
  page,
  scripted,
  editor,
}) => {
  const names = await readNames(page, scripted);
  expect(names.get('rt-metric-card')).toContain('thresholds');
  for (const filter of [throughTinyMce(editor), throughMarkdown(editor), throughSanitizer(editor)])
    await expectAllKept(editor, names, filter);
});

test('the options of the guide let every element and attribute through', async ({ page, scripted, editor }) => {
  const names = await readNames(page, scripted);
  for (const filter of [
    throughTinyMce(editor, await documentedEditorOptions(editor)),
    throughDocumentedSanitizer(editor),
  ])
    await expectAllKept(editor, names, filter, asTag);
});

test('the options of the guide let no event handler, no script and no foreign frame through', async ({ editor }) => {
  const options = await documentedEditorOptions(editor);
  const evil = [
    '<rt-feed src="/events" onclick="x()" onerror="x()">a</rt-feed>',
    '<rt-metric-card onmouseover="x()" field="f">a</rt-metric-card>',
    '<p onclick="x()">a</p>',
    '<p>a</p><script>x()</script>',
    '<p>a</p><iframe src="javascript:x()"></iframe>',
    '<p>a</p><iframe srcdoc="&lt;script&gt;x()&lt;/script&gt;"></iframe>',
  ];
  for (const filter of [throughTinyMce(editor, options), throughDocumentedSanitizer(editor)]) {
    const left = await filter(evil);
    expect(left.join('\n')).not.toMatch(/x\(\)/);
    expect(left[0]).toContain('src="/events"');
  }
  const [frame] = await throughTinyMce(editor, options)(['<iframe src="https://elsewhere.example/"></iframe>']);
  expect(frame).toContain('sandbox=""');
});
