/**
 * Finds out why a widget shows nothing though its feed hears messages: it listens beside it until the field is found, or
 * until it is clear that it is not there. Knows attributes and messages; what is found is one sentence.
 */
import { pageFeeds, type FeedPort } from './feed-port.js';
import type { Disposer } from '../kernel/disposer.js';
import type { Message } from '../kernel/message.js';
import { nearest } from '../kernel/nearest.js';
import { toNumber } from '../kernel/number.js';
import { compilePath, type FieldReader } from '../store/path.js';
import type { Remembered, StoreReader } from '../store/samples.js';
import { visitItems } from '../store/series-reading.js';

/** So many messages without the field are no accident. */
const ENOUGH = 2;
/** So many of other channels before a channel that may come seldom is doubted. */
const MANY = 20;
/** Names come from the wire: so many are told, of so many letters. */
const MOST_NAMES = 8;
const LONGEST = 40;
/** How deep, and how many, are looked at for one that was meant. */
const DEPTH = 4;
const MOST_LOOKED_AT = 200;

/** What is read, as its author wrote it: the widget itself, or one of its series. */
interface Wanted {
  readonly element: Element;
  readonly attribute: 'field' | 'fields';
  readonly channel: string;
  readonly field: string;
}

/** What an item has where the field should be: `text` where a number is due. */
type Found = 'value' | 'text' | 'nothing';

/** What is expected of the field. */
type Kind = 'number' | 'text' | 'line';

const given = (element: Element, name: string): string => element.getAttribute(name)?.trim() ?? '';

const wantedBy = (widget: Element, children: readonly Element[]): Wanted[] => {
  const channel = given(widget, 'channel');
  const fields = given(widget, 'fields').split(/\s+/).filter(Boolean);
  const series = children.map((element): Wanted => ({
    element,
    attribute: 'field',
    channel: given(element, 'channel') || channel,
    field: given(element, 'field'),
  }));
  const all = [...fields.map((field): Wanted => ({ element: widget, attribute: 'fields', channel, field })), ...series];
  return all.length > 0 ? all : [{ element: widget, attribute: 'field', channel, field: given(widget, 'field') }];
};

const kindOf = (widget: Element, children: readonly Element[]): Kind => {
  if (widget.hasAttribute('fields') || children.length > 0) return 'line';
  return given(widget, 'format') === 'text' || given(widget, 'states') !== '' ? 'text' : 'number';
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** The paths of what data holds. */
const namesIn = (data: unknown): string[] => {
  const names: string[] = [];
  const visit = (value: Readonly<Record<string, unknown>>, before: string, depth: number): void => {
    for (const name of Object.keys(value)) {
      if (names.length >= MOST_LOOKED_AT) return;
      const inner = value[name];
      if (isObject(inner) && depth < DEPTH) visit(inner, `${before}${name}.`, depth + 1);
      else names.push(before + name);
    }
  };
  const item: unknown = Array.isArray(data) ? data[0] : data;
  if (isObject(item)) visit(item, '', 1);
  return names;
};

const short = (name: string): string => (name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name);

const listed = (names: readonly string[]): string =>
  names.slice(0, MOST_NAMES).map(short).join(', ') + (names.length > MOST_NAMES ? ', …' : '');

/** The name that was meant, whole or without what stands before its last dots. */
const meantBy = (word: string, names: readonly string[]): string => {
  const last = names.find((name) => name.endsWith(`.${word}`)) ?? nearest(word, names, 3);
  return last === undefined ? '' : ` (did you mean ${short(last)}?)`;
};

const shown = ({ element, attribute }: Wanted, name: string, value: string): string =>
  `<${element.localName}${value === '' ? '' : ` ${name === 'field' ? attribute : name}="${short(value)}"`}>`;

const isSubscribed = (page: Document, channel: string): boolean =>
  [...pageFeeds(page).feeds].some((feed) => given(feed, 'channels').split(/\s+/).includes(channel));

/** One of what a widget reads: what was heard of it so far. */
class Suspect {
  #heard = 0;
  #others = 0;
  #texts = 0;
  /** The last of its own messages. */
  #last: Message | undefined;
  readonly #channels = new Set<string>();
  readonly #field: FieldReader;

  constructor(
    private readonly wanted: Wanted,
    private readonly kind: Kind,
  ) {
    this.#field = compilePath(wanted.field || undefined);
  }

  /** True where the field is there: there is nothing to be said. */
  hear(message: Message, count: number): boolean {
    const { channel } = this.wanted;
    if (this.#channels.size < MOST_LOOKED_AT) this.#channels.add(message.channel);
    if (channel !== '' && message.channel !== channel) {
      this.#others += count;
      return false;
    }
    const found = new Set<Found>();
    visitItems(message.data, (item) => {
      found.add(this.#judge(this.#field(item)));
      return true;
    });
    if (found.has('value')) return true;
    if (Array.isArray(message.data) && message.data.length === 0) return false;
    this.#last = message;
    this.#heard += count;
    if (found.has('text')) this.#texts += count;
    return false;
  }

  #judge(value: unknown): Found {
    // Without a field the data itself is read, and an object is no value.
    if (value === undefined || (this.wanted.field === '' && isObject(value))) return 'nothing';
    return this.kind !== 'text' && typeof value === 'string' && toNumber(value) === undefined ? 'text' : 'value';
  }

  /** What came last holds still, of its own channel or of all. */
  confirm(channel: string | undefined): void {
    if (this.#last === undefined || (channel ?? this.#last.channel) !== this.#last.channel) return;
    this.#heard++;
    if (this.#texts > 0) this.#texts++;
  }

  /** What is wrong; `undefined` while that is not clear. */
  get sentence(): string | undefined {
    const { field, channel } = this.wanted;
    if (this.#last === undefined) {
      if (channel === '' || this.#others < MANY) return undefined;
      const names = [...this.#channels];
      const meant = meantBy(channel, names);
      // It may come seldom, and its author has asked for it in so many words.
      if (meant === '' && isSubscribed(this.wanted.element.ownerDocument, channel)) return undefined;
      return `${shown(this.wanted, 'channel', channel)} has heard nothing: the feed has heard ${listed(names)}${meant}.`;
    }
    const of = shown(this.wanted, 'field', field);
    if (this.#texts >= ENOUGH) {
      return `${of} is a text: ${this.kind === 'line' ? 'a chart draws numbers.' : 'write format="text".'}`;
    }
    if (this.#heard < ENOUGH) return undefined;
    const names = namesIn(this.#last.data);
    const has = names.length === 0 ? 'holds no fields' : `has ${listed(names)}`;
    const hint = field === '' ? `: name one, field="${short(names[0] ?? '')}"` : meantBy(field, names);
    return `${of} has found nothing: channel ${short(this.#last.channel)} ${has}${names.length === 0 ? '' : hint}.`;
  }
}

/** Reads all channels, beside the widget, until each of what it wants is found or told. */
class Listener implements StoreReader {
  #suspects: readonly Suspect[];

  constructor(
    private readonly widget: Element,
    children: readonly Element[],
    private readonly tell: (sentence: string) => void,
    private readonly done: () => void,
  ) {
    const kind = kindOf(widget, children);
    this.#suspects = wantedBy(widget, children).map((wanted) => new Suspect(wanted, kind));
  }

  reads(): boolean {
    return true;
  }

  ingest(message: Message): boolean {
    this.#hear(message, 1);
    this.#judge();
    return false;
  }

  confirm(_arrival: number, channel?: string): boolean {
    for (const suspect of this.#suspects) suspect.confirm(channel);
    this.#judge();
    return false;
  }

  seed(messages: readonly Remembered[]): void {
    for (const { last, arrivals } of messages) this.#hear(last, arrivals?.messages ?? 1);
    this.#judge();
  }

  #hear(message: Message, count: number): void {
    this.#suspects = this.#suspects.filter((suspect) => !suspect.hear(message, count));
  }

  #judge(): void {
    if (!this.widget.isConnected) this.#suspects = [];
    this.#suspects = this.#suspects.filter((suspect) => {
      const { sentence } = suspect;
      if (sentence !== undefined) this.tell(sentence);
      return sentence === undefined;
    });
    if (this.#suspects.length === 0) this.done();
  }
}

/** Tells of what a widget without a value reads and does not find, once it is clear. */
export const listenBeside = (
  widget: Element,
  series: readonly Element[],
  port: FeedPort,
  tell: (sentence: string) => void,
): void => {
  const attached: { detach?: Disposer } = {};
  // Not in the midst of what the store does, which may be to attach it.
  const done = (): void => queueMicrotask(() => attached.detach?.());
  attached.detach = port.attach(new Listener(widget, series, tell, done), () => undefined);
};
