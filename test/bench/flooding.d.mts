import type { Browser } from '@playwright/test';

export interface FloodWishes {
  /** Samples a second. */
  readonly rate: number;
  readonly seconds: number;
  readonly shape: 'single' | 'batch' | 'bare' | 'data';
  /** Milliseconds between two sendings. */
  readonly every?: number;
}

/** What a flooded page reports; `flood.js` says what each figure is. */
export interface FloodReport {
  readonly received: number;
  readonly dropped: number;
  readonly sent: number;
  readonly breaks: number;
  readonly newest: number;
  readonly events: number;
  readonly mostMessagesAnEvent: number;
  readonly calmFramesASecond: number;
  readonly seconds: number;
  readonly frames: number;
  readonly longestFrame: number;
  readonly cards: readonly string[];
  readonly chartRows: number;
  readonly chartLast: string;
  readonly chartDropped: number;
  readonly slowestAnswer: number;
  readonly problems: readonly string[];
}

export interface Flood {
  run(wishes: FloodWishes): Promise<FloodReport>;
  stop(): Promise<void>;
}

export declare const startFlood: (browser: Browser) => Promise<Flood>;
