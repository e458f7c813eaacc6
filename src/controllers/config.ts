/**
 * Attributes into values, and mistakes into one sentence each: told once in the console and once as `rt-error` with code
 * `config`; the element goes on with its default.
 */
import { bad, ok, type Result } from '../kernel/result.js';
import { parseDuration } from '../kernel/duration.js';
import { nearest } from '../kernel/nearest.js';
import { rtError, type RtError } from '../kernel/errors.js';
import { toNumber } from '../kernel/number.js';
import { written } from '../kernel/written.js';
import { parseWhere, type Where } from '../store/where.js';
import { world } from './world.js';

/** Reads text; the problem of a bad result says what is allowed. */
export type Parse<T> = (text: string) => Result<T>;

/** The last text read of an attribute, and what its parser made of it. */
interface Known {
  readonly text: string;
  readonly result: Result<unknown>;
}

interface Otherwise<T> {
  readonly value: T;
  readonly effect?: string;
}

const NOWHERE: Otherwise<Where> = {
  value: { text: 'nothing', matches: () => false },
  effect: 'it shows nothing until that is put right',
};

export class Config {
  readonly #known = new Map<string, Known>();
  readonly #told = new Set<string>();

  constructor(private readonly host: HTMLElement) {}

  /** The attribute's value by `parse`, or `fallback` where it is not set (null or empty) or not understood. */
  read<T>(
    attribute: string,
    given: string | number | null | undefined,
    parse: Parse<T>,
    fallback: T,
    /** In place of `fallback` where it is not understood, and what that means. */
    otherwise: Otherwise<T> = { value: fallback },
  ): T {
    // A script may set a number where the attribute would be text.
    const text = String(given ?? '');
    if (text.trim() === '') return fallback;
    let known = this.#known.get(attribute);
    if (known?.text !== text) {
      const result = parse(written(text));
      if (!result.ok) this.mistake(attribute, text, result.problem, otherwise.effect);
      known = { text, result };
      this.#known.set(attribute, known);
    }
    // What is kept for an attribute is what its one parser made of this text.
    return known.result.ok ? (known.result.value as T) : otherwise.value;
  }

  /** Which messages to read; of a text that is not understood none, as what is on the screen must be true. */
  where(attribute: string, given: string | null, fallback?: Where): Where | undefined {
    return this.read<Where | undefined>(attribute, given, parseWhere, fallback, NOWHERE);
  }

  /** Tells of a mistake, once. */
  mistake(attribute: string, text: string, allowed: string, effect = 'it goes on with the default'): void {
    const key = `${attribute}=${text}`;
    if (this.#told.has(key) || this.#told.size >= 100) return;
    this.#told.add(key);
    const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
    const message = `<${this.host.localName} ${attribute}="${shown}"> is not understood: allowed is ${allowed}; ${effect}.`;
    tellError(this.host, rtError('config', message));
  }
}

const SPOKEN = Symbol.for('rt-widgets.spoken');
const MOST_SPOKEN = 200;

/** What the console has heard on this page, of whichever script: nothing is said there twice. */
const spokenHere = (): Set<string> => {
  const page: { [SPOKEN]?: Set<string> } = globalThis as object;
  const known = page[SPOKEN];
  if (known !== undefined) return known;
  const made = new Set<string>();
  page[SPOKEN] = made;
  return made;
};

/** True where the page has been told so, in these words. */
export const isSpoken = (message: string): boolean => spokenHere().has(message);

/** Fires `rt-error`; what is a configuration mistake or final is told in the console too, once. */
export const tellError = (host: HTMLElement, error: RtError): void => {
  const isForConsole = error.fatal || error.code === 'config';
  const spoken = spokenHere();
  if (isForConsole && !spoken.has(error.message) && spoken.size < MOST_SPOKEN) {
    spoken.add(error.message);
    world().env.warn(`rt-widgets: ${error.message}`);
  }
  host.dispatchEvent(new CustomEvent('rt-error', { detail: error, bubbles: true, composed: true }));
};

export const oneOf =
  <T extends string>(...allowed: readonly T[]): Parse<T> =>
  (text) => {
    const found = allowed.find((value) => value === text);
    if (found !== undefined) return ok(found);
    const near = nearest(text, allowed);
    return bad(`${allowed.join(', ')}${near === undefined ? '' : ` (did you mean ${near}?)`}`);
  };

export const positiveDuration: Parse<number> = (text) => {
  const result = parseDuration(text);
  return result.ok && result.value <= 0 ? bad('a duration above 0, such as 250ms, 5s, 10m or 1h') : result;
};

/** A whole number of at least `least`. */
export const wholeNumber =
  (least: number): Parse<number> =>
  (text) => {
    const value = toNumber(text);
    return value !== undefined && Number.isInteger(value) && value >= least
      ? ok(value)
      : bad(`a whole number of at least ${least}`);
  };

export const anyNumber: Parse<number> = (text) => {
  const value = toNumber(text);
  return value === undefined ? bad('a number, such as 100 or -2.5') : ok(value);
};

export const positiveNumber: Parse<number> = (text) => {
  const value = toNumber(text);
  return value === undefined || value <= 0 ? bad('a number above 0') : ok(value);
};
