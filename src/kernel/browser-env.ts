/** The real world. Reads globals only when called, so that importing it is safe anywhere. */
import type { Env, Outside } from './env.js';

/** The longest delay that `setTimeout` keeps: a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

export const browserEnv: Env = {
  now: () => performance.now(),
  wall: () => Date.now(),
  random: () => Math.random(),
  timer(action, ms) {
    const handle = setTimeout(action, Math.min(ms, LONGEST_TIMER));
    return () => clearTimeout(handle);
  },
  frame(action) {
    const handle = requestAnimationFrame(action);
    return () => cancelAnimationFrame(handle);
  },
  fetch: (url, init) => fetch(url, init),
  socket: (url, protocols) => new WebSocket(url, [...protocols]),
  baseUrl: () => document.baseURI,
  origin: () => self.origin,
  online: () => navigator.onLine,
  hidden: () => document.hidden,
  watch(changed) {
    const stop = new AbortController();
    const { signal } = stop;
    const on = (target: EventTarget, names: string, what: Outside): void => {
      for (const name of names.split(' ')) target.addEventListener(name, () => changed(what), { signal });
    };
    on(window, 'online offline', 'online');
    on(window, 'pagehide', 'frozen');
    on(window, 'pageshow', 'thawed');
    on(document, 'visibilitychange', 'hidden');
    on(document, 'freeze', 'frozen');
    on(document, 'resume', 'thawed');
    return () => stop.abort();
  },
  warn: (sentence) => console.warn(sentence),
};
