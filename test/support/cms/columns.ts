/** The columns of the guide's table of what survives: which snippets each speaks of. Knows no filter. */
import type { Page } from '@playwright/test';
import type { Scripted } from '../../e2e/scripted.js';
import type { Filter } from './browser-filters.js';
import { expectFates, toFate, type Case, type Form } from './fate.js';
import { snippetOf, tableBelow } from './guide.js';

interface Column {
  readonly form: Form;
  readonly snippets: readonly string[];
}

const COLUMNS: Readonly<Record<string, Column>> = {
  tags: { form: 'in the page', snippets: ['tags'] },
  '`data-rt` on `<div>`': { form: 'in the page', snippets: ['data-rt'] },
  '`data-rt` on `<span>` and `<p>`': { form: 'in the page', snippets: ['data-rt-inline'] },
  iframe: { form: 'in a frame', snippets: ['iframe'] },
  script: { form: 'script', snippets: ['script', 'script-classic'] },
};

export const survival = tableBelow('What survives where');

/** Sees that each cell of a row is what happens: the snippets go through the filter into pages with live data. */
export const expectRow = async (page: Page, scripted: Scripted, row: string, filter: Filter): Promise<void> => {
  const cells = survival.rows.get(row);
  if (cells === undefined) throw new Error(`The guide's table has no row "${row}".`);
  const cases = survival.columns.flatMap((title, index): Omit<Case, 'left'>[] => {
    const column = COLUMNS[title];
    if (column === undefined) throw new Error(`The guide's table has a column "${title}" that no test knows.`);
    const fate = toFate(cells[index] ?? '');
    return column.snippets.map((name) => ({ name, form: column.form, snippet: snippetOf(name), fate }));
  });
  const left = await filter(cases.map(({ snippet }) => snippet));
  await expectFates(
    page,
    scripted,
    cases.map((one, index) => ({ ...one, left: left[index] ?? '' })),
  );
};
