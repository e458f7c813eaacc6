import { sendKeys } from '@web/test-runner-commands';
import '../../src/define.js';
import { RtLineChart } from '../../src/elements/rt-line-chart/rt-line-chart.js';
import { settled } from '../support/fake-env.js';
import { expect, nextFrame, waitUntil } from '../support/testing.js';
import { inside, part, stateOf, usePage } from './page.js';

const T = Date.UTC(2024, 0, 2);
const iso = (seconds: number): string => new Date(T + seconds * 1_000).toISOString();

const canvasOf = (chart: Element): HTMLCanvasElement => {
  const canvas = inside(chart, 'canvas');
  if (!(canvas instanceof HTMLCanvasElement)) throw new Error('There is no canvas.');
  return canvas;
};

const legendOf = (chart: Element): string[] =>
  [...(chart.shadowRoot?.querySelectorAll('[part=series]') ?? [])].map(({ textContent }) => textContent.trim());

/** How many pixels have exactly this colour. */
const pixelsOf = (chart: Element, wanted: readonly [number, number, number]): number => {
  const canvas = canvasOf(chart);
  const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (wanted.every((part, index) => data[at + index] === part)) count++;
  }
  return count;
};

describe('<rt-line-chart>', () => {
  const page = usePage();

  /** Everything that waits is drawn: sizes are told in a real frame, pictures drawn in ours. */
  const draw = async (chart: RtLineChart): Promise<void> => {
    await chart.updateComplete;
    await settled();
    await nextFrame();
    await nextFrame();
    await waitUntil(() => canvasOf(chart).style.width !== '' || chart.offsetHeight === 0);
    await page.frame();
    await page.frame();
  };

  const setUp = async (attributes = '', children = ''): Promise<RtLineChart> => {
    await page.add(`<rt-feed><rt-line-chart ${attributes}>${children}</rt-line-chart></rt-feed>`);
    await page.get('rt-line-chart').updateComplete;
    return page.get('rt-line-chart');
  };

  const alone = async (attributes = '', children = ''): Promise<RtLineChart> => {
    await page.add(`<rt-line-chart ${attributes}>${children}</rt-line-chart>`);
    await page.get('rt-line-chart').updateComplete;
    return page.get('rt-line-chart');
  };

  /** Pushes data that is dated so many seconds after the beginning. */
  const push = (seconds: number, data: object, channel = 'metrics'): Promise<void> =>
    page.push({ channel, data: { ...data, timestamp: T + seconds * 1_000 } });

  const picture = async (chart: RtLineChart): Promise<string> => {
    await draw(chart);
    return canvasOf(chart).toDataURL();
  };

  const DATA = { x: [T, T + 1_000, T + 2_000, T + 3_000], series: [{ label: 'a', values: [1, 5, Number.NaN, 3] }] };

  describe('its series', () => {
    it('are its fields, then its children, at any depth', async () => {
      const chart = await setUp(
        'fields="a  b.c"',
        '<p><rt-series field="d"></rt-series></p><div><p>&nbsp;<rt-series field="e" label="E"></rt-series></p></div>',
      );
      expect(legendOf(chart)).to.deep.equal(['a', 'b.c', 'd', 'E']);
      await push(0, { a: 1, b: { c: 2 }, d: 3, e: 4 });
      expect(chart.toCSV()).to.equal(`time,a,b.c,d,E\r\n${iso(0)},1,2,3,4\r\n`);
    });

    it('are not those of a widget inside', async () => {
      const chart = await setUp(
        '',
        '<rt-series field="a"></rt-series><rt-line-chart><rt-series field="b"></rt-series></rt-line-chart>',
      );
      expect(legendOf(chart)).to.deep.equal(['a']);
    });

    it('are found under a tag of the page’s own, too', async () => {
      RtLineChart.define('my-chart');
      await page.add('<my-chart><p><rt-series field="a"></rt-series></p></my-chart>');
      const chart = page.get('my-chart');
      if (!(chart instanceof RtLineChart)) throw new Error('It was not upgraded.');
      await chart.updateComplete;
      expect(legendOf(chart)).to.deep.equal(['a']);
    });

    it('come, go and change later, and those that stay keep their past', async () => {
      const chart = await setUp('', '<rt-series field="a"></rt-series>');
      await push(0, { a: 1, b: 10 });
      const added = document.createElement('rt-series');
      added.field = 'b';
      await page.after(() => {
        const wrap = document.createElement('p');
        wrap.append(added);
        chart.prepend(wrap);
      });
      await settled();
      expect(legendOf(chart)).to.deep.equal(['b', 'a']);
      await push(1, { a: 2, b: 11 });
      await page.after(() => added.setAttribute('label', 'B'));
      await settled();
      const rows = chart.toCSV().trim().split('\r\n');
      expect(rows.at(0)).to.equal('time,B,a');
      expect(rows.at(-1)).to.equal(`${iso(1)},11,2`);
      expect(rows.at(-2)).to.match(/,1$/);
      await page.after(() => added.remove());
      await settled();
      expect(chart.toCSV()).to.equal(`time,a\r\n${iso(0)},1\r\n${iso(1)},2\r\n`);
    });

    it('is the data itself, where no field is named', async () => {
      const chart = await setUp('channel="load"');
      await page.push({ channel: 'load', data: 5, time: T });
      await page.push({ channel: 'other', data: 6, time: T });
      expect(chart.toCSV()).to.equal(`time,load\r\n${iso(0)},5\r\n`);
    });

    it('read the chart’s channel and where, or their own', async () => {
      const chart = await setUp(
        'channel="a" where="host=x"',
        '<rt-series field="cpu"></rt-series><rt-series field="cpu" label="y" where="host=y"></rt-series><rt-series field="cpu" label="b" channel="b"></rt-series>',
      );
      await push(0, { cpu: 1, host: 'x' }, 'a');
      await push(1, { cpu: 2, host: 'y' }, 'a');
      await push(2, { cpu: 3, host: 'x' }, 'b');
      expect(chart.toCSV()).to.equal(`time,cpu,y,b\r\n${iso(0)},1,,\r\n${iso(1)},,2,\r\n${iso(2)},,,3\r\n`);
    });

    it('stand on the axis that they name', async () => {
      const chart = await alone('', '<rt-series label="a"></rt-series><rt-series label="b"></rt-series>');
      chart.append(
        [T, T + 1_000],
        [
          [1, 2],
          [1_000, 2_000],
        ],
      );
      const left = await picture(chart);
      page.get('rt-series:last-of-type').setAttribute('axis', 'right');
      const both = await picture(chart);
      expect(both).not.to.equal(left);
      page.get('rt-series:last-of-type').removeAttribute('axis');
      expect(await picture(chart)).to.equal(left);
    });

    it('take their times from x-field', async () => {
      const chart = await setUp('fields="a" x-field="at"');
      await push(500, { a: 1, at: iso(7) });
      expect(chart.toCSV()).to.equal(`time,a\r\n${iso(7)},1\r\n`);
      await page.after(() => chart.removeAttribute('x-field'));
      await push(8, { a: 2 });
      expect(chart.toCSV()).to.contain(iso(8));
    });

    it('fault 32: are none of __proto__', async () => {
      const chart = await setUp('fields="__proto__ constructor"');
      await page.push({ channel: 'a', data: JSON.parse('{"__proto__": 5}') as unknown });
      expect(chart.toCSV()).to.equal('time,__proto__,constructor\r\n');
      expect(stateOf(chart)).to.equal('empty');
    });
  });

  describe('colours', () => {
    /** One sample a series stands alone: it is a dot, and a dot is of one colour inside. */
    const dots = async (chart: RtLineChart, count: number): Promise<void> => {
      chart.append(
        [T],
        Array.from({ length: count }, (_, index) => [index]),
      );
      await draw(chart);
    };

    it('are those of the palette, for light and for dark pages', async () => {
      const chart = await alone('', '<rt-series label="a"></rt-series><rt-series label="b"></rt-series>');
      page.paint('light');
      await dots(chart, 2);
      expect(pixelsOf(chart, [0, 103, 169])).to.be.greaterThan(3);
      expect(pixelsOf(chart, [179, 71, 0])).to.be.greaterThan(3);
    });

    it('are the author’s: names, custom properties; what is none is told, and has the palette’s', async () => {
      page.paint('light');
      page.root.style.setProperty('--mine', 'rgb(1, 2, 3)');
      page.root.style.setProperty('--rt-color-3', 'rgb(4, 5, 6)');
      page.root.style.setProperty('--rt-color-4', 'lime');
      const colors = ['rebeccapurple', 'var(--mine)', 'no colour', ''];
      const chart = await alone('', colors.map((color) => `<rt-series color="${color}"></rt-series>`).join(''));
      await dots(chart, 4);
      for (const color of [
        [102, 51, 153],
        [1, 2, 3],
        [4, 5, 6],
        [0, 255, 0],
      ] as const) {
        expect(pixelsOf(chart, color), String(color)).to.be.greaterThan(3);
      }
      expect(page.errors.map(({ message }) => message).join()).to.contain('color="no colour"> is not understood');
    });

    it('follow the page’s colour scheme while it is shown', async () => {
      page.paint('light');
      const chart = await alone();
      await dots(chart, 1);
      expect(pixelsOf(chart, [86, 180, 233])).to.equal(0);
      page.paint('dark');
      const isDark = (): boolean => {
        page.env.runFrame();
        return pixelsOf(chart, [86, 180, 233]) > 3;
      };
      await waitUntil(isDark, 'it stays light');
      expect(pixelsOf(chart, [0, 103, 169])).to.equal(0);
    });

    it('are those of the legend', async () => {
      page.paint('light');
      const chart = await setUp('', '<rt-series field="a" color="rgb(1, 2, 3)"></rt-series>');
      const swatch = inside(chart, '.swatch');
      expect(swatch === undefined ? '' : getComputedStyle(swatch).color).to.equal('rgb(1, 2, 3)');
    });
  });

  describe('thresholds', () => {
    const CRITICAL = [179, 38, 30] as const;
    const WARNING = [138, 83, 0] as const;

    it('are lines in the colour of their level, which come, change and go', async () => {
      page.paint('light');
      const chart = await alone(
        'y-min="0" y-max="10"',
        '<p><rt-threshold value="8" level="critical"></rt-threshold></p>',
      );
      chart.data = DATA;
      await draw(chart);
      expect(pixelsOf(chart, CRITICAL)).to.be.greaterThan(100);
      expect(pixelsOf(chart, WARNING)).to.equal(0);
      await page.after(() => page.get('rt-threshold').removeAttribute('level'));
      await draw(chart);
      expect(pixelsOf(chart, CRITICAL)).to.equal(0);
      expect(pixelsOf(chart, WARNING)).to.be.greaterThan(100);
      await page.after(() => page.get('rt-threshold').remove());
      await draw(chart);
      expect(pixelsOf(chart, WARNING)).to.equal(0);
    });

    it('without a value are none', async () => {
      page.paint('light');
      const chart = await alone('y-min="0" y-max="10"', '<rt-threshold level="critical"></rt-threshold>');
      chart.data = DATA;
      await draw(chart);
      expect(pixelsOf(chart, CRITICAL)).to.equal(0);
      expect(page.errors).to.deep.equal([]);
    });
  });

  describe('the window', () => {
    const run = async (): Promise<void> => {
      for (let second = 0; second <= 10; second++) {
        if (second > 0) await page.pass(1_000);
        await push(second, { a: second });
      }
    };
    const valuesOf = (chart: RtLineChart): string[] =>
      chart
        .toCSV()
        .trim()
        .split('\r\n')
        .slice(1)
        .map((row) => row.split(',')[1] ?? '');

    it('is so much time up to the right edge, which moves on in silence', async () => {
      const chart = await setUp('fields="a" window="5s"');
      await run();
      expect(valuesOf(chart)).to.deep.equal(['5', '6', '7', '8', '9', '10']);
      await page.pass(2_000);
      expect(valuesOf(chart)).to.deep.equal(['7', '8', '9', '10']);
    });

    it('is so many samples', async () => {
      const chart = await setUp('fields="a" window="3"');
      await run();
      expect(valuesOf(chart)).to.deep.equal(['8', '9', '10']);
    });

    it('is all that is kept, where there is none, and follows its attribute', async () => {
      const chart = await setUp('fields="a"');
      await run();
      expect(valuesOf(chart)).to.have.length(11);
      await page.after(() => chart.setAttribute('window', '2s'));
      expect(valuesOf(chart)).to.deep.equal(['8', '9', '10']);
      await page.after(() => chart.removeAttribute('window'));
      expect(valuesOf(chart).at(-1)).to.equal('10');
    });

    it('raises what the feed keeps', async () => {
      const chart = await setUp('fields="a" window="8"');
      await page.after(() => (page.feed.history = '3'));
      await run();
      expect(valuesOf(chart)).to.have.length(8);
    });

    it('moves on in the picture, too, where nothing new comes', async () => {
      const chart = await setUp('fields="a" window="20s"');
      await run();
      const before = await picture(chart);
      expect(await picture(chart)).to.equal(before);
      await page.pass(2_000);
      expect(await picture(chart)).not.to.equal(before);
    });

    it('fault 34: a sample dated 2099 neither blanks nor pins it, and is counted', async () => {
      await page.add(
        '<rt-feed><rt-line-chart fields="a" window="60s"></rt-line-chart><rt-line-chart id="sane" where="sane=true" fields="a" window="60s"></rt-line-chart></rt-feed>',
      );
      const chart = page.get('rt-line-chart');
      const sane = page.get('#sane', RtLineChart);
      await Promise.all([chart.updateComplete, sane.updateComplete]);
      for (let second = 0; second < 5; second++) await push(second, { a: second, sane: true });
      await page.push({ channel: 'metrics', data: { a: 99, timestamp: '2099-01-01T00:00:00Z' } });
      expect(await picture(chart)).to.equal(await picture(sane));
      await page.pass(1_000);
      await push(5, { a: 5, sane: true });
      expect(await picture(chart)).to.equal(await picture(sane));
      expect(valuesOf(chart)).to.deep.equal(['0', '1', '2', '3', '4', '5']);
      expect([chart.dropped, sane.dropped]).to.deep.equal([1, 0]);
      expect(page.errors, 'told by the counter alone').to.deep.equal([]);
    });
  });

  describe('rows of the page’s own', () => {
    it('need no feed', async () => {
      const chart = await alone('label="Mine"');
      chart.data = {
        x: Float64Array.of(T, T + 1_000),
        series: [
          { label: 'a', values: Float32Array.of(0.5, 1.5) },
          { label: 'b', values: [3, 4] },
        ],
      };
      await settled();
      expect(chart.toCSV()).to.equal(`time,a,b\r\n${iso(0)},0.5,3\r\n${iso(1)},1.5,4\r\n`);
      expect(legendOf(chart)).to.deep.equal(['a', 'b']);
      expect(stateOf(chart)).to.equal('live');
      expect(chart.data.series[1]?.label).to.equal('b');
    });

    it('are added to', async () => {
      const chart = await alone('', '<rt-series label="a"></rt-series><rt-series label="b"></rt-series>');
      chart.append([T], [[1], [2]]);
      chart.append(Float64Array.of(T + 2_000, T + 1_000), [Float64Array.of(5, 3), [6, 4]]);
      await settled();
      expect(chart.toCSV()).to.equal(`time,a,b\r\n${iso(0)},1,2\r\n${iso(1)},3,4\r\n${iso(2)},5,6\r\n`);
      expect(stateOf(chart)).to.equal('live');
    });

    it('are taken before the view has been fetched, in order', async () => {
      await page.add('<section></section>');
      const chart = document.createElement('rt-line-chart');
      page.get('section').append(chart);
      chart.append([T - 5_000], [[9]]);
      chart.data = { x: [T], series: [{ label: 'a', values: [1] }] };
      chart.append([T + 1_000], [[2]]);
      chart.append([T + 2_000], [[3]]);
      expect(inside(chart, 'canvas'), 'not here yet').to.equal(undefined);
      await chart.updateComplete;
      expect(chart.toCSV()).to.equal(`time,a\r\n${iso(0)},1\r\n${iso(1)},2\r\n${iso(2)},3\r\n`);
    });

    it('stand before the feed’s, until they are taken back', async () => {
      const chart = await setUp('fields="a"');
      await push(0, { a: 1 });
      chart.data = { x: [T], series: [{ label: 'mine', values: [7] }] };
      await settled();
      await push(1, { a: 2 });
      expect(chart.toCSV()).to.equal(`time,mine\r\n${iso(0)},7\r\n`);
      chart.data = undefined;
      await settled();
      expect(legendOf(chart)).to.deep.equal(['a']);
      expect(chart.toCSV()).to.equal(`time,a\r\n${iso(0)},1\r\n${iso(1)},2\r\n`);
    });

    it('stand still at the newest', async () => {
      const chart = await alone('window="2s"');
      chart.data = DATA;
      const before = await picture(chart);
      await page.pass(60_000);
      expect(await picture(chart)).to.equal(before);
    });

    it('that do not fit are told, and change nothing', async () => {
      const chart = await alone();
      chart.data = DATA;
      chart.append([T + 9_000], [[1], [2]]);
      chart.append([T + 9_000], [[1, 2]]);
      chart.append([Number.NaN], [[1]]);
      await settled();
      expect(page.errors.map(({ code }) => code)).to.deep.equal(['config', 'config', 'config']);
      for (const { message } of page.errors) expect(message).to.contain('append()').and.to.contain('rt-line-chart');
      expect(chart.toCSV()).not.to.contain(iso(9));
    });

    it('leave the platform’s own append() what it is', async () => {
      const chart = await alone();
      const nodes = [document.createElement('b'), document.createElement('i')];
      chart.append(...nodes);
      chart.append('text');
      chart.append('two', 'texts');
      chart.append();
      expect(chart.innerHTML).to.equal('<b></b><i></i>texttwotexts');
      expect(page.errors).to.deep.equal([]);
    });
  });

  describe('toCSV()', () => {
    it('is a head row before there is anything', async () => {
      const chart = document.createElement('rt-line-chart');
      expect(chart.toCSV()).to.equal('time\r\n');
      expect((await setUp('fields="a"')).toCSV()).to.equal('time,a\r\n');
    });

    it('quotes as RFC 4180 says, and disarms what a spreadsheet would run', async () => {
      const chart = await alone();
      const labels = ['plain', 'a,b', 'say "hi"', 'two\nlines', '=1+1', '+1', '-1', '@x'];
      chart.data = { x: [T], series: labels.map((label) => ({ label, values: [1] })) };
      expect(chart.toCSV().split('\r\n')[0]).to.equal(`time,plain,"a,b","say ""hi""","two\nlines",'=1+1,'+1,'-1,'@x`);
    });

    it('has an empty cell for no value, one row a distinct time, and numbers with a dot whatever the language', async () => {
      page.root.lang = 'de';
      const chart = await setUp(
        '',
        '<rt-series field="a"></rt-series><rt-series field="b" channel="other"></rt-series>',
      );
      await push(0, { a: 1.5 });
      await push(0, { b: -2e-7 }, 'other');
      await push(1, { a: null });
      await push(2, { a: 'text' });
      await push(3, { a: '2.5' });
      expect(chart.toCSV()).to.equal(
        `time,a,b\r\n${iso(0)},1.5,-2e-7\r\n${iso(1)},,\r\n${iso(2)},,\r\n${iso(3)},2.5,\r\n`,
      );
    });
  });

  describe('what it looks like', () => {
    for (const [attribute, value] of [
      ['fill', ''],
      ['stepped', ''],
      ['gap', 'connect'],
      ['gap', 'hold'],
      ['gap-after', '500ms'],
      ['y-min', '-5'],
      ['y-max', '20'],
      ['soft-min', '-10'],
      ['soft-max', '50'],
    ] as const) {
      it(`is another picture with ${attribute}${value === '' ? '' : `="${value}"`}, and the same again without`, async () => {
        const chart = await alone();
        chart.data = DATA;
        const plain = await picture(chart);
        chart.setAttribute(attribute, value);
        const changed = await picture(chart);
        chart.removeAttribute(attribute);
        expect(changed).not.to.equal(plain);
        expect(await picture(chart)).to.equal(plain);
      });
    }

    it('has the height that the page gives, and the width that there is', async () => {
      page.root.style.width = '500px';
      page.root.style.setProperty('--rt-chart-height', '200px');
      const chart = await alone();
      expect([chart.offsetWidth, chart.offsetHeight]).to.deep.equal([500, 200]);
      chart.data = DATA;
      await draw(chart);
      expect(canvasOf(chart).getBoundingClientRect().width).to.be.within(400, 500);
    });

    it('is drawn again after it was moved', async () => {
      await page.add('<section></section>');
      const chart = await alone();
      chart.data = DATA;
      const plain = await picture(chart);
      page.get('section').append(chart);
      expect(await picture(chart)).to.equal(plain);
    });
  });

  describe('paused', () => {
    it('holds the picture, says so, and goes on collecting; then jumps to now', async () => {
      const chart = await setUp('fields="a" window="60s" label="Load"');
      for (let second = 0; second < 5; second++) await push(second, { a: second });
      const before = await picture(chart);
      await page.after(() => chart.setAttribute('paused', ''));
      expect(part(chart, 'note')).to.equal('Paused');
      expect(chart.matches(':state(paused)')).to.equal(true);
      for (let second = 5; second < 20; second++) await push(second, { a: 100 });
      expect(await picture(chart)).to.equal(before);
      expect(chart.toCSV()).to.contain(`${iso(19)},100`);
      chart.paused = false;
      expect(await picture(chart)).not.to.equal(before);
      expect(chart.matches(':state(paused)')).to.equal(false);
    });

    it('is what a paused feed makes of it, too', async () => {
      const chart = await setUp('fields="a" window="60s" label="Load"');
      for (let second = 0; second < 5; second++) await push(second, { a: second });
      const before = await picture(chart);
      await page.after(() => page.feed.pause());
      expect(part(chart, 'note')).to.equal('Paused');
      expect(chart.matches(':state(paused)')).to.equal(true);
      for (let second = 5; second < 20; second++) await push(second, { a: 100 });
      await page.pass(5_000);
      expect(await picture(chart)).to.equal(before);
      page.feed.resume();
      expect(await picture(chart)).not.to.equal(before);
    });
  });

  describe('the legend', () => {
    it('tells two series of one name apart', async () => {
      const chart = await setUp(
        '',
        '<rt-series field="a" label="x"></rt-series><rt-series field="b" label="x"></rt-series>',
      );
      await draw(chart);
      await page.after(() => inside(chart, '[part=series]')?.click());
      await draw(chart);
      const pressed = [...(chart.shadowRoot?.querySelectorAll('[part=series]') ?? [])].map((button) =>
        button.getAttribute('aria-pressed'),
      );
      expect(pressed).to.deep.equal(['false', 'true']);
    });

    it('hides and shows a series by keyboard', async () => {
      page.paint('light');
      const chart = await alone('', '<rt-series label="a" color="lime"></rt-series><rt-series label="b"></rt-series>');
      chart.append([T], [[1], [2]]);
      await draw(chart);
      const isPressed = (): string | null | undefined => inside(chart, '[part=series]')?.getAttribute('aria-pressed');
      const isDrawn = (): boolean => pixelsOf(chart, [0, 255, 0]) > 0;
      expect([isPressed(), isDrawn()]).to.deep.equal(['true', true]);
      inside(chart, '[part=series]')?.focus();
      await sendKeys({ press: 'Enter' });
      await draw(chart);
      expect([isPressed(), isDrawn()]).to.deep.equal(['false', false]);
      expect(chart.toCSV(), 'what is hidden is kept').to.contain(',1,2');
      await sendKeys({ press: 'Space' });
      await draw(chart);
      expect([isPressed(), isDrawn()]).to.deep.equal(['true', true]);
    });

    it('is left away by no-legend', async () => {
      const chart = await setUp('fields="a" no-legend');
      expect(inside(chart, '[part=legend]')).to.equal(undefined);
      await page.after(() => chart.removeAttribute('no-legend'));
      expect(inside(chart, '[part=legend]')).not.to.equal(undefined);
    });
  });

  describe('its state', () => {
    const note = (chart: RtLineChart): string | undefined => part(chart, 'note');

    it('is loading, empty, live and stale as the feed is', async () => {
      await page.add('<rt-feed src="/ws" transport="websocket"><rt-line-chart fields="a"></rt-line-chart></rt-feed>');
      const chart = page.get('rt-line-chart');
      await chart.updateComplete;
      expect([stateOf(chart), note(chart)]).to.deep.equal(['loading', 'Waiting for data']);
      await page.after(() => page.env.lastSocket.open());
      page.env.lastSocket.tell({ channel: 'c', data: { b: 1 } });
      await page.frame();
      expect([stateOf(chart), note(chart)]).to.deep.equal(['empty', 'No data yet']);
      page.env.lastSocket.tell({ channel: 'c', data: { a: 1 } });
      await page.frame();
      expect([stateOf(chart), note(chart)]).to.deep.equal(['live', '']);
      page.env.setOnline(false);
      page.env.lastSocket.end(1006);
      await page.pass(1_499);
      expect(stateOf(chart)).to.equal('live');
      await page.pass(1);
      expect([stateOf(chart), note(chart)]).to.deep.equal(['stale', 'Outdated · 1 s ago']);
      expect(chart.toCSV(), 'what was there stays').to.contain(',1');
    });

    it('is stale when its channels are, or by its own measure, and live again with the next message', async () => {
      await page.add(
        '<rt-feed><rt-line-chart fields="a"></rt-line-chart><rt-line-chart fields="a" stale-after="2s"></rt-line-chart></rt-feed>',
      );
      const charts = [...page.root.querySelectorAll('rt-line-chart')];
      const states = (): string[] => charts.map((chart) => `${stateOf(chart)} ${note(chart)}`.trim());
      for (const chart of charts) await chart.updateComplete;
      for (let second = 0; second < 6; second++) {
        if (second > 0) await page.pass(1_000);
        await push(second, { a: second });
      }
      await page.pass(1_999);
      expect(states()).to.deep.equal(['live', 'live']);
      await page.pass(1);
      expect(states()).to.deep.equal(['live', 'stale Outdated · 2 s ago']);
      await page.pass(3_000);
      expect(states()).to.deep.equal(['stale Outdated · 5 s ago', 'stale Outdated · 5 s ago']);
      await push(11, { a: 1 });
      expect(states()).to.deep.equal(['live', 'live']);
      await page.pass(2_000);
      expect(states()).to.deep.equal(['live', 'stale Outdated · 2 s ago']);
    });

    it('is live while any of its series is', async () => {
      const chart = await setUp('fields="a"', '<rt-series field="b" channel="slow"></rt-series>');
      for (let second = 0; second < 50; second++) {
        await push(second, { a: 1 });
        if (second % 8 === 0) await push(second, { b: 1 }, 'slow');
        await page.pass(1_000);
      }
      await page.pass(5_000);
      expect(stateOf(chart), 'the fast one is silent').to.equal('live');
      await page.pass(24_000);
      expect(stateOf(chart), 'the slow one too').to.equal('stale');
    });

    it('is error where the feed is, before anything came', async () => {
      await page.add('<rt-feed src="javascript:1"><rt-line-chart fields="a"></rt-line-chart></rt-feed>');
      const chart = page.get('rt-line-chart');
      await chart.updateComplete;
      expect([stateOf(chart), note(chart)]).to.deep.equal(['error', 'Error']);
    });

    it('is loading until the view has been fetched', async () => {
      await page.add('<rt-line-chart></rt-line-chart>');
      expect(stateOf(page.get('rt-line-chart'))).to.equal('loading');
      await page.get('rt-line-chart').updateComplete;
    });
  });

  describe('a bad value', () => {
    it('of time-zone is told, and the browser’s own zone rules', async () => {
      const chart = await setUp('fields="a" time-zone="Mars/Olympus"');
      await draw(chart);
      const told = page.errors.filter(({ message }) => message.includes('Mars/Olympus'));
      expect(told.map(({ code }) => code)).to.deep.equal(['config']);
      expect(told[0]?.message).to.include('Europe/Berlin');
    });

    const BAD: readonly (readonly [markup: string, names: readonly string[]])[] = [
      ['window="long"', ['window', 'long', '60s']],
      ['y-min="low"', ['y-min', 'low', 'number']],
      ['y-max="high"', ['y-max', 'high', 'number']],
      ['soft-min="1,5"', ['soft-min', '1,5', 'number']],
      ['soft-max="x"', ['soft-max', 'x', 'number']],
      ['gap="bridge"', ['gap', 'bridge', 'break, connect, hold']],
      ['gap-after="0"', ['gap-after', '0', 'duration']],
      ['><rt-series field="a" axis="top"></rt-series', ['rt-series', 'axis', 'top', 'left, right']],
      ['><rt-series field="a" where="b"></rt-series', ['rt-series', 'where', 'symbol=AAPL']],
      ['><rt-series field="a" color="bleu"></rt-series', ['rt-series', 'color', 'bleu', 'CSS colour']],
      ['><rt-threshold value="half"></rt-threshold', ['rt-threshold', 'value', 'half', 'number']],
      [
        '><rt-threshold value="5" level="bad"></rt-threshold',
        ['rt-threshold', 'level', 'bad', 'good, info, warning, critical'],
      ],
    ];
    it('of where is told once, and nothing is drawn until that is put right', async () => {
      await page.add('<rt-feed><rt-line-chart fields="a" where="a"></rt-line-chart></rt-feed>');
      const chart = page.get('rt-line-chart');
      await chart.updateComplete;
      await push(0, { a: 1 });
      await draw(chart);
      expect(page.errors.map(({ message }) => message).join())
        .to.contain('symbol=AAPL')
        .and.contain('it shows nothing');
      expect(chart.toCSV()).not.to.contain(',1');
    });

    for (const [markup, names] of BAD) {
      it(`${names.slice(0, -1).join(' ')} is told once, and the chart goes on with the default`, async () => {
        await page.add(`<rt-feed><rt-line-chart fields="a" ${markup}></rt-line-chart></rt-feed>`);
        const chart = page.get('rt-line-chart');
        await chart.updateComplete;
        await push(0, { a: 1 });
        await push(1, { a: 2 });
        await draw(chart);
        expect(page.errors.map(({ code }) => code)).to.deep.equal(['config']);
        for (const name of names) expect(page.errors[0]?.message).to.contain(name);
        expect(page.env.warnings).to.deep.equal([`rt-widgets: ${page.errors[0]?.message}`]);
        expect(chart.toCSV()).to.contain(`${iso(1)},2`);
      });
    }
  });

  describe('to eyes and screen readers', () => {
    it('has its parts, and a canvas with a name in its own shadow root', async () => {
      const chart = await setUp('label="Load" fields="cpu memory"');
      for (const name of ['label', 'plot', 'canvas', 'legend', 'series', 'note']) {
        expect(inside(chart, `[part='${name}']`), name).not.to.equal(undefined);
      }
      expect(canvasOf(chart).getAttribute('aria-label')).to.equal('Load: cpu, memory');
      expect(canvasOf(chart).getAttribute('role')).to.equal('img');
      await page.after(() => {
        chart.label = '';
        page.root.lang = 'de';
      });
      expect(canvasOf(chart).getAttribute('aria-label')).to.equal('Liniendiagramm: cpu, memory');
    });

    it('fault 64: hostile labels and fields stay text', async () => {
      const evil = '<img src=x onerror="window.hurt=1">';
      const chart = await setUp('');
      chart.label = evil;
      chart.fields = evil.replaceAll(' ', '\u00a0');
      const series = document.createElement('rt-series');
      series.label = evil;
      chart.append(series);
      await settled();
      await settled();
      expect(part(chart, 'label')).to.equal(evil);
      expect(legendOf(chart).at(-1)).to.equal(evil);
      expect(inside(chart, 'img')).to.equal(undefined);
      expect(Reflect.has(window, 'hurt')).to.equal(false);
    });

    for (const scheme of ['light', 'dark']) {
      it(`is accessible in each state, in ${scheme}`, async () => {
        page.paint(scheme);
        const chart = await setUp('label="Load" fields="a b"', '<rt-threshold value="5"></rt-threshold>');
        await draw(chart);
        expect(stateOf(chart)).to.equal('loading');
        await expect(chart).to.be.accessible();
        await push(0, { a: 1, b: 2 });
        await draw(chart);
        expect(stateOf(chart)).to.equal('live');
        await expect(chart).to.be.accessible();
        inside(chart, '[part=series]')?.click();
        chart.paused = true;
        await draw(chart);
        await expect(chart).to.be.accessible();
        chart.paused = false;
        page.feed.disconnect();
        await draw(chart);
        expect(stateOf(chart)).to.equal('stale');
        await expect(chart).to.be.accessible();
      });
    }
  });
});
