/**
 * Everything that comes from outside and that a test must be able to fake: time, chance, frames, the wire, and what
 * the browser says of itself. No other module reads a clock, sets a timer, rolls dice or opens a connection.
 */
import type { Disposer } from './disposer.js';

/** The part of a WebSocket that we use. */
export interface Socket {
  binaryType: BinaryType;
  readonly bufferedAmount: number;
  /** 1 while it can send. */
  readonly readyState: number;
  readonly protocol: string;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onerror: ((event: Event) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void;
  close(code?: number, reason?: string): void;
}

/** One frame a time: what a drawing needs of the scheduler. */
export interface Frames {
  /**
   * Runs `task` once in the coming frame, however often it is marked before. `data` tasks run before `draw` tasks; in a
   * hidden page `data` tasks run about once a second and `draw` tasks wait for the page to be seen.
   */
  mark(task: FrameTask, phase: FramePhase): void;
  /** Forgets a marked task. */
  unmark(task: FrameTask): void;
}

export type FramePhase = 'data' | 'draw';

/** Called in a frame with the frame's time, in monotonic milliseconds. */
export type FrameTask = (now: number) => void;

/** What happens to a page from outside. */
export type Outside = 'online' | 'hidden' | 'frozen' | 'thawed';

export interface Env {
  /** Monotonic milliseconds: for every duration. */
  now(): number;
  /** Milliseconds since the epoch: for every date. */
  wall(): number;
  /** A number in [0, 1). */
  random(): number;
  /** Runs `action` after `ms`; the disposer takes it back. */
  timer(action: () => void, ms: number): Disposer;
  /**
   * Runs `action` in the next animation frame, of a window that is seen; the disposer takes it back. Never runs while the
   * page is hidden.
   */
  frame(action: () => void): Disposer;
  fetch(url: string, init: RequestInit): Promise<Response>;
  socket(url: string, protocols: readonly string[]): Socket;
  /** What relative addresses are relative to. */
  baseUrl(): string;
  /** The page's origin; `null` for one that shares its origin with nobody, such as a sandboxed frame. */
  origin(): string;
  online(): boolean;
  /** Whether nobody sees the page: not its own window, and none in which elements of it stand. */
  hidden(): boolean;
  /** Elements of the page stand in another window's document, until disposed: while that one is seen, so is the page. */
  seenIn(other: Document): Disposer;
  /**
   * Calls back when `online()` or `hidden()` has changed, when the page is about to stand still (`frozen`: the browser
   * keeps it for a return, or needs its strength) and when it runs again (`thawed`; for a page that never stood still too).
   */
  watch(changed: (what: Outside) => void): Disposer;
  /** The console, for what an author must hear of. */
  warn(sentence: string): void;
}
