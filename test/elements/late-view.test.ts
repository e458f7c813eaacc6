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

  const AWAY = new TypeError('Failed to fetch dynamically imported module: https://cdn.example/chunks/late.js');

  const add = async (): Promise<Late> => {
    await page.add('<late-element></late-element>');
    const last = [...page.root.querySelectorAll('late-element')].at(-1);
    if (last instanceof Late) return last;
    throw new Error('There is none.');
  };

  const fail = async (element: Late, cause: unknown): Promise<void> => {
    element.fail(cause);
    await settled();
  };

  it('that cannot be fetched is told in one sentence, and tried again after a pause that grows', async () => {
    const element = await setUp();
    await fail(element, AWAY);
    expect(element.late.failed).to.equal(true);
    expect(page.errors.map(({ code, fatal }) => [code, fatal])).to.deep.equal([['network', false]]);
    expect(page.errors[0]?.message).to.contain('<late-element> needs https://cdn.example/chunks/late.js, which could');
    await page.pass(4_999);
    expect(element.fetches).to.equal(1);
    await page.pass(1);
    expect(element.fetches).to.equal(2);
    await fail(element, AWAY);
    await page.pass(9_999);
    expect(element.fetches).to.equal(2);
    await page.pass(1);
    element.come();
    await settled();
    expect([element.late.failed, element.late.view !== undefined]).to.deep.equal([false, true]);
    expect(page.errors).to.have.length(1);
  });

  it('is tried again at once when the network returns, and by the next of its kind, whose luck is that of all', async () => {
    const [first, second] = [await setUp(), await add()];
    expect([first.fetches, second.fetches]).to.deep.equal([1, 0]);
    await fail(first, AWAY);
    expect([first.late.failed, second.late.failed]).to.deep.equal([true, true]);
    page.env.setOnline(false);
    await settled();
    expect([first.fetches, second.fetches]).to.deep.equal([1, 0]);
    page.env.setOnline(true);
    await settled();
    expect(first.fetches).to.equal(2);
    await fail(first, AWAY);
    const third = await add();
    expect(third.fetches).to.equal(1);
    third.come();
    await settled();
    first.come();
    await settled();
    second.come();
    await settled();
    expect([first, second, third].map(({ late }) => late.view !== undefined)).to.deep.equal([true, true, true]);
    expect(page.errors).to.have.length(1);
  });

  it('is not tried again for an element that has left the page', async () => {
    const element = await setUp();
    await fail(element, AWAY);
    element.remove();
    await page.pass(60_000);
    expect(element.fetches).to.equal(1);
    page.root.append(element);
    expect(element.fetches).to.equal(2);
  });

  it('that throws, when it is run or made, is told as what this browser cannot run, and is not tried again', async () => {
    const element = await setUp();
    await fail(element, new ReferenceError('Temporal is not defined'));
    expect(page.errors.map(({ code, fatal }) => [code, fatal])).to.deep.equal([['protocol', true]]);
    expect(page.errors[0]?.message).to.contain('Temporal is not defined');
    await page.pass(60_000);
    expect(element.fetches).to.equal(1);
    const other = await add();
    other.answer({
      styles: css``,
      make: () => {
        throw new TypeError('It is not a function');
      },
    });
    await settled();
    expect([other.late.failed, page.errors.length]).to.deep.equal([true, 1]);
  });
});
