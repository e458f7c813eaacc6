/**
 * The kinds of sources that can be configured: what each may be told, and where it is. A kind's library is loaded only where
 * one of it is configured.
 */
import { z } from 'zod';
import type { Source } from '../source.js';

/** Where a source writes what goes wrong without being its end. */
export interface SourceContext {
  readonly log: (sentence: string) => void;
}

const host = z.strictObject({ kind: z.literal('host') });

export const sourceSettings = z.discriminatedUnion('kind', [host]);

export type SourceSettings = z.output<typeof sourceSettings>;

/** Makes what is configured; nothing is connected yet. Rejects with a sentence where a library is not installed. */
export const openSources = async (all: readonly SourceSettings[], context: SourceContext): Promise<Source[]> =>
  (await Promise.all(all.map((settings) => open(settings, context)))).flat();

const open = async (_settings: SourceSettings, _context: SourceContext): Promise<readonly Source[]> =>
  (await import('./host.js')).hostSources();
