/** Bounds and states: how authors write them, and which one rules. */
import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  LEVELS,
  levelFor,
  levelOfState,
  parseLevel,
  parseStates,
  parseThresholds,
  type Threshold,
} from '../../src/format/levels.js';

const bounds: readonly Threshold[] = [
  { value: 70, level: 'warning' },
  { value: 90, level: 'critical' },
];

describe('parseThresholds', () => {
  it('reads numbers with levels', () => {
    expect(parseThresholds('70 warning, 90 critical')).to.deep.equal({ ok: true, value: bounds });
    expect(parseThresholds('-1.5e3 info')).to.deep.equal({ ok: true, value: [{ value: -1500, level: 'info' }] });
  });

  it('does not mind spaces of any kind, capitals, or a comma too many', () => {
    expect(parseThresholds('\u00a070\u00a0\u00a0Warning ,\n90\u202fCRITICAL,')).to.deep.equal({
      ok: true,
      value: bounds,
    });
  });

  it('takes nothing for no threshold', () => {
    expect(parseThresholds(' ')).to.deep.equal({ ok: true, value: [] });
  });

  it('says what is allowed of anything else', () => {
    for (const text of [
      '70',
      'warning',
      '70 bad',
      '70% warning',
      'high critical',
      '70 warning 90 critical',
      '0,5 info',
    ]) {
      expect(parseThresholds(text), text).to.deep.equal({
        ok: false,
        problem:
          'numbers, each with one of good, info, warning, critical, and commas between them: "70 warning, 90 critical"',
      });
    }
  });
});

describe('levelFor', () => {
  const levels = (values: readonly number[], good?: 'up' | 'down'): readonly unknown[] =>
    values.map((value) => levelFor(value, bounds, good));

  it('takes bounds as lower ones: the highest that is reached rules', () => {
    expect(levels([69.9, 70, 89.9, 90, 1000])).to.deep.equal([undefined, 'warning', 'warning', 'critical', 'critical']);
    expect(levels([69.9, 90], 'down')).to.deep.equal([undefined, 'critical']);
  });

  it('takes bounds as upper ones where more is better: the lowest that holds the value rules', () => {
    expect(levels([-5, 70, 70.1, 90, 90.1], 'up')).to.deep.equal([
      'warning',
      'warning',
      'critical',
      'critical',
      undefined,
    ]);
  });

  it('does not depend on the order in which bounds are written', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ value: fc.integer(), level: fc.constantFrom(...LEVELS) }), {
          selector: ({ value }) => value,
        }),
        fc.integer(),
        fc.constantFrom('up', 'down', undefined),
        (some, value, good) => {
          expect(levelFor(value, some, good)).to.equal(levelFor(value, [...some].reverse(), good));
        },
      ),
    );
  });

  it('lets the last of equal bounds rule', () => {
    const equal: readonly Threshold[] = [
      { value: 5, level: 'info' },
      { value: 5, level: 'good' },
    ];
    expect([levelFor(5, equal), levelFor(5, equal, 'up')]).to.deep.equal(['good', 'good']);
  });

  it('knows no level of no value', () => {
    expect(levelFor(undefined, bounds)).to.equal(undefined);
    expect(levelFor(Number.NaN, bounds)).to.equal(undefined);
    expect(levelFor(100, [])).to.equal(undefined);
  });
});

describe('parseStates', () => {
  it('takes the last word for the level, and the rest for the state', () => {
    const found = parseStates('RUNNING good, DOWN critical, not\u00a0 quite  up warning');
    expect(found.ok && [...found.value]).to.deep.equal([
      ['RUNNING', 'good'],
      ['DOWN', 'critical'],
      ['not quite up', 'warning'],
    ]);
  });

  it('takes a state in quotes', () => {
    const found = parseStates('"NOT UP" critical, \'UP\' good, 5" info');
    expect(found.ok && [...found.value.keys()]).to.deep.equal(['NOT UP', 'UP', '5"']);
  });

  it('says what is allowed of anything else', () => {
    for (const text of ['RUNNING', 'good', 'RUNNING fine', 'UP good; DOWN critical;']) {
      expect(parseStates(text), text).to.deep.equal({
        ok: false,
        problem:
          'states, each with one of good, info, warning, critical, and commas between them: "RUNNING good, DOWN critical"',
      });
    }
  });
});

describe('levelOfState', () => {
  it('compares as written but for spaces, booleans and numbers too', () => {
    const found = parseStates('not up warning, true good, 3 info, constructor critical');
    const states = found.ok ? found.value : new Map();
    const values = [' not\u00a0up ', true, 3, 'Not up', false, undefined, 'toString', 'constructor'];
    expect(values.map((value) => levelOfState(value, states))).to.deep.equal([
      'warning',
      'good',
      'info',
      undefined,
      undefined,
      undefined,
      undefined,
      'critical',
    ]);
  });
});

describe('parseLevel', () => {
  it('takes one of four', () => {
    expect(LEVELS.map((level) => parseLevel(level).ok)).to.deep.equal([true, true, true, true]);
    expect(parseLevel('toString')).to.deep.equal({ ok: false, problem: 'one of good, info, warning, critical' });
  });
});
