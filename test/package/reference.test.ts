/** The reference of all elements, which is kept with the sources for whoever reads them there: what is built, no less. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { REFERENCE, writeReference } from './reference.js';

describe('the reference of all elements', () => {
  it('is what the built elements say of themselves (`npm run reference` renews it)', async () => {
    expect(readFileSync(REFERENCE, 'utf8')).to.equal(await writeReference());
  });
});
