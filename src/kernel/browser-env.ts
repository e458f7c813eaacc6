/** The real world. Reads globals only when called, so that importing it is safe anywhere. */
import type { Disposer } from './disposer.js';
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
  online: () => navigator.onLine,
  hidden: () => document.hidden,
  watch(changed) {
    const stops: Disposer[] = [];
    const on = (target: EventTarget, names: string, what: Outside): void => {
      const heard = (): void => changed(what);
      for (const name of names.split(' ')) {
        target.addEventListener(name, heard);
        stops.push(() => target.removeEventListener(name, heard));
      }
    };
    on(window, 'online offline', 'online');
    on(window, 'pagehide', 'frozen');
    on(window, 'pageshow', 'thawed');
    on(document, 'visibilitychange', 'hidden');
    on(document, 'freeze', 'frozen');
    on(document, 'resume', 'thawed');
    return () => {
      for (const stop of stops) stop();
    };
  },
  warn: (sentence) => console.warn(sentence),
};
