import { html, nothing, type TemplateResult } from 'lit';
import { oneOf, positiveDuration, wholeNumber } from '../../controllers/config.js';
import { ValueController } from '../../controllers/value-controller.js';
import {
  levelFor,
  levelOfState,
  parseStates,
  parseThresholds,
  type Level,
  type Threshold,
} from '../../format/levels.js';
import { formatValue, NUMBER_FORMATS, parseCurrency, type Formatted, type NumberFormat } from '../../format/number.js';
import type { Trend } from '../../format/trend.js';
import { toNumber } from '../../kernel/number.js';
import type { Latest } from '../../store/samples.js';
import { attributes } from '../base/attributes.js';
import { css } from '../base/css.js';
import { RtWidget, tokens } from '../base/widget.js';

const ARROWS: Readonly<Record<Trend, string>> = { up: '▲', down: '▼', stable: '▶' };

/**
 * One value, large: its name, unit, level and trend; and, when it is no longer current, that too.
 *
 * @element rt-metric-card
 *
 * @attr {string} label - The value's name. Default: the field.
 * @attr {string} field - Where the value is: `infrastructure.cpu_usage`. None: the data itself.
 * @attr {string} channel - The channel to read. None: every channel that has the field.
 * @attr {string} where - Which messages: `symbol=AAPL city='New York'`. Default: all.
 * @attr {string} feed - The id of the feed to read, for a widget that stands outside of it. Default: the page's only one.
 * @attr {string} stale-after - Silence after which the value is stale. Default: as the feed says of its channel.
 * @attr {string} value - What to show without a feed. Default: what the feed says.
 * @attr {string} unit - Written after the value: `%`, `ms`, `/s`. Default: none.
 * @attr {'number' | 'percent' | 'bytes' | 'compact' | 'currency' | 'duration' | 'text'} format - How it is written.
 *   `percent` takes a fraction (0.426 is 42.6 %), `bytes` counts in powers of 1000, `duration` takes milliseconds,
 *   `currency` wants the attribute `currency`, `text` shows words as they are. Default `number`.
 * @attr {number} decimals - Digits after the decimal mark. Default: fit for the value.
 * @attr {string} currency - ISO 4217 code, for `format="currency"`. Default: none.
 * @attr {string} states - Levels of texts: `RUNNING good, DOWN critical`. Default: none.
 * @attr {string} thresholds - Levels of numbers, as lower bounds (upper ones with `good="up"`): `70 warning, 90 critical`.
 *   Default: none.
 * @attr {'up' | 'down'} good - Which direction is good. Default: neither.
 * @attr {'auto' | 'up' | 'down' | 'stable' | 'none'} trend - The trend, or how it is found. Default `auto`.
 * @attr {string} trend-window - How far back `auto` looks. Default `60s`.
 *
 * @csspart card - The box.
 * @csspart label - The name.
 * @csspart value - The value.
 * @csspart unit - Its unit.
 * @csspart level - The level in words, where it is more than good.
 * @csspart trend - The trend: an arrow and a word.
 * @csspart note - What there is to say of the value: stale, no value, waiting.
 *
 * @cssstate good - The level, by `thresholds` or `states`.
 * @cssstate info - The level.
 * @cssstate warning - The level.
 * @cssstate critical - The level.
 * @cssstate trend-up - The trend: rising.
 * @cssstate trend-down - The trend: falling.
 * @cssstate trend-stable - The trend: steady.
 * @cssstate no-value - The last message had the field without a value: the one before is shown.
 * @cssstate paused - The feed holds what is drawn.
 */
export class RtMetricCard extends RtWidget {
  static override readonly tag: string = 'rt-metric-card';

  static override styles = [
    tokens,
    css`
      :host {
        /* Not a block whose box is 100% high: without a doctype, as in a pop-out, that is the window's height. */
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        container-type: inline-size;
        min-width: 0;
      }
      .card {
        --_level: var(--_line);
        display: grid;
        grid-template-rows: auto 1fr auto;
        gap: 4px;
        padding: 14px var(--_gap) 12px;
        background: var(--_surface);
        border: 1px solid var(--_line);
        border-inline-start: 3px solid var(--_level);
        border-radius: var(--_radius);
        overflow: hidden;
      }
      .good {
        --_level: var(--_good);
      }
      .info {
        --_level: var(--_info);
      }
      .warning {
        --_level: var(--_warning);
      }
      .critical {
        --_level: var(--_critical);
      }
      .label {
        font-size: 0.8125rem;
        color: var(--_muted);
        overflow-wrap: anywhere;
      }
      .reading {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 0.25em;
        min-width: 0;
        /* One height whatever the digits' size, so that nothing moves below a value that grows. */
        --_size: 1.5rem;
        --_ems: 1;
        font-size: var(--_size);
        line-height: calc(1.15 * var(--_size));
        font-variant-numeric: tabular-nums;
      }
      @supports (width: 1cqi) {
        .reading {
          --_size: clamp(1.5rem, 16cqi, 2.25rem);
          /* What the card has, divided by what the text needs at a font size of 1. */
          font-size: max(0.75rem, min(var(--_size), (100cqi - 2 * var(--_gap) - 4px) / var(--_ems)));
        }
      }
      .value {
        font-weight: 600;
        letter-spacing: -0.01em;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .number {
        white-space: nowrap;
        overflow-x: clip;
        text-overflow: ellipsis;
      }
      .unit {
        font-size: max(0.5em, 0.75rem);
        line-height: 1;
        min-width: 0;
        overflow-wrap: anywhere;
        color: var(--_muted);
      }
      .warning .value,
      .critical .value {
        color: var(--_level);
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        gap: 0 10px;
        min-height: 1.4em;
        font-size: 0.8125rem;
        color: var(--_muted);
      }
      .level {
        font-weight: 600;
        color: var(--_level);
      }
      .trend.better {
        color: var(--_good);
      }
      .trend.worse {
        color: var(--_critical);
      }
      .arrow {
        font-size: 0.7em;
        margin-inline-end: 0.35em;
      }
      .arrow.stable:dir(rtl) {
        display: inline-block;
        transform: scaleX(-1);
      }
      .stale .value,
      .stale .unit {
        color: var(--_muted);
        font-weight: 400;
      }
      .stale .note {
        color: var(--_warning);
      }
      :host(:fullscreen) .reading {
        --_size: min(16cqi, 40vh);
      }
      @media (forced-colors: active) {
        .card {
          border-inline-start-color: CanvasText;
        }
        .stale .value,
        .stale .unit {
          color: GrayText;
        }
      }
    `,
  ];

  static override properties = {
    ...attributes('field unit', ''),
    ...attributes('format decimals currency states thresholds good trend trendWindow', null),
    ...attributes('value', undefined, { converter: (text) => text ?? undefined }),
  };

  declare field: string;
  declare unit: string;
  declare format: string | null;
  declare decimals: string | null;
  declare currency: string | null;
  declare states: string | null;
  declare thresholds: string | null;
  declare good: string | null;
  declare trend: string | null;
  declare trendWindow: string | null;
  /** What to show without a feed: a number, a text or a boolean. `undefined`: what the feed says. */
  declare value: unknown;

  readonly #reading = new ValueController(
    this,
    this.feedController,
    () => ({
      series: { channel: this.channel || undefined, field: this.field || undefined, where: this.parsedWhere() },
      span: this.#trendWindow,
    }),
    () => this.requestUpdate(),
  );

  protected override get isOwn(): boolean {
    return this.value !== undefined;
  }

  protected override get shownLatest(): Latest | undefined {
    return this.#known;
  }

  protected override get heard(): readonly Latest[] {
    const last = this.#reading.reader?.last;
    return last === undefined ? [] : [last];
  }

  protected override get isDoubtful(): boolean {
    return super.isDoubtful || (this.format === 'currency' && !this.currency);
  }

  protected override get hasValue(): boolean {
    return this.#shown !== undefined;
  }

  protected override updated(): void {
    const level = this.#level;
    const trend = this.#trend;
    this.setStates(
      this.widgetState,
      ...(level === undefined ? [] : [level]),
      ...(trend === undefined ? [] : [`trend-${trend}`]),
      ...(this.#isMissing ? ['no-value'] : []),
      ...(this.isHeld ? ['paused'] : []),
    );
    // Not as an attribute, which a strict policy forbids.
    const reading = this.renderRoot.querySelector<HTMLElement>('.reading');
    reading?.style.setProperty('--_ems', this.#isNumber ? emsOf(this.#shown).toFixed(2) : '1');
    this.describe('group', this.#name);
    this.keepState(this.#isMissing);
  }

  protected override render(): TemplateResult {
    const shown = this.#shown;
    const level = this.#level;
    const state = this.widgetState;
    const isNumber = this.#isNumber;
    return html`<div part="card" class="card ${state} ${level ?? ''}">
      <div part="label" class="label">${this.#name}</div>
      <div class="reading">
        <span
          part="value"
          class="value ${isNumber ? 'number' : ''}"
          title=${isNumber && emsOf(shown) > ROOMY ? `${shown?.text ?? ''} ${shown?.unit ?? ''}`.trim() : nothing}
          >${shown?.text ?? '–'}</span
        >${
          shown === undefined || shown.unit === ''
            ? nothing
            : html` <span part="unit" class="unit">${shown.unit}</span>`
        }
      </div>
      <div class="foot">
        ${
          level === undefined || level === 'good'
            ? nothing
            : html`<span part="level" class="level">${this.locale.strings[level]}</span>`
        }
        ${this.#note === '' ? this.#renderTrend() : html`<span part="note" class="note">${this.#note}</span>`}
      </div>
    </div>`;
  }

  #renderTrend(): TemplateResult | typeof nothing {
    const trend = this.#trend;
    if (trend === undefined) return nothing;
    const good = this.#good;
    const judged = good === undefined || trend === 'stable' ? '' : trend === good ? 'better' : 'worse';
    return html`<span part="trend" class="trend ${judged}"
      ><span class="arrow ${trend}" aria-hidden="true">${ARROWS[trend]}</span>${this.locale.strings[trend]}</span
    >`;
  }

  get #name(): string {
    return this.label || this.field || this.channel;
  }

  get #format(): NumberFormat {
    return this.read('format', oneOf(...NUMBER_FORMATS), this.#states.size > 0 ? 'text' : 'number');
  }

  get #states(): ReadonlyMap<string, Level> {
    return this.read('states', parseStates, NO_STATES);
  }

  get #thresholds(): readonly Threshold[] {
    return this.read('thresholds', parseThresholds, NO_THRESHOLDS);
  }

  get #good(): 'up' | 'down' | undefined {
    return this.read<'up' | 'down' | undefined>('good', oneOf('up', 'down'), undefined);
  }

  get #trendWindow(): number {
    return this.read('trendWindow', positiveDuration, 60_000);
  }

  /** What to show: the page's own value, else the last that the feed gave; with `format="text"` the last of any kind. */
  get #raw(): unknown {
    if (this.isOwn) return this.value;
    return this.#known?.raw;
  }

  /** The last that was a value by the format's own measure. */
  get #known(): Latest | undefined {
    const { lastPlain, lastNumber } = this.#reading.shown;
    return this.#format === 'text' ? lastPlain : lastNumber;
  }

  get #shown(): Formatted | undefined {
    const decimals = this.read<number | undefined>('decimals', wholeNumber(0), undefined);
    const currency = this.read<string | undefined>('currency', parseCurrency, undefined);
    const { lang } = this.locale;
    return formatValue(this.#raw, { format: this.#format, lang, unit: this.unit, decimals, currency });
  }

  /** True where what is shown is written in digits, and must not be broken. */
  get #isNumber(): boolean {
    return this.#format !== 'text' || typeof this.#raw === 'number';
  }

  /** True where the last message had the field without a value: the one before is shown, and that is said. */
  get #isMissing(): boolean {
    const latest = this.isOwn ? undefined : this.#reading.shown.last;
    return latest !== undefined && formatValue(latest.raw, { format: this.#format, lang: 'en' }) === undefined;
  }

  get #level(): Level | undefined {
    const raw = this.#raw;
    return levelOfState(raw, this.#states) ?? levelFor(toNumber(raw), this.#thresholds, this.#good);
  }

  get #trend(): Trend | undefined {
    const wanted = this.read('trend', oneOf('auto', 'up', 'down', 'stable', 'none'), 'auto');
    if (wanted === 'none' || this.#shown === undefined) return undefined;
    if (wanted !== 'auto') return wanted;
    return this.isOwn ? undefined : this.#reading.trend;
  }

  get #note(): string {
    const { strings } = this.locale;
    if (this.widgetState !== 'live') return this.stateText;
    if (this.isHeld) return strings.paused;
    return this.#isMissing ? `${strings.noValue} · ${this.ageText}` : '';
  }
}

/** How wide characters are at a font size of 1: not less than in the widest of the usual fonts. What is none of these: 0.8. */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  [/\p{Nd}/u, 0.7],
  [/[\s,.'’٫٬]/, 0.38],
  [/[\p{Cf}\p{M}]/u, 0],
  [/[\p{Ll}\p{Lo}]/u, 0.65],
];

const widthOf = (text: string): number =>
  Array.from(text).reduce((sum, character) => sum + (WIDTHS.find(([kind]) => kind.test(character))?.[1] ?? 0.8), 0);

/** The same of a value with its unit, which is half as large, and has a line of its own where it is long. */
const emsOf = (shown: Formatted | undefined): number => {
  const { text = '', unit = '' } = shown ?? {};
  return Math.max(1, widthOf(text) + (unit === '' ? 0 : 0.25 + Math.min(2, widthOf(unit) / 2)));
};

/** So much fits into the narrowest card that is usual, in letters that can be read. */
const ROOMY = 7;

const NO_STATES: ReadonlyMap<string, Level> = new Map();
const NO_THRESHOLDS: readonly Threshold[] = [];

declare global {
  interface HTMLElementTagNameMap {
    'rt-metric-card': RtMetricCard;
  }
}
