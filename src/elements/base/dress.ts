/**
 * The styles of a shadow root, in whichever document it stands: a constructed style sheet belongs to one document, and an
 * element that is moved into another window, or into a frame, loses its own. Knows no element.
 */
import { adoptStyles, type CSSResultOrNative } from 'lit';
import { keep } from '../../kernel/keep.js';

/** What each root wears. */
const worn = new WeakMap<ShadowRoot, readonly CSSResultOrNative[]>();

/** The sheets of each other document, made by its own window. */
const foreign = new WeakMap<Document, Map<CSSResultOrNative, CSSStyleSheet>>();

const sheetIn = (page: Document, view: Window & typeof globalThis, style: CSSResultOrNative): CSSStyleSheet => {
  const sheets = keep(foreign, page, () => new Map<CSSResultOrNative, CSSStyleSheet>());
  return keep(sheets, style, () => {
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(
      'cssText' in style ? style.cssText : Array.from(style.cssRules, ({ cssText }) => cssText).join(''),
    );
    return sheet;
  });
};

/** Gives a root these styles, for good: after a move into another document `redress` it. */
export const dress = (root: ShadowRoot, styles: readonly CSSResultOrNative[]): void => {
  worn.set(root, styles);
  redress(root);
};

/** Gives a root its styles again. In a document without a window, such as a template's, nothing is shown and none is due. */
export const redress = (root: ShadowRoot): void => {
  const styles = worn.get(root) ?? [];
  const page = root.ownerDocument;
  const view = page.defaultView;
  if (page === document) adoptStyles(root, [...styles]);
  else if (view !== null) root.adoptedStyleSheets = styles.map((style) => sheetIn(page, view, style));
};
