import { html, type PropertyValues, type TemplateResult } from 'lit';
import { Config, oneOf, positiveDuration, positiveNumber, wholeNumber, type Parse } from '../../controllers/config.js';
import { FeedHost, type WhenHidden } from '../../controllers/feed-host/feed-host.js';
import { FEED_CONTEXT, pageFeeds, type ContextRequestEvent } from '../../controllers/feed-port.js';
import {
  DEFAULT_POLICY,
  readSources,
  sameTexts,
  toSendable,
  type Asked,
  type Decode,
  type Policy,
  type SourceText,
} from '../../controllers/feed-host/feed-source.js';
import { world } from '../../controllers/world.js';
import type { Disposer } from '../../kernel/disposer.js';
import { parseDuration, parseSpan } from '../../kernel/duration.js';
import type { RtError } from '../../kernel/errors.js';
import type { LoggedError } from '../../kernel/inspection.js';
import { MAX_ERRORS } from '../../kernel/limits.js';
import type { Message } from '../../kernel/message.js';
import type { Status, TransportName } from '../../kernel/status.js';
import { decoded, unwrapped } from '../../kernel/written.js';
import type { Freshness } from '../../store/freshness.js';
import { attributes } from '../base/attributes.js';
import { configChildren } from '../base/config-children.js';
import { css } from '../base/css.js';
import { RtElement } from '../base/element.js';
import { fetchScript } from '../base/late-script.js';

/** The detail of `rt-status`. */
export interface StatusDetail {
  readonly status: Status;
  readonly previous: Status;
  /** `null` while `auto` has not decided, and for a feed without `src`. */
  readonly transport: TransportName | null;
  /** Which retry is under way or waited for, from 1; 0 for none. */
  readonly attempt: number;
  /** When it comes, in milliseconds since the epoch; `null` where none is waited for. */
  readonly retryAt: number | null;
  readonly error: RtError | null;
}

/** The detail of `rt-freshness`. */
export interface FreshnessDetail {
  readonly freshness: Freshness;
  readonly previous: Freshness;
  /** Since when it is so, in milliseconds since the epoch. */
  readonly since: number;
  /** `null`: the feed as a whole, which is live while any of its channels is. */
  readonly channel: string | null;
}

/** The detail of `rt-message`. */
export interface MessagesDetail {
  readonly messages: readonly Message[];
  /** How many, the oldest, did not fit. */
  readonly dropped: number;
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});
const NO_PROTOCOLS: readonly string[] = Object.freeze([]);

/** How each attribute that decides about the connection is read. */
const POLICY: { readonly [Name in keyof Policy]: Parse<Policy[Name]> } = {
  transport: oneOf('auto', 'websocket', 'sse', 'long-polling', 'polling'),
  interval: positiveDuration,
  maxInterval: positiveDuration,
  reconnectDelay: positiveDuration,
  maxReconnectDelay: positiveDuration,
  maxReconnectAttempts: wholeNumber(0),
  connectTimeout: positiveDuration,
  heartbeat: parseDuration,
};

/** A feed that is moved in the document keeps its connection for this long. Milliseconds. */
const GRACE = 500;

/**
 * One logical connection to a source of live data, for the widgets inside it and those that name it by `feed="id"`.
 * Displays its slot and nothing else.
 *
 * @element rt-feed
 *
 * @attr {string} src - Address: `http(s):`, `ws(s):` or relative. Default: none, it lives from `push()`.
 * @attr {'auto' | 'websocket' | 'sse' | 'long-polling' | 'polling'} transport - How to read it. Default `auto`.
 * @attr {string} channels - Names, separated by spaces. Default: all.
 * @attr {string} interval - Polling: the pause after an answer. Default `5s`.
 * @attr {string} max-interval - Polling: the most that the pause grows to on errors. Default `60s`.
 * @attr {string} reconnect-delay - Floor and base of the pause before a retry. Default `500ms`.
 * @attr {string} max-reconnect-delay - Cap of what grows. Default `30s`.
 * @attr {number} max-reconnect-attempts - How often it tries again. Default: no limit.
 * @attr {string} connect-timeout - How long an attempt may take to open. Default `10s`.
 * @attr {string} heartbeat - Silence after which a WebSocket is probed; `0` turns it off. Default `30s`.
 * @attr {string} stale-after - Silence after which values are stale. Default: 3 × the usual rhythm of their channel, at
 *   least 5 s.
 * @attr {string} history - How many samples, or how long, are kept of each field that is read. Default `10000`.
 * @attr {number} max-rate - The most flushes to widgets a second. Default: the display's rate.
 * @attr {number} queue-limit - Messages to send that are kept while there is no connection. Default `100`.
 * @attr {'same-origin' | 'include' | 'omit'} credentials - Whether cookies go along, as for fetch. Default `same-origin`.
 * @attr {'keep' | 'throttle' | 'close'} when-hidden - What becomes of it while the page is hidden: widgets are kept up,
 *   or told nothing; `close`: after five minutes the connection is closed too. Default `throttle`.
 * @attr {boolean} paused - Holds drawing; data is still collected.
 * @attr {boolean} debug - Shows an overlay with everything that is needed for a bug report.
 *
 * @fires {CustomEvent<StatusDetail>} rt-status - The connection's status, or the retry that is waited for, has changed.
 * @fires {CustomEvent<FreshnessDetail>} rt-freshness - The values of a channel, or of the feed as a whole, have turned
 *   live or stale.
 * @fires {CustomEvent<MessagesDetail>} rt-message - Every message since the last one, at most once a frame.
 * @fires {CustomEvent<RtError>} rt-error - One sentence on what went wrong.
 *
 * @slot - Widgets, and anything else; and `<rt-source>` elements, tried in order when those before them are of no use.
 */
export class RtFeed extends RtElement {
  static override readonly tag: string = 'rt-feed';

  static override styles = css`
    :host {
      display: contents;
    }
    :host(:fullscreen) {
      overflow: auto;
      background: Canvas;
    }
  `;

  static override properties = {
    ...attributes('channels', ''),
    ...attributes(
      `src staleAfter history maxRate queueLimit whenHidden credentials ${Object.keys(POLICY).join(' ')}`,
      null,
    ),
    ...attributes('paused', false, { type: Boolean, reflect: true }),
    ...attributes('debug', false, { type: Boolean, reflect: true }),
    ...attributes('headers', NO_HEADERS, { attribute: false }),
    ...attributes('protocols', NO_PROTOCOLS, { attribute: false }),
    ...attributes('hello decode', null, { attribute: false }),
  };

  declare src: string | null;
  declare transport: string | null;
  declare channels: string;
  declare interval: string | null;
  declare maxInterval: string | null;
  declare reconnectDelay: string | null;
  declare maxReconnectDelay: string | null;
  declare maxReconnectAttempts: string | null;
  declare connectTimeout: string | null;
  declare heartbeat: string | null;
  declare staleAfter: string | null;
  declare history: string | null;
  declare maxRate: string | null;
  declare queueLimit: string | null;
  declare whenHidden: string | null;
  declare credentials: string | null;
  declare paused: boolean;
  declare debug: boolean;
  /** Sent with every request over HTTP: an object, or a function (async too) that is asked before each attempt. */
  declare headers: Asked<Readonly<Record<string, string>>>;
  /** A WebSocket's subprotocols: an array, or a function (async too) that is asked before each attempt. */
  declare protocols: Asked<readonly string[]>;
  /** Asked before each attempt for the first message over a WebSocket, sent before subscriptions. */
  declare hello: (() => unknown) | null;
  /** Replaces the default decoding: gets `{data, event, id}`, returns messages, or anything that is read like a payload. */
  declare decode: Decode | null;

  #host: FeedHost | undefined;
  #release: Disposer | undefined;
  /** What the connection was made of: the same again is no reason for another. */
  #sources: readonly SourceText[] | undefined;
  readonly #configs = new WeakMap<Element, Config>();
  /** What the feed and its widgets have told, the last of it. */
  readonly #errors: LoggedError[] = [];
  /** Takes the debug overlay away, or back while it is on its way. */
  #debug: Disposer | undefined;

  constructor() {
    super();
    this.addEventListener('context-request', (event) => this.#answer(event));
    this.addEventListener('rt-source-change', () => this.requestUpdate());
    this.addEventListener('rt-error', ({ detail: { code, message, fatal } }) => {
      this.#errors.push({ code, message, fatal, at: world().env.wall() });
      if (this.#errors.length > MAX_ERRORS) this.#errors.shift();
    });
  }

  /** The connection, in one word. */
  get status(): Status {
    return this.#host?.view.status ?? 'idle';
  }

  /** `live` while the values of any channel are, else `stale`. */
  get freshness(): Freshness {
    return this.#host?.freshnessOf(undefined) ?? 'stale';
  }

  /** What is spoken, or will be; `null` while `auto` has not decided. */
  get transportInUse(): TransportName | null {
    return this.#host?.view.transport ?? null;
  }

  /** A field of the channel's last message, whether a widget reads it or not; `undefined` where there is none. */
  latest(channel: string, field?: string): unknown {
    return this.#host?.latest(channel, field);
  }

  /** Connects, after `disconnect()`. */
  connect(): void {
    this.#apply().connection.connect();
  }

  /** Closes the connection, until `connect()` or `reconnect()`. */
  disconnect(): void {
    this.#apply().connection.disconnect();
  }

  /** Drops the connection, if there is one, and makes a new one at once. */
  reconnect(): void {
    this.#apply().reconnect();
  }

  /** Wants a channel besides those of `channels`. */
  subscribe(channel: string): void {
    this.#apply().connection.subscribe(channel);
  }

  /** Wants a channel no more. */
  unsubscribe(channel: string): void {
    this.#apply().connection.unsubscribe(channel);
  }

  /** Holds drawing alone: data is collected, and `rt-message` goes on. */
  pause(): void {
    this.paused = true;
  }

  /** Draws again, and jumps to now. */
  resume(): void {
    this.paused = false;
  }

  /**
   * Sends over a WebSocket: objects as JSON, text and binary as they are. Kept, within `queue-limit`, while there is no
   * connection.
   */
  send(data: unknown): void {
    this.#apply().connection.send(toSendable(data));
  }

  /** Takes in what a script has, a message or an array of them, as if it had come over the wire. */
  push(messages: unknown): void {
    this.#apply().connection.push(messages);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#release?.();
    this.#release = undefined;
    const { feeds, changes } = pageFeeds(this.ownerDocument);
    feeds.add(this);
    changes.dispatchEvent(new Event('change'));
    this.#showStatus();
    // A feed that comes back with nothing changed has no update of its own to connect it.
    this.requestUpdate();
  }

  /**
   * `status` is ours to say: a clone, a saved page or a script that makes the page equal to its source knows another. And
   * widgets that wait for a feed of its `id` find it.
   */
  static override get observedAttributes(): string[] {
    return [...super.observedAttributes, 'status', 'id'];
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value);
    if (name === 'status') this.#showStatus();
    const { feeds, changes } = pageFeeds(this.ownerDocument);
    if (name === 'id' && feeds.has(this)) changes.dispatchEvent(new Event('change'));
  }

  override adoptedCallback(from: Document): void {
    super.adoptedCallback(from);
    this.#forget(from);
  }

  /** True while there is no address, and nothing was pushed. */
  protected override get isDoubtful(): boolean {
    return this.status === 'idle';
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#showDebug(false);
    this.#leave();
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    if (this.isConnected) this.#apply();
  }

  protected override updated(): void {
    this.#showDebug(this.debug && this.isConnected);
  }

  protected override render(): TemplateResult {
    return html`<slot></slot>`;
  }

  /** Brings the host in line with the attributes, at once: a script may call a method right after it has set one. */
  #apply(): FeedHost {
    const host = (this.#host ??= this.#makeHost());
    host.connection.setDecode(this.decode ?? undefined);
    host.channels = this.channels;
    host.connection.setQueueLimit(this.read('queueLimit', wholeNumber(0), 100));
    host.maxRate = this.read('maxRate', positiveNumber, undefined);
    host.staleAfter = this.read<number | undefined>('staleAfter', positiveDuration, undefined);
    host.whenHidden = this.#whenHidden;
    host.history = this.read('history', parseSpan, DEFAULT_HISTORY);
    host.paused = this.paused;
    const texts = this.#sourceTexts();
    if (!this.isConnected) {
      this.#leave();
      // What does not stand in the page opens no connection.
      if (texts.length > 0) return host;
    }
    if (!sameTexts(this.#sources, texts)) {
      this.#sources = texts;
      const { env } = world();
      const { sources, errors } = readSources(texts, env.baseUrl(), env.origin());
      const [error] = errors;
      const isHopeless = sources.length === 0 && error !== undefined;
      host.setSources(isHopeless ? error : sources);
      for (const other of errors) if (!isHopeless || other !== error) this.tell(other);
    }
    return host;
  }

  /** What is asked of each source, as it is written: `src` of the feed is the first. */
  #sourceTexts(): readonly SourceText[] {
    const policy = Object.entries(POLICY).map(([name, parse]) => {
      const key = name as keyof Policy;
      return [key, this.read<Policy[keyof Policy]>(key, parse, DEFAULT_POLICY[key])];
    });
    const common = {
      ...(Object.fromEntries(policy) as Policy),
      credentials: this.read('credentials', oneOf('same-origin', 'include', 'omit'), 'same-origin'),
      headers: this.headers,
      protocols: this.protocols,
      hello: this.hello ?? undefined,
      closeHidden: this.#whenHidden === 'close',
    };
    const children = configChildren(this, 'rt-source').map((child) => this.#childText(child, common));
    return [{ ...common, tag: 'rt-feed', src: this.src ?? '' }, ...children]
      .map((text) => ({ ...text, src: unwrapped(decoded(text.src)) }))
      .filter(({ src }) => src !== '');
  }

  #childText(child: Element, common: Omit<SourceText, 'tag' | 'src'>): SourceText {
    if ('onsourcechange' in child) child.onsourcechange = () => this.requestUpdate();
    const known = this.#configs.get(child);
    const config = known ?? new Config(child as HTMLElement);
    if (known === undefined) this.#configs.set(child, config);
    const { transport, interval } = POLICY;
    return {
      ...common,
      tag: 'rt-source',
      src: child.getAttribute('src') ?? '',
      transport: config.read('transport', child.getAttribute('transport'), transport, common.transport),
      interval: config.read('interval', child.getAttribute('interval'), interval, common.interval),
    };
  }

  get #whenHidden(): WhenHidden {
    return this.read<WhenHidden>('whenHidden', oneOf('throttle', 'keep', 'close'), 'throttle');
  }

  #makeHost(): FeedHost {
    return new FeedHost(
      world(),
      {
        status: (view, previous) => {
          this.#showStatus();
          this.#fire('rt-status', {
            status: view.status,
            previous: previous.status,
            transport: view.transport ?? null,
            attempt: view.attempt,
            retryAt: view.retryAt === undefined ? null : world().env.wall() + view.retryAt - world().env.now(),
            error: view.error ?? null,
          });
        },
        freshness: (change) => this.#fire('rt-freshness', change),
        messages: (messages, dropped) => this.#fire('rt-message', { messages, dropped }),
        error: (error) => this.tell(error),
        wantPaused: (paused) => (this.paused = paused),
      },
      100,
    );
  }

  /** The overlay's script is fetched when it is first wanted. */
  #showDebug(shown: boolean): void {
    if (shown === (this.#debug !== undefined)) return;
    if (!shown) {
      this.#debug?.();
      this.#debug = undefined;
      return;
    }
    let isWanted = true;
    let hide: Disposer | undefined;
    this.#debug = () => {
      isWanted = false;
      hide?.();
    };
    void fetchScript(
      this,
      false,
      () => import('../../debug/debug.js'),
      ({ showDebug, inspect }) => {
        if (!isWanted) return;
        hide = showDebug(this, () => inspect(this.#apply(), this.#errors, world().env.now()), world().env);
      },
    );
  }

  #fire(type: string, detail: StatusDetail | FreshnessDetail | MessagesDetail): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  #answer(event: ContextRequestEvent): void {
    // The feed does not ask itself, and one that is gone has nothing to give.
    if (event.context !== FEED_CONTEXT || event.contextTarget === this || !this.isConnected) return;
    event.stopPropagation();
    // Its own update applies the attributes: a script may still be setting `headers` in this very task.
    event.callback((this.#host ??= this.#makeHost()));
  }

  /** What does not come, or come back, into the page in time is let go of. */
  #leave(): void {
    this.#release ??= world().env.timer(() => this.#dispose(), GRACE);
  }

  #dispose(): void {
    this.#release = undefined;
    this.#host?.dispose();
    this.#host = undefined;
    this.#sources = undefined;
    this.#showStatus();
    this.#forget(this.ownerDocument);
  }

  #showStatus(): void {
    if (this.getAttribute('status') !== this.status) this.setAttribute('status', this.status);
  }

  /** It is none of a page's feeds any more. */
  #forget(page: Document): void {
    const { feeds, changes } = pageFeeds(page);
    if (feeds.delete(this)) changes.dispatchEvent(new Event('change'));
  }
}

const DEFAULT_HISTORY = { samples: 10_000 } as const;

declare global {
  interface HTMLElementTagNameMap {
    'rt-feed': RtFeed;
  }
  /** Our events bubble: they are heard on every element, on the document and on the window. */
  interface GlobalEventHandlersEventMap {
    'rt-status': CustomEvent<StatusDetail>;
    'rt-freshness': CustomEvent<FreshnessDetail>;
    'rt-message': CustomEvent<MessagesDetail>;
    'rt-error': CustomEvent<RtError>;
  }
}
