/** How a widget finds the children that configure it. */

/** What a change of them means that the widget reads its configuration children again. */
export const CONFIG_ATTRIBUTES = ['field', 'label', 'color', 'axis', 'channel', 'where', 'value', 'level'];

/**
 * The configuration children of a widget, in order, at any depth (a CMS wraps them in paragraphs), but not those of
 * another widget inside.
 */
export const configChildren = (widget: Element, tag: string): Element[] =>
  [...widget.querySelectorAll(tag)].filter((child) => isOwn(child, widget));

/** Tags that configure, and own nothing. */
const CONFIG_TAGS: ReadonlySet<string> = new Set(['rt-series', 'rt-threshold', 'rt-column', 'rt-source']);

/** True where no other widget stands between: this one may have a tag of the page's own. */
const isOwn = (child: Element, widget: Element): boolean => {
  let owner = child.parentElement;
  while (
    owner !== null &&
    owner !== widget &&
    (!owner.localName.startsWith('rt-') || CONFIG_TAGS.has(owner.localName))
  ) {
    owner = owner.parentElement;
  }
  return owner === widget;
};
