/** What each bundler puts into a page: of one element that element alone, and a chart only when there is one. */
import { join } from 'node:path';
import { chromium, type Browser } from '@playwright/test';
import { expect } from 'chai';
import { chromiumFlags, findBrowser } from '../support/find-browser.mjs';
import { BUNDLERS, project, type Bundle } from './bundles.js';
import { packed } from './packed.js';

const CHART = /\/node_modules\/chart\.js\/|\/dist\/chart\//;
const TRANSPORT = /\/dist\/transport\/|\/node_modules\/eventsource-parser\//;
const OVERLAY = /\/dist\/debug\//;
const ELEMENT = /\/dist\/elements\//;

const all = ({ now, later }: Bundle): string[] => [...now, ...later].map((id) => id.replaceAll('\\', '/'));
const matching = (ids: readonly string[], ...patterns: readonly RegExp[]): string[] =>
  ids.filter((id) => patterns.some((pattern) => pattern.test(`/${id}`)));

const say = (line: string): void => console.log(`        ${line}`);

describe('in a bundler', () => {
  let browser: Browser;
  before(async () => {
    browser = await chromium.launch({ executablePath: findBrowser(), args: [...chromiumFlags] });
  });
  after(() => browser.close());

  for (const [name, bundle] of Object.entries(BUNDLERS)) {
    const make = (entry: string, code: string): Promise<Bundle> =>
      bundle(project(packed().folder, `${name}-${entry}`, code));

    it(`${name} puts of a card's own entry nothing of Chart.js and no transport anywhere, and the card works`, async () => {
      const made = await make('card', `import 'rt-widgets/elements/rt-metric-card.js';`);
      say(`a card: ${made.size} bytes with gzip, ${all(made).length} modules`);
      expect(matching(all(made), /\/dist\/elements\/rt-metric-card\/rt-metric-card\.js$/)).to.have.length(1);
      expect(matching(all(made), CHART, TRANSPORT, OVERLAY)).to.deep.equal([]);

      const page = await browser.newPage();
      const html = `<rt-metric-card label="Load" value="42" unit="%"></rt-metric-card><script type="module" src="/${made.entry}"></script>`;
      await page.route('**/*', (route) => {
        const { pathname } = new URL(route.request().url());
        return pathname === '/'
          ? route.fulfill({ contentType: 'text/html', body: html })
          : route.fulfill({ path: join(made.folder, pathname) });
      });
      await page.goto('http://bundled.test/');
      await page.waitForFunction(() => customElements.get('rt-metric-card') !== undefined);
      const text = await page.locator(`rt-metric-card [part='value']`).textContent();
      expect(text).to.equal('42');
      expect(await page.evaluate(() => customElements.get('rt-feed') === undefined)).to.equal(true);
      await page.close();
    });

    it(`${name} puts of one function of 'rt-widgets' no element and nothing of Lit`, async () => {
      const made = await make('strings', `import { setStrings } from 'rt-widgets'; setStrings('fr', { good: 'bon' });`);
      say(`one function: ${made.size} bytes with gzip, ${all(made).length} modules`);
      expect(matching(all(made), /\/dist\/format\/strings\.js$/)).to.have.length(1);
      expect(matching(all(made), ELEMENT, CHART, TRANSPORT, /\/node_modules\/@?lit/)).to.deep.equal([]);
    });

    it(`${name} keeps the chart of 'rt-widgets/define' for later`, async () => {
      const made = await make('all', `import 'rt-widgets/define';`);
      say(`every element: ${made.size} bytes with gzip at once`);
      expect(matching(made.now, /\/dist\/elements\/rt-line-chart\/rt-line-chart\.js$/)).to.have.length(1);
      expect(matching(made.now, CHART, OVERLAY)).to.deep.equal([]);
      expect(matching(made.later, /\/node_modules\/chart\.js\//).length).to.be.greaterThan(0);
      expect(matching(made.later, OVERLAY).length).to.be.greaterThan(0);
    });
  }
});
