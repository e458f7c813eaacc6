/** What `<rt-series>`, `<rt-threshold>` and their like share: an element that is read by its widget and shows nothing. */
import { ReactiveElement } from 'lit';
import { initialize } from './attributes.js';
import { defineElement } from './element.js';
import { examine, forget } from './examine.js';
import { VERSION } from '../../kernel/version.js';

/**
 * What every element that only configures another one is.
 *
 * @fires {CustomEvent<RtError>} rt-error - One sentence on a value that is not understood.
 */
export abstract class RtConfigElement extends ReactiveElement {
  /** The package's version, so that two bundles on one page can tell each other apart. */
  static readonly version: string = VERSION;
  /** The tag that `define()` registers where none is named. */
  static readonly tag: string;
  /**
   * The element that reads it, around it at any distance.
   *
   * @internal
   */
  static readonly owner: string = 'rt-line-chart';
  /**
   * The attribute without which it says nothing.
   *
   * @internal
   */
  static readonly needed: string | undefined = undefined;

  /** Registers the class, unless the tag is taken. */
  static define(tag: string = this.tag, registry: CustomElementRegistry = globalThis.customElements): void {
    defineElement(this as unknown as CustomElementConstructor, tag, registry);
  }

  constructor() {
    super();
    initialize(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // It may stand where a page lays out its children.
    this.style.display = 'none';
    examine(this, () => this.isDoubtful);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    forget(this);
  }

  /** True where no owner is around it, or what it needs is not there. */
  protected get isDoubtful(): boolean {
    const { owner, needed } = this.constructor as typeof RtConfigElement;
    return this.closest(owner) === null || (needed !== undefined && (this.getAttribute(needed) ?? '').trim() === '');
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
