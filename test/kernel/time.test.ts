import { expect } from 'chai';
import fc from 'fast-check';
import { ownTime, toMillis } from '../../src/kernel/time.js';

describe('a time', () => {
  const noon = Date.UTC(2024, 0, 2, 12, 30, 15, 250);

  it('is told by the size of a number: seconds, milliseconds, microseconds, nanoseconds', () => {
    expect(toMillis(noon / 1e3)).to.equal(noon);
    expect(toMillis(noon)).to.equal(noon);
    expect(toMillis(noon * 1e3)).to.equal(noon);
    expect(toMillis(noon * 1e6)).to.equal(noon);
    expect(toMillis(String(noon))).to.equal(noon);
  });

  it('changes its unit exactly at 1e11, 1e14 and 1e17', () => {
    expect(toMillis(1e11 - 1)).to.equal(1e14 - 1e3);
    expect(toMillis(1e11)).to.equal(1e11);
    expect(toMillis(1e14 - 1)).to.equal(1e14 - 1);
    expect(toMillis(1e14)).to.equal(1e11);
    expect(toMillis(1e17)).to.equal(1e11);
  });

  it('in seconds keeps its milliseconds whole', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat({ max: 1e6 }), fc.integer({ min: 0, max: 4e12 })), (millis) => {
        expect(toMillis(millis / 1e3)).to.equal(millis);
      }),
      { examples: [[1_001]] },
    );
  });

  it('as ISO text without a zone is UTC, with a T or a space, with a dot or a comma', () => {
    for (const text of [
      '2024-01-02T12:30:15.250',
      '2024-01-02 12:30:15.25',
      '2024-01-02T12:30:15,250',
      '2024-01-02T12:30:15.250999',
    ]) {
      expect(toMillis(text), text).to.equal(noon);
    }
    expect(toMillis('2024-01-02T12:30')).to.equal(Date.UTC(2024, 0, 2, 12, 30));
    expect(toMillis('2024-01-02')).to.equal(Date.UTC(2024, 0, 2));
    expect(toMillis('+002024-01-02T00:00')).to.equal(Date.UTC(2024, 0, 2));
  });

  it('as ISO text with a zone is read by it, however the zone is written', () => {
    for (const zone of ['+02:00', '+0200', '+02', ' +02:00']) {
      expect(toMillis(`2024-01-02T14:30:15.250${zone}`), zone).to.equal(noon);
    }
    expect(toMillis('2024-01-02T12:30:15.250Z')).to.equal(noon);
    expect(toMillis('2024-01-02t12:30:15.250z')).to.equal(noon);
    expect(toMillis('2024-01-02T07:00:15.250-05:30')).to.equal(noon);
  });

  it('survives a round through ISO text for every date that there is', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(toMillis(date.toISOString())).to.equal(date.getTime());
      }),
    );
  });

  it('is not seen in anything else', () => {
    for (const value of [
      '',
      'now',
      'Tue, 02 Jan 2024',
      '2024-13-01',
      '12:30',
      '2024-01-02T12:30 CET',
      null,
      true,
      {},
      [],
    ]) {
      expect(toMillis(value), JSON.stringify(value)).to.equal(undefined);
    }
  });

  it('beyond what a date can hold is none, so that nothing fails to format it', () => {
    for (const value of [1e300, -1e300, '1e300', 8.65e21, NaN, Infinity]) {
      expect(toMillis(value), String(value)).to.equal(undefined);
    }
    fc.assert(
      fc.property(fc.oneof(fc.double(), fc.string(), fc.anything()), (value) => {
        const millis = toMillis(value);
        if (millis !== undefined) expect(() => new Date(millis).toISOString()).not.to.throw();
      }),
    );
  });
});

describe("an object's own time", () => {
  it('is its timestamp, else its time', () => {
    expect(ownTime({ timestamp: 1e12, time: 2e12 })).to.equal(1e12);
    expect(ownTime({ time: 2e12 })).to.equal(2e12);
    expect(ownTime({ timestamp: null, time: 2e12 })).to.equal(2e12);
    expect(ownTime({ timestamp: 'soon', time: 2e12 })).to.equal(2e12);
  });

  it('is undefined where there is none, and is never inherited', () => {
    for (const value of [
      {},
      { timestamp: 'soon' },
      null,
      undefined,
      5,
      'text',
      [1e12],
      Object.create({ time: 1e12 }),
    ]) {
      expect(ownTime(value)).to.equal(undefined);
    }
  });
});
