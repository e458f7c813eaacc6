import { expect } from 'chai';
import fc from 'fast-check';
import {
  initialModel,
  statusOf,
  step,
  type Circumstances,
  type Effect,
  type Event,
  type Facts,
  type Model,
  type Phase,
  type TimerName,
} from '../../src/feed/machine.js';
import { DEFAULT_POLICY, type Policy } from '../../src/feed/policy.js';
import type { RtError } from '../../src/kernel/errors.js';
import type { Failure } from '../../src/kernel/failure.js';

// A table's language: a phase and its effects as text, so that a row is one sentence.

const NOW = 100_000;
const TIMERS: readonly TimerName[] = [
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

const at = ({
  policy,
  ...rest
}: Partial<Omit<Circumstances, 'policy'>> & { readonly policy?: Partial<Policy> } = {}): Circumstances => ({
  now: NOW,
  chance: 0.5,
  hidden: false,
  began: NOW,
  lastByte: Number.NEGATIVE_INFINITY,
  firstByte: Number.POSITIVE_INFINITY,
  mute: true,
  patience: 120_000,
  stallAfter: 45_000,
  cursor: false,
  asksLeave: false,
  hasNext: false,
  hasBetter: false,
  probing: false,
  streams: 1,
  address: 'https://data.example/feed',
  crossOrigin: false,
  pageOrigin: 'https://page.example',
  credentials: 'same-origin',
  ...rest,
  policy: { ...DEFAULT_POLICY, ...policy },
});

const error: RtError = { code: 'http', message: 'Told before.', cause: undefined, fatal: false };
const model = (phase: Phase, facts: Partial<Facts> = {}): Model => ({
  phase,
  facts: { ...initialModel.facts, ...facts },
});

const idle = (facts: Partial<Facts> = {}): Model => model({ name: 'idle' }, facts);
const stopped = (facts: Partial<Facts> = {}): Model => model({ name: 'stopped', asked: true }, facts);
const opening = (attempt = 0, facts: Partial<Facts> = {}, since = NOW): Model =>
  model({ name: 'opening', attempt, since, error: undefined }, facts);
/** A source that had worked, after a final answer, is tried again: its error stays told. */
const reopening = (facts: Partial<Facts> = {}): Model =>
  model({ name: 'opening', attempt: 0, since: NOW, error }, { worked: true, ...facts });
const live = (phase: Partial<Extract<Phase, { name: 'live' }>> = {}, facts: Partial<Facts> = { worked: true }): Model =>
  model({ name: 'live', attempt: 0, since: NOW, used: false, pinged: undefined, ...phase }, facts);
const waiting = (attempt = 1, retryAt = NOW + 20_000): Model =>
  model({ name: 'waiting', attempt, retryAt, error: undefined });
const failed = (retryAt?: number, facts: Partial<Facts> = {}): Model =>
  model({ name: 'failed', error, retryAt }, facts);

const parked = (facts: Partial<Facts> = {}, attempt = 0): Model =>
  model({ name: 'parked', attempt, error: undefined }, facts);
const aside = (facts: Partial<Facts> = {}): Model => model({ name: 'aside' }, facts);

const showPhase = (phase: Phase): string => {
  switch (phase.name) {
    case 'idle':
    case 'parked':
    case 'aside':
      return phase.name;
    case 'stopped':
      return `stopped by ${phase.asked ? 'request' : 'the server'}`;
    case 'opening':
      return `opening ${phase.attempt}${phase.error === undefined ? '' : ' in error'}`;
    case 'live':
      return `live ${phase.attempt}${phase.used ? ' used' : ''}${phase.pinged === undefined ? '' : ' pinged'}`;
    case 'waiting':
      return `waiting ${phase.attempt} for ${phase.retryAt - NOW}`;
    case 'failed':
      return phase.retryAt === undefined ? 'failed for good' : `failed for ${phase.retryAt - NOW}`;
  }
};

const showEffect = (effect: Effect): string => {
  switch (effect.type) {
    case 'start':
      return `start ${effect.timer} ${effect.ms}`;
    case 'stop':
      return `stop ${effect.timer}`;
    case 'tell':
      return `tell ${effect.error.code}${effect.error.fatal ? ' fatal' : ''}`;
    default:
      return effect.type;
  }
};

const ALL_STOPS = TIMERS.map((timer) => `stop ${timer}`).join(', ');
const showEffects = (effects: readonly Effect[]): string =>
  effects.map(showEffect).join(', ').replace(ALL_STOPS, 'stop all');

interface Row {
  readonly it: string;
  readonly from: Model;
  readonly on: Event;
  readonly at?: Circumstances;
  readonly to: string;
  readonly does: string;
  readonly facts?: Partial<Facts>;
}

const check = (rows: readonly Row[]): void => {
  for (const row of rows) {
    it(row.it, () => {
      const [next, effects] = step(row.from, row.on, row.at ?? at());
      expect({ phase: showPhase(next.phase), effects: showEffects(effects) }).to.deep.equal({
        phase: row.to,
        effects: row.does,
      });
      expect(next.facts).to.deep.equal({ ...row.from.facts, ...row.facts });
    });
  }
};

const http = (status: number, retryAfter?: number): Failure => ({ kind: 'http', status, retryAfter });
const close = (code: number, more: { readonly retryAfter?: number; readonly opened?: boolean } = {}): Failure => ({
  kind: 'close',
  code,
  reason: '',
  retryAfter: more.retryAfter,
  opened: more.opened ?? true,
});
const network: Failure = { kind: 'network', cause: new TypeError('Failed to fetch') };
const fails = (failure: Failure): Event => ({ type: 'failed', failure });
const rings = (timer: TimerName): Event => ({ type: 'timer', timer });

const socket = at({ policy: { transport: 'websocket' } });
const polling = at({ policy: { transport: 'polling' } });
const sse = at({ policy: { transport: 'sse' } });

const OPENS = 'stop all, close, open, start connect 10000';
const STREAMS = 'stop connect, start proof 5000, start silence 15000, start stall 45000';
const RETRIES = 'stop all, close, start retry 750';

describe('the machine, asked by the author', () => {
  // prettier-ignore
  check([
    { it: 'connects from idle', from: idle(), on: { type: 'connect' }, to: 'opening 0', does: OPENS },
    { it: 'connects after disconnect()', from: stopped(), on: { type: 'connect' }, to: 'opening 0', does: OPENS },
    { it: 'has nothing to do on connect() while opening', from: opening(2), on: { type: 'connect' }, to: 'opening 2', does: '' },
    { it: 'has nothing to do on connect() while live', from: live(), on: { type: 'connect' }, to: 'live 0', does: '' },
    { it: 'leaves a wait as it is on connect()', from: waiting(), on: { type: 'connect' }, to: 'waiting 1 for 20000', does: '' },
    { it: 'leaves a final error to reconnect()', from: failed(), on: { type: 'connect' }, to: 'failed for good', does: '' },
    { it: 'disconnects while live', from: live(), on: { type: 'disconnect' }, to: 'stopped by request', does: 'stop all, close' },
    { it: 'disconnects while opening', from: opening(), on: { type: 'disconnect' }, to: 'stopped by request', does: 'stop all, close' },
    { it: 'disconnects while waiting', from: waiting(), on: { type: 'disconnect' }, to: 'stopped by request', does: 'stop all, close' },
    { it: 'reconnects while live', from: live({ attempt: 3 }), on: { type: 'reconnect' }, to: 'opening 0', does: OPENS },
    { it: 'reconnects at once instead of waiting', from: waiting(7), on: { type: 'reconnect' }, to: 'opening 0', does: OPENS },
    { it: 'reconnects after disconnect()', from: stopped(), on: { type: 'reconnect' }, to: 'opening 0', does: OPENS },
    { it: 'reconnects after a final error, and may ask credentials anew again', from: failed(undefined, { refreshed: true }), on: { type: 'reconnect' }, to: 'opening 0', does: OPENS, facts: { refreshed: false } },
    { it: 'opens within connect-timeout as the policy says', from: idle(), on: { type: 'connect' }, at: at({ policy: { connectTimeout: 1_234 } }), to: 'opening 0', does: 'stop all, close, open, start connect 1234' },
  ]);
});

describe('the machine, when something opens', () => {
  // prettier-ignore
  check([
    { it: 'is connected by an event stream’s headers, which prove the source', from: opening(), on: { type: 'opened', transport: 'sse' }, at: sse, to: 'live 0', does: STREAMS, facts: { transport: 'sse', worked: true } },
    { it: 'is connected by an open WebSocket, which proves nothing yet', from: opening(), on: { type: 'opened', transport: 'websocket' }, at: socket, to: 'live 0', does: 'stop connect, start proof 5000, start heartbeat 30000', facts: { transport: 'websocket' } },
    { it: 'counts attempts on until there is proof of use', from: opening(3), on: { type: 'opened', transport: 'websocket' }, at: socket, to: 'live 3', does: 'stop connect, start proof 5000, start heartbeat 30000', facts: { transport: 'websocket' } },
    { it: 'forgets that it was not reached before', from: opening(2, { unreached: 2 }), on: { type: 'opened', transport: 'websocket' }, at: socket, to: 'live 2', does: 'stop connect, start proof 5000, start heartbeat 30000', facts: { transport: 'websocket', unreached: 0 } },
    { it: 'pings nothing with heartbeat="0"', from: opening(), on: { type: 'opened', transport: 'websocket' }, at: at({ policy: { transport: 'websocket', heartbeat: 0 } }), to: 'live 0', does: 'stop connect, start proof 5000', facts: { transport: 'websocket' } },
    { it: 'pings no server that is known not to know it', from: opening(0, { unanswered: 2 }), on: { type: 'opened', transport: 'websocket' }, at: socket, to: 'live 0', does: 'stop connect, start proof 5000', facts: { transport: 'websocket' } },
    { it: 'pings a server that once answered, whatever it left unanswered', from: opening(0, { unanswered: 2, ponged: true }), on: { type: 'opened', transport: 'websocket' }, at: socket, to: 'live 0', does: 'stop connect, start proof 5000, start heartbeat 30000', facts: { transport: 'websocket' } },
    { it: 'is connected by polling’s first good answer, and asks again after the interval', from: opening(4), on: { type: 'answered', transport: 'polling' }, at: polling, to: 'live 0 used', does: 'stop connect, start poll 5000', facts: { transport: 'polling', worked: true } },
    { it: 'stays connected by each further answer', from: live({ attempt: 0, used: true, since: 5 }), on: { type: 'answered', transport: 'polling' }, at: polling, to: 'live 0 used', does: 'stop connect, start poll 5000', facts: { transport: 'polling' } },
    { it: 'polls at the policy’s interval', from: opening(), on: { type: 'answered', transport: 'polling' }, at: at({ policy: { transport: 'polling', interval: 250 } }), to: 'live 0 used', does: 'stop connect, start poll 250', facts: { transport: 'polling', worked: true } },
    { it: 'asks again when the pause is over, and stays connected meanwhile', from: live({ used: true }, { worked: true, transport: 'polling' }), on: rings('poll'), at: polling, to: 'live 0 used', does: 'open, start connect 10000' },
    { it: 'takes no late news of an opening that it has let go of', from: stopped(), on: { type: 'opened', transport: 'sse' }, to: 'stopped by request', does: '' },
    { it: 'takes no late answer that it has let go of', from: stopped(), on: { type: 'answered', transport: 'polling' }, to: 'stopped by request', does: '' },
    { it: 'polls nothing after disconnect()', from: stopped(), on: rings('poll'), at: polling, to: 'stopped by request', does: '' },
  ]);
});

/** Failures that say nothing of the server, for it was not there. */
const isNoAnswer = ({ kind }: Failure): boolean => kind === 'network' || kind === 'timeout';

describe('what is tried again', () => {
  const retried: readonly (readonly [name: string, failure: Failure, code: string])[] = [
    ['fault 56: close 1000 that was not ours', close(1000), 'network'],
    ...[1001, 1005, 1006].map((code) => [`fault 57: close ${code}`, close(code), 'network'] as const),
    ...[1011, 1012, 1013, 1014].map((code) => [`fault 60: close ${code}`, close(code), 'network'] as const),
    ...[3000, 3999, 4000, 4400, 4402, 4999].map((code) => [`fault 61: close ${code}`, close(code), 'network'] as const),
    ...[500, 502, 503, 504, 599].map((status) => [`fault 6: status ${status}`, http(status), 'http'] as const),
    ...[408, 425, 429].map((status) => [`status ${status}, which time can mend`, http(status), 'http'] as const),
    ['a network that fails', network, 'network'],
    ['a stream that the server ends', { kind: 'ended' }, 'network'],
    ['an answer that cannot be decoded', { kind: 'body', problem: 'The message is not valid JSON.' }, 'decode'],
    ['an answer over 4 MiB', { kind: 'over-limit' }, 'over-limit'],
    ['an author’s function that throws', { kind: 'author', cause: 'no token' }, 'config'],
    ['no answer in time', { kind: 'timeout', during: 'opening' }, 'timeout'],
  ];
  for (const [name, failure, code] of retried) {
    // prettier-ignore
    check([
      { it: `${name}, on the first attempt`, from: opening(), on: fails(failure), at: socket, to: 'waiting 1 for 750', does: `${RETRIES}, tell ${code}`, facts: { unreached: isNoAnswer(failure) ? 1 : 0 } },
      { it: `${name}, while connected`, from: live(), on: fails(failure), at: socket, to: 'waiting 1 for 750', does: `${RETRIES}, tell ${code}` },
    ]);
  }

  // prettier-ignore
  check([
    { it: 'fault 62: close 1012 with retryAfter waits at least that', from: live(), on: fails(close(1012, { retryAfter: 9_000 })), at: socket, to: 'waiting 1 for 9250', does: 'stop all, close, start retry 9250, tell network' },
    { it: 'fault 62: close 1013 with retryAfter waits at least that', from: opening(), on: fails(close(1013, { retryAfter: 60_000 })), at: socket, to: 'waiting 1 for 60250', does: 'stop all, close, start retry 60250, tell network' },
    { it: 'fault 62: a retryAfter below our own pause changes nothing', from: opening(3), on: fails(close(1012, { retryAfter: 10 })), at: socket, to: 'waiting 4 for 2500', does: 'stop all, close, start retry 2500, tell network' },
    { it: 'fault 7: 503 with Retry-After waits at least that', from: opening(), on: fails(http(503, 20_000)), at: sse, to: 'waiting 1 for 20250', does: 'stop all, close, start retry 20250, tell http' },
    { it: 'fault 7: 429 with Retry-After waits at least that', from: opening(), on: fails(http(429, 20_000)), at: sse, to: 'waiting 1 for 20250', does: 'stop all, close, start retry 20250, tell http' },
    { it: 'fault 7: polling too keeps to Retry-After, with a jitter on top', from: live({ used: true }), on: fails(http(503, 40_000)), at: polling, to: 'waiting 1 for 40500', does: 'stop all, close, start retry 40500, tell http' },
    { it: 'a stream’s retry: is the hint where the failure gives none', from: live({}, { worked: true, retry: 7_000 }), on: fails({ kind: 'ended' }), at: sse, to: 'waiting 1 for 7250', does: 'stop all, close, start retry 7250, tell network' },
    { it: 'a stream’s retry: holds for the next retry too', from: opening(1, { worked: true, retry: 7_000 }), on: fails(network), at: sse, to: 'waiting 2 for 7250', does: 'stop all, close, start retry 7250, tell network', facts: { unreached: 1 } },
    { it: 'a hint of the failure itself goes before retry:', from: live({}, { worked: true, retry: 7_000 }), on: fails(http(503, 2_000)), at: sse, to: 'waiting 1 for 2250', does: 'stop all, close, start retry 2250, tell http' },
    { it: 'fault 25: retry: is bounded by 5 minutes', from: live(), on: { type: 'retry-in', ms: 1e12 }, at: sse, to: 'live 0', does: '', facts: { retry: 300_000 } },
    { it: 'opens when the pause is over, as the same attempt', from: waiting(3), on: rings('retry'), to: 'opening 3', does: OPENS },
    { it: 'polling slows down on errors, whatever the reconnect attributes say', from: live({ used: true }), on: fails(http(500)), at: at({ policy: { transport: 'polling', maxReconnectAttempts: 0 } }), to: 'waiting 1 for 8750', does: 'stop all, close, start retry 8750, tell http' },
    { it: 'polling slows down further with each error', from: opening(2), on: fails(network), at: polling, to: 'waiting 3 for 35000', does: 'stop all, close, start retry 35000, tell network', facts: { unreached: 1 } },
    { it: 'polling never slows beyond max-interval', from: opening(20), on: fails(network), at: polling, to: 'waiting 21 for 52500', does: 'stop all, close, start retry 52500, tell network', facts: { unreached: 1 } },
    { it: 'an auto that has found JSON slows down as polling does', from: live({ used: true }, { worked: true, transport: 'polling' }), on: fails(network), to: 'waiting 1 for 8750', does: 'stop all, close, start retry 8750, tell network' },
  ]);
});

describe('what is final', () => {
  const final: readonly (readonly [name: string, failure: Failure, code: string])[] = [
    ...[1003, 1007, 1009, 1010].map((code) => [`fault 58: close ${code}`, close(code), 'network'] as const),
    ...[404, 410].map((status) => [`fault 10: status ${status}`, http(status), 'http'] as const),
    ...[400, 402, 405, 406, 418, 426, 451].map((status) => [`status ${status}`, http(status), 'http'] as const),
    ['fault 16: a wrong content type', { kind: 'content-type', got: 'text/html' }, 'protocol'],
    ['an address that can never work', { kind: 'unusable', detail: 'the browser refuses it' }, 'config'],
  ];
  for (const [name, failure, code] of final) {
    // prettier-ignore
    check([
      { it: `${name}, from a source that has not worked`, from: opening(), on: fails(failure), at: socket, to: 'failed for good', does: `stop all, close, tell ${code} fatal` },
      { it: `${name}, from one that has worked, is tried again in 5 minutes`, from: live(), on: fails(failure), at: socket, to: 'failed for 300000', does: `stop all, close, start retry 300000, tell ${code}` },
    ]);
  }

  // prettier-ignore
  check([
    { it: 'fault 10: is tried again when the 5 minutes are over, as an error still', from: failed(NOW, { worked: true }), on: rings('retry'), to: 'opening 0 in error', does: OPENS },
    { it: 'fault 10: is tried again every 5 minutes', from: reopening(), on: fails(http(404)), to: 'failed for 300000', does: 'stop all, close, start retry 300000, tell http' },
    { it: 'fault 10: stays at 5 minutes whatever fails meanwhile', from: reopening(), on: fails(network), to: 'failed for 300000', does: 'stop all, close, start retry 300000, tell network', facts: { unreached: 1 } },
    { it: 'fault 10: is connected again by an answer', from: reopening(), on: { type: 'opened', transport: 'sse' }, at: sse, to: 'live 0', does: STREAMS, facts: { transport: 'sse' } },
    { it: 'fault 8: 204 on an event stream stops it, without an error', from: live(), on: fails({ kind: 'no-content' }), at: sse, to: 'stopped by the server', does: 'stop all, close' },
    { it: 'attempts spent are final', from: opening(3), on: fails(network), at: at({ policy: { maxReconnectAttempts: 3 } }), to: 'failed for good', does: 'stop all, close, tell network fatal', facts: { unreached: 1 } },
    { it: 'attempts spent are final from a source that has worked, too', from: opening(3, { worked: true }), on: fails(network), at: at({ policy: { maxReconnectAttempts: 3 } }), to: 'failed for good', does: 'stop all, close, tell network fatal', facts: { unreached: 1 } },
    { it: 'an attempt that is left is made', from: opening(2), on: fails(network), at: at({ policy: { maxReconnectAttempts: 3 } }), to: 'waiting 3 for 1500', does: 'stop all, close, start retry 1500, tell network', facts: { unreached: 1 } },
    { it: 'with max-reconnect-attempts="0" the first failure is final', from: opening(), on: fails(network), at: at({ policy: { maxReconnectAttempts: 0 } }), to: 'failed for good', does: 'stop all, close, tell network fatal', facts: { unreached: 1 } },
    { it: 'a failure heard of after a disconnect changes nothing', from: stopped(), on: fails(http(404)), to: 'stopped by request', does: '' },
    { it: 'a failure heard of while waiting changes nothing', from: waiting(), on: fails(network), to: 'waiting 1 for 20000', does: '' },
  ]);
});

describe('credentials that are refused', () => {
  const refused: readonly (readonly [name: string, failure: Failure, code: string])[] = [
    ...[401, 403].map((status) => [`fault 9: status ${status}`, http(status), 'http'] as const),
    ...[1008, 4401].map((code) => [`fault 59: close ${code}`, close(code), 'network'] as const),
  ];
  for (const [name, failure, code] of refused) {
    // prettier-ignore
    check([
      { it: `${name}: they are asked anew once`, from: opening(), on: fails(failure), at: socket, to: 'waiting 1 for 750', does: `${RETRIES}, tell ${code}`, facts: { refreshed: true } },
      { it: `${name}: the second time is final`, from: opening(1, { refreshed: true }), on: fails(failure), at: socket, to: 'failed for good', does: `stop all, close, tell ${code} fatal` },
      { it: `${name}: the second time waits 5 minutes where the source had worked`, from: opening(1, { refreshed: true, worked: true }), on: fails(failure), at: socket, to: 'failed for 300000', does: `stop all, close, start retry 300000, tell ${code}` },
    ]);
  }
  // prettier-ignore
  check([
    { it: 'are accepted by a message: next time they are asked anew again', from: live({}, { refreshed: true }), on: { type: 'used' }, to: 'live 0 used', does: '', facts: { refreshed: false, worked: true, delivered: true } },
    { it: 'are accepted by a good answer', from: opening(1, { refreshed: true }), on: { type: 'answered', transport: 'polling' }, at: polling, to: 'live 0 used', does: 'stop connect, start poll 5000', facts: { refreshed: false, worked: true, transport: 'polling' } },
    { it: 'are accepted by 5 quiet seconds', from: live({}, { refreshed: true }), on: rings('proof'), to: 'live 0', does: '', facts: { refreshed: false, worked: true } },
    { it: 'are not accepted by an open socket, which may close again', from: opening(1, { refreshed: true }), on: { type: 'opened', transport: 'websocket' }, at: socket, to: 'live 1', does: 'stop connect, start proof 5000, start heartbeat 30000', facts: { transport: 'websocket' } },
  ]);
});

describe('proof of use', () => {
  // prettier-ignore
  check([
    { it: 'is not a message alone', from: live({ attempt: 4, since: NOW - 4_999 }), on: { type: 'used' }, to: 'live 4 used', does: '', facts: { early: true, delivered: true } },
    { it: 'is not uptime alone', from: live({ attempt: 4, since: NOW - 5_000 }), on: rings('proof'), to: 'live 4', does: '' },
    { it: 'is a message after 5 s', from: live({ attempt: 4, since: NOW - 5_000 }), on: { type: 'used' }, to: 'live 0 used', does: '', facts: { early: true, delivered: true } },
    { it: 'is 5 s after a message', from: live({ attempt: 4, used: true }), on: rings('proof'), to: 'live 0 used', does: '' },
    { it: 'counts once', from: live({ attempt: 4, used: true }), on: { type: 'used' }, to: 'live 4 used', does: '', facts: { delivered: true } },
    { it: 'makes a source one that has worked, after 5 s without a message too', from: live({}, {}), on: rings('proof'), to: 'live 0', does: '', facts: { worked: true } },
    { it: 'fault 63: a server that accepts, speaks and dies makes the pause grow', from: live({ attempt: 4, used: true }), on: fails(close(1006)), at: socket, to: 'waiting 5 for 4500', does: 'stop all, close, start retry 4500, tell network' },
    { it: 'of nothing that is over', from: waiting(4), on: rings('proof'), to: 'waiting 4 for 20000', does: '' },
  ]);

  it('fault 63: accept-then-close for ever goes on growing, up to the cap', () => {
    let now: Model = opening();
    const pauses: number[] = [];
    for (let round = 0; round < 10; round++) {
      for (const event of [{ type: 'opened', transport: 'websocket' }, { type: 'used' }, fails(close(1000))] as const) {
        now = step(now, event, socket)[0];
      }
      pauses.push(now.phase.name === 'waiting' ? now.phase.retryAt - NOW : Number.NaN);
      now = step(now, rings('retry'), socket)[0];
    }
    expect(pauses).to.deep.equal([750, 1_000, 1_500, 2_500, 4_500, 8_500, 15_500, 15_500, 15_500, 15_500]);
  });
});

describe('headers that are late', () => {
  const waited = (ms: number, facts: Partial<Facts> = {}): Model => opening(0, facts, NOW - ms);
  // prettier-ignore
  check([
    { it: 'are told of after connect-timeout, and waited for up to 2 minutes', from: waited(10_000), on: rings('connect'), at: sse, to: 'opening 0', does: 'start connect 110000, tell timeout' },
    { it: 'are waited for by auto as well', from: waited(10_000), on: rings('connect'), to: 'opening 0', does: 'start connect 110000, tell timeout' },
    { it: 'fault 4: are given up after 2 minutes', from: waited(120_000), on: rings('connect'), at: sse, to: 'waiting 1 for 750', does: `${RETRIES}, tell timeout`, facts: { unreached: 1 } },
    { it: 'are given up at connect-timeout from a server that sends them early', from: waited(10_000, { early: true }), on: rings('connect'), at: sse, to: 'waiting 1 for 750', does: `${RETRIES}, tell timeout`, facts: { unreached: 1 } },
    { it: 'fault 3: a WebSocket is given up at connect-timeout', from: waited(10_000), on: rings('connect'), at: socket, to: 'waiting 1 for 750', does: `${RETRIES}, tell timeout`, facts: { unreached: 1 } },
    { it: 'a first poll is given up at connect-timeout', from: waited(10_000), on: rings('connect'), at: polling, to: 'waiting 1 for 8750', does: 'stop all, close, start retry 8750, tell timeout', facts: { unreached: 1 } },
    { it: 'a later poll is given up at connect-timeout', from: live({ used: true }), on: rings('connect'), at: polling, to: 'waiting 1 for 8750', does: 'stop all, close, start retry 8750, tell timeout' },
    { it: 'an auto that polls gives up at connect-timeout', from: live({ used: true }, { worked: true, transport: 'polling' }), on: rings('connect'), to: 'waiting 1 for 8750', does: 'stop all, close, start retry 8750, tell timeout' },
    { it: 'fault 5: an answer that trickles in is alive', from: live({ used: true }), on: rings('connect'), at: at({ policy: { transport: 'polling' }, lastByte: NOW - 4_000 }), to: 'live 0 used', does: 'start connect 6000' },
    { it: 'concern nothing that is over', from: stopped(), on: rings('connect'), at: sse, to: 'stopped by request', does: '' },
    { it: 'were early where the first message came 100 ms after them', from: live({ since: NOW - 100 }), on: { type: 'used' }, at: sse, to: 'live 0 used', does: '', facts: { early: true, delivered: true } },
    { it: 'may have been held back where the first message came with them', from: live({ since: NOW - 99 }), on: { type: 'used' }, at: sse, to: 'live 0 used', does: '', facts: { delivered: true } },
    { it: 'were early where the stream ended without any message', from: live({ since: NOW - 100 }), on: fails({ kind: 'ended' }), at: sse, to: 'waiting 1 for 750', does: `${RETRIES}, tell network`, facts: { early: true } },
  ]);

  it('are told of in a sentence that says how long they are waited for', () => {
    const [, effects] = step(waited(10_000), rings('connect'), sse);
    const told = effects.find((effect) => effect.type === 'tell');
    expect(told?.error.message).to.include('has not answered yet').and.to.include('110 s');
  });
});

describe('a heartbeat', () => {
  const HEARTBEAT = 30_000;
  const quiet = at({ policy: { transport: 'websocket' }, lastByte: NOW - HEARTBEAT });
  const pinged = (facts: Partial<Facts> = { worked: true }): Model =>
    live({ since: NOW - 60_000, pinged: NOW - 10_000 }, facts);
  const since = (lastByte: number, more: Partial<Circumstances> = {}): Circumstances => ({
    ...quiet,
    lastByte,
    ...more,
  });
  const DIES = 'stop all, close, start retry 750, tell timeout';

  // prettier-ignore
  check([
    { it: 'pings what has been silent for so long', from: live(), on: rings('heartbeat'), at: quiet, to: 'live 0 pinged', does: 'ping, start pong 10000' },
    { it: 'waits for as long as is left after the last byte', from: live(), on: rings('heartbeat'), at: since(NOW - 12_000), to: 'live 0', does: 'start heartbeat 18000' },
    { it: 'is answered by any byte', from: pinged(), on: rings('pong'), at: since(NOW - 4_000), to: 'live 0', does: 'start heartbeat 26000' },
    { it: 'is not answered by a byte from before the ping', from: pinged(), on: rings('pong'), at: since(NOW - 10_001), to: 'waiting 1 for 750', does: DIES, facts: { unanswered: 1, early: true } },
    { it: 'is answered by a byte of the same moment, as coarse clocks tell it', from: pinged(), on: rings('pong'), at: since(NOW - 10_000), to: 'live 0', does: 'start heartbeat 20000' },
    { it: 'fault 2: finds death 10 s after the ping', from: pinged(), on: rings('pong'), at: since(NOW - 40_000), to: 'waiting 1 for 750', does: DIES, facts: { unanswered: 1, early: true } },
    { it: 'fault 41: declares no death in a hidden page', from: pinged(), on: rings('pong'), at: since(NOW - 40_000, { hidden: true }), to: 'live 0 pinged', does: 'start pong 10000' },
    { it: 'of a second socket running without an answer ends pinging, and is told', from: pinged({ worked: true, unanswered: 1 }), on: rings('pong'), at: since(NOW - 40_000), to: 'waiting 1 for 750', does: `${DIES}, tell protocol`, facts: { unanswered: 2, early: true } },
    { it: 'goes on for ever where the server once sent a pong', from: pinged({ worked: true, unanswered: 1, ponged: true }), on: rings('pong'), at: since(NOW - 40_000), to: 'waiting 1 for 750', does: DIES, facts: { unanswered: 2, early: true } },
    { it: 'learns from a pong that the server knows it', from: pinged({ worked: true, unanswered: 1 }), on: { type: 'ponged' }, to: 'live 0 pinged', does: '', facts: { ponged: true, unanswered: 0 } },
    { it: 'is over with its socket', from: waiting(), on: rings('heartbeat'), at: quiet, to: 'waiting 1 for 20000', does: '' },
    { it: 'asks nothing of a socket that is gone', from: waiting(), on: rings('pong'), at: quiet, to: 'waiting 1 for 20000', does: '' },
  ]);

  it('is given up once and for all: the third socket is never pinged, and nothing more is told', () => {
    let now: Model = opening();
    const told: string[] = [];
    const run = (event: Event, circumstances: Circumstances): void => {
      const [next, effects] = step(now, event, circumstances);
      now = next;
      told.push(...effects.map(showEffect).filter((effect) => effect === 'ping' || effect === 'tell protocol'));
    };
    for (let socketNumber = 0; socketNumber < 3; socketNumber++) {
      run({ type: 'opened', transport: 'websocket' }, socket);
      run(rings('heartbeat'), { ...quiet, now: NOW });
      run(rings('pong'), since(NOW - 40_000, { now: NOW + 10_000 }));
      run(rings('retry'), socket);
      if (socketNumber === 1) now = opening(2, now.facts);
    }
    const opened = step(opening(0, now.facts), { type: 'opened', transport: 'websocket' }, socket);
    expect(told.slice(0, 3)).to.deep.equal(['ping', 'ping', 'tell protocol']);
    expect(told.filter((effect) => effect === 'tell protocol')).to.have.length(1);
    expect(showEffects(opened[1])).to.not.include('heartbeat');
  });
});

describe('the network or the viewer that returns', () => {
  const back: Event = { type: 'returned' };
  // prettier-ignore
  check([
    { it: 'is answered by a retry within 300 ms', from: waiting(3), on: back, to: 'waiting 3 for 150', does: 'start retry 150' },
    { it: 'leaves a retry that is due within 300 ms', from: waiting(3, NOW + 300), on: back, to: 'waiting 3 for 300', does: '' },
    { it: 'has a source that had worked tried again', from: failed(NOW + 200_000), on: back, to: 'failed for 150', does: 'start retry 150' },
    { it: 'does not wake what is final', from: failed(), on: back, to: 'failed for good', does: '' },
    { it: 'does not wake what was disconnected', from: stopped(), on: back, to: 'stopped by request', does: '' },
    { it: 'disturbs no attempt under way', from: opening(2), on: back, to: 'opening 2', does: '' },
    { it: 'disturbs nothing that works', from: live(), on: back, to: 'live 0', does: '' },
  ]);

  it('is never answered later than 300 ms, and by many clients not at once', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (chance) => {
        const [next] = step(waiting(), back, at({ chance }));
        if (next.phase.name !== 'waiting') throw new Error('It does not wait.');
        expect(next.phase.retryAt - NOW).to.be.closeTo(chance * 300, 1e-6);
      }),
    );
  });
});

describe('WebSockets that never open', () => {
  const unreached = fails(close(1006, { opened: false }));
  // prettier-ignore
  check([
    { it: 'are not looked into after the first', from: opening(), on: unreached, at: socket, to: 'waiting 1 for 750', does: `${RETRIES}, tell network`, facts: { unreached: 1 } },
    { it: 'are asked by plain HTTP after two', from: opening(1, { unreached: 1 }), on: unreached, at: socket, to: 'waiting 2 for 1000', does: 'stop all, close, inquire, start retry 1000, tell network', facts: { unreached: 2 } },
    { it: 'are asked once, not after each further one', from: opening(2, { unreached: 2 }), on: unreached, at: socket, to: 'waiting 3 for 1500', does: 'stop all, close, start retry 1500, tell network', facts: { unreached: 3 } },
    { it: 'are not asked where the source has worked', from: opening(1, { unreached: 1, worked: true }), on: unreached, at: socket, to: 'waiting 2 for 1000', does: 'stop all, close, start retry 1000, tell network', facts: { unreached: 2 } },
    { it: 'are not asked again where another failure came between', from: opening(1, { unreached: 2 }), on: fails(http(500)), at: socket, to: 'waiting 2 for 1000', does: 'stop all, close, start retry 1000, tell http', facts: { unreached: 0 } },
  ]);
});

describe('a page that stands still', () => {
  // prettier-ignore
  check([
    { it: 'fault 42: parks what is live', from: live({ attempt: 2 }), on: { type: 'park' }, to: 'parked', does: 'stop all, close' },
    { it: 'parks what opens', from: opening(1), on: { type: 'park' }, to: 'parked', does: 'stop all, close' },
    { it: 'parks what waits for a retry', from: waiting(), on: { type: 'park' }, to: 'parked', does: 'stop all, close' },
    { it: 'parks what is tried again in 5 minutes', from: failed(NOW + 1_000), on: { type: 'park' }, to: 'parked', does: 'stop all, close' },
    { it: 'leaves a final error as it is', from: failed(), on: { type: 'park' }, to: 'failed for good', does: '' },
    { it: 'leaves what is disconnected as it is', from: stopped(), on: { type: 'park' }, to: 'stopped by request', does: '' },
    { it: 'leaves what never began as it is', from: idle(), on: { type: 'park' }, to: 'idle', does: '' },
    { it: 'leaves a source that is not used as it is', from: aside(), on: { type: 'park' }, to: 'aside', does: '' },
    { it: 'is parked once', from: parked(), on: { type: 'park' }, to: 'parked', does: '' },
    { it: 'fault 42: opens again when it is back', from: parked({ worked: true }, 1), on: { type: 'unpark' }, to: 'opening 1', does: OPENS },
    { it: 'opens what has never worked as a first attempt', from: parked(), on: { type: 'unpark' }, to: 'opening 0', does: OPENS },
    { it: 'that ran all the time disturbs nothing that is live', from: live(), on: { type: 'unpark' }, to: 'live 0', does: '' },
    { it: 'that ran all the time does not wake what was disconnected', from: stopped(), on: { type: 'unpark' }, to: 'stopped by request', does: '' },
    { it: 'that ran all the time does not wake what is not used', from: aside(), on: { type: 'unpark' }, to: 'aside', does: '' },
    { it: 'is disconnected by request', from: parked(), on: { type: 'disconnect' }, to: 'stopped by request', does: 'stop all, close' },
    { it: 'is reconnected by request', from: parked(), on: { type: 'reconnect' }, to: 'opening 0', does: OPENS },
    { it: 'is not opened by connect(): it is connected to', from: parked(), on: { type: 'connect' }, to: 'parked', does: '' },
    { it: 'hears no late failure', from: parked(), on: fails(network), to: 'parked', does: '' },
    { it: 'hears no late opening', from: parked(), on: { type: 'opened', transport: 'sse' }, at: sse, to: 'parked', does: '' },
    { it: 'is not woken by the network', from: parked(), on: { type: 'returned' }, to: 'parked', does: '' },
    { it: 'is not woken by a sleep that is over', from: parked(), on: { type: 'woke' }, to: 'parked', does: '' },
    ...TIMERS.map((timer): Row => ({ it: `is not moved by a late ${timer} timer`, from: parked(), on: rings(timer), to: 'parked', does: '' })),
  ]);
});

describe('a source that is not used', () => {
  const tried = at({ policy: { transport: 'sse' }, probing: true, hasNext: true });
  const triedSocket = at({ policy: { transport: 'websocket' }, probing: true, hasNext: true });
  // prettier-ignore
  check([
    { it: 'is set aside while live', from: live({ used: true }), on: { type: 'set-aside' }, to: 'aside', does: 'stop all, close' },
    { it: 'is set aside while opening', from: opening(2), on: { type: 'set-aside' }, to: 'aside', does: 'stop all, close' },
    { it: 'is set aside while waiting', from: waiting(), on: { type: 'set-aside' }, to: 'aside', does: 'stop all, close' },
    { it: 'is set aside after a final error', from: failed(), on: { type: 'set-aside' }, to: 'aside', does: 'stop all, close' },
    { it: 'is tried by connect()', from: aside({ worked: true }), on: { type: 'connect', again: true }, to: 'opening 1', does: OPENS },
    { it: 'is not woken by the network: that is for the ladder to say', from: aside(), on: { type: 'returned' }, to: 'aside', does: '' },
    { it: 'hears no late failure', from: aside(), on: fails(network), to: 'aside', does: '' },
    { it: 'hears no late opening', from: aside(), on: { type: 'opened', transport: 'websocket' }, to: 'aside', does: '' },
    { it: 'hears no late answer of a long poll', from: aside(), on: { type: 'answered', transport: 'long-polling' }, to: 'aside', does: '' },
    { it: 'is disconnected by request', from: aside(), on: { type: 'disconnect' }, to: 'stopped by request', does: 'stop all, close' },
    ...TIMERS.map((timer): Row => ({ it: `is not moved by a late ${timer} timer`, from: aside(), on: rings(timer), to: 'aside', does: '' })),

    { it: 'that is tried and fails hands over, and tells nothing', from: opening(1), on: fails(network), at: tried, to: 'aside', does: 'stop all, close, hand-over', facts: { unreached: 1 } },
    { it: 'that is tried and answers 404 tells nothing either', from: opening(1), on: fails(http(404)), at: tried, to: 'aside', does: 'stop all, close, hand-over' },
    { it: 'that is tried and says 204 is not stopped by it', from: opening(1), on: fails({ kind: 'no-content' }), at: tried, to: 'aside', does: 'stop all, close, hand-over' },
    { it: 'that is tried and opens no WebSocket twice is not asked by plain HTTP', from: opening(1, { unreached: 1 }), on: fails(close(1006, { opened: false })), at: triedSocket, to: 'aside', does: 'stop all, close, hand-over', facts: { unreached: 2 } },
    { it: 'that is tried is waited for in silence where its headers are late', from: opening(1, {}, NOW - 10_000), on: rings('connect'), at: tried, to: 'opening 1', does: 'start connect 110000' },
    { it: 'that is tried hands over where its headers never come', from: opening(1, {}, NOW - 120_000), on: rings('connect'), at: tried, to: 'aside', does: 'stop all, close, hand-over', facts: { unreached: 1 } },
    { it: 'that is tried hands over where its stream stays without a byte', from: live({ since: NOW - 45_000 }), on: rings('stall'), at: { ...tried, hasNext: false }, to: 'aside', does: 'stop all, close, hand-over', facts: { early: true } },
  ]);
});

describe('a source that another one follows', () => {
  const followed = at({ policy: { transport: 'sse' }, hasNext: true });
  const followedSocket = at({ policy: { transport: 'websocket' }, hasNext: true });
  const followedPoll = at({ policy: { transport: 'long-polling' }, hasNext: true });
  const HANDS_OVER = 'stop all, close, hand-over';
  const lost = fails(close(1006, { opened: false }));
  // prettier-ignore
  check([
    { it: 'hands over by a final answer', from: opening(), on: fails(http(404)), at: followed, to: 'aside', does: `${HANDS_OVER}, tell http` },
    { it: 'fault 10: hands over by a final answer after it has worked, too', from: live(), on: fails(http(410)), at: followed, to: 'aside', does: `${HANDS_OVER}, tell http` },
    { it: 'fault 16: hands over by a wrong content type', from: opening(), on: fails({ kind: 'content-type', got: 'text/html' }), at: followed, to: 'aside', does: `${HANDS_OVER}, tell protocol` },
    { it: 'hands over where its address can never work', from: opening(), on: fails({ kind: 'unusable', detail: 'it is' }), at: followed, to: 'aside', does: `${HANDS_OVER}, tell config` },
    { it: 'hands over where credentials were refused twice', from: opening(1, { refreshed: true }), on: fails(http(401)), at: followed, to: 'aside', does: `${HANDS_OVER}, tell http` },
    { it: 'asks credentials anew before it hands over', from: opening(), on: fails(http(401)), at: followed, to: 'waiting 1 for 750', does: `${RETRIES}, tell http`, facts: { refreshed: true } },
    { it: 'hands over where its attempts are spent', from: opening(2, { worked: true }), on: fails(http(500)), at: at({ policy: { transport: 'sse', maxReconnectAttempts: 2 }, hasNext: true }), to: 'aside', does: `${HANDS_OVER}, tell http` },
    { it: 'is retried after one WebSocket that did not open', from: opening(), on: lost, at: followedSocket, to: 'waiting 1 for 750', does: `${RETRIES}, tell network`, facts: { unreached: 1 } },
    { it: 'hands over after two WebSockets that did not open, and has it looked into', from: opening(1, { unreached: 1 }), on: lost, at: followedSocket, to: 'aside', does: 'stop all, close, inquire, hand-over, tell network' },
    { it: 'hands over after two WebSockets that were not answered in time', from: opening(1, { unreached: 1 }), on: rings('connect'), at: followedSocket, to: 'aside', does: 'stop all, close, inquire, hand-over, tell timeout' },
    { it: 'hands over after two requests that the network refused', from: opening(1, { unreached: 1 }), on: fails(network), at: followed, to: 'aside', does: `${HANDS_OVER}, tell network` },
    { it: 'is retried where the network fails after it has worked', from: live(), on: fails(network), at: followed, to: 'waiting 1 for 750', does: `${RETRIES}, tell network` },
    { it: 'is retried after a status that time can mend', from: opening(1), on: fails(http(503)), at: followed, to: 'waiting 2 for 1000', does: 'stop all, close, start retry 1000, tell http' },
    { it: 'hands over where there is no answer in connect-timeout', from: opening(0, {}, NOW - 10_000), on: rings('connect'), at: followed, to: 'aside', does: `${HANDS_OVER}, tell stalled` },
    { it: 'hands over where a server that sent headers early sends none now', from: opening(1, { early: true, worked: true }, NOW - 10_000), on: rings('connect'), at: followed, to: 'aside', does: `${HANDS_OVER}, tell stalled` },
    { it: 'fault 27: hands over where its stream stays without a byte', from: live({ since: NOW - 45_000 }), on: rings('stall'), at: followed, to: 'aside', does: `${HANDS_OVER}, tell stalled`, facts: { early: true } },
    { it: 'stops at a 204, as it would alone', from: live(), on: fails({ kind: 'no-content' }), at: followed, to: 'stopped by the server', does: 'stop all, close' },
    { it: 'that waits with a long poll is no source that has worked: two that fail hand over', from: live({}, { transport: 'long-polling', unreached: 1 }), on: fails(network), at: followedPoll, to: 'aside', does: `${HANDS_OVER}, tell network` , facts: { unreached: 0 } },
  ].map((row: Row): Row => (row.to === 'aside' ? { ...row, facts: { unreached: 0, ...row.facts } } : row)));

  it('says so in the error', () => {
    const [, effects] = step(opening(), fails(http(404)), followed);
    const told = effects.find((effect) => effect.type === 'tell');
    expect(told?.error).to.include({ fatal: false });
    expect(told?.error.message).to.include('the next source is used');
  });
});

describe('the silence of a stream', () => {
  const silent = (ms: number, more: Partial<Omit<Circumstances, 'policy'>> = {}): Circumstances =>
    at({ policy: { transport: 'sse' }, began: NOW - 500_000, lastByte: NOW - ms, mute: false, ...more });
  const stream = live({ since: NOW - 500_000 }, { worked: true, transport: 'sse' });
  // prettier-ignore
  check([
    { it: 'is looked at four times a minute', from: opening(), on: { type: 'opened', transport: 'sse' }, at: sse, to: 'live 0', does: STREAMS, facts: { transport: 'sse', worked: true } },
    { it: 'is looked at sooner where a stream may be silent for less', from: opening(), on: { type: 'opened', transport: 'sse' }, at: { ...sse, patience: 12_000, stallAfter: 5_000 }, to: 'live 0', does: 'stop connect, start proof 5000, start silence 12000, start stall 5000', facts: { transport: 'sse', worked: true } },
    { it: 'within what is usual is no failure', from: stream, on: rings('silence'), at: silent(20_000), to: 'live 0', does: 'start silence 15000' },
    { it: 'is looked at again when what is usual is over', from: stream, on: rings('silence'), at: silent(112_000), to: 'live 0', does: 'start silence 8000' },
    { it: 'beyond what is usual is death', from: stream, on: rings('silence'), at: silent(120_000), to: 'waiting 1 for 750', does: `${RETRIES}, tell timeout`, facts: { early: true } },
    { it: 'beyond what was learned is death', from: stream, on: rings('silence'), at: silent(40_000, { patience: 40_000 }), to: 'waiting 1 for 750', does: `${RETRIES}, tell timeout`, facts: { early: true } },
    { it: 'fault 41: is no death in a hidden page', from: stream, on: rings('silence'), at: silent(600_000, { hidden: true }), to: 'live 0', does: 'start silence 15000' },
    { it: 'counts from the attempt where no byte has come yet', from: stream, on: rings('silence'), at: silent(0, { lastByte: Number.NEGATIVE_INFINITY, began: NOW - 10_000 }), to: 'live 0', does: 'start silence 15000' },
    { it: 'is over with its stream', from: waiting(), on: rings('silence'), at: silent(600_000), to: 'waiting 1 for 20000', does: '' },
    { it: 'is retried even where another source follows: it had worked', from: stream, on: rings('silence'), at: silent(120_000, { hasNext: true }), to: 'waiting 1 for 750', does: `${RETRIES}, tell timeout`, facts: { early: true } },
    { it: 'fault 27: after the headers is told, where there is no other source, and waited out', from: stream, on: rings('stall'), at: silent(45_000, { mute: true }), to: 'live 0', does: 'tell stalled' },
    { it: 'after the headers is not judged in a hidden page', from: stream, on: rings('stall'), at: silent(45_000, { mute: true, hidden: true, hasNext: true }), to: 'live 0', does: 'start stall 45000' },
    { it: 'after the first byte is no stall', from: stream, on: rings('stall'), at: silent(45_000, { hasNext: true }), to: 'live 0', does: '' },
    { it: 'of a stream that is gone is no stall', from: waiting(), on: rings('stall'), at: silent(45_000, { mute: true, hasNext: true }), to: 'waiting 1 for 20000', does: '' },
  ]);
});

describe('a long poll', () => {
  const long = at({ policy: { transport: 'long-polling' } });
  const polls = (facts: Partial<Facts> = {}): Partial<Facts> => ({ worked: true, transport: 'long-polling', ...facts });
  const next: Event = { type: 'answered', transport: 'long-polling' };
  const WAITS = 'stop all, close, open, start settle 1000, start silence 120000';
  // prettier-ignore
  check([
    { it: 'is waited for as long as it may take, and has settled after 1 s', from: idle(), on: { type: 'connect' }, at: long, to: 'opening 0', does: WAITS },
    { it: 'is waited for as long as the longest before it has taught', from: idle(), on: { type: 'connect' }, at: { ...long, patience: 610_000 }, to: 'opening 0', does: 'stop all, close, open, start settle 1000, start silence 610000' },
    { it: 'is connected after 1 s without error, which proves nothing yet', from: opening(2), on: rings('settle'), at: long, to: 'live 2', does: 'stop settle, start proof 5000', facts: { transport: 'long-polling' } },
    { it: 'is connected by its first answer, which proves the source', from: opening(2, { unreached: 1 }), on: { type: 'opened', transport: 'long-polling' }, at: long, to: 'live 2', does: 'stop settle, start proof 5000', facts: polls({ unreached: 0 }) },
    { it: 'proves the source by an answer that comes after it has settled', from: live({ attempt: 2 }, { transport: 'long-polling', unreached: 1 }), on: { type: 'opened', transport: 'long-polling' }, at: long, to: 'live 2', does: '', facts: { worked: true, unreached: 0 } },
    { it: 'that only waits proves nothing in 5 s either', from: live({ attempt: 2 }, { transport: 'long-polling', refreshed: true }), on: rings('proof'), at: long, to: 'live 2', does: '' },
    { it: 'counts retries anew after a message and 5 s', from: live({ attempt: 2, used: true }, polls()), on: rings('proof'), at: long, to: 'live 0 used', does: '' },
    { it: 'is followed by the next at once', from: live({}, polls()), on: next, at: long, to: 'live 0', does: 'open, start silence 120000' },
    { it: 'has credentials accepted by an answer', from: live({}, polls({ refreshed: true })), on: next, at: long, to: 'live 0', does: 'open, start silence 120000', facts: { refreshed: false } },
    { it: 'is followed after reconnect-delay where it is answered at once with nothing, again and again', from: live({}, polls()), on: { ...next, pause: true }, at: long, to: 'live 0', does: 'stop silence, start poll 500' },
    { it: 'is asked again when that pause is over', from: live({}, polls()), on: rings('poll'), at: long, to: 'live 0', does: 'open, start silence 120000' },
    { it: 'is not asked again after disconnect()', from: stopped(polls()), on: next, at: long, to: 'stopped by request', does: '' },
    { it: 'is dead after 2 minutes without an answer', from: live({}, polls()), on: rings('silence'), at: { ...long, began: NOW - 120_000 }, to: 'waiting 1 for 750', does: `${RETRIES}, tell timeout` },
    { it: 'has until then to be answered', from: live({}, polls()), on: rings('silence'), at: { ...long, began: NOW - 110_000 }, to: 'live 0', does: 'start silence 10000' },
    { it: 'fault 5: whose answer trickles in is alive', from: live({}, polls()), on: rings('silence'), at: { ...long, began: NOW - 300_000, lastByte: NOW - 1_000 }, to: 'live 0', does: 'start silence 15000' },
    { it: 'fault 41: declares no death in a hidden page', from: live({}, polls()), on: rings('silence'), at: { ...long, began: NOW - 600_000, hidden: true }, to: 'live 0', does: 'start silence 15000' },
    { it: 'fails by the formula of all retries, not by that of polling', from: live({ attempt: 3 }, polls()), on: fails(http(502)), at: long, to: 'waiting 4 for 2500', does: 'stop all, close, start retry 2500, tell http' },
    { it: 'is bound by max-reconnect-attempts', from: opening(1, polls()), on: fails(network), at: at({ policy: { transport: 'long-polling', maxReconnectAttempts: 1 } }), to: 'failed for good', does: 'stop all, close, tell network fatal', facts: { unreached: 1 } },
    { it: 'that was refused once it had settled is final', from: live({}, { transport: 'long-polling' }), on: fails(http(404)), at: long, to: 'failed for good', does: 'stop all, close, tell http fatal' },
    { it: 'settles once', from: live({}, polls()), on: rings('settle'), at: long, to: 'live 0', does: '' },
    { it: 'that is over does not settle', from: waiting(), on: rings('settle'), at: long, to: 'waiting 1 for 20000', does: '' },
  ]);
});

describe('what was missed while away', () => {
  const resumable = at({ policy: { transport: 'sse' }, cursor: true });
  const opens: Event = { type: 'opened', transport: 'sse' };
  const delivered = { delivered: true, worked: true, transport: 'sse' } as const;
  const socketOpens = 'stop connect, start proof 5000, start heartbeat 30000';
  // prettier-ignore
  check([
    { it: 'is nothing where no message ever came', from: opening(1, { worked: true }), on: opens, at: sse, to: 'live 1', does: STREAMS, facts: { transport: 'sse' } },
    { it: 'is replayed by a stream with ids', from: opening(1, delivered), on: opens, at: resumable, to: 'live 1', does: STREAMS },
    { it: 'is a gap of a stream without ids, and told', from: opening(1, delivered), on: opens, at: sse, to: 'live 1', does: `${STREAMS}, gap, tell history-gap`, facts: { gapTold: true } },
    { it: 'is told once, and a gap each time', from: opening(1, { ...delivered, gapTold: true }), on: opens, at: sse, to: 'live 1', does: `${STREAMS}, gap` },
    { it: 'is resumed by a WebSocket whose channels all can be', from: opening(1, { ...delivered, transport: 'websocket' }), on: { type: 'opened', transport: 'websocket' }, at: { ...socket, cursor: true }, to: 'live 1', does: socketOpens },
    { it: 'is a gap of a WebSocket that knows no resume', from: opening(1, { ...delivered, transport: 'websocket' }), on: { type: 'opened', transport: 'websocket' }, at: socket, to: 'live 1', does: `${socketOpens}, gap, tell history-gap`, facts: { gapTold: true } },
    { it: 'is a gap of a long poll without a cursor', from: opening(1, { ...delivered, transport: 'long-polling' }), on: { type: 'opened', transport: 'long-polling' }, at: at({ policy: { transport: 'long-polling' } }), to: 'live 1', does: 'stop settle, start proof 5000, gap, tell history-gap', facts: { gapTold: true } },
    { it: 'is a gap without further word where the server refuses to be asked', from: opening(1, { ...delivered, leave: 'refused', gapTold: true }), on: opens, at: { ...resumable, asksLeave: true }, to: 'live 1', does: `${STREAMS}, gap` },
    { it: 'is nothing of polling: an answer is all there is', from: opening(1, { ...delivered, transport: 'polling' }), on: { type: 'answered', transport: 'polling' }, at: polling, to: 'live 0 used', does: 'stop connect, start poll 5000' },
  ]);
});

describe('a stream across origins, whose id asks for leave', () => {
  const asks = at({ policy: { transport: 'sse' }, cursor: true, asksLeave: true, crossOrigin: true });
  const opens: Event = { type: 'opened', transport: 'sse' };
  const known = (leave: Facts['leave']): Partial<Facts> => ({ worked: true, delivered: true, transport: 'sse', leave });
  const beside = (outcome: 'opened' | 'refused' | 'lost'): Event => ({ type: 'beside', outcome });
  // prettier-ignore
  check([
    { it: 'doubts it after a request with it that got no answer', from: opening(1, known('allowed')), on: fails(network), at: asks, to: 'waiting 2 for 1000', does: 'stop all, close, start retry 1000, tell network', facts: { unreached: 1, leave: 'doubted' } },
    { it: 'does not doubt it after an answer, whatever it was', from: opening(1, known('allowed')), on: fails(http(503)), at: asks, to: 'waiting 2 for 1000', does: 'stop all, close, start retry 1000, tell http' },
    { it: 'does not doubt it where the author’s headers ask for leave anyway', from: opening(1, known('allowed')), on: fails(network), at: { ...asks, asksLeave: false }, to: 'waiting 2 for 1000', does: 'stop all, close, start retry 1000, tell network', facts: { unreached: 1 } },
    { it: 'does not doubt it after a stream that was cut', from: live({}, known('allowed')), on: fails(network), at: asks, to: 'waiting 1 for 750', does: `${RETRIES}, tell network` },
    { it: 'goes on doubting while the server is away', from: opening(2, known('doubted')), on: fails(network), at: asks, to: 'waiting 3 for 1500', does: 'stop all, close, start retry 1500, tell network', facts: { unreached: 1 } },
    { it: 'asks once more with it beside a stream that opened without', from: opening(2, known('doubted')), on: opens, at: asks, to: 'live 2', does: `${STREAMS}, open-beside`, facts: { leave: 'retried' } },
    { it: 'is taken over by what opened with it', from: live({}, known('retried')), on: beside('opened'), at: asks, to: 'live 0', does: 'take-beside', facts: { leave: 'allowed' } },
    { it: 'is refused where only that fails: a gap, told with what to allow', from: live({}, known('retried')), on: beside('refused'), at: asks, to: 'live 0', does: 'gap, close-beside, tell history-gap', facts: { leave: 'refused' } },
    { it: 'is not refused by an answer that is no stream, but not replayed either', from: live({}, known('retried')), on: beside('lost'), at: asks, to: 'live 0', does: 'gap, close-beside, tell history-gap', facts: { leave: 'allowed' } },
    { it: 'doubts on where the stream was gone before it was known', from: live({}, known('retried')), on: fails({ kind: 'ended' }), at: asks, to: 'waiting 1 for 750', does: `${RETRIES}, tell network`, facts: { leave: 'doubted' } },
    { it: 'is granted where a stream opens with it after all', from: opening(1, known('retried')), on: opens, at: asks, to: 'live 1', does: STREAMS, facts: { leave: 'allowed' } },
    { it: 'once refused is asked for no more', from: opening(1, known('refused')), on: fails(network), at: asks, to: 'waiting 2 for 1000', does: 'stop all, close, start retry 1000, tell network', facts: { unreached: 1 } },
    { it: 'is not heard of beside a stream that is gone', from: waiting(), on: beside('opened'), at: asks, to: 'waiting 1 for 20000', does: '' },
    { it: 'is not heard of beside a feed that was disconnected', from: stopped(known('retried')), on: beside('refused'), at: asks, to: 'stopped by request', does: '' },
  ]);

  it('says what to allow, and says another thing where it was only not replayed', () => {
    const said = (outcome: 'refused' | 'lost'): string =>
      step(live({}, known('retried')), beside(outcome), asks)[1].find((effect) => effect.type === 'tell')?.error
        .message ?? '';
    expect(said('refused')).to.include('Access-Control-Allow-Headers: Last-Event-ID');
    expect(said('lost')).to.include('did not replay').and.to.not.include('Access-Control');
  });
});

describe('a long poll across origins, whose cursor asks for leave', () => {
  const asks = at({ policy: { transport: 'long-polling' }, cursor: true, asksLeave: true, crossOrigin: true });
  const opens: Event = { type: 'opened', transport: 'long-polling' };
  const known = (leave: Facts['leave']): Partial<Facts> => ({
    worked: true,
    delivered: true,
    transport: 'long-polling',
    leave,
  });
  // prettier-ignore
  check([
    { it: 'doubts it after a request with it that got no answer', from: live({}, known('allowed')), on: fails(network), at: asks, to: 'waiting 1 for 750', does: `${RETRIES}, tell network`, facts: { leave: 'doubted' } },
    { it: 'does not doubt it after an answer', from: live({}, known('allowed')), on: fails(http(500)), at: asks, to: 'waiting 1 for 750', does: `${RETRIES}, tell http` },
    { it: 'goes on doubting while the server is away', from: opening(1, known('doubted')), on: fails(network), at: asks, to: 'waiting 2 for 1000', does: 'stop all, close, start retry 1000, tell network', facts: { unreached: 1 } },
    { it: 'has a request without it answered', from: opening(1, known('doubted')), on: opens, at: asks, to: 'live 1', does: 'stop settle, start proof 5000' },
    { it: 'asks with it again at once after an answer without', from: live({}, known('doubted')), on: { type: 'answered', transport: 'long-polling' }, at: asks, to: 'live 0', does: 'open, start silence 120000', facts: { leave: 'retried' } },
    { it: 'is granted by the answer: what came without is part of it', from: live({}, known('retried')), on: opens, at: asks, to: 'live 0', does: 'take-beside', facts: { leave: 'allowed' } },
    { it: 'is refused where that fails again: a gap, then what came without, then what to allow', from: live({}, known('retried')), on: fails(network), at: asks, to: 'waiting 1 for 750', does: 'stop all, close, gap, close-beside, start retry 750, tell network, tell history-gap', facts: { leave: 'refused' } },
    { it: 'is not refused by an answer of the server', from: live({}, known('retried')), on: fails(http(502)), at: asks, to: 'waiting 1 for 750', does: `${RETRIES}, tell http` },
    { it: 'is refused for good', from: live({}, known('refused')), on: fails(network), at: asks, to: 'waiting 1 for 750', does: `${RETRIES}, tell network` },
  ]);
});

describe('a machine that slept', () => {
  const woke: Event = { type: 'woke' };
  const long = at({ policy: { transport: 'long-polling' } });
  // prettier-ignore
  check([
    { it: 'fault 44: pings a WebSocket at once, and waits 2 s', from: live({ since: 1 }, { worked: true, transport: 'websocket' }), on: woke, at: socket, to: 'live 0 pinged', does: 'stop heartbeat, ping, start pong 2000' },
    { it: 'fault 44: drops a WebSocket that is silent 2 s after, which teaches nothing of its pings', from: live({ since: 1, pinged: NOW - 2_000 }, { worked: true, transport: 'websocket' }), on: rings('pong'), at: { ...socket, lastByte: 5 }, to: 'waiting 1 for 750', does: `${RETRIES}, tell timeout`, facts: { early: true } },
    { it: 'keeps a WebSocket that answered', from: live({ since: 1, pinged: NOW - 2_000 }, { worked: true, transport: 'websocket' }), on: rings('pong'), at: { ...socket, lastByte: NOW - 1_900 }, to: 'live 0', does: 'start heartbeat 28100' },
    { it: 'replaces a WebSocket whose server knows no ping', from: live({ since: 1 }, { worked: true, transport: 'websocket', unanswered: 2 }), on: woke, at: socket, to: 'opening 1', does: OPENS },
    { it: 'replaces a WebSocket that is not to be pinged', from: live({ since: 1 }, { worked: true, transport: 'websocket' }), on: woke, at: at({ policy: { transport: 'websocket', heartbeat: 0 } }), to: 'opening 1', does: OPENS },
    { it: 'replaces an event stream at once', from: live({ since: 1, attempt: 0 }, { worked: true, transport: 'sse' }), on: woke, at: sse, to: 'opening 1', does: OPENS },
    { it: 'counts the retries of a stream on', from: live({ since: 1, attempt: 4 }, { worked: true, transport: 'sse' }), on: woke, at: sse, to: 'opening 4', does: OPENS },
    { it: 'replaces a long poll at once, and stays connected', from: live({ since: 1 }, { worked: true, transport: 'long-polling' }), on: woke, at: long, to: 'live 0', does: 'stop poll, open, start silence 120000' },
    { it: 'polls at once', from: live({ since: 1, used: true }, { worked: true, transport: 'polling' }), on: woke, at: polling, to: 'live 0 used', does: 'stop poll, open, start connect 10000' },
    { it: 'makes an attempt under way anew', from: opening(3), on: woke, at: sse, to: 'opening 3', does: OPENS },
    { it: 'makes it anew as the error that it was', from: reopening(), on: woke, at: sse, to: 'opening 0 in error', does: OPENS },
    { it: 'retries within 300 ms', from: waiting(3), on: woke, to: 'waiting 3 for 150', does: 'start retry 150' },
    { it: 'has a source that had worked tried again', from: failed(NOW + 200_000), on: woke, to: 'failed for 150', does: 'start retry 150' },
    { it: 'does not wake what is final', from: failed(), on: woke, to: 'failed for good', does: '' },
    { it: 'does not wake what was disconnected', from: stopped(), on: woke, to: 'stopped by request', does: '' },
    { it: 'does not wake what never began', from: idle(), on: woke, to: 'idle', does: '' },
    { it: 'does not wake what is not used', from: aside(), on: woke, to: 'aside', does: '' },
  ]);

  const seen: Event = { type: 'returned' };
  const silent = { began: 5, lastByte: NOW - 30_001 } as const;
  // prettier-ignore
  check([
    { it: 'is supposed where the viewer returns after more silence than heartbeat: a WebSocket is pinged', from: live({ since: 1 }, { worked: true, transport: 'websocket' }), on: seen, at: { ...socket, ...silent }, to: 'live 0 pinged', does: 'stop heartbeat, ping, start pong 2000' },
    { it: 'is supposed of a stream as well', from: live({ since: 1 }, { worked: true, transport: 'sse' }), on: seen, at: { ...sse, ...silent }, to: 'opening 1', does: OPENS },
    { it: 'is supposed of a long poll as well', from: live({ since: 1 }, { worked: true, transport: 'long-polling' }), on: seen, at: { ...long, ...silent }, to: 'live 0', does: 'stop poll, open, start silence 120000' },
    { it: 'is not supposed after less silence', from: live({ since: 1 }, { worked: true, transport: 'sse' }), on: seen, at: { ...sse, ...silent, lastByte: NOW - 30_000 }, to: 'live 0', does: '' },
    { it: 'is supposed after 15 s where heartbeat is off', from: live({ since: 1 }, { worked: true, transport: 'sse' }), on: seen, at: at({ policy: { transport: 'sse', heartbeat: 0 }, began: 5, lastByte: NOW - 15_001 }), to: 'opening 1', does: OPENS },
  ]);
});

describe('every error', () => {
  const sentenceOf = (from: Model, failure: Failure, circumstances: Circumstances): string => {
    const told = step(from, fails(failure), circumstances)[1].find((effect) => effect.type === 'tell');
    return told?.error.message ?? '';
  };

  it('says when it is tried again, and counts the seconds as the timer does', () => {
    expect(sentenceOf(opening(), http(503, 60_000), sse)).to.equal(
      'https://data.example/feed answered with status 503; trying again in 60 s.',
    );
    expect(sentenceOf(opening(), network, socket)).to.include('trying again in 0.8 s');
  });

  it('that is final says what the author can do', () => {
    expect(sentenceOf(opening(), http(404), sse))
      .to.include('status 404')
      .and.to.include('reconnect()');
    expect(sentenceOf(opening(1, { refreshed: true }), http(401), sse)).to.include('set headers, or credentials');
    expect(sentenceOf(live(), http(404), sse)).to.include('tried again in 300 s');
    expect(sentenceOf(opening(2), network, at({ policy: { maxReconnectAttempts: 2 } }))).to.include(
      'max-reconnect-attempts="2" is spent',
    );
  });

  it('across origins names the header that is missing', () => {
    const across = { ...sse, crossOrigin: true };
    expect(sentenceOf(opening(), network, across)).to.include('Access-Control-Allow-Origin');
    expect(sentenceOf(opening(), network, { ...across, credentials: 'include' })).to.include(
      'Access-Control-Allow-Credentials: true',
    );
    expect(sentenceOf(opening(), network, sse)).to.not.include('Access-Control');
  });
});

describe('the status', () => {
  const rows: readonly (readonly [name: string, phase: Model, online: string, offline: string])[] = [
    ['is idle before anything', idle(), 'idle', 'idle'],
    ['is disconnected by request', stopped(), 'disconnected', 'disconnected'],
    ['is connecting on the first attempt', opening(0), 'connecting', 'connecting'],
    ['is reconnecting on the next, and offline where the browser says so', opening(1), 'reconnecting', 'offline'],
    [
      'is reconnecting while a retry is waited for, and offline where the browser says so',
      waiting(),
      'reconnecting',
      'offline',
    ],
    ['is connected while data can flow, whatever the browser says', live(), 'connected', 'connected'],
    ['is error after a final answer', failed(), 'error', 'error'],
    ['is error while that is tried again', reopening(), 'error', 'error'],
    ['is reconnecting while the page stands still', parked(), 'reconnecting', 'offline'],
    ['is reconnecting of a source that is not used', aside(), 'reconnecting', 'offline'],
  ];
  for (const [name, { phase, facts }, online, offline] of rows) {
    it(name, () => {
      expect(statusOf({ phase, facts }, true)).to.equal(online);
      expect(statusOf({ phase, facts }, false)).to.equal(offline);
    });
  }
});

describe('any sequence of events', () => {
  const ms = fc.double({ min: 0, max: 1e7, noNaN: true });
  const failure: fc.Arbitrary<Failure> = fc.oneof(
    fc.constantFrom<Failure>(
      network,
      { kind: 'ended' },
      { kind: 'no-content' },
      { kind: 'over-limit' },
      { kind: 'body', problem: 'The message is not valid JSON.' },
      { kind: 'author', cause: undefined },
      { kind: 'unusable', detail: 'it is' },
      { kind: 'content-type', got: 'text/html' },
      { kind: 'timeout', during: 'opening' },
      { kind: 'timeout', during: 'silence' },
      { kind: 'stalled', opened: true },
    ),
    fc.record({
      kind: fc.constant('http' as const),
      status: fc.integer({ min: 400, max: 599 }),
      retryAfter: fc.option(fc.integer({ min: 0, max: 300_000 }), { nil: undefined }),
    }),
    fc.record({
      kind: fc.constant('close' as const),
      code: fc.constantFrom(
        1000,
        1001,
        1003,
        1005,
        1006,
        1007,
        1008,
        1009,
        1010,
        1011,
        1012,
        1013,
        1014,
        3000,
        4000,
        4401,
      ),
      reason: fc.constant(''),
      retryAfter: fc.option(fc.integer({ min: 0, max: 300_000 }), { nil: undefined }),
      opened: fc.boolean(),
    }),
  );
  const transport = fc.constantFrom('sse' as const, 'websocket' as const, 'long-polling' as const);
  const event: fc.Arbitrary<Event> = fc.oneof(
    fc.constantFrom<Event>(
      { type: 'connect' },
      { type: 'disconnect' },
      { type: 'reconnect' },
      { type: 'used' },
      { type: 'ponged' },
      { type: 'returned' },
      { type: 'woke' },
      { type: 'set-aside' },
      { type: 'park' },
      { type: 'unpark' },
    ),
    fc.record({ type: fc.constant('connect' as const), again: fc.boolean() }),
    fc.record({
      type: fc.constant('beside' as const),
      outcome: fc.constantFrom('opened' as const, 'refused' as const, 'lost' as const),
    }),
    fc.record({ type: fc.constant('opened' as const), transport }),
    fc.record({
      type: fc.constant('answered' as const),
      transport: fc.constantFrom('polling' as const, 'long-polling' as const),
      pause: fc.boolean(),
    }),
    fc.record({ type: fc.constant('failed' as const), failure }),
    fc.record({ type: fc.constant('retry-in' as const), ms }),
    fc.record({ type: fc.constant('timer' as const), timer: fc.constantFrom(...TIMERS) }),
  );
  const policy: fc.Arbitrary<Policy> = fc.record({
    transport: fc.constantFrom(
      'auto' as const,
      'sse' as const,
      'websocket' as const,
      'long-polling' as const,
      'polling' as const,
    ),
    interval: ms,
    maxInterval: ms,
    reconnectDelay: ms,
    maxReconnectDelay: ms,
    maxReconnectAttempts: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.constant(Number.POSITIVE_INFINITY)),
    connectTimeout: ms,
    heartbeat: ms,
  });
  const moment = fc.record({
    event,
    elapsed: fc.double({ min: 0, max: 200_000, noNaN: true }),
    chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    hidden: fc.boolean(),
    heard: fc.boolean(),
    mute: fc.boolean(),
    cursor: fc.boolean(),
    patience: fc.double({ min: 10_000, max: 600_000, noNaN: true }),
    stallAfter: fc.double({ min: 5_000, max: 60_000, noNaN: true }),
  });
  /** A source that is the last one, one that another follows, and one that is tried beside another. */
  const place = fc.constantFrom(
    { hasNext: false, probing: false },
    { hasNext: true, probing: false },
    { hasNext: true, probing: true },
  );

  interface Seen {
    readonly before: Model;
    readonly event: Event;
    readonly after: Model;
    readonly effects: readonly Effect[];
    readonly circumstances: Circumstances;
  }

  /** Whether what opens or answers is what was asked for: an attempt speaks its own transport. */
  const speaks = (next: Event, { transport: chosen }: Policy, { phase }: Model): boolean => {
    if (next.type !== 'opened' && next.type !== 'answered') return true;
    // A long poll opens before it is answered.
    if (next.type === 'answered' && next.transport === 'long-polling' && phase.name === 'opening') return false;
    return (
      chosen === next.transport || (chosen === 'auto' && (next.transport === 'sse' || next.transport === 'polling'))
    );
  };

  /** Runs any events over time, whether they fit or not, and hands every step to `look`. */
  const always = (look: () => (seen: Seen) => void): void => {
    fc.assert(
      fc.property(policy, place, fc.boolean(), fc.array(moment, { maxLength: 60 }), (chosen, where, asks, moments) => {
        const see = look();
        let before = initialModel;
        let now = 0;
        let began = 0;
        let lastByte = Number.NEGATIVE_INFINITY;
        for (const { event: next, elapsed, heard, cursor, ...given } of moments) {
          if (!speaks(next, chosen, before)) continue;
          now += elapsed;
          if (heard) lastByte = now;
          const asksLeave = asks && cursor && chosen.transport !== 'websocket';
          const circumstances = {
            ...at({ ...given, ...where, now, began, lastByte, cursor, asksLeave }),
            policy: chosen,
          };
          const [after, effects] = step(before, next, circumstances);
          if (effects.some(({ type }) => type === 'open')) began = now;
          see({ before, event: next, after, effects, circumstances });
          before = after;
        }
      }),
      { numRuns: 300 },
    );
  };

  it('starts only timers that a clock can keep', () => {
    always(() => ({ effects }) => {
      for (const effect of effects) {
        if (effect.type !== 'start') continue;
        expect(effect.ms, effect.timer).to.be.at.least(0).and.to.be.finite;
      }
    });
  });

  it('never has more than one attempt open, and one beside it', () => {
    always(() => {
      let alive = false;
      let besides = 0;
      return ({ effects, after, circumstances }) => {
        for (const { type } of effects) {
          // A poll is over, or let go of, as the next one begins.
          if (type === 'open' && alive) {
            expect(after.facts.transport).to.be.oneOf(['polling', 'long-polling']);
            expect(after.phase.name).to.equal('live');
          }
          if (type === 'open-beside') {
            expect(alive && besides === 0 && after.phase.name === 'live').to.be.true;
            expect(circumstances.asksLeave).to.be.true;
          }
          if (type === 'open') alive = true;
          if (type === 'close') alive = false;
          besides = type === 'open-beside' ? 1 : /^(?:open|close|take-beside|close-beside)$/.test(type) ? 0 : besides;
        }
        if (after.phase.name === 'live' || after.phase.name === 'opening') expect(alive).to.be.true;
        else expect(alive || besides > 0).to.be.false;
      };
    });
  });

  it('comes to rest: what is over, set aside or parked holds no attempt and no timer, and a wait its retry alone', () => {
    always(() => {
      const running = new Set<TimerName>();
      return ({ event: cause, effects, after }) => {
        if (cause.type === 'timer') running.delete(cause.timer);
        for (const effect of effects) {
          if (effect.type === 'start') running.add(effect.timer);
          if (effect.type === 'stop') running.delete(effect.timer);
        }
        const { phase } = after;
        switch (phase.name) {
          case 'idle':
          case 'stopped':
          case 'parked':
          case 'aside':
            return expect([...running], phase.name).to.deep.equal([]);
          case 'waiting':
            return expect([...running]).to.deep.equal(['retry']);
          case 'failed':
            return expect([...running]).to.deep.equal(phase.retryAt === undefined ? [] : ['retry']);
          default:
            return expect(running.has('retry'), phase.name).to.be.false;
        }
      };
    });
  });

  it('hands over only where there is another source, and is set aside by it', () => {
    always(() => ({ effects, after, circumstances: { hasNext } }) => {
      if (!effects.some(({ type }) => type === 'hand-over')) return;
      expect(hasNext).to.be.true;
      expect(after.phase.name).to.equal('aside');
    });
  });

  it('fails only where there is no other source', () => {
    always(() => ({ after, circumstances: { hasNext } }) => {
      if (hasNext) expect(after.phase.name).to.not.equal('failed');
    });
  });

  it('takes nothing for final from a source that has worked, but for the author’s own limit', () => {
    always(() => ({ before, effects, after }) => {
      if (!before.facts.worked || before.phase === after.phase || after.phase.name !== 'failed') return;
      if (after.phase.retryAt !== undefined) return;
      const told = effects.find((effect) => effect.type === 'tell');
      expect(told?.error.message).to.include('max-reconnect-attempts');
    });
  });

  it('never forgets that a source has worked, nor what it refuses', () => {
    always(() => ({ before, after }) => {
      if (before.facts.worked) expect(after.facts.worked).to.be.true;
      if (before.facts.leave === 'refused') expect(after.facts.leave).to.not.equal('retried');
      if (before.facts.delivered) expect(after.facts.delivered).to.be.true;
    });
  });

  it('declares nothing dead in a hidden page for its silence', () => {
    always(() => ({ event: cause, before, after, circumstances: { hidden } }) => {
      const watches = cause.type === 'timer' && ['pong', 'silence', 'stall'].includes(cause.timer);
      if (watches && hidden) expect(after.phase.name).to.equal(before.phase.name);
    });
  });

  it('tries out a source without a word', () => {
    always(() => ({ event: cause, effects, circumstances: { probing } }) => {
      if (!probing || cause.type !== 'failed') return;
      expect(effects.filter(({ type }) => type === 'tell' || type === 'inquire')).to.deep.equal([]);
    });
  });

  it('after disconnect() opens nothing, starts nothing and tells nothing until it is asked to', () => {
    always(() => {
      let asleep = false;
      return ({ event: cause, effects, after }) => {
        if (cause.type === 'disconnect') asleep = true;
        else if (['connect', 'reconnect', 'set-aside'].includes(cause.type)) asleep = false;
        else if (asleep) {
          expect(after.phase.name).to.equal('stopped');
          expect(effects).to.deep.equal([]);
        }
      };
    });
  });

  it('waits only with a timer that ends the wait', () => {
    always(() => {
      let retry: number | undefined;
      return ({ event: cause, effects, after, circumstances }) => {
        if (cause.type === 'timer' && cause.timer === 'retry') retry = undefined;
        for (const effect of effects) {
          if (effect.type === 'stop' && effect.timer === 'retry') retry = undefined;
          if (effect.type === 'start' && effect.timer === 'retry') retry = circumstances.now + effect.ms;
        }
        if ('retryAt' in after.phase) expect(retry).to.equal(after.phase.retryAt);
        else expect(retry).to.equal(undefined);
      };
    });
  });

  it('opens only with a timer that ends a silent attempt', () => {
    always(() => ({ effects }) => {
      if (!effects.some(({ type }) => type === 'open')) return;
      const ends = (effect: Effect): boolean =>
        effect.type === 'start' && (effect.timer === 'connect' || effect.timer === 'silence');
      expect(effects.some(ends)).to.be.true;
    });
  });

  it('keeps nobody waiting for more than 5 minutes and what the author chose', () => {
    always(() => ({ effects, circumstances: { policy: chosen } }) => {
      const most = Math.max(
        chosen.reconnectDelay + chosen.maxReconnectDelay,
        chosen.interval,
        chosen.maxInterval,
        301_000,
      );
      for (const effect of effects) {
        if (effect.type === 'start' && effect.timer === 'retry') expect(effect.ms).to.be.at.most(most);
      }
    });
  });

  it('tells a fatal error only where nothing more happens by itself', () => {
    always(() => ({ effects, after }) => {
      const fatal = effects.some((effect) => effect.type === 'tell' && effect.error.fatal);
      if (fatal) expect(after.phase).to.include({ name: 'failed', retryAt: undefined });
    });
  });

  it('tells last: whoever hears of it may ask for something else', () => {
    always(() => ({ effects }) => {
      const first = effects.findIndex(({ type }) => type === 'tell');
      if (first !== -1) expect(effects.slice(first).every(({ type }) => type === 'tell')).to.be.true;
    });
  });

  it('leaves the model that it was given as it was', () => {
    always(() => {
      let copy = structuredClone(initialModel);
      return ({ before, after }) => {
        expect(before.facts).to.deep.equal(copy.facts);
        expect(before.phase.name).to.equal(copy.phase.name);
        copy = { facts: { ...after.facts }, phase: { ...after.phase } };
      };
    });
  });
});
