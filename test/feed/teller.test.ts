import { expect } from 'chai';
import { Teller } from '../../src/feed/teller.js';
import type { ErrorCode, RtError } from '../../src/kernel/errors.js';
import { FakeEnv, NOTHING_HELD } from '../support/fake-env.js';

const problem = (message: string, code: ErrorCode = 'decode', fatal = false): RtError => ({
  code,
  message,
  cause: undefined,
  fatal,
});

const setUp = (): { env: FakeEnv; teller: Teller; told: string[] } => {
  const env = new FakeEnv();
  const told: string[] = [];
  return { env, told, teller: new Teller(env, ({ message }) => told.push(message)) };
};

describe('the teller', () => {
  it('tells the first error of a kind at once', () => {
    const { teller, told } = setUp();
    teller.report(problem('one'));
    expect(told).to.deep.equal(['one']);
  });

  it('counts those that follow within a second into one', () => {
    const { env, teller, told } = setUp();
    for (const message of ['one', 'two', 'three', 'four']) teller.report(problem(message));
    env.advance(999);
    expect(told).to.deep.equal(['one']);
    env.advance(1);
    expect(told).to.deep.equal(['one', 'four (3 times in the last second)']);
  });

  it('tells a single one that was held as it is', () => {
    const { env, teller, told } = setUp();
    teller.report(problem('one'));
    teller.report(problem('two'));
    env.advance(1_000);
    expect(told).to.deep.equal(['one', 'two']);
  });

  it('tells at most one a second, however long it goes on', () => {
    const { env, teller, told } = setUp();
    for (let tenth = 0; tenth < 100; tenth++) {
      teller.report(problem('again'));
      env.advance(100);
    }
    expect(told).to.have.length(11);
  });

  it('tells at once again after a quiet second', () => {
    const { env, teller, told } = setUp();
    teller.report(problem('one'));
    env.advance(1_000);
    teller.report(problem('two'));
    expect(told).to.deep.equal(['one', 'two']);
  });

  it('holds no kind back for another', () => {
    const { teller, told } = setUp();
    teller.report(problem('one', 'decode'));
    teller.report(problem('two', 'over-limit'));
    expect(told).to.deep.equal(['one', 'two']);
  });

  it('never holds back what is fatal', () => {
    const { teller, told } = setUp();
    teller.report(problem('one'));
    teller.report(problem('dead', 'decode', true));
    expect(told).to.deep.equal(['one', 'dead']);
  });

  it('disposed of tells nothing more, and leaves no timer', () => {
    const { env, teller, told } = setUp();
    teller.report(problem('one'));
    teller.report(problem('two'));
    teller.dispose();
    env.advance(10_000);
    expect(told).to.deep.equal(['one']);
    expect(env.held).to.deep.equal(NOTHING_HELD);
  });
});
