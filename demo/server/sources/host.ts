/**
 * The machine's own figures, read by `systeminformation`. One source each for CPU, memory, disk and network, so that a
 * disk that hangs leaves the others alone.
 */
import { setTimeout as pause } from 'node:timers/promises';
import si from 'systeminformation';
import type { AskedSource } from '../source.js';

const PART = 'infrastructure';
/** The library measures network rates over at least half a second. */
const FIRST_RATE_MS = 520;

const round = (value: number): number => Math.round(value * 100) / 100;
const percent = (value: number): number => round(Math.min(100, Math.max(0, value)));

/** Per cent of all cores' time since the last reading (the library measures its first one over half a second). */
export const cpu = (): AskedSource => ({
  name: 'cpu',
  part: PART,
  figures: ['cpu_usage'],
  read: async () => ({ cpu_usage: percent((await si.currentLoad()).currentLoad) }),
});

/** Per cent of memory that programs could not get, which leaves out what the system merely caches. */
export const memory = (): AskedSource => ({
  name: 'memory',
  part: PART,
  figures: ['memory_usage'],
  async read() {
    const { total, available } = await si.mem();
    return { memory_usage: percent((1 - available / total) * 100) };
  },
});

/** Per cent used of the root file system; of the largest one where there is no root. */
export const disk = (): AskedSource => ({
  name: 'disk',
  part: PART,
  figures: ['disk_usage'],
  async read() {
    const all = await si.fsSize();
    const largest = all.reduce((a, b) => (b.size > a.size ? b : a), all[0] ?? noDisk());
    return { disk_usage: percent((all.find(({ mount }) => mount === '/') ?? largest).use) };
  },
});

/** Bytes a second through the default network interface. */
export const network = (): AskedSource => {
  let name: string | undefined;
  const rates = async (): Promise<{ in: number | null; out: number | null } | undefined> => {
    name ??= await si.networkInterfaceDefault();
    const stats = (await si.networkStats(name))[0];
    return stats && { in: stats.rx_sec, out: stats.tx_sec };
  };
  return {
    name: 'network',
    part: PART,
    figures: ['network_in', 'network_out'],
    async read(signal) {
      let now = await rates();
      if (typeof now?.in !== 'number') {
        await pause(FIRST_RATE_MS, undefined, { signal });
        now = await rates();
      }
      if (typeof now?.in === 'number' && typeof now.out === 'number') {
        return { network_in: Math.round(now.in), network_out: Math.round(now.out) };
      }
      name = undefined; // the interface may have gone: look for it anew next time
      throw new Error('no network interface gives its rates');
    },
  };
};

export const hostSources = (): AskedSource[] => [cpu(), memory(), disk(), network()];

const noDisk = (): never => {
  throw new Error('no file system was found');
};
