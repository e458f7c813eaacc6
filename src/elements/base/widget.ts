/**
 * What all widgets share: which feed, channel and messages they read, and the one state that each shows: `loading`,
 * `live`, `stale`, `error` or `empty`.
 */
import { positiveDuration } from '../../controllers/config.js';
import { FeedController } from '../../controllers/feed-controller.js';
import { world } from '../../controllers/world.js';
import { formatAge } from '../../format/age.js';
import { fill } from '../../format/strings.js';
import type { Latest } from '../../store/samples.js';
import type { Where } from '../../store/where.js';
import { attributes } from './attributes.js';
import { css } from './css.js';
import { RtElement } from './element.js';

export type WidgetState = 'loading' | 'live' | 'stale' | 'error' | 'empty';

/**
 * What every widget is.
 *
 * @cssstate loading - Waits for the first data.
 * @cssstate live - What it shows is current.
 * @cssstate stale - What it shows is no longer current.
 * @cssstate error - Nothing to show, and it does not mend itself.
 * @cssstate empty - Connected, and no data for it yet.
 *
 * @cssprop --rt-surface - Background.
 * @cssprop --rt-text - Text.
 * @cssprop --rt-muted - What is secondary.
 * @cssprop --rt-line - Borders.
 * @cssprop --rt-accent - What can be pressed, and the ring around what has the focus.
 * @cssprop --rt-good - Colour of the level.
 * @cssprop --rt-info - Colour of the level.
 * @cssprop --rt-warning - Colour of the level, and of what is stale.
 * @cssprop --rt-critical - Colour of the level, and of an error.
 * @cssprop --rt-radius - Corner radius.
 * @cssprop --rt-gap - Space inside.
 * @cssprop --rt-font - Font family.
 */
export abstract class RtWidget extends RtElement {
  static override properties = {
    ...attributes('feed channel where label', ''),
    ...attributes('staleAfter', null),
  };

  /** The id of the feed to read, for a widget that stands outside of it. */
  declare feed: string;
  /** The channel to read; none: every channel that has the field. */
  declare channel: string;
  /** Which messages to read: `symbol=AAPL city='New York'`. */
  declare where: string;
  /** The widget's name, for eyes and screen readers. */
  declare label: string;
  /** The silence of its own values after which it is stale. None: as its channel is. */
  declare staleAfter: string | null;

  protected readonly feedController = new FeedController(this, () => undefined);

  /** Whether there is anything to show yet, from the feed or from the page itself. */
  protected abstract get hasValue(): boolean;

  /** True where the page's own values are shown, and no feed. */
  protected abstract get isOwn(): boolean;

  /** What came last of what is shown. */
  protected abstract get shownLatest(): Latest | undefined;

  /** What was heard last, shown yet or not: of each series. */
  protected abstract get heard(): readonly Latest[];

  protected get widgetState(): WidgetState {
    const { port, incompatible } = this.feedController;
    if (this.isOwn) return this.hasValue ? 'live' : 'empty';
    if (incompatible) return 'error';
    const status = port?.shown.status;
    if (this.hasValue) return this.#isFresh ? 'live' : 'stale';
    if (status === 'error') return 'error';
    return status === 'connected' && port?.lastArrival !== undefined ? 'empty' : 'loading';
  }

  /** By the feed's word on the channels that its values came by; by its own measure where it has one. */
  get #isFresh(): boolean {
    const { port } = this.feedController;
    const { staleAt } = this;
    if (port === undefined) return false;
    return staleAt === undefined
      ? this.heard.some(({ channel }) => port.freshnessOf(channel) === 'live')
      : port.shown.status === 'connected' && port.now() < staleAt;
  }

  /** When it turns stale by its own measure, in monotonic milliseconds; `undefined` where it has none. */
  protected get staleAt(): number | undefined {
    const after = this.read<number | undefined>('staleAfter', positiveDuration, undefined);
    return after === undefined || this.isOwn
      ? undefined
      : Math.max(...this.heard.map(({ arrival }) => arrival)) + after;
  }

  /** After each update: keeps the state true as time passes, and the age where one is shown. */
  protected keepState(showsAge = false): void {
    const { widgetState, staleAt } = this;
    const left = widgetState === 'live' && staleAt !== undefined ? staleAt - this.now() : Infinity;
    this.keepTime(showsAge || widgetState === 'stale', left);
  }

  /** How long ago what is shown was last known to be true: "3 s ago", in the widget's language. */
  protected get ageText(): string {
    const { shownLatest } = this;
    return shownLatest === undefined ? '' : formatAge(this.now() - shownLatest.arrival, this.locale.lang);
  }

  /** Monotonic milliseconds, by the feed's clock where there is a feed. */
  protected now(): number {
    return this.feedController.port?.now() ?? world().env.now();
  }

  /**
   * True while the feed holds what is drawn.
   *
   * @internal
   */
  get isHeld(): boolean {
    return !this.isOwn && this.feedController.port?.paused === true;
  }

  /** What the widget's state says in words; empty while it is live. */
  protected get stateText(): string {
    const { strings } = this.locale;
    switch (this.widgetState) {
      case 'live':
        return '';
      case 'loading':
        return strings.waiting;
      case 'empty':
        return strings.noData;
      case 'error':
        return strings.error;
      case 'stale':
        return this.ageText === '' ? strings.noData : fill(strings, 'stale', { age: this.ageText });
    }
  }

  protected override get isDoubtful(): boolean {
    return !this.isOwn && (this.feedController.isLost || !this.hasValue);
  }

  protected parsedWhere(): Where | undefined {
    return this.config.where('where', this.where);
  }
}

/**
 * The tokens of all widgets. Each default follows the page's own `color-scheme`; a page overrides any of them on any
 * ancestor. The private `--_` names keep the defaults in one place.
 */
export const tokens = css`
  :host {
    --_surface: var(--rt-surface, light-dark(#fff, #16191d));
    --_text: var(--rt-text, light-dark(#1b1f24, #e8eaed));
    --_muted: var(--rt-muted, light-dark(#5b6470, #9aa4b0));
    --_line: var(--rt-line, light-dark(#dfe3e8, #2f353c));
    --_accent: var(--rt-accent, light-dark(#0b66c3, #6cb2ff));
    --_good: var(--rt-good, light-dark(#11703c, #53c784));
    --_info: var(--rt-info, light-dark(#0b66c3, #6cb2ff));
    --_warning: var(--rt-warning, light-dark(#8a5300, #f0b04a));
    --_critical: var(--rt-critical, light-dark(#b3261e, #ff8278));
    --_radius: var(--rt-radius, 10px);
    --_gap: var(--rt-gap, 16px);
    box-sizing: border-box;
    font-family: var(--rt-font, system-ui, sans-serif);
    color: var(--_text);
    line-height: 1.4;
  }
  /* Text has the page's own colour then, on the page's own ground; these are seen on light and on dark. */
  @supports not (color: light-dark(red, red)) {
    :host {
      --_line: var(--rt-line, #8886);
      --_accent: var(--rt-accent, #3080dd);
      --_good: var(--rt-good, #23915a);
      --_info: var(--rt-info, #3080dd);
      --_warning: var(--rt-warning, #b07514);
      --_critical: var(--rt-critical, #dd4c42);
    }
  }
  :host([hidden]) {
    display: none !important;
  }
  :host(:fullscreen) {
    background: var(--_surface);
  }
  @media print {
    :host {
      color-scheme: light !important;
    }
  }
  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }
`;
