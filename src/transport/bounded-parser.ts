/**
 * `eventsource-parser` with a bound that a stream survives: past its `maxBufferSize` the parser stops for good and drops
 * the rest of the chunk, so an event that is too long is skipped here to its end, and what follows is parsed again.
 */
import { createParser, type EventSourceMessage } from 'eventsource-parser';

export interface StreamEvents {
  readonly onEvent: (event: EventSourceMessage) => void;
  /** The id of each complete event that has one, events without data too. */
  readonly onId: (id: string) => void;
  readonly onRetry: (ms: number) => void;
  readonly onComment: (text: string) => void;
  readonly onOverLimit: () => void;
}

/**
 * Shorter than any bound, so that the event which breaks it began in an earlier slice, and ends at the next blank line.
 * How the text was sliced must not decide what is too long: the parser gets a slice more, and a whole event is measured.
 */
const SLICE = 65_536;

/** Returns what takes the stream's text, in any pieces. `limit` is in UTF-16 code units, more than 65,536. */
export const boundedParser = (limit: number, events: StreamEvents): ((text: string) => void) => {
  let skipping = false;
  const isSkipping = (): boolean => skipping;
  /** The end of what was skipped: a line's end that may be half of a blank line. */
  let tail = '';

  const parser = createParser({
    maxBufferSize: limit + SLICE,
    onEvent: (event) => (event.data.length > limit ? events.onOverLimit() : events.onEvent(event)),
    onId: events.onId,
    onRetry: events.onRetry,
    onComment: events.onComment,
    onError({ type }) {
      if (type !== 'max-buffer-size-exceeded') return;
      skipping = true;
      tail = '';
      events.onOverLimit();
    },
  });

  /** What is left of `text` after the blank line that ends the skipped event; '' while it has not ended. */
  const afterSkipped = (text: string): string => {
    let seen = tail + text;
    // The last CR may be half of a CRLF: judged with the next piece.
    const half = seen.endsWith('\r') ? '\r' : '';
    seen = seen.slice(0, seen.length - half.length).replace(/\r\n?/g, '\n');
    const end = seen.indexOf('\n\n');
    if (end === -1) {
      tail = (seen.endsWith('\n') ? '\n' : '') + half;
      return '';
    }
    skipping = false;
    parser.reset();
    return seen.slice(end + 2) + half;
  };

  const take = (text: string): void => {
    // The parser's own call of `onError` begins a skip.
    if (!isSkipping()) parser.feed(text);
    if (!isSkipping()) return;
    const rest = afterSkipped(text);
    if (!isSkipping() && rest !== '') parser.feed(rest);
  };

  return (text) => {
    for (let start = 0; start < text.length; start += SLICE) take(text.slice(start, start + SLICE));
  };
};
