/**
 * Looks at what has come into the page for what may be its author's mistake: at once for attributes that resemble ours, and
 * once more when the page has had time. Only asks whether; what is to be said is in `advice.ts`, fetched when something
 * looks odd. Nothing waits for it.
 */
import type { ReactiveElement } from 'lit';
import { world } from '../../controllers/world.js';
import type { Disposer } from '../../kernel/disposer.js';
import { keep } from '../../kernel/keep.js';
import { nearest } from '../../kernel/nearest.js';
import type * as Advice from './advice.js';

/** An element of ours that has not been looked at a second time. */
export interface Examined {
  readonly element: ReactiveElement;
  /** Since when it is in the page; monotonic milliseconds. */
  readonly since: number;
  /** Whether it looks as if its author had forgotten something. */
  readonly isDoubtful: () => boolean;
}

/** How long a page has, after it is loaded and after an element has come, to put right what looks odd. Milliseconds. */
const PATIENCE = 3_000;

/** The oldest first. */
const fresh = new Map<ReactiveElement, Examined>();
let timer: Disposer | undefined;

/** The attributes that a class knows, and what was found of others. */
interface Known {
  readonly names: readonly string[];
  readonly odd: Map<string, boolean>;
}

const known = new Map<unknown, Known>();
const MOST_KNOWN = 1_000;

/** Other elements' words for `src`. */
const ALIAS = /^(?:source|ur[il]|href)$/;

const knownOf = ({ constructor }: ReactiveElement): Known =>
  keep(known, constructor, () => {
    const { elementProperties } = constructor as typeof ReactiveElement;
    const names = [...elementProperties.values()].map(({ attribute }) => attribute);
    return { names: [...names, 'time-zone'].filter((name) => typeof name === 'string'), odd: new Map() };
  });

/** The attributes that an element of ours knows. */
export const namesOf = (element: ReactiveElement): readonly string[] => knownOf(element).names;

/** The attributes that are none of the element's own and resemble one of them. */
export const oddAttributes = (element: ReactiveElement): readonly string[] => {
  const { names, odd } = knownOf(element);
  if (odd.size >= MOST_KNOWN) odd.clear();
  return element
    .getAttributeNames()
    .filter((name) =>
      keep(odd, name, () => !names.includes(name) && (ALIAS.test(name) || nearest(name, names) !== undefined)),
    );
};

const hasOddTag = (): boolean =>
  [...document.querySelectorAll(':not(:defined)')].some(({ localName }) => localName.startsWith('rt'));

const look = (): void => {
  timer = undefined;
  const now = world().env.now();
  const odd: Examined[] = [];
  for (const one of fresh.values()) {
    if (one.since + PATIENCE > now) break;
    fresh.delete(one.element);
    if (one.isDoubtful() || oddAttributes(one.element).length > 0) odd.push(one);
  }
  if (odd.length > 0 || hasOddTag()) {
    advise((advice) => {
      advice.adviseOn(odd);
      advice.adviseOnTags(document);
    });
  }
  const [next] = fresh.values();
  if (next !== undefined) timer = world().env.timer(look, next.since + PATIENCE - now);
};

/** Fetches what is to be said, and has it said. */
export const advise = (say: (advice: typeof Advice) => void): void => {
  // An author who is not told has lost a hint, and a page nothing.
  import('./advice.js').then(say).catch(() => undefined);
};

/** The page itself, when it is loaded and has had time: for tags that resemble ours. */
export const examinePage = (): void => {
  if (document.readyState === 'complete') timer ??= world().env.timer(look, PATIENCE);
  else window.addEventListener('load', examinePage, { once: true });
};

/** An element has come into the page. */
export const examine = (element: ReactiveElement, isDoubtful: () => boolean): void => {
  if (oddAttributes(element).length > 0) advise(({ adviseOnAttributes }) => adviseOnAttributes(element));
  fresh.set(element, { element, since: world().env.now(), isDoubtful });
  examinePage();
};

/** It has left the page again. */
export const forget = (element: ReactiveElement): void => {
  if (!fresh.delete(element) || fresh.size > 0) return;
  timer?.();
  timer = undefined;
};
