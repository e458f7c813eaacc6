/**
 * The state machine of one source. Pure: `(model, event, circumstances) → (model, effects)`. It knows no clock, no
 * socket, no element and no other source; what it wants done it says as data, and the driver (link.ts) does it.
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
  | { readonly name: 'failed'; readonly error: RtError; readonly retryAt: number | undefined }
  /** Closed while nobody can look; opens again when the page is back. */
  | { readonly name: 'parked'; readonly attempt: number; readonly error: RtError | undefined }
  /** Another source is used in its place. */
  | { readonly name: 'aside' };

/**
 * What is known of a server that a browser asks for leave before it sends our headers. `allowed`: nothing speaks against
 * them. `doubted`: a request with them failed. `retried`: one without them was answered since, so one with them is made
 * once more. `refused`: that failed, too.
 */
export type Leave = 'allowed' | 'doubted' | 'retried' | 'refused';

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
  /** Attempts running that got no answer at all. */
  readonly unreached: number;
  /** A message has come from it. */
  readonly delivered: boolean;
  /** Was told that it cannot replay what is missed. */
  readonly gapTold: boolean;
  readonly leave: Leave;
}

export interface Model {
  readonly phase: Phase;
  readonly facts: Facts;
}

export type TimerName = 'retry' | 'poll' | 'connect' | 'heartbeat' | 'pong' | 'proof' | 'silence' | 'stall' | 'settle';

export type Event =
  /** `again`: something was connected before. */
  | { readonly type: 'connect'; readonly again?: boolean }
  | { readonly type: 'disconnect' }
  | { readonly type: 'reconnect' }
  | { readonly type: 'opened'; readonly transport: TransportName }
  /** `pause`: an empty answer came so soon, and so often, that the next request waits. */
  | { readonly type: 'answered'; readonly transport: TransportName; readonly pause?: boolean }
  | { readonly type: 'failed'; readonly failure: Failure }
  /** The first message since it opened. */
  | { readonly type: 'used' }
  | { readonly type: 'ponged' }
  | { readonly type: 'retry-in'; readonly ms: number }
  /** The network or the viewer is back. */
  | { readonly type: 'returned' }
  /** The machine has slept, or the page stood still: what was open may be dead. */
  | { readonly type: 'woke' }
  /** Another source is used. */
  | { readonly type: 'set-aside' }
  /** Another source has brought what came after: nothing of this one is missed. */
  | { readonly type: 'overtaken' }
  | { readonly type: 'park' }
  | { readonly type: 'unpark' }
  /** How the request beside the open stream, with the id to go on from, ended. */
  | { readonly type: 'beside'; readonly outcome: 'opened' | 'refused' | 'lost' }
  | { readonly type: 'timer'; readonly timer: TimerName };

export type Effect =
  | { readonly type: 'open' }
  | { readonly type: 'close' }
  | { readonly type: 'start'; readonly timer: TimerName; readonly ms: number }
  | { readonly type: 'stop'; readonly timer: TimerName }
  | { readonly type: 'ping' }
  | { readonly type: 'tell'; readonly error: RtError }
  /** Asks a WebSocket's address by plain HTTP, only to word what is wrong with it. */
  | { readonly type: 'inquire' }
  /** Asks once more with the id to go on from, beside the stream that opened without. */
  | { readonly type: 'open-beside' }
  /** What was asked for with the id comes: what came without is part of it. */
  | { readonly type: 'take-beside' }
  /** It will not come: what came without is all that there is. */
  | { readonly type: 'close-beside' }
  /** What came since the last message is lost. */
  | { readonly type: 'gap' }
  /** This source is of no use now: the next one's turn. */
  | { readonly type: 'hand-over' };

export interface Circumstances {
  readonly now: number;
  /** In [0, 1). */
  readonly chance: number;
  readonly policy: Policy;
  readonly hidden: boolean;
  /** When the attempt was made. */
  readonly began: number;
  /** When its last byte came; `-Infinity` before. */
  readonly lastByte: number;
  /** When its first byte after the headers came; `Infinity` before. */
  readonly firstByte: number;
  /** No byte came after an answer's headers. */
  readonly mute: boolean;
  /** How long this transport may be silent; milliseconds. */
  readonly patience: number;
  /** How long after its headers an event stream's first byte is waited for, before something on the way is to blame. */
  readonly stallAfter: number;
  /** Whether it is known where to go on from. */
  readonly cursor: boolean;
  /** Whether that is said by a header for which a browser asks leave. */
  readonly asksLeave: boolean;
  /** Whether another source can be used in this one's place; and whether better ones are tried again by themselves. */
  readonly hasNext: boolean;
  readonly hasBetter: boolean;
  /** Whether another one is used, and this one is only tried. */
  readonly probing: boolean;
  /** Without query: it may hold a secret. */
  readonly address: string;
  readonly crossOrigin: boolean;
  readonly pageOrigin: string;
  readonly credentials: RequestCredentials;
  /** Streams and long polls of this page that the same origin holds open. */
  readonly streams: number;
}

type Step = readonly [Model, readonly Effect[]];

/** Up this long, and used, a connection has proved itself. */
const PROOF = 5_000;
/** How long a ping may stay unanswered; and after the machine has slept. */
const PONG_WAIT = 10_000;
const WAKE_WAIT = 2_000;
/** How long an event stream whose headers may come late is waited for in all. */
const GIVE_UP = 120_000;
/** Headers that came this long before the first byte were not held back for it. */
const EARLY = 100;
/** After a final answer of a source that had worked. */
const LATER = 300_000;
/** The most that is waited after the network or the viewer returned. */
const RETURN = 300;
/** A long poll that waits this long without error is connected. */
const SETTLED = 1_000;
/** How often silence is looked at, at least: heartbeats may have taught us to be less patient. */
const LOOK = 15_000;
/** This often in a row not reached at all, a source makes way for another: one that never worked, and one that did. */
const UNREACHED = 2;
const UNREACHED_AGAIN = 6;

const NEW_FACTS: Facts = {
  worked: false,
  transport: undefined,
  early: false,
  retry: undefined,
  refreshed: false,
  unanswered: 0,
  ponged: false,
  unreached: 0,
  delivered: false,
  gapTold: false,
  leave: 'allowed',
};

export const initialModel: Model = { phase: { name: 'idle' }, facts: NEW_FACTS };

const start = (timer: TimerName, ms: number): Effect => ({ type: 'start', timer, ms });
const stop = (timer: TimerName): Effect => ({ type: 'stop', timer });
const tell = (error: RtError): Effect => ({ type: 'tell', error });

const ALL_TIMERS: readonly TimerName[] = [
  'retry',
  'poll',
  'connect',
  'heartbeat',
  'pong',
  'proof',
  'silence',
  'stall',
  'settle',
];
const stopAll: readonly Effect[] = ALL_TIMERS.map(stop);

export const isPolling = ({ facts }: Model, { transport }: Policy): boolean =>
  transport === 'polling' || (transport === 'auto' && facts.transport === 'polling');

/** Whether a retry, or the network's return, is waited for: what the machine's sleep may have outlasted. */
export const isUnderWay = ({ phase }: Model): boolean =>
  phase.name === 'opening' ||
  phase.name === 'live' ||
  phase.name === 'waiting' ||
  (phase.name === 'failed' && phase.retryAt !== undefined);

export const statusOf = ({ phase }: Model, online: boolean): Status => {
  if (standing(phase) !== undefined) return 'error';
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
      if (phase.attempt === 0) return 'connecting';
      return online ? 'reconnecting' : 'offline';
    case 'waiting':
    case 'parked':
    case 'aside':
      return online ? 'reconnecting' : 'offline';
  }
};

export const step = (model: Model, event: Event, at: Circumstances): Step => {
  const { phase, facts } = model;
  switch (event.type) {
    case 'connect':
      return phase.name === 'idle' || phase.name === 'stopped' || phase.name === 'aside'
        ? open(model, at, event.again === true ? 1 : 0)
        : [model, []];
    case 'disconnect':
      return [{ phase: { name: 'stopped', asked: true }, facts }, [...stopAll, { type: 'close' }]];
    case 'reconnect':
      return open({ phase: { name: 'idle' }, facts: { ...facts, refreshed: false } }, at, 0);
    case 'opened':
      return opened(model, event.transport, at);
    case 'answered':
      return event.transport === 'long-polling'
        ? pollAnswered(model, event.pause === true, at)
        : answered(model, event.transport, at);
    case 'failed':
      return failed(model, event.failure, at);
    case 'used':
      return used(model, at);
    case 'ponged':
      return [{ phase, facts: { ...facts, ponged: true, unanswered: 0 } }, []];
    case 'retry-in':
      return [{ phase, facts: { ...facts, retry: Math.min(event.ms, MAX_RETRY_HINT) } }, []];
    case 'returned':
      return phase.name === 'live' && silenceOf(at) > (at.policy.heartbeat || LOOK)
        ? woke(model, at)
        : returned(model, at);
    case 'woke':
      return woke(model, at);
    case 'set-aside':
      return [{ phase: { name: 'aside' }, facts }, [...stopAll, { type: 'close' }]];
    case 'overtaken':
      return overtaken(model, at);
    case 'park':
      return isUnderWay(model) ? park(model) : [model, []];
    case 'unpark':
      return phase.name === 'parked' ? open(model, at, phase.attempt) : [model, []];
    case 'beside':
      return beside(model, event.outcome, at);
    case 'timer':
      return timer(model, event.timer, at);
  }
};

/** What was asked for with an old id is not needed any more. */
const overtaken = ({ phase, facts }: Model, at: Circumstances): Step => {
  const next: Model = { phase, facts: { ...facts, delivered: false } };
  const isAsking = phase.name === 'opening' || phase.name === 'live';
  return facts.delivered && isAsking ? open(next, at, phase.attempt) : [next, []];
};

const silenceOf = ({ now, lastByte, began }: Circumstances): number => now - Math.max(lastByte, began);

/** What watches over an attempt until it is answered. */
const watch = (at: Circumstances): readonly Effect[] =>
  at.policy.transport === 'long-polling'
    ? [start('settle', SETTLED), start('silence', at.patience)]
    : [start('connect', at.policy.connectTimeout)];

/** The error that stays told while it is tried again: of a final answer, and not of a mere retry. */
const standing = (phase: Phase): RtError | undefined =>
  phase.name === 'failed' || phase.name === 'opening' || phase.name === 'parked' ? phase.error : undefined;

/** Begins an attempt; whatever was under way is let go of. */
const open = ({ phase, facts }: Model, at: Circumstances, attempt: number): Step => [
  { phase: { name: 'opening', attempt, since: at.now, error: standing(phase) }, facts },
  [...stopAll, { type: 'close' }, { type: 'open' }, ...watch(at)],
];

/** What was live is lost by this, and its return a first retry. */
const park = ({ phase, facts }: Model): Step => [
  {
    phase: {
      name: 'parked',
      attempt: phase.name === 'live' ? Math.max(1, phase.attempt) : attemptOf(phase),
      error: standing(phase),
    },
    facts,
  },
  [...stopAll, { type: 'close' }],
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
  const { phase } = model;
  if (transport === 'long-polling') return pollOpened(model, at);
  if (phase.name !== 'opening') return [model, []];
  const isStream = transport === 'sse';
  const [facts, missed] = resumed({ ...model.facts, transport }, at);
  return [
    {
      phase: live(phase.attempt, at.now, false),
      facts: { ...facts, worked: facts.worked || isStream, unreached: 0 },
    },
    [
      stop('connect'),
      start('proof', PROOF),
      ...(transport === 'websocket' && pings(facts, at) ? [start('heartbeat', at.policy.heartbeat)] : []),
      ...(isStream ? [start('silence', Math.min(LOOK, at.patience)), start('stall', at.stallAfter)] : []),
      ...missed,
    ],
  ];
};

/** A connection stands again: whether what came meanwhile will be replayed. */
const resumed = (facts: Facts, at: Circumstances): readonly [Facts, readonly Effect[]] => {
  if (at.asksLeave && facts.leave === 'doubted' && facts.transport === 'sse') {
    return [{ ...facts, leave: 'retried' }, [{ type: 'open-beside' }]];
  }
  if (!facts.delivered) return [facts, []];
  if (at.cursor && facts.leave !== 'refused') {
    // A stream that opened with the id: nothing is doubted any more.
    return [facts.leave === 'retried' && facts.transport === 'sse' ? { ...facts, leave: 'allowed' } : facts, []];
  }
  const told = at.cursor || facts.gapTold ? [] : [tell(noIds(at))];
  return [{ ...facts, gapTold: true }, [{ type: 'gap' }, ...told]];
};

/** A good answer is all the proof that polling can give. */
const answered = (model: Model, transport: TransportName, at: Circumstances): Step => {
  const { phase, facts } = model;
  if (phase.name !== 'opening' && phase.name !== 'live') return [model, []];
  return [
    {
      phase: phase.name === 'live' ? { ...phase, attempt: 0 } : live(0, at.now, true),
      facts: { ...facts, transport, worked: true, refreshed: false, unreached: 0 },
    },
    [stop('connect'), start('poll', at.policy.interval)],
  ];
};

/** A long poll was answered: the next one follows at once. */
const pollAnswered = (model: Model, pause: boolean, at: Circumstances): Step => {
  const { phase } = model;
  if (phase.name !== 'opening' && phase.name !== 'live') return [model, []];
  const leave = model.facts.leave === 'doubted' ? 'retried' : model.facts.leave;
  return [
    { phase, facts: { ...model.facts, refreshed: false, leave } },
    pause
      ? [stop('silence'), start('poll', at.policy.reconnectDelay)]
      : [{ type: 'open' }, start('silence', at.patience)],
  ];
};

/** A long poll's answer begins. One that says where to go on from is answered: nothing is doubted any more. */
const pollOpened = (model: Model, at: Circumstances): Step => {
  const [{ phase, facts }, effects] = settle(model, at);
  const isGranted = facts.leave === 'retried';
  return [
    { phase, facts: { ...facts, worked: true, unreached: 0, leave: isGranted ? 'allowed' : facts.leave } },
    isGranted ? [...effects, { type: 'take-beside' }] : effects,
  ];
};

/** Answered, or waiting for some time without error: a long poll is connected. To wait proves nothing of the server. */
const settle = (model: Model, at: Circumstances): Step => {
  const { phase } = model;
  if (phase.name !== 'opening') return [model, []];
  const [facts, missed] = resumed({ ...model.facts, transport: 'long-polling' }, at);
  return [{ phase: live(phase.attempt, at.now, false), facts }, [stop('settle'), start('proof', PROOF), ...missed]];
};

/** Whether the headers came before anything else: a server that holds them back sends them with its first byte. */
const wereEarly = (phase: Phase, { now, firstByte }: Circumstances): boolean =>
  phase.name === 'live' && Math.min(now, firstByte) - phase.since >= EARLY;

const used = ({ phase, facts }: Model, at: Circumstances): Step => {
  if (phase.name !== 'live' || phase.used) return [{ phase, facts: { ...facts, delivered: true } }, []];
  const uptime = at.now - phase.since;
  return [
    {
      phase: { ...phase, used: true, attempt: uptime >= PROOF ? 0 : phase.attempt },
      facts: {
        ...facts,
        worked: true,
        delivered: true,
        refreshed: false,
        early: facts.early || wereEarly(phase, at),
      },
    },
    [],
  ];
};

/** No answer at all: the server, or the way to it, is not there. */
const isUnreached = (failure: Failure): boolean =>
  failure.kind === 'network' ||
  (failure.kind === 'timeout' && failure.during === 'opening') ||
  (failure.kind === 'close' && !failure.opened);

const failed = (model: Model, failure: Failure, at: Circumstances): Step => {
  const { phase } = model;
  if (phase.name !== 'opening' && phase.name !== 'live') return [model, []];
  const wasReached = phase.name === 'live' && model.facts.worked;
  const unreached = isUnreached(failure) && !wasReached ? model.facts.unreached + 1 : 0;
  const leave = withdrawn(model, failure, at);
  const facts: Facts = { ...model.facts, early: model.facts.early || wereEarly(phase, at), unreached, leave };
  const inquiry: readonly Effect[] =
    at.policy.transport === 'websocket' && unreached === UNREACHED && !model.facts.worked && !at.probing
      ? [{ type: 'inquire' }]
      : [];
  const refused = leave === 'refused' && model.facts.leave !== 'refused';

  const [next, effects] = conclude({ phase, facts }, failure, at);
  // What is told comes last: whoever hears of it may ask for something else.
  return [
    next,
    [
      ...stopAll,
      { type: 'close' },
      ...inquiry,
      ...(refused ? [{ type: 'gap' } as const, { type: 'close-beside' } as const] : []),
      ...effects,
      ...(refused ? [tell(leaveRefused(at))] : []),
    ],
  ];
};

/** What a failure says of our headers: only a request that got no answer speaks against them. */
const withdrawn = ({ phase, facts: { leave, transport } }: Model, failure: Failure, at: Circumstances): Leave => {
  const isPoll = transport === 'long-polling';
  // The stream is gone before it was known whether the one beside it opens.
  if (leave === 'retried' && !isPoll) return 'doubted';
  if (!at.asksLeave || failure.kind !== 'network' || (phase.name === 'live' && !isPoll)) return leave;
  if (leave === 'retried') return 'refused';
  return leave === 'allowed' ? 'doubted' : leave;
};

/** What follows from a failure. */
const conclude = (model: Model, failure: Failure, at: Circumstances): Step => {
  const { phase, facts } = model;
  if (at.probing) return [{ phase: { name: 'aside' }, facts }, [{ type: 'hand-over' }]];
  const verdict = judge(failure);
  if (verdict === 'stop') return [{ phase: { name: 'stopped', asked: false }, facts }, []];
  if (verdict === 'final' || (verdict === 'refresh' && facts.refreshed)) return fail(model, failure, at);
  if ('error' in phase && phase.error !== undefined) return fail(model, failure, at);
  const patience = facts.worked ? UNREACHED_AGAIN : UNREACHED;
  if (at.hasNext && (failure.kind === 'stalled' || facts.unreached >= patience)) return handOver(model, failure, at);

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

/** The next source's turn; this one may be tried again beside it. */
const handOver = ({ facts }: Model, failure: Failure, at: Circumstances): Step => [
  { phase: { name: 'aside' }, facts: { ...facts, unreached: 0 } },
  [{ type: 'hand-over' }, tell(errorOf(failure, { kind: 'next' }, at))],
];

/** A final answer. From a source that has worked it is not: a wall screen must not die of one 404. */
const fail = (model: Model, failure: Failure, at: Circumstances): Step => {
  const { facts } = model;
  if (at.hasNext) return handOver(model, failure, at);
  const untold: Sequel = at.hasBetter ? { kind: 'better' } : { kind: 'final' };
  const error = errorOf(failure, facts.worked ? { kind: 'later', ms: LATER } : untold, at);
  const retryAt = facts.worked ? at.now + LATER : undefined;
  return [
    { phase: { name: 'failed', error, retryAt }, facts },
    [...(facts.worked ? [start('retry', LATER)] : []), tell(error)],
  ];
};

/** The author's own limit of attempts is final whatever the source has done before. */
const spent = (model: Model, failure: Failure, at: Circumstances): Step => {
  if (at.hasNext) return handOver(model, failure, at);
  const error = errorOf(failure, { kind: 'spent', attempts: at.policy.maxReconnectAttempts }, at);
  return [{ phase: { name: 'failed', error, retryAt: undefined }, facts: model.facts }, [tell(error)]];
};

const returned = (model: Model, at: Circumstances): Step => {
  const { phase, facts } = model;
  const waits = phase.name === 'waiting' || (phase.name === 'failed' && phase.retryAt !== undefined);
  if (!waits || (phase.retryAt !== undefined && phase.retryAt - at.now <= RETURN)) return [model, []];
  const pause = at.chance * RETURN;
  return [{ phase: { ...phase, retryAt: at.now + pause }, facts }, [start('retry', pause)]];
};

/** A connection from before a sleep looks open, and may have been dead for hours. */
const woke = (model: Model, at: Circumstances): Step => {
  const { phase, facts } = model;
  if (phase.name === 'opening') return open(model, at, phase.attempt);
  if (phase.name !== 'live') return returned(model, at);
  if (isPolling(model, at.policy)) {
    return [model, [stop('poll'), { type: 'open' }, start('connect', at.policy.connectTimeout)]];
  }
  if (facts.transport === 'long-polling') {
    return [model, [stop('poll'), { type: 'open' }, start('silence', at.patience)]];
  }
  if (facts.transport === 'websocket' && pings(facts, at)) {
    return [
      { phase: { ...phase, pinged: at.now }, facts },
      [stop('heartbeat'), { type: 'ping' }, start('pong', WAKE_WAIT)],
    ];
  }
  return open(model, at, Math.max(1, phase.attempt));
};

const timer = (model: Model, name: TimerName, at: Circumstances): Step => {
  const { phase, facts } = model;
  switch (name) {
    case 'retry':
      return phase.name === 'waiting' || phase.name === 'failed' ? open(model, at, attemptOf(phase)) : [model, []];
    case 'connect':
      return unanswered(model, at);
    case 'settle':
      return settle(model, at);
    default:
      return phase.name === 'live' ? liveTimer({ phase, facts }, name, at) : [model, []];
  }
};

interface Live extends Model {
  readonly phase: Extract<Phase, { name: 'live' }>;
}

/** Up for some time: but a long poll may have waited for nobody. */
const proved = (facts: Facts): Facts =>
  facts.transport === 'long-polling' ? facts : { ...facts, worked: true, refreshed: false };

const liveTimer = (model: Live, name: TimerName, at: Circumstances): Step => {
  const { phase, facts } = model;
  switch (name) {
    case 'poll':
      if (facts.transport === 'long-polling') return [model, [{ type: 'open' }, start('silence', at.patience)]];
      if (facts.transport !== 'polling') return [model, []];
      return [model, [{ type: 'open' }, start('connect', at.policy.connectTimeout)]];
    case 'heartbeat':
      return heartbeat(model, at);
    case 'pong':
      return noPong(model, at);
    case 'silence':
      return silent(model, at);
    case 'stall':
      return stalled(model, at);
    case 'proof':
      return [{ phase: phase.used ? { ...phase, attempt: 0 } : phase, facts: proved(facts) }, []];
    default:
      return [model, []];
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
  const isStream = at.policy.transport !== 'websocket' && !isPolling(model, at.policy);
  if (isStream && at.hasNext && !at.probing) return failed(model, { kind: 'stalled', opened: false }, at);
  const mayBeLate = isStream && !facts.early;
  const waited = phase.name === 'opening' ? at.now - phase.since : Infinity;
  if (!mayBeLate || waited >= GIVE_UP) return failed(model, timeout, at);
  // Servers that send an event stream's headers only with its first event would lose it if we gave up now.
  const wait = again(GIVE_UP - waited);
  if (at.probing) return [model, [wait]];
  return [model, [wait, tell(errorOf(timeout, { kind: 'waiting', ms: GIVE_UP - waited }, at))]];
};

/** Silence of a stream or a long poll, beyond what is usual for it. */
const silent = (model: Live, at: Circumstances): Step => {
  const silence = silenceOf(at);
  const again = (ms: number): Step => [model, [start('silence', ms)]];
  if (silence < at.patience) return again(Math.min(LOOK, at.patience - silence));
  // Timers of a hidden page run once a minute: no death is declared there.
  if (at.hidden) return again(LOOK);
  // A long poll that was never answered was not silent: it was not reached.
  const isNew = model.facts.transport === 'long-polling' && !model.facts.worked;
  return failed(model, { kind: 'timeout', during: isNew ? 'opening' : 'silence' }, at);
};

/** Headers, and not one byte after them. */
const stalled = (model: Live, at: Circumstances): Step => {
  if (!at.mute) return [model, []];
  if (at.hidden) return [model, [start('stall', at.stallAfter)]];
  const failure: Failure = { kind: 'stalled', opened: true };
  if (at.hasNext || at.probing) return failed(model, failure, at);
  return [model, [tell(errorOf(failure, { kind: 'patient' }, at))]];
};

const beside = (model: Model, outcome: 'opened' | 'refused' | 'lost', at: Circumstances): Step => {
  const { phase, facts } = model;
  if (phase.name !== 'live') return [model, []];
  if (outcome === 'opened') return [{ phase, facts: { ...facts, leave: 'allowed' } }, [{ type: 'take-beside' }]];
  const refused = outcome === 'refused';
  return [
    { phase, facts: { ...facts, leave: refused ? 'refused' : 'allowed' } },
    [{ type: 'gap' }, { type: 'close-beside' }, tell(refused ? leaveRefused(at) : notReplayed(at))],
  ];
};

/** Two sockets running left the ping unanswered, and no `pong` ever came: the server does not know it. */
const pingless = (facts: Facts): boolean => facts.unanswered >= 2 && !facts.ponged;

const pings = (facts: Facts, at: Circumstances): boolean => at.policy.heartbeat > 0 && !pingless(facts);

const heartbeat = (model: Live, at: Circumstances): Step => {
  const { phase, facts } = model;
  const silence = at.now - at.lastByte;
  const { heartbeat: limit } = at.policy;
  if (silence < limit) return [model, [start('heartbeat', limit - silence)]];
  return [{ phase: { ...phase, pinged: at.now }, facts }, [{ type: 'ping' }, start('pong', PONG_WAIT)]];
};

const noPong = (model: Live, at: Circumstances): Step => {
  const { phase, facts } = model;
  if (phase.pinged === undefined) return [model, []];
  // Before the ping came none for a while; some browsers' clocks stand still long enough for ping and pong.
  if (at.lastByte >= phase.pinged) {
    return [
      { phase: { ...phase, pinged: undefined }, facts },
      [start('heartbeat', Math.max(0, at.policy.heartbeat - (at.now - at.lastByte)))],
    ];
  }
  if (at.hidden) return [model, [start('pong', PONG_WAIT)]];
  // One that slept says nothing of what the server knows.
  const unanswered = facts.unanswered + (at.now - phase.pinged >= PONG_WAIT ? 1 : 0);
  const next: Model = { phase, facts: { ...facts, unanswered } };
  const [after, effects] = failed(next, { kind: 'timeout', during: 'silence' }, at);
  const told = pingless(next.facts) && !pingless(facts);
  return [after, told ? [...effects, tell(pingUnknown(at))] : effects];
};

const errorOf = (failure: Failure, sequel: Sequel, at: Circumstances): RtError => {
  const { code, message } = sentenceFor(failure, sequel, at);
  const fatal = sequel.kind === 'final' || sequel.kind === 'spent' || sequel.kind === 'better';
  return rtError(code, message, 'cause' in failure ? failure.cause : failure, fatal);
};

const pingUnknown = ({ address }: Circumstances): RtError =>
  rtError('protocol', `${address} answers no {"type":"ping"}; it is asked no more, and its silence is no failure.`);

const noIds = ({ address }: Circumstances): RtError =>
  rtError(
    'history-gap',
    `${address} gives nothing to go on from (no ids, no resume), so what it sends while it is away is lost; charts show a gap. Send ids to mend that.`,
  );

const leaveRefused = ({ address }: Circumstances): RtError =>
  rtError(
    'history-gap',
    `${address} refuses to be asked across origins where to go on from, so what it sends while it is away is lost; charts show a gap. Answer its preflight with Access-Control-Allow-Headers: Last-Event-ID, If-None-Match, If-Modified-Since.`,
  );

const notReplayed = ({ address }: Circumstances): RtError =>
  rtError('history-gap', `${address} did not replay what was missed; charts show a gap.`);
