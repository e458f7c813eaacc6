/**
 * `GET /events`: the event streams. Owns their list, how each begins (the snapshot, or what was missed), the heartbeat,
 * the cut of slow readers, and the hint at the end.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bounds } from './bounds.js';
import type { Clock } from './clock.js';
import { SNAPSHOT_CHANNEL, idOf, isEvent, type Hub, type Message } from './hub.js';
import { replay } from './replay.js';

interface Stream {
  readonly res: ServerResponse;
  /** False while it catches up from the log; then it gets each event as it is published. */
  live: boolean;
  /** It has had what came up to this id: not all of it need be here yet. */
  from: number;
}

export class EventStreams {
  /** How many were cut for reading too slowly. */
  cut = 0;
  readonly #streams = new Set<Stream>();

  constructor(
    private readonly hub: Hub,
    private readonly clock: Clock,
    private readonly bounds: Bounds,
  ) {
    hub.addOutlet((message) => this.#publish(message));
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Starts the heartbeat; returns what stops it. */
  start(): () => void {
    return this.clock.every(this.bounds.streamHeartbeat, () => {
      for (const stream of this.#streams) if (stream.live) this.#write(stream, ': heartbeat\n\n');
    });
  }

  open(req: IncomingMessage, res: ServerResponse): void {
    res.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      'X-Accel-Buffering': 'no',
    });
    if (req.method === 'HEAD') {
      res.end();
      return;
    }
    const stream: Stream = { res, live: false, from: 0 };
    this.#streams.add(stream);
    res.on('error', () => undefined);
    res.once('close', () => this.#streams.delete(stream));
    res.flushHeaders();
    this.#begin(stream, req.headers['last-event-id']);
  }

  /** Tells each client when to come back, and ends its stream. */
  drain(hint: () => number): void {
    for (const { res } of this.#streams) res.end(`retry: ${hint()}\n\n`);
  }

  #begin(stream: Stream, lastId: string | string[] | undefined): void {
    if (lastId === undefined) {
      this.#goLive(stream);
      return;
    }
    const id = idOf(lastId);
    if (!this.hub.covers(id)) {
      this.#write(stream, ': gap: what came after the last event id is not kept\n\n');
      this.#goLive(stream);
    } else if (id === this.hub.newestId) {
      this.#goLive(stream);
    } else if (id > this.hub.newestId) {
      stream.from = id;
      stream.live = true; // no snapshot: its id would take the client back
    } else {
      this.#replay(stream, id);
    }
  }

  /** Begins with the snapshot; the bare id after it says that what was published since is known too. */
  #goLive(stream: Stream): void {
    const snapshot = this.hub.snapshot(SNAPSHOT_CHANNEL);
    if (snapshot !== undefined) {
      const isNewest = isEvent(snapshot) && snapshot.id === this.hub.newestId;
      const later = isNewest ? '' : `id: ${this.hub.newestId}\n\n`;
      this.#write(stream, snapshot.sse + later);
    }
    stream.live = true;
  }

  #replay(stream: Stream, from: number): void {
    const { res } = stream;
    void replay(this.hub, from, {
      hasRoom: () => !res.writableNeedDrain,
      room: () => this.#drained(res),
      write: ({ sse }) => res.write(sse),
      live: () => {
        stream.live = true;
      },
      lost: () => this.#cut(stream),
    });
  }

  /** True once the client has read what waits for it; false when it is gone or takes too long. */
  #drained(res: ServerResponse): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (drained: boolean): void => {
        stop();
        res.off('drain', onDrain).off('close', onClose);
        resolve(drained);
      };
      const onDrain = (): void => done(true);
      const onClose = (): void => done(false);
      const stop = this.clock.after(this.bounds.replayStall, onClose);
      res.on('drain', onDrain).on('close', onClose);
    });
  }

  #publish(message: Message): number {
    const id = isEvent(message) ? message.id : Infinity;
    let delivered = 0;
    for (const stream of this.#streams) {
      if (stream.live && id > stream.from && this.#write(stream, message.sse)) delivered += 1;
    }
    return delivered;
  }

  #write(stream: Stream, text: string): boolean {
    const { res } = stream;
    if (res.writableEnded || res.destroyed) return false;
    res.write(text);
    if (res.writableLength <= this.bounds.bufferedBytes) return true;
    this.#cut(stream);
    return false;
  }

  #cut(stream: Stream): void {
    if (!this.#streams.delete(stream)) return;
    this.cut += 1;
    stream.res.destroy();
  }
}
