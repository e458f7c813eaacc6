/** What the script needs of a browser that can read it. What can be done without is done without, where it is used. */
import { advise } from './examine.js';

const NEEDED = 'customElements ElementInternals MutationObserver ResizeObserver AbortController ReadableStream'.split(
  ' ',
);

/** False where the elements cannot live: none is registered then, what the author wrote stays, and the page is told. */
export const isSupported = (): boolean => {
  const missing = NEEDED.filter((name) => !Reflect.get(globalThis, name));
  if (missing.length > 0) advise(({ adviseOnBrowser }) => adviseOnBrowser(missing));
  return missing.length === 0;
};
