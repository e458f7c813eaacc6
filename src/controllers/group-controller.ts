/**
 * What a chart reads: its series as one group of the store, from the feed or, in its place, from a script's own rows.
 * A chart whose list of series changes keeps the past of those that stay.
 */
import type { Span } from '../kernel/duration.js';
import { appendRows, replaceRows } from '../store/fill.js';
import type { GroupQuery, Keep, SeriesQuery } from '../store/samples.js';
import { SeriesGroup } from '../store/series-group.js';
import { windowStart } from '../store/window.js';
import type { FeedController, FeedSeeker } from './feed-controller.js';
import { ReaderController } from './reader-controller.js';

/** What is asked for; how much is kept follows from the window and the feed's `history`. */
export type GroupRequest = Omit<GroupQuery, 'keep'>;

const DEFAULT_KEEP: Span = { samples: 10_000 };

export class GroupController extends ReaderController<SeriesGroup> {
  #request: GroupRequest = { series: [] };
  #own: SeriesGroup | undefined;

  constructor(
    host: FeedSeeker,
    private readonly source: FeedController,
    private readonly told: () => void,
  ) {
    super(host, source, (previous) => this.#make(previous), told);
  }

  /** The group that is shown; `undefined` while there is neither a feed nor a row of a script's own. */
  get group(): SeriesGroup | undefined {
    return this.#own ?? this.reader;
  }

  /** True where a script's own rows are shown, and no feed. */
  get isOwn(): boolean {
    return this.#own !== undefined;
  }

  /** The first row that the window shows at the monotonic moment `now`. */
  firstShown(now: number): number {
    const { group } = this;
    const edge = group?.edge(now);
    if (group === undefined || edge === undefined) return 0;
    return group.rows.rowAt(windowStart(group.rows, group.width, this.#request.window, edge));
  }

  /** Asks for other series, or for more or less of the same. */
  request(request: GroupRequest): void {
    const before = this.#request;
    this.#request = request;
    if (sameSeries(before, request)) {
      this.group?.configure(this.#query);
      return;
    }
    if (this.#own !== undefined) this.#own = this.#make(this.#own);
    this.renew();
  }

  /** Shows a script's own rows, and no feed. Returns the problem, where there is one and nothing was changed. */
  replace(x: ArrayLike<number>, columns: readonly ArrayLike<number>[]): string | undefined {
    return this.#fill(replaceRows, x, columns);
  }

  /** Adds to a script's own rows. Returns the problem, where there is one and nothing was changed. */
  append(x: ArrayLike<number>, columns: readonly ArrayLike<number>[]): string | undefined {
    return this.#fill(appendRows, x, columns);
  }

  /** Back to the feed. */
  disown(): void {
    this.#own = undefined;
    this.told();
  }

  get #query(): GroupQuery {
    const { window } = this.#request;
    return { ...this.#request, keep: both(this.source.port?.history ?? DEFAULT_KEEP, window) };
  }

  #make(previous: SeriesGroup | undefined): SeriesGroup {
    const group = new SeriesGroup(this.#query);
    if (previous !== undefined) group.adopt(previous);
    return group;
  }

  #fill(fill: typeof appendRows, x: ArrayLike<number>, columns: readonly ArrayLike<number>[]): string | undefined {
    const group = this.#own ?? this.#make(undefined);
    const result = fill(group, x, columns);
    if (!result.ok) return result.problem;
    this.#own = group;
    this.told();
    return undefined;
  }
}

/** A chart's window raises the feed's history for its own fields. */
const both = (history: Span, window: Span | undefined): Keep => {
  if (window === undefined) return history;
  if ('ms' in window && 'ms' in history) return { ms: Math.max(window.ms, history.ms) };
  if ('samples' in window && 'samples' in history) return { samples: Math.max(window.samples, history.samples) };
  return { ms: 0, samples: 0, ...window, ...history };
};

const keyOf = ({ channel, field, where }: SeriesQuery): string => JSON.stringify([channel, field, where?.text]);

const sameSeries = (a: GroupRequest, b: GroupRequest): boolean =>
  a.xField === b.xField &&
  a.series.length === b.series.length &&
  a.series.every((query, index) => {
    const other = b.series[index];
    return other !== undefined && keyOf(query) === keyOf(other);
  });
