import { property } from 'lit/decorators.js';
import { RtConfigElement } from '../base/config-element.js';
import { defineElement } from '../base/element.js';

/**
 * A line across a chart at a value. Shows nothing by itself.
 *
 * @element rt-threshold
 *
 * @attr {number} value - Where the line is.
 * @attr {string} label - Its name.
 * @attr {'good' | 'info' | 'warning' | 'critical'} level - Its colour. Default `warning`.
 */
export class RtThreshold extends RtConfigElement {
  static readonly tag: string = 'rt-threshold';

  static define(tag = this.tag, registry = customElements): void {
    defineElement(this, tag, registry);
  }

  @property({ reflect: true, useDefault: true }) value = '';
  @property({ reflect: true, useDefault: true }) label = '';
  @property({ reflect: true, useDefault: true }) level = '';
}

declare global {
  interface HTMLElementTagNameMap {
    'rt-threshold': RtThreshold;
  }
}
