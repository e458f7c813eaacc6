import { expect } from 'chai';
import { readAt, type Reading } from '../../src/chart/reading.js';
import { Trace } from '../../src/chart/trace.js';

const trace = (reach: number, ...points: readonly (readonly [number, boolean?])[]): Trace => {
  const made = new Trace();
  made.points.push(...points.map(([x, isSample = true]) => ({ x, y: isSample ? x : NaN, isSample })));
  made.reach = reach;
  return made;
};

const read = (traces: readonly Trace[], x: number): (number | string)[] => {
  const reading: Reading | undefined = readAt(traces, x);
  return reading === undefined ? [] : [reading.time, ...reading.hits.map(({ series, index }) => `${series}:${index}`)];
};

describe('reading a moment', () => {
  it('finds the nearest sample', () => {
    const one = [trace(Infinity, [10], [20], [30])];
    expect(read(one, -100)).to.deep.equal([10, '0:0']);
    expect(read(one, 14)).to.deep.equal([10, '0:0']);
    expect(read(one, 16)).to.deep.equal([20, '0:1']);
    expect(read(one, 20)).to.deep.equal([20, '0:1']);
    expect(read(one, 999)).to.deep.equal([30, '0:2']);
  });

  it('passes over points at which nothing was measured', () => {
    const one = [trace(Infinity, [0, false], [10], [20, false], [20, false], [30], [40, false])];
    expect(read(one, 21)).to.deep.equal([30, '0:4']);
    expect(read(one, 19)).to.deep.equal([10, '0:1']);
    expect(read(one, 99)).to.deep.equal([30, '0:4']);
  });

  it('takes of every series what stands at about that moment, and nothing of one that is far away', () => {
    const traces = [trace(5, [10], [20], [30]), trace(5, [18], [40]), trace(5, [100])];
    expect(read(traces, 21)).to.deep.equal([20, '0:1', '1:0']);
    expect(read(traces, 31)).to.deep.equal([30, '0:2']);
  });

  it('finds nothing where there is nothing', () => {
    expect(read([], 5)).to.deep.equal([]);
    expect(read([trace(Infinity), trace(Infinity, [5, false])], 5)).to.deep.equal([]);
  });
});
