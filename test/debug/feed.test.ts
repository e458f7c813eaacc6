import '../../src/define.js';
import { defineIn, usePage } from '../elements/page.js';
import { expect, waitUntil } from '../support/testing.js';

const panel = (page: Document = document): HTMLElement | null => page.querySelector('[aria-label="rt-widgets debug"]');

const shown = (page?: Document): string =>
  [...(panel(page)?.shadowRoot?.querySelectorAll('section') ?? [])]
    .map(({ textContent }) => textContent.replace(/\s+/g, ' ').trim())
    .join('\n');

const press = (selector: string): void => {
  const button = panel()?.shadowRoot?.querySelector<HTMLButtonElement>(selector);
  if (button === undefined || button === null) throw new Error(`There is no ${selector}.`);
  button.click();
};

describe('<rt-feed debug>', () => {
  const page = usePage();

  afterEach(() => expect(panel(), 'a panel is left').to.equal(null));

  const open = async (attributes = ''): Promise<void> => {
    await page.add(`<rt-feed debug transport="websocket" ${attributes}></rt-feed>`);
    await waitUntil(() => panel() !== null, 'no panel came');
  };

  it('shows the feed’s inside, until it is closed by its button', async () => {
    await open('src="/ws"');
    expect(shown()).to.contain('opening');
    page.env.lastSocket.open();
    page.env.lastSocket.tell({ channel: 'cpu', data: 1 });
    await page.pass(1_000);
    expect(shown()).to.contain('connected').and.to.contain('cpu');
    press('.close');
    await waitUntil(() => panel() === null, 'the panel stays');
    expect(page.feed.debug).to.equal(false);
    expect(page.feed.status).to.equal('connected');
  });

  it('goes with the feed, and comes back with it', async () => {
    await open('src="/ws"');
    const { feed } = page;
    feed.remove();
    await waitUntil(() => panel() === null, 'the panel stays');
    page.root.append(feed);
    await waitUntil(() => panel() !== null, 'no panel came back');
    page.root.innerHTML = '';
    await waitUntil(() => panel() === null, 'the panel stays');
  });

  it('tells no secret of an address, whatever happens to it', async () => {
    const own = Object.getOwnPropertyDescriptor(navigator, 'clipboard');
    let report = '';
    const clipboard = { writeText: async (text: string) => void (report = text) };
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: clipboard });
    try {
      await open('src="/ws?token=SECRET#SECRET"');
      page.feed.headers = { authorization: 'Bearer SECRET' };
      await page.pass(10);
      page.env.lastSocket.open();
      page.env.lastSocket.tell('{ not JSON');
      page.env.lastSocket.end(1006);
      await page.pass(3_000);
      page.env.lastSocket.end(1008);
      await page.pass(3_000);
      press('.copy');
      await waitUntil(() => report !== '', 'nothing was copied');
    } finally {
      if (own === undefined) Reflect.deleteProperty(navigator, 'clipboard');
      else Object.defineProperty(navigator, 'clipboard', own);
    }
    expect(page.errors.length, 'something was told').to.be.greaterThan(0);
    expect(JSON.parse(report)).to.have.property('errors').that.is.not.empty;
    expect(report).to.contain('/ws');
    expect(report + shown()).not.to.contain('SECRET');
    page.feed.remove();
    await waitUntil(() => panel() === null, 'the panel stays');
  });
});

describe('<rt-feed debug> on a page with a strict policy', () => {
  const POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; require-trusted-types-for 'script'";
  const PAGE = `<!doctype html><html lang="en"><head><title>strict</title>
    <meta http-equiv="Content-Security-Policy" content="${POLICY}"></head><body><rt-feed debug></rt-feed></body></html>`;

  it('violates nothing', async () => {
    const frame = document.createElement('iframe');
    frame.width = '800';
    frame.height = '600';
    frame.srcdoc = PAGE;
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve));
    document.body.append(frame);
    await loaded;
    const inner = frame.contentDocument;
    if (inner === null) throw new Error('The page is out of reach.');
    const violations = defineIn(inner);
    const feed = inner.querySelector('rt-feed');
    await waitUntil(() => panel(inner) !== null, 'no panel came');
    if (feed === null) throw new Error('There is no feed.');
    feed.push({ channel: 'cpu', data: 1 });
    await waitUntil(() => shown(inner).includes('cpu'), 'it is not renewed');
    const host = panel(inner);
    expect(host && getComputedStyle(host).position, 'its styles hold').to.equal('fixed');
    expect(host?.shadowRoot?.querySelector('rect')?.getBoundingClientRect().width).to.be.lessThan(400);
    // A frame's clipboard is not ours to use: the report is shown, and that by the rules, too.
    host?.shadowRoot?.querySelector<HTMLButtonElement>('.copy')?.click();
    await waitUntil(() => /Copied|Hide report/.test(shown(inner)), 'nothing was copied');
    expect(violations).to.deep.equal([]);
    frame.remove();
  });
});
