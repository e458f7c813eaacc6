/**
 * `data-rt` on plain tags, as much of it as every page pays for: the watch for the first one. What it means is fetched
 * when it stands in the page. Touches no DOM before it is called.
 */
import { fetchScript, whenBack } from '../elements/base/late-script.js';
import type * as Tags from './plain-tags.js';
import { watchPage, watchRoot } from './watch.js';

type Filling = typeof Tags;

const NAME = 'data-rt';

let filling: Filling | undefined;
/** Under way; or ended in vain, where there is nothing to try again. */
let fetching: Promise<void> | undefined;
let isWatching = false;
/** Those that wait for the script. */
const unfilled = new Set<Document | ShadowRoot>();

/** Fills what carries `data-rt` in this page, now and from now on. Called again, and where there is no page, it does nothing. */
export const embed = (): void => {
  if (isWatching || typeof document === 'undefined') return;
  isWatching = true;
  watchPage((comers) => {
    // While it is being fetched nothing is asked: the whole page is filled then.
    if (filling === undefined && fetching !== undefined) return;
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
  if (filling !== undefined) return filling.fillIn(root);
  unfilled.add(root);
  await (fetching ??= fetchFilling());
};

/** Never rejects: where it does not come the page is told why, and the plain text stays. */
const fetchFilling = async (): Promise<void> => {
  const load = (): Promise<Filling> => import('./plain-tags.js');
  const outcome = await fetchScript(document.documentElement, true, load, (fetched) => {
    filling = fetched;
    for (const root of unfilled) fetched.fillIn(root);
    unfilled.clear();
  });
  if (outcome !== 'away') return;
  fetching = undefined;
  whenBack(() => void (fetching ??= fetchFilling()));
};
