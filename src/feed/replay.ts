/**
 * What makes that nothing is lost and nothing comes twice: from where a source is asked to go on, and which of what it
 * then replays was there before. Only ids that the transport itself vouches for count: an event's own `id:` line, and
 * those of channels whose server announced `resume`. Knows no socket.
 */
import type { Message } from '../kernel/message.js';

/** How many ids are remembered: a replay overlaps what was there by one event, or by a few. */
const REMEMBERED = 1_024;

/** `gap`: it is new, and the server has begun to count anew: what came between is lost. */
export type Seen = 'new' | 'again' | 'gap';

export class Replay {
  /** The id of the last complete event, for a stream or a long poll to go on from; '' where there is none. */
  lastEventId = '';
  /** What was seen, by channel and id: what an event said, in short. */
  readonly #ids = new Map<string, number>();
  /** Each channel that can be resumed, and the id to resume it from. */
  readonly #resumable = new Map<string, string>();
  /** Channels, and '' for a stream, that may still repeat what was there. */
  readonly #replaying = new Set<string>();
  /** From where a stream was asked to go on. */
  #from = '';

  /** A connection stands, and was asked to go on from where the last one ended. */
  resumed(): void {
    this.#replaying.add('');
    this.#from = this.lastEventId;
  }

  /** A connection stands that was asked for nothing: what it brings is new. */
  began(): void {
    this.#replaying.clear();
  }

  /** An event of a stream, by its own `id:` line. One that says another thing under a known id is of another history. */
  event(id: string | undefined, data = ''): Seen {
    if (id === undefined || id === '') return 'new';
    const seen = this.#see('', id, digest(data));
    return seen === 'new' && this.#replaying.delete('') && isNoLater(this.#from, id) ? 'gap' : seen;
  }

  /** What is new of messages from a WebSocket. */
  messages(messages: readonly Message[]): readonly Message[] {
    return this.#resumable.size === 0 ? messages : messages.filter((message) => this.#isNew(message));
  }

  /** The server says that `channel` can be resumed; `from` is the id of its newest message. */
  announced(channel: string, from: string, gap: boolean): void {
    const known = this.#resumable.get(channel);
    if (known !== undefined && !gap) {
      this.#replaying.add(channel);
      return;
    }
    // A server that has lost its log may count anew: its ids say nothing of those from before.
    this.#forgetIds(channel);
    this.#resumable.set(channel, from);
    // What is replayed may begin with that one: it is from before.
    this.#see(channel, from, 0);
  }

  /** Where a channel is to be resumed from. */
  resumeOf(channel: string): string | undefined {
    return this.#resumable.get(channel);
  }

  /** Nobody wants the channel any more: what comes meanwhile is not missed. */
  forget(channel: string): void {
    this.#resumable.delete(channel);
  }

  #isNew({ channel, id }: Message): boolean {
    const from = this.#resumable.get(channel);
    if (id === undefined || from === undefined) return true;
    const text = String(id);
    if (this.#see(channel, text, 0) === 'again') return false;
    this.#replaying.delete(channel);
    // A snapshot may be older than what the server had announced as its newest.
    if (!isNoLater(from, text)) this.#resumable.set(channel, text);
    return true;
  }

  #see(channel: string, id: string, said: number): 'new' | 'again' {
    const key = `${channel}\n${id}`;
    if (this.#replaying.has(channel) && this.#ids.get(key) === said) return 'again';
    this.#ids.delete(key);
    this.#ids.set(key, said);
    const [oldest] = this.#ids.keys();
    if (this.#ids.size > REMEMBERED && oldest !== undefined) this.#ids.delete(oldest);
    return 'new';
  }

  #forgetIds(channel: string): void {
    this.#replaying.delete(channel);
    for (const key of this.#ids.keys()) if (key.startsWith(`${channel}\n`)) this.#ids.delete(key);
  }
}

/** A text in short, to tell one from another (FNV-1a). */
const digest = (text: string): number => {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return sum;
};

const WHOLE = /^\d+$/;

/** True where ids count, and the second is no later than the first: after a replay the server's history is another one. */
const isNoLater = (last: string, id: string): boolean =>
  WHOLE.test(last) && WHOLE.test(id) && (id.length < last.length || (id.length === last.length && id <= last));
