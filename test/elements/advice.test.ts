/** What is said of what looks like a mistake, and of what never is. */
import fc from 'fast-check';
import { ReactiveElement } from 'lit';
import { CLASSES } from '../../src/elements/classes.js';
import { adviseOnTags } from '../../src/elements/base/advice.js';
import { namesOf } from '../../src/elements/base/examine.js';
import '../../src/define.js';
import { settled } from '../support/fake-env.js';
import { expect, waitUntil } from '../support/testing.js';
import { part, usePage } from './page.js';

/** How long a page has to put right what looks odd. */
const PATIENCE = 3_000;

const CARD = '<rt-metric-card value="1"></rt-metric-card>';

describe('advice', () => {
  // A page that is still loading has more time; and the real one's own look, which registering has planned, is off as soon
  // as an element has come and gone.
  before(async () => {
    await waitUntil(() => document.readyState === 'complete');
    const element = document.createElement('rt-threshold');
    document.body.append(element);
    element.remove();
  });

  const page = usePage();

  /** What is to be said has been: the script that says it has come. */
  const heard = async (): Promise<readonly string[]> => {
    await import('../../src/elements/base/advice.js');
    for (let turn = 0; turn < 5; turn++) await settled();
    return page.errors.map(({ message }) => message);
  };

  const afterPatience = async (): Promise<readonly string[]> => {
    await page.pass(PATIENCE);
    return heard();
  };

  const expectOne = async (messages: Promise<readonly string[]>, ...words: readonly string[]): Promise<void> => {
    const all = await messages;
    expect(all).to.have.length(1);
    for (const word of words) expect(all[0]).to.contain(word);
    expect(page.errors.every(({ code, fatal }) => code === 'config' && !fatal)).to.equal(true);
    expect(page.env.warnings).to.deep.equal(all.map((message) => `rt-widgets: ${message}`));
  };

  describe('on a feed', () => {
    it('without src, sources and pushes is a hint, once, after a while', async () => {
      await page.add('<rt-feed id="a1"></rt-feed>');
      await page.pass(PATIENCE - 1);
      expect(await heard()).to.deep.equal([]);
      await page.pass(1);
      await expectOne(heard(), '<rt-feed id="a1"> has no src, and nothing was pushed into it yet', 'push()');
      await expectOne(afterPatience(), 'no src');
    });

    it('is none where something was pushed, src was set, or it has gone meanwhile', async () => {
      await page.add('<rt-feed></rt-feed><rt-feed></rt-feed><rt-feed></rt-feed>');
      const [pushed, set, gone] = page.root.querySelectorAll('rt-feed');
      pushed?.push(1);
      if (set !== undefined) set.src = '/api';
      gone?.remove();
      expect(await afterPatience()).to.deep.equal([]);
    });

    it('is none where its sources are children', async () => {
      await page.add('<rt-feed><p><rt-source src="/events" transport="sse"></rt-source></p></rt-feed>');
      expect(await afterPatience()).to.deep.equal([]);
    });

    it('says that src is empty', async () => {
      await page.add('<rt-feed id="a2" src=" "></rt-feed>');
      await expectOne(afterPatience(), '<rt-feed id="a2"> has an empty src');
    });

    for (const name of ['scr', 'source', 'url', 'href', 'SRC_']) {
      it(`takes ${name} for src at once, and repeats neither its value nor that src is missing`, async () => {
        await page.add(`<rt-feed ${name}="/events?token=secret"></rt-feed>`);
        await expectOne(heard(), `no attribute ${name.toLowerCase()}: write src`);
        await expectOne(afterPatience(), 'write src');
        expect(JSON.stringify(page.errors)).not.to.contain('secret');
      });
    }
  });

  describe('on a widget that finds nothing', () => {
    const push = async (count: number, data: unknown, channel = 'message'): Promise<void> => {
      for (let turn = 0; turn < count; turn++) await page.push({ channel, data });
    };

    it('says what the channel has, and which was meant', async () => {
      await page.add('<rt-feed><rt-metric-card field="lode"></rt-metric-card></rt-feed>');
      await push(1, { load: 1, temp: 2, disks: [{ used: 5 }] });
      expect(await afterPatience()).to.deep.equal([]);
      await push(3, { load: 1, temp: 2, disks: [{ used: 5 }] });
      await expectOne(
        heard(),
        '<rt-metric-card field="lode"> has found nothing: channel message has load, temp, disks.0.used (did you mean load?).',
      );
    });

    it('says so of what came before it looked, of what is confirmed, and of a path whose beginning is missing', async () => {
      await page.add('<rt-feed><rt-metric-card field="cpu"></rt-metric-card></rt-feed>');
      await push(2, { host: { cpu: 1 } });
      await expectOne(afterPatience(), 'did you mean host.cpu?');
    });

    it('asks for a field where none is named', async () => {
      await page.add('<rt-feed><rt-metric-card></rt-metric-card></rt-feed>');
      await push(2, { load: 1 });
      await expectOne(afterPatience(), '<rt-metric-card> has found nothing', 'has load: name one, field="load".');
    });

    it('says which channels are heard, not before many messages', async () => {
      await page.add('<rt-feed><rt-metric-card channel="metrics" field="a"></rt-metric-card></rt-feed>');
      await push(19, { a: 1 }, 'metric');
      expect(await afterPatience()).to.deep.equal([]);
      await push(1, { a: 1 }, 'metric');
      await expectOne(
        heard(),
        '<rt-metric-card channel="metrics"> has heard nothing: the feed has heard metric (did you mean metric?).',
      );
    });

    it('says that a text is no number', async () => {
      await page.add('<rt-feed><rt-metric-card field="message"></rt-metric-card></rt-feed>');
      await push(2, { message: 'hello' });
      await expectOne(afterPatience(), '<rt-metric-card field="message"> is a text: write format="text".');
    });

    it('names each series of a chart that is not there', async () => {
      await page.add(
        '<rt-feed><rt-line-chart><rt-series field="a"></rt-series><rt-series field="bb"></rt-series></rt-line-chart></rt-feed>',
      );
      await page.get('rt-line-chart').updateComplete;
      await push(2, { aa: 1, bbb: 1 });
      const said = (await afterPatience()).join();
      expect(said).to.contain('<rt-series field="a"> has found nothing').and.contain('<rt-series field="bb">');
    });

    it('names the one series of a chart that is not there, and the one that is a text', async () => {
      await page.add('<rt-feed><rt-line-chart fields="cpu mem host"></rt-line-chart></rt-feed>');
      await page.get('rt-line-chart').updateComplete;
      await push(2, { cpu: 1, memory: 2, host: 'a' });
      const said = await afterPatience();
      expect(said).to.have.length(2);
      expect(said.join()).to.contain('fields="mem"> has found').and.contain('fields="host"> is a text: a chart draws');
    });

    it('shortens names, names eight, and shows them as text', async () => {
      const names = 'a b c d e f g h i j'.split(' ').map((letter) => `<b>${letter.repeat(60)}`);
      await page.add('<rt-feed><rt-metric-card field="x"></rt-metric-card></rt-feed>');
      await push(2, Object.fromEntries(names.map((name) => [name, 1])));
      const [said = ''] = await afterPatience();
      expect(said.length).to.be.below(500);
      expect(said).to.contain('…, …').and.contain('<b>h').and.not.contain('<b>i');
    });

    it('says nothing of one that is found in time, that comes seldom, that where leaves out, or that is gone', async () => {
      await page.add(
        `<rt-feed><rt-metric-card field="late"></rt-metric-card><rt-metric-card channel="alert" field="x"></rt-metric-card
        ><rt-metric-card field="price" where="symbol=AAPL"></rt-metric-card><rt-metric-card field="gone"></rt-metric-card></rt-feed>`,
      );
      await push(1, { price: 1, symbol: 'MSFT' });
      expect(await afterPatience()).to.deep.equal([]);
      page.get('rt-metric-card[field=gone]').remove();
      await push(10, { price: 1, late: 1, symbol: 'MSFT' });
      expect(await heard()).to.deep.equal([]);
    });
  });

  it('says that money has no currency', async () => {
    await page.add('<rt-metric-card format="currency" value="5"></rt-metric-card>');
    await page.add('<rt-metric-card format="currency" currency="EUR" value="5"></rt-metric-card>');
    await expectOne(afterPatience(), '<rt-metric-card format="currency"> has no currency', 'write currency="EUR"');
  });

  it('says that a chart names nothing to draw', async () => {
    await page.add('<rt-feed></rt-feed>');
    page.feed.innerHTML = '<rt-line-chart></rt-line-chart>';
    page.feed.push({ a: 1 });
    await page.get('rt-line-chart').updateComplete;
    await expectOne(afterPatience(), '<rt-line-chart> names nothing to draw: write fields="cpu memory"');
  });

  it('says nothing of a chart that draws the data itself', async () => {
    await page.add('<rt-feed><rt-line-chart></rt-line-chart></rt-feed>');
    await page.get('rt-line-chart').updateComplete;
    await page.push(5);
    expect(await afterPatience()).to.deep.equal([]);
  });

  describe('on a widget that names a feed', () => {
    it('and stands inside another: says which one it reads', async () => {
      await page.add(
        '<rt-feed id="b" src="/b"></rt-feed><rt-feed id="a"><rt-metric-card feed="b" field="x"></rt-metric-card></rt-feed>',
      );
      page.feed.push({ x: 1 });
      page.get('#a', HTMLElement).dispatchEvent(new Event('x'));
      const said = await afterPatience();
      expect(said).to.contain(
        '<rt-metric-card feed="b"> stands inside <rt-feed id="a"> and reads that one: move it out, or take feed away.',
      );
    });

    it('and stands inside that very one: says nothing', async () => {
      await page.add('<rt-feed id="a"><rt-metric-card feed="a" field="x"></rt-metric-card></rt-feed>');
      page.feed.push({ x: 1 });
      expect(await afterPatience()).to.deep.equal([]);
    });
  });

  describe('on a source', () => {
    it('outside a feed, and on one without an address', async () => {
      await page.add('<rt-source src="/x"></rt-source><rt-feed><rt-source></rt-source></rt-feed>');
      const messages = await afterPatience();
      expect(messages).to.have.length(2);
      expect(messages.join()).to.contain('<rt-source> stands in no <rt-feed>').and.contain('<rt-source> has no src');
    });
  });

  describe('on attributes', () => {
    it('offers the name, in the console once for all that are alike', async () => {
      await page.add(CARD.replace('value', 'lable="x" value').repeat(3));
      expect(new Set(await heard())).to.deep.equal(
        new Set(['<rt-metric-card> has no attribute lable: write label. Until then it is left alone.']),
      );
      expect(page.errors).to.have.length(3);
      expect(page.env.warnings).to.have.length(1);
      await afterPatience();
      expect(page.errors).to.have.length(3);
    });

    it('knows another case and other hyphens', async () => {
      const writings = ['staleAfter', 'stale_after', 'yMin', 'xField', 'noLegend', 'timezone'];
      await page.add(`<rt-feed><rt-line-chart ${writings.join('="1" ')}="UTC"></rt-line-chart></rt-feed>`);
      page.feed.push({ x: 1 });
      const said = (await heard()).join();
      for (const name of ['stale-after', 'y-min', 'x-field', 'no-legend', 'time-zone']) {
        expect(said).to.contain(`write ${name}.`);
      }
      expect(page.errors).to.have.length(writings.length);
    });

    it('hears of one that a script has set later', async () => {
      await page.add(CARD);
      page.get('rt-metric-card').setAttribute('unti', '%');
      await expectOne(afterPatience(), 'write unit');
    });

    it('says nothing of one that was put right before the script came that would have told it', async () => {
      page.root.insertAdjacentHTML('beforeend', CARD.replace('value', 'fromat="x" value'));
      page.get('rt-metric-card').removeAttribute('fromat');
      expect(await heard()).to.deep.equal([]);
    });

    it('tells a value that is nearly one of those that are allowed', async () => {
      await page.add('<rt-metric-card value="1" format="procent"></rt-metric-card>');
      expect((await heard()).join()).to.contain('did you mean percent?');
    });
  });

  describe('on tags', () => {
    const say = (markup: string): readonly string[] => {
      page.root.insertAdjacentHTML('beforeend', markup);
      adviseOnTags(page.root);
      return page.errors.map(({ message }) => message);
    };

    it('offers the name of ours that is near', () => {
      for (const [tag, name] of [
        ['rt-metriccard', 'rt-metric-card'],
        ['rt-metric-crad', 'rt-metric-card'],
        ['rtmetric-card', 'rt-metric-card'],
        ['rt-linechart', 'rt-line-chart'],
        ['rt-fed', 'rt-feed'],
        ['rt-serie', 'rt-series'],
      ] as const) {
        expect(say(`<${tag}></${tag}>`).at(-1))
          .to.contain(`<${tag}>`)
          .and.contain(`did you mean <${name}>?`);
      }
      expect(page.errors).to.have.length(6);
    });

    it('says what this version has not', () => {
      expect(say('<rt-gauge></rt-gauge>').join()).to.contain('has no <rt-gauge>');
      expect(say('<rt-guage></rt-guage>').join()).to.contain('did you mean <rt-gauge>?');
      expect(page.errors).to.have.length(2);
    });

    it('says nothing of the elements of others, nor of ours that may be registered one by one', () => {
      const others = [
        'rt-anything-else',
        'rt-text',
        'rt-card',
        'rt-page',
        'rt-tabs',
        'rt-menu',
        'art-feed',
        'my-rt-feed',
      ];
      expect(say(others.map((tag) => `<${tag}></${tag}>`).join(''))).to.deep.equal([]);
    });

    it('says nothing of one that was registered while the page had time', async () => {
      await page.add(`<rt-feeds></rt-feeds><rt-feede></rt-feede>${CARD}`);
      customElements.define('rt-feeds', class extends HTMLElement {});
      await expectOne(afterPatience(), '<rt-feede>');
    });

    it('knows every element of the package', () => {
      for (const { tag } of CLASSES) expect(say(`<${tag}x></${tag}x>`).at(-1)).to.contain(`did you mean <${tag}>?`);
    });
  });

  describe('on finding a feed', () => {
    const PUSHED = '<rt-feed id="prices"></rt-feed>';

    const withFeeds = async (markup: string): Promise<void> => {
      await page.add(markup);
      for (const feed of page.root.querySelectorAll('rt-feed')) feed.push({ x: 5 });
    };

    it('that does not exist offers the id of one that does, and goes on waiting', async () => {
      await withFeeds(`${PUSHED}<rt-metric-card feed="price" field="x"></rt-metric-card>`);
      await expectOne(afterPatience(), 'nothing has the id "price"', 'Did you mean feed="prices"?');
      page.feed.id = 'price';
      await settled();
      await page.frame();
      expect(part(page.get('rt-metric-card'), 'value')).to.equal('5');
    });

    it('says that an id is of no feed', async () => {
      await withFeeds(`<section id="other"></section>${PUSHED}<rt-pause-button feed="other"></rt-pause-button>`);
      await expectOne(afterPatience(), '<rt-pause-button> finds no feed', 'the id "other" is that of a <section>');
    });

    it('says of one in a shadow root that it is not seen from outside', async () => {
      await page.add('<section></section><rt-metric-card feed="inner" field="x"></rt-metric-card>');
      page.get('section').attachShadow({ mode: 'open' }).innerHTML = '<rt-feed id="inner"></rt-feed>';
      page.get('section').shadowRoot?.querySelector('rt-feed')?.push({ x: 5 });
      await expectOne(afterPatience(), 'the one with the id "inner" stands in a shadow root');
    });

    it('is one sentence for all widgets of a page without one', async () => {
      await page.add(
        '<rt-metric-card></rt-metric-card><rt-metric-card></rt-metric-card><rt-pause-button></rt-pause-button>',
      );
      const messages = await afterPatience();
      expect(messages).to.have.length(3);
      expect(new Set(messages).size).to.equal(1);
      expect(messages[0]).to.contain('<rt-metric-card>, <rt-pause-button> find no feed: the page has none');
      expect(page.env.warnings).to.have.length(1);
    });

    it('is not for a page with a feed whose tag is mistyped: that is told', async () => {
      await page.add('<rt-feedd><rt-metric-card></rt-metric-card></rt-feedd>');
      await expectOne(afterPatience(), 'did you mean <rt-feed>?');
    });

    it('says that there are several, and none is named', async () => {
      await withFeeds(`${PUSHED}<rt-feed></rt-feed><rt-connection-indicator></rt-connection-indicator>`);
      await expectOne(afterPatience(), 'the page has 2', 'feed="prices"');
    });

    it('is nothing to a card with a value, and a chart with rows, of their own', async () => {
      await page.add(`${CARD}<rt-line-chart></rt-line-chart>`);
      const chart = page.get('rt-line-chart');
      chart.data = { x: [1], series: [{ label: 'a', values: [1] }] };
      await chart.updateComplete;
      expect(await afterPatience()).to.deep.equal([]);
    });

    it('is nothing where one comes in time', async () => {
      await page.add('<rt-metric-card></rt-metric-card>');
      await page.pass(PATIENCE - 1);
      await withFeeds(PUSHED);
      expect(await afterPatience()).to.deep.equal([]);
    });
  });

  describe('on what configures', () => {
    it('outside its chart, and a threshold without a value', async () => {
      await page.add(
        '<rt-series field="x"></rt-series><rt-line-chart><p><rt-threshold label="limit"></rt-threshold></p></rt-line-chart>',
      );
      page.get('rt-line-chart').data = { x: [1], series: [{ label: 'a', values: [1] }] };
      await page.get('rt-line-chart').updateComplete;
      const messages = await afterPatience();
      expect(messages).to.have.length(2);
      expect(messages[0]).to.contain('<rt-series> stands in no <rt-line-chart>');
      expect(messages[1]).to.contain('<rt-threshold> has no value').and.contain('value="90"');
    });

    it('is nothing to those of a chart under another tag', async () => {
      CLASSES[2].define('my-chart');
      await page.add('<rt-feed><my-chart><rt-series field="x"></rt-series></my-chart></rt-feed>');
      page.feed.push(1);
      expect(await afterPatience()).to.deep.equal([]);
    });

    it('is nothing where the tag around it is mistyped: that is told', async () => {
      await page.add('<rt-line-chrat><rt-series field="x"></rt-series></rt-line-chrat>');
      await expectOne(afterPatience(), 'did you mean <rt-line-chart>?');
    });
  });

  describe('by its very nature', () => {
    const GLOBAL =
      'accesskey autocapitalize autocorrect autofocus class contenteditable dir draggable enterkeyhint exportparts hidden id inert inputmode is itemid itemprop itemref itemscope itemtype lang nonce part popover role slot spellcheck style tabindex title translate virtualkeyboardpolicy writingsuggestions onclick onload onpointerdown onbeforetoggle aria-label aria-live aria-describedby about property resource typeof vocab rel rev content datatype theme status shared persist';
    const FRAMEWORKS =
      'hx-get hx-trigger hx-swap-oob sse-connect ws-send _ngcontent-x _ngcontent-ng-c12 _nghost-x ng-if ng-model ng-unit x-data x-show x-text x-bind x-model x-if x-for x-id x-ref x-init x-cloak x-transition x-label v-if v-for v-model v-min v-label v-bind:label v-on:click @click :foo :label #ref *ngIf [label] (click) .value ?paused label.bind data-v-1a2b data-label data-field data-unit data-src data-rt-field data-turbo up-target wire:click un-cloak uk-grid tw-label s-label _ client:load xml:lang xmlns';

    const make = (tag: string): HTMLElement => {
      const element = document.createElement(tag);
      if (tag === 'rt-metric-card') element.setAttribute('value', '1');
      return element;
    };

    /** As a parser writes them: a script may not set all of these. */
    const withAttribute = (tag: string, name: string): HTMLElement => {
      const template = document.createElement('template');
      template.innerHTML = `<${tag} ${name}="x"></${tag}>`;
      const made = document.importNode(template.content, true).firstElementChild;
      if (!(made instanceof HTMLElement)) throw new Error(`There is no ${tag}.`);
      return made;
    };

    for (const { tag } of CLASSES) {
      it(`accuses no attribute of HTML or of a framework on <${tag}>`, async () => {
        for (const name of `${GLOBAL} ${FRAMEWORKS}`.split(' ')) {
          if (name === 'is' || name === 'style') continue;
          page.root.append(withAttribute(tag, name));
        }
        expect(await heard()).to.deep.equal([]);
      });

      it(`accuses every typo of one letter on <${tag}>, unless it is another name of its own`, async () => {
        const sample = document.createElement(tag);
        if (!(sample instanceof ReactiveElement)) throw new Error(`There is no ${tag}.`);
        const names = namesOf(sample);
        const typos = (name: string): string[] => {
          const made: string[] = [];
          for (let at = 0; at < name.length; at++) {
            const [before, after] = [name.slice(0, at), name.slice(at)];
            made.push(before + after.slice(1), `${before}q${after}`, `${before}q${after.slice(1)}`);
            if (after.length > 1) made.push(`${before}${after[1] ?? ''}${after[0] ?? ''}${after.slice(2)}`);
          }
          return [...new Set(made)].filter((typo) => /^[a-z][a-z-]+$/.test(typo) && !names.includes(typo));
        };
        const all = names.flatMap(typos);
        expect(all.length).to.be.greaterThan(20);
        for (const typo of all) page.root.append(withAttribute(tag, typo));
        const said = (await heard()).map((message) => /attribute (\S+): write/.exec(message)?.[1]);
        expect(all.filter((typo) => !said.includes(typo))).to.deep.equal([]);
      });
    }

    it('throws for no name at all, and accuses none that is far from ours', async () => {
      await fc.assert(
        fc.asyncProperty(fc.stringMatching(/^[a-z][a-z0-9_:.-]{18,40}$/), async (name) => {
          const element = make('rt-metric-card');
          element.setAttribute(name, 'x');
          page.root.append(element);
          await settled();
          element.remove();
        }),
        { numRuns: 50 },
      );
      expect(await heard()).to.deep.equal([]);
    });
  });
});
