/**
 * The rows of the authors' guide to CMSs that speak of WordPress, run: its examples are saved and shown by the real one,
 * by the rights of each role, and stand in a page with live data.
 */
import type { Filter } from '../support/cms/browser-filters.js';
import { expectRow, survival } from '../support/cms/columns.js';
import { expectColumn, expectKept } from '../support/cms/values.js';
import { expectFates } from '../support/cms/fate.js';
import { snippetOf } from '../support/cms/guide.js';
import { expectAllKept, readNames } from '../support/cms/names.js';
import { blankLineCases, idCases, mangledCases, plainCases } from '../support/cms/variants.js';
import { expect, test } from '../e2e/scripted.js';
import { throughWordPress } from './wordpress/wordpress.js';

/** WordPress' filters, each for itself; `balance` is `force_balance_tags`. */
const ALONE = [
  'wpautop',
  'shortcode_unautop',
  'wptexturize',
  'convert_chars',
  'convert_smilies',
  'capital_P_dangit',
  'do_shortcode',
  'do_blocks',
  'wp_kses_post',
  'balance',
];

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

const asAuthor = wordPress(asIs, 'save author', 'show');
const asEditor = wordPress(asIs, 'save editor', 'show');

test('blank lines between tags do not keep data-rt from living in the classic editor', async ({ page, scripted }) => {
  const cases = [...(await blankLineCases(asAuthor)), ...(await blankLineCases(asEditor))];
  expect(cases[0]?.left).toMatch(/<\/p>/);
  await expectFates(page, scripted, cases);
});

test('blank lines between tags tear a feed from its widgets in the classic editor', async ({ page }) => {
  const [left = ''] = await asEditor([snippetOf('tags').replaceAll('\n', '\n\n')]);
  await page.setContent(left);
  await expect(page.locator('rt-metric-card')).toHaveCount(1);
  await expect(page.locator('rt-feed rt-metric-card')).toHaveCount(0);
});

test('quotes, spaces and capitals as editors leave them do not keep data-rt from living', async ({
  page,
  scripted,
}) => {
  await expectFates(page, scripted, [...(await mangledCases(asAuthor)), ...(await mangledCases(asEditor))]);
});

test('a feed is found by its id', async ({ page, scripted }) => {
  await expectFates(page, scripted, await idCases(asAuthor));
});

test('each attribute of each element is kept as data-rt-*, whoever saves it', async ({ page, scripted }) => {
  const names = await readNames(page, scripted);
  for (const filter of [asAuthor, asEditor]) await expectAllKept(page, names, filter);
});

test('WordPress takes away names with two hyphens in them or one at their end, from an author', async () => {
  const [left = ''] = await asAuthor(['<div data-rt-a="1" data-rt--b="2" data-rt-c--d="3" data-rt-e-="4">text</div>']);
  expect(left.trim()).toBe('<div data-rt-a="1">text</div>');
});

test('the plugin of the guide puts the script on every page', async ({ page, scripted }) => {
  const { contents } = throughWordPress([{ steps: ['wp_head with plugin'], content: snippetOf('wordpress-plugin') }]);
  const tags = contents[0]?.match(/<script[^>]*rt-widgets[^>]*><\/script>/g) ?? [];
  expect(tags).toEqual([
    '<script type="module" src="http://site.example/wp-content/rt-widgets/rt-widgets.js"></script>',
  ]);
  const left = (tags[0] ?? '').replace('http://site.example/wp-content/rt-widgets/', '/dist/');
  await expectFates(page, scripted, [{ name: 'plugin', form: 'script', snippet: '', left, fate: 'lives' }]);
});

test("none of WordPress' filters tears a plain tag by itself", async ({ page, scripted }) => {
  const cases = await Promise.all(
    ALONE.map(async (filter) => {
      const plain = await plainCases(wordPress(asIs, filter));
      return plain.map((one) => ({ ...one, name: `${filter}: ${one.name}` }));
    }),
  );
  await expectFates(page, scripted, cases.flat());
});
