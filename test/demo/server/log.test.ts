/** The replay log, and the way from it to the present: what is kept of each channel, and that nobody misses anything. */
import { expect } from 'chai';
import fc from 'fast-check';
import { defaultBounds, type Bounds } from '../../../demo/server/bounds.js';
import { Hub, isEvent, type HubEvent } from '../../../demo/server/hub.js';
import { Queue } from '../../../demo/server/queue.js';
import { replay } from '../../../demo/server/replay.js';
import { FakeClock } from './fake-clock.js';

const hubWith = (bounds: Partial<Bounds>): Hub => new Hub(new FakeClock(), { ...defaultBounds, ...bounds });

/** What can be had after an id. */
const kept = (hub: Hub, from: number, channel?: string): HubEvent[] => {
  const events: HubEvent[] = [];
  for (let event = hub.after(from, channel); event !== undefined; event = hub.after(event.id, channel))
    events.push(event);
  return events;
};

const idsOf = (events: readonly HubEvent[]): number[] => events.map(({ id }) => id);

describe('a queue', () => {
  it('is an array to which is added at the end and from which is taken at the beginning', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(), { nil: undefined })), (steps) => {
        const queue = new Queue<number>();
        const model: number[] = [];
        for (const step of steps) {
          if (step === undefined) expect(queue.shift()).to.equal(model.shift());
          else model[(queue.push(step), model.length)] = step;
          expect(queue.length).to.equal(model.length);
          for (let i = -1; i <= model.length; i += 1) expect(queue.at(i)).to.equal(model[i]);
        }
      }),
    );
  });
});

describe('the replay log', () => {
  it('keeps what a quiet channel said, however much another says', () => {
    const hub = hubWith({ logEvents: 10 });
    const before = hub.newestId;
    const { id } = hub.publish('quiet', '1');
    for (let i = 0; i < 1_000; i += 1) hub.publish('chatty', String(i));
    expect(hub.covers(before, 'quiet')).to.equal(true);
    expect(idsOf(kept(hub, before, 'quiet'))).to.deep.equal([Number(id)]);
    expect([hub.covers(before), hub.covers(Number(id)), hub.covers(before, 'chatty')]).to.deep.equal([
      false,
      false,
      false,
    ]);
    expect(kept(hub, hub.newestId - 10)).to.have.length(10);
    expect(hub.newestOf('quiet')).to.equal(Number(id));
  });

  it('bounds a channel by its bytes', () => {
    const hub = hubWith({ logBytes: 2_000 });
    const before = hub.newestId;
    hub.publish('quiet', '1');
    for (let i = 0; i < 3; i += 1) hub.publish('big', `"${'x'.repeat(600)}"`);
    expect(kept(hub, hub.newestId - 1, 'big')).to.have.length(1);
    expect([hub.covers(hub.newestId - 1, 'big'), hub.covers(hub.newestId - 2, 'big')]).to.deep.equal([true, false]);
    hub.publish('big', `"${'x'.repeat(2_000)}"`);
    expect(hub.covers(hub.newestId - 1, 'big')).to.equal(false);
    expect(hub.covers(hub.newestOf('big'), 'big')).to.equal(true);
    expect(hub.covers(before, 'quiet')).to.equal(true);
  });

  it('lets the channel go that has been silent longest, past so many or so much', () => {
    for (const bounds of [{ logChannels: 2 }, { logBytesInAll: 650 }]) {
      const hub = hubWith(bounds);
      const before = hub.newestId;
      for (const channel of ['a', 'b', 'a', 'c']) hub.publish(channel, `"${'x'.repeat(20)}"`);
      const covered = ['a', 'b', 'c', 'never'].map((channel) => hub.covers(before, channel));
      expect([bounds, covered]).to.deep.equal([bounds, [true, false, true, false]]);
      expect(hub.covers(hub.newestId - 2, 'c'), 'b’s only event was before').to.equal(true);
      expect(hub.newestOf('b')).to.equal(hub.newestId);
      expect([hub.covers(before), hub.covers(before + 2)]).to.deep.equal([false, true]);
    }
  });

  it('covers an id exactly while nothing after it is dropped, and gives all that came after it, in order', () => {
    const channel = fc.constantFrom('a', 'b', 'c');
    fc.assert(
      fc.property(fc.array(channel, { maxLength: 60 }), fc.integer({ min: 1, max: 8 }), (channels, logEvents) => {
        const hub = hubWith({ logEvents });
        const start = hub.newestId;
        for (const each of channels) hub.publish(each, '0');
        for (let from = 0; from <= channels.length; from += 1) {
          const later = channels.map((name, i) => ({ name, id: start + i + 1 })).slice(from);
          const ids = (name?: string): number[] =>
            later.filter((event) => name === undefined || event.name === name).map(({ id }) => id);
          const isWhole = (name: string): boolean => ids(name).length <= logEvents;
          for (const name of ['a', 'b', 'c']) {
            expect(hub.covers(start + from, name)).to.equal(isWhole(name));
            if (isWhole(name)) expect(idsOf(kept(hub, start + from, name))).to.deep.equal(ids(name));
          }
          const isAll = ['a', 'b', 'c'].every(isWhole);
          expect(hub.covers(start + from)).to.equal(isAll);
          if (isAll) expect(idsOf(kept(hub, start + from))).to.deep.equal(ids());
        }
        for (const id of [start - 1, hub.newestId + 1, NaN, Infinity, -1]) {
          expect([hub.covers(id), hub.covers(id, 'a'), hub.covers(id, 'z')]).to.deep.equal([false, false, false]);
        }
      }),
    );
  });

  it('takes a publication as quickly when it is full of many channels', () => {
    const hub = hubWith({ logChannels: 256, logEvents: 1_000 });
    const began = performance.now();
    for (let i = 0; i < 300_000; i += 1) hub.publish(`c${i % 300}`, '0');
    expect(performance.now() - began).to.be.below(5_000);
  }).timeout(10_000);
});

/** A client that is cut, comes back, and reads at its own pace. */
class Reader {
  /** Each run without a gap: where it began, and what came. */
  readonly runs: { from: number; ids: number[] }[];
  gaps = 0;
  #connection: { live: boolean; room: number; wake: (() => void) | undefined } | undefined;

  constructor(
    private readonly hub: Hub,
    private readonly channel: string | undefined,
  ) {
    this.runs = [{ from: hub.newestId, ids: [] }];
    hub.addOutlet((event) => {
      if (isEvent(event) && this.#connection?.live === true && this.#wants(event)) this.#take(event);
      return 0;
    });
  }

  get last(): number {
    const run = this.runs.at(-1);
    return run?.ids.at(-1) ?? run?.from ?? NaN;
  }

  cut(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.wake?.();
  }

  /** `room` is how many events of a replay it takes before it has to read. */
  connect(room: number): void {
    this.cut();
    const connection: { live: boolean; room: number; wake: (() => void) | undefined } = {
      live: false,
      room,
      wake: undefined,
    };
    this.#connection = connection;
    if (!this.hub.covers(this.last, this.channel)) {
      this.gaps += 1;
      this.runs.push({ from: this.hub.newestId, ids: [] });
      connection.live = true;
      return;
    }
    const isOver = (): boolean => this.#connection !== connection;
    const reader = {
      hasRoom: () => connection.room > 0,
      room: () =>
        new Promise<boolean>((resolve) => {
          connection.wake = () => resolve(!isOver());
        }),
      write: (event: HubEvent) => {
        connection.room -= 1;
        // What is written to a connection that is gone reaches nobody.
        if (!isOver()) this.#take(event);
      },
      live: () => {
        connection.live = true;
      },
      lost: () => {
        if (!isOver()) this.#connection = undefined;
      },
    };
    void replay(this.hub, this.last, reader, this.channel);
  }

  read(room: number): void {
    if (this.#connection === undefined) return;
    this.#connection.room += room;
    this.#connection.wake?.();
  }

  #wants(event: HubEvent): boolean {
    return this.channel === undefined || event.channel === this.channel;
  }

  #take(event: HubEvent): void {
    this.runs.at(-1)?.ids.push(event.id);
  }
}

type Step =
  | { readonly do: 'publish'; readonly channel: string }
  | { readonly do: 'cut' | 'connect' | 'read'; readonly who: number; readonly room: number };

const who = fc.nat({ max: 3 });
const room = fc.nat({ max: 6 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('publish' as const), channel: fc.constantFrom('a', 'b', 'c') }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('cut', 'connect', 'read'), who, room }) },
  ),
  { maxLength: 150 },
);

/** A connection that is cut in the very turn in which it may write again. */
const CUT_AS_IT_WAKES: [Step[], { logEvents: number; logChannels: number }] = [
  [
    { do: 'connect', who: 0, room: 0 },
    { do: 'publish', channel: 'a' },
    { do: 'read', who: 0, room: 3 },
  ],
  { logEvents: 1, logChannels: 1 },
];

describe('clients that are cut and come back', () => {
  it('have each event once and in order, or are told of a gap, whatever happens meanwhile', async () => {
    const bounds = fc.record({
      logEvents: fc.integer({ min: 1, max: 30 }),
      logChannels: fc.integer({ min: 1, max: 3 }),
    });
    let [complete, gaps] = [0, 0];
    await fc.assert(
      fc.asyncProperty(steps, bounds, async (all, limits) => {
        const hub = hubWith(limits);
        const ids: Record<string, number[]> = { a: [], b: [], c: [] };
        const readers = [undefined, undefined, 'a', 'b'].map((channel) => ({
          channel,
          reader: new Reader(hub, channel),
        }));
        for (const step of all) {
          if (step.do === 'publish') ids[step.channel]?.push(Number(hub.publish(step.channel, '0').id));
          else {
            const reader = readers[step.who]?.reader;
            if (step.do === 'cut') reader?.cut();
            else if (step.do === 'connect') reader?.connect(step.room);
            else reader?.read(step.room);
          }
          if (step.do !== 'publish' && step.room % 2 === 0) await turn();
        }
        for (const { channel, reader } of readers) {
          reader.connect(Infinity);
          await turn();
          const due = (channel === undefined ? Object.values(ids).flat() : (ids[channel] ?? [])).sort((a, b) => a - b);
          for (const [index, run] of reader.runs.entries()) {
            const isLast = index === reader.runs.length - 1;
            const end = isLast ? Infinity : (run.ids.at(-1) ?? run.from);
            expect(run.ids).to.deep.equal(due.filter((id) => id > run.from && id <= end));
          }
          gaps += reader.gaps;
          if (reader.gaps === 0) complete += 1;
        }
      }),
      { numRuns: 500, examples: [CUT_AS_IT_WAKES] },
    );
    // Both ways were walked.
    expect(Math.min(complete, gaps)).to.be.above(100);
  }).timeout(20_000);
});

/** Whatever was promised has happened. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
