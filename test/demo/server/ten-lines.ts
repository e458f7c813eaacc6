// The sources that PROTOCOL.md shows, line by line: `ten-lines.test.ts` compares and runs them.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { uptime } from 'node:os';
import type { AskedSource, PushingSource } from '../../../demo/server/source.js';

export const uptimeSource = (): AskedSource => ({
  name: 'uptime',
  part: 'infrastructure', // beside the host's own figures
  figures: ['uptime'],
  period: 10_000, // ms; as often as a snapshot is made where it is left out
  async read() {
    return { uptime: Math.round(uptime()) }; // throw where there is nothing: the last figures stay, marked stale
  },
});

export const datagramSource = (port: number): PushingSource => ({
  name: 'datagrams',
  async subscribe(push, signal) {
    const socket = createSocket({ type: 'udp4', signal }); // closed when the signal is aborted
    socket.on('message', (bytes) => void push({ channel: 'syslog', data: String(bytes) }).catch(() => undefined));
    socket.bind(port, '127.0.0.1');
    await once(socket, 'listening'); // from now on it stands
    return { ended: once(socket, 'close').then(() => undefined) }; // rejects on an error: it is started anew
  },
});
