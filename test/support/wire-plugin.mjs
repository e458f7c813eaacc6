/**
 * Mounts the wire server of the browser tests on the test runner: its handler under `/wire/` on the tests' own origin,
 * and the address of its second one, for what crosses origins and for WebSockets, at `/wire-origin.json`.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { tsImport } from 'tsx/esm/api';

const FILE = new URL('wire-server.ts', import.meta.url);

export const wireServer = () => {
  /** @type {{handle(request: unknown, response: unknown): boolean, startWireServer(): Promise<{origin: string, close(): Promise<void>}>} | undefined} */
  let wire;
  /** @type {{origin: string, close(): Promise<void>} | undefined} */
  let running;

  const plugin = {
    name: 'wire-server',
    async serverStart() {
      if (!existsSync(FILE)) return;
      wire = await tsImport(FILE.href, {
        parentURL: import.meta.url,
        tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)),
      });
      running = await wire.startWireServer();
    },
    async serverStop() {
      await running?.close();
      running = undefined;
    },
  };

  /** A Koa middleware. The handler gets the request as Node has it, and has taken it where it returns true. */
  const middleware = async (context, next) => {
    if (context.path === '/wire-origin.json') {
      context.body = { origin: running?.origin ?? null };
      return;
    }
    if (wire !== undefined && context.path.startsWith('/wire/')) {
      context.res.statusCode = 200; // Koa begins with 404, which a plain handler would hand on
      if (wire.handle(context.req, context.res)) {
        context.respond = false;
        return;
      }
      context.res.statusCode = 404;
    }
    await next();
  };

  return { plugin, middleware };
};
