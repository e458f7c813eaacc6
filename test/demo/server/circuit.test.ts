/** When what fails is tried again. */
import { expect } from 'chai';
import { Circuit } from '../../../demo/server/circuit.js';

describe('the circuit', () => {
  it('lets what fails be tried at once twice, then waits twice as long each time, up to a minute', () => {
    const circuit = new Circuit(1_000);
    let now = 0;
    const waits: number[] = [];
    for (let i = 0; i < 12; i += 1) {
      circuit.failed(now);
      let wait = 0;
      while (!circuit.isClosed(now + wait)) wait += 1_000;
      waits.push(wait);
      now += wait;
    }
    expect(waits.slice(0, 7)).to.deep.equal([0, 0, 2_000, 4_000, 8_000, 16_000, 32_000]);
    expect(new Set(waits.slice(7))).to.deep.equal(new Set([60_000]));
  });

  it('forgets all failures with one success', () => {
    const circuit = new Circuit(1_000);
    for (let i = 0; i < 5; i += 1) circuit.failed(0);
    expect(circuit.isClosed(1_000)).to.equal(false);
    circuit.succeeded();
    expect(circuit.isClosed(0)).to.equal(true);
    circuit.failed(0);
    expect(circuit.isClosed(0)).to.equal(true);
  });
});
