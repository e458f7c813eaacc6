/** The entries of the package, an element each: to import one registers its tag. */
import { expect } from '../support/testing.js';

const ENTRIES: Readonly<Record<string, () => Promise<object>>> = {
  'rt-connection-indicator': () => import('../../src/elements/rt-connection-indicator.js'),
  'rt-feed': () => import('../../src/elements/rt-feed.js'),
  'rt-line-chart': () => import('../../src/elements/rt-line-chart.js'),
  'rt-metric-card': () => import('../../src/elements/rt-metric-card.js'),
  'rt-pause-button': () => import('../../src/elements/rt-pause-button.js'),
  'rt-series': () => import('../../src/elements/rt-series.js'),
  'rt-source': () => import('../../src/elements/rt-source.js'),
  'rt-threshold': () => import('../../src/elements/rt-threshold.js'),
};

describe('the entry of', () => {
  for (const [tag, load] of Object.entries(ENTRIES)) {
    it(`<${tag}> registers its tag with the class that it exports, and no other`, async () => {
      const others = Object.keys(ENTRIES).filter((other) => customElements.get(other) !== undefined);
      expect(others).not.to.include(tag);
      const classes = Object.values(await load());
      expect(classes).to.deep.equal([customElements.get(tag)]);
      const now = Object.keys(ENTRIES).filter((other) => customElements.get(other) !== undefined);
      expect(now).to.have.members([...others, tag]);
    });
  }
});
