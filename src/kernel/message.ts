/**
 * What came over the wire, decoded. Its data is `unknown` until a reader has looked at it, and is shared by all
 * readers: nobody changes it.
 */
export interface Message {
  /** The channel's name: an SSE event's name, an envelope's `channel ?? type`, or the feed's first channel. */
  readonly channel: string;
  /** The payload as decoded. */
  readonly data: unknown;
  /** Milliseconds since the epoch: the envelope's time, else the data's own, else the moment of arrival. */
  readonly time: number;
  /** The id that came with it, handed on as it is. */
  readonly id: string | number | undefined;
}
