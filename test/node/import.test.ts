import { expect } from 'chai';
import { readFileSync } from 'node:fs';

const TAGS = [
  'rt-feed',
  'rt-connection-indicator',
  'rt-metric-card',
  'rt-line-chart',
  'rt-pause-button',
  'rt-series',
  'rt-threshold',
];

describe('the package on a server', () => {
  it('is imported without a DOM: it registers nothing and makes none', async () => {
    const before = Object.keys(globalThis);
    const api = await import('../../src/index.js');
    expect(Object.keys(api)).to.include.members(['RtFeed', 'RtMetricCard', 'RtLineChart', 'RtConnectionIndicator']);
    // Lit brings a registry of its own where there is none.
    const registry = Reflect.get(globalThis, 'customElements') as CustomElementRegistry | undefined;
    for (const tag of TAGS) expect(registry?.get(tag), tag).to.equal(undefined);
    expect('document' in globalThis).to.equal(false);
    expect('window' in globalThis).to.equal(false);
    const made = Object.keys(globalThis).filter((name) => !before.includes(name) && name.startsWith('rt'));
    expect(made).to.deep.equal([]);
  });

  it('tells the version that its package has', async () => {
    const { VERSION, RtFeed } = await import('../../src/index.js');
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(VERSION).to.equal(version);
    expect(RtFeed.version).to.equal(version);
  });
});
