/** The guide's snippets as authors and editors vary them, with the fate that the guide tells of the variant. Knows no filter. */
import type { Case } from './fate.js';
import type { Filter } from './browser-filters.js';
import { snippetOf } from './guide.js';

const PLAIN = ['data-rt', 'data-rt-inline'] as const;

interface Variant {
  readonly name: string;
  /** What the author meant. */
  readonly snippet: string;
  /** What stands in the editor. */
  readonly written: string;
}

const asCases = async (variants: readonly Variant[], filter: Filter): Promise<Case[]> => {
  const left = await filter(variants.map(({ written }) => written));
  return variants.map(({ name, snippet }, index) => ({
    name,
    snippet,
    form: 'in the page',
    fate: 'lives',
    left: left[index] ?? '',
  }));
};

/** `data-rt` as it stands in the guide. */
export const plainCases = (filter: Filter): Promise<Case[]> =>
  asCases(
    PLAIN.map((name) => ({ name, snippet: snippetOf(name), written: snippetOf(name) })),
    filter,
  );

/** `data-rt` with a blank line after each line. */
export const blankLineCases = (filter: Filter): Promise<Case[]> =>
  asCases(
    PLAIN.map((name) => ({ name, snippet: snippetOf(name), written: snippetOf(name).replaceAll('\n', '\n\n') })),
    filter,
  );

const BY_ID =
  '<div id="main" data-rt="feed" data-rt-src="/events">the feed</div>' +
  '<div data-rt="metric-card" data-rt-feed="main" data-rt-field="infrastructure.cpu_usage">CPU</div>';

/** A widget outside its feed, which it names by id. */
export const idCases = (filter: Filter): Promise<Case[]> =>
  asCases([{ name: 'a feed named by its id', snippet: BY_ID, written: BY_ID }], filter);

const STRAIGHT =
  '<div data-rt="feed" data-rt-src="/events"><div data-rt="metric-card" data-rt-field="infrastructure.cpu_usage">CPU</div></div>';

/** Quotes around values, and entities, as word processors and editors leave them. */
export const mangledCases = (filter: Filter): Promise<Case[]> =>
  asCases(
    [
      { name: 'curled quotes', snippet: STRAIGHT, written: STRAIGHT.replaceAll(/"([^"]*)"/g, '“$1”') },
      {
        name: 'quotes encoded twice',
        snippet: STRAIGHT,
        written: STRAIGHT.replaceAll(/-rt-(\w+)="([^"]*)"/g, '-rt-$1="&amp;quot;$2&amp;quot;"'),
      },
      {
        name: 'no-break spaces around',
        snippet: STRAIGHT,
        written: STRAIGHT.replaceAll(/-rt-(\w+)="([^"]*)"/g, '-rt-$1="&nbsp;$2&nbsp;"'),
      },
      {
        name: 'capitals',
        snippet: STRAIGHT,
        written: STRAIGHT.replaceAll(/data-rt(-\w+)?/g, (name) => name.toUpperCase()),
      },
    ],
    filter,
  );
