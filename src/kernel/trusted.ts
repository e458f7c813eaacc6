/**
 * How a template's text becomes a tree on a page with Trusted Types. The build of the page's scripts puts it into Lit, in
 * place of Lit's own: that one makes its policy while the script loads, so that a page that forbids it, or that has a
 * copy of Lit already, would have no widgets at all. Knows no template.
 */
import { browserEnv } from './browser-env.js';

/** Lit's own name for it: what pages allow by `trusted-types lit-html`. */
const NAME = 'lit-html';

interface Factory {
  /** The page's own, by which all text goes that no other has seen. */
  readonly defaultPolicy: unknown;
  createPolicy(name: string, rules: { createHTML(text: string): string }): { createHTML(text: string): string };
}

interface Sanitizing {
  setHTML(html: string, options: { sanitizer: { comments: boolean } }): void;
}

type Fill = (template: HTMLTemplateElement, html: string) => void;

let fill: Fill | undefined;

/** Made with the first template: a second script, whose tags are all taken, makes no policy. */
export const fillTemplate: Fill = (template, html) => (fill ??= chooseFill())(template, html);

const chooseFill = (): Fill => {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: Factory };
  try {
    const policy = trustedTypes?.createPolicy(NAME, { createHTML: (text) => text });
    return (template, html) => {
      template.innerHTML = policy?.createHTML(html) ?? html;
    };
  } catch {
    // Refused. What the browser sanitizes needs no policy, and our templates hold nothing that it would take out.
    if ('setHTML' in Element.prototype) {
      return (template, html) => (template as Partial<Sanitizing>).setHTML?.(html, { sanitizer: { comments: true } });
    }
    if (!trustedTypes?.defaultPolicy) tellRefused();
    return (template, html) => {
      template.innerHTML = html;
    };
  }
};

const tellRefused = (): void =>
  browserEnv.warn(
    `rt-widgets: nothing can be shown under this page’s Content-Security-Policy: let it say trusted-types ${NAME} 'allow-duplicates'.`,
  );
