/**
 * The inside of `<rt-line-chart>`, fetched when the first one stands in the page: template, styles, and the way from the
 * store to the canvas. The element hands it what it has; the chart itself is handed in too.
 */
import { html, nothing, render, type TemplateResult } from 'lit';
import type { LineChart, LineChartOptions, ReadOut } from '../../chart/line-chart.js';
import { tellError, type Config } from '../../controllers/config.js';
import type { FeedController } from '../../controllers/feed-controller.js';
import { GroupController } from '../../controllers/group-controller.js';
import type { LocaleController } from '../../controllers/locale-controller.js';
import { world } from '../../controllers/world.js';
import { toCsv } from '../../format/csv.js';
import { fill } from '../../format/strings.js';
import type { Disposer } from '../../kernel/disposer.js';
import { rtError } from '../../kernel/errors.js';
import type { Latest } from '../../store/samples.js';
import { CONFIG_ATTRIBUTES } from '../base/config-children.js';
import { css } from '../base/css.js';
import { readConfig, type ChartConfig } from './chart-config.js';
import type { LineChartData, RtLineChart } from './rt-line-chart.js';

/** How long the picture of an element that was taken out of the page is kept for its return. Milliseconds. */
const MOVE = 500;

/** What the element has and hands in. */
export interface Shell {
  readonly host: RtLineChart;
  readonly config: Config;
  readonly locale: LocaleController;
  readonly feed: FeedController;
}

/**
 * For light and for dark pages. The hues follow Okabe and Ito (2008), whose set is told apart by colour-blind eyes; the
 * lightness is fit for a contrast of at least 3 to 1.
 */
const PALETTE = [
  ['#0067a9', '#56b4e9'],
  ['#b34700', '#f0903c'],
  ['#00795a', '#2fc49a'],
  ['#a8457e', '#e08fbd'],
  ['#8a6a00', '#e8c33c'],
  ['#5b4fc0', '#a79ff5'],
  ['#9c2b2b', '#f58a8a'],
  ['#4d5a66', '#aebbc6'],
] as const;

export const styles = css`
  figure {
    display: flex;
    flex-direction: column;
    gap: 8px;
    height: 100%;
    margin: 0;
    padding: 14px var(--_gap) 12px;
    background: var(--_surface);
    border: 1px solid var(--_line);
    border-radius: var(--_radius);
  }
  .head {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 16px;
    font-size: 0.8125rem;
  }
  .label {
    color: var(--_muted);
  }
  .note {
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
  }
  .stale .note,
  .error .note {
    color: var(--_warning);
  }
  .plot {
    position: relative;
    flex: 1 1 0;
    min-height: 0;
  }
  canvas {
    position: absolute;
    inset: 0;
    display: block;
  }
  .stale canvas {
    opacity: 0.75;
  }
  .probe {
    forced-color-adjust: none;
    position: absolute;
    width: 0;
    height: 0;
    overflow: hidden;
    color: var(--_text);
    transition: color 1ms;
  }
  .tooltip {
    position: absolute;
    inset-block-start: 8px;
    max-width: 60%;
    padding: 6px 10px;
    font-size: 0.8125rem;
    font-variant-numeric: tabular-nums;
    background: var(--_surface);
    border: 1px solid var(--_line);
    border-radius: 6px;
    box-shadow: 0 2px 8px rgb(0 0 0 / 15%);
    pointer-events: none;
  }
  .tooltip:empty {
    display: none;
  }
  .tooltip div {
    display: flex;
    align-items: center;
    gap: 6px;
  }
  .tooltip .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .tooltip b {
    margin-inline-start: auto;
    font-weight: 600;
  }
  .time {
    color: var(--_muted);
    white-space: nowrap;
  }
  ul {
    display: flex;
    flex-wrap: wrap;
    gap: 0 4px;
    margin: 0 -6px;
    padding: 0;
    list-style: none;
    font-size: 0.8125rem;
  }
  button {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    min-height: 28px;
    padding: 2px 6px;
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    border-radius: 6px;
    cursor: pointer;
  }
  button:focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 0;
  }
  button[aria-pressed='false'] {
    color: var(--_muted);
    text-decoration: line-through;
  }
  button[aria-pressed='false'] .swatch {
    opacity: 0.35;
  }
  .swatch {
    print-color-adjust: exact;
    flex: none;
    width: 14px;
    height: 3px;
    border-radius: 2px;
    background: currentColor;
    forced-color-adjust: none;
  }
  @media print {
    figure {
      break-inside: avoid;
    }
    /* The picture is of the screen's width: the paper's may be less. */
    canvas {
      width: 100% !important;
      height: 100% !important;
      object-fit: contain;
      object-position: 0 0;
    }
    .tooltip {
      display: none;
    }
  }
`;

export class LineChartView {
  readonly #groups: GroupController;
  readonly #hidden = new Set<string>();
  readonly #children = new MutationObserver(() => this.#host.requestUpdate());
  #config: ChartConfig;
  #chart: LineChart | undefined;
  /** The window that the chart was last told of, and what ends listening to it. */
  #view: Window | null = null;
  #unlisten: Disposer | undefined;
  /** Runs while the element is out of the page, and may come back. */
  #release: Disposer | undefined;
  #hadValue = false;
  #isLive = false;

  constructor(
    private readonly shell: Shell,
    private readonly Chart: typeof LineChart,
  ) {
    this.#groups = new GroupController(shell.host, shell.feed, () => this.#heard());
    this.#config = readConfig(shell.host, shell.config);
  }

  get #host(): RtLineChart {
    return this.shell.host;
  }

  get isOwn(): boolean {
    return this.#groups.isOwn;
  }

  get hasValue(): boolean {
    return (this.#groups.group?.rows.length ?? 0) > 0;
  }

  get dropped(): number {
    return this.#groups.group?.dropped ?? 0;
  }

  /** What came last of each series. */
  get heard(): readonly Latest[] {
    return this.#config.series.flatMap((_, column) => this.#groups.group?.latest(column) ?? []);
  }

  /** True where any series has not heard a number yet. */
  get lacks(): boolean {
    return this.#config.series.some((_, column) => this.#groups.group?.latestNumber(column) === undefined);
  }

  connect(): void {
    this.#children.observe(this.#host, { subtree: true, childList: true, attributeFilter: CONFIG_ATTRIBUTES });
    this.#host.requestUpdate();
    this.#release?.();
    this.#release = undefined;
    this.#listen();
  }

  /** A move takes it out and puts it back: the picture outlives that, and one that is paused stands as it stood. */
  disconnect(): void {
    this.#children.disconnect();
    this.#unlisten?.();
    this.#release ??= world().env.timer(() => {
      this.#release = undefined;
      this.#chart?.destroy();
      this.#chart = undefined;
    }, MOVE);
  }

  /** Before each update: what the attributes and children say now. */
  prepare(): void {
    const { config, locale } = this.shell;
    this.#config = readConfig(this.#host, config);
    const { unknownTimeZone } = locale;
    if (unknownTimeZone !== undefined)
      config.mistake('time-zone', unknownTimeZone, 'an IANA name such as Europe/Berlin');
    this.#request();
  }

  /** Shows a page's own rows; `undefined` goes back to the feed. */
  show(data: LineChartData | undefined): void {
    this.prepare();
    if (data === undefined) this.#groups.disown();
    else
      this.#tell(
        'data',
        this.#groups.replace(
          data.x,
          data.series.map(({ values }) => values),
        ),
      );
  }

  append(x: ArrayLike<number>, values: readonly ArrayLike<number>[]): void {
    this.prepare();
    this.#tell('append()', this.#groups.append(x, values));
  }

  toCSV(): string {
    const labels = this.#config.series.map(({ label }) => label);
    const { group } = this.#groups;
    if (group === undefined) return toCsv(labels, { length: 0, time: () => 0, value: () => 0 });
    return toCsv(labels, group.rows, this.#groups.firstShown(this.#now));
  }

  render(note: string): TemplateResult {
    this.#isLive = note === '';
    const { label, noLegend } = this.#host;
    const { strings } = this.shell.locale;
    const series = this.#config.series.map((each) => each.label).join(', ');
    const name = fill(strings, 'summary', { label: label || strings.lineChart, series });
    return html`<figure class=${note === '' ? '' : 'stale'}>
      <div class="head">
        <span part="label" class="label">${label}</span>
        <span part="note" class="note">${this.#isPaused ? strings.paused : note}</span>
      </div>
      <div part="plot" class="plot">
        <canvas part="canvas" role="img" aria-label=${name}></canvas>
        <i class="probe" aria-hidden="true" @transitionend=${() => this.update()}><i></i></i>
        <div part="tooltip" class="tooltip" aria-hidden="true"></div>
      </div>
      ${noLegend || this.#config.series.length === 0 ? nothing : this.#renderLegend()}
    </figure>`;
  }

  /** After each update: the chart gets what it is to look like. */
  update(): void {
    const canvas = this.#host.renderRoot.querySelector('canvas');
    if (canvas === null || !this.#host.isConnected) return;
    paint(this.#host.renderRoot, (index) => colorOf(this.#config.series[index]?.color ?? '', index), 'ul .swatch');
    const frames = this.shell.feed.port?.frames ?? world().frames;
    const options = this.#options(canvas);
    this.#chart ??= new this.Chart(
      canvas,
      { frames, env: world().env, read: (reading) => this.#showReading(reading) },
      options,
    );
    this.#chart.configure(options);
    this.#chart.paused = this.#isPaused;
    this.#chart.show(this.#groups.group);
  }

  #listen(): void {
    const view = this.#host.ownerDocument.defaultView;
    const before = (): void => this.#print(true);
    const after = (): void => this.#print(false);
    view?.addEventListener('beforeprint', before);
    view?.addEventListener('afterprint', after);
    this.#unlisten = () => {
      view?.removeEventListener('beforeprint', before);
      view?.removeEventListener('afterprint', after);
    };
    if (this.#view !== view) this.#chart?.settle();
    this.#view = view;
  }

  /** Paper is white: the canvas is drawn for it before any style says so. */
  #print(isPrinted: boolean): void {
    const plot = this.#host.renderRoot.querySelector<HTMLElement>('.plot');
    if (plot === null) return;
    plot.style.colorScheme = isPrinted ? 'light' : '';
    this.update();
    this.#chart?.print(isPrinted, this.#now);
  }

  get #isPaused(): boolean {
    return this.#host.paused || this.#host.isHeld;
  }

  /** A tooltip of HTML, in the page's own text; beside the moment that is read, on the side that has more room. */
  #showReading(reading: ReadOut | undefined): void {
    const tooltip = this.#host.renderRoot.querySelector<HTMLElement>('.tooltip');
    if (tooltip === null) return;
    if (reading === undefined) {
      // By the hand that filled it, or it could not fill it again.
      render(nothing, tooltip);
      return;
    }
    const { title, x, rows } = reading;
    render(
      html`<span class="time">${title}</span>${rows.map(
          ({ label, value }) =>
            html`<div><span class="swatch"></span><span class="name">${label}</span><b>${value}</b></div>`,
        )}`,
      tooltip,
    );
    paint(tooltip, (index) => rows[index]?.color ?? '');
    const width = tooltip.parentElement?.clientWidth ?? 0;
    const isRight = x < width / 2;
    tooltip.style.left = isRight ? `${x + 12}px` : 'auto';
    tooltip.style.right = isRight ? 'auto' : `${width - x + 12}px`;
  }

  #renderLegend(): TemplateResult {
    const { strings } = this.shell.locale;
    return html`<ul part="legend">
      ${this.#config.series.map(({ label }, index) => {
        const key = keyOf(label, index);
        const shown = !this.#hidden.has(key);
        return html`<li>
          <button
            part="series"
            type="button"
            aria-pressed=${shown}
            title=${fill(strings, 'toggleSeries', { label })}
            @click=${() => this.#toggle(key)}
          >
            <span class="swatch" aria-hidden="true"></span>${label}
          </button>
        </li>`;
      })}
    </ul>`;
  }

  #toggle(key: string): void {
    if (!this.#hidden.delete(key)) this.#hidden.add(key);
    this.#host.requestUpdate();
  }

  #request(): void {
    const { series, window } = this.#config;
    this.#groups.request({
      series: series.map(({ channel, field, where }) => ({ channel, field, where })),
      xField: this.#host.xField || undefined,
      window,
    });
  }

  #heard(): void {
    this.#chart?.mark();
    // The picture alone changes with each sample: the template does only when there is a first one, or it was stale.
    if (this.#isLive && this.#hadValue && this.hasValue) return;
    this.#hadValue = this.hasValue;
    this.#host.requestUpdate();
  }

  get #now(): number {
    return this.shell.feed.port?.now() ?? world().env.now();
  }

  #options(canvas: HTMLCanvasElement): LineChartOptions {
    const { host, locale } = this.shell;
    const { series, thresholds, window, gap, gapAfter, yMin, yMax, softMin, softMax } = this.#config;
    const resolve = this.#resolver();
    return {
      series: series.map(({ label, color, axis }, index) => ({
        label,
        axis,
        color: resolve(colorOf(color, index)),
        hidden: this.#hidden.has(keyOf(label, index)),
      })),
      thresholds: thresholds.map((threshold) => ({ ...threshold, color: resolve(`var(--_${threshold.level})`) })),
      window,
      gap,
      gapAfter,
      yMin,
      yMax,
      softMin,
      softMax,
      fill: host.fill,
      stepped: host.stepped,
      lang: locale.lang,
      timeZone: locale.timeZone,
      rtl: locale.rtl,
      reducedMotion: matchMedia('(prefers-reduced-motion: reduce)').matches,
      colors: matchMedia('(forced-colors: active)').matches
        ? { ...FORCED, grid: resolve('color-mix(in srgb, CanvasText 25%, Canvas)') }
        : {
            text: resolve('var(--_text)'),
            muted: resolve('var(--_muted)'),
            grid: resolve('var(--rt-grid, var(--_line))'),
            surface: resolve('var(--_surface)'),
          },
      fontFamily: getComputedStyle(canvas).fontFamily,
      fontSize: 12,
    };
  }

  /** A canvas knows no custom properties and no `light-dark()`: an element of the page resolves them. */
  #resolver(): (color: string) => string {
    const probe = this.#host.renderRoot.querySelector<HTMLElement>('.probe > i');
    if (probe === null) return (color) => color;
    const computed = getComputedStyle(probe);
    return (color) => {
      // What is no colour leaves the one before: none, so that the text's is inherited.
      probe.style.color = '';
      probe.style.color = color;
      return computed.color;
    };
  }

  #tell(what: string, problem: string | undefined): void {
    if (problem === undefined) return;
    const message = `${what} of <${this.#host.localName}> is not taken: ${problem} What was there stays.`;
    tellError(this.#host, rtError('config', message));
  }
}

/** What the reader's own colours are called. The lines keep theirs: they would all look the same. */
const FORCED = { text: 'CanvasText', muted: 'CanvasText', surface: 'Canvas' };

/** Two series may have one label. */
const keyOf = (label: string, index: number): string => `${index} ${label}`;

/** Colours swatches by script: a page's policy may forbid style attributes. */
const paint = (root: ParentNode, colorOfIndex: (index: number) => string, selector = '.swatch'): void => {
  root.querySelectorAll<HTMLElement>(selector).forEach((swatch, index) => {
    swatch.style.color = colorOfIndex(index);
  });
};

/** The author's colour, else the palette's: eight, then from the first again. */
const colorOf = (color: string, index: number): string => {
  if (color !== '') return color;
  const place = index % PALETTE.length;
  const [light, dark] = PALETTE[place] ?? PALETTE[0];
  const both = `light-dark(${light}, ${dark})`;
  return `var(--rt-color-${place + 1}, ${CSS.supports('color', both) ? both : light})`;
};
