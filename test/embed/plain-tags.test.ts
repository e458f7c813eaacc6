/** Plain tags with `data-rt`: what is put into them, what becomes of their text, and what follows their changes. */
import '../../src/define.js';
import { fill } from '../../src/index.js';
import { expect, waitUntil } from '../support/testing.js';
import { settled } from '../support/fake-env.js';
import { part, usePage } from '../elements/page.js';

describe('a plain tag with data-rt', () => {
  const page = usePage();

  /** Adds markup, and waits until it is filled: the first time the script for it is fetched. */
  const add = async (markup: string): Promise<void> => {
    page.root.insertAdjacentHTML('beforeend', markup);
    await fill(document);
    await settled();
  };

  const only = (selector: string): Element => {
    const [found, second] = page.root.querySelectorAll(selector);
    if (found === undefined || second !== undefined) throw new Error(`There is not one ${selector}.`);
    return found;
  };

  it('gets the element inside, with its attributes, and its text goes into that', async () => {
    await add('<div data-rt="metric-card" data-rt-field="cpu" data-rt-stale-after="5s">CPU <b>load</b></div>');
    expect(only('[data-rt]').outerHTML).to.equal(
      '<div data-rt="metric-card" data-rt-field="cpu" data-rt-stale-after="5s"><rt-metric-card field="cpu" stale-after="5s">CPU <b>load</b></rt-metric-card></div>',
    );
  });

  it('nests as the elements do, with stray paragraphs anywhere between', async () => {
    await add(
      `<div data-rt="feed"><p><br>&nbsp;<span data-rt="metric-card" data-rt-field="x">x</span></p>
      <p>text of the page</p></div>`,
    );
    await page.push({ channel: 'a', data: { x: 3 } });
    expect(part(page.get('rt-metric-card'), 'value')).to.equal('3');
    expect(only('[data-rt=feed]').textContent).to.contain('text of the page');
  });

  it('is filled when it comes later, and once', async () => {
    await add('<div data-rt="feed"><section></section></div>');
    await page.after(() => (page.get('section').innerHTML = '<div data-rt="metric-card" data-rt-field="x">x</div>'));
    expect(only('rt-metric-card').textContent).to.equal('x');
    await page.after(() => page.get('section').append(only('[data-rt=metric-card]')));
    expect(only('rt-metric-card').textContent).to.equal('x');
  });

  it('does nothing while the page has none', async () => {
    await page.add('<div data-other="feed">x</div>');
    await waitUntil(() => page.root.querySelector('[data-other]') !== null);
    expect(page.root.querySelector('rt-feed')).to.equal(null);
  });
});
