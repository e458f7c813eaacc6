import { expect } from 'chai';
import fc from 'fast-check';
import { FrameScheduler } from '../../src/frame/scheduler.js';
import type { FramePhase, FrameTask } from '../../src/kernel/env.js';
import { FakeEnv } from '../support/fake-env.js';

const setUp = (): { env: FakeEnv; frames: FrameScheduler; reported: unknown[] } => {
  const env = new FakeEnv();
  const reported: unknown[] = [];
  return { env, reported, frames: new FrameScheduler(env, (error) => reported.push(error)) };
};

/** Tasks that write their names down as they run. */
const writing = (): { ran: string[]; task: (name: string) => FrameTask } => {
  const ran: string[] = [];
  return { ran, task: (name) => () => ran.push(name) };
};

describe('the frame scheduler', () => {
  it('runs a marked task once in the next frame, however often it was marked', () => {
    const { env, frames } = setUp();
    const { ran, task } = writing();
    const draw = task('draw');
    frames.mark(draw, 'draw');
    frames.mark(draw, 'draw');
    expect(ran).to.deep.equal([]);
    env.runFrame();
    env.runFrame();
    expect(ran).to.deep.equal(['draw']);
  });

  it('runs data before drawings, in whatever order they were marked', () => {
    const { env, frames } = setUp();
    const { ran, task } = writing();
    frames.mark(task('draw 1'), 'draw');
    frames.mark(task('data 1'), 'data');
    frames.mark(task('draw 2'), 'draw');
    frames.mark(task('data 2'), 'data');
    env.runFrame();
    expect(ran).to.deep.equal(['data 1', 'data 2', 'draw 1', 'draw 2']);
  });

  it('draws in the same frame what its data marks', () => {
    const { env, frames } = setUp();
    const { ran, task } = writing();
    frames.mark(() => frames.mark(task('draw'), 'draw'), 'data');
    env.runFrame();
    expect(ran).to.deep.equal(['draw']);
  });

  it('leaves to the next frame what a task marks in its own phase, itself above all', () => {
    const { env, frames } = setUp();
    let runs = 0;
    const again: FrameTask = () => {
      runs++;
      frames.mark(again, 'data');
    };
    frames.mark(again, 'data');
    for (const expected of [1, 2, 3]) {
      env.runFrame();
      expect(runs).to.equal(expected);
    }
  });

  it('leaves data that a drawing marks to the next frame', () => {
    const { env, frames } = setUp();
    const { ran, task } = writing();
    frames.mark(() => frames.mark(task('data'), 'data'), 'draw');
    env.runFrame();
    expect(ran).to.deep.equal([]);
    env.runFrame();
    expect(ran).to.deep.equal(['data']);
  });

  it('hands each task the time of the frame', () => {
    const { env, frames } = setUp();
    const times: number[] = [];
    frames.mark((now) => times.push(now), 'data');
    frames.mark((now) => times.push(now), 'draw');
    env.advance(16);
    env.runFrame();
    expect(times).to.deep.equal([env.now(), env.now()]);
  });

  it('asks for no frame when nothing is marked, and for one at a time', () => {
    const { env, frames } = setUp();
    expect(env.held.frames).to.equal(0);
    frames.mark(() => undefined, 'data');
    frames.mark(() => undefined, 'draw');
    expect(env.held.frames).to.equal(1);
    env.runFrame();
    expect(env.held.frames).to.equal(0);
  });

  it('fault 54: a task that throws starves none, and is reported', () => {
    const { env, frames, reported } = setUp();
    const { ran, task } = writing();
    const error = new Error('broken');
    const broken: FrameTask = () => {
      throw error;
    };
    frames.mark(broken, 'data');
    frames.mark(task('data'), 'data');
    frames.mark(task('draw'), 'draw');
    env.runFrame();
    expect(ran).to.deep.equal(['data', 'draw']);
    expect(reported).to.deep.equal([error]);
    frames.mark(task('next'), 'draw');
    env.runFrame();
    expect(ran).to.deep.equal(['data', 'draw', 'next']);
  });

  it('forgets an unmarked task', () => {
    const { env, frames } = setUp();
    const { ran, task } = writing();
    const gone = task('gone');
    frames.mark(gone, 'draw');
    frames.mark(gone, 'data');
    frames.unmark(gone);
    env.runFrame();
    expect(ran).to.deep.equal([]);
  });

  it('forgets a task that an earlier one unmarks in the same frame', () => {
    const { env, frames } = setUp();
    const { ran, task } = writing();
    const gone = task('gone');
    frames.mark(() => frames.unmark(gone), 'draw');
    frames.mark(gone, 'draw');
    frames.mark(task('kept'), 'draw');
    env.runFrame();
    env.runFrame();
    expect(ran).to.deep.equal(['kept']);
  });

  it('runs a task again that was unmarked and marked anew', () => {
    const { env, frames } = setUp();
    const { ran, task } = writing();
    const back = task('back');
    frames.mark(back, 'draw');
    frames.unmark(back);
    frames.mark(back, 'draw');
    env.runFrame();
    expect(ran).to.deep.equal(['back']);
  });
});

describe('the frame scheduler in a hidden page', () => {
  it('runs data once a second by a timer, and no drawing', () => {
    const { env, frames } = setUp();
    const { ran, task } = writing();
    env.setHidden(true);
    frames.mark(task('data'), 'data');
    frames.mark(task('draw'), 'draw');
    env.advance(999);
    expect(ran).to.deep.equal([]);
    env.advance(1);
    expect(ran).to.deep.equal(['data']);
    env.advance(60_000);
    expect(ran).to.deep.equal(['data']);
  });

  it('fault 41: asks for no timer for drawings alone', () => {
    const { env, frames } = setUp();
    env.setHidden(true);
    frames.mark(() => undefined, 'draw');
    expect(env.held).to.include({ timers: 0, frames: 0 });
  });

  it('fault 41: draws once when it is seen again', () => {
    const { env, frames } = setUp();
    const { ran, task } = writing();
    const draw = task('draw');
    env.setHidden(true);
    for (let hour = 0; hour < 3; hour++) {
      frames.mark(draw, 'draw');
      env.advance(3_600_000);
    }
    env.setHidden(false);
    env.runFrame();
    env.runFrame();
    expect(ran).to.deep.equal(['draw']);
  });

  it('takes up what waited for a frame when it was hidden', () => {
    const { env, frames } = setUp();
    const { ran, task } = writing();
    frames.mark(task('data'), 'data');
    env.setHidden(true);
    env.advance(1_000);
    expect(ran).to.deep.equal(['data']);
    expect(env.held).to.include({ timers: 0, frames: 0 });
  });

  it('does not wait for the timer any more when it is seen again', () => {
    const { env, frames } = setUp();
    const { ran, task } = writing();
    env.setHidden(true);
    frames.mark(task('data'), 'data');
    env.setHidden(false);
    env.runFrame();
    expect(ran).to.deep.equal(['data']);
    expect(env.held).to.include({ timers: 0, frames: 0 });
  });

  it('draws nothing where data itself finds the page hidden', () => {
    const { env, frames } = setUp();
    const { ran, task } = writing();
    frames.mark(() => env.setHidden(true), 'data');
    frames.mark(task('draw'), 'draw');
    env.runFrame();
    expect(ran).to.deep.equal([]);
    env.setHidden(false);
    env.runFrame();
    expect(ran).to.deep.equal(['draw']);
  });
});

describe('the frame scheduler, whatever happens', () => {
  const TASKS = 6;
  const index = fc.integer({ min: 0, max: TASKS - 1 });
  const phaseOf = (task: number): FramePhase => (task % 2 === 0 ? 'data' : 'draw');
  const action = fc.oneof(
    { weight: 4, arbitrary: fc.record({ type: fc.constant('mark' as const), task: index }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('unmark' as const), task: index }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('frame' as const) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('second' as const) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('hidden' as const), hidden: fc.boolean() }) },
  );
  /** What a task does as it runs: throws, marks others, hides or shows the page. */
  const habit = fc.record({
    throws: fc.boolean(),
    others: fc.array(index, { maxLength: 2 }),
    hides: fc.option(fc.boolean(), { freq: 5, nil: undefined }),
  });

  it('runs each marked task exactly once, by the next chance that the page’s visibility leaves it', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 50 }), (actions) => {
        const { env, frames } = setUp();
        const ran: number[] = [];
        const tasks = Array.from(
          { length: TASKS },
          (_, task): FrameTask =>
            () =>
              ran.push(task),
        );
        const marked = new Set<number>();
        for (const step of actions) {
          ran.length = 0;
          const due = [...marked].filter((task) => !env.hidden() || phaseOf(task) === 'data');
          if (step.type === 'mark') {
            frames.mark(tasks[step.task] ?? (() => undefined), phaseOf(step.task));
            marked.add(step.task);
          } else if (step.type === 'unmark') {
            frames.unmark(tasks[step.task] ?? (() => undefined));
            marked.delete(step.task);
          } else if (step.type === 'frame') env.runFrame();
          else if (step.type === 'second') env.advance(1_000);
          else env.setHidden(step.hidden);

          const chance = (step.type === 'frame' && !env.hidden()) || (step.type === 'second' && env.hidden());
          expect([...ran].sort()).to.deep.equal(chance ? due.sort() : []);
          for (const task of ran) marked.delete(task);
        }
      }),
    );
  });

  it('loses nothing and runs nothing twice, whatever tasks do as they run', () => {
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 40 }),
        fc.array(habit, { minLength: TASKS, maxLength: TASKS }),
        (actions, habits) => {
          const { env, frames } = setUp();
          /** Tasks that have not run since they were marked. */
          const waiting = new Set<number>();
          const marks = Array.from({ length: TASKS }, () => 0);
          const runs = Array.from({ length: TASKS }, () => 0);
          let budget = 200;
          const mark = (task: number): void => {
            waiting.add(task);
            marks[task] = (marks[task] ?? 0) + 1;
            frames.mark(tasks[task] ?? (() => undefined), phaseOf(task));
          };
          const tasks: readonly FrameTask[] = habits.map(({ throws, others, hides }, task) => () => {
            waiting.delete(task);
            runs[task] = (runs[task] ?? 0) + 1;
            if (budget-- > 0) others.forEach(mark);
            if (hides !== undefined && budget > 0) env.setHidden(hides);
            if (throws) throw new Error('broken');
          });
          for (const step of actions) {
            if (step.type === 'mark') mark(step.task);
            else if (step.type === 'frame') env.runFrame();
            else if (step.type === 'second') env.advance(1_000);
            else if (step.type === 'hidden') env.setHidden(step.hidden);
          }
          budget = 0;
          env.setHidden(false);
          env.runFrame();
          env.runFrame();
          expect([...waiting]).to.deep.equal([]);
          runs.forEach((count, task) => expect(count).to.be.at.most(marks[task] ?? 0));
          expect(env.held).to.include({ timers: 0, frames: 0 });
        },
      ),
    );
  });
});
