/**
 * The inside of an element, fetched when it first stands in the page: a page pays for what it shows. The element says how
 * it is fetched; this keeps it, its styles and what becomes of them. Knows no element by name.
 */
import type { CSSResult, LitElement, ReactiveController } from 'lit';
import type { Disposer } from '../../kernel/disposer.js';
import { dress } from './dress.js';
import { fetchScript, whenBack } from './late-script.js';

/** What follows its element into the page and out of it. */
export interface View {
  connect(): void;
  disconnect(): void;
}

/** What has been fetched: the view's styles, and how it is made. Made in one go, so that nothing comes in between. */
export interface Fetched<V> {
  readonly styles: CSSResult;
  readonly make: () => V;
}

export class LateView<V extends View> implements ReactiveController {
  #view: V | undefined;
  /** The try that is under way, or has ended well; none after one that has not. */
  #fetched: Promise<void> | undefined;
  #failed = false;
  #stopWaiting: Disposer | undefined;

  constructor(
    private readonly host: LitElement,
    private readonly fetch: () => Promise<Fetched<V>>,
  ) {
    host.addController(this);
  }

  /** `undefined` until it has been fetched. */
  get view(): V | undefined {
    return this.#view;
  }

  /** Settles, and never rejects, when the try that is under way has ended well or not; `undefined` where there is none. */
  get fetched(): Promise<void> | undefined {
    return this.#fetched;
  }

  /** True where it could not be fetched: the page was told. */
  get failed(): boolean {
    return this.#failed;
  }

  hostConnected(): void {
    this.#fetched ??= this.#fetch();
    this.#view?.connect();
  }

  hostDisconnected(): void {
    this.#stopWaiting?.();
    this.#view?.disconnect();
  }

  async #fetch(): Promise<void> {
    const { host } = this;
    this.#stopWaiting?.();
    const outcome = await fetchScript(host, true, this.fetch, ({ styles, make }) => {
      const { elementStyles } = host.constructor as typeof LitElement;
      dress(host.renderRoot as ShadowRoot, [...elementStyles, styles]);
      this.#view = make();
      if (host.isConnected) this.#view.connect();
    });
    this.#failed = outcome !== 'here';
    if (this.#failed) {
      this.#fetched = undefined;
      if (outcome === 'away' && host.isConnected)
        this.#stopWaiting = whenBack(() => void (this.#fetched ??= this.#fetch()));
    }
    host.requestUpdate();
  }
}
