/**
 * A table with the newest message of each device, made from topics: what a filter's wildcards stand for is the device.
 * Holds so many devices at most; past that the one that has been silent longest goes. Knows no connection and no time.
 */
import type { Value } from '../source.js';
import { readMessage, type Format } from './message.js';

export type Row = Readonly<Record<string, Value>>;

/** What the filter's wildcards stand for in a topic, joined by `/`: undefined where it does not match. */
export const deviceOf = (filter: string, topic: string): string | undefined => {
  const wanted = filter.split('/');
  const given = topic.split('/');
  // What begins with `$` is the broker's own, and never meant by a wildcard there.
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return undefined;
  const device: string[] = [];
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return [...device, ...given.slice(index)].join('/') || topic;
    const found = given[index];
    if (found === undefined || (level !== '+' && level !== found)) return undefined;
    if (level === '+') device.push(found);
  }
  return given.length === wanted.length ? device.join('/') || topic : undefined;
};

/** Whether it is a topic filter of MQTT: `+` stands for a whole level, `#` for all that follow. */
export const isFilter = (text: string): boolean => {
  const levels = text.split('/');
  return (
    text !== '' &&
    !text.includes('\0') &&
    levels.every((level, index) => {
      if (level === '#') return index === levels.length - 1;
      return level === '+' || !/[+#]/.test(level);
    })
  );
};

export interface TableSettings {
  readonly devices: number;
  readonly format: Format;
  readonly maxBytes: number;
}

export interface DeviceMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Kept by the broker for those who come later: when it was said is not known. */
  readonly retained: boolean;
}

type Taken = 'changed' | 'same' | { readonly refusal: string };

export class DeviceTable {
  /** By their last message: the one that has been silent longest stands first. */
  readonly #rows = new Map<string, { readonly said: string; readonly row: Row }>();

  constructor(
    private readonly filter: string,
    private readonly settings: TableSettings,
  ) {}

  take({ topic, payload, at, retained }: DeviceMessage): Taken {
    const device = deviceOf(this.filter, topic);
    if (device === undefined) return 'same';
    // An empty message is how MQTT takes back what was retained: the device is gone.
    if (payload.byteLength === 0) return this.#rows.delete(device) ? 'changed' : 'same';
    const { devices, format, maxBytes } = this.settings;
    const reading = readMessage(payload, format, maxBytes);
    if ('refusal' in reading) return reading;
    const fields = fieldsOf(reading.value);
    if (fields === undefined) return { refusal: 'it is neither a plain value nor an object with plain values' };
    const said = JSON.stringify(fields);
    // After a reconnect the broker says again what it retains: that is no newer than what is known.
    if (retained && this.#rows.get(device)?.said === said) return 'same';
    this.#rows.delete(device);
    this.#rows.set(device, { said, row: { ...fields, device, received: new Date(at).toISOString() } });
    for (const [silent] of this.#rows) {
      if (this.#rows.size <= devices) break;
      this.#rows.delete(silent);
    }
    return 'changed';
  }

  /** By the devices' names, so that a row keeps its place. */
  rows(): readonly Row[] {
    const byName = [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1));
    return byName.map(([, { row }]) => row);
  }
}

/** A number's column is `value`; an object's plain members are columns of their own. Undefined where there are none. */
const fieldsOf = (value: Value): Row | undefined => {
  if (isPlain(value)) return { value };
  if (isArray(value)) return undefined;
  const plain = Object.entries(value).filter(([, member]) => isPlain(member));
  return plain.length === 0 ? undefined : Object.fromEntries(plain);
};

const isPlain = (value: Value): value is null | boolean | number | string =>
  typeof value !== 'object' || value === null;

const isArray = (value: Value): value is readonly Value[] => Array.isArray(value);
