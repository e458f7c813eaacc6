/**
 * Which of several sources is used, and which better one is tried beside it. Sources are numbered in the author's order:
 * the first is the best. Pure: `(ladder, event) → (ladder, effects)`.
 */

export interface Ladder {
  readonly used: number;
  /** The better one that is tried beside it. */
  readonly probed: number | undefined;
  /** The one that is used has failed for good, and it is the last. */
  readonly stuck: boolean;
}

export type LadderEvent =
  /** That source is of no use now. */
  | { readonly type: 'handed-over'; readonly index: number }
  /** That source, tried, has brought a message. */
  | { readonly type: 'proved'; readonly index: number }
  /** It is time to try a better one; or the network is back. */
  | { readonly type: 'look' }
  /** The last one has failed for good: what is better is looked at sooner. */
  | { readonly type: 'stuck' }
  | { readonly type: 'unstuck' };

export type LadderEffect =
  | { readonly type: 'use'; readonly index: number }
  | { readonly type: 'probe'; readonly index: number }
  /** Lets go of a source's connection. */
  | { readonly type: 'drop'; readonly index: number }
  | { readonly type: 'look-in'; readonly ms: number };

/** When a better source is tried again. */
const LATER = 300_000;
/** The same while nothing works. */
const SOON = 10_000;

export const FIRST_RUNG: Ladder = { used: 0, probed: undefined, stuck: false };

const look = (ms: number): LadderEffect => ({ type: 'look-in', ms });
const drop = (index: number | undefined): readonly LadderEffect[] =>
  index === undefined ? [] : [{ type: 'drop', index }];

export const climb = (ladder: Ladder, event: LadderEvent): readonly [Ladder, readonly LadderEffect[]] => {
  const { used, probed } = ladder;
  switch (event.type) {
    case 'handed-over':
      if (event.index === used) {
        return [
          { used: used + 1, probed: undefined, stuck: false },
          [...drop(probed), { type: 'use', index: used + 1 }, look(LATER)],
        ];
      }
      return event.index === probed ? probe(ladder, probed + 1) : [ladder, []];
    case 'proved':
      if (event.index !== probed) return [ladder, []];
      return [
        { used: probed, probed: undefined, stuck: false },
        [{ type: 'use', index: probed }, { type: 'drop', index: used }, ...(probed > 0 ? [look(LATER)] : [])],
      ];
    case 'look':
      return used === 0 || probed !== undefined ? [ladder, []] : probe(ladder, 0);
    case 'stuck':
      if (used === 0 || ladder.stuck) return [ladder, []];
      return [{ ...ladder, stuck: true }, probed === undefined ? [look(SOON)] : []];
    case 'unstuck':
      return [{ ...ladder, stuck: false }, []];
  }
};

/** The better ones are tried one after another, the best first. */
const probe = (ladder: Ladder, index: number): readonly [Ladder, readonly LadderEffect[]] =>
  index < ladder.used
    ? [{ ...ladder, probed: index }, [{ type: 'probe', index }]]
    : [{ ...ladder, probed: undefined }, [look(ladder.stuck ? SOON : LATER)]];
