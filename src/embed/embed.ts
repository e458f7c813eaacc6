/**
 * `data-rt` on plain tags, as much of it as every page pays for: the watch for the first one. What it means is fetched
 * when it stands in the page. Touches no DOM before it is called.
 */
import { tellError } from '../controllers/config.js';
import { rtError } from '../kernel/errors.js';
import type * as Tags from './plain-tags.js';
import { watchPage, watchRoot } from './watch.js';

type Filling = typeof Tags;

const NAME = 'data-rt';

let fetched: Promise<Filling | undefined> | undefined;
let filling: Filling | undefined;
let isWatching = false;

/** Fills what carries `data-rt` in this page, now and from now on. Called again, and where there is no page, it does nothing. */
export const embed = (): void => {
  if (isWatching || typeof document === 'undefined') return;
  isWatching = true;
  watchPage((comers) => {
    // While it is being fetched nothing is asked: the whole page is filled then.
    if (filling === undefined && fetched !== undefined) return;
    for (const comer of comers) {
      if (filling !== undefined) filling.fillIn(comer);
      else if (isOrHolds(comer)) return void fill(document);
    }
  });
};

/** Asked of all that ever comes into a page: most of it are single elements. */
const isOrHolds = (comer: ParentNode): boolean =>
  (comer instanceof Element && comer.hasAttribute(NAME)) ||
  (comer.firstElementChild !== null && comer.querySelector(`[${NAME}]`) !== null);

/**
 * Fills what carries `data-rt` below `root`, now and from now on: for a shadow root, or the document of a window that the
 * page has opened. The page itself is filled too, and needs no call where `rt-widgets.js`, `rt-widgets.classic.js` or
 * `rt-widgets/define` runs. Resolves when all that is there now is filled.
 */
export const fill = async (root: Document | ShadowRoot): Promise<void> => {
  embed();
  watchRoot(root);
  filling = await (fetched ??= fetchFilling());
  filling?.fillIn(root);
};

/** Never rejects: where it cannot be fetched the page is told, and the plain text stays. */
const fetchFilling = async (): Promise<Filling | undefined> => {
  try {
    return await import('./plain-tags.js');
  } catch (cause) {
    const message = 'The script for data-rt could not be fetched; the plain text stays. Reload the page.';
    tellError(document.documentElement, rtError('network', message, cause, true));
    return undefined;
  }
};
