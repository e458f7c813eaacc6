/**
 * What the sources of queues share: a message's bytes become a value or a reason to pass it over; it is published, and
 * tried again while it cannot be; what was passed over is told without flooding the log. Knows no queue.
 */
import { Unpublished } from '../broker.js';
import { pause, type Clock } from '../clock.js';
import type { Push, Pushed, Value } from '../source.js';

/** `text` is handed on as it is. */
export type Format = 'json' | 'text';

/** A message is read, or a few words say why it cannot be: never its content. */
export type Reading = { readonly value: Value } | { readonly refusal: string };

/** Writing JSON goes as deep as the value does: what nests like this is no message. */
const DEEPEST = 64;
const PAUSE = 250;
/** Short enough for a queue to believe that we live. Milliseconds. */
const LONGEST_PAUSE = 2_000;

export const readMessage = (bytes: Uint8Array | null | undefined, format: Format, maxBytes: number): Reading => {
  if (bytes === null || bytes === undefined) return { refusal: 'it has no data' };
  if (bytes.byteLength > maxBytes) return { refusal: `it is longer than ${maxBytes} bytes` };
  const text = utf8(bytes);
  if (text === undefined) return { refusal: 'it is no UTF-8' };
  return format === 'text' ? { value: text } : readJson(text);
};

const utf8 = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

const readJson = (text: string): Reading => {
  try {
    const value = JSON.parse(text) as Value;
    return isDeeper(value, DEEPEST) ? { refusal: `it nests deeper than ${DEEPEST}` } : { value };
  } catch {
    return { refusal: 'it is no JSON' };
  }
};

const isDeeper = (value: Value, than: number): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  return than === 0 || Object.values(value).some((inner) => isDeeper(inner, than - 1));
};

export interface Delivery {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Tells the queue, before each new try, that we live. */
  readonly beat: () => Promise<unknown>;
}

/**
 * Resolves when the message is published. Where it cannot be taken now, it is tried again after pauses that double, until
 * the signal is aborted. Rejects with whatever else goes wrong.
 */
export const deliver = async (push: Push, message: Pushed, { clock, signal, beat }: Delivery): Promise<void> => {
  for (let ms = PAUSE; ; ms = Math.min(LONGEST_PAUSE, 2 * ms)) {
    try {
      return await push(message);
    } catch (error) {
      if (!(error instanceof Unpublished)) throw error;
    }
    await pause(clock, ms, signal);
    signal.throwIfAborted();
    await beat();
  }
};

/** Tells of the first message that is passed over, and of the tenth, the hundredth and so on. */
export class Refusals {
  #count = 0;

  constructor(
    private readonly name: string,
    private readonly log: (sentence: string) => void,
  ) {}

  /** `which` names the message: an id, an offset, a topic. */
  tell(which: string, refusal: string): void {
    this.#count += 1;
    if (!Number.isInteger(Math.log10(this.#count))) return;
    const so = this.#count === 1 ? '' : `; so far ${this.#count} were passed over`;
    this.log(`source ${this.name}: ${which} is passed over, because ${refusal}${so}`);
  }
}
