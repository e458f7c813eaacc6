/**
 * The connection's state machine. Pure: `(model, event, circumstances) → (model, effects)`. It knows no clock, no
 * socket and no element; what it wants done it says as data, and the driver does it.
 *
 * Timers are named, and starting one that runs starts it anew.
 */
import { rtError, type RtError } from '../kernel/errors.js';
import type { Failure } from '../kernel/failure.js';
import type { Status, TransportName } from '../kernel/status.js';
import { MAX_RETRY_HINT } from '../kernel/limits.js';
import { pollPause, retryPause, type Policy } from './policy.js';
import { hintOf, judge } from './verdict.js';
import { sentenceFor, type Sequel } from './sentences.js';

/** Where the connection stands. `attempt` counts the retries since it last proved itself; 0 is a first try. */
export type Phase =
  | { readonly name: 'idle' }
  /** `asked`: by the author, and not by the server. */
  | { readonly name: 'stopped'; readonly asked: boolean }
  /** `error` stays told while a source that had worked is tried again after a final answer. */
  | { readonly name: 'opening'; readonly attempt: number; readonly since: number; readonly error: RtError | undefined }
  /** `used`: a message has come. `pinged`: when a ping went out that no byte has answered yet. */
  | {
      readonly name: 'live';
      readonly attempt: number;
      readonly since: number;
      readonly used: boolean;
      readonly pinged: number | undefined;
    }
  | {
      readonly name: 'waiting';
      readonly attempt: number;
      readonly retryAt: number;
      readonly error: RtError | undefined;
    }
  /** Needs a change, `reconnect()`, or, where `retryAt` says so, time. */
  | { readonly name: 'failed'; readonly error: RtError; readonly retryAt: number | undefined };

/** What is known of the source, whatever becomes of its connections. */
export interface Facts {
  /** It has worked on this page: nothing that it answers is final any more. */
  readonly worked: boolean;
  /** What it spoke last. */
  readonly transport: TransportName | undefined;
  /** It sends an event stream's headers before its first event, as a server should. */
  readonly early: boolean;
  /** Its `retry:`, in milliseconds: holds until changed. */
  readonly retry: number | undefined;
  /** Credentials were asked anew, and not accepted since. */
  readonly refreshed: boolean;
  /** Sockets running that left our ping unanswered. */
  readonly unanswered: number;
  /** It has sent a `pong`: it knows the ping. */
  readonly ponged: boolean;
  /** WebSockets running that failed before they opened. */
  readonly unopened: number;
}

export interface Model {
  readonly phase: Phase;
  readonly facts: Facts;
}

export type TimerName = 'retry' | 'poll' | 'connect' | 'heartbeat' | 'pong' | 'proof';

export type Event =
  | { readonly type: 'connect' }
  | { readonly type: 'disconnect' }
  | { readonly type: 'reconnect' }
  /** A script pushed something into a feed that has no source. */
  | { readonly type: 'pushed' }
  /** The source was found unusable before any attempt. */
  | { readonly type: 'refused'; readonly error: RtError }
  | { readonly type: 'opened'; readonly transport: TransportName }
  | { readonly type: 'answered'; readonly transport: TransportName }
  | { readonly type: 'failed'; readonly failure: Failure }
  /** The first message since it opened. */
  | { readonly type: 'used' }
  | { readonly type: 'ponged' }
  | { readonly type: 'retry-in'; readonly ms: number }
  /** The network or the viewer is back. */
  | { readonly type: 'returned' }
  | { readonly type: 'timer'; readonly timer: TimerName };

export type Effect =
  | { readonly type: 'open' }
  | { readonly type: 'close' }
  | { readonly type: 'start'; readonly timer: TimerName; readonly ms: number }
  | { readonly type: 'stop'; readonly timer: TimerName }
  | { readonly type: 'ping' }
  | { readonly type: 'tell'; readonly error: RtError }
  /** Asks a WebSocket's address by plain HTTP, only to word what is wrong with it. */
  | { readonly type: 'inquire' };

export interface Circumstances {
  readonly now: number;
  /** In [0, 1). */
  readonly chance: number;
  readonly policy: Policy;
  readonly hidden: boolean;
  /** When the last byte came. */
  readonly lastByte: number;
  /** Without query: it may hold a secret. */
  readonly address: string;
  readonly crossOrigin: boolean;
  readonly credentials: RequestCredentials;
}

type Step = readonly [Model, readonly Effect[]];

/** Up this long, and used, a connection has proved itself. */
const PROOF = 5_000;
/** How long a ping may stay unanswered. */
const PONG_WAIT = 10_000;
/** How long an event stream whose headers may come late is waited for in all. */
const GIVE_UP = 120_000;
/** Headers that came this long before the first event were not held back for it. */
const EARLY = 100;
/** After a final answer of a source that had worked. */
const LATER = 300_000;
/** The most that is waited after the network or the viewer returned. */
const RETURN = 300;

const NEW_FACTS: Facts = {
  worked: false,
  transport: undefined,
  early: false,
  retry: undefined,
  refreshed: false,
  unanswered: 0,
  ponged: false,
  unopened: 0,
};

export const initialModel: Model = { phase: { name: 'idle' }, facts: NEW_FACTS };

const start = (timer: TimerName, ms: number): Effect => ({ type: 'start', timer, ms });
const stop = (timer: TimerName): Effect => ({ type: 'stop', timer });
const tell = (error: RtError): Effect => ({ type: 'tell', error });

const ALL_TIMERS: readonly TimerName[] = ['retry', 'poll', 'connect', 'heartbeat', 'pong', 'proof'];
const stopAll: readonly Effect[] = ALL_TIMERS.map(stop);

export const isPolling = ({ facts }: Model, { transport }: Policy): boolean =>
  transport === 'polling' || (transport === 'auto' && facts.transport === 'polling');

export const statusOf = ({ phase }: Model, online: boolean): Status => {
  switch (phase.name) {
    case 'idle':
      return 'idle';
    case 'stopped':
      return 'disconnected';
    case 'live':
      return 'connected';
    case 'failed':
      return 'error';
    case 'opening':
      if (phase.error !== undefined) return 'error';
      if (phase.attempt === 0) return 'connecting';
      return online ? 'reconnecting' : 'offline';
    case 'waiting':
      return online ? 'reconnecting' : 'offline';
  }
};

export const step = (model: Model, event: Event, at: Circumstances): Step => {
  const { phase, facts } = model;
  switch (event.type) {
    case 'connect':
      return phase.name === 'idle' || phase.name === 'stopped' ? open(model, at, 0) : [model, []];
    case 'disconnect':
      return [{ phase: { name: 'stopped', asked: true }, facts }, [...stopAll, { type: 'close' }]];
    case 'reconnect':
      return open({ phase: { name: 'idle' }, facts: { ...facts, refreshed: false } }, at, 0);
    case 'pushed':
      return phase.name === 'idle' ? [{ phase: live(0, at.now, true), facts }, []] : [model, []];
    case 'refused':
      return [
        phase.name === 'stopped' ? model : { phase: { name: 'failed', error: event.error, retryAt: undefined }, facts },
        [tell(event.error)],
      ];
    case 'opened':
      return opened(model, event.transport, at);
    case 'answered':
      return answered(model, event.transport, at);
    case 'failed':
      return failed(model, event.failure, at);
    case 'used':
      return used(model, at);
    case 'ponged':
      return [{ phase, facts: { ...facts, ponged: true, unanswered: 0 } }, []];
    case 'retry-in':
      return [{ phase, facts: { ...facts, retry: Math.min(event.ms, MAX_RETRY_HINT) } }, []];
    case 'returned':
      return returned(model, at);
    case 'timer':
      return timer(model, event.timer, at);
  }
};

/** Begins an attempt; whatever was under way is let go of. */
const open = ({ phase, facts }: Model, at: Circumstances, attempt: number): Step => [
  {
    phase: { name: 'opening', attempt, since: at.now, error: phase.name === 'failed' ? phase.error : undefined },
    facts,
  },
  [...stopAll, { type: 'close' }, { type: 'open' }, start('connect', at.policy.connectTimeout)],
];

const live = (attempt: number, since: number, used: boolean): Phase => ({
  name: 'live',
  attempt,
  since,
  used,
  pinged: undefined,
});

const attemptOf = (phase: Phase): number => ('attempt' in phase ? phase.attempt : 0);

const opened = (model: Model, transport: TransportName, at: Circumstances): Step => {
  const { phase, facts } = model;
  if (phase.name !== 'opening') return [model, []];
  const pings = transport === 'websocket' && at.policy.heartbeat > 0 && !pingless(facts);
  return [
    {
      phase: live(phase.attempt, at.now, false),
      facts: { ...facts, transport, worked: facts.worked || transport === 'sse', unopened: 0 },
    },
    [stop('connect'), start('proof', PROOF), ...(pings ? [start('heartbeat', at.policy.heartbeat)] : [])],
  ];
};

/** A good answer is all the proof that polling can give. */
const answered = (model: Model, transport: TransportName, at: Circumstances): Step => {
  const { phase, facts } = model;
  if (phase.name !== 'opening' && phase.name !== 'live') return [model, []];
  return [
    {
      phase: phase.name === 'live' ? { ...phase, attempt: 0 } : live(0, at.now, true),
      facts: { ...facts, transport, worked: true, refreshed: false },
    },
    [stop('connect'), start('poll', at.policy.interval)],
  ];
};

const used = ({ phase, facts }: Model, { now }: Circumstances): Step => {
  if (phase.name !== 'live' || phase.used) return [{ phase, facts }, []];
  const uptime = now - phase.since;
  return [
    {
      phase: { ...phase, used: true, attempt: uptime >= PROOF ? 0 : phase.attempt },
      facts: {
        ...facts,
        worked: true,
        refreshed: false,
        early: facts.early || uptime >= EARLY,
      },
    },
    [],
  ];
};

const failed = (model: Model, failure: Failure, at: Circumstances): Step => {
  const { phase } = model;
  if (phase.name !== 'opening' && phase.name !== 'live') return [model, []];
  const early = phase.name === 'live' && at.now - phase.since >= EARLY;
  const unopened = failure.kind === 'close' && !failure.opened ? model.facts.unopened + 1 : model.facts.unopened;
  const facts: Facts = { ...model.facts, early: model.facts.early || early, unopened };
  const inquiry: readonly Effect[] =
    unopened === 2 && !facts.worked && unopened !== model.facts.unopened ? [{ type: 'inquire' }] : [];

  const [next, effects] = conclude({ phase, facts }, failure, at);
  // What is told comes last: whoever hears of it may ask for something else.
  return [next, [...stopAll, { type: 'close' }, ...inquiry, ...effects]];
};

/** What follows from a failure. */
const conclude = (model: Model, failure: Failure, at: Circumstances): Step => {
  const { phase, facts } = model;
  const verdict = judge(failure);
  if (verdict === 'stop') return [{ phase: { name: 'stopped', asked: false }, facts }, []];
  if (verdict === 'final' || (verdict === 'refresh' && facts.refreshed)) return fail(model, failure, at);
  if ('error' in phase && phase.error !== undefined) return fail(model, failure, at);

  const attempt = attemptOf(phase) + 1;
  const polls = isPolling(model, at.policy);
  if (!polls && attempt > at.policy.maxReconnectAttempts) return spent(model, failure, at);
  const hint = hintOf(failure) ?? facts.retry;
  const pause = (polls ? pollPause : retryPause)(at.policy, { attempt: attempt - 1, chance: at.chance, hint });
  const error = errorOf(failure, { kind: 'retry', ms: pause }, at);
  return [
    {
      phase: { name: 'waiting', attempt, retryAt: at.now + pause, error },
      facts: { ...facts, refreshed: facts.refreshed || verdict === 'refresh' },
    },
    [start('retry', pause), tell(error)],
  ];
};

/** A final answer. From a source that has worked it is not: a wall screen must not die of one 404. */
const fail = ({ facts }: Model, failure: Failure, at: Circumstances): Step => {
  const error = errorOf(failure, facts.worked ? { kind: 'later', ms: LATER } : { kind: 'final' }, at);
  const retryAt = facts.worked ? at.now + LATER : undefined;
  return [
    { phase: { name: 'failed', error, retryAt }, facts },
    [...(facts.worked ? [start('retry', LATER)] : []), tell(error)],
  ];
};

/** The author's own limit of attempts is final whatever the source has done before. */
const spent = ({ facts }: Model, failure: Failure, at: Circumstances): Step => {
  const error = errorOf(failure, { kind: 'spent', attempts: at.policy.maxReconnectAttempts }, at);
  return [{ phase: { name: 'failed', error, retryAt: undefined }, facts }, [tell(error)]];
};

const returned = (model: Model, at: Circumstances): Step => {
  const { phase, facts } = model;
  const waits = phase.name === 'waiting' || (phase.name === 'failed' && phase.retryAt !== undefined);
  if (!waits || (phase.retryAt !== undefined && phase.retryAt - at.now <= RETURN)) return [model, []];
  const pause = at.chance * RETURN;
  return [{ phase: { ...phase, retryAt: at.now + pause }, facts }, [start('retry', pause)]];
};

const timer = (model: Model, name: TimerName, at: Circumstances): Step => {
  const { phase, facts } = model;
  switch (name) {
    case 'retry':
      return phase.name === 'waiting' || phase.name === 'failed' ? open(model, at, attemptOf(phase)) : [model, []];
    case 'poll':
      if (phase.name !== 'live' || facts.transport !== 'polling') return [model, []];
      return [model, [{ type: 'open' }, start('connect', at.policy.connectTimeout)]];
    case 'connect':
      return unanswered(model, at);
    case 'heartbeat':
      return heartbeat(model, at);
    case 'pong':
      return noPong(model, at);
    case 'proof':
      if (phase.name !== 'live') return [model, []];
      return [
        { phase: phase.used ? { ...phase, attempt: 0 } : phase, facts: { ...facts, worked: true, refreshed: false } },
        [],
      ];
  }
};

/** `connect-timeout` has passed. */
const unanswered = (model: Model, at: Circumstances): Step => {
  const { phase, facts } = model;
  if (phase.name !== 'opening' && phase.name !== 'live') return [model, []];
  const timeout: Failure = { kind: 'timeout', during: 'opening' };
  const again = (ms: number): Effect => start('connect', ms);
  const silence = at.now - at.lastByte;
  // An answer that trickles in is alive.
  if (silence < at.policy.connectTimeout) return [model, [again(at.policy.connectTimeout - silence)]];
  const mayBeLate = at.policy.transport !== 'websocket' && !isPolling(model, at.policy) && !facts.early;
  const waited = phase.name === 'opening' ? at.now - phase.since : Infinity;
  // Servers that send an event stream's headers only with its first event would lose it if we gave up now.
  if (!mayBeLate || waited >= GIVE_UP) return failed(model, timeout, at);
  return [model, [again(GIVE_UP - waited), tell(errorOf(timeout, { kind: 'waiting', ms: GIVE_UP - waited }, at))]];
};

/** Two sockets running left the ping unanswered, and no `pong` ever came: the server does not know it. */
const pingless = (facts: Facts): boolean => facts.unanswered >= 2 && !facts.ponged;

const heartbeat = (model: Model, at: Circumstances): Step => {
  const { phase, facts } = model;
  if (phase.name !== 'live') return [model, []];
  const silence = at.now - at.lastByte;
  const { heartbeat: limit } = at.policy;
  if (silence < limit) return [model, [start('heartbeat', limit - silence)]];
  return [{ phase: { ...phase, pinged: at.now }, facts }, [{ type: 'ping' }, start('pong', PONG_WAIT)]];
};

const noPong = (model: Model, at: Circumstances): Step => {
  const { phase, facts } = model;
  if (phase.name !== 'live' || phase.pinged === undefined) return [model, []];
  // Before the ping came none for a while; some browsers' clocks stand still long enough for ping and pong.
  if (at.lastByte >= phase.pinged) {
    return [
      { phase: { ...phase, pinged: undefined }, facts },
      [start('heartbeat', Math.max(0, at.policy.heartbeat - (at.now - at.lastByte)))],
    ];
  }
  // Timers of a hidden page run once a minute: no death is declared there.
  if (at.hidden) return [model, [start('pong', PONG_WAIT)]];
  const next: Model = { phase, facts: { ...facts, unanswered: facts.unanswered + 1 } };
  const [after, effects] = failed(next, { kind: 'timeout', during: 'silence' }, at);
  const told = pingless(next.facts) && !pingless(facts);
  return [after, told ? [...effects, tell(pingUnknown(at))] : effects];
};

const errorOf = (failure: Failure, sequel: Sequel, at: Circumstances): RtError => {
  const { code, message } = sentenceFor(failure, sequel, at);
  const fatal = sequel.kind === 'final' || sequel.kind === 'spent';
  return rtError(code, message, 'cause' in failure ? failure.cause : failure, fatal);
};

const pingUnknown = ({ address }: Circumstances): RtError =>
  rtError('protocol', `${address} answers no {"type":"ping"}; it is asked no more, and its silence is no failure.`);
