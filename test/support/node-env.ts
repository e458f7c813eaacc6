/**
 * The real world as Node has it: its own fetch, its clock and timers, and WebSockets of `ws`. With it a connection runs
 * outside of a browser, against real servers. There is no page: nothing is ever hidden, frozen or offline.
 */
import { WebSocket } from 'ws';
import type { Env, Socket } from '../../src/kernel/env.js';

/** What most screens have. Milliseconds. */
const FRAME = 1_000 / 60;

const timer: Env['timer'] = (action, ms) => {
  const handle = setTimeout(action, ms);
  return () => clearTimeout(handle);
};

const openSocket = (url: string, protocols: readonly string[]): Socket => {
  const socket = new WebSocket(url, [...protocols], { perMessageDeflate: false });
  // A browser's socket has no listener to want; one of `ws` throws what fails while nobody listens to `error`.
  socket.on('error', () => undefined);
  // Its events carry what ours read of them (`data`, `code`, `reason`, `wasClean`), under types of their own.
  return socket as unknown as Socket;
};

/** @param instead - what a test wants otherwise: a base address, seeded chance, a clock that jumps. */
export const nodeEnv = (instead: Partial<Env> = {}): Env => ({
  now: () => performance.now(),
  wall: () => Date.now(),
  random: () => Math.random(),
  timer,
  frame: (action) => timer(action, FRAME),
  fetch: (url, init) => fetch(url, init),
  socket: openSocket,
  baseUrl: () => 'http://127.0.0.1/',
  origin: () => 'http://127.0.0.1',
  online: () => true,
  hidden: () => false,
  seenIn: () => () => undefined,
  watch: () => () => undefined,
  warn: (sentence) => console.warn(sentence),
  ...instead,
});
