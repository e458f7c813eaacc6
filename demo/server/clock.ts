/** Time as the server sees it. Everything that waits or measures takes a `Clock`, so that tests need no sleeps. */

/** Ends a timer; calling it again does nothing. */
export type Stop = () => void;

export interface Clock {
  /** Milliseconds that only grow, for durations. */
  now(): number;
  /** Milliseconds since the epoch, for what people read. */
  wall(): number;
  after(ms: number, action: () => void): Stop;
  every(ms: number, action: () => void): Stop;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
  every(ms, action) {
    const timer = setInterval(action, ms);
    return () => clearInterval(timer);
  },
};

/** Resolves after so long, or as soon as the signal is aborted. */
export const pause = (clock: Clock, ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = clock.after(ms, done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });

/** Rejects with an error of that sentence as soon as the signal is aborted: the other side of a race. */
export const aborted = (signal: AbortSignal, sentence: string): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(sentence)), { once: true });
  });
