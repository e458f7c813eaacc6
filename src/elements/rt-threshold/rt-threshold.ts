import { attributes } from '../base/attributes.js';
import { RtConfigElement } from '../base/config-element.js';

/**
 * A line across a chart at a value. It is seen while the value lies within the axis: the axis makes room for it where that
 * no more than doubles it, and the chart's `soft-max` keeps it there always. Shows nothing by itself.
 *
 * @element rt-threshold
 *
 * @attr {number} value - Where the line is. Default: nowhere, there is none.
 * @attr {string} label - Its name. Default: none.
 * @attr {'good' | 'info' | 'warning' | 'critical'} level - Its colour. Default `warning`.
 */
export class RtThreshold extends RtConfigElement {
  static override readonly tag: string = 'rt-threshold';
  /** @internal */
  static override readonly needed = 'value';

  static override properties = attributes('value label level', '', { reflect: true });

  declare value: string;
  declare label: string;
  declare level: string;
}

declare global {
  interface HTMLElementTagNameMap {
    'rt-threshold': RtThreshold;
  }
}
