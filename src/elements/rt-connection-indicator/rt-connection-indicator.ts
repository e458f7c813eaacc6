import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { positiveDuration } from '../../controllers/config.js';
import { FeedController } from '../../controllers/feed-controller.js';
import type { ShownFeed } from '../../controllers/feed-port.js';
import { formatAge, formatCountdown, formatElapsed } from '../../format/age.js';
import { fill } from '../../format/strings.js';
import type { Status } from '../../kernel/status.js';
import { attributes } from '../base/attributes.js';
import { css } from '../base/css.js';
import { RtElement } from '../base/element.js';
import { tokens, type WidgetState } from '../base/widget.js';

const IDLE: ShownFeed = { status: 'idle', transport: undefined, attempt: 0, retryAt: undefined, error: undefined };

/** One shape a status, so that nobody needs to tell colours apart. Drawn in a box of 12 by 12. */
const SHAPES: Readonly<Record<Status, SVGTemplateResult>> = {
  connected: svg`<circle cx="6" cy="6" r="5" fill="currentColor" />`,
  connecting: svg`<circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5" />`,
  idle: svg`<circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2 2" />`,
  reconnecting: svg`<path d="M6 .8 11.6 11H.4z" fill="currentColor" />`,
  offline: svg`<path d="M1 1h10v10H1z" fill="none" stroke="currentColor" stroke-width="1.5" />`,
  error: svg`<path d="m2 2 8 8m0-8-8 8" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" />`,
  disconnected: svg`<path d="M1.5 6h9" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" />`,
};

/** Connected, and no data comes. */
const SILENT = svg`<circle cx="6" cy="6" r="4.25" fill="none" stroke="currentColor" stroke-width="1.5" /><circle cx="6" cy="6" r="1.5" fill="currentColor" />`;

const STATES: Readonly<Record<Status, WidgetState>> = {
  connected: 'live',
  connecting: 'loading',
  idle: 'loading',
  reconnecting: 'stale',
  offline: 'stale',
  disconnected: 'stale',
  error: 'error',
};

/**
 * Says how the connection is: status in words, colour and shape, the transport, the age of the data (and, where it is
 * connected and the data is stale, that none comes), and, while it is away, the countdown to the next try and a button to
 * try now.
 *
 * @element rt-connection-indicator
 *
 * @attr {string} feed - The id of the feed to read. Default: the one around it, else the only one of the page.
 * @attr {string} label - A name for screen readers. Default: the word for "Connection".
 * @attr {string} stale-after - Silence after which the data is said to be stale. Default: as the feed says.
 * @attr {boolean} compact - The shape alone while all is well; the word too when it is not.
 *
 * @cssstate idle - The status.
 * @cssstate connecting - The status.
 * @cssstate connected - The status.
 * @cssstate reconnecting - The status.
 * @cssstate offline - The status.
 * @cssstate disconnected - The status.
 * @cssstate error - The status; nothing comes, and it does not mend itself.
 * @cssstate loading - Not connected yet.
 * @cssstate live - Connected, and data comes.
 * @cssstate stale - What is shown is no longer current: it is away, or connected and no data comes.
 *
 * @csspart shape - The status as a shape.
 * @csspart status - The status in words.
 * @csspart transport - How messages travel.
 * @csspart age - The age of the data.
 * @csspart countdown - When the next try comes.
 * @csspart message - What went wrong, where it does not mend itself.
 * @csspart retry - The button.
 *
 * @cssprop --rt-good - Colour while connected.
 * @cssprop --rt-warning - Colour while reconnecting or offline, or while no data comes.
 * @cssprop --rt-critical - Colour of an error.
 * @cssprop --rt-muted - Colour of what is secondary.
 * @cssprop --rt-line - Colour of the button's border.
 * @cssprop --rt-accent - Colour of the ring around what has the focus.
 * @cssprop --rt-text - Text.
 * @cssprop --rt-font - Font family.
 */
export class RtConnectionIndicator extends RtElement {
  static override readonly tag: string = 'rt-connection-indicator';

  static override styles = [
    tokens,
    css`
      :host {
        display: inline-flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 10px;
        font-size: 0.875rem;
        min-height: 28px;
      }
      .status {
        display: inline-flex;
        align-items: center;
        gap: 7px;
        font-weight: 600;
        color: var(--_muted);
      }
      .aside {
        color: var(--_muted);
        font-variant-numeric: tabular-nums;
      }
      .connected {
        color: var(--_good);
      }
      .reconnecting,
      .offline,
      .silent {
        color: var(--_warning);
      }
      .error {
        color: var(--_critical);
      }
      svg {
        width: 12px;
        height: 12px;
        flex: none;
        overflow: visible;
      }
      .message {
        flex-basis: 100%;
        overflow-wrap: anywhere;
      }
      button {
        font: inherit;
        color: inherit;
        min-height: 28px;
        padding: 2px 10px;
        border: 1px solid var(--_line);
        border-radius: 6px;
        background: transparent;
        cursor: pointer;
      }
      button:hover {
        border-color: currentColor;
      }
      button:focus-visible {
        outline: 2px solid var(--_accent);
        outline-offset: 2px;
      }
      .hidden {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
        white-space: nowrap;
      }
      @media print {
        button,
        [part='countdown'] {
          display: none;
        }
      }
      @media (forced-colors: active) {
        .status {
          color: CanvasText;
        }
        button {
          border-color: ButtonText;
        }
      }
    `,
  ];

  static override properties = {
    ...attributes('feed label', ''),
    ...attributes('staleAfter', null),
    ...attributes('compact', false, { type: Boolean }),
  };

  declare feed: string;
  declare label: string;
  declare staleAfter: string | null;
  declare compact: boolean;

  readonly #feed = new FeedController(this, () => undefined);

  protected override get isDoubtful(): boolean {
    return this.#feed.isLost;
  }

  protected override updated(): void {
    const { status } = this.#shown;
    this.setStates(status, this.#isSilent ? 'stale' : STATES[status]);
    this.describe('group', this.label === '' ? this.locale.strings.connection : this.label);
    this.keepTime(this.#feed.port !== undefined);
  }

  get #shown(): ShownFeed {
    const { port, incompatible } = this.#feed;
    return incompatible ? { ...IDLE, status: 'error' } : (port?.shown ?? IDLE);
  }

  /** How long ago anything came; `undefined` before that. Milliseconds. */
  get #age(): number | undefined {
    const { port } = this.#feed;
    return port?.lastArrival === undefined ? undefined : port.now() - port.lastArrival;
  }

  /** True while it is connected and nothing comes. */
  get #isSilent(): boolean {
    const { port } = this.#feed;
    const age = this.#age;
    if (age === undefined || port?.shown.status !== 'connected') return false;
    const after = this.read<number | undefined>('staleAfter', positiveDuration, undefined);
    return after === undefined ? port.freshnessOf(undefined) === 'stale' : age >= after;
  }

  protected override render(): TemplateResult {
    const { status, error } = this.#shown;
    const { strings } = this.locale;
    const isSilent = this.#isSilent;
    const quiet = this.compact && status === 'connected' && !isSilent;
    // Only words are announced: countdown and age change by the second.
    return html`<span class="status ${isSilent ? 'silent' : status}" role="status">
        <svg part="shape" viewBox="0 0 12 12" aria-hidden="true">${isSilent ? SILENT : SHAPES[status]}</svg>
        <span part="status" class=${quiet ? 'hidden' : ''}>${strings[status]}</span
        >${isSilent ? html`<span class="hidden"> · ${strings.silent}</span>` : nothing}
      </span>
      ${this.compact && !isSilent ? nothing : this.#aside(isSilent)} ${this.#retry()}
      ${
        status === 'error' && error !== undefined && !this.compact
          ? html`<span part="message" class="aside message">${error.message}</span>`
          : nothing
      }`;
  }

  #aside(isSilent: boolean): TemplateResult {
    const { strings, lang } = this.locale;
    const { transport } = this.#shown;
    const age = this.#age ?? 0;
    const text = isSilent
      ? fill(strings, 'silence', { time: formatElapsed(age, lang) })
      : fill(strings, 'updated', { age: formatAge(age, lang) });
    return html`${
      transport === undefined || this.compact
        ? nothing
        : html`<span part="transport" class="aside">${strings[transport]}</span>`
    }
    ${
      this.#age === undefined
        ? nothing
        : html`<span part="age" class="aside ${isSilent ? 'silent' : ''}">${text}</span>`
    }`;
  }

  #retry(): TemplateResult | typeof nothing {
    const { strings, lang } = this.locale;
    const { port } = this.#feed;
    const { status, retryAt } = this.#shown;
    const isAway = status === 'reconnecting' || status === 'offline' || status === 'error' || status === 'disconnected';
    if (port === undefined || !isAway) return nothing;
    const seconds = retryAt === undefined ? undefined : formatCountdown(retryAt - port.now(), lang);
    return html`${
        seconds === undefined
          ? nothing
          : html`<span part="countdown" class="aside">${fill(strings, 'retryIn', { seconds })}</span>`
      } <button part="retry" type="button" @click=${() => port.reconnect()}>${strings.retryNow}</button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'rt-connection-indicator': RtConnectionIndicator;
  }
}
