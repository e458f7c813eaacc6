/** Style sheets as they are written: Lit's own tag, which puts values into them, would be in the script of every page. */
import { unsafeCSS as sheet, type CSSResult } from 'lit';

export const css = ([text]: TemplateStringsArray): CSSResult => sheet(text);
