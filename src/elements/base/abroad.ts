/**
 * Elements that stand in another window than their script's: a pop-out, a picture-in-picture, a frame. What is seen there
 * counts as seen, so that it goes on while the page itself is hidden. No element is told that its window was closed: they
 * are taken out of it then, as out of any page. Fetched by the first element that goes there; knows no element by name.
 */
import { once, type Disposer } from '../../kernel/disposer.js';
import type { Env } from '../../kernel/env.js';

/** A window that says good-bye is gone after this time, in milliseconds, or stays. */
const CLOSING = 500;

/** The elements in one document, and what is done for them while there are any. */
interface Visit {
  readonly elements: Set<Element>;
  readonly end: Disposer;
}

const visits = new WeakMap<Document, Visit>();

/** An element stands in another document than its script's, until disposed. */
export const visit = (element: Element, env: Env): Disposer => {
  const page = element.ownerDocument;
  const known = visits.get(page) ?? begin(page, env);
  known.elements.add(element);
  return once(() => {
    known.elements.delete(element);
    if (known.elements.size > 0) return;
    visits.delete(page);
    known.end();
  });
};

const begin = (page: Document, env: Env): Visit => {
  const view = page.defaultView;
  const elements = new Set<Element>();
  let wait: Disposer | undefined;
  // Whoever brings elements home as the window closes does it first.
  const leaving = (): void => {
    wait = env.timer(() => {
      if (isGone(page)) for (const element of elements) element.remove();
    }, CLOSING);
  };
  view?.addEventListener('pagehide', leaving);
  const unsee = env.seenIn(page);
  const made: Visit = {
    elements,
    end: () => {
      view?.removeEventListener('pagehide', leaving);
      wait?.();
      unsee();
    },
  };
  visits.set(page, made);
  return made;
};

const isGone = ({ defaultView }: Document): boolean => defaultView === null || defaultView.closed;
