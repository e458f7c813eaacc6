/**
 * The inside of `<rt-pause-button>`, fetched when the first one stands in the page: template, styles, and what is said to
 * screen readers. The button's name changes with what it does, so that it has no pressed state besides.
 */
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import type { FeedController } from '../../controllers/feed-controller.js';
import type { FeedPort } from '../../controllers/feed-port.js';
import type { LocaleController } from '../../controllers/locale-controller.js';
import { world } from '../../controllers/world.js';
import { memo } from '../../format/intl.js';
import { fill, type Strings } from '../../format/strings.js';
import type { Disposer } from '../../kernel/disposer.js';
import { css } from '../base/css.js';
import type { RtPauseButton } from './rt-pause-button.js';

/** What the element has and hands in. */
export interface Shell {
  readonly host: RtPauseButton;
  readonly locale: LocaleController;
  readonly feed: FeedController;
}

/** Drawn in a box of 12 by 12. Not mirrored where one reads from right to left: nor are they on any device. */
const BARS = svg`<path d="M2 1h3v10H2zm5 0h3v10H7z" fill="currentColor" />`;
const TRIANGLE = svg`<path d="M2.5.5 11 6l-8.5 5.5z" fill="currentColor" />`;

/** How long it is said that the feed goes on: long enough to be read out, and gone before somebody comes upon it later. */
const SAID = 5_000;

const formatterOf = memo<Intl.NumberFormat>();

export const styles = css`
  :host {
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 12px;
    line-height: 1.25rem;
  }
  button {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-block-size: 2rem;
    padding: 4px 12px;
    font: inherit;
    font-weight: 600;
    color: inherit;
    background: var(--_surface);
    border: 1px solid var(--_line);
    border-radius: 6px;
    cursor: pointer;
  }
  button:hover:enabled {
    border-color: currentColor;
  }
  button:focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 2px;
  }
  button:disabled {
    color: var(--_muted);
    cursor: default;
  }
  svg {
    flex: none;
    inline-size: 12px;
    block-size: 12px;
  }
  button:enabled svg {
    color: var(--_accent);
  }
  /* Both words take their room, so that the button does not change its size under the pointer. */
  .words {
    display: grid;
    text-align: start;
  }
  .words > * {
    grid-area: 1 / 1;
  }
  .unsaid {
    visibility: hidden;
  }
  .aside {
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
    /* English words that stand in on an Arabic page keep their own order. */
    unicode-bidi: plaintext;
  }
  .paused {
    font-weight: 600;
    color: var(--_warning);
  }
  .aside:empty {
    display: none;
  }
  .hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media print {
    button {
      display: none;
    }
  }
  @media (forced-colors: active) {
    button:enabled svg {
      color: inherit;
    }
  }
`;

export class PauseView {
  #port: FeedPort | undefined;
  #stop: Disposer | undefined;
  /** As of the last update. */
  #wasPaused = false;
  /** As it was last told; at the moment of going on it still says how much there was. */
  #held = 0;
  /** That it goes on is said until this runs. */
  #said: Disposer | undefined;

  constructor(private readonly shell: Shell) {}

  connect(): void {
    this.shell.host.requestUpdate();
  }

  disconnect(): void {
    this.#leave();
  }

  /** Before each update: which feed it is, and what has become of it. */
  prepare(): void {
    this.#follow(this.shell.feed.port);
    const isPaused = this.#port?.paused === true;
    if (isPaused) this.#sayNoMore();
    else if (this.#wasPaused) this.#sayResumed();
    this.#wasPaused = isPaused;
  }

  render(): TemplateResult {
    const { feed, locale } = this.shell;
    const { strings } = locale;
    const { port, incompatible } = feed;
    const isPaused = this.#wasPaused;
    const held = this.#heldText;
    return html`<button part="button" type="button" ?disabled=${port === undefined} @click=${() => this.#toggle()}>
        ${icon(isPaused ? TRIANGLE : BARS)}
        <span class="words">${word(strings.pause, !isPaused)}${word(strings.resume, isPaused)}</span>
      </button>
      <span role="status" class=${isPaused ? 'paused' : 'hidden'}>${this.#spoken(held)}</span>
      ${isPaused ? html`<span part="held" class="aside">${held}</span>` : nothing}
      ${port === undefined ? html`<span part="status" class="aside">${why(strings, incompatible)}</span>` : nothing}`;
  }

  /** What is announced: each turn once. The count is not part of it, or it would be read out four times a second. */
  #spoken(held: string): TemplateResult | string {
    const { strings } = this.shell.locale;
    if (this.#wasPaused) return html`<span part="status">${strings.paused}</span>`;
    if (this.#said === undefined) return '';
    return held === '' ? strings.resumed : `${strings.resumed} · ${held}`;
  }

  get #heldText(): string {
    const { strings, lang } = this.shell.locale;
    const count = this.#held;
    if (count === 0) return '';
    if (count === 1) return strings.heldOne;
    const formatter = formatterOf(lang, () => new Intl.NumberFormat(lang));
    return fill(strings, 'held', { count: formatter.format(count) });
  }

  #toggle(): void {
    if (this.#port?.paused === true) this.#port.resume();
    else this.#port?.pause();
  }

  /** Hears of the count of the feed that is found, and of no other. */
  #follow(port: FeedPort | undefined): void {
    const { host } = this.shell;
    if (port === this.#port || !host.isConnected) return;
    this.#leave();
    this.#port = port;
    this.#held = port?.held ?? 0;
    this.#stop = port?.observeHeld(() => {
      this.#held = port.held;
      host.requestUpdate();
    });
  }

  #leave(): void {
    this.#stop?.();
    this.#sayNoMore();
    this.#stop = this.#port = undefined;
    // What it comes upon next was not paused before its eyes.
    this.#wasPaused = false;
  }

  #sayResumed(): void {
    this.#said = world().env.timer(() => {
      this.#sayNoMore();
      this.shell.host.requestUpdate();
    }, SAID);
  }

  /** Nothing more of the last pause; and the next one counts from 0. */
  #sayNoMore(): void {
    if (this.#said === undefined) return;
    this.#said();
    this.#said = undefined;
    this.#held = this.#port?.held ?? 0;
  }
}

const icon = (shape: SVGTemplateResult): TemplateResult =>
  html`<svg part="icon" viewBox="0 0 12 12" aria-hidden="true">${shape}</svg>`;

const word = (text: string, isSaid: boolean): TemplateResult =>
  html`<span class=${isSaid ? '' : 'unsaid'} aria-hidden=${isSaid ? nothing : 'true'}>${text}</span>`;

const why = (strings: Strings, incompatible: boolean): string => (incompatible ? strings.error : strings.noFeed);
