/** Registers every element, and fills plain tags with `data-rt`. A tag that is taken is left alone. */
import { CLASSES } from './elements/classes.js';
import { embed } from './embed/embed.js';

for (const element of CLASSES) element.define();
embed();
