/**
 * The inside of an element, fetched when it first stands in the page: a page pays for what it shows. The element says how
 * it is fetched; this keeps it, its styles and what becomes of them. Knows no element by name.
 */
import type { CSSResult, LitElement, ReactiveController } from 'lit';
import { tellError } from '../../controllers/config.js';
import { rtError } from '../../kernel/errors.js';
import { dress } from './dress.js';

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
  #fetched: Promise<void> | undefined;
  #failed = false;

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

  /** Settles, and never rejects, when it is there or has failed; `undefined` for an element that never stood in a page. */
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
    this.#view?.disconnect();
  }

  async #fetch(): Promise<void> {
    const { host } = this;
    try {
      const { styles, make } = await this.fetch();
      const { elementStyles } = host.constructor as typeof LitElement;
      dress(host.renderRoot as ShadowRoot, [...elementStyles, styles]);
      this.#view = make();
      if (host.isConnected) this.#view.connect();
    } catch (cause) {
      this.#failed = true;
      const tag = `<${host.localName}>`;
      const message = `The script of ${tag} could not be fetched; the page goes on without it. Reload the page.`;
      tellError(host, rtError('network', message, cause, true));
    }
    host.requestUpdate();
  }
}
