/** Inspections for tests of the overlay: a feed in the middle of its life, with whatever a test says otherwise. */
import type { Inspection, LoggedError } from '../../src/kernel/inspection.js';

export const inspection = (changes: Partial<Inspection> = {}): Inspection => ({
  version: '0.1.0',
  status: 'reconnecting',
  freshness: 'live',
  paused: false,
  sources: [
    {
      address: 'https://plant.example/live',
      transport: 'websocket',
      role: 'used',
      phase: 'waiting',
      attempt: 3,
      retryIn: 4_200,
      silence: 7_300,
      facts: { worked: true, early: false, retry: undefined, leave: 'allowed' },
    },
    {
      address: 'https://spare.example/events',
      transport: undefined,
      role: 'aside',
      phase: 'aside',
      attempt: 0,
      retryIn: undefined,
      silence: undefined,
      facts: {},
    },
  ],
  sharedBy: 2,
  messages: 12_345,
  bytes: 3_400_000,
  flushes: 678,
  buffers: [
    { name: 'messages to send', used: 90, limit: 100 },
    { name: 'channels', used: 2, limit: 1_000 },
    { name: 'samples kept for widgets', used: 20_400, limit: undefined },
  ],
  channels: [
    { name: 'cpu', silence: 300, usualGap: 1_000, freshness: 'live' },
    { name: 'temperature', silence: 65_000, usualGap: undefined, freshness: 'stale' },
  ],
  errors: [loggedError(0), loggedError(1, { code: 'http', message: 'The server answered 503.', fatal: true })],
  ...changes,
});

export const loggedError = (seconds: number, changes: Partial<LoggedError> = {}): LoggedError => ({
  at: Date.UTC(2024, 0, 2, 12, 0, seconds),
  code: 'network',
  message: 'The connection was lost; it is tried again.',
  fatal: false,
  ...changes,
});
