/**
 * Servers that a schedule of faults can do anything to, over the fake of the wire: they publish numbered messages, keep a
 * bounded log of each channel, and speak event streams, WebSockets, long polling and polling as demo/server does, well
 * or badly by their traits. Owns the wire between them and the page, with its delays and its deaths. Knows no feed.
 */
import { FakeEnv, FakeSocket, settled, type FakeRequest } from './fake-env.js';

/** Numbers in [0, 1) that follow from a seed (mulberry32). */
export const chanceOf = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

export type Channel = 'a' | 'b';
export const CHANNELS: readonly Channel[] = ['a', 'b'];

/** How a server is, for the whole of a schedule. */
export interface Traits {
  readonly transport: 'auto' | 'sse' | 'websocket' | 'long-polling' | 'polling';
  /** It gives ids, `resume` or a cursor, and goes on from them. */
  readonly ids: boolean;
  /** It is of another origin than the page. */
  readonly across: boolean;
  /** It lets a page of another origin send our headers. */
  readonly preflight: boolean;
  /** It lets a page of another origin read `ETag` and `RT-Gap`. */
  readonly exposes: boolean;
  /** It sends a stream's headers only with the first event. */
  readonly late: boolean;
  /** It sends a comment to each stream every 15 s. */
  readonly beats: boolean;
  /** It answers `{"type":"ping"}`. */
  readonly pongs: boolean;
  /** What it replays begins with what was there already. */
  readonly overlaps: boolean;
  /** When it has lost its log, its ids begin anew. */
  readonly anew: boolean;
  /** What it writes comes in pieces. */
  readonly slices: boolean;
}

/** Messages of a channel that a server keeps. */
const KEPT = 40;
const BEAT = 15_000;
/** How long a long poll is held. */
const HELD = 25_000;
/** The ids of each source are its own, and so are those of each life of a server whose ids grow over restarts. */
const SOURCE_IDS = 1_000_000;
const LIFE_IDS = 1_000;

interface Kept {
  readonly id: number;
  readonly channel: Channel;
  readonly n: number;
}

interface Due {
  readonly at: number;
  readonly action: () => void;
}

/** What is done to the way to a server until it heals. */
export type Weather = 'clear' | 'refusing' | 'hole' | 'buffering';

/** One request or socket, from the page's asking to its end. */
export class Line {
  /** Nothing arrives any more in either direction, and nobody is told. */
  dead = false;
  /** A stream: its headers are out. A long poll: it is held. A socket: it is open. */
  open = false;
  readonly subscribed = new Set<string>();
  /** What is under way to the page, oldest first. */
  readonly waiting: (string | Uint8Array)[] = [];
  /** A stream's answer waits for its first event. */
  late = false;
  cursor: number | undefined;

  constructor(
    readonly server: ModelServer,
    readonly end: FakeRequest | FakeSocket,
    /** Only asked to word an error. */
    readonly isInquiry: boolean,
  ) {}

  /** Whether the page still holds it. */
  get isHeld(): boolean {
    return this.end instanceof FakeSocket ? this.end.state !== 'closed' : this.end.pending;
  }

  get works(): boolean {
    return this.isHeld && !this.dead;
  }
}

/** What the page is offered of the outside. */
export class ModelEnv extends FakeEnv {
  network: Network | undefined;
  /** Something was asked of the wire, and promises may be on their way. */
  stirred = true;

  override fetch(url: string, init: RequestInit): Promise<Response> {
    const response = super.fetch(url, init);
    this.stirred = true;
    this.network?.asked(this.lastRequest);
    return response;
  }

  override socket(url: string, protocols: readonly string[]): FakeSocket {
    const socket = new HeardSocket(url, protocols, (said) => this.network?.said(socket, said));
    this.sockets.push(socket);
    this.stirred = true;
    this.network?.asked(socket);
    return socket;
  }
}

/** A socket whose server hears at once what is sent. */
class HeardSocket extends FakeSocket {
  constructor(
    url: string,
    protocols: readonly string[],
    private readonly heard: (said: string) => void,
  ) {
    super(url, protocols);
  }

  override send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
    super.send(data);
    if (this.state === 'open' && typeof data === 'string') this.heard(data);
  }
}

/** The wire, the servers behind it, and the passing of time for both sides. */
export class Network {
  readonly servers: readonly ModelServer[];
  readonly lines = new Set<Line>();
  /** What a server, or the wire, saw that must not be. */
  readonly wrong: string[] = [];
  /** Messages that no client can know of: their server said nothing of their loss. */
  readonly excused = new Set<number>();
  /** How many messages have been published. */
  published = 0;
  /** What the page's feeds want at this moment. */
  wanted: () => ReadonlySet<string> = () => new Set();
  readonly #due = new Set<Due>();
  readonly #said: (() => void)[] = [];
  readonly #answers: Promise<void>[] = [];
  #asleep = false;

  constructor(
    readonly env: ModelEnv,
    readonly chance: () => number,
    traits: readonly Traits[],
  ) {
    env.network = this;
    this.servers = traits.map((trait, index) => new ModelServer(this, index, trait));
  }

  /** A whole number from `low` to `high`. */
  between(low: number, high: number): number {
    return low + Math.floor(this.chance() * (high - low + 1));
  }

  // Time.

  after(ms: number, action: () => void): void {
    this.#due.add({ at: this.env.wall() + ms, action });
  }

  /** Lets time pass for the page and its servers: whatever falls due runs in its order, and then what it promised. */
  async pass(ms: number): Promise<void> {
    const { env } = this;
    const end = env.now() + ms;
    await this.rest();
    for (;;) {
      const left = end - env.now();
      const own = this.#next();
      const wait = own === undefined ? Infinity : Math.max(0, own.at - env.wall());
      const page = env.due[0] ?? Infinity;
      const next = Math.min(wait, page);
      if (next > left) break;
      if (wait <= page && own !== undefined) {
        if (wait > 0) env.advance(wait);
        this.#run(own);
      } else {
        env.advance(page);
      }
      if (this.#isStirred()) await this.rest();
    }
    env.advance(end - env.now());
    await this.rest();
  }

  /** The machine sleeps: the servers go on, and what they send is on its way until the machine is awake again. */
  async sleep(ms: number): Promise<void> {
    this.#asleep = true;
    const end = this.env.wall() + ms;
    for (let own = this.#next(); own !== undefined && own.at <= end; own = this.#next()) {
      this.env.sleep(Math.max(0, own.at - this.env.wall()));
      this.#run(own);
    }
    this.env.sleep(end - this.env.wall());
    this.#asleep = false;
    for (const line of this.lines) this.#pump(line);
    await this.rest();
  }

  /** Whatever has been said and promised has happened. No time passes. */
  async rest(): Promise<void> {
    do {
      this.env.stirred = false;
      for (let said = this.#said.shift(); said !== undefined; said = this.#said.shift()) said();
      await Promise.all(this.#answers.splice(0));
      await settled();
    } while (this.#isStirred());
    for (const line of this.lines) if (!line.isHeld) this.lines.delete(line);
  }

  #isStirred(): boolean {
    return this.env.stirred || this.#said.length > 0;
  }

  #next(): Due | undefined {
    let next: Due | undefined;
    for (const due of this.#due) if (next === undefined || due.at < next.at) next = due;
    return next;
  }

  #run(due: Due): void {
    this.#due.delete(due);
    due.action();
  }

  // The page's side.

  /** Attempts that the page holds, for each source. */
  get attempts(): readonly number[] {
    const counts = this.servers.map(() => 0);
    for (const { isHeld, isInquiry, server } of this.lines) {
      if (isHeld && !isInquiry) counts[server.index] = (counts[server.index] ?? 0) + 1;
    }
    return counts;
  }

  asked(end: FakeRequest | FakeSocket): void {
    const server = this.servers.find(({ path }) => new URL(end.url).pathname === path);
    if (server === undefined) throw new Error(`Nobody serves ${end.url}.`);
    const isInquiry = !(end instanceof FakeSocket) && end.init.redirect === 'manual';
    const line = new Line(server, end, isInquiry);
    this.lines.add(line);
    const delay = server.slow > 0 ? server.slow : this.between(5, 200);
    server.slow = 0;
    if (server.weather === 'hole') line.dead = true;
    this.after(delay, () => this.#arrive(line));
  }

  said(socket: FakeSocket, text: string): void {
    for (const line of this.lines) {
      if (line.end === socket && line.works) this.#said.push(() => line.server.heard(line, text));
    }
  }

  #arrive(line: Line): void {
    if (!line.works) return;
    if (this.#asleep) return this.after(1_000, () => this.#arrive(line));
    const { server, end } = line;
    if (server.weather === 'refusing' || (end instanceof FakeSocket ? false : !server.allows(end))) {
      return this.cut(line);
    }
    server.receive(line);
  }

  // The servers' side.

  /** The connection breaks, and the page is told. */
  cut(line: Line, clean = false): void {
    if (!line.works) return;
    line.waiting.length = 0;
    this.env.stirred = true;
    if (line.end instanceof FakeSocket) line.end.end(1006);
    else if (clean && line.open) this.#answers.push(line.end.end());
    else line.end.refuse();
  }

  /** A whole answer. */
  answer(line: Line, status: number, body: string | null, headers: Readonly<Record<string, string>> = {}): void {
    if (!line.works || line.end instanceof FakeSocket) return;
    if (this.#asleep) return this.after(1_000, () => this.answer(line, status, body, headers));
    this.env.stirred = true;
    this.#answers.push(line.end.answer(status, body, line.server.readable(headers)));
  }

  /** The headers of a stream. */
  begin(line: Line): void {
    if (!line.works || line.end instanceof FakeSocket) return;
    line.open = true;
    this.env.stirred = true;
    this.#answers.push(line.end.begin(200, { 'content-type': 'text/event-stream' }));
  }

  /** Writes to a socket or a stream. */
  write(line: Line, text: string): void {
    if (!line.works) return;
    if (line.late) {
      line.late = false;
      this.begin(line);
    }
    if (this.#isWhole(line)) line.waiting.push(text);
    else line.waiting.push(...this.#sliced(text));
    if (this.#isWhole(line)) this.#pump(line);
    else this.after(this.between(1, 15), () => this.#pump(line));
  }

  /** Writes the beginning of a text, and breaks. */
  tear(line: Line, text: string, clean: boolean): void {
    if (!line.works) return;
    if (line.end instanceof FakeSocket) return this.cut(line);
    if (line.open) {
      for (const piece of line.waiting.splice(0)) this.#put(line, piece);
      this.#put(line, text.slice(0, this.between(0, text.length - 1)));
    }
    // What has arrived is read before the break.
    this.after(0, () => this.cut(line, clean));
  }

  /** Whether what is written arrives as it was written. */
  #isWhole({ end, server }: Line): boolean {
    return end instanceof FakeSocket || !server.traits.slices;
  }

  #sliced(text: string): Uint8Array[] {
    const bytes = new TextEncoder().encode(text);
    const first = this.between(0, bytes.length);
    const second = this.between(first, bytes.length);
    return [bytes.slice(0, first), bytes.slice(first, second), bytes.slice(second)].filter(({ length }) => length > 0);
  }

  #pump(line: Line): void {
    if (this.#asleep) return;
    if (!line.works) {
      line.waiting.length = 0;
      return;
    }
    for (const piece of this.#isWhole(line) ? line.waiting.splice(0) : line.waiting.splice(0, 1))
      this.#put(line, piece);
    if (line.waiting.length > 0) this.after(this.between(1, 15), () => this.#pump(line));
  }

  #put(line: Line, piece: string | Uint8Array): void {
    this.env.stirred = true;
    if (!(line.end instanceof FakeSocket)) this.#answers.push(line.end.push(piece));
    else if (typeof piece === 'string') line.end.tell(piece);
  }

  /** A message that all servers have. */
  publish(channel: Channel): void {
    const n = ++this.published;
    for (const server of this.servers) server.publish(channel, n);
  }
}

/** One source's server. */
export class ModelServer {
  weather: Weather = 'clear';
  /** How long the next answer takes to come; 0: as usual. Milliseconds. */
  slow = 0;
  /** Statuses that the next requests are answered with, and their `Retry-After` in seconds. */
  readonly refusals: { readonly status: number; readonly retryAfter: number | undefined }[] = [];
  /** How often it said that something is lost. */
  gaps = 0;
  readonly path: string;
  readonly address: string;
  #logs = new Map<Channel, Kept[]>();
  /** The newest id, and those up to which the log does not reach back, by channel. */
  #newest: number;
  #forgotten = new Map<Channel, number>();
  /** When the ids of this life began; what is before is another life's. */
  #born: number;
  /** The newest message that was lost with a log. */
  #lost = 0;
  /** The newest id of each channel that was handed out in this life. */
  #handed = new Map<Channel, number>();
  #lastNote = 0;

  constructor(
    private readonly network: Network,
    readonly index: number,
    readonly traits: Traits,
  ) {
    this.path = `/s${index}`;
    const host = traits.across ? `data${index}.example` : 'page.example';
    this.address = `${traits.transport === 'websocket' ? 'wss' : 'https'}://${host}${this.path}`;
    this.#born = this.#newest = SOURCE_IDS * (index + 1);
    if (traits.beats) this.#beat();
  }

  get lines(): readonly Line[] {
    return [...this.network.lines].filter((line) => line.server === this);
  }

  /** Whether a browser sends this request at all. */
  allows({ headers }: FakeRequest): boolean {
    const { across, preflight } = this.traits;
    return !across || preflight || [...headers.keys()].every((name) => name === 'accept');
  }

  /** What a page may read of an answer's headers. */
  readable(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    if (!this.traits.across || this.traits.exposes) return headers;
    return Object.fromEntries(Object.entries(headers).filter(([name]) => name === 'content-type'));
  }

  /** A request or a socket is here. */
  receive(line: Line): void {
    const { network, traits } = this;
    const { end } = line;
    if (line.isInquiry) return network.answer(line, 426, '');
    const refusal = this.refusals.shift();
    if (end instanceof FakeSocket) {
      if (refusal !== undefined) return network.cut(line);
      line.open = true;
      network.env.stirred = true;
      return end.open();
    }
    if (refusal !== undefined) {
      const { status, retryAfter } = refusal;
      return network.answer(line, status, '', retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });
    }
    if (traits.transport === 'polling') return this.#snapshot(line, end);
    if (traits.transport === 'long-polling') return this.#hold(line, end);
    return this.#stream(line, end);
  }

  /** A socket's page says something. */
  heard(line: Line, text: string): void {
    if (!line.works || !line.open) return;
    const said = JSON.parse(text) as { type: string; channel?: string; resume?: string; k?: number };
    const { type, channel, resume, k } = said;
    if (type === 'ping' && this.traits.pongs) this.network.write(line, '{"type":"pong"}');
    if (type === 'note' && k !== undefined) this.#note(line, k);
    if (channel !== 'a' && channel !== 'b') return;
    if (type === 'unsubscribe') line.subscribed.delete(channel);
    if (type === 'subscribe') this.#subscribe(line, channel, resume);
  }

  publish(channel: Channel, n: number): void {
    this.#newest++;
    const kept: Kept = { id: this.#newest, channel, n };
    const log = this.#logs.get(channel) ?? [];
    this.#logs.set(channel, log);
    log.push(kept);
    if (log.length > KEPT) this.#forgotten.set(channel, log.shift()?.id ?? 0);
    for (const line of this.lines) this.#hand(line, kept);
  }

  /** It is gone, and at once back; what it kept may be lost. */
  restart(losesLog: boolean, hint: number | undefined): void {
    for (const line of this.lines) this.#sendOff(line, hint);
    if (!losesLog) return;
    this.#logs = new Map();
    this.#forgotten = new Map();
    const base = SOURCE_IDS * (this.index + 1);
    this.#newest = this.traits.anew ? base : this.#newest + LIFE_IDS;
    this.#born = this.#newest;
    this.#handed = new Map();
    this.#lost = this.network.published;
  }

  /** Closes its sockets with a code, and ends its streams. */
  close(code: number): void {
    for (const line of this.lines) {
      if (!line.works) continue;
      this.network.env.stirred = true;
      if (line.end instanceof FakeSocket && line.open) line.end.end(code);
      else this.network.cut(line, true);
    }
  }

  /** Of the message that is published next, each stream gets the beginning, and then it breaks. */
  tear(channel: Channel, clean: boolean): void {
    const text = this.#event({ id: this.#newest + 1, channel, n: this.network.published + 1 });
    for (const line of this.lines) {
      if (this.#isStream) this.network.tear(line, text, clean);
      else this.network.cut(line);
      line.open = line.late = false;
    }
  }

  #sendOff(line: Line, hint: number | undefined): void {
    const { network } = this;
    if (!line.works) return;
    if (line.end instanceof FakeSocket && line.open) {
      network.env.stirred = true;
      return line.end.end(hint === undefined ? 1001 : 1012, hint === undefined ? '' : `{"retryAfter":${hint}}`);
    }
    if (hint !== undefined && line.open && this.#isStream) network.write(line, `retry: ${hint}\n\n`);
    network.after(20, () => network.cut(line, true));
  }

  get #isStream(): boolean {
    return this.traits.transport === 'sse' || this.traits.transport === 'auto';
  }

  #hand(line: Line, kept: Kept): void {
    const { traits } = this;
    if (!line.works) return;
    if (traits.transport === 'websocket') {
      if (line.open && line.subscribed.has(kept.channel)) this.#handOut(line, kept);
    } else if (this.#isStream) {
      if (line.open || line.late) this.#handOut(line, kept);
    } else if (traits.transport === 'long-polling' && line.open) {
      this.#answerPoll(line);
    }
  }

  #handOut(line: Line, kept: Kept): void {
    this.#handed.set(kept.channel, kept.id);
    this.network.write(line, this.#isStream ? this.#event(kept) : this.#envelope(kept));
  }

  #beat(): void {
    this.network.after(BEAT, () => {
      for (const line of this.lines)
        if (this.#isStream && (line.open || line.late)) this.network.write(line, ': heartbeat\n\n');
      this.#beat();
    });
  }

  #event({ id, channel, n }: Kept): string {
    const data = `event: ${channel}\ndata: {"n":${n},"text":"Grüße"}\n\n`;
    return this.traits.ids ? `id: ${id}\n${data}` : data;
  }

  #envelope({ id, channel, n }: Kept): string {
    return JSON.stringify({ channel, data: { n }, ...(this.traits.ids && { id: String(id) }) });
  }

  /** What came after `cursor`; `undefined` where not all of it is there any more. */
  #since(cursor: number, channels: readonly Channel[]): readonly Kept[] | undefined {
    if (Math.floor(cursor / SOURCE_IDS) !== this.index + 1) {
      this.network.wrong.push(`source ${this.index} was asked for what came after ${cursor}, which is another one's`);
    }
    const kept = channels.flatMap((channel) => this.#logs.get(channel) ?? []).sort((a, b) => a.id - b.id);
    if (cursor < this.#born || channels.some((channel) => cursor < (this.#forgotten.get(channel) ?? 0))) {
      return undefined;
    }
    // Of another life, which cannot be seen from it.
    if (
      this.traits.anew &&
      channels.every((channel) => cursor > (this.#handed.get(channel) ?? 0)) &&
      cursor <= this.#newest
    ) {
      for (let n = 1; n <= this.#lost; n++) this.network.excused.add(n);
      for (const { id, n } of kept) if (id <= cursor) this.network.excused.add(n);
    }
    // Of another life; a stream's server does not notice.
    if (cursor > this.#newest) return this.#isStream ? [] : undefined;
    return kept.filter(({ id }) => (this.traits.overlaps ? id >= cursor : id > cursor));
  }

  #stream(line: Line, { headers }: FakeRequest): void {
    const { network, traits } = this;
    if (this.weather === 'buffering') {
      if (!traits.late) network.begin(line);
      line.dead = true;
      return;
    }
    if (traits.late) line.late = true;
    else network.begin(line);
    const last = headers.get('last-event-id');
    if (last === null || !traits.ids) return;
    const missed = this.#since(Number(last), CHANNELS);
    if (missed === undefined) {
      this.gaps++;
      return network.write(line, ': gap: what came after it is not here any more\n\n');
    }
    for (const kept of missed) this.#handOut(line, kept);
  }

  #subscribe(line: Line, channel: Channel, resume: string | undefined): void {
    const { network, traits } = this;
    line.subscribed.add(channel);
    if (!traits.ids) return network.write(line, JSON.stringify({ type: 'subscribed', channel }));
    const missed = resume === undefined ? [] : this.#since(Number(resume), [channel]);
    if (missed === undefined) this.gaps++;
    const newest = String(this.#newest);
    network.write(line, JSON.stringify({ type: 'subscribed', channel, resume: newest, gap: missed === undefined }));
    for (const kept of missed ?? []) this.#handOut(line, kept);
  }

  #note(line: Line, k: number): void {
    if (k <= this.#lastNote) this.network.wrong.push(`note ${k} came after note ${this.#lastNote}`);
    this.#lastNote = k;
    for (const channel of this.network.wanted()) {
      if (!line.subscribed.has(channel))
        this.network.wrong.push(`note ${k} came before the subscription of ${channel}`);
    }
  }

  #hold(line: Line, { headers }: FakeRequest): void {
    const tag = headers.get('if-none-match')?.replaceAll('"', '') ?? headers.get('last-event-id') ?? undefined;
    line.cursor = tag === undefined || !this.traits.ids ? this.#newest : Number(tag);
    line.open = true;
    if (line.cursor !== this.#newest) return this.#answerPoll(line);
    this.network.after(HELD, () => {
      if (!line.works || !line.open) return;
      line.open = false;
      this.network.answer(line, 304, null, this.#cursor());
    });
  }

  #answerPoll(line: Line): void {
    const missed = this.#since(line.cursor ?? this.#newest, CHANNELS);
    line.open = false;
    if (missed === undefined) this.gaps++;
    const gap: Record<string, string> = missed === undefined ? { 'rt-gap': '?1' } : {};
    if (missed === undefined || missed.length === 0) {
      return this.network.answer(line, 204, null, { ...gap, ...this.#cursor() });
    }
    for (const { channel, id } of missed) this.#handed.set(channel, id);
    const body = `[${missed.map((kept) => this.#envelope(kept)).join(',')}]`;
    this.network.answer(line, 200, body, { 'content-type': 'application/json', ...this.#cursor() });
  }

  #cursor(): Record<string, string> {
    return this.traits.ids ? { etag: `"${this.#newest}"` } : {};
  }

  #snapshot(line: Line, { headers }: FakeRequest): void {
    const newest = (this.#logs.get('a') ?? []).at(-1);
    if (newest === undefined) return this.network.answer(line, 204, null);
    const etag = `"${newest.id}"`;
    if (this.traits.ids && headers.get('if-none-match') === etag) return this.network.answer(line, 304, null, { etag });
    const body = JSON.stringify({ channel: 'a', data: { n: newest.n } });
    this.network.answer(line, 200, body, {
      'content-type': 'application/json',
      ...(this.traits.ids && { etag }),
    });
  }
}
