import { html, type PropertyValues, type TemplateResult } from 'lit';
import type { Latest } from '../../store/samples.js';
import { attributes } from '../base/attributes.js';
import { css } from '../base/css.js';
import { LateView, type Fetched } from '../base/late-view.js';
import { RtWidget, tokens } from '../base/widget.js';
import type { LineChartView } from './view.js';

/** Rows of a page's own: `x` in milliseconds since the epoch, ascending, and as many values for each series. */
export interface LineChartData {
  readonly x: ArrayLike<number>;
  readonly series: readonly { readonly label: string; readonly values: ArrayLike<number> }[];
}

/**
 * Lines over time that follow the data's own clock. Its view, and Chart.js with it, is fetched when the first chart
 * stands in the page.
 *
 * @element rt-line-chart
 *
 * @attr {string} label - The chart's name, shown above it. Default: none.
 * @attr {string} fields - Fields to draw, separated by spaces: short for `<rt-series>` children. Default: those of the children.
 * @attr {string} x-field - Where a sample's time is. Default: the data's `timestamp` or `time`, the message's, arrival.
 * @attr {string} channel - The channel to read. None: every channel that has the field.
 * @attr {string} where - Which messages: `symbol=AAPL city='New York'`. Default: all.
 * @attr {string} feed - The id of the feed to read, for a widget that stands outside of it. Default: the page's only one.
 * @attr {string} stale-after - Silence after which it is stale. Default: as the feed says of its channels.
 * @attr {string} window - What is shown: a duration (`60s`), or a number of samples. Default: all that is kept.
 * @attr {number} y-min - Fixes the lower end. Default: fit for the values.
 * @attr {number} y-max - Fixes the upper end. Default: fit for the values.
 * @attr {number} soft-min - The lower end, unless values are lower. Default: fit for the values.
 * @attr {number} soft-max - The upper end, unless values are higher: it keeps a threshold in sight. Default: fit for the values.
 * @attr {boolean} fill - Fills the area under each line.
 * @attr {boolean} stepped - Holds each value until the next, with a step.
 * @attr {'break' | 'connect' | 'hold'} gap - How a line passes where there is no value. Default `break`.
 * @attr {string} gap-after - Silence that counts as no value. Default: 3 × the usual rhythm.
 * @attr {boolean} no-legend - Leaves the legend away.
 * @attr {boolean} paused - Holds the picture; data is still collected.
 *
 * @csspart label - The name.
 * @csspart plot - The box around the canvas.
 * @csspart canvas - The canvas.
 * @csspart tooltip - What is read under the pointer.
 * @csspart legend - The list of series.
 * @csspart series - The button of one series.
 * @csspart note - What there is to say: waiting, stale, paused.
 *
 * @cssstate paused - The feed, or the chart itself, holds what is drawn.
 *
 * @cssprop [--rt-color-1=light-dark(#0067a9, #56b4e9)] - Colour of the first series.
 * @cssprop [--rt-color-2=light-dark(#b34700, #f0903c)] - Colour of the second series.
 * @cssprop [--rt-color-3=light-dark(#00795a, #2fc49a)] - Colour of the third series.
 * @cssprop [--rt-color-4=light-dark(#a8457e, #e08fbd)] - Colour of the fourth series.
 * @cssprop [--rt-color-5=light-dark(#8a6a00, #e8c33c)] - Colour of the fifth series.
 * @cssprop [--rt-color-6=light-dark(#5b4fc0, #a79ff5)] - Colour of the sixth series.
 * @cssprop [--rt-color-7=light-dark(#9c2b2b, #f58a8a)] - Colour of the seventh series.
 * @cssprop [--rt-color-8=light-dark(#4d5a66, #aebbc6)] - Colour of the eighth series.
 * @cssprop --rt-chart-height - Height.
 * @cssprop --rt-grid - Colour of the grid.
 */
export class RtLineChart extends RtWidget {
  static override readonly tag: string = 'rt-line-chart';

  static override styles = [
    tokens,
    css`
      :host {
        display: block;
        block-size: var(--rt-chart-height, 280px);
        min-inline-size: 0;
      }
    `,
  ];

  static override properties = {
    ...attributes('xField fields', ''),
    ...attributes('window yMin yMax softMin softMax gap gapAfter', null),
    ...attributes('fill stepped noLegend', false, { type: Boolean }),
    ...attributes('paused', false, { type: Boolean, reflect: true }),
    // Named for who sets it before the script is here.
    data: { attribute: false, noAccessor: true },
  };

  declare xField: string;
  declare fields: string;
  declare window: string | null;
  declare yMin: string | null;
  declare yMax: string | null;
  declare softMin: string | null;
  declare softMax: string | null;
  declare fill: boolean;
  declare stepped: boolean;
  declare gap: string | null;
  declare gapAfter: string | null;
  declare noLegend: boolean;
  declare paused: boolean;

  readonly #held: Rows[] = [];
  readonly #late = new LateView(this, () => this.#fetch());
  #data: LineChartData | undefined;

  /** Rows of the page's own, shown in place of a feed's; `undefined` goes back to the feed. */
  get data(): LineChartData | undefined {
    return this.#data;
  }

  set data(data: LineChartData | undefined) {
    this.#data = data;
    // What was added to other rows is not added to these.
    this.#held.length = 0;
    this.#view?.show(data);
    this.requestUpdate();
  }

  /** Samples that did not enter the chart: their times strayed too far from the clock, or came too late. */
  get dropped(): number {
    return this.#view?.dropped ?? 0;
  }

  /**
   * Adds rows: new times, and one array of as many numbers for each series. Held in order until the view is here. (Given
   * nodes or text, it is the platform's own `append`.)
   */
  override append(x: ArrayLike<number>, values: readonly ArrayLike<number>[]): void;
  override append(...nodes: (Node | string)[]): void;
  override append(...given: RowsOrNodes): void {
    if (!isRows(given)) super.append(...given);
    else if (this.#view === undefined) this.#held.push(given);
    else this.#view.append(...given);
  }

  /**
   * All that is kept within `window` as CSV (RFC 4180): a head row `time,<label>,…`, then one row a distinct time, in
   * ISO 8601 UTC. Before the view is here nothing is kept.
   */
  toCSV(): string {
    return this.#view?.toCSV() ?? 'time\r\n';
  }

  protected override async getUpdateComplete(): Promise<boolean> {
    await this.#late.fetched;
    return super.getUpdateComplete();
  }

  get #view(): LineChartView | undefined {
    return this.#late.view;
  }

  protected override get isOwn(): boolean {
    return this.#view?.isOwn ?? false;
  }

  protected override get hasValue(): boolean {
    return this.#view?.hasValue ?? false;
  }

  protected override get shownLatest(): Latest | undefined {
    return this.heard.reduce<Latest | undefined>(
      (a, b) => (a !== undefined && a.arrival > b.arrival ? a : b),
      undefined,
    );
  }

  protected override get heard(): readonly Latest[] {
    return this.#view?.heard ?? [];
  }

  protected override get isDoubtful(): boolean {
    // Before its view is here nobody knows whether it has rows of its own.
    return this.#view !== undefined && (super.isDoubtful || (!this.isOwn && this.#view.lacks));
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    this.#view?.prepare();
  }

  protected override updated(): void {
    this.setStates(this.#late.failed ? 'error' : this.widgetState, ...(this.paused || this.isHeld ? ['paused'] : []));
    this.keepState();
    this.#view?.update();
  }

  protected override render(): TemplateResult {
    return this.#view?.render(this.stateText) ?? html`<div aria-busy=${!this.#late.failed}></div>`;
  }

  async #fetch(): Promise<Fetched<LineChartView>> {
    const [{ LineChartView, styles }, { LineChart }] = await Promise.all([
      import('./view.js'),
      import('../../chart/line-chart.js'),
    ]);
    const make = (): LineChartView => {
      const view = new LineChartView(
        { host: this, config: this.config, locale: this.locale, feed: this.feedController },
        LineChart,
      );
      if (this.#data !== undefined) view.show(this.#data);
      for (const rows of this.#held.splice(0)) view.append(...rows);
      return view;
    };
    return { styles, make };
  }
}

type Rows = readonly [x: ArrayLike<number>, values: readonly ArrayLike<number>[]];
type RowsOrNodes = Rows | readonly (Node | string)[];

const isRows = (given: RowsOrNodes): given is Rows =>
  given.length === 2 && typeof given[0] === 'object' && !(given[0] instanceof Node) && Array.isArray(given[1]);

declare global {
  interface HTMLElementTagNameMap {
    'rt-line-chart': RtLineChart;
  }
}
