/** `npm run reference`: writes the reference of all elements anew from what is built. */
import { writeFileSync } from 'node:fs';
import { REFERENCE, writeReference } from './reference.js';

writeFileSync(REFERENCE, await writeReference());
