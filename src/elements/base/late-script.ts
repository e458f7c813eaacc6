/**
 * Scripts that are fetched when they are needed: why one did not come, in one sentence and told once a page; and what may
 * come yet is tried again. Knows no element, and not what is done with a script that has come.
 */
import { tellError } from '../../controllers/config.js';
import { world, type World } from '../../controllers/world.js';
import { once, type Disposer } from '../../kernel/disposer.js';
import { rtError, type ErrorCode } from '../../kernel/errors.js';
import { keep } from '../../kernel/keep.js';

/** `away`: it may come yet. `lost`: the server has no such script, or the browser cannot run it. `forbidden`: by a policy. */
export type Outcome = 'here' | 'away' | 'lost' | 'forbidden';

/** Before a script is asked for again by itself. Milliseconds; doubled each time, up to the cap. */
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 60_000;

/**
 * Fetches the script of a kind of element and puts it to use. Settles and never rejects. Of several elements of a kind the
 * first one asks, and tells what went wrong; the others wait for what it gets.
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
  const tag = host.localName;
  const asked = scripts.attempts.get(tag);
  if (asked !== undefined) {
    const outcome = await asked;
    if (outcome !== 'here') return outcome;
  }
  const attempt = tryOnce(fetch, use);
  const ended = attempt.then((end) => end?.outcome ?? 'here');
  scripts.attempts.set(tag, ended);
  const end = await attempt;
  // What a policy forbids stays forbidden as long as the page is there.
  if (end?.outcome !== 'forbidden' && scripts.attempts.get(tag) === ended) scripts.attempts.delete(tag);
  if (end === undefined) {
    scripts.come(tag);
    return 'here';
  }
  const { outcome, code, script, problem, cause } = end;
  if (outcome === 'away') scripts.miss(tag);
  if (scripts.isNews(code)) {
    const message = `<${tag}> needs ${script}, which ${problem}; the page goes on without it.`;
    tellError(host, rtError(code, message, cause, fatal && outcome !== 'away'));
  }
  return outcome;
};

/** Calls back, once, when a script that was `away` is worth another try; the disposer takes it back. */
export const whenBack = (action: () => void): Disposer => scriptsOf(world()).wait(action);

interface Failed {
  readonly outcome: Exclude<Outcome, 'here'>;
  readonly code: ErrorCode;
  readonly script: string;
  /** What became of it, and what to do. */
  readonly problem: string;
  readonly cause: unknown;
}

/** `undefined` where all went well. */
const tryOnce = async <T>(fetch: () => Promise<T>, use: (fetched: T) => void): Promise<Failed | undefined> => {
  const violations: SecurityPolicyViolationEvent[] = [];
  const hear = (event: SecurityPolicyViolationEvent): void => void violations.push(event);
  document.addEventListener('securitypolicyviolation', hear);
  let fetched: T;
  try {
    fetched = await fetch();
  } catch (cause) {
    // Browsers call a script that did not come a TypeError about a module; anything else was thrown by the script.
    return cause instanceof TypeError && cause.message.includes('module')
      ? explain(cause, violations)
      : cannotRun(cause);
  } finally {
    document.removeEventListener('securitypolicyviolation', hear);
  }
  try {
    use(fetched);
    return undefined;
  } catch (cause) {
    return cannotRun(cause);
  }
};

const cannotRun = (cause: unknown): Failed => ({
  outcome: 'lost',
  code: 'protocol',
  script: 'a script',
  problem: `this browser cannot run (${String(cause)}): a newer one is needed`,
  cause,
});

/** Browsers say no more of a script that did not come than its address, and Safari not even that. */
const explain = (cause: TypeError, violations: readonly SecurityPolicyViolationEvent[]): Failed => {
  const url = /https?:\S+/.exec(cause.message)?.[0];
  const blocked = violations.find(
    ({ disposition, effectiveDirective, blockedURI }) =>
      disposition === 'enforce' &&
      effectiveDirective.startsWith('script-src') &&
      (url === undefined || folderOf(url) === folderOf(blockedURI)),
  );
  if (blocked !== undefined) {
    const { blockedURI: script, effectiveDirective } = blocked;
    const problem = `the page’s Content-Security-Policy (${effectiveDirective}) blocks: let it allow all of ${folderOf(script)}`;
    return { outcome: 'forbidden', code: 'config', script, problem, cause };
  }
  const script = url ?? 'a script';
  const status = url === undefined ? 0 : statusOf(url);
  if (status === 0) {
    const problem = 'could not be fetched (network or server away): it is tried again by itself';
    return { outcome: 'away', code: 'network', script, problem, cause };
  }
  const answer = status < 400 ? 'with something that is no script' : `with status ${status}`;
  const problem = `the server answered ${answer}: reload the page, and if that does not help put all of dist/ there again`;
  return { outcome: 'lost', code: 'http', script, problem, cause };
};

const folderOf = (url: string): string => url.replace(/[^/]*$/, '');

/** What the server last answered; 0 where it did not, or the browser does not say. */
const statusOf = (url: string): number => {
  const last = performance.getEntriesByName(url, 'resource').at(-1);
  return last instanceof PerformanceResourceTiming ? last.responseStatus : 0;
};

/** What a page knows of its late scripts. */
class LateScripts {
  /** Those under way, and those that a policy forbade, by tag. */
  readonly attempts = new Map<string, Promise<Outcome>>();
  readonly #told = new Set<ErrorCode>();
  /** The tags whose script was away at the last try. */
  readonly #missed = new Set<string>();
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

  miss(tag: string): void {
    this.#missed.add(tag);
  }

  /** One has come: the others may too. One that was away is back: the next outage is another one. */
  come(tag: string): void {
    this.#pause = FIRST_PAUSE;
    if (this.#missed.delete(tag)) this.#told.delete('network');
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

const scriptsOf = (page: World): LateScripts => keep(pages, page, () => new LateScripts(page));
