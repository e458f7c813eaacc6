import { expect } from 'chai';
import fc from 'fast-check';
import { hintOf, judge, type Verdict } from '../../src/feed/verdict.js';
import type { Failure } from '../../src/kernel/failure.js';

const close = (code: number): Failure => ({ kind: 'close', code, reason: '', retryAfter: undefined, opened: true });
const http = (status: number): Failure => ({ kind: 'http', status, retryAfter: undefined });

describe('what a failure means', () => {
  const codes: readonly (readonly [fault: string, verdict: Verdict, codes: readonly number[]])[] = [
    ['56', 'retry', [1000]],
    ['57', 'retry', [1001, 1005, 1006]],
    ['58', 'final', [1003, 1007, 1009, 1010]],
    ['59', 'refresh', [1008, 4401]],
    ['60', 'retry', [1011, 1012, 1013, 1014]],
    ['61', 'retry', [3000, 3999, 4000, 4400, 4402, 4403, 4999]],
  ];
  for (const [fault, verdict, all] of codes) {
    for (const code of all) {
      it(`fault ${fault}: close ${code} is ${verdict}`, () => {
        expect(judge(close(code))).to.equal(verdict);
      });
    }
  }

  it('of any other close code in the ranges of libraries and applications is retry', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3000, max: 4999 }), (code) => {
        expect(judge(close(code))).to.equal(code === 4401 ? 'refresh' : 'retry');
      }),
    );
  });

  it('of a status in the 4xx is final, but for those that time or credentials can mend', () => {
    const mended: ReadonlyMap<number, Verdict> = new Map([
      [401, 'refresh'],
      [403, 'refresh'],
      [408, 'retry'],
      [425, 'retry'],
      [429, 'retry'],
    ]);
    for (let status = 400; status < 500; status++) {
      expect(judge(http(status)), String(status)).to.equal(mended.get(status) ?? 'final');
    }
  });

  it('of a status in the 5xx is retry', () => {
    for (let status = 500; status < 600; status++) expect(judge(http(status)), String(status)).to.equal('retry');
  });

  const others: readonly (readonly [name: string, failure: Failure, verdict: Verdict])[] = [
    ['of a network that fails is retry', { kind: 'network', cause: undefined }, 'retry'],
    ['of a stream that ends is retry', { kind: 'ended' }, 'retry'],
    ['of an answer that cannot be decoded is retry', { kind: 'body', problem: 'No.' }, 'retry'],
    ['of an answer that is too long is retry', { kind: 'over-limit' }, 'retry'],
    ['of no answer in time is retry', { kind: 'timeout', during: 'opening' }, 'retry'],
    ['of silence is retry', { kind: 'timeout', during: 'silence' }, 'retry'],
    ['of an author’s function that throws is retry', { kind: 'author', cause: undefined }, 'retry'],
    ['of 204 on an event stream is stop', { kind: 'no-content' }, 'stop'],
    ['of an address that can never work is final', { kind: 'unusable', detail: '' }, 'final'],
    ['of a wrong content type is final', { kind: 'content-type', got: 'text/html' }, 'final'],
  ];
  for (const [name, failure, verdict] of others) {
    it(name, () => {
      expect(judge(failure)).to.equal(verdict);
    });
  }
});

describe('the server’s wish for a pause', () => {
  it('comes with a status or a close code, and with nothing else', () => {
    expect(hintOf({ kind: 'http', status: 503, retryAfter: 7_000 })).to.equal(7_000);
    expect(hintOf({ kind: 'close', code: 1012, reason: '', retryAfter: 9, opened: true })).to.equal(9);
    expect(hintOf({ kind: 'network', cause: undefined })).to.equal(undefined);
    expect(hintOf({ kind: 'ended' })).to.equal(undefined);
  });
});
