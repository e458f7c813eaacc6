import { expect } from 'chai';
import fc from 'fast-check';
import { climb, FIRST_RUNG, type Ladder, type LadderEffect, type LadderEvent } from '../../src/feed/ladder.js';

// A table's language: a ladder and its effects as text, so that a row is one sentence.

const on = (used: number, probed?: number, stuck = false): Ladder => ({ used, probed, stuck });
const handedOver = (index: number): LadderEvent => ({ type: 'handed-over', index });
const proved = (index: number): LadderEvent => ({ type: 'proved', index });
const look: LadderEvent = { type: 'look' };
const isStuck: LadderEvent = { type: 'stuck' };

const showLadder = ({ used, probed, stuck }: Ladder): string =>
  `${used}${probed === undefined ? '' : ` probing ${probed}`}${stuck ? ' stuck' : ''}`;
const showEffect = (effect: LadderEffect): string =>
  effect.type === 'look-in' ? `look in ${effect.ms}` : `${effect.type} ${effect.index}`;

interface Row {
  readonly it: string;
  readonly from: Ladder;
  readonly on: LadderEvent;
  readonly to: string;
  readonly does: string;
}

const check = (rows: readonly Row[]): void => {
  for (const row of rows) {
    it(row.it, () => {
      const [next, effects] = climb(row.from, row.on);
      expect({ ladder: showLadder(next), effects: effects.map(showEffect).join(', ') }).to.deep.equal({
        ladder: row.to,
        effects: row.does,
      });
    });
  }
};

describe('the ladder of sources', () => {
  it('begins at the first, with nothing beside it', () => {
    expect(showLadder(FIRST_RUNG)).to.equal('0');
  });

  // prettier-ignore
  check([
    { it: 'uses the next where the used one is of no use, and looks at better ones in 5 minutes', from: on(0), on: handedOver(0), to: '1', does: 'use 1, look in 300000' },
    { it: 'goes on to the one after that', from: on(1), on: handedOver(1), to: '2', does: 'use 2, look in 300000' },
    { it: 'lets go of what it tried as the used one gives up', from: on(1, 0), on: handedOver(1), to: '2', does: 'drop 0, use 2, look in 300000' },
    { it: 'tries the best one first', from: on(2), on: look, to: '2 probing 0', does: 'probe 0' },
    { it: 'has nothing better to try than the best', from: on(0), on: look, to: '0', does: '' },
    { it: 'tries one at a time', from: on(2, 1), on: look, to: '2 probing 1', does: '' },
    { it: 'tries the next better one where the best fails', from: on(2, 0), on: handedOver(0), to: '2 probing 1', does: 'probe 1' },
    { it: 'looks again in 5 minutes where all that are better fail', from: on(2, 1), on: handedOver(1), to: '2', does: 'look in 300000' },
    { it: 'looks again in 5 minutes where the only better one fails', from: on(1, 0), on: handedOver(0), to: '1', does: 'look in 300000' },
    { it: 'uses the best one once it has brought a message, and only then lets go of the other', from: on(2, 0), on: proved(0), to: '0', does: 'use 0, drop 2' },
    { it: 'uses a better one that is not the best, and looks on', from: on(2, 1), on: proved(1), to: '1', does: 'use 1, drop 2, look in 300000' },
    { it: 'takes no proof of what is not tried', from: on(2, 0), on: proved(1), to: '2 probing 0', does: '' },
    { it: 'takes no proof of what is used', from: on(1), on: proved(1), to: '1', does: '' },
    { it: 'takes no hand-over of what is neither used nor tried', from: on(2, 1), on: handedOver(0), to: '2 probing 1', does: '' },
    { it: 'looks sooner where the last one has failed for good', from: on(1), on: isStuck, to: '1 stuck', does: 'look in 10000' },
    { it: 'looks as soon again while it is', from: on(1, 0, true), on: handedOver(0), to: '1 stuck', does: 'look in 10000' },
    { it: 'is told once', from: on(1, undefined, true), on: isStuck, to: '1 stuck', does: '' },
    { it: 'takes its time again once something works', from: on(1, undefined, true), on: { type: 'unstuck' }, to: '1', does: '' },
    { it: 'has nowhere to look where the only one has failed', from: on(0), on: isStuck, to: '0', does: '' },
    { it: 'waits for what it tries already', from: on(1, 0), on: isStuck, to: '1 probing 0 stuck', does: '' },
  ]);
});

describe('any sequence of a ladder’s events', () => {
  const COUNT = 4;
  const index = fc.integer({ min: 0, max: COUNT - 1 });
  const event: fc.Arbitrary<LadderEvent> = fc.oneof(
    fc.constantFrom<LadderEvent>(look, isStuck, { type: 'unstuck' }),
    fc.record({ type: fc.constantFrom('handed-over' as const, 'proved' as const), index }),
  );

  it('keeps at most two alive, the one that is tried better than the one that is used, and a look ahead', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        let ladder = FIRST_RUNG;
        const alive = new Set([0]);
        let looks = false;
        for (const next of events) {
          // The last one hands over to nobody, and only what is alive says anything.
          if (next.type === 'handed-over' && next.index === ladder.used && next.index === COUNT - 1) continue;
          if ('index' in next && !alive.has(next.index)) continue;
          if (next.type === 'handed-over') alive.delete(next.index);
          if (next.type === 'look') looks = false;
          const [after, effects] = climb(ladder, next);
          for (const effect of effects) {
            if (effect.type === 'look-in') looks = true;
            else if (effect.type === 'drop') alive.delete(effect.index);
            else alive.add(effect.index);
          }
          ladder = after;
          const { used, probed } = ladder;
          expect([...alive].sort()).to.deep.equal(probed === undefined ? [used] : [probed, used]);
          if (probed !== undefined) expect(probed).to.be.lessThan(used);
          if (used > 0 && probed === undefined) expect(looks, 'a look ahead').to.be.true;
        }
      }),
    );
  });
});
