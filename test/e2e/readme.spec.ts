/**
 * What README and the page on looks show as HTML, run as it stands there: in a page with live data nothing goes wrong, and
 * all of it lives. The pages on CMSs and frames have tests of their own.
 */
import { codeBlocksOf, type CodeBlock } from '../support/markdown.js';
import { expect, HEAD, sendText, test, type Scripted } from './scripted.js';
import { notLive, readCards, recorded, watch } from './watching.js';

const WIRE = '{"infrastructure":{"cpu_usage":41.5,"memory_usage":60.5}}';

const htmlOf = (path: string): readonly CodeBlock[] => codeBlocksOf(path).filter(({ language }) => language === 'html');
const pages = ['README.md', 'src/LOOKS.md'].flatMap((path) =>
  htmlOf(path).map((block, index) => ({ ...block, title: `${path}, ${block.heading}, ${index + 1}` })),
);

const serve = (scripted: Scripted, text: string): void => {
  scripted.greeting = WIRE;
  scripted.answers.set('/api/metrics', (_request, response) => sendText(response, 'application/json', '{"cpu":12.5}'));
  scripted.head = text.includes('<script type="module" src=') ? '' : HEAD;
  scripted.body = text;
};

test('README shows its elements, its forms of feeds, and what it says of failures, as HTML', () => {
  const shown = htmlOf('README.md').map(({ heading }) => heading);
  expect(shown).toEqual(['rt-widgets', 'How it looks', 'A feed', 'When things go wrong']);
});

for (const { title, text } of pages) {
  test(`runs as it stands: ${title}`, async ({ page, scripted }) => {
    serve(scripted, text);
    const watched = await watch(page);
    await page.goto(scripted.origin);
    await expect.poll(() => notLive(page)).toEqual([]);
    for (const card of await readCards(page)) expect(card.value, card.label).toMatch(/^\d/);
    expect(watched.faults).toEqual([]);
    expect(watched.said).toEqual([]);
    expect((await recorded(page)).errors).toEqual([]);
  });
}

test('cards stand in a row, with a gap, as README lays them out', async ({ page, scripted }) => {
  const [block] = htmlOf('README.md').filter(({ heading }) => heading === 'How it looks');
  serve(scripted, block?.text ?? '');
  await page.goto(scripted.origin);
  await expect.poll(() => notLive(page)).toEqual([]);
  const [first, second] = await page
    .locator('rt-metric-card')
    .evaluateAll((cards) => cards.map((card) => card.getBoundingClientRect().toJSON() as DOMRect));
  expect(second?.top).toBe(first?.top);
  expect((second?.left ?? 0) - (first?.right ?? 0)).toBe(16);
});

test('the words of another language are shown where the page on looks sets them', async ({ page, scripted }) => {
  serve(scripted, codeBlocksOf('src/LOOKS.md').find(({ name }) => name === 'words')?.text ?? '');
  await page.goto(scripted.origin);
  await expect(page.locator('rt-connection-indicator [part="status"]')).toHaveText('متصل');
});

test('the classic script of README works from its one file', async ({ page, scripted }) => {
  const readme = codeBlocksOf('README.md');
  const [first] = readme.filter(({ language }) => language === 'html');
  serve(scripted, first?.text.replace(/<script.*<\/script>/, '') ?? '');
  scripted.head = '<script defer src="dist/rt-widgets.classic.js"></script>';
  const watched = await watch(page);
  await page.goto(scripted.origin);
  await expect.poll(() => notLive(page)).toEqual([]);
  expect(watched.faults).toEqual([]);
  expect(watched.requests.filter((path) => path.startsWith('/dist/'))).toEqual(['/dist/rt-widgets.classic.js']);
});
