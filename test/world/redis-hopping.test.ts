/**
 * Whatever happens between instances and Redis: who publishes on one of them, and who listens at one and then at another,
 * by any transport, finds every event once and in one order.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { command, untilReadiness, useCluster, type Instance } from '../demo/server/cluster.js';
import { Client, answer, asked, openStream, post, type Json } from '../demo/server/helpers.js';

const at = fc.nat({ max: 2 });
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('publish' as const), at, channel: at, count: fc.nat(9) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('cut', 'reset', 'away', 'back', 'delay'), at }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('hop' as const), who: at, to: at }) },
  ),
  { minLength: 20, maxLength: 50 },
);

/** Id, text, channel. */
type LoggedEvent = readonly [number, string, string];

/** What a client has had: ids of the channels that are published to, and how often it was told of a gap. */
interface Had {
  readonly ids: number[];
  gaps: number;
}

/** One that listens, and goes elsewhere when told to, or when its connection ends. */
abstract class Listener {
  readonly had: Had = { ids: [], gaps: 0 };
  protected isOver = false;
  #leave: () => void = () => undefined;
  #done: Promise<void> = Promise.resolve();

  constructor(private url: string) {}

  /** Resolves when it has begun to listen. */
  begin(): Promise<void> {
    return new Promise((resolve) => {
      this.#done = this.#run(resolve);
    });
  }

  hop(url: string): void {
    this.url = url;
    this.#leave();
  }

  async end(): Promise<void> {
    this.isOver = true;
    this.#leave();
    await this.#done;
  }

  /** Until it is left, or ends. */
  protected abstract listen(url: string, left: Promise<void>, begun: () => void): Promise<void>;

  async #run(begun: () => void): Promise<void> {
    while (!this.isOver) {
      const left = new Promise<void>((resolve) => (this.#leave = resolve));
      await this.listen(this.url, left, begun).catch(() => undefined);
    }
  }
}

class StreamListener extends Listener {
  #last: string | undefined;

  protected async listen(url: string, left: Promise<void>, begun: () => void): Promise<void> {
    const stream = await openStream(url, this.#last === undefined ? {} : { 'Last-Event-ID': this.#last });
    let read = 0;
    const take = (): void => {
      for (let end = stream.tail.text.indexOf('\n\n', read); end >= 0; end = stream.tail.text.indexOf('\n\n', read)) {
        const block = stream.tail.text.slice(read, end);
        read = end + 2;
        const id = /^id: (\d+)$/m.exec(block)?.[1];
        if (id !== undefined) this.#last = id;
        if (id !== undefined && /^event: c\d$/m.test(block)) this.had.ids.push(Number(id));
        if (block.startsWith(': gap')) this.had.gaps += 1;
        if (id !== undefined) begun();
      }
    };
    stream.res.on('data', take);
    await Promise.race([left, stream.tail.untilEnd()]);
    stream.res.off('data', take);
    take();
    stream.close();
  }
}

class SocketListener extends Listener {
  readonly #last = new Map<string, string>();

  protected async listen(url: string, left: Promise<void>, begun: () => void): Promise<void> {
    const client = await Client.open(url);
    for (const channel of ['c0', 'c1', 'c2'])
      client.send({ type: 'subscribe', channel, resume: this.#last.get(channel) });
    client.socket.on('message', (data) => {
      const { type, channel, id, gap, resume } = JSON.parse((data as Buffer).toString()) as Json;
      if (type === 'subscribed' && !this.#last.has(String(channel))) this.#last.set(String(channel), String(resume));
      if (gap === true) this.had.gaps += 1;
      if (this.#last.size === 3) begun();
      if (typeof id !== 'string' || this.#isLeft) return;
      this.#last.set(String(channel), id);
      this.had.ids.push(Number(id));
    });
    this.#isLeft = false;
    await Promise.race([left, client.closed]);
    this.#isLeft = true;
    client.socket.terminate();
  }

  #isLeft = false;
}

class PollListener extends Listener {
  #tag: string | undefined;

  protected async listen(url: string, left: Promise<void>, begun: () => void): Promise<void> {
    const poll = asked(`${url}/poll`, { headers: this.#tag === undefined ? {} : { 'If-None-Match': this.#tag } });
    void left.then(() => poll.go());
    const { status, headers, body } = await poll.answer;
    if (status !== 200) return;
    const isFirst = this.#tag === undefined;
    this.#tag = headers.etag;
    if (headers['rt-gap'] !== undefined) this.had.gaps += 1;
    for (const { id, channel } of JSON.parse(body) as Json[]) {
      if (!isFirst && typeof id === 'string' && /^c\d$/.test(String(channel))) this.had.ids.push(Number(id));
    }
    begun();
  }
}

describe('who hops between instances', function () {
  this.timeout(120_000);
  const { redis: startRedis, start } = useCluster();

  it('has every event once and in one order, whatever is cut between the instances and Redis', async () => {
    const redis = await startRedis();
    const open = (): Promise<Instance> => start({ redis, bounds: { requestsPerSecond: 1e6 } });
    const instances = [await open(), await open(), await open()];
    const of = (index: number): Instance => instances[index] ?? expect.fail('there is no such instance');
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        run += 1;
        const before = Number(await command(redis, 'HGET', 'rt:state', 'id'));
        const listeners = [new StreamListener(of(0).url), new SocketListener(of(1).url), new PollListener(of(2).url)];
        const end = async (): Promise<void> => {
          for (const listener of listeners) await listener.end();
        };
        try {
          for (const listener of listeners) await listener.begin();
          const sent: string[][] = [[], [], []];
          const send = async (index: number, channel: string): Promise<void> => {
            const text = `${run}/${index}/${sent[index]?.length ?? 0}`;
            const { status } = await post(`${of(index).url}/api/publish/${channel}`, text);
            expect(status).to.equal(202);
            sent[index]?.push(text);
          };
          for (const step of all) {
            if (step.kind === 'publish') {
              for (let i = 0; i < step.count; i += 1) await send(step.at, `c${step.channel}`);
            } else if (step.kind === 'hop') listeners[step.who]?.hop(of(step.to).url);
            else await disturb(of(step.at), step.kind);
          }
          for (const instance of instances) {
            await instance.proxy.accept();
            instance.proxy.delay(0);
          }
          for (const instance of instances) await untilReadiness(instance, 'ready');
          for (const index of instances.keys()) await send(index, 'c0');
          const due = sent.flat().length;
          const logged = async (): Promise<readonly LoggedEvent[]> => eventsOf(redis, before);
          let events = await logged();
          while (events.length < due) events = await logged();
          const ids = events.map(([id]) => id);
          for (const { had } of listeners) {
            while (had.ids.length < due) await answer(`${of(0).url}/healthz`);
            expect(had.gaps).to.equal(0);
          }
          await end();
          for (const index of instances.keys()) {
            const own = events.map(([, text]) => text).filter((text) => text.startsWith(`${run}/${index}/`));
            expect(own).to.deep.equal(sent[index]);
          }
          expect(events).to.have.lengthOf(due);
          for (const { had } of listeners) {
            // A socket's channels go on one by one, so that there is no order between them.
            for (const name of ['c0', 'c1', 'c2']) {
              const own = new Set(events.filter(([, , channel]) => channel === name).map(([id]) => id));
              expect(had.ids.filter((id) => own.has(id))).to.deep.equal([...own]);
            }
            expect(had.ids).to.have.lengthOf(due);
          }
          expect(listeners[0]?.had.ids).to.deep.equal(ids);
          expect(listeners[2]?.had.ids).to.deep.equal(ids);
        } finally {
          await end();
        }
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });
});

const disturb = async ({ proxy }: Instance, kind: 'cut' | 'reset' | 'away' | 'back' | 'delay'): Promise<void> => {
  if (kind === 'away') proxy.refuse();
  if (kind === 'away' || kind === 'cut') proxy.cut();
  if (kind === 'reset') proxy.reset();
  if (kind === 'back') await proxy.accept();
  if (kind === 'delay') proxy.delay(5);
};

/** What the log in Redis has of the channels that are published to: ids and texts. */
const eventsOf = async (redis: Parameters<typeof command>[0], before: number): Promise<readonly LoggedEvent[]> => {
  const log = (await command(redis, 'XRANGE', 'rt:log', `(${before}-0`, '+')) as [string, string[]][];
  return log.flatMap(([key, fields]) => {
    const [kind, , , , channel = '', data = ''] = (fields[3] ?? '').split('\n');
    return kind === 'event' && /^c\d$/.test(channel)
      ? [[parseInt(key), JSON.parse(data) as string, channel] as const]
      : [];
  });
};
