/**
 * Finds a widget's feed: the nearest ancestor, through shadow roots; else the one that `feed="id"` names; else the page's
 * only one. A widget that stands in another window looks there first, then in the page that its script belongs to. Looks
 * again whenever a feed comes or goes, so that the order of tags and scripts does not matter.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Disposer } from '../kernel/disposer.js';
import { ContextRequestEvent, FEED_CONTEXT, PORT_VERSION, pageFeeds, type FeedPort } from './feed-port.js';
import { world } from './world.js';

export interface FeedSeeker extends ReactiveControllerHost, HTMLElement {
  /** The id of the feed, where none is an ancestor. */
  feed: string;
}

/** Versions that were told of, once a page. */
const told = new Set<number>();

export class FeedController implements ReactiveController {
  #port: FeedPort | undefined;
  #incompatible = false;
  #unobserve: Disposer | undefined;
  #unwatch: Disposer | undefined;
  #named = '';

  constructor(
    private readonly host: FeedSeeker,
    /** Called when another feed, or none, was found. */
    private readonly found: () => void,
  ) {
    host.addController(this);
  }

  get port(): FeedPort | undefined {
    return this.#port;
  }

  /** True where there is none to be found, or one is named that is passed over for the one around. */
  get isLost(): boolean {
    const around = this.host.feed === '' ? null : this.host.closest('rt-feed');
    return (this.#port === undefined && !this.#incompatible) || (around !== null && around.id !== this.host.feed);
  }

  /** True where the feed speaks a version that this widget does not know. */
  get incompatible(): boolean {
    return this.#incompatible;
  }

  hostConnected(): void {
    const look = (): void => this.#look();
    const all = pagesOf(this.host).map((page) => pageFeeds(page).changes);
    for (const changes of all) changes.addEventListener('change', look);
    this.#unwatch = () => {
      for (const changes of all) changes.removeEventListener('change', look);
    };
    this.#look();
  }

  hostDisconnected(): void {
    this.#unwatch?.();
    this.#unobserve?.();
    this.#unobserve = undefined;
  }

  hostUpdate(): void {
    if (this.#named !== this.host.feed) this.#look();
  }

  #look(): void {
    this.#named = this.host.feed;
    const port = findFeed(this.host);
    const incompatible = port !== undefined && port.version !== PORT_VERSION;
    if (incompatible) tellVersion(port.version);
    const usable = incompatible ? undefined : port;
    if (usable !== this.#port || incompatible !== this.#incompatible) {
      this.#unobserve?.();
      this.#unobserve = undefined;
      this.#port = usable;
      this.#incompatible = incompatible;
      this.found();
      this.host.requestUpdate();
    }
    this.#unobserve ??= usable?.observe(() => this.host.requestUpdate());
  }
}

/** The feed that a widget reads, as it stands now. */
export const findFeed = (host: FeedSeeker): FeedPort | undefined => {
  const ancestor = ask(host, host, true);
  if (ancestor !== undefined) return ancestor;
  const pages = pagesOf(host);
  if (host.feed !== '') {
    const roots = [host.getRootNode() as Document | ShadowRoot, ...pages];
    return first(roots, (root) => askNamed(root, host));
  }
  const feeds = first(pages, (page) => {
    const found = [...pageFeeds(page).feeds].filter((feed) => feed.isConnected);
    return found.length > 0 ? found : undefined;
  });
  return feeds?.length === 1 && feeds[0] !== undefined ? ask(feeds[0], host, false) : undefined;
};

/** Where it is looked for: the document that the widget stands in, then the one that its script belongs to. */
const pagesOf = (host: FeedSeeker): readonly Document[] => [...new Set([host.ownerDocument, document])];

/** The first that is found. */
const first = <T, F>(all: readonly T[], find: (one: T) => F | undefined): F | undefined => {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** Asks for a feed at `target`, and above it where the request bubbles. */
const ask = (target: Element, host: Element, bubbles: boolean): FeedPort | undefined => {
  let answer: FeedPort | undefined;
  target.dispatchEvent(new ContextRequestEvent(FEED_CONTEXT, host, (port) => (answer = port), false, bubbles));
  return answer;
};

/** What sanitizers write before the ids of a text that comes from outside, so that no script of the page mistakes them. */
const ID_PREFIX = 'user-content-';

/** Asks the feed whose id is named, or that fills the plain tag of that id; either id as a sanitizer leaves it, too. */
const askNamed = (root: ParentNode, host: FeedSeeker): FeedPort | undefined => {
  const id = CSS.escape(host.feed);
  for (const selector of [`#${id}`, `[data-rt-id='${id}']`, `#${ID_PREFIX}${id}`]) {
    for (const named of root.querySelectorAll(`${selector}, [data-rt]${selector} rt-feed`)) {
      const port = ask(named, host, false);
      if (port !== undefined) return port;
    }
  }
  return undefined;
};

const tellVersion = (version: number): void => {
  if (told.has(version)) return;
  told.add(version);
  world().env.warn(
    `rt-widgets: a feed speaks version ${version}, its widgets ${PORT_VERSION}; they show an error. Load one version of the script.`,
  );
};
