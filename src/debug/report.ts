/**
 * The report that an author copies into a bug report: JSON of everything that the overlay shows, and of the page around
 * it. Holds no query, no fragment, no header and no token; addresses and sentences come without them already.
 */
import type { Env } from '../kernel/env.js';
import type { Inspection } from '../kernel/inspection.js';
import type { Rates } from './rates.js';

/** What is not known is written as `null`, so that a reader sees that it was asked. */
export const makeReport = (feed: HTMLElement, inspection: Inspection, rates: Rates, env: Env): string => {
  const { location, defaultView: view } = feed.ownerDocument;
  const page = {
    // A page's query and fragment often carry what signs its reader in.
    address: `${location.origin}${location.pathname}`,
    visibility: env.hidden() ? 'hidden' : 'visible',
    online: env.online(),
    userAgent: navigator.userAgent,
    viewport: { width: view?.innerWidth, height: view?.innerHeight },
    devicePixelRatio: view?.devicePixelRatio,
  };
  const report = { time: new Date(env.wall()).toISOString(), feed: feed.id, page, rates, ...inspection };
  return JSON.stringify(report, (_key, value: unknown) => value ?? null, 2);
};
