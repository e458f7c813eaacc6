/**
 * `GET /poll`: long polling. Owns the requests that are held, how each is answered (with what came after its tag, with
 * the snapshot, or with nothing new), and the hint at the end. Who may ask is decided before it comes here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Bounds } from './bounds.js';
import type { Clock, Stop } from './clock.js';
import { tagsIn } from './etag.js';
import { SNAPSHOT_CHANNEL, idOf, isEvent, type Hub, type Message } from './hub.js';
import { sendError, sendJson } from './reply.js';

/** A request for which there is nothing new. */
interface Held {
  readonly res: ServerResponse;
  readonly id: number;
  /** Ends its time. */
  readonly stop: Stop;
}

interface Batch {
  /** A JSON array of envelopes. */
  readonly json: string;
  readonly headers: Readonly<Record<string, string>>;
}

export class LongPolls {
  /** How many were cut for not reading their answer. */
  cut = 0;
  readonly #held = new Set<Held>();
  #isDue = false;

  constructor(
    private readonly hub: Hub,
    private readonly clock: Clock,
    private readonly bounds: Bounds,
  ) {
    hub.addOutlet((message) => (isEvent(message) ? this.#publish() : this.#show(message)));
    hub.onGap(() => this.#publish());
  }

  /** How many are held. */
  get size(): number {
    return this.#held.size;
  }

  open(req: IncomingMessage, res: ServerResponse): void {
    res.on('error', () => undefined);
    // HEAD asks what an answer would be like: it waits for nothing.
    const tag = req.method === 'HEAD' ? undefined : req.headers['if-none-match'];
    if (tag === undefined) {
      this.#answer(res, this.#snapshot());
      return;
    }
    const id = this.#newestIn(tag);
    if (id >= this.hub.newestId) this.#hold(res, id);
    else this.#answer(res, this.#after(id));
  }

  /** Tells each client when to come back. A header has whole seconds alone: they are rounded up. */
  drain(hint: () => number): void {
    for (const held of this.#held) {
      this.#letGo(held);
      const seconds = String(Math.ceil(hint() / 1_000));
      sendError(held.res, 503, 'the server stops', { 'Retry-After': seconds, Connection: 'close' });
    }
  }

  /** Of several tags the client has all that they stand for; `*` is whatever there is. NaN where none is covered. */
  #newestIn(header: string): number {
    if (header.trim() === '*') return this.hub.newestId;
    const ids = tagsIn(header)
      .map(idOf)
      .filter((id) => this.hub.covers(id));
    return ids.length === 0 ? NaN : Math.max(...ids);
  }

  #hold(res: ServerResponse, id: number): void {
    const stop = this.clock.after(this.bounds.pollHold, () => {
      this.#letGo(held);
      res.writeHead(304, { ETag: tagOf(id), 'Cache-Control': 'no-store' }).end();
    });
    const held: Held = { res, id, stop };
    this.#held.add(held);
    res.once('close', () => this.#letGo(held));
  }

  #letGo(held: Held): void {
    held.stop();
    this.#held.delete(held);
  }

  /** The answer waits for the end of this turn of the event loop, so that what is published together goes together. */
  #publish(): number {
    if (this.#held.size > 0 && !this.#isDue) {
      this.#isDue = true;
      setImmediate(() => this.#flush());
    }
    return this.#held.size;
  }

  /** What has no id is answered at once, under the tag that was asked with; where events wait, they go instead. */
  #show({ json }: Message): number {
    if (this.#isDue) return 0;
    const shown = [...this.#held];
    for (const held of shown) {
      this.#letGo(held);
      this.#answer(held.res, { json: `[${json}]`, headers: { ETag: tagOf(held.id) } });
    }
    return shown.length;
  }

  #flush(): void {
    this.#isDue = false;
    const batches = new Map<number, Batch>(); // most wait for the same: it is written as text once
    for (const held of this.#held) {
      const { id, res } = held;
      if (id >= this.hub.newestId && this.hub.covers(id)) continue; // it has had the event
      const batch = batches.get(id) ?? this.#after(id);
      batches.set(id, batch);
      this.#letGo(held);
      this.#answer(res, batch);
    }
  }

  /** What came after an id, as much as one answer holds; the snapshot where that is not kept any more. */
  #after(from: number): Batch {
    if (!this.hub.covers(from)) return this.#snapshot({ 'RT-Gap': '?1' });
    const envelopes: string[] = [];
    let [id, size] = [from, 0];
    for (let event = this.hub.after(id); event !== undefined; event = this.hub.after(id)) {
      size += event.json.length;
      if (size > this.bounds.pollBytes && envelopes.length > 0) break;
      envelopes.push(event.json);
      id = event.id;
    }
    return { json: `[${envelopes.join()}]`, headers: { ETag: tagOf(id) } };
  }

  /** Its tag stands for what was published since the snapshot too, as at the beginning of an event stream. */
  #snapshot(headers: Readonly<Record<string, string>> = {}): Batch {
    const json = `[${this.hub.snapshot(SNAPSHOT_CHANNEL)?.json ?? ''}]`;
    return { json, headers: { ETag: tagOf(this.hub.newestId), ...headers } };
  }

  #answer(res: ServerResponse, { json, headers }: Batch): void {
    res.setTimeout(this.bounds.responseStall, () => {
      this.cut += 1;
      res.destroy();
    });
    sendJson(res, 200, json, headers);
  }
}

const tagOf = (id: number): string => `"${id}"`;
