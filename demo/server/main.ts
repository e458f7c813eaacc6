/** Starts the demo server from the environment, prints its address, and stops it on SIGINT and SIGTERM. */
import { readConfig } from './config.js';
import { createServer, type DemoServer } from './server.js';
import { openRedis } from './redis/open.js';
import { openSources } from './sources/kinds.js';

/** Ctrl-C under `npm start` sends the signal twice, from the terminal and from npm: not a second wish. */
const SAME_WISH_MS = 100;
const LATEST_END_MS = 4_000;
const PARENT_CHECK_MS = 250;

let server: DemoServer | undefined;
let stoppingSince: number | undefined;

const stop = (): void => {
  if (stoppingSince === undefined) {
    stoppingSince = performance.now();
    setTimeout(() => process.exit(0), LATEST_END_MS).unref();
    void (server?.close() ?? Promise.resolve()).then(() => process.exit(0));
  } else if (performance.now() - stoppingSince > SAME_WISH_MS) {
    process.exit(0);
  }
};

process.on('SIGINT', stop);
process.on('SIGTERM', stop);
endWithNpm();

/** npm hands SIGTERM to a shell that dies of it and passes nothing on: its going is the signal. */
function endWithNpm(): void {
  if (process.env['npm_lifecycle_event'] === undefined) return;
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    if (stoppingSince === undefined) stop();
  }, PARENT_CHECK_MS);
  check.unref();
}

try {
  const { sources, redis, ...config } = readConfig(process.env);
  const log = (sentence: string): void => console.error(sentence);
  const broker = redis === undefined ? undefined : await openRedis(redis);
  server = await createServer({ ...config, log, broker, sources: await openSources(sources, { log }) });
  console.log(server.address);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
