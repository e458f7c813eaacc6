/** Plain tags with `data-rt`: what is put into them, what becomes of their text, and what follows their changes. */
import fc from 'fast-check';
import '../../src/define.js';
import { fill } from '../../src/fill.js';
import { RtFeed } from '../../src/index.js';
import { CLASSES } from '../../src/elements/classes.js';
import { settled } from '../support/fake-env.js';
import { expect } from '../support/testing.js';
import { part, stateOf, usePage } from '../elements/page.js';

describe('a plain tag with data-rt', () => {
  const page = usePage();

  /** Adds markup, and waits until it is filled: the first time the script for it is fetched. */
  const add = async (markup: string): Promise<void> => {
    page.root.insertAdjacentHTML('beforeend', markup);
    await fill(document);
    await settled();
  };

  /** The one element that the selector finds. */
  const only = (selector: string): Element => {
    const [found, second] = page.root.querySelectorAll(selector);
    if (found === undefined || second !== undefined) throw new Error(`There is not one ${selector}.`);
    return found;
  };

  const count = (selector: string): number => page.root.querySelectorAll(selector).length;

  const told = (): string[] => page.errors.map(({ message }) => message);

  /** Names that no test has used: what a page was told is not told there again. */
  let unique = 0;
  const odd = (): string => `zz${++unique}zz`;

  describe('is filled:', () => {
    it('the element is put inside, with its attributes, and takes the text in', async () => {
      await add('<div data-rt="metric-card" data-rt-field="cpu" data-rt-stale-after="5s">CPU <b>load</b></div>');
      expect(only('[data-rt]').outerHTML).to.equal(
        '<div data-rt="metric-card" data-rt-field="cpu" data-rt-stale-after="5s"><rt-metric-card field="cpu" stale-after="5s">CPU <b>load</b></rt-metric-card></div>',
      );
    });

    it('the text is shown no more by a widget, and goes on being shown by a feed', async () => {
      await add('<div data-rt="feed">of the page<p data-rt="metric-card">in its stead</p></div>');
      expect(page.root.innerText).to.contain('of the page').and.not.to.contain('in its stead');
    });

    it('feeds, sources, cards, charts, series and thresholds, nested, with paragraphs and breaks anywhere between', async () => {
      await add(
        `<div data-rt="feed"><p><br>&nbsp;<span data-rt="source" data-rt-src="/none">the source</span></p><p>
        <div data-rt="metric-card" data-rt-field="x">x</div></p>&nbsp;<br>
        <div data-rt="line-chart" data-rt-label="X"><p><span data-rt="series" data-rt-field="x" data-rt-label="of x">x</span><br>
        <span data-rt="threshold" data-rt-value="90">90</span></p>&nbsp;</div></div>`,
      );
      const chart = page.get('rt-line-chart');
      await chart.updateComplete;
      await page.push({ channel: 'a', data: { x: 3 } });
      expect(part(page.get('rt-metric-card'), 'value')).to.equal('3');
      expect(chart.toCSV()).to.match(/^time,of x\r\n[^,]+,3\r\n$/);
      expect(page.env.requests.map(({ url }) => url)).to.deep.equal(['https://page.example/none']);
      expect(told()).to.deep.equal([]);
    });

    it('whichever it is of the elements that the package has', async () => {
      for (const { tag } of CLASSES) {
        await add(`<div data-rt="${tag.replace('rt-', '')}">text</div>`);
        expect(only(`div > ${tag}`).textContent).to.equal('text');
      }
      expect(told()).to.deep.equal([]);
    });

    it('and shown as it would be as a tag', async () => {
      await add('<div data-rt="metric-card" data-rt-value="5" data-rt-unit="%">5</div>');
      const card = page.get('rt-metric-card');
      expect([part(card, 'value'), part(card, 'unit'), stateOf(card)]).to.deep.equal(['5', '%', 'live']);
      await expect(page.root).to.be.accessible();
    });

    it('once, however often it is seen', async () => {
      await add('<div data-rt="metric-card">x</div>');
      const card = only('rt-metric-card');
      await fill(document);
      await page.after(() => page.root.append(only('div')));
      await page.after(() => document.body.append(page.root));
      expect(only('rt-metric-card')).to.equal(card);
      expect(only('div').innerHTML).to.equal('<rt-metric-card>x</rt-metric-card>');
    });

    it('when it comes later, alone or inside something else', async () => {
      await add('<section></section>');
      const section = page.get('section');
      await page.after(() => (section.innerHTML = '<p>a<span data-rt="metric-card">b</span></p>'));
      expect(only('rt-metric-card').textContent).to.equal('b');
      await page.after(() => {
        const made = document.createElement('div');
        made.dataset['rt'] = 'pause-button';
        section.replaceChildren(made);
      });
      expect([count('rt-metric-card'), count('div > rt-pause-button')]).to.deep.equal([0, 1]);
    });

    it('when data-rt is set on a tag that is there', async () => {
      await add('<div>x</div>');
      await page.after(() => only('div').setAttribute('data-rt', 'metric-card'));
      expect(only('div > rt-metric-card').textContent).to.equal('x');
    });

    it('when it is filled already: a clone, markup that was read and written again, and what was written in both forms', async () => {
      await add('<div data-rt="metric-card" data-rt-value="1">x</div>');
      const host = only('div');
      await page.after(() => host.after(host.cloneNode(true)));
      await page.after(() => page.root.insertAdjacentHTML('beforeend', host.outerHTML));
      await add('<div data-rt="metric-card" data-rt-value="1"><rt-metric-card>x</rt-metric-card></div>');
      expect([...page.root.children].map(({ outerHTML }) => outerHTML)).to.deep.equal(Array(4).fill(host.outerHTML));
      for (const card of page.root.querySelectorAll('rt-metric-card')) expect(part(card, 'value')).to.equal('1');
    });

    it('anew when a filter has taken our tag away and left its text', async () => {
      await add('<div data-rt="metric-card">x</div>');
      const kept = only('div').outerHTML.replace(/<\/?rt-[^>]*>/g, '');
      await page.after(() => (page.root.innerHTML = kept));
      expect(only('div').innerHTML).to.equal('<rt-metric-card>x</rt-metric-card>');
    });

    it('and what a page adds to it later goes in too, in its order', async () => {
      await add('<div data-rt="feed">b</div>');
      await page.after(() => {
        only('div').prepend('a');
        only('div').append('c', document.createElement('hr'));
      });
      expect(only('div').innerHTML).to.equal('<rt-feed status="idle">abc<hr></rt-feed>');
    });

    it('again when a page replaces all that is in it', async () => {
      await add('<div data-rt="metric-card" data-rt-value="1">x</div>');
      await page.after(() => (only('div').textContent = 'y'));
      expect(only('div').innerHTML).to.equal('<rt-metric-card value="1">y</rt-metric-card>');
    });

    it('once, when a CMS or a script has wrapped the widget in something', async () => {
      await add('<div data-rt="metric-card" data-rt-value="1">x</div>');
      const card = only('rt-metric-card');
      for (const wrapper of ['p', 'div']) {
        await page.after(() => {
          const around = document.createElement(wrapper);
          card.replaceWith(around);
          around.append(card);
        });
      }
      await page.after(() => page.root.children[0]?.append('y'));
      await page.after(() => page.root.children[0]?.setAttribute('data-rt-value', '2'));
      const whole = '<p><div><rt-metric-card value="2">xy</rt-metric-card></div></p>';
      expect(page.root.children[0]?.innerHTML).to.equal(whole);
      expect(only('rt-metric-card')).to.equal(card);
      await add('<div data-rt="metric-card"><p></p>y<p><rt-metric-card>x</rt-metric-card></p></div>');
      expect(page.root.children[1]?.innerHTML).to.equal('<p><rt-metric-card><p></p>yx</rt-metric-card></p>');
    });

    it('though a feed of its own stands in it beside other things', async () => {
      await add('<div data-rt="feed" id="a"><section><b>b</b><rt-feed id="c"></rt-feed></section></div>');
      expect([count('#a > rt-feed'), count('#a > rt-feed #c')]).to.deep.equal([1, 1]);
    });

    it('and left as it is when a page takes the widget out', async () => {
      await add('<div data-rt="metric-card">x</div>');
      await page.after(() => only('rt-metric-card').remove());
      expect(only('div').innerHTML).to.equal('');
    });

    it('not inside a template, whose content is no part of the page until it is used', async () => {
      await add('<template><div data-rt="metric-card">x</div></template><section></section>');
      const template = page.get('template', HTMLTemplateElement);
      expect(template.innerHTML).to.equal('<div data-rt="metric-card">x</div>');
      await page.after(() => page.get('section').append(template.content.cloneNode(true)));
      expect(only('section').innerHTML).to.equal('<div data-rt="metric-card"><rt-metric-card>x</rt-metric-card></div>');
    });

    it('in a shadow root that a script names, now and later', async () => {
      await add('<section></section>');
      const root = page.get('section').attachShadow({ mode: 'open' });
      root.innerHTML = '<div data-rt="metric-card">x</div>';
      await fill(root);
      expect(root.innerHTML).to.equal('<div data-rt="metric-card"><rt-metric-card>x</rt-metric-card></div>');
      await page.after(() => (root.innerHTML = '<p data-rt="series">y</p>'));
      expect(root.querySelector('p > rt-series')?.textContent).to.equal('y');
    });

    it('and lists with it, which browsers draw again without their items', async () => {
      await add('<ul data-rt="metric-card"><li>x</li></ul><ol data-rt="feed"><li>y</li></ol>');
      await new Promise(requestAnimationFrame);
      expect(page.root.innerText).to.contain('y').and.not.to.contain('x');
    });

    it('with the frames inside it still running, where the browser can move them so', async () => {
      if (!('moveBefore' in Element.prototype)) return;
      await add('<div><iframe srcdoc="<p>hello"></iframe></div>');
      const frame = page.get('iframe', HTMLIFrameElement);
      await new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
      const inside = frame.contentWindow;
      let loads = 0;
      frame.addEventListener('load', () => loads++);
      await page.after(() => only('div').setAttribute('data-rt', 'feed'));
      expect(frame.parentElement?.localName).to.equal('rt-feed');
      expect([frame.contentWindow === inside, loads]).to.deep.equal([true, 0]);
    });
  });

  describe('names', () => {
    it('an element as CMSs and authors write it', async () => {
      const spellings = [
        'Metric-Card',
        'rt-metric-card',
        'metriccard',
        'METRIC_CARD',
        '“metric-card”',
        ' metric card\u00a0',
      ];
      for (const name of spellings) {
        page.root.replaceChildren();
        await add(`<div data-rt="${name}">x</div>`);
        expect(count('div > rt-metric-card'), name).to.equal(1);
      }
      expect(told()).to.deep.equal([]);
    });

    it('none: that is told once, with the nearest one, and the text stays', async () => {
      await add('<div data-rt="metric-crad">x</div><div data-rt="metric-crad">y</div>');
      await page.after(() => page.root.append(only('div:first-child')));
      expect([...page.root.children].map(({ innerHTML }) => innerHTML)).to.deep.equal(['y', 'x']);
      expect(told()).to.have.length(1);
      for (const word of ['<div data-rt="metric-crad">', 'did you mean "metric-card"?'])
        expect(told()[0]).to.contain(word);
      expect(page.env.warnings).to.have.length(1);
    });

    it('nothing near: told with all that there are, and a long one is cut short', async () => {
      await add(`<div data-rt="${odd().repeat(100)}">x</div>`);
      expect(told()[0]).to.contain('feed, connection-indicator, line-chart').and.to.contain('…');
      expect(told()[0]).to.have.length.below(400);
    });

    it('a tag that can hold nothing: told, and it is left alone', async () => {
      await add(
        '<img data-rt="metric-card" alt=""><table><tr data-rt="feed"><td>x</table><svg><g data-rt="feed"></g></svg>',
      );
      expect(told().map((text) => /<(\w+)/.exec(text)?.[1])).to.deep.equal(['img', 'tr', 'g']);
      expect([count('rt-metric-card'), count('rt-feed')]).to.deep.equal([0, 0]);
    });

    it('another element later: the one goes, the other takes its content', async () => {
      await add('<div data-rt="metric-card" data-rt-label="L" data-rt-unit="u">x</div>');
      await page.after(() => only('div').setAttribute('data-rt', 'line-chart'));
      expect(only('div').innerHTML).to.equal('<rt-line-chart label="L">x</rt-line-chart>');
    });

    it('nothing any more: the widget goes, and its content stands there again', async () => {
      await add('<div data-rt="feed"><p data-rt="metric-card">x</p></div>');
      await page.after(() => only('div').removeAttribute('data-rt'));
      expect(only('div').innerHTML).to.equal('<p data-rt="metric-card"><rt-metric-card>x</rt-metric-card></p>');
      await page.after(() => only('p').setAttribute('data-rt', odd()));
      expect(only('p').innerHTML).to.equal('x');
      await page.after(() => only('p').setAttribute('data-rt', 'feed'));
      expect(only('p').innerHTML).to.equal('<rt-feed status="idle">x</rt-feed>');
    });
  });

  describe('attributes', () => {
    const attributesOf = (element: Element): Record<string, string> =>
      Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));

    it('are understood however a CMS writes them', async () => {
      await add(
        '<div data-rt="metric-card" data-rt-staleAfter="1s" data-rt-TREND-WINDOW="2s" data-rt-arialabel="A" data-rt-aria-description="D" data-rt-lang="de">x</div>',
      );
      expect(attributesOf(only('rt-metric-card'))).to.deep.equal({
        'stale-after': '1s',
        'trend-window': '2s',
        'aria-label': 'A',
        'aria-description': 'D',
        lang: 'de',
      });
      expect(told()).to.deep.equal([]);
    });

    it('lose the quotes and entities that a CMS has put around them; what people read keeps its own quotes', async () => {
      await add(
        '<div data-rt=“metric-card” data-rt-field=“cpu” data-rt-channel="&amp;quot;a&amp;quot;" data-rt-label="“A” &amp;amp; B" data-rt-where="&amp;quot;s=1&amp;quot;">x</div>',
      );
      expect(attributesOf(only('rt-metric-card'))).to.deep.equal({
        field: 'cpu',
        channel: 'a',
        label: '“A” & B',
        where: 's=1',
      });
    });

    it('are followed as they are set, changed and removed', async () => {
      await add('<div data-rt="metric-card" data-rt-value="1">x</div>');
      const host = only('div');
      const card = only('rt-metric-card');
      await page.after(() => host.setAttribute('data-rt-value', '2'));
      await page.after(() => host.setAttribute('data-rt-unit', 'm'));
      expect([part(card, 'value'), part(card, 'unit')]).to.deep.equal(['2', 'm']);
      await page.after(() => host.removeAttribute('data-rt-unit'));
      expect(attributesOf(card)).to.deep.equal({ value: '2' });
    });

    it('that are written in two ways follow the first of them, and the other when that has gone', async () => {
      await add('<div data-rt="metric-card" data-rt-stale-after="1s" data-rt-staleafter="2s">x</div>');
      const card = only('rt-metric-card');
      expect(card.getAttribute('stale-after')).to.equal('1s');
      await page.after(() => only('div').removeAttribute('data-rt-stale-after'));
      expect(card.getAttribute('stale-after')).to.equal('2s');
    });

    it('of a clone that was changed before it came are its own', async () => {
      await add('<div data-rt="metric-card" data-rt-value="1">x</div>');
      const clone = only('div').cloneNode(true) as HTMLElement;
      clone.dataset['rtValue'] = '2';
      await page.after(() => page.root.append(clone));
      expect([...page.root.querySelectorAll('rt-metric-card')].map((card) => part(card, 'value'))).to.deep.equal([
        '1',
        '2',
      ]);
    });

    it('that the element does not have are told once, with the nearest, and set nothing', async () => {
      await add('<div data-rt="metric-card" data-rt-feild="x" data-rt-window="60s">x</div>');
      expect(told()).to.have.length(2);
      expect(told()[0])
        .to.contain('data-rt-feild')
        .and.to.contain('<rt-metric-card>')
        .and.to.contain('Did you mean data-rt-field?');
      expect(told()[1]).to.contain('data-rt-window').and.not.to.contain('mean');
      expect(attributesOf(only('rt-metric-card'))).to.deep.equal({});
    });

    it('of which none is code, style, an id or a class: not set, whatever else is', async () => {
      const names = [
        'onclick',
        'on-click',
        'onerror',
        'style',
        'is',
        'id',
        'class',
        'name',
        'srcdoc',
        'href',
        'slot',
        'part',
        'headers',
        'decode',
        'hello',
        'status',
        'inner-html',
        '-proto-',
      ];
      for (const { tag } of CLASSES) {
        page.root.replaceChildren();
        const written = names.map((name) => `data-rt-${name}="alert(1)"`).join(' ');
        await add(`<div data-rt="${tag}" ${written}>x</div>`);
        // A feed tells its status, and what only configures hides itself.
        const { status, style, ...rest } = attributesOf(only(tag));
        expect(rest, tag).to.deep.equal({});
        expect(['idle', undefined]).to.include(status);
        expect(['display: none;', undefined]).to.include(style);
      }
    });

    it('are, whatever is written, only those that the element observes, and those that describe it', async () => {
      await add('<section></section>');
      const names = fc.string({ unit: fc.constantFrom(...Array.from('abcdefilnorstuy-_.:0')), minLength: 1 });
      const known = CLASSES.flatMap(({ observedAttributes }) => observedAttributes);
      const wild = fc.oneof(
        names,
        names.map((name) => `on${name}`),
        names.map((name) => `aria-${name}`),
        fc.constantFrom(...known, 'style', 'id', 'class'),
      );
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...CLASSES), fc.dictionary(wild, fc.string()), async (element, written) => {
          const host = document.createElement('div');
          host.dataset['rt'] = element.tag;
          for (const [name, value] of Object.entries(written)) {
            // No source to connect to.
            if (!/^d?src$/.test(name)) host.setAttribute(`data-rt-${name}`, value);
          }
          page.get('section').append(host);
          await settled();
          const widget = host.firstElementChild;
          for (const { name, value } of widget?.attributes ?? []) {
            const isOurs =
              element.observedAttributes.includes(name) ||
              /^(?:dir|hidden|lang|role|title|aria-[a-z]+)$/.test(name) ||
              (name === 'status' && value === 'idle') ||
              (name === 'style' && value === 'display: none;');
            expect(isOurs, name).to.equal(true);
            expect(name).not.to.match(/^on/);
          }
          expect(widget?.localName).to.equal(element.tag);
          host.remove();
        }),
        { numRuns: 60 },
      );
    });
  });

  describe('is a feed that widgets find', () => {
    const CARD =
      '<div data-rt="metric-card" data-rt-feed="main" data-rt-field="x">x</div><rt-metric-card feed="main" field="x"></rt-metric-card>';
    const FEEDS: Readonly<Record<string, string>> = {
      'by the id of the plain tag': '<div id="main" data-rt="feed">f</div>',
      'by data-rt-id': '<div data-rt="feed" data-rt-id="main">f</div>',
      'by the id of the plain tag as a sanitizer prefixes it': '<div id="user-content-main" data-rt="feed">f</div>',
      'by its own id as a sanitizer prefixes it': '<rt-feed id="user-content-main"></rt-feed>',
    };

    for (const [how, feed] of Object.entries(FEEDS)) {
      for (const [order, markup] of Object.entries({ before: feed + CARD, after: CARD + feed })) {
        it(`${how}, ${order} them`, async () => {
          await add(`${markup}<rt-feed id="other"></rt-feed>`);
          await page.push({ channel: 'a', data: { x: 7 } }, page.get('rt-feed:not(#other)', RtFeed));
          const values = [...page.root.querySelectorAll('rt-metric-card')].map((card) => part(card, 'value'));
          expect(values).to.deep.equal(['7', '7']);
        });
      }
    }

    it('by a name that it gets later, and by that no more when it has another', async () => {
      await add(`<div id="a" data-rt="feed">a</div><div id="b" data-rt="feed">b</div>${CARD}`);
      for (const name of ['a', 'b'])
        await page.push({ channel: 'a', data: { x: name } }, page.get(`#${name} > rt-feed`, RtFeed));
      const card = page.get('rt-metric-card');
      card.setAttribute('format', 'text');
      const [a, b] = [only('#a'), only('#b')];
      const shownAfter = async (change: () => void): Promise<string> => {
        await page.after(change);
        await card.updateComplete;
        return part(card, 'value') ?? '';
      };
      expect(await shownAfter(() => b.setAttribute('data-rt-id', 'main'))).to.equal('b');
      expect(await shownAfter(() => b.removeAttribute('data-rt-id'))).to.equal('b');
      expect(await shownAfter(() => (a.id = 'main'))).to.equal('a');
    });
  });
});
