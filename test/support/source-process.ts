/** A source in a process of its own, which a test kills: prints the data of each message as a line of JSON. */
import { writeSync } from 'node:fs';
import { systemClock } from '../../demo/server/clock.js';
import { Intake } from '../../demo/server/intake.js';
import { openPushing } from './source-run.js';

const STDOUT = 1;

const log = (sentence: string): void => console.error(sentence);
const source = await openPushing(JSON.parse(process.argv[2] ?? ''), log);
new Intake(
  [source],
  {
    // Written before it resolves: what a killed process has published is what it has printed.
    publish: async (_channel, data) => {
      writeSync(STDOUT, `${data}\n`);
      return { id: '1', delivered: 0 };
    },
  },
  systemClock,
  log,
).start();
