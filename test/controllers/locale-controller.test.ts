import { LitElement } from 'lit';
import { LocaleController } from '../../src/controllers/locale-controller.js';
import { setStrings } from '../../src/format/strings.js';
import { expect } from '../support/testing.js';
import { usePage } from '../elements/page.js';

class Speaker extends LitElement {
  readonly locale = new LocaleController(this);
  draws = 0;

  protected override updated(): void {
    this.draws++;
  }
}

customElements.define('test-speaker', Speaker);

describe('the locale of a widget', () => {
  const page = usePage();
  const speaker = (): Speaker => {
    const roots: ParentNode[] = [page.root];
    for (const box of page.root.querySelectorAll('*')) if (box.shadowRoot !== null) roots.push(box.shadowRoot);
    for (const root of roots) {
      const found = root.querySelector<Speaker>('test-speaker');
      if (found !== null) return found;
    }
    throw new Error('There is no speaker.');
  };

  /** Puts a speaker into a shadow root, in a box with the language given. */
  const nested = async (outer: string, inner: string): Promise<ShadowRoot> => {
    await page.add(`<section ${outer}></section>`);
    const root = page.get('section').attachShadow({ mode: 'open' });
    await page.after(() => (root.innerHTML = `<div ${inner}><test-speaker></test-speaker></div>`));
    return root;
  };

  it('is that of the nearest element with lang, itself included', async () => {
    await page.add(`<div lang="fr"><p lang="de-AT"><test-speaker></test-speaker></p></div>`);
    expect(speaker().locale.lang).to.equal('de-AT');
    await page.after(() => speaker().setAttribute('lang', 'es'));
    expect(speaker().locale.lang).to.equal('es');
  });

  it('is found through shadow roots', async () => {
    await nested('lang="de"', '');
    expect(speaker().locale.lang).to.equal('de');
  });

  it('is the nearest one’s inside a shadow root', async () => {
    await nested('lang="de"', 'lang="fr"');
    expect(speaker().locale.lang).to.equal('fr');
  });

  it('is the browser’s where nothing, or no language, is named', async () => {
    await page.add(`<div lang=""><test-speaker></test-speaker></div>`);
    expect(speaker().locale.lang).to.equal(navigator.language);
    await page.after(() => page.get('div').setAttribute('lang', 'no language at all'));
    expect(speaker().locale.lang).to.equal(navigator.language);
  });

  it('follows a change anywhere above, and draws its host', async () => {
    await page.add(`<div><test-speaker></test-speaker></div>`);
    const { draws } = speaker();
    await page.after(() => page.root.setAttribute('lang', 'de'));
    expect(speaker().locale.lang).to.equal('de');
    expect(speaker().locale.strings.connected).to.equal('Verbunden');
    expect(speaker().draws).to.equal(draws + 1);
  });

  it('follows a change inside the shadow root that it is in, and outside', async () => {
    const root = await nested('lang="de"', '');
    await page.after(() => page.get('section').setAttribute('lang', 'it'));
    expect(speaker().locale.lang).to.equal('it');
    await page.after(() => root.querySelector('div')?.setAttribute('lang', 'fr'));
    expect(speaker().locale.lang).to.equal('fr');
  });

  it('is another one after a move, and the host is drawn', async () => {
    await page.add(`<div lang="de"><test-speaker></test-speaker></div><p lang="fr"></p>`);
    const { draws } = speaker();
    await page.after(() => page.get('p').append(speaker()));
    expect(speaker().locale.lang).to.equal('fr');
    expect(speaker().draws).to.be.greaterThan(draws);
  });

  it('has the direction that the page gives, and follows it', async () => {
    await page.add(`<div dir="rtl"><test-speaker></test-speaker></div>`);
    expect(speaker().locale.rtl).to.equal(true);
    const { draws } = speaker();
    await page.after(() => page.get('div').setAttribute('dir', 'ltr'));
    expect(speaker().locale.rtl).to.equal(false);
    expect(speaker().draws).to.equal(draws + 1);
  });

  it('has the nearest time zone, and the browser’s own where there is none or no such zone', async () => {
    await page.add(`<div><test-speaker></test-speaker></div>`);
    expect(speaker().locale.timeZone).to.equal(undefined);
    await page.after(() => page.get('div').setAttribute('time-zone', 'Asia/Kolkata'));
    expect(speaker().locale.timeZone).to.equal('Asia/Kolkata');
    await page.after(() => page.get('div').setAttribute('time-zone', 'Mars/Olympus'));
    expect(speaker().locale.timeZone).to.equal(undefined);
  });

  it('hears of words that a page adds', async () => {
    await page.add(`<div lang="nl"><test-speaker></test-speaker></div>`);
    expect(speaker().locale.strings.connected).to.equal('Connected');
    const { draws } = speaker();
    await page.after(() => setStrings('nl', { connected: 'Verbonden' }));
    expect(speaker().locale.strings.connected).to.equal('Verbonden');
    expect(speaker().draws).to.equal(draws + 1);
  });

  it('listens to nothing once its host is gone', async () => {
    await page.add(`<div><test-speaker></test-speaker></div>`);
    const gone = speaker();
    await page.after(() => gone.remove());
    const { draws } = gone;
    await page.after(() => page.root.setAttribute('lang', 'de'));
    await page.after(() => setStrings('nl', { offline: 'Weg' }));
    expect(gone.draws).to.equal(draws);
  });
});
