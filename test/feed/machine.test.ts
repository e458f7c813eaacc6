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
const TIMERS: readonly TimerName[] = ['retry', 'poll', 'connect', 'heartbeat', 'pong', 'proof'];

const at = ({
  policy,
  ...rest
}: Partial<Omit<Circumstances, 'policy'>> & { readonly policy?: Partial<Policy> } = {}): Circumstances => ({
  now: NOW,
  chance: 0.5,
  hidden: false,
  lastByte: Number.NEGATIVE_INFINITY,
  address: 'https://data.example/feed',
  crossOrigin: false,
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

const showPhase = (phase: Phase): string => {
  switch (phase.name) {
    case 'idle':
      return 'idle';
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
    { it: 'tells of a source that can never work', from: idle(), on: { type: 'refused', error: { ...error, code: 'config', fatal: true } }, to: 'failed for good', does: 'tell config fatal' },
    { it: 'tells of such a source after disconnect() too, and stays disconnected', from: stopped(), on: { type: 'refused', error: { ...error, code: 'config', fatal: true } }, to: 'stopped by request', does: 'tell config fatal' },
    { it: 'is live from the first push where there is no source', from: idle(), on: { type: 'pushed' }, to: 'live 0 used', does: '' },
    { it: 'stays what it is on a push beside a source', from: opening(), on: { type: 'pushed' }, to: 'opening 0', does: '' },
  ]);
});

describe('the machine, when something opens', () => {
  // prettier-ignore
  check([
    { it: 'is connected by an event stream’s headers, which prove the source', from: opening(), on: { type: 'opened', transport: 'sse' }, at: sse, to: 'live 0', does: 'stop connect, start proof 5000', facts: { transport: 'sse', worked: true } },
    { it: 'is connected by an open WebSocket, which proves nothing yet', from: opening(), on: { type: 'opened', transport: 'websocket' }, at: socket, to: 'live 0', does: 'stop connect, start proof 5000, start heartbeat 30000', facts: { transport: 'websocket' } },
    { it: 'counts attempts on until there is proof of use', from: opening(3), on: { type: 'opened', transport: 'websocket' }, at: socket, to: 'live 3', does: 'stop connect, start proof 5000, start heartbeat 30000', facts: { transport: 'websocket' } },
    { it: 'forgets that WebSockets failed before', from: opening(2, { unopened: 2 }), on: { type: 'opened', transport: 'websocket' }, at: socket, to: 'live 2', does: 'stop connect, start proof 5000, start heartbeat 30000', facts: { transport: 'websocket', unopened: 0 } },
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
      { it: `${name}, on the first attempt`, from: opening(), on: fails(failure), at: socket, to: 'waiting 1 for 750', does: `${RETRIES}, tell ${code}` },
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
    { it: 'a stream’s retry: holds for the next retry too', from: opening(1, { worked: true, retry: 7_000 }), on: fails(network), at: sse, to: 'waiting 2 for 7250', does: 'stop all, close, start retry 7250, tell network' },
    { it: 'a hint of the failure itself goes before retry:', from: live({}, { worked: true, retry: 7_000 }), on: fails(http(503, 2_000)), at: sse, to: 'waiting 1 for 2250', does: 'stop all, close, start retry 2250, tell http' },
    { it: 'fault 25: retry: is bounded by 5 minutes', from: live(), on: { type: 'retry-in', ms: 1e12 }, at: sse, to: 'live 0', does: '', facts: { retry: 300_000 } },
    { it: 'opens when the pause is over, as the same attempt', from: waiting(3), on: rings('retry'), to: 'opening 3', does: OPENS },
    { it: 'polling slows down on errors, whatever the reconnect attributes say', from: live({ used: true }), on: fails(http(500)), at: at({ policy: { transport: 'polling', maxReconnectAttempts: 0 } }), to: 'waiting 1 for 8750', does: 'stop all, close, start retry 8750, tell http' },
    { it: 'polling slows down further with each error', from: opening(2), on: fails(network), at: polling, to: 'waiting 3 for 35000', does: 'stop all, close, start retry 35000, tell network' },
    { it: 'polling never slows beyond max-interval', from: opening(20), on: fails(network), at: polling, to: 'waiting 21 for 52500', does: 'stop all, close, start retry 52500, tell network' },
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
    { it: 'fault 10: stays at 5 minutes whatever fails meanwhile', from: reopening(), on: fails(network), to: 'failed for 300000', does: 'stop all, close, start retry 300000, tell network' },
    { it: 'fault 10: is connected again by an answer', from: reopening(), on: { type: 'opened', transport: 'sse' }, at: sse, to: 'live 0', does: 'stop connect, start proof 5000', facts: { transport: 'sse' } },
    { it: 'fault 8: 204 on an event stream stops it, without an error', from: live(), on: fails({ kind: 'no-content' }), at: sse, to: 'stopped by the server', does: 'stop all, close' },
    { it: 'attempts spent are final', from: opening(3), on: fails(network), at: at({ policy: { maxReconnectAttempts: 3 } }), to: 'failed for good', does: 'stop all, close, tell network fatal' },
    { it: 'attempts spent are final from a source that has worked, too', from: opening(3, { worked: true }), on: fails(network), at: at({ policy: { maxReconnectAttempts: 3 } }), to: 'failed for good', does: 'stop all, close, tell network fatal' },
    { it: 'an attempt that is left is made', from: opening(2), on: fails(network), at: at({ policy: { maxReconnectAttempts: 3 } }), to: 'waiting 3 for 1500', does: 'stop all, close, start retry 1500, tell network' },
    { it: 'with max-reconnect-attempts="0" the first failure is final', from: opening(), on: fails(network), at: at({ policy: { maxReconnectAttempts: 0 } }), to: 'failed for good', does: 'stop all, close, tell network fatal' },
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
    { it: 'are accepted by a message: next time they are asked anew again', from: live({}, { refreshed: true }), on: { type: 'used' }, to: 'live 0 used', does: '', facts: { refreshed: false, worked: true } },
    { it: 'are accepted by a good answer', from: opening(1, { refreshed: true }), on: { type: 'answered', transport: 'polling' }, at: polling, to: 'live 0 used', does: 'stop connect, start poll 5000', facts: { refreshed: false, worked: true, transport: 'polling' } },
    { it: 'are accepted by 5 quiet seconds', from: live({}, { refreshed: true }), on: rings('proof'), to: 'live 0', does: '', facts: { refreshed: false, worked: true } },
    { it: 'are not accepted by an open socket, which may close again', from: opening(1, { refreshed: true }), on: { type: 'opened', transport: 'websocket' }, at: socket, to: 'live 1', does: 'stop connect, start proof 5000, start heartbeat 30000', facts: { transport: 'websocket' } },
  ]);
});

describe('proof of use', () => {
  // prettier-ignore
  check([
    { it: 'is not a message alone', from: live({ attempt: 4, since: NOW - 4_999 }), on: { type: 'used' }, to: 'live 4 used', does: '', facts: { early: true } },
    { it: 'is not uptime alone', from: live({ attempt: 4, since: NOW - 5_000 }), on: rings('proof'), to: 'live 4', does: '' },
    { it: 'is a message after 5 s', from: live({ attempt: 4, since: NOW - 5_000 }), on: { type: 'used' }, to: 'live 0 used', does: '', facts: { early: true } },
    { it: 'is 5 s after a message', from: live({ attempt: 4, used: true }), on: rings('proof'), to: 'live 0 used', does: '' },
    { it: 'counts once', from: live({ attempt: 4, used: true }), on: { type: 'used' }, to: 'live 4 used', does: '' },
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
    { it: 'fault 4: are given up after 2 minutes', from: waited(120_000), on: rings('connect'), at: sse, to: 'waiting 1 for 750', does: `${RETRIES}, tell timeout` },
    { it: 'are given up at connect-timeout from a server that sends them early', from: waited(10_000, { early: true }), on: rings('connect'), at: sse, to: 'waiting 1 for 750', does: `${RETRIES}, tell timeout` },
    { it: 'fault 3: a WebSocket is given up at connect-timeout', from: waited(10_000), on: rings('connect'), at: socket, to: 'waiting 1 for 750', does: `${RETRIES}, tell timeout` },
    { it: 'a first poll is given up at connect-timeout', from: waited(10_000), on: rings('connect'), at: polling, to: 'waiting 1 for 8750', does: 'stop all, close, start retry 8750, tell timeout' },
    { it: 'a later poll is given up at connect-timeout', from: live({ used: true }), on: rings('connect'), at: polling, to: 'waiting 1 for 8750', does: 'stop all, close, start retry 8750, tell timeout' },
    { it: 'an auto that polls gives up at connect-timeout', from: live({ used: true }, { worked: true, transport: 'polling' }), on: rings('connect'), to: 'waiting 1 for 8750', does: 'stop all, close, start retry 8750, tell timeout' },
    { it: 'fault 5: an answer that trickles in is alive', from: live({ used: true }), on: rings('connect'), at: at({ policy: { transport: 'polling' }, lastByte: NOW - 4_000 }), to: 'live 0 used', does: 'start connect 6000' },
    { it: 'concern nothing that is over', from: stopped(), on: rings('connect'), at: sse, to: 'stopped by request', does: '' },
    { it: 'were early where the first message came 100 ms after them', from: live({ since: NOW - 100 }), on: { type: 'used' }, at: sse, to: 'live 0 used', does: '', facts: { early: true } },
    { it: 'may have been held back where the first message came with them', from: live({ since: NOW - 99 }), on: { type: 'used' }, at: sse, to: 'live 0 used', does: '' },
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
  const unopened = fails(close(1006, { opened: false }));
  // prettier-ignore
  check([
    { it: 'are not looked into after the first', from: opening(), on: unopened, at: socket, to: 'waiting 1 for 750', does: `${RETRIES}, tell network`, facts: { unopened: 1 } },
    { it: 'are asked by plain HTTP after two', from: opening(1, { unopened: 1 }), on: unopened, at: socket, to: 'waiting 2 for 1000', does: 'stop all, close, inquire, start retry 1000, tell network', facts: { unopened: 2 } },
    { it: 'are asked once, not after each further one', from: opening(2, { unopened: 2 }), on: unopened, at: socket, to: 'waiting 3 for 1500', does: 'stop all, close, start retry 1500, tell network', facts: { unopened: 3 } },
    { it: 'are not asked where the source has worked', from: opening(1, { unopened: 1, worked: true }), on: unopened, at: socket, to: 'waiting 2 for 1000', does: 'stop all, close, start retry 1000, tell network', facts: { unopened: 2 } },
    { it: 'are not counted by other failures', from: opening(1, { unopened: 2 }), on: fails(network), at: socket, to: 'waiting 2 for 1000', does: 'stop all, close, start retry 1000, tell network' },
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
  const transport = fc.constantFrom('sse' as const, 'websocket' as const, 'polling' as const);
  const event: fc.Arbitrary<Event> = fc.oneof(
    fc.constantFrom<Event>(
      { type: 'connect' },
      { type: 'disconnect' },
      { type: 'reconnect' },
      { type: 'used' },
      { type: 'ponged' },
      { type: 'returned' },
      { type: 'pushed' },
    ),
    fc.record({ type: fc.constant('opened' as const), transport }),
    fc.record({ type: fc.constant('answered' as const), transport: fc.constant('polling' as const) }),
    fc.record({ type: fc.constant('failed' as const), failure }),
    fc.record({ type: fc.constant('retry-in' as const), ms }),
    fc.record({ type: fc.constant('timer' as const), timer: fc.constantFrom(...TIMERS) }),
  );
  const policy: fc.Arbitrary<Policy> = fc.record({
    transport: fc.constantFrom('auto' as const, 'sse' as const, 'websocket' as const, 'polling' as const),
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
  });

  interface Seen {
    readonly before: Model;
    readonly event: Event;
    readonly after: Model;
    readonly effects: readonly Effect[];
    readonly circumstances: Circumstances;
  }

  /** Runs any events over time, whether they fit or not, and hands every step to `look`. */
  const always = (look: () => (seen: Seen) => void): void => {
    fc.assert(
      fc.property(policy, fc.array(moment, { maxLength: 60 }), (chosen, moments) => {
        const see = look();
        let before = initialModel;
        let now = 0;
        let lastByte = Number.NEGATIVE_INFINITY;
        for (const { event: next, elapsed, chance, hidden, heard } of moments) {
          now += elapsed;
          if (heard) lastByte = now;
          const circumstances = { ...at({ now, chance, hidden, lastByte }), policy: chosen };
          const [after, effects] = step(before, next, circumstances);
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

  it('never opens twice without closing between, unless it polls', () => {
    always(() => {
      let alive = false;
      return ({ effects, after }) => {
        for (const { type } of effects) {
          if (type === 'open' && alive) expect(after.facts.transport).to.equal('polling');
          if (type === 'open') alive = true;
          if (type === 'close') alive = false;
        }
      };
    });
  });

  it('after disconnect() opens nothing, starts nothing and tells nothing until connect() or reconnect()', () => {
    always(() => {
      let asleep = false;
      return ({ event: cause, effects, after }) => {
        if (cause.type === 'disconnect') asleep = true;
        else if (cause.type === 'connect' || cause.type === 'reconnect') asleep = false;
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
      expect(effects.some((effect) => effect.type === 'start' && effect.timer === 'connect')).to.be.true;
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
