import { property } from 'lit/decorators.js';
import { RtConfigElement } from '../base/config-element.js';
import { defineElement } from '../base/element.js';

/**
 * One series of a chart. Shows nothing by itself.
 *
 * @element rt-series
 *
 * @attr {string} field - Where the number is. None: the data itself.
 * @attr {string} label - Its name. Default: the field.
 * @attr {string} color - Any CSS colour. Default: the next of `--rt-color-1` to `--rt-color-8`.
 * @attr {'left' | 'right'} axis - Which value axis it is drawn on. Default `left`.
 * @attr {string} channel - Default: the chart's.
 * @attr {string} feed - The id of another feed than the chart's. Reserved.
 * @attr {string} where - Which messages. Default: the chart's.
 */
export class RtSeries extends RtConfigElement {
  static readonly tag: string = 'rt-series';

  static define(tag = this.tag, registry = customElements): void {
    defineElement(this, tag, registry);
  }

  @property({ reflect: true, useDefault: true }) field = '';
  @property({ reflect: true, useDefault: true }) label = '';
  @property({ reflect: true, useDefault: true }) color = '';
  @property({ reflect: true, useDefault: true }) axis = '';
  @property({ reflect: true, useDefault: true }) channel = '';
  @property({ reflect: true, useDefault: true }) feed = '';
  @property({ reflect: true, useDefault: true }) where = '';
}

declare global {
  interface HTMLElementTagNameMap {
    'rt-series': RtSeries;
  }
}
