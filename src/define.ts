/**
 * Registers every element, fills plain tags with `data-rt`, and looks for tags that resemble ours. A tag that is taken is
 * left alone.
 */
import { examinePage } from './elements/base/examine.js';
import { isSupported } from './elements/base/support.js';
import { CLASSES } from './elements/classes.js';
import { embed } from './embed/embed.js';

// For the compiler alone, which learns the tags from it.
export type {} from './elements/classes.js';

for (const element of CLASSES) element.define();
if (isSupported()) {
  embed();
  examinePage();
}
