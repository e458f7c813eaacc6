/** Finds the port to listen on: the one that was chosen, or the first free one. */
import type { Server } from 'node:http';
import type { ListenOptions } from 'node:net';

const FIRST = 8_080;
const TRIES = 100;

/** Listens, and returns the port. Rejects with a sentence. Port 0 is any free one; without a port the search begins at 8080. */
export const listen = async (server: Server, host: string, port: number | undefined): Promise<number> => {
  const ports = port === undefined ? Array.from({ length: TRIES }, (_, i) => FIRST + i) : [port];
  for (const each of ports) {
    if (await bind(server, { host, port: each })) return portOf(server);
  }
  throw new Error(
    port === undefined
      ? `No port from ${FIRST} to ${FIRST + TRIES - 1} is free: choose one with PORT=…`
      : `Port ${port} is taken: choose another with PORT=…, or none for the first free one from ${FIRST}.`,
  );
};

/** False where the port is taken. */
const bind = (server: Server, options: ListenOptions): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      server.off('listening', listening);
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(new Error(`Cannot listen on ${options.host ?? ''}, port ${options.port ?? ''}: ${error.message}`));
    };
    const listening = (): void => {
      server.off('error', failed);
      resolve(true);
    };
    server.once('error', failed);
    server.once('listening', listening);
    server.listen(options);
  });

const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
};

/** The address that a browser on this machine can open. */
export const urlOf = (host: string, port: number): string => {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}/`;
};
