/**
 * What is said to an author of what looks like a mistake: each in one sentence, once. Fetched when something looks odd
 * (`examine.ts` says what); looks again before it speaks, as the page may have been put right meanwhile. Text that an
 * author wrote as a value is not repeated: it may hold a secret.
 */
import type { ReactiveElement } from 'lit';
import { isSpoken, tellError } from '../../controllers/config.js';
import { findFeed, type FeedSeeker } from '../../controllers/feed-controller.js';
import { pageFeeds, PORT_VERSION } from '../../controllers/feed-port.js';
import { rtError } from '../../kernel/errors.js';
import { keep } from '../../kernel/keep.js';
import { nearest } from '../../kernel/nearest.js';
import { VERSION } from '../../kernel/version.js';
import { configChildren } from './config-children.js';
import type { RtConfigElement } from './config-element.js';
import { namesOf, oddAttributes, type Examined } from './examine.js';
import { listenBeside } from '../../controllers/unheard.js';

/** Our elements without their prefix. */
const NAMES = 'feed connection-indicator line-chart metric-card pause-button series source threshold'.split(' ');

/** Elements of the contract that this version does not have yet. */
const LATER = 'bar-chart sparkline gauge table column notifications dashboard'.split(' ');

/** Elements that show what a field holds. */
const VALUES: readonly string[] = ['rt-metric-card', 'rt-line-chart'];

/**
 * Attributes that mean something on any element: HTML's own and RDFa's; what our contract reserves or has not got yet; and
 * what cannot be one of ours at all, such as `@click`, `:foo` and `_ngcontent-x`.
 */
const ANYBODYS =
  /^(?:on[a-z]+|accesskey|anchor|auto(?:capitalize|correct|focus)|class|content(?:editable)?|dir|draggable|enterkeyhint|exportparts|hidden|id|inert|inputmode|is|item(?:id|prop|ref|scope|type)|lang|nonce|part|popover|role|slot|spellcheck|style|tabindex|title|translate|virtualkeyboardpolicy|writingsuggestions|about|datatype|inlist|prefix|property|rel|resource|rev|typeof|vocab|theme|shared|persist|status|stat|sparkline|hold-for|stacked|sync|_.*|.*[^a-z_-].*)$/;

/** What frameworks and libraries begin their attributes with. */
const PREFIX = /^(?:aria|data|fx|hx|ng|s|sse|tw|uk|ui|un|up|v|wire|ws|x)-/;

/** Whose every mistake was told, and which. */
const told = new WeakMap<Element, Set<string>>();

const tell = (element: Element, message: string): void => {
  const before = keep(told, element, () => new Set());
  if (before.has(message) || !element.isConnected) return;
  before.add(message);
  tellError(element as HTMLElement, rtError('config', message));
};

/** What an element of ours is, under whatever tag and in whatever script it was registered. */
const kindOf = ({ localName }: Element): string => {
  const constructor: (CustomElementConstructor & { readonly tag?: unknown }) | undefined =
    customElements.get(localName);
  return typeof constructor?.tag === 'string' ? constructor.tag : localName;
};

const isUndefined = (element: Element): boolean => element.matches(':not(:defined)');

/** What was meant by an attribute; `undefined` where it is not for us to say. */
const meantBy = (name: string, element: ReactiveElement): string | undefined => {
  if (ANYBODYS.test(name)) return undefined;
  const names = namesOf(element);
  const near = nearest(name, names) ?? (names.includes('src') ? 'src' : undefined);
  const [prefix] = PREFIX.exec(name) ?? [''];
  // One of ours begins as Alpine's do.
  return near?.startsWith(prefix) === true ? near : undefined;
};

/** What resembles an attribute of the element: the name is offered. True where that may be its missing `src`. */
export const adviseOnAttributes = (element: ReactiveElement): boolean => {
  let isSrc = false;
  for (const name of oddAttributes(element)) {
    const meant = meantBy(name, element);
    if (meant === undefined) continue;
    isSrc ||= meant === 'src';
    tell(element, `<${element.localName}> has no attribute ${name}: write ${meant}. Until then it is left alone.`);
  }
  return isSrc;
};

/** Elements that look odd after they have had time. */
export const adviseOn = (examined: readonly Examined[]): void => {
  const lost: Element[] = [];
  for (const { element, isDoubtful } of examined) {
    const isSrc = adviseOnAttributes(element);
    if (!element.isConnected || !isDoubtful()) continue;
    const { owner } = element.constructor as Partial<typeof RtConfigElement>;
    if (owner !== undefined) adviseOnPlace(element, owner, isSrc);
    else if (kindOf(element) === 'rt-feed') adviseOnFeed(element, isSrc);
    else if (isWithoutCurrency(element)) {
      tell(
        element,
        `<${element.localName} format="currency"> has no currency, and shows a number alone: write currency="EUR".`,
      );
    } else if (!adviseOnFeedOf(element)) lost.push(element);
  }
  adviseOnLost(lost);
};

const isWithoutCurrency = (card: Element): boolean =>
  kindOf(card) === 'rt-metric-card' &&
  card.getAttribute('format') === 'currency' &&
  (card.getAttribute('currency') ?? '').trim() === '';

const drawsNothing = (chart: Element): boolean =>
  (chart.getAttribute('fields') ?? '').trim() === '' && configChildren(chart, 'rt-series').length === 0;

/** True where a widget has a feed: what is told is why it is another than the one named, or why nothing is shown. */
const adviseOnFeedOf = (widget: Element): boolean => {
  const named = widget.getAttribute('feed') ?? '';
  const around = widget.closest<HTMLElement>('rt-feed');
  if (named !== '' && around !== null && !isNamed(around, named)) {
    tell(
      widget,
      `<${widget.localName} feed="${named}"> stands inside ${shown(around)} and reads that one: move it out, or take feed away.`,
    );
    return true;
  }
  const port = findFeed(widget as FeedSeeker);
  if (port === undefined) return false;
  if (kindOf(widget) === 'rt-line-chart' && drawsNothing(widget)) {
    tell(
      widget,
      `<${widget.localName}> names nothing to draw: write fields="cpu memory", put <rt-series field="cpu"> inside, or set its data.`,
    );
  } else if (port.version === PORT_VERSION && VALUES.includes(kindOf(widget))) {
    listenBeside(widget, configChildren(widget, 'rt-series'), port, (sentence) => tell(widget, sentence));
  }
  return true;
};

/** The id as it is, as the plain tag around has it, or as a sanitizer leaves either. */
const isNamed = (feed: HTMLElement, id: string): boolean =>
  [feed.id, ...idsOf([feed]), feed.parentElement?.getAttribute('data-rt-id')].some(
    (known) => known === id || known === `user-content-${id}`,
  );

/** A feed that has no address, and into which nothing was pushed. */
const adviseOnFeed = (feed: Element, isSrc: boolean): void => {
  // What is wrong with its sources is told of them.
  if (isSrc || feed.querySelector('rt-source') !== null) return;
  const what = feed.hasAttribute('src') ? 'an empty src' : 'no src';
  tell(
    feed,
    `${shown(feed)} has ${what}, and nothing was pushed into it yet: give it the address of its data, or call push() with what you have. It waits.`,
  );
};

/** An element that configures another, in the wrong place or without what it is there for. */
const adviseOnPlace = (element: Element, owner: string, isSrc: boolean): void => {
  const tag = element.localName;
  const above = ancestors(element);
  if (above.some((one) => one.localName.startsWith('rt-') && isUndefined(one))) return;
  if (!above.some((one) => kindOf(one) === owner)) {
    tell(element, `<${tag}> stands in no <${owner}>, and does nothing: put it inside one.`);
    return;
  }
  const { needed } = element.constructor as typeof RtConfigElement;
  if (needed === undefined || isSrc || (element.getAttribute(needed) ?? '').trim() !== '') return;
  tell(
    element,
    `<${tag}> has no ${needed}, and does nothing: write ${needed}="${needed === 'src' ? '/events' : '90'}".`,
  );
};

const ancestors = (element: Element): Element[] => {
  const { parentElement } = element;
  return parentElement === null ? [] : [parentElement, ...ancestors(parentElement)];
};

/** Widgets that find no feed: those of one cause are told of in one sentence. */
const adviseOnLost = (widgets: readonly Element[]): void => {
  const causes = new Map<string, Element[]>();
  for (const widget of widgets) {
    const cause = whyLost(widget);
    if (cause === undefined) continue;
    const before = causes.get(cause) ?? [];
    causes.set(cause, [...before, widget]);
  }
  for (const [cause, alike] of causes) {
    const tags = [...new Set(alike.map(({ localName }) => `<${localName}>`))].join(', ');
    for (const widget of alike) tell(widget, `${tags} ${alike.length > 1 ? 'find' : 'finds'} no feed: ${cause}`);
  }
};

/** `undefined` where something else is told that is behind it, or where nothing is wrong but that it takes so long. */
const whyLost = (widget: Element): string | undefined => {
  const page = widget.ownerDocument;
  const feeds = [...pageFeeds(page).feeds].filter(({ isConnected }) => isConnected);
  const id = widget.getAttribute('feed') ?? '';
  if (id !== '') return whyNotNamed(widget, id, feeds);
  if (feeds.length > 1) {
    const [named = 'name'] = idsOf(feeds);
    return `the page has ${feeds.length}. Put it inside one, or name one by its id: feed="${named}".`;
  }
  const isComing = [...page.querySelectorAll(':not(:defined)')].some(
    ({ localName }) => localName.startsWith('rt') && nearest(withoutPrefix(localName), ['feed']) !== undefined,
  );
  return isComing || feeds.length > 0 ? undefined : 'the page has none. Put it inside <rt-feed src="/events">.';
};

const whyNotNamed = (widget: Element, id: string, feeds: readonly HTMLElement[]): string | undefined => {
  const root = widget.getRootNode();
  const found =
    (root instanceof ShadowRoot ? root.getElementById(id) : null) ?? widget.ownerDocument.getElementById(id);
  const ids = feeds.map((feed) => feed.id).filter((name) => name !== '');
  const near = nearest(id, ids);
  if (found === null && near === id) {
    return `the one with the id "${id}" stands in a shadow root, where it is not seen from outside. Put the widget inside it.`;
  }
  const hint = near === undefined ? '' : ` Did you mean feed="${near}"?`;
  if (found === null) return `nothing has the id "${id}".${hint} It is waited for.`;
  if (isUndefined(found) || kindOf(found) === 'rt-feed' || found.getAttribute('data-rt')?.includes('feed') === true) {
    return undefined;
  }
  return `the id "${id}" is that of a <${found.localName}>, and not of an <rt-feed>.${hint}`;
};

/** Of a feed that fills a plain tag the id is that tag's. */
const idsOf = (feeds: readonly HTMLElement[]): string[] =>
  feeds
    .map(({ id, parentElement }) => id || (parentElement?.matches('[data-rt]') === true ? parentElement.id : ''))
    .filter((id) => id !== '');

const shown = ({ localName, id }: Element): string => `<${localName}${id === '' ? '' : ` id="${id}"`}>`;

const withoutPrefix = (tag: string): string => tag.replace(/^rt-?/, '');

/** Tags that resemble ours and are nobody's, or are ours and not in this version. */
export const adviseOnTags = (root: ParentNode): void => {
  for (const element of root.querySelectorAll(':not(:defined)')) {
    const { localName } = element;
    const name = withoutPrefix(localName);
    // What is ours may be registered later, one by one.
    if (name === localName || NAMES.some((known) => localName === `rt-${known}`)) continue;
    const meant = nearest(name, [...NAMES, ...LATER], 5);
    if (meant === undefined) continue;
    const isTypo = localName !== `rt-${meant}`;
    const what = isTypo ? `<${localName}> is no element of ours: did you mean <rt-${meant}>?` : '';
    const lack = LATER.includes(meant)
      ? `This version, ${VERSION}, has no <rt-${meant}>: take it out, or load a version that has it.`
      : '';
    const message = [what, lack].filter((text) => text !== '').join(' ');
    // Another script on the page, or another element of that name, has told it.
    if (!isSpoken(message)) tell(element, message);
  }
};

/** A browser that can read the script and lacks what it needs. */
export const adviseOnBrowser = (missing: readonly string[]): void => {
  tell(
    document.documentElement,
    `This browser lacks ${missing.join(', ')}, and the page stays as it is written: use Chrome 94, Safari 16.4, Firefox 93 or later, or load what is missing before the script.`,
  );
};
