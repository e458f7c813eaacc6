/** The real world. Reads globals only when called, so that importing it is safe anywhere. */
import { once } from './disposer.js';
import type { Env } from './env.js';

/** The longest delay that `setTimeout` keeps: a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

export const browserEnv: Env = {
  now: () => performance.now(),
  wall: () => Date.now(),
  random: () => Math.random(),
  timer(action, ms) {
    const handle = setTimeout(action, Math.min(ms, LONGEST_TIMER));
    return once(() => clearTimeout(handle));
  },
  frame(action) {
    const handle = requestAnimationFrame(action);
    return once(() => cancelAnimationFrame(handle));
  },
  fetch: (url, init) => fetch(url, init),
  socket: (url, protocols) => new WebSocket(url, [...protocols]),
  baseUrl: () => document.baseURI,
  online: () => navigator.onLine,
  hidden: () => document.hidden,
  watch(changed) {
    const online = (): void => changed('online');
    const hidden = (): void => changed('hidden');
    addEventListener('online', online);
    addEventListener('offline', online);
    document.addEventListener('visibilitychange', hidden);
    return once(() => {
      removeEventListener('online', online);
      removeEventListener('offline', online);
      document.removeEventListener('visibilitychange', hidden);
    });
  },
  warn: (sentence) => console.warn(sentence),
};
