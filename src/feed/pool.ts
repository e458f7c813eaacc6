/** Which feeds share a connection: those that are made of the same. */
import type { Env } from '../kernel/env.js';
import { keep } from '../kernel/keep.js';
import { Connection } from './connection.js';
import { sameSource, type Decode, type Source } from './source.js';

interface Shared {
  readonly connection: Connection;
  holders: number;
}

/** A holder's hand on a connection. */
export interface Held {
  readonly connection: Connection;
  /** Whether others hold it, too. */
  isShared(): boolean;
  release(): void;
}

export class Pool {
  readonly #all = new Set<Shared>();

  constructor(private readonly env: Env) {}

  /** A connection over these sources, shared with whoever holds the same; the holder gives it back by `release`. */
  hold(sources: readonly Source[], decode: Decode | undefined): Held {
    const shared = this.#find(sources, decode) ?? this.#make(sources, decode);
    shared.holders++;
    let held = true;
    return {
      connection: shared.connection,
      isShared: () => shared.holders > 1,
      release: () => {
        if (!held) return;
        held = false;
        if (--shared.holders > 0) return;
        this.#all.delete(shared);
        shared.connection.dispose();
      },
    };
  }

  /** Streams and long polls that the page holds open to an origin. */
  streamsTo(origin: string): number {
    let count = 0;
    for (const { connection } of this.#all) count += connection.streamsTo(origin);
    return count;
  }

  /** How many connections there are. */
  get size(): number {
    return this.#all.size;
  }

  #find(sources: readonly Source[], decode: Decode | undefined): Shared | undefined {
    return [...this.#all].find(
      ({ connection }) =>
        connection.decode === decode &&
        connection.sources.length === sources.length &&
        connection.sources.every((source, index) => {
          const other = sources[index];
          return other !== undefined && sameSource(source, other);
        }),
    );
  }

  #make(sources: readonly Source[], decode: Decode | undefined): Shared {
    const connection = new Connection(this.env, sources, (origin) => this.streamsTo(origin));
    connection.decode = decode;
    const shared = { connection, holders: 0 };
    this.#all.add(shared);
    return shared;
  }
}

const pools = new WeakMap<Env, Pool>();

/** The pool of a page: one for each world. */
export const poolOf = (env: Env): Pool => keep(pools, env, () => new Pool(env));
