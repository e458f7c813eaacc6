/**
 * Owns the shapes of what comes over the wire: text, or values already parsed, into messages. Pure: knows no
 * transport, no clock but the one it is told, and never looks into data deeper than its own top members.
 */
import type { Message } from '../kernel/message.js';
import { bad, ok, type Result } from '../kernel/result.js';
import { ownTime } from '../kernel/time.js';

/** What decoding needs to know of the moment and the feed. */
export interface DecodeContext {
  /** The SSE event's name, where it had one. */
  readonly event?: string | undefined;
  /** The id that the transport itself gave (SSE's `id:`); an envelope's own wins. */
  readonly id?: string | number | undefined;
  /** The channels that are let in by name; `undefined` lets all in. */
  readonly channels: ReadonlySet<string> | undefined;
  /** Whose data everything unnamed is: the first of the feed's channels, or `message`. */
  readonly firstChannel: string;
  /** The moment of arrival, milliseconds since the epoch: the time of what tells none. */
  readonly now: number;
}

/** What a WebSocket's own protocol says; it reaches no widget. */
export interface Control {
  readonly kind: 'control';
  readonly type: 'subscribed' | 'unsubscribed' | 'pong' | 'ack' | 'ping' | 'error';
  /** The server's words, where it has some. */
  readonly message: string | undefined;
  /** `subscribed`: the channel, the id from which it can be resumed, and whether what came before that is lost. */
  readonly channel: string | undefined;
  readonly resume: string | undefined;
  readonly gap: boolean;
}

/** What one WebSocket message held. */
export type SocketPayload = Control | { readonly kind: 'messages'; readonly messages: readonly Message[] };

type Fields = Readonly<Record<string, unknown>>;

const NOT_JSON = 'The message is not valid JSON.';
const TOO_DEEP = 'The message is nested too deep to be read.';
const CONTROLS = ['subscribed', 'unsubscribed', 'pong', 'ack', 'ping', 'error'] as const;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const own = (value: Fields, key: string): unknown => (Object.hasOwn(value, key) ? value[key] : undefined);

const parse = (text: string): Result<unknown> => {
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    // An engine that runs out of stack says so by another error than a `SyntaxError`.
    return bad(error instanceof SyntaxError ? NOT_JSON : TOO_DEEP);
  }
};

/** The channel that makes an object an envelope; `undefined` where it is none. */
const channelOf = (value: Fields): string | undefined => {
  const channel = own(value, 'channel');
  if (typeof channel === 'string') return channel;
  const type = own(value, 'type');
  return typeof type === 'string' ? type : undefined;
};

const isLetIn = (channel: string, { channels }: DecodeContext): boolean => channels?.has(channel) ?? true;

/** One item: an envelope, or the data of the first channel. `undefined` where the filter keeps it out. */
const toMessage = (value: unknown, context: DecodeContext): Message | undefined => {
  const channel = isObject(value) ? channelOf(value) : undefined;
  if (channel === undefined || !isObject(value)) {
    return { channel: context.firstChannel, data: value, time: ownTime(value) ?? context.now, id: context.id };
  }
  if (!isLetIn(channel, context)) return undefined;
  const data = Object.hasOwn(value, 'data') ? value['data'] : value;
  const id = own(value, 'id');
  return {
    channel,
    data,
    time: ownTime(value) ?? ownTime(data) ?? context.now,
    id: typeof id === 'string' || typeof id === 'number' ? id : context.id,
  };
};

const isBatch = (value: unknown): value is readonly unknown[] => {
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  return isObject(first) && channelOf(first) !== undefined && Object.hasOwn(first, 'data');
};

const toMessages = (items: readonly unknown[], context: DecodeContext): Message[] => {
  const messages: Message[] = [];
  for (const item of items) {
    const message = toMessage(item, context);
    if (message !== undefined) messages.push(message);
  }
  return messages;
};

const messagesOf = (value: unknown, context: DecodeContext): Message[] =>
  toMessages(isBatch(value) ? value : [value], context);

/** The control message that `value` is on a WebSocket, or `undefined`: whatever has a `data` member is none. */
export const controlOf = (value: unknown): Control | undefined => {
  if (!isObject(value) || Object.hasOwn(value, 'data')) return undefined;
  const type = CONTROLS.find((control) => control === own(value, 'type'));
  const text = (key: string): string | undefined => {
    const found = own(value, key);
    return typeof found === 'string' ? found : undefined;
  };
  return (
    type && {
      kind: 'control',
      type,
      message: text('message'),
      channel: text('channel'),
      resume: text('resume'),
      gap: own(value, 'gap') === true,
    }
  );
};

/**
 * Decodes an unnamed SSE event, or an answer of polling and long polling. A problem is one sentence that quotes
 * nothing of the text, which may hold secrets.
 */
export const decodePayload = (text: string, context: DecodeContext): Result<readonly Message[]> => {
  const parsed = parse(text);
  return parsed.ok ? ok(messagesOf(parsed.value, context)) : parsed;
};

/**
 * Decodes an SSE event. A named one is data of the channel of that name, as JSON or, where it is none, as text;
 * `message` is what the standard calls an event without a name.
 */
export const decodeEvent = (text: string, context: DecodeContext): Result<readonly Message[]> => {
  const { event, id, now } = context;
  if (event === undefined || event === '' || event === 'message') return decodePayload(text, context);
  if (!isLetIn(event, context)) return ok([]);
  const parsed = parse(text);
  if (!parsed.ok && parsed.problem !== NOT_JSON) return parsed;
  const data = parsed.ok ? parsed.value : text;
  return ok([{ channel: event, data, time: ownTime(data) ?? now, id }]);
};

/** Decodes a WebSocket's text: messages, or what the protocol itself says. */
export const decodeSocketPayload = (text: string, context: DecodeContext): Result<SocketPayload> => {
  const parsed = parse(text);
  if (!parsed.ok) return parsed;
  const { value } = parsed;
  // In a batch, too, the protocol's own reaches no widget.
  const items = isBatch(value) ? value.filter((item) => controlOf(item) === undefined) : [value];
  return ok(controlOf(value) ?? { kind: 'messages', messages: toMessages(items, context) });
};

/**
 * Decodes what is a value already: what a script pushes, and what an author's own `decode` returns. A message has the
 * shape of an envelope, so everything else is as on the wire; but nothing, and an empty list, are no message.
 */
export const decodeValue = (value: unknown, context: DecodeContext): readonly Message[] =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0)
    ? []
    : messagesOf(value, context);
