/** `npm run promise`: adds to the list of the public surface what is new in it. Takes nothing away. */
import { writeFileSync } from 'node:fs';
import { compare, readPromised, readSurface, STORED } from './surface.js';

const promised = readPromised();
const { added, broken } = compare(promised, readSurface());
writeFileSync(STORED, `${JSON.stringify([...promised, ...added].sort(), null, 2)}\n`);
for (const line of added) console.log(`promised: ${line}`);
for (const sentence of broken) console.error(sentence);
process.exitCode = broken.length === 0 ? 0 : 1;
