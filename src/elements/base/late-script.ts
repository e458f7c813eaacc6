/**
 * Scripts that are fetched when they are needed: why one did not come, in one sentence and told once a page; and what may
 * come yet is tried again. Knows no element, and not what is done with a script that has come.
 */
import { tellError } from '../../controllers/config.js';
import { world, type World } from '../../controllers/world.js';
import { once, type Disposer } from '../../kernel/disposer.js';
import { rtError, type ErrorCode } from '../../kernel/errors.js';

/** `away`: it may come yet. `lost`: it does not, before the page or its server is changed. */
export type Outcome = 'here' | 'away' | 'lost';

/** Before a script is asked for again by itself. Milliseconds; doubled each time, up to the cap. */
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 60_000;

/**
 * Fetches a script and puts it to use. Settles and never rejects; `host` tells what went wrong, unless another of the
 * page's elements has told the same.
 *
 * @param fatal - whether nothing of the host works without it.
 */
export const fetchScript = async <T>(
  host: HTMLElement,
  fatal: boolean,
  fetch: () => Promise<T>,
  use: (fetched: T) => void,
): Promise<Outcome> => {
  const scripts = scriptsOf(world());
  const violations: SecurityPolicyViolationEvent[] = [];
  const hear = (event: SecurityPolicyViolationEvent): void => void violations.push(event);
  document.addEventListener('securitypolicyviolation', hear);
  try {
    const fetched = await fetch();
    scripts.come();
    use(fetched);
    return 'here';
  } catch (cause) {
    const { outcome, code, script, problem } = explain(cause, violations);
    if (scripts.isNews(code)) {
      const message = `<${host.localName}> needs ${script}, which ${problem}; the page goes on without it.`;
      tellError(host, rtError(code, message, cause, fatal && outcome === 'lost'));
    }
    return outcome;
  } finally {
    document.removeEventListener('securitypolicyviolation', hear);
  }
};

/** Calls back, once, when a script that was `away` is worth another try; the disposer takes it back. */
export const whenBack = (action: () => void): Disposer => scriptsOf(world()).wait(action);

interface Explained {
  readonly outcome: Outcome;
  readonly code: ErrorCode;
  readonly script: string;
  /** What became of it, and what to do. */
  readonly problem: string;
}

/** Browsers say no more of a script that did not come than its address, and some not even that. */
const explain = (cause: unknown, violations: readonly SecurityPolicyViolationEvent[]): Explained => {
  const text = String(cause);
  // What a fetch fails with is a TypeError; anything else was thrown by the script.
  if (!(cause instanceof TypeError)) {
    const problem = `this browser cannot run (${text}): a newer one is needed`;
    return { outcome: 'lost', code: 'protocol', script: 'a script', problem };
  }
  const url = /https?:\S+/.exec(text)?.[0];
  const blocked = violations.find(
    ({ disposition, effectiveDirective, blockedURI }) =>
      disposition === 'enforce' &&
      effectiveDirective.startsWith('script-src') &&
      (url === undefined || folderOf(url) === folderOf(blockedURI)),
  );
  if (blocked !== undefined) {
    const { blockedURI: script, effectiveDirective } = blocked;
    const problem = `the page’s Content-Security-Policy (${effectiveDirective}) blocks: let it allow all of ${folderOf(script)}`;
    return { outcome: 'lost', code: 'config', script, problem };
  }
  const script = url ?? 'a script';
  const status = url === undefined ? 0 : statusOf(url);
  if (status === 0) {
    const problem = 'could not be fetched (network or server away): it is tried again by itself';
    return { outcome: 'away', code: 'network', script, problem };
  }
  const answer = status < 400 ? 'with something that is no script' : `with status ${status}`;
  const problem = `the server answered ${answer}: reload the page, and if that does not help put all of dist/ there again`;
  return { outcome: 'lost', code: 'http', script, problem };
};

const folderOf = (url: string): string => url.replace(/[^/]*$/, '');

/** What the server last answered; 0 where it did not, or the browser does not say. */
const statusOf = (url: string): number => {
  const last = performance.getEntriesByName(url, 'resource').at(-1);
  return last instanceof PerformanceResourceTiming ? last.responseStatus : 0;
};

/** What a page knows of its late scripts. */
class LateScripts {
  readonly #told = new Set<ErrorCode>();
  readonly #waiting = new Set<() => void>();
  #pause = FIRST_PAUSE;
  #stop: Disposer | undefined;

  constructor(private readonly world: World) {}

  /** Whether an error of this kind has not been told yet. */
  isNews(code: ErrorCode): boolean {
    const isNews = !this.#told.has(code);
    this.#told.add(code);
    return isNews;
  }

  /** One has come: the others may too, and the next outage is another one. */
  come(): void {
    this.#pause = FIRST_PAUSE;
    this.#told.delete('network');
    this.#again();
  }

  wait(action: () => void): Disposer {
    this.#waiting.add(action);
    this.#stop ??= this.#watch();
    return once(() => {
      this.#waiting.delete(action);
      if (this.#waiting.size === 0) this.#rest();
    });
  }

  #watch(): Disposer {
    const { env } = this.world;
    const again = (): void => this.#again();
    const stopTimer = env.timer(again, this.#pause);
    const stopWatch = env.watch((what) => {
      if (what === 'online' && env.online()) again();
    });
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE);
    return () => {
      stopTimer();
      stopWatch();
    };
  }

  #again(): void {
    const actions = [...this.#waiting];
    this.#waiting.clear();
    this.#rest();
    for (const action of actions) action();
  }

  #rest(): void {
    this.#stop?.();
    this.#stop = undefined;
  }
}

const pages = new WeakMap<World, LateScripts>();

const scriptsOf = (page: World): LateScripts => {
  const scripts = pages.get(page) ?? new LateScripts(page);
  pages.set(page, scripts);
  return scripts;
};
