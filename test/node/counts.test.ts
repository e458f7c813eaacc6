import { expect } from 'chai';
import { closingLine, toCounts } from '../support/counts.mjs';

describe('counting tests', () => {
  it('takes a runner’s own counts', () => {
    const counts = { passed: 3, failed: 1, skipped: 2 };
    expect(toCounts(counts, 1)).to.deep.equal(counts);
  });

  it('reads Playwright’s report: a file that cannot be loaded is a failure', () => {
    const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 };
    expect(toCounts({ stats, errors: [{}] }, 1)).to.deep.equal({ passed: 5, failed: 2, skipped: 2 });
  });

  it('makes a failure of a stage that ran no test', () => {
    expect(toCounts({ passed: 0, failed: 0, skipped: 9 }, 0)).to.include({ failed: 1, note: 'ran no test' });
  });

  it('makes a failure of a bad end without a failed test', () => {
    expect(toCounts({ passed: 7, failed: 0, skipped: 0 }, 1)).to.include({ passed: 7, failed: 1 });
  });

  it('makes a failure of a stage that wrote nothing', () => {
    expect(toCounts(undefined, 1)).to.include({ passed: 0, failed: 1 });
    expect(toCounts(undefined, 0)).to.include({ passed: 0, failed: 1 });
  });

  it('closes with the sum, and with skipped tests only where there are any', () => {
    const one = { passed: 1, failed: 0, skipped: 0 };
    expect(closingLine([one, one])).to.equal('2 passed, 0 failed');
    expect(closingLine([one, { passed: 2, failed: 3, skipped: 4 }])).to.equal('3 passed, 3 failed, 4 skipped');
  });
});
