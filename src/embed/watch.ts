/**
 * What stands in the page and what comes into it: one observer of the document for all of a script who ask. Knows
 * nothing of what they look for.
 */
import { Listeners, type Disposer } from '../kernel/disposer.js';

/** Told of the whole document, of an element that has come into it, or of one whose `data-rt` has changed. */
export type See = (root: ParentNode) => void;

const watchers = new Listeners<ParentNode>();
let observer: MutationObserver | undefined;

/**
 * Calls `see` for the document at once, and from now on for each element that comes into it (with all that is inside),
 * and for each whose `data-rt` is set or changed. An element may be seen more than once.
 */
export const watchPage = (see: See): Disposer => {
  const remove = watchers.add(see);
  watchRoot(document);
  see(document);
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
  const inside = [...root.querySelectorAll(selector)];
  return isElement(root) && root.matches(selector) ? [root, ...inside] : inside;
};

/** Of a window of its own, too: an element of that is no `Element` of this one. */
const isElement = (node: Node): node is Element => node.nodeType === Node.ELEMENT_NODE;

const look = (records: readonly MutationRecord[]): void => {
  for (const { type, target, addedNodes } of records) {
    for (const node of type === 'attributes' ? [target] : addedNodes) {
      if (isElement(node) && node.isConnected) watchers.emit(node);
    }
  }
};
