/** The real world. Reads globals only when called, so that importing it is safe anywhere. */
import { Listeners, type Disposer } from './disposer.js';
import type { Env, Outside } from './env.js';

/** The longest delay that `setTimeout` keeps: a longer one would fire at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Other documents in which elements of the page stand, and who wants to know whether they are seen. */
const others = new Set<Document>();
const seen = new Listeners();

/** The page's own document while it is seen, else another one that is, if any. */
const looked = (): Document => [document, ...others].find(({ hidden }) => !hidden) ?? document;

export const browserEnv: Env = {
  now: () => performance.now(),
  wall: () => Date.now(),
  random: () => Math.random(),
  timer(action, ms) {
    const handle = setTimeout(action, Math.min(ms, LONGEST_TIMER));
    return () => clearTimeout(handle);
  },
  frame(action) {
    const view = looked().defaultView ?? window;
    const handle = view.requestAnimationFrame(action);
    return () => view.cancelAnimationFrame(handle);
  },
  fetch: (url, init) => fetch(url, init),
  socket: (url, protocols) => new WebSocket(url, [...protocols]),
  baseUrl: () => document.baseURI,
  origin: () => self.origin,
  online: () => navigator.onLine,
  hidden: () => looked().hidden,
  seenIn(other) {
    const tell = (): void => seen.emit();
    others.add(other);
    other.addEventListener('visibilitychange', tell);
    tell();
    return () => {
      others.delete(other);
      other.removeEventListener('visibilitychange', tell);
      tell();
    };
  },
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
    stops.push(seen.add(() => changed('hidden')));
    return () => {
      for (const stop of stops) stop();
    };
  },
  warn: (sentence) => console.warn(sentence),
};
