/** What an element's inside does that is fetched when the element first stands in a page. */
import { html, LitElement, type TemplateResult } from 'lit';
import { css } from '../../src/elements/base/css.js';
import { LateView, type Fetched, type View } from '../../src/elements/base/late-view.js';
import { settled } from '../support/fake-env.js';
import { expect } from '../support/testing.js';
import { usePage } from './page.js';

class Late extends LitElement {
  static override styles = css`
    p {
      color: rgb(1, 2, 3);
    }
  `;

  fetches = 0;
  readonly heard: string[] = [];
  answer: (fetched: Fetched<View>) => void = () => undefined;
  fail: (cause: unknown) => void = () => undefined;
  readonly late = new LateView<View>(this, () => {
    this.fetches++;
    return new Promise((resolve, reject) => {
      this.answer = resolve;
      this.fail = reject;
    });
  });

  /** The module has come. */
  come(): void {
    const styles = css`
      p {
        margin: 7px;
      }
    `;
    const view = { connect: () => this.heard.push('in'), disconnect: () => this.heard.push('out') };
    this.answer({ styles, make: () => view });
  }

  protected override render(): TemplateResult {
    return html`<p>${this.late.view === undefined ? 'not yet' : 'here'}</p>`;
  }
}

customElements.define('late-element', Late);

describe('a view that comes late', () => {
  const page = usePage();

  const setUp = async (): Promise<Late> => {
    await page.add('<late-element></late-element>');
    return page.get('late-element', Late);
  };

  it('is fetched once, when its element first stands in the page', async () => {
    expect(new Late().fetches).to.equal(0);
    const element = await setUp();
    element.remove();
    page.root.append(element);
    expect(element.fetches).to.equal(1);
  });

  it('brings its styles to those of the element, and is shown', async () => {
    const element = await setUp();
    const shown = element.shadowRoot?.querySelector('p');
    expect(shown?.textContent).to.equal('not yet');
    element.come();
    await settled();
    expect(shown?.textContent).to.equal('here');
    if (shown === null || shown === undefined) throw new Error('There is nothing.');
    const { color, margin } = getComputedStyle(shown);
    expect([color, margin]).to.deep.equal(['rgb(1, 2, 3)', '7px']);
  });

  it('follows its element into the page and out of it', async () => {
    const element = await setUp();
    element.come();
    await settled();
    element.remove();
    page.root.append(element);
    expect(element.heard).to.deep.equal(['in', 'out', 'in']);
  });

  it('is not told of a page that its element has left before it came', async () => {
    const element = await setUp();
    element.remove();
    element.come();
    await settled();
    expect(element.heard).to.deep.equal([]);
    page.root.append(element);
    expect(element.heard).to.deep.equal(['in']);
  });

  it('that cannot be fetched is told in one sentence, and the page goes on', async () => {
    const element = await setUp();
    element.fail(new TypeError('Failed to fetch'));
    await element.late.fetched;
    expect(element.late.failed).to.equal(true);
    expect(page.errors.map(({ code, fatal }) => [code, fatal])).to.deep.equal([['network', true]]);
    expect(page.errors[0]?.message).to.contain('<late-element>').and.contain('Reload the page');
  });
});
