import type { PropertyValues } from 'lit';
import { attributes } from '../base/attributes.js';
import { RtConfigElement } from '../base/config-element.js';

/**
 * One more source of the feed around it, tried when those before it are of no use, like those of `<video>`. `src` on the
 * feed itself is the first. Shows nothing by itself.
 *
 * @element rt-source
 *
 * @attr {string} src - Address: `http(s):`, `ws(s):` or relative. Default: none, it is no source.
 * @attr {'auto' | 'websocket' | 'sse' | 'long-polling' | 'polling'} transport - How to read it. Default: as the feed's.
 * @attr {string} interval - Polling: the pause after an answer. Default: the feed's.
 */
export class RtSource extends RtConfigElement {
  static override readonly tag: string = 'rt-source';
  /** @internal */
  static override readonly owner = 'rt-feed';
  /** @internal */
  static override readonly needed = 'src';

  static override properties = attributes('src transport interval', '', { reflect: true });

  declare src: string;
  declare transport: string;
  declare interval: string;

  /**
   * Called when it has changed or gone; set by its feed.
   *
   * @internal
   */
  onsourcechange: (() => void) | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    // A feed that does not know of it yet hears of it, and reads its sources again.
    this.dispatchEvent(new Event('rt-source-change', { bubbles: true, composed: true }));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.onsourcechange?.();
    this.onsourcechange = null;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.onsourcechange?.();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'rt-source': RtSource;
  }
}
