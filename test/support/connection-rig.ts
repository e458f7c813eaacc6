/** A connection over the fake of the wire, for unit tests: what it says is written down, and a test may act on it. */
import { readAddress } from '../../src/feed/address.js';
import { Membership, type MembershipSink } from '../../src/feed/membership.js';
import { poolOf } from '../../src/feed/pool.js';
import type { Decode, Source } from '../../src/feed/source.js';
import { DEFAULT_POLICY, type Policy } from '../../src/feed/policy.js';
import type { RtError } from '../../src/kernel/errors.js';
import type { Message } from '../../src/kernel/message.js';
import type { Status } from '../../src/kernel/status.js';
import { FakeEnv } from './fake-env.js';

export const HTTP = 'https://page.example/feed';
export const WS = 'wss://page.example/ws';
export const ACROSS = 'https://data.example/feed';

export type Options = Partial<Omit<Source, 'address' | 'policy'>> & Partial<Policy> & { readonly decode?: Decode };

export const source = (
  src: string,
  { credentials, headers, protocols, hello, closeHidden, decode: _, ...policy }: Options = {},
): Source => {
  const address = readAddress(src, 'https://page.example/app/');
  if (!address.ok) throw new Error(address.problem);
  return {
    address: address.value,
    policy: { ...DEFAULT_POLICY, ...policy },
    credentials: credentials ?? 'same-origin',
    headers: headers ?? {},
    protocols: protocols ?? [],
    hello,
    closeHidden: closeHidden ?? false,
  };
};

/** A connection over the fake of the wire, and all that it says. */
export class Rig {
  readonly messages: Message[] = [];
  readonly errors: RtError[] = [];
  readonly statuses: Status[] = [];
  confirmed = 0;
  gaps = 0;
  /** What a listener does as it hears of something. */
  on: { error?: (error: RtError) => void; changed?: (status: Status) => void; messages?: () => void } = {};
  readonly connection: Membership;

  constructor(
    src?: string,
    options: Options = {},
    queueLimit = 100,
    readonly env = new FakeEnv(),
  ) {
    const sink: MembershipSink = {
      messages: (messages) => {
        this.messages.push(...messages);
        this.on.messages?.();
      },
      confirmed: () => {
        this.confirmed++;
      },
      gap: () => {
        this.gaps++;
      },
      changed: () => {
        const { status } = this.connection.view;
        if (status !== this.statuses.at(-1)) this.statuses.push(status);
        this.on.changed?.(status);
      },
      error: (error) => {
        this.errors.push(error);
        this.on.error?.(error);
      },
    };
    this.connection = new Membership(env, poolOf(env), sink, queueLimit);
    this.connection.setDecode(options.decode);
    if (src !== undefined) this.connection.setSources([source(src, options)]);
  }

  get status(): Status {
    return this.connection.view.status;
  }

  /** The data of all messages, in order. */
  get data(): readonly unknown[] {
    return this.messages.map(({ data }) => data);
  }

  /** The codes of all errors, in order. */
  get codes(): readonly string[] {
    return this.errors.map(({ code }) => code);
  }

  /** An open WebSocket. */
  static open(options: Options = {}, src = WS): Rig {
    const rig = new Rig(src, options);
    rig.env.lastSocket.open();
    return rig;
  }
}
