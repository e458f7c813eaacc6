/** What a test in the browser and the wire server say to each other over a session's control socket. Types alone. */

export type Headers = Readonly<Record<string, string>>;

/** A request as it came in. */
export interface SeenRequest {
  readonly index: number;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Headers;
}

/** A WebSocket as it asked to be opened. */
export interface SeenSocket {
  readonly index: number;
  readonly path: string;
  readonly headers: Headers;
  readonly protocols: readonly string[];
}

/** Bytes travel as base64. */
export type Piece = { readonly text: string } | { readonly base64: string };

/** What to send; `repeat` makes long things of short ones, so that only the server's answer is long. */
export type Speech = Piece & { readonly repeat?: number };

/** What a proxy is told to do: to the connections through it, but `refuse` and `accept`, which are about new ones. */
export type ProxyDeed =
  | { readonly deed: 'cut' | 'reset' | 'stall' | 'flow' | 'refuse' | 'accept' }
  | { readonly deed: 'slice'; readonly bytes: number }
  | { readonly deed: 'delay'; readonly ms: number };

export interface ProxyCounts {
  readonly open: number;
  readonly seen: number;
}

export interface Commands {
  /** Waits until so many requests were seen, and says which. */
  requests: { ask: { readonly count: number }; reply: readonly SeenRequest[] };
  /** The preflights (OPTIONS) seen until now. */
  preflights: { ask: object; reply: readonly SeenRequest[] };
  /** What preflights are answered with from now on. Without it they get no headers, and fail. */
  allow: { ask: { readonly headers: Headers }; reply: null };
  /** Sends an answer's head. */
  head: { ask: { readonly request: number; readonly status: number; readonly headers: Headers }; reply: null };
  /** Sends a piece of an answer's body. */
  write: { ask: { readonly request: number } & Speech; reply: null };
  end: { ask: { readonly request: number }; reply: null };
  /** Cuts the connection. */
  cut: { ask: { readonly request: number }; reply: null };
  /** Waits until the page has ended the request. */
  gone: { ask: { readonly request: number }; reply: null };

  /** Waits until so many sockets have asked to be opened, and says which. */
  sockets: { ask: { readonly count: number }; reply: readonly SeenSocket[] };
  accept: { ask: { readonly socket: number; readonly protocol: string | null }; reply: null };
  /** Answers the opening with a status instead. */
  refuse: { ask: { readonly socket: number; readonly status: number }; reply: null };
  say: { ask: { readonly socket: number } & Speech; reply: null };
  close: { ask: { readonly socket: number; readonly code: number; readonly reason: string }; reply: null };
  /** Ends the connection without a close frame. */
  drop: { ask: { readonly socket: number }; reply: null };
  /** Waits until so many messages were heard, and says which. */
  heard: { ask: { readonly socket: number; readonly count: number }; reply: readonly Piece[] };
  /** Waits until the socket is closed, whoever closed it. */
  closed: { ask: { readonly socket: number }; reply: { readonly code: number; readonly reason: string } };

  /** Opens a TCP proxy before the server's own origin, and says on which origin it listens. */
  proxied: { ask: object; reply: { readonly proxy: number; readonly origin: string } };
  proxy: { ask: { readonly proxy: number } & ProxyDeed; reply: null };
  /** How many connections go through it now, and have ever gone. */
  proxyCounts: { ask: { readonly proxy: number }; reply: ProxyCounts };
  /** Waits until no connection goes through it. */
  proxyEmpty: { ask: { readonly proxy: number }; reply: null };
}

export type CommandName = keyof Commands;

/** What the page sends: a command, with a number that its reply carries. */
export type Envelopes = {
  readonly [K in CommandName]: { readonly id: number; readonly name: K; readonly ask: Commands[K]['ask'] };
};
export type Envelope = Envelopes[CommandName];

export interface Reply {
  readonly id: number;
  readonly reply?: unknown;
  /** What went wrong, instead of a reply. */
  readonly error?: string;
}
