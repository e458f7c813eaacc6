/**
 * The language, the direction and the time zone that rule a widget: those of the nearest ancestor that names one,
 * through shadow roots; else the browser's. Follows changes in the document and in each of those roots, with one observer
 * for all in a root.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { Listeners, once, type Disposer } from '../kernel/disposer.js';
import { keep } from '../kernel/keep.js';
import { isTimeZone, localeOf } from '../format/intl.js';
import { onStringsChange, stringsFor, type Strings } from '../format/strings.js';

export class LocaleController implements ReactiveController {
  #lang = '';
  #timeZone: string | undefined;
  #unknownTimeZone: string | undefined;
  #dispose: readonly Disposer[] = [];

  constructor(private readonly host: ReactiveControllerHost & HTMLElement) {
    host.addController(this);
  }

  /** A canonical language tag. */
  get lang(): string {
    return this.#lang;
  }

  /** An IANA time zone; `undefined` for the browser's own. */
  get timeZone(): string | undefined {
    return this.#timeZone;
  }

  /** What the page names as a time zone and the browser does not know. */
  get unknownTimeZone(): string | undefined {
    return this.#unknownTimeZone;
  }

  get strings(): Strings {
    return stringsFor(this.#lang);
  }

  get rtl(): boolean {
    return getComputedStyle(this.host).direction === 'rtl';
  }

  hostConnected(): void {
    const update = (): void => {
      this.#read();
      this.host.requestUpdate();
    };
    this.#dispose = [...rootsAbove(this.host).map((root) => onChangeIn(root, update)), onStringsChange(update)];
    // What was moved may stand in another language now.
    update();
  }

  hostDisconnected(): void {
    for (const dispose of this.#dispose) dispose();
  }

  #read(): void {
    this.#lang = localeOf(nearest(this.host, 'lang') ?? '') ?? navigator.language;
    const zone = nearest(this.host, 'time-zone');
    const isKnown = zone !== undefined && isTimeZone(zone);
    this.#timeZone = isKnown ? zone : undefined;
    this.#unknownTimeZone = isKnown ? undefined : zone;
  }
}

/** The attribute of the nearest element that has it, through shadow roots. */
export const nearest = (host: Element, attribute: string): string | undefined => {
  for (let from: Element | null = host; from !== null;) {
    const found = from.closest(`[${attribute}]`);
    if (found !== null) return found.getAttribute(attribute) ?? undefined;
    const root = from.getRootNode();
    from = hostOf(root);
  }
  return undefined;
};

/** The element whose shadow root it is; `null` for any other node. Of another window's classes it is no instance. */
const hostOf = (root: Node): Element | null => ('host' in root ? (root as ShadowRoot).host : null);

/** The shadow roots that an element is in, and the document: no observer of one sees into the other. */
const rootsAbove = (host: Element): readonly Node[] => {
  const root = host.getRootNode();
  const above = hostOf(root);
  return above === null ? [root] : [root, ...rootsAbove(above)];
};

/** Who listens to the attributes below one root: of many elements there is one observer. */
class Observed {
  readonly #listeners = new Listeners();
  // Made where no listener is in scope: its callback would keep the first one, and its whole page, for ever.
  readonly #observer = new MutationObserver(() => this.#listeners.emit());

  add(root: Node, listener: () => void): Disposer {
    if (this.#listeners.size === 0) {
      this.#observer.observe(root, { subtree: true, attributeFilter: ['lang', 'dir', 'time-zone'] });
    }
    const remove = this.#listeners.add(listener);
    return once(() => {
      remove();
      if (this.#listeners.size === 0) this.#observer.disconnect();
    });
  }
}

const observed = new WeakMap<Node, Observed>();

const onChangeIn = (root: Node, listener: () => void): Disposer =>
  keep(observed, root, () => new Observed()).add(root, listener);
