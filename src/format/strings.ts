/**
 * Every word that is seen or spoken, in one table a language. English is whole and stands in for what another
 * language lacks; German ships too; pages add their own.
 */
import { Listeners, type Disposer } from '../kernel/disposer.js';
import { localeOf, memo } from './intl.js';

const ENGLISH = {
  // A connection's status, by its name. `error` is also the word for a widget's state.
  idle: 'Idle',
  connecting: 'Connecting',
  connected: 'Connected',
  reconnecting: 'Reconnecting',
  offline: 'Offline',
  error: 'Error',
  disconnected: 'Disconnected',
  // A transport, by its name.
  websocket: 'WebSocket',
  sse: 'Event stream',
  'long-polling': 'Long polling',
  polling: 'Polling',
  // The connection.
  connection: 'Connection',
  retryIn: 'Retry in {seconds}',
  retryNow: 'Retry now',
  // Ages: `{age}` elsewhere is one of these.
  now: 'now',
  ago: '{time} ago',
  updated: 'Updated {age}',
  silent: 'no new data',
  silence: 'No data for {time}',
  stale: 'Outdated · {age}',
  // What a widget says in place of data.
  noData: 'No data yet',
  waiting: 'Waiting for data',
  noValue: 'No value',
  // A trend, by its name.
  up: 'rising',
  down: 'falling',
  stable: 'steady',
  // A level, by its name.
  good: 'good',
  info: 'info',
  warning: 'warning',
  critical: 'critical',
  // Pausing: what is paused, what the button does, how much has come since, and what is said when it goes on.
  liveUpdates: 'Live updates',
  pause: 'Pause',
  resume: 'Resume',
  heldOne: '1 update held',
  held: '{count} updates held',
  resumed: 'Live again',
  noFeed: 'No feed to pause',
  // The chart.
  lineChart: 'Line chart',
  toggleSeries: 'Show or hide {label}',
  paused: 'Paused',
  time: 'Time',
  value: 'Value',
  limit: 'Limit',
  summary: '{label}: {series}',
} as const;

const GERMAN = {
  idle: 'Inaktiv',
  connecting: 'Verbindet',
  connected: 'Verbunden',
  reconnecting: 'Verbindet neu',
  error: 'Fehler',
  disconnected: 'Getrennt',
  sse: 'Event-Stream',
  'long-polling': 'Long Polling',
  connection: 'Verbindung',
  retryIn: 'Neuer Versuch in {seconds}',
  retryNow: 'Jetzt neu versuchen',
  now: 'jetzt',
  ago: 'vor {time}',
  updated: 'Aktualisiert {age}',
  silent: 'keine neuen Daten',
  silence: 'Seit {time} keine Daten',
  stale: 'Veraltet · {age}',
  noData: 'Noch keine Daten',
  waiting: 'Wartet auf Daten',
  noValue: 'Kein Wert',
  up: 'steigend',
  down: 'fallend',
  stable: 'gleichbleibend',
  good: 'gut',
  info: 'Hinweis',
  warning: 'Warnung',
  critical: 'kritisch',
  liveUpdates: 'Live-Daten',
  pause: 'Anhalten',
  resume: 'Fortsetzen',
  heldOne: '1 Aktualisierung zurückgehalten',
  held: '{count} Aktualisierungen zurückgehalten',
  resumed: 'Wieder live',
  noFeed: 'Kein Feed zum Anhalten',
  lineChart: 'Liniendiagramm',
  toggleSeries: '{label} ein- oder ausblenden',
  paused: 'Angehalten',
  time: 'Zeit',
  value: 'Wert',
  limit: 'Grenzwert',
} as const;

/** The name of a word. Statuses, transports, trends and levels are the names of their own words. */
export type StringKey = keyof typeof ENGLISH;

/** All words of one language. `{name}` in a word is a place that `fill` fills. */
export type Strings = Readonly<Record<StringKey, string>>;

type Places<Word extends string> = Word extends `${string}{${infer Name}}${infer Rest}` ? Name | Places<Rest> : never;

/** The words that have places to fill. */
export type TemplateKey = {
  [Key in StringKey]: [Places<(typeof ENGLISH)[Key]>] extends [never] ? never : Key;
}[StringKey];

const tables = new Map<string, Partial<Strings>>([['de', GERMAN]]);
const changes = new Listeners();
let resolved = memo<Strings>();

/**
 * The words for a language tag: those of `fr-CA`, where there are none those of `fr`, else English. A tag that is none
 * means the browser's language. The same object until the words change.
 */
export const stringsFor = (lang: string): Strings =>
  resolved(lang, () => {
    let tag = localeOf(lang) ?? new Intl.NumberFormat().resolvedOptions().locale;
    const found = [tables.get(tag)];
    while (tag.includes('-')) {
      tag = tag.slice(0, tag.lastIndexOf('-'));
      found.unshift(tables.get(tag));
    }
    return [tables.get('en'), ...found].reduce<Strings>((all, words) => ({ ...all, ...words }), ENGLISH);
  });

/**
 * Adds words of a language, or replaces them; those not named stay as they are. A word that is no text is passed over.
 *
 * @throws RangeError where `lang` is no language tag.
 */
export const setStrings = (lang: string, words: Partial<Strings>): void => {
  const tag = localeOf(lang);
  if (tag === undefined) throw new RangeError(`setStrings: "${lang}" is no language tag, such as fr or pt-BR`);
  const texts = Object.entries(words).filter(([key, word]) => Object.hasOwn(ENGLISH, key) && typeof word === 'string');
  tables.set(tag, { ...tables.get(tag), ...Object.fromEntries(texts) });
  resolved = memo();
  changes.emit();
};

/** Calls back after every `setStrings`. */
export const onStringsChange = (listener: () => void): Disposer => changes.add(listener);

/** The word `key` with its places filled; a place that nothing fills stays as it is written. */
export const fill = <Key extends TemplateKey>(
  strings: Strings,
  key: Key,
  values: Readonly<Record<Places<(typeof ENGLISH)[Key]>, string>>,
): string => {
  const given: Readonly<Record<string, string>> = values;
  return strings[key].replace(/\{(\w+)\}/g, (place, name: string) =>
    Object.hasOwn(given, name) ? (given[name] ?? place) : place,
  );
};
