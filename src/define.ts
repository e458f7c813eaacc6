/**
 * Registers every element, fills plain tags with `data-rt`, and looks for tags that resemble ours. A tag that is taken is
 * left alone.
 */
import { examinePage } from './elements/base/examine.js';
import { isSupported } from './elements/base/support.js';
import { CLASSES } from './elements/classes.js';
import { embed } from './embed/embed.js';

// With the registering come the types: of every tag, and of every event.
export type {} from './index.js';

for (const element of CLASSES) element.define();
if (isSupported()) {
  embed();
  examinePage();
}
