import { html, type PropertyValues, type TemplateResult } from 'lit';
import { FeedController } from '../../controllers/feed-controller.js';
import { attributes } from '../base/attributes.js';
import { css } from '../base/css.js';
import { RtElement } from '../base/element.js';
import { LateView } from '../base/late-view.js';
import { tokens } from '../base/widget.js';
import type { PauseView } from './view.js';

/**
 * Pauses the feed, and lets it go on: all its widgets stand still meanwhile, and the button says how many updates are held.
 * What moves by itself must be possible to stop (WCAG 2.2.2).
 *
 * The feed's own `paused` is what counts: a script that sets it moves the button, and every other button of the feed.
 * The custom state is `live`, `paused`, `loading` while there is no feed, or `error`.
 *
 * @element rt-pause-button
 *
 * @attr {string} feed - The id of the feed to read, for a widget that stands outside of it. Default: the page's only one.
 * @attr {string} label - What is paused, for screen readers. Default: the words for "Live updates".
 *
 * @cssstate live - The feed goes on.
 * @cssstate paused - The feed is paused.
 * @cssstate loading - There is no feed yet.
 * @cssstate error - Its script, or a feed that it understands, is missing.
 *
 * @csspart button - The button.
 * @csspart icon - Its picture: bars, or a triangle while it is paused.
 * @csspart status - That it is paused, or that there is no feed, in words.
 * @csspart held - How many updates are held.
 *
 * @cssprop --rt-accent - Colour of the picture, and of the ring around a button that has the focus.
 * @cssprop --rt-warning - Colour of what says that it is paused.
 * @cssprop --rt-line - Colour of the button's border.
 * @cssprop --rt-surface - Colour of the button.
 * @cssprop --rt-text - Text.
 * @cssprop --rt-muted - What is secondary.
 * @cssprop --rt-font - Font family.
 */
export class RtPauseButton extends RtElement {
  static override readonly tag: string = 'rt-pause-button';

  static override styles = [
    tokens,
    css`
      :host {
        display: inline-flex;
        min-block-size: 2rem;
        font-size: 0.875rem;
      }
    `,
  ];

  static override properties = attributes('feed label', '');

  declare feed: string;
  declare label: string;

  readonly #feed = new FeedController(this, () => undefined);

  protected override get isDoubtful(): boolean {
    return this.#feed.isLost;
  }

  readonly #late = new LateView<PauseView>(this, async () => {
    const { PauseView, styles } = await import('./view.js');
    return { styles, make: () => new PauseView({ host: this, locale: this.locale, feed: this.#feed }) };
  });

  protected override async getUpdateComplete(): Promise<boolean> {
    await this.#late.fetched;
    return super.getUpdateComplete();
  }

  protected override update(changed: PropertyValues): void {
    // Not in `willUpdate`: which feed it is, is known only now.
    this.#late.view?.prepare();
    super.update(changed);
  }

  protected override updated(): void {
    this.setStates(this.#state);
    this.describe('group', this.label === '' ? this.locale.strings.liveUpdates : this.label);
  }

  get #state(): string {
    const { port, incompatible } = this.#feed;
    if (incompatible || this.#late.failed) return 'error';
    if (port === undefined) return 'loading';
    return port.paused ? 'paused' : 'live';
  }

  protected override render(): TemplateResult {
    return this.#late.view?.render() ?? html``;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'rt-pause-button': RtPauseButton;
  }
}
