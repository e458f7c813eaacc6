/**
 * A source that pushes, run as the server runs it: opened from its settings, started and started anew by the intake. In
 * this process, where a test sees and hinders what is published, or in one of its own, which can be killed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Broker } from '../../demo/server/broker.js';
import { systemClock } from '../../demo/server/clock.js';
import { Intake } from '../../demo/server/intake.js';
import { isAsked, type PushingSource, type Value } from '../../demo/server/source.js';
import { openSources } from '../../demo/server/sources/kinds.js';
import { sourceSettings } from '../../demo/server/sources/settings.js';
import { Changes } from './changes.js';

export interface Message {
  readonly channel: string;
  readonly data: Value;
  readonly kept: boolean;
}

/** The source that the settings make: one of those that push. */
export const openPushing = async (settings: unknown, log: (sentence: string) => void): Promise<PushingSource> => {
  const [source] = await openSources([sourceSettings.parse(settings)], { log });
  if (source === undefined || isAsked(source)) throw new Error('these settings make no source that pushes');
  return source;
};

export class SourceRun {
  readonly messages: Message[] = [];
  /** What it and the intake have said. */
  readonly told: string[] = [];
  /** While it is true, nothing can be published. */
  closed = false;
  /** Tries to publish that were turned away. */
  refused = 0;
  readonly #changes = new Changes();
  #intake: Intake | undefined;

  static async start(settings: unknown): Promise<SourceRun> {
    const run = new SourceRun();
    const log = (sentence: string): void => {
      run.told.push(sentence);
      run.#changes.changed();
    };
    run.#intake = new Intake([await openPushing(settings, log)], run.#broker(), systemClock, log);
    run.#intake.start();
    return run;
  }

  get data(): readonly Value[] {
    return this.messages.map(({ data }) => data);
  }

  /** It is set after the sentence that tells of it: nothing wakes `until` for it. */
  get stale(): boolean {
    return Object.keys(this.#intake?.stale() ?? {}).length > 0;
  }

  /** Resolves when the condition holds; asked after each message and each sentence. */
  async until(holds: () => boolean): Promise<void> {
    await this.#changes.until(() => (holds() ? true : undefined));
  }

  count(count: number): Promise<void> {
    return this.until(() => this.messages.length >= count);
  }

  async stop(): Promise<void> {
    await this.#intake?.stop();
  }

  #broker(): Pick<Broker, 'publish'> {
    return {
      publish: async (channel, data, kept = false) => {
        if (this.closed) {
          this.refused += 1;
          this.#changes.changed();
          // The class that the sources know: they are imported so too, and mocha may have loaded a second one by `require`.
          const { Unpublished } = await import('../../demo/server/broker.js');
          throw new Unpublished('nothing can be published now');
        }
        this.messages.push({ channel, data: JSON.parse(data) as Value, kept });
        this.#changes.changed();
        return { id: String(this.messages.length), delivered: 0 };
      },
    };
  }
}

/** Prints what is published, a line of JSON each: see `source-process.ts`. */
export class SourceProcess {
  readonly data: Value[] = [];
  readonly #changes = new Changes();
  readonly #child;
  readonly #gone: Promise<unknown>;

  constructor(settings: unknown) {
    const script = fileURLToPath(new URL('source-process.ts', import.meta.url));
    this.#child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#gone = once(this.#child, 'close');
    let rest = '';
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      this.data.push(...lines.map((line) => JSON.parse(line) as Value));
      this.#changes.changed();
    });
  }

  async count(count: number): Promise<void> {
    await this.#changes.until(() => (this.data.length >= count ? true : undefined));
  }

  /** SIGKILL. Resolves when it is gone, and all that it printed is read. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#gone;
  }
}
