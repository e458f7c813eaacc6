/** Style sheets as they are written. Lit's own tag is there to put values into them, and ours hold none. */
import { unsafeCSS as sheet, type CSSResult } from 'lit';

export const css = ([text]: TemplateStringsArray): CSSResult => sheet(text);
