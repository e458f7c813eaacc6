/**
 * What stands in the page and what comes into it: one observer of the document for all of a script who ask. Knows
 * nothing of what they look for.
 */
import { Listeners, type Disposer } from '../kernel/disposer.js';

/**
 * Told of the whole document, or of what has come into it since: elements, and those whose `data-rt` has changed. To look
 * at them costs the page something, so that nothing is made of them for one who does not.
 */
export type See = (comers: Iterable<ParentNode>) => void;

const watchers = new Listeners<Iterable<ParentNode>>();
let observer: MutationObserver | undefined;

/**
 * Calls `see` for the document at once, and from now on for each element that comes into it (with all that is inside),
 * and for each whose `data-rt` is set or changed. An element may be seen more than once.
 */
export const watchPage = (see: See): Disposer => {
  const remove = watchers.add(see);
  watchRoot(document);
  see([document]);
  return () => {
    remove();
    if (watchers.size > 0) return;
    observer?.disconnect();
    observer = undefined;
  };
};

/** Watches one more root, which the document's own observer does not see into: a shadow root, another document. */
export const watchRoot = (root: Node): void => {
  observer ??= new MutationObserver(look);
  observer.observe(root, { subtree: true, childList: true, attributeFilter: ['data-rt'] });
};

/** The elements of `root` that a selector finds, `root` itself with them. */
export const within = (root: ParentNode, selector: string): Element[] => {
  // Most of what comes are single elements, and many at once.
  const inside = root.firstElementChild === null ? [] : [...root.querySelectorAll(selector)];
  return isElement(root) && root.matches(selector) ? [root, ...inside] : inside;
};

/** Of a window of its own, too: an element of that is no `Element` of this one. */
const isElement = (node: Node): node is Element => node.nodeType === Node.ELEMENT_NODE;

const look = (records: readonly MutationRecord[]): void =>
  watchers.emit({ [Symbol.iterator]: () => comersIn(records) });

const comersIn = function* (records: readonly MutationRecord[]): Generator<ParentNode> {
  // What came into an element that was seen in this very batch was seen with it: a page that is parsed comes so.
  const seen = new Set<Node>();
  for (const { type, target, addedNodes } of records) {
    if (type === 'attributes') yield target as Element;
    for (const node of addedNodes) {
      if (!isElement(node) || !node.isConnected) continue;
      if (node.firstChild !== null) seen.add(node);
      if (!seen.has(target)) yield node;
    }
  }
};
