/** What `<rt-series>`, `<rt-threshold>` and their like share: an element that is read by its widget and shows nothing. */
import { ReactiveElement } from 'lit';
import { initialize } from './attributes.js';
import { defineElement } from './element.js';
import { VERSION } from '../../kernel/version.js';

export abstract class RtConfigElement extends ReactiveElement {
  static readonly version = VERSION;
  static readonly tag: string;

  /** Registers the class, unless the tag is taken. */
  static define(tag = this.tag, registry = customElements): void {
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
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
