/**
 * What a page holds on to, counted through the browser's own heap after everything that nobody needs was collected: a
 * test takes a count before and after its work, and what has grown is a leak. Knows nothing of what the page does.
 */
import type { CDPSession, Page } from '@playwright/test';

declare global {
  interface Window {
    /** How many timers and animation frames are waited for; put there by `watchTimers`. */
    waiting: { readonly timers: Set<number>; readonly frames: Set<number> };
  }
}

/** Counts of what is held. */
export interface Held {
  readonly feeds: number;
  /** All our elements, feeds too, in the page or not. */
  readonly ours: number;
  /** Elements that are not in the page. */
  readonly detached: number;
  /** As the page holds them: one that is closing counts until it is closed. */
  readonly sockets: number;
  readonly aborts: number;
  readonly responses: number;
  readonly streams: number;
  readonly mutationObservers: number;
  readonly resizeObservers: number;
  readonly contexts: number;
  /** Objects of any class, and functions: what has no count of its own is among them. */
  readonly objects: number;
  readonly timers: number;
  readonly frames: number;
  /** Of the document object model, in the page or not, seen by a script or not. */
  readonly nodes: number;
  readonly documents: number;
  readonly listeners: number;
}

type Counted = Omit<Held, 'timers' | 'frames' | 'nodes' | 'documents' | 'listeners'>;

/**
 * By how much a count may grow without being a leak; those that are not named, by nothing. What is shown for the first
 * time, such as a retry's countdown, leaves its template behind, once; timers and requests come and go.
 */
const TOLERANCE: Partial<Held> = {
  detached: 12,
  nodes: 60,
  listeners: 12,
  objects: 100,
  timers: 4,
  frames: 2,
  aborts: 2,
  responses: 2,
  streams: 2,
};

/** Runs in the page before anything else does. */
const countTimers = (): void => {
  const timers = new Set<number>();
  const frames = new Set<number>();
  window.waiting = { timers, frames };
  const {
    setTimeout: start,
    clearTimeout: stop,
    requestAnimationFrame: request,
    cancelAnimationFrame: cancel,
  } = window;
  window.setTimeout = ((action: (...given: unknown[]) => void, ms?: number, ...given: unknown[]): number => {
    const handle: number = start(() => {
      timers.delete(handle);
      action(...given);
    }, ms);
    timers.add(handle);
    return handle;
  }) as typeof setTimeout;
  window.clearTimeout = (handle) => {
    timers.delete(handle as number);
    stop(handle);
  };
  window.requestAnimationFrame = (action) => {
    const handle: number = request((now) => {
      frames.delete(handle);
      action(now);
    });
    frames.add(handle);
    return handle;
  };
  window.cancelAnimationFrame = (handle) => {
    frames.delete(handle);
    cancel(handle);
  };
};

/** Has the page's timers counted: call it before `goto`. */
export const watchTimers = async (page: Page): Promise<void> => {
  await page.addInitScript(countTimers);
};

/** Sorts all objects of the page; its source goes to the page, where it is called on them. */
const sort = function (this: readonly object[]): Counted {
  const feed = customElements.get('rt-feed');
  // A prototype descends from others, and is no instance.
  const instances = this.filter((one) => !Object.hasOwn(one, 'constructor'));
  const elements = instances.filter((one) => one instanceof Element);
  const count = (isMeant: (one: object) => boolean): number => instances.filter(isMeant).length;
  return {
    feeds: count((one) => feed !== undefined && one instanceof feed),
    ours: elements.filter(({ localName }) => localName.startsWith('rt-')).length,
    detached: elements.filter(({ isConnected }) => !isConnected).length,
    sockets: count((one) => one instanceof WebSocket),
    aborts: count((one) => one instanceof AbortController),
    responses: count((one) => one instanceof Response),
    streams: count((one) => one instanceof ReadableStream),
    mutationObservers: count((one) => one instanceof MutationObserver),
    resizeObservers: count((one) => one instanceof ResizeObserver),
    contexts: count((one) => one instanceof CanvasRenderingContext2D),
    objects: this.length,
  };
};

/** As the browser writes it: one node after another, each as many numbers as there are fields, its type first. */
interface Snapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly [readonly string[]] };
  };
  readonly nodes: readonly number[];
}

const GROUP = 'held';

/** Counts what one page holds. */
export class Counter {
  private constructor(
    private readonly page: Page,
    private readonly devtools: CDPSession,
  ) {}

  static async of(page: Page): Promise<Counter> {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable');
    await devtools.send('HeapProfiler.enable');
    return new Counter(page, devtools);
  }

  /** What the page holds once everything that can be collected has been. */
  async count(): Promise<Held> {
    // What is let go of at the end of one collection only the next one finds.
    for (let round = 0; round < 3; round++) await this.devtools.send('HeapProfiler.collectGarbage');
    const { metrics } = await this.devtools.send('Performance.getMetrics');
    const metric = (name: string): number => metrics.find((one) => one.name === name)?.value ?? NaN;
    const { timers, frames } = await this.page.evaluate(() => ({
      timers: window.waiting.timers.size,
      frames: window.waiting.frames.size,
    }));
    return {
      ...(await this.#sortObjects()),
      timers,
      frames,
      nodes: metric('Nodes'),
      documents: metric('Documents'),
      listeners: metric('JSEventListeners'),
    };
  }

  /**
   * The bytes of all that scripts hold, added up from a snapshot: the heap's size as the browser tells it goes up and down
   * by a tenth. What belongs to the browser is not in it: its log of what was loaded, and code, which it compiles better
   * the longer a page runs.
   */
  async heap(): Promise<number> {
    const { devtools } = this;
    const chunks: string[] = [];
    const take = ({ chunk }: { readonly chunk: string }): unknown => chunks.push(chunk);
    devtools.on('HeapProfiler.addHeapSnapshotChunk', take);
    await devtools.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    devtools.off('HeapProfiler.addHeapSnapshotChunk', take);
    const { snapshot, nodes } = JSON.parse(chunks.join('')) as Snapshot;
    const { node_fields: fields, node_types: types } = snapshot.meta;
    const others = ['native', 'code'].map((type) => types[0].indexOf(type));
    const size = fields.indexOf('self_size');
    let bytes = 0;
    for (let at = 0; at < nodes.length; at += fields.length)
      if (!others.includes(nodes[at] ?? -1)) bytes += nodes[at + size] ?? 0;
    return bytes;
  }

  async #sortObjects(): Promise<Counted> {
    const { devtools } = this;
    const ancestor = await devtools.send('Runtime.evaluate', { expression: 'Object.prototype', objectGroup: GROUP });
    const { objects } = await devtools.send('Runtime.queryObjects', {
      prototypeObjectId: ancestor.result.objectId ?? '',
      objectGroup: GROUP,
    });
    const { result, exceptionDetails } = await devtools.send('Runtime.callFunctionOn', {
      objectId: objects.objectId ?? '',
      functionDeclaration: sort.toString(),
      returnByValue: true,
    });
    await devtools.send('Runtime.releaseObjectGroup', { objectGroup: GROUP });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description);
    return result.value as Counted;
  }
}

/** What has grown, and by how much: empty where nothing leaks. */
export const grown = (before: Held, after: Held): Partial<Held> => {
  const names = Object.keys(before) as (keyof Held)[];
  return Object.fromEntries(
    names
      .map((name) => [name, after[name] - before[name]] as const)
      .filter(([name, more]) => more > (TOLERANCE[name] ?? 0)),
  );
};
