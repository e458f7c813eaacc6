/**
 * Fills plain tags: `<div data-rt="metric-card" data-rt-field="cpu">text</div>` gets an `<rt-metric-card field="cpu">`
 * inside, which takes the text in. That a tag is filled is read from the page itself (an element of the right name in it), so
 * that clones, markup that was read and written again, and two scripts on one page all agree. Fetched when the first such
 * tag stands in the page.
 */
import { isSpoken, tellError } from '../controllers/config.js';
import { pageFeeds } from '../controllers/feed-port.js';
import { CLASSES } from '../elements/classes.js';
import { RtFeed } from '../elements/rt-feed/rt-feed.js';
import { rtError } from '../kernel/errors.js';
import { attributeNames, meant, meantAttribute, meantValue, nearestName, tagNames, type Names } from './names.js';
import { within } from './watch.js';

const NAME = 'data-rt';
const PREFIX = 'data-rt-';

/** By this a feed's plain tag is found where it is named. It never becomes an id. */
const ID = 'data-rt-id';

const TAGS = tagNames(CLASSES.map(({ tag }) => tag));

/** Plain tags that can hold no widget: they are empty by nature, show what is in them as something else, or want rows. */
const HOLDS_NOTHING =
  'area,audio,base,br,canvas,col,colgroup,embed,head,hr,html,iframe,img,input,link,meta,noscript,object,option,param,picture,script,select,source,style,table,tbody,template,textarea,tfoot,thead,title,tr,track,video,wbr';

/** The hosts whose changes are followed by this script. */
const followed = new WeakSet<Element>();

/** Fills every plain tag of `root`, itself with it. */
export const fillIn = (root: ParentNode): void => {
  for (const host of within(root, `[${NAME}]`)) {
    if (followed.has(host)) continue;
    followed.add(host);
    observer ??= new MutationObserver(follow);
    observer.observe(host, { childList: true, attributes: true, attributeOldValue: true });
    fill(host);
  }
};

const fill = (host: Element): void => {
  const tag = tagOf(host.getAttribute(NAME));
  if (tag === undefined) {
    tellName(host);
    return;
  }
  if (!canHold(host)) {
    tell(host, `<${host.localName} data-rt> can hold no widget, and stays as it is: write data-rt on a <div>.`);
    return;
  }
  register(tag);
  const known = widgetOf(host, tag);
  // Of this page, wherever its host stands: a window that the page has opened knows none of our tags.
  const widget = known ?? document.createElement(tag);
  for (const { name } of [...host.attributes]) setAttribute(host, widget, name);
  if (known === undefined) host.prepend(widget);
  gather(host, widget);
};

/** Takes the widget away, and gives its content back. */
const empty = (host: Element, tag: string | undefined): void => {
  const widget = tag === undefined ? undefined : widgetOf(host, tag);
  widget?.replaceWith(...widget.childNodes);
};

const tagOf = (written: string | null): string | undefined => (written === null ? undefined : meant(TAGS, written));

const canHold = (host: Element): boolean =>
  host.namespaceURI === 'http://www.w3.org/1999/xhtml' && !host.matches(HOLDS_NOTHING);

/** The widget that fills a tag: a child, or inside what was wrapped around it. Not any descendant: a feed may hold another. */
const widgetOf = (host: Element, tag: string): Element | undefined =>
  [host, ...wrappersIn(host)].flatMap(({ children }) => [...children]).find(({ localName }) => localName === tag);

/** What CMSs and scripts wrap around a widget: paragraphs, and any element that is alone and holds one alone. */
const wrappersIn = (parent: Element): readonly Element[] =>
  [...parent.children]
    .filter((child) => {
      const isAlone = parent.childElementCount === 1 && child.childElementCount === 1;
      return (child.localName === 'p' || isAlone) && !child.hasAttribute(NAME);
    })
    .flatMap((child) => [child, ...wrappersIn(child)]);

/** A page that registers elements one by one has not registered all that its plain tags name. */
const register = (tag: string): void => {
  if (customElements.get(tag) === undefined) CLASSES.find((element) => element.tag === tag)?.define();
};

/** What stands beside the widget, or beside what is wrapped around it, goes into it, in its order. */
const gather = (host: Element, widget: Element): void => {
  const first = widget.firstChild;
  for (const node of [...host.childNodes]) {
    if (node.contains(widget)) continue;
    const isBefore = (node.compareDocumentPosition(widget) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    move(widget, node, isBefore ? first : null);
  }
};

/**
 * Frames, players and what has the focus go on where they are still shown, which is in a feed, and the browser can move a
 * node without taking it out. Not where they are shown no more: Chromium crashes then on a list item.
 */
const move = (widget: Element, node: Node, before: Node | null): void => {
  if ('moveBefore' in Element.prototype && widget.localName === RtFeed.tag) widget.moveBefore(node, before);
  else widget.insertBefore(node, before);
};

const known = new Map<string, Names>();

/** The attributes of an element that may be set: those of the class that is registered, whichever script has done it. */
const namesOf = (tag: string): Names => {
  const found = known.get(tag);
  if (found !== undefined) return found;
  const element: (CustomElementConstructor & { observedAttributes?: readonly string[] }) | undefined =
    customElements.get(tag);
  const names = attributeNames(element?.observedAttributes ?? []);
  known.set(tag, names);
  return names;
};

/** Brings the widget's attribute in line with the host's `data-rt-*` of that name. */
const setAttribute = (host: Element, widget: Element, name: string): void => {
  if (!name.startsWith(PREFIX) || name === ID) return;
  const names = namesOf(widget.localName);
  const attribute = meantAttribute(names, name.slice(PREFIX.length));
  if (attribute === undefined) {
    if (host.hasAttribute(name)) tellAttribute(host, widget, name, names);
    return;
  }
  const value = valueOf(host, names, attribute);
  if (value === null) widget.removeAttribute(attribute);
  else if (widget.getAttribute(attribute) !== value) widget.setAttribute(attribute, value);
};

/** What the host says of an attribute, in whatever spelling; `null` where it says nothing. */
const valueOf = (host: Element, names: Names, attribute: string): string | null => {
  const found = [...host.attributes].find(
    ({ name }) => name.startsWith(PREFIX) && meantAttribute(names, name.slice(PREFIX.length)) === attribute,
  );
  return found === undefined ? null : meantValue(attribute, found.value);
};

/** Made when it is first needed: a script that has all inside runs this in browsers that know no observer, too. */
let observer: MutationObserver | undefined;

const follow = (records: readonly MutationRecord[]): void => {
  for (const { type, target, attributeName, oldValue, addedNodes } of records) {
    const host = target as Element;
    const tag = tagOf(host.getAttribute(NAME));
    if (type === 'childList') {
      if (addedNodes.length > 0 && tag !== undefined) fill(host);
    } else if (attributeName === NAME) {
      const before = tagOf(oldValue);
      if (before !== tag) empty(host, before);
      if (host.hasAttribute(NAME)) fill(host);
    } else if (attributeName === 'id' || attributeName === ID) {
      // Where it names a feed, widgets may wait for that name, or read from another feed until now.
      pageFeeds(host.ownerDocument).changes.dispatchEvent(new Event('change'));
    } else if (tag !== undefined && attributeName !== null) {
      const widget = widgetOf(host, tag);
      if (widget !== undefined) setAttribute(host, widget, attributeName);
    }
  }
};

/** Once in a page, whichever script has seen it. */
const tell = (host: Element, message: string): void => {
  if (!isSpoken(message)) tellError(host as HTMLElement, rtError('config', message));
};

const tellName = (host: Element): void => {
  const written = host.getAttribute(NAME) ?? '';
  const near = nearestName(TAGS, written);
  const hint =
    near === undefined
      ? `known are ${[...new Set(TAGS.values())].map(short).join(', ')}`
      : `did you mean "${short(near)}"?`;
  tell(host, `<${host.localName} data-rt="${cut(written)}"> names no element, and its text stays: ${hint}`);
};

const tellAttribute = (host: Element, widget: Element, name: string, names: Names): void => {
  const near = nearestName(names, name.slice(PREFIX.length));
  const hint = near === undefined ? '' : ` Did you mean ${PREFIX}${near}?`;
  tell(host, `${cut(name)} sets nothing on <${widget.localName}>, and is left alone.${hint}`);
};

const short = (tag: string): string => tag.replace(/^rt-/, '');

const cut = (text: string): string => (text.length > 80 ? `${text.slice(0, 80)}…` : text);
