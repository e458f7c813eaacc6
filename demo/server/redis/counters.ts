/** The counters of other instances, as they come from Redis: untrusted text. Pure. */
import type { Counters } from '../broker.js';

/** Those that are counters; what else there is, is left out. */
export const countersIn = (answer: unknown): readonly Counters[] =>
  Array.isArray(answer) ? (answer as readonly unknown[]).map(countersOf).filter((found) => found !== undefined) : [];

const countersOf = (text: unknown): Counters | undefined => {
  const value = parse(String(text));
  const figure = (name: keyof Counters): number => (typeof value?.[name] === 'number' ? Math.max(0, value[name]) : NaN);
  const counters: Counters = {
    requests_per_second: figure('requests_per_second'),
    avg_response_time: figure('avg_response_time'),
    error_rate: figure('error_rate'),
    active_users: figure('active_users'),
  };
  return Object.values(counters).every((each) => Number.isFinite(each)) ? counters : undefined;
};

const parse = (text: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
};
