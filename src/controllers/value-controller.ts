/** What a widget that shows one value reads: the store's reader for it, made anew when the query changes. */
import type { SeriesQuery } from '../store/samples.js';
import { ValueReader } from '../store/value-reader.js';
import type { FeedSeeker } from './feed-controller.js';
import type { FeedController } from './feed-controller.js';
import { ReaderController } from './reader-controller.js';

export class ValueController extends ReaderController<ValueReader> {
  #key = '';

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
      changed,
    );
  }

  override hostUpdate(): void {
    const { series, span } = this.query();
    const key = JSON.stringify([series.channel, series.field, series.where?.text, span]);
    if (key !== this.#key && this.#key !== '') this.renew();
    this.#key = key;
    super.hostUpdate();
  }
}
