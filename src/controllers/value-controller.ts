/** What a widget that shows one value reads: the store's reader for it, made anew when the query changes. */
import { trendOf, type Trend } from '../format/trend.js';
import type { Latest, SeriesQuery } from '../store/samples.js';
import { ValueReader } from '../store/value-reader.js';
import type { FeedController, FeedSeeker } from './feed-controller.js';
import { ReaderController } from './reader-controller.js';

/** What was last heard, as of the last flush: between two flushes, and while the feed is paused, it stands still. */
export interface ShownValue {
  readonly last: Latest | undefined;
  readonly lastNumber: Latest | undefined;
  readonly lastPlain: Latest | undefined;
}

const NOTHING: ShownValue = { last: undefined, lastNumber: undefined, lastPlain: undefined };

export class ValueController extends ReaderController<ValueReader> {
  #key = '';
  #shown = NOTHING;

  constructor(
    host: FeedSeeker,
    feed: FeedController,
    private readonly query: () => { readonly series: SeriesQuery; readonly span: number },
    changed: () => void,
  ) {
    super(
      host,
      feed,
      () => {
        const { series, span } = query();
        return new ValueReader(series, span);
      },
      () => {
        const { last, lastNumber, lastPlain } = this.reader ?? NOTHING;
        this.#shown = { last, lastNumber, lastPlain };
        changed();
      },
    );
  }

  get shown(): ShownValue {
    return this.#shown;
  }

  /** The trend up to what is shown, over the span that was asked for. */
  get trend(): Trend | undefined {
    const edge = this.#shown.lastNumber?.time;
    const { reader } = this;
    return reader === undefined || edge === undefined ? undefined : trendOf(reader.recent, 0, edge, this.query().span);
  }

  override hostUpdate(): void {
    const { series, span } = this.query();
    const key = JSON.stringify([series.channel, series.field, series.where?.text, span]);
    if (key !== this.#key && this.#key !== '') this.renew();
    this.#key = key;
    super.hostUpdate();
  }
}
