/** A connection in the real world, for tests in a browser: what it says is written down, and can be waited for. */
import { readAddress } from '../../src/feed/address.js';
import { Membership } from '../../src/feed/membership.js';
import { poolOf } from '../../src/feed/pool.js';
import { DEFAULT_POLICY, type Policy } from '../../src/feed/policy.js';
import type { Source } from '../../src/feed/source.js';
import { browserEnv } from '../../src/kernel/browser-env.js';
import { Listeners } from '../../src/kernel/disposer.js';
import type { RtError } from '../../src/kernel/errors.js';
import type { Message } from '../../src/kernel/message.js';
import type { Status } from '../../src/kernel/status.js';

export type LiveOptions = Partial<Omit<Source, 'address' | 'policy'>> & Partial<Policy>;

/** Short, so that a test of a retry takes no time; a real one is `DEFAULT_POLICY`. */
const SHORT: Policy = {
  ...DEFAULT_POLICY,
  interval: 5,
  maxInterval: 40,
  reconnectDelay: 5,
  maxReconnectDelay: 20,
};

export class LiveConnection {
  readonly messages: Message[] = [];
  readonly errors: RtError[] = [];
  readonly statuses: Status[] = [];
  confirmed = 0;
  gaps = 0;
  readonly connection: Membership;
  readonly #said = new Listeners();

  constructor(src: string, options: LiveOptions = {}, prepare: (connection: Membership) => void = () => undefined) {
    this.connection = new Membership(
      browserEnv,
      poolOf(browserEnv),
      {
        messages: (messages) => this.#hear(() => this.messages.push(...messages)),
        confirmed: () => this.#hear(() => this.confirmed++),
        gap: () => this.#hear(() => this.gaps++),
        error: (error) => this.#hear(() => this.errors.push(error)),
        changed: () =>
          this.#hear(() => {
            const { status } = this.connection.view;
            if (status !== this.statuses.at(-1)) this.statuses.push(status);
          }),
      },
      100,
    );
    prepare(this.connection);
    this.connection.setSources([sourceOf(src, options)]);
  }

  get status(): Status {
    return this.connection.view.status;
  }

  get codes(): readonly string[] {
    return this.errors.map(({ code }) => code);
  }

  get data(): readonly unknown[] {
    return this.messages.map(({ data }) => data);
  }

  /** How often it has said anything. */
  get sayings(): number {
    return this.messages.length + this.errors.length + this.statuses.length + this.confirmed;
  }

  /** Resolves as soon as `holds` is true; looks whenever something is said. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return;
        stop();
        resolve();
      };
      const stop = this.#said.add(look);
      look();
    });
  }

  #hear(note: () => unknown): void {
    note();
    this.#said.emit();
  }
}

export const sourceOf = (
  src: string,
  {
    credentials = 'same-origin',
    headers = {},
    protocols = [],
    hello,
    closeHidden = false,
    ...policy
  }: LiveOptions = {},
): Source => {
  const address = readAddress(src, document.baseURI);
  if (!address.ok) throw new Error(address.problem);
  return {
    address: address.value,
    policy: { ...SHORT, ...policy },
    credentials,
    headers,
    protocols,
    hello,
    closeHidden,
  };
};
