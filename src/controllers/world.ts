/** The one environment and the one frame scheduler of a page. A test puts its own in their place. */
import { browserEnv } from '../kernel/browser-env.js';
import { once, type Disposer } from '../kernel/disposer.js';
import type { Env, Frames } from '../kernel/env.js';
import { FrameScheduler } from '../frame/scheduler.js';

export interface World {
  readonly env: Env;
  readonly frames: Frames;
}

let current: World | undefined;

/** Made when first asked for: to import this touches no DOM. */
export const world = (): World => (current ??= { env: browserEnv, frames: new FrameScheduler(browserEnv) });

/** Replaces the world for what is made from now on, until disposed. */
export const useWorld = (next: World): Disposer => {
  const before = current;
  current = next;
  return once(() => {
    current = before;
  });
};
