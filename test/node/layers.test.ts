import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { globSync } from 'tinyglobby';
import { findCircle, findViolations, readImports, type Sources } from '../support/layers.js';

const source = (path: string, code: string): Sources => new Map([[path, code]]);
const violations = (path: string, code: string): string[] => findViolations(source(path, code));

const REAL: Sources = new Map(globSync('src/**/*.ts').map((path) => [path, readFileSync(path, 'utf8')]));

describe('the layers of src/', () => {
  it('have sources to read', () => {
    expect(REAL.size).to.be.greaterThan(10);
  });

  it('hold: no import runs upward', () => {
    expect(findViolations(REAL)).to.deep.equal([]);
  });

  it('hold no circle of modules that import one another at once', () => {
    expect(findCircle(REAL)).to.equal(undefined);
  });
});

describe('the check of layers', () => {
  const caught: readonly (readonly [what: string, path: string, code: string])[] = [
    ['an upward import', 'src/store/ring.ts', `import { html } from '../elements/view.js';`],
    ['an upward import inside a folder', 'src/feed/retry/delay.ts', `import { x } from '../../frame/frames.js';`],
    ['an upward import of a type', 'src/transport/sse.ts', `import type { Feed } from '../feed/feed.js';`],
    ['an upward import of one type among values', 'src/decode/x.ts', `import { type Feed } from '../feed/feed.js';`],
    ['an upward import for effect', 'src/format/x.ts', `import '../store/ring.js';`],
    ['an upward import()', 'src/frame/frames.ts', `void import('../controllers/status.js');`],
    ['an upward import() of a type', 'src/frame/frames.ts', `let x: import('../controllers/status.js').Status;`],
    ['an upward typeof import()', 'src/frame/frames.ts', `let x: typeof import('../controllers/status.js');`],
    ['an upward export', 'src/store/x.ts', `export { Feed } from '../feed/feed.js';`],
    ['an upward export of everything', 'src/store/x.ts', `export * from '../feed/feed.js';`],
    ['an upward export of a type', 'src/store/x.ts', `export type { Feed } from '../feed/feed.js';`],
    ['anything that kernel imports', 'src/kernel/x.ts', `import { ring } from '../store/ring.js';`],
    ['a room that imports the index', 'src/elements/rt-feed/rt-feed.ts', `import { RtFeed } from '../../index.js';`],
    ['a controller that imports the feed', 'src/controllers/status.ts', `import { Feed } from '../feed/feed.js';`],
    ['a controller that fetches the feed', 'src/controllers/status.ts', `void import('../feed/feed.js');`],
    ['feed-host used by a controller', 'src/controllers/status.ts', `import { Host } from './feed-host.js';`],
    [
      'feed-host used by a card',
      'src/elements/rt-metric-card/x.ts',
      `import { H } from '../../controllers/feed-host.js';`,
    ],
    [
      'an element that imports the chart',
      'src/elements/rt-line-chart/x.ts',
      `import { C } from '../../chart/chart.js';`,
    ],
    ['an element that imports the overlay', 'src/elements/rt-feed/x.ts', `import { O } from '../../debug/overlay.js';`],
    ['an element that imports the store', 'src/elements/rt-table/x.ts', `import { Ring } from '../../store/ring.js';`],
    ['an element that fetches the store', 'src/elements/rt-table/x.ts', `void import('../../store/ring.js');`],
    [
      'an element that imports a transport',
      'src/elements/rt-table/x.ts',
      `import type { S } from '../../transport/s.js';`,
    ],
    ['an overlay that imports the feed', 'src/debug/overlay.ts', `import { Feed } from '../feed/feed.js';`],
    ['an index that imports the feed', 'src/index.ts', `export { Feed } from './feed/feed.js';`],
    ['chart.js outside chart/', 'src/elements/rt-line-chart/view.ts', `import { Chart } from 'chart.js';`],
    ['a part of chart.js outside chart/', 'src/draw/x.ts', `import { clip } from 'chart.js/helpers';`],
    ['a type of chart.js outside chart/', 'src/controllers/x.ts', `import type { Chart } from 'chart.js';`],
    ['chart.js by import() outside chart/', 'src/elements/x.ts', `void import('chart.js');`],
    ['lit in a pure room', 'src/store/x.ts', `import { html } from 'lit';`],
    ['a part of lit in a pure room', 'src/format/x.ts', `import { when } from 'lit/directives/when.js';`],
    ['lit in the chart', 'src/chart/x.ts', `import { html } from 'lit';`],
    ['eventsource-parser outside transport/', 'src/decode/x.ts', `import { createParser } from 'eventsource-parser';`],
    ['an undeclared package', 'src/elements/x.ts', `import { a } from '@lit/context';`],
    ["Node's own modules", 'src/kernel/x.ts', `import { join } from 'node:path';`],
    ['a way out of src/', 'src/kernel/x.ts', `import { x } from '../../demo/server/main.js';`],
    ['an unknown room', 'src/utils/x.ts', `import { once } from '../kernel/disposer.js';`],
    ['a computed name', 'src/elements/x.ts', 'void import(`./${name}.js`);'],
  ];
  for (const [what, path, code] of caught) {
    it(`catches ${what}`, () => {
      expect(violations(path, code)).to.have.length(1);
    });
  }

  const allowed: readonly (readonly [what: string, path: string, code: string])[] = [
    ['kernel for all', 'src/transport/x.ts', `import { once } from '../kernel/disposer.js';`],
    ['a room to itself', 'src/elements/rt-feed.ts', `export { RtFeed } from './rt-feed/rt-feed.js';`],
    ['transports to the feed', 'src/feed/driver.ts', `import { sse } from '../transport/sse.js';`],
    ['the feed as a type to controllers', 'src/controllers/x.ts', `import type { Feed } from '../feed/feed.js';`],
    ['feed, store and frame to feed-host', 'src/controllers/feed-host.ts', `import { Feed } from '../feed/feed.js';`],
    ['the same in a folder', 'src/controllers/feed-host/wiring.ts', `import { Feed } from '../../feed/feed.js';`],
    ['feed-host to <rt-feed>', 'src/elements/rt-feed/x.ts', `import { H } from '../../controllers/feed-host.js';`],
    ['the chart by import()', 'src/elements/rt-line-chart/view.ts', `void import('../../chart/chart.js');`],
    ["the chart's types", 'src/elements/rt-line-chart/view.ts', `import type { C } from '../../chart/chart.js';`],
    ['the overlay by import()', 'src/elements/rt-feed/rt-feed.ts', `void import('../../debug/overlay.js');`],
    ["the store's types to elements", 'src/elements/x.ts', `import type { Ring } from '../store/ring.js';`],
    ['types of any room to the index', 'src/index.ts', `export type { Feed } from './feed/feed.js';`],
    ['elements to the embed', 'src/embed/x.ts', `import { RtFeed } from '../elements/rt-feed/rt-feed.js';`],
    ['one root file to another', 'src/bundle.ts', `import './define.js';`],
    ['chart.js to chart/', 'src/chart/x.ts', `import { Chart } from 'chart.js';`],
    ['lit to elements', 'src/elements/rt-feed/x.ts', `import { when } from 'lit/directives/when.js';`],
  ];
  for (const [what, path, code] of allowed) {
    it(`lets pass ${what}`, () => {
      expect(violations(path, code)).to.deep.equal([]);
    });
  }

  it('tells types from values, and both from what comes later', () => {
    const kinds = readImports(
      'src/x.ts',
      `import type { A } from './a.js'; import { b } from './b.js'; void import('./c.js');`,
    );
    expect(kinds.map(({ kind }) => kind)).to.deep.equal(['type', 'static', 'dynamic']);
  });

  it('finds a circle, and none where one way is a type or comes later', () => {
    const pair = (back: string): Sources =>
      new Map([
        ['src/store/a.ts', `import { b } from './b.js';`],
        ['src/store/b.ts', back],
      ]);
    expect(findCircle(pair(`import { a } from './a.js';`))).to.have.length(3);
    expect(findCircle(pair(`import type { A } from './a.js';`))).to.equal(undefined);
    expect(findCircle(pair(`void import('./a.js');`))).to.equal(undefined);
  });
});
