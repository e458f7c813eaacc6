import { expect } from 'chai';
import { Box, wholePixels } from '../../src/chart/box.js';

describe('a size in whole pixels of the device', () => {
  it('is the largest that fits, at any ratio', () => {
    expect(wholePixels(603.4, 1)).to.equal(603);
    expect(wholePixels(603.4, 2)).to.equal(603);
    expect(wholePixels(603.6, 2)).to.equal(603.5);
    expect(wholePixels(401.328125, 1.5) * 1.5).to.be.closeTo(602, 1e-9);
    expect(wholePixels(0, 1.5)).to.equal(0);
  });
});

describe('a box', () => {
  it('tells the size of the element, and each other one that it takes', async () => {
    const element = document.createElement('div');
    element.style.cssText = 'width: 300.4px; height: 100px; padding: 20px';
    document.body.append(element);
    const sizes: [number, number][] = [];
    let heard = (): void => {};
    const next = (): Promise<void> => new Promise((resolve) => (heard = resolve));
    const first = next();
    const box: Box = new Box(element, () => {
      sizes.push([box.width, box.height]);
      // A size that changes while the browser tells of sizes would be an error.
      requestAnimationFrame(() => heard());
    });
    await first;
    expect(sizes).to.deep.equal([[300, 100]]);
    const second = next();
    element.style.width = '200px';
    await second;
    const third = next();
    element.style.display = 'none';
    await third;
    expect(sizes).to.deep.equal([
      [300, 100],
      [200, 100],
      [0, 0],
    ]);
    box.dispose();
    element.remove();
  });
});
