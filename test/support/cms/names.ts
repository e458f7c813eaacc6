/** Our elements and their attributes, as the built script registers them. Knows no filter. */
import type { Page } from '@playwright/test';
import { expect, HEAD, type Scripted } from '../../e2e/scripted.js';
import { recorded, watch } from '../../e2e/watching.js';
import type { Filter } from './browser-filters.js';

/** Attributes by tag. */
export type Names = ReadonlyMap<string, readonly string[]>;

/** Asks the built script, in a page of its own. `id` is every tag's, and `status` the feed's to say. */
export const readNames = async (page: Page, scripted: Scripted): Promise<Names> => {
  scripted.head = HEAD;
  await watch(page);
  await page.goto(scripted.origin);
  await expect.poll(async () => (await recorded(page)).defined).toContain('rt-feed');
  const { defined } = await recorded(page);
  const tags = defined.filter((name) => name.startsWith('rt-'));
  const names = await page.evaluate((all) => {
    const isObserving = (value: unknown): value is { readonly observedAttributes: readonly string[] } =>
      typeof value === 'function' && 'observedAttributes' in value;
    return all.map((tag): [string, readonly string[]] => {
      const element: unknown = customElements.get(tag);
      const observed = isObserving(element) ? element.observedAttributes : [];
      return [tag, observed.filter((name) => name !== 'id' && name !== 'status')];
    });
  }, tags);
  return new Map(names);
};

/** One tag with every attribute, as it is written and as `data-rt-*`. */
export const asTag = (tag: string, attributes: readonly string[]): string =>
  `<${tag} ${attributes.map((name) => `${name}="v"`).join(' ')}>text</${tag}>`;

const asPlainTag = (tag: string, attributes: readonly string[]): string =>
  `<div data-rt="${tag.replace('rt-', '')}" ${attributes.map((name) => `data-rt-${name}="v"`).join(' ')}>text</div>`;

/** Sees that a filter leaves each of our attributes in its place, for every element of ours. */
export const expectAllKept = async (
  page: Page,
  names: Names,
  filter: Filter,
  write: typeof asTag = asPlainTag,
): Promise<void> => {
  const given = [...names].map(([tag, attributes]) => write(tag, attributes));
  const left = await filter(given);
  const read = (htmls: readonly string[]): Promise<(readonly string[])[]> =>
    page.evaluate(
      (all) =>
        all.map((html) => {
          const { body } = new DOMParser().parseFromString(html, 'text/html');
          return [...(body.querySelector('[data-rt], :not(p)')?.attributes ?? [])]
            .map(({ name, value }) => `${name}=${value}`)
            .sort();
        }),
      htmls,
    );
  expect(await read(left)).toEqual(await read(given));
};
