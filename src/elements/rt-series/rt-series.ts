import { attributes } from '../base/attributes.js';
import { RtConfigElement } from '../base/config-element.js';

/**
 * One series of a chart. Shows nothing by itself.
 *
 * @element rt-series
 *
 * @attr {string} field - Where the number is. None: the data itself.
 * @attr {string} label - Its name. Default: the field.
 * @attr {string} color - Any CSS colour. Default: the next of `--rt-color-1` to `--rt-color-8`.
 * @attr {'left' | 'right'} axis - Which value axis it is drawn on. Default `left`.
 * @attr {string} channel - The channel to read. Default: the chart's.
 * @attr {string} feed - The id of another feed than the chart's. Reserved. Default: the chart's.
 * @attr {string} where - Which messages. Default: the chart's.
 */
export class RtSeries extends RtConfigElement {
  static override readonly tag: string = 'rt-series';

  static override properties = attributes('field label color axis channel feed where', '', { reflect: true });

  declare field: string;
  declare label: string;
  declare color: string;
  declare axis: string;
  declare channel: string;
  declare feed: string;
  declare where: string;
}

declare global {
  interface HTMLElementTagNameMap {
    'rt-series': RtSeries;
  }
}
