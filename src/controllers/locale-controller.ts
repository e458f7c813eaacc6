/**
 * The language, the direction and the time zone that rule a widget: those of the nearest ancestor that names one,
 * through shadow roots; else the browser's. Follows changes anywhere in the document, with one observer for all.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { Listeners, once, type Disposer } from '../kernel/disposer.js';
import { isTimeZone, localeOf } from '../format/intl.js';
import { onStringsChange, stringsFor, type Strings } from '../format/strings.js';

export class LocaleController implements ReactiveController {
  #lang = '';
  #timeZone: string | undefined;
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

  get strings(): Strings {
    return stringsFor(this.#lang);
  }

  get rtl(): boolean {
    return this.host.matches(':dir(rtl)');
  }

  hostConnected(): void {
    const update = (): void => {
      this.#read();
      this.host.requestUpdate();
    };
    this.#dispose = [onChangeIn(this.host.ownerDocument, update), onStringsChange(update)];
    this.#read();
  }

  hostDisconnected(): void {
    for (const dispose of this.#dispose) dispose();
  }

  #read(): void {
    this.#lang = localeOf(nearest(this.host, 'lang') ?? '') ?? navigator.language;
    const zone = nearest(this.host, 'time-zone');
    this.#timeZone = zone !== undefined && isTimeZone(zone) ? zone : undefined;
  }
}

/** The attribute of the nearest element that has it, through shadow roots. */
export const nearest = (host: Element, attribute: string): string | undefined => {
  for (let from: Element | null = host; from !== null;) {
    const found = from.closest(`[${attribute}]`);
    if (found !== null) return found.getAttribute(attribute) ?? undefined;
    const root = from.getRootNode();
    from = root instanceof ShadowRoot ? root.host : null;
  }
  return undefined;
};

const observed = new WeakMap<Document, { readonly listeners: Listeners; readonly observer: MutationObserver }>();

const onChangeIn = (document: Document, listener: () => void): Disposer => {
  let entry = observed.get(document);
  if (entry === undefined) {
    const listeners = new Listeners();
    entry = { listeners, observer: new MutationObserver(() => listeners.emit()) };
    observed.set(document, entry);
  }
  const { listeners, observer } = entry;
  if (listeners.size === 0) {
    observer.observe(document, { subtree: true, attributeFilter: ['lang', 'dir', 'time-zone'] });
  }
  const remove = listeners.add(listener);
  return once(() => {
    remove();
    if (listeners.size === 0) observer.disconnect();
  });
};
