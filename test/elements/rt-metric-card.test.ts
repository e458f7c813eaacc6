import '../../src/define.js';
import type { RtMetricCard } from '../../src/elements/rt-metric-card/rt-metric-card.js';
import { expect } from '../support/testing.js';
import { inside, part, stateOf, statesOf, usePage } from './page.js';

const LEVELS = ['good', 'info', 'warning', 'critical'];
const TRENDS = ['trend-up', 'trend-down', 'trend-stable'];

describe('<rt-metric-card>', () => {
  const page = usePage();

  /** A card in a feed that lives from `push`. */
  const setUp = async (attributes: string): Promise<RtMetricCard> => {
    await page.add(`<rt-feed><rt-metric-card ${attributes}></rt-metric-card></rt-feed>`);
    return page.get('rt-metric-card');
  };

  /** A card of its own, without a feed. */
  const alone = async (attributes: string, value?: unknown): Promise<RtMetricCard> => {
    await page.add(`<rt-metric-card ${attributes}></rt-metric-card>`);
    const card = page.get('rt-metric-card');
    if (value !== undefined) await page.after(() => (card.value = value));
    return card;
  };

  const push = (data: unknown, channel = 'metrics'): Promise<void> => page.push({ channel, data });

  /** Value and unit as they are read. */
  const shown = (card: Element): string => [part(card, 'value'), part(card, 'unit')].filter(Boolean).join(' ');

  describe('a long number', () => {
    const LONG: readonly (readonly [attributes: string, value: unknown])[] = [
      ['lang="en" format="currency" currency="USD"', 1_234_567.89],
      ['lang="de" format="currency" currency="EUR"', 1_234_567.89],
      ['lang="ar" dir="rtl" format="currency" currency="USD"', 1_234_567.89],
      ['lang="en" format="bytes" unit="/s"', 123_456_789],
      ['lang="en" format="duration"', 93_784_000],
    ];
    for (const width of [160, 226, 320]) {
      for (const [attributes, value] of LONG) {
        it(`fits on one line of ${width} px: ${attributes}`, async () => {
          page.root.style.width = `${width}px`;
          const card = await alone(attributes, 1);
          const { height } = card.getBoundingClientRect();
          await page.after(() => (card.value = value));
          const text = inside(card, '.value');
          const box = inside(card, '.card');
          if (text === undefined || box === undefined) throw new Error('There is no value.');
          expect(text.scrollWidth).to.be.at.most(text.clientWidth);
          expect(box.scrollWidth).to.be.at.most(box.clientWidth);
          expect(getComputedStyle(text).whiteSpace).to.equal('nowrap');
          expect(parseFloat(getComputedStyle(text).fontSize)).to.be.at.least(12);
          // Nothing below it moves as a value grows.
          expect(card.getBoundingClientRect().height).to.equal(height);
        });
      }
    }

    it('that fits at no legible size is cut, and is whole in the title', async () => {
      page.root.style.width = '120px';
      const card = await alone('lang="en" unit="ms"', -1e12);
      const text = inside(card, '.value');
      expect(text?.clientWidth).to.be.below(120 - 32);
      expect(text?.title).to.equal('-1,000,000,000,000 ms');
    });

    it('that is short has no title, and a text breaks where it must', async () => {
      expect(inside(await alone('', 42), '.value')?.hasAttribute('title')).to.equal(false);
      page.root.replaceChildren();
      page.root.style.width = '160px';
      const card = await alone('format="text"', 'a'.repeat(40));
      const text = inside(card, '.value');
      expect(text?.scrollWidth).to.be.at.most(text?.clientWidth ?? 0);
      expect(text?.hasAttribute('title')).to.equal(false);
    });
  });

  describe('formats', () => {
    const FORMATS: readonly (readonly [attributes: string, value: unknown, shown: string])[] = [
      ['', 42, '42'],
      ['', 12.5, '12.5'],
      ['unit="%"', 87.5, '87.5 %'],
      ['unit="ms" decimals="2"', 3, '3.00 ms'],
      ['format="number"', '12.5', '12.5'],
      ['format="percent"', 0.002, '0.2 %'],
      ['format="percent" decimals="0"', 0.876, '88 %'],
      ['format="bytes"', 1_500_000, '1.5 MB'],
      ['format="bytes" unit="/s"', 2_000, '2 kB/s'],
      ['format="compact"', 1_234_567, '1.2M'],
      ['format="currency" currency="eur"', 9.5, '€9.50'],
      ['format="currency"', 9.5, '9.50'],
      ['format="duration"', 250, '250 ms'],
      ['format="duration"', 90_000, '1 min 30 s'],
      ['format="text"', 'RUNNING', 'RUNNING'],
      ['format="text"', false, 'false'],
      ['format="text"', 5, '5'],
    ];
    for (const [attributes, value, expected] of FORMATS) {
      it(`${attributes || 'none'}: ${JSON.stringify(value)} is ${expected}`, async () => {
        const card = await setUp(`field="x" ${attributes}`);
        await push({ x: value });
        expect(shown(card)).to.equal(expected);
        expect(stateOf(card)).to.equal('live');
      });
    }

    it('take a number from a script where the attribute is text', async () => {
      const card = await setUp('field="x"');
      await push({ x: 3 });
      await page.after(() => Object.assign(card, { decimals: 2 }));
      expect(shown(card)).to.equal('3.00');
    });

    it('follow their attributes, and go back to the default with them', async () => {
      const card = await alone('format="percent" decimals="1" unit="of all"', 0.5);
      expect(shown(card)).to.equal('50.0 % of all');
      for (const name of ['format', 'decimals', 'unit']) card.removeAttribute(name);
      await page.after(() => undefined);
      expect(shown(card)).to.equal('0.5');
    });
  });

  describe('what it reads', () => {
    it('is the field of its channel', async () => {
      const card = await setUp('channel="metrics" field="infrastructure.cpu_usage"');
      await push({ infrastructure: { cpu_usage: 5 } });
      await push({ infrastructure: { cpu_usage: 9 } }, 'other');
      expect(shown(card)).to.equal('5');
    });

    it('is every channel that has the field, where none is named', async () => {
      const card = await setUp('field="cpu"');
      await push({ cpu: 1 }, 'a');
      await push({ cpu: 2 }, 'b');
      await push({ memory: 3 }, 'c');
      expect(shown(card)).to.equal('2');
    });

    it('is the data itself, where no field is named', async () => {
      const card = await setUp('channel="load"');
      await push(7, 'load');
      expect(shown(card)).to.equal('7');
    });

    it('is a field whose whole name is the path, before a path', async () => {
      const card = await setUp('field="system.cpu"');
      await push({ 'system.cpu': 5, system: { cpu: 6 } });
      expect(shown(card)).to.equal('5');
    });

    it('is only what where lets through', async () => {
      const card = await setUp(`field="price" where="symbol=AAPL city='New York'"`);
      await push({ price: 1, symbol: 'AAPL', city: 'New York' });
      await push([
        { price: 2, symbol: 'MSFT', city: 'New York' },
        { price: 3, symbol: 'AAPL', city: 'New York' },
        { price: 4, symbol: 'AAPL', city: 'Boston' },
      ]);
      expect(shown(card)).to.equal('3');
    });

    it('is none where it is not understood which, until that is put right', async () => {
      const card = await setUp('field="price" where="symbol:AAPL"');
      await push({ price: 1, symbol: 'MSFT' });
      expect([shown(card), stateOf(card)]).to.deep.equal(['–', 'empty']);
      expect(page.errors.map(({ message }) => message).join()).to.contain('it shows nothing until');
      await page.after(() => (card.where = 'symbol=MSFT'));
      expect(shown(card)).to.equal('1');
    });

    it('is text that is wholly a number, too', async () => {
      const card = await setUp('field="x" thresholds="10 warning"');
      await push({ x: '12.5' });
      expect(shown(card)).to.equal('12.5');
      expect(statesOf(card, LEVELS)).to.deep.equal(['warning']);
    });

    it('changes with its attributes, and starts with what is known', async () => {
      const card = await setUp('channel="metrics" field="cpu"');
      await push({ cpu: 1, memory: 2 });
      await page.after(() => (card.field = 'memory'));
      expect(shown(card)).to.equal('2');
      await page.after(() => card.setAttribute('channel', 'other'));
      expect(shown(card)).to.equal('–');
      await page.after(() => card.removeAttribute('channel'));
      expect(shown(card)).to.equal('2');
    });

    it('starts late with the channel’s last message', async () => {
      await page.add('<rt-feed></rt-feed>');
      await push({ cpu: 3 });
      await page.add('<rt-metric-card field="cpu"></rt-metric-card>');
      const card = page.get('rt-metric-card');
      expect(shown(card)).to.equal('3');
      expect(stateOf(card)).to.equal('live');
    });

    it('fault 32: is nothing of __proto__ or constructor', async () => {
      const card = await setUp('field="__proto__"');
      await page.add('<rt-metric-card id="two" field="constructor.name" format="text"></rt-metric-card>');
      page.feed.append(page.get('#two'));
      await push(JSON.parse('{"__proto__": 5, "x": 1}'));
      expect([shown(card), stateOf(card)]).to.deep.equal(['–', 'empty']);
      expect([shown(page.get('#two')), stateOf(page.get('#two'))]).to.deep.equal(['–', 'empty']);
    });
  });

  describe('while its feed is paused', () => {
    it('stands still whatever else makes it draw, and jumps to now afterwards', async () => {
      const card = await setUp('field="x" lang="en"');
      await push({ x: 1.5 });
      page.feed.pause();
      await push({ x: 2.5 });
      await page.after(() => card.setAttribute('lang', 'de'));
      expect(shown(card)).to.equal('1,5');
      await page.after(() => page.feed.resume());
      await page.frame();
      expect(shown(card)).to.equal('2,5');
    });
  });

  describe('its own value', () => {
    it('needs no feed', async () => {
      const card = await alone('unit="%"', 12.25);
      expect(shown(card)).to.equal('12.25 %');
      expect(stateOf(card)).to.equal('live');
      expect(part(card, 'note')).to.equal(undefined);
    });

    it('may stand in the markup', async () => {
      const card = await alone('value="42" thresholds="40 critical"');
      expect(shown(card)).to.equal('42');
      expect(statesOf(card, LEVELS)).to.deep.equal(['critical']);
    });

    it('stands before the feed’s, until it is taken back', async () => {
      const card = await setUp('field="x"');
      await push({ x: 1 });
      await page.after(() => (card.value = 5));
      expect(shown(card)).to.equal('5');
      await push({ x: 2 });
      expect(shown(card)).to.equal('5');
      await page.after(() => (card.value = undefined));
      expect(shown(card)).to.equal('2');
    });

    it('that is none is empty', async () => {
      const card = await alone('', null);
      expect([shown(card), stateOf(card), part(card, 'note')]).to.deep.equal(['–', 'empty', 'No data yet']);
    });
  });

  describe('levels', () => {
    it('follow thresholds as lower bounds', async () => {
      const card = await setUp('field="x" thresholds="70 warning, 90 critical"');
      for (const [x, level, word] of [
        [69.9, undefined, undefined],
        [70, 'warning', 'warning'],
        [95, 'critical', 'critical'],
        [10, undefined, undefined],
      ]) {
        await push({ x });
        expect(statesOf(card, LEVELS), String(x)).to.deep.equal(level === undefined ? [] : [level]);
        expect(part(card, 'level')).to.equal(word);
      }
    });

    it('follow thresholds as upper bounds where more is better', async () => {
      const card = await setUp('field="x" thresholds="50 warning, 10 critical" good="up"');
      for (const [x, level] of [
        [60, []],
        [50, ['warning']],
        [10, ['critical']],
      ] as const) {
        await push({ x });
        expect(statesOf(card, LEVELS), String(x)).to.deep.equal(level);
      }
    });

    it('follow states, which are shown as text', async () => {
      const card = await setUp('field="x" states="RUNNING good, SHUTTING DOWN warning, DOWN critical"');
      for (const [x, level, word] of [
        ['RUNNING', 'good', undefined],
        ['SHUTTING DOWN', 'warning', 'warning'],
        ['DOWN', 'critical', 'critical'],
      ] as const) {
        await push({ x });
        expect(shown(card)).to.equal(x);
        expect(statesOf(card, LEVELS)).to.deep.equal([level]);
        expect(part(card, 'level')).to.equal(word);
      }
      await push({ x: 'UNHEARD OF' });
      expect(statesOf(card, LEVELS)).to.deep.equal([]);
    });

    it('follow their attributes', async () => {
      const card = await alone('thresholds="5 warning"', 6);
      expect(statesOf(card, LEVELS)).to.deep.equal(['warning']);
      await page.after(() => card.setAttribute('thresholds', '5 critical'));
      expect(statesOf(card, LEVELS)).to.deep.equal(['critical']);
      await page.after(() => card.removeAttribute('thresholds'));
      expect(statesOf(card, LEVELS)).to.deep.equal([]);
    });
  });

  describe('the trend', () => {
    /** Pushes values a second apart. */
    const run = async (...values: readonly number[]): Promise<void> => {
      for (const x of values) {
        await page.pass(1_000);
        await push({ x });
      }
    };

    it('is none before there are two values', async () => {
      const card = await setUp('field="x"');
      await run(1);
      expect(statesOf(card, TRENDS)).to.deep.equal([]);
      expect(part(card, 'trend')).to.equal(undefined);
    });

    it('is worked out from what came', async () => {
      const card = await setUp('field="x"');
      await run(10, 11, 12);
      expect(statesOf(card, TRENDS)).to.deep.equal(['trend-up']);
      expect(part(card, 'trend')).to.contain('rising');
      await run(8, 4, 1);
      expect(statesOf(card, TRENDS)).to.deep.equal(['trend-down']);
      expect(part(card, 'trend')).to.contain('falling');
    });

    it('looks back over trend-window alone', async () => {
      const card = await setUp('field="x" trend-window="4s"');
      await run(100, 1, 1, 1, 1, 1);
      expect(statesOf(card, TRENDS)).to.deep.equal(['trend-stable']);
      expect(part(card, 'trend')).to.contain('steady');
    });

    for (const trend of ['up', 'down', 'stable'] as const) {
      it(`is fixed to ${trend}`, async () => {
        const card = await alone(`trend="${trend}"`, 1);
        expect(statesOf(card, TRENDS)).to.deep.equal([`trend-${trend}`]);
        expect(part(card, 'trend')).not.to.equal(undefined);
      });
    }

    it('is not shown where it is "none"', async () => {
      const card = await setUp('field="x" trend="none"');
      await run(1, 2, 3);
      expect(statesOf(card, TRENDS)).to.deep.equal([]);
      expect(part(card, 'trend')).to.equal(undefined);
    });

    it('is better or worse by what is good, and neither where nothing is', async () => {
      const card = await setUp('field="x" good="down"');
      const judged = (): boolean[] =>
        ['better', 'worse'].map((name) => inside(card, '[part=trend]')?.classList.contains(name) ?? false);
      await run(1, 2, 3);
      expect(judged()).to.deep.equal([false, true]);
      await page.after(() => card.setAttribute('good', 'up'));
      expect(judged()).to.deep.equal([true, false]);
      await page.after(() => card.removeAttribute('good'));
      expect(judged()).to.deep.equal([false, false]);
    });
  });

  describe('no value', () => {
    it('keeps the last one, and says so with its age, which goes on', async () => {
      const card = await setUp('field="x"');
      await push({ x: 5 });
      await page.pass(3_000);
      await push({ x: null });
      expect(shown(card)).to.equal('5');
      expect(part(card, 'note')).to.equal('No value · 3 s ago');
      expect(card.matches(':state(no-value)')).to.equal(true);
      expect(stateOf(card)).to.equal('live');
      await page.pass(2_000);
      expect(part(card, 'note')).to.equal('No value · 5 s ago');
      await push({ x: 6 });
      expect(shown(card)).to.equal('6');
      expect(card.matches(':state(no-value)')).to.equal(false);
      expect(part(card, 'note')).to.equal(undefined);
    });

    it('is text where a number is due', async () => {
      const card = await setUp('field="x" thresholds="1 critical"');
      await push({ x: 5 });
      await push({ x: 'n/a' });
      expect(shown(card)).to.equal('5');
      expect(card.matches(':state(no-value)')).to.equal(true);
      expect(page.errors).to.deep.equal([]);
    });

    it('is an object where text is due', async () => {
      const card = await setUp('field="x" format="text"');
      await push({ x: 'fine' });
      await push({ x: { a: 1 } });
      expect(shown(card)).to.equal('fine');
      expect(card.matches(':state(no-value)')).to.equal(true);
    });

    it('is not a message without the field: that changes nothing', async () => {
      const card = await setUp('field="x"');
      await push({ x: 5 });
      await push({ y: 6 });
      expect(card.matches(':state(no-value)')).to.equal(false);
      expect(shown(card)).to.equal('5');
    });

    it('from the first message on is empty', async () => {
      const card = await setUp('field="x"');
      await push({ x: 'n/a' });
      expect([shown(card), stateOf(card), part(card, 'note')]).to.deep.equal(['–', 'empty', 'No data yet']);
    });
  });

  describe('its state', () => {
    const socketCard = async (): Promise<RtMetricCard> => {
      await page.add('<rt-feed src="/ws" transport="websocket"><rt-metric-card field="x"></rt-metric-card></rt-feed>');
      return page.get('rt-metric-card');
    };
    const tell = async (data: unknown): Promise<void> => {
      page.env.lastSocket.tell({ channel: 'metrics', data });
      await page.frame();
    };

    it('is loading without a feed, while it connects, and until something came', async () => {
      await page.add('<rt-metric-card></rt-metric-card>');
      expect(stateOf(page.get('rt-metric-card'))).to.equal('loading');
      page.get('rt-metric-card').remove();
      const card = await socketCard();
      expect([stateOf(card), part(card, 'note')]).to.deep.equal(['loading', 'Waiting for data']);
      await page.after(() => page.env.lastSocket.open());
      expect(stateOf(card)).to.equal('loading');
    });

    it('is empty where something came, but nothing for it', async () => {
      const card = await socketCard();
      await page.after(() => page.env.lastSocket.open());
      await tell({ y: 1 });
      expect([stateOf(card), part(card, 'note')]).to.deep.equal(['empty', 'No data yet']);
      await tell({ x: 1 });
      expect(stateOf(card)).to.equal('live');
    });

    it('is stale only when the feed has been away for 1.5 s, keeps the value, and says its age', async () => {
      const card = await socketCard();
      page.env.lastSocket.open();
      await tell({ x: 5 });
      page.env.setOnline(false);
      page.env.lastSocket.end(1006);
      await page.pass(1_499);
      expect([stateOf(card), part(card, 'note')]).to.deep.equal(['live', undefined]);
      await page.pass(1);
      expect([stateOf(card), shown(card)]).to.deep.equal(['stale', '5']);
      expect(part(card, 'note')).to.equal('Outdated · 1 s ago');
      await page.pass(1_000);
      expect(part(card, 'note')).to.equal('Outdated · 2 s ago');
    });

    it('never flickers where the feed is back within 1.5 s', async () => {
      const card = await socketCard();
      page.env.lastSocket.open();
      await tell({ x: 5 });
      page.env.lastSocket.end(1006);
      await page.pass(1_000);
      page.env.lastSocket.open();
      for (let time = 0; time < 5; time++) {
        await page.pass(1_000);
        expect(stateOf(card)).to.equal('live');
      }
    });

    it('is live again as soon as the feed is', async () => {
      const card = await socketCard();
      page.env.lastSocket.open();
      await tell({ x: 5 });
      page.feed.disconnect();
      await page.after(() => undefined);
      expect(stateOf(card)).to.equal('stale');
      page.feed.connect();
      await page.after(() => page.env.lastSocket.open());
      expect(stateOf(card)).to.equal('live');
    });

    /** A card whose channel is heard once a second, six times. */
    const everySecond = async (attributes = '', feed = ''): Promise<RtMetricCard> => {
      await page.add(`<rt-feed ${feed}><rt-metric-card field="x" ${attributes}></rt-metric-card></rt-feed>`);
      for (let x = 0; x < 6; x++) {
        if (x > 0) await page.pass(1_000);
        await push({ x });
      }
      return page.get('rt-metric-card');
    };

    it('is stale when its channel is, keeps the value, and says its age', async () => {
      const card = await everySecond();
      await page.pass(4_999);
      expect([stateOf(card), part(card, 'note')]).to.deep.equal(['live', undefined]);
      await page.pass(1);
      expect([stateOf(card), shown(card), part(card, 'note')]).to.deep.equal(['stale', '5', 'Outdated · 5 s ago']);
      await page.pass(60_000);
      expect(part(card, 'note')).to.equal('Outdated · 1 min ago');
    });

    it('is live again with the next message of its channel, at once, and of no other', async () => {
      const card = await everySecond('channel="metrics"');
      await page.pass(9_000);
      await push({ x: 7 }, 'other');
      expect([stateOf(card), shown(card)]).to.deep.equal(['stale', '5']);
      await push({ x: 6 });
      expect([stateOf(card), shown(card), part(card, 'note')]).to.deep.equal(['live', '6', undefined]);
    });

    it('without channel follows the one that its value came by', async () => {
      const card = await everySecond();
      await page.pass(9_000);
      await push({ x: 7 }, 'alert');
      expect([stateOf(card), shown(card)], 'of no rhythm').to.deep.equal(['live', '7']);
      await page.pass(60_000);
      expect(stateOf(card)).to.equal('live');
      await push({ y: 1 });
      await page.pass(60_000);
      expect(stateOf(card), 'what has no such field is not its').to.equal('live');
      await push({ x: 8 });
      await page.pass(60_000);
      expect(stateOf(card)).to.equal('stale');
    });

    it('is stale by its feed’s measure, or by its own', async () => {
      await page.add(`<rt-feed stale-after="2s">
        <rt-metric-card field="x"></rt-metric-card><rt-metric-card field="x" stale-after="10s" id="late"></rt-metric-card>
        <rt-metric-card field="x" stale-after="250ms" id="soon"></rt-metric-card></rt-feed>`);
      await push({ x: 1 });
      const states = (): string[] => [...page.root.querySelectorAll('rt-metric-card')].map(stateOf);
      const seen: string[] = [];
      for (const ms of [0, 249, 1, 1_749, 1, 7_999, 1]) {
        await page.pass(ms);
        seen.push(states().join(' '));
      }
      expect(seen).to.deep.equal([
        'live live live',
        'live live live',
        'live live stale',
        'live live stale',
        'stale live stale',
        'stale live stale',
        'stale stale stale',
      ]);
      await push({ x: 2 });
      expect(states()).to.deep.equal(['live', 'live', 'live']);
    });

    it('counts by its own values, not by its channel’s', async () => {
      const card = await everySecond('stale-after="3s"');
      for (let second = 0; second < 3; second++) {
        expect(stateOf(card)).to.equal('live');
        await push({ y: second });
        await page.pass(1_000);
      }
      expect(stateOf(card)).to.equal('stale');
    });

    it('is stale with its feed, whatever its own measure', async () => {
      const card = await everySecond('stale-after="1h"');
      await page.after(() => page.feed.disconnect());
      expect(stateOf(card)).to.equal('stale');
    });

    it('follows a measure that changes', async () => {
      const card = await everySecond('stale-after="1s"');
      await page.pass(1_000);
      expect(stateOf(card)).to.equal('stale');
      await page.after(() => card.setAttribute('stale-after', '2s'));
      expect(stateOf(card)).to.equal('live');
      await page.pass(1_000);
      expect(stateOf(card)).to.equal('stale');
      await page.after(() => card.removeAttribute('stale-after'));
      expect(stateOf(card)).to.equal('live');
      await page.after(() => (page.feed.staleAfter = '1s'));
      expect(stateOf(card)).to.equal('stale');
    });

    it('is not stale while it is paused and data comes', async () => {
      const card = await everySecond('stale-after="2s"');
      await page.after(() => page.feed.pause());
      for (let second = 0; second < 5; second++) {
        await push({ x: 10 });
        await page.pass(1_000);
        expect([stateOf(card), shown(card)]).to.deep.equal(['live', '5']);
      }
      await page.pass(5_000);
      expect(stateOf(card)).to.equal('stale');
    });

    it('of a page’s own value is live, whatever its measure', async () => {
      const card = await alone('stale-after="1s"', 5);
      await page.pass(60_000);
      expect(stateOf(card)).to.equal('live');
      expect(page.env.due).to.deep.equal([]);
    });

    it('says that it is held while its feed is paused', async () => {
      await page.add('<rt-feed><rt-metric-card field="v"></rt-metric-card></rt-feed>');
      await page.push({ channel: 'a', data: { v: 1 } });
      const card = page.get('rt-metric-card');
      await page.after(() => page.feed.pause());
      await page.push({ channel: 'a', data: { v: 2 } });
      expect(part(card, 'note')).to.equal('Paused');
      expect(part(card, 'value')).to.contain('1');
      expect(card.matches(':state(paused)')).to.equal(true);
      await page.after(() => page.feed.resume());
      await page.frame();
      expect(part(card, 'note')).to.equal(undefined);
      expect(part(card, 'value')).to.contain('2');
    });

    it('fault 41: is drawn once on return, after hours hidden', async () => {
      const card = await everySecond();
      page.env.setHidden(true);
      for (let x = 6; x < 200; x++) {
        page.feed.push({ channel: 'metrics', data: { x } });
        await page.pass(60_000);
      }
      expect(shown(card)).to.equal('5');
      await push({ x: 500 });
      page.env.setHidden(false);
      await page.frame();
      expect([stateOf(card), shown(card)]).to.deep.equal(['live', '500']);
    });

    it('is error where the feed is in error before there was a value, and stale after', async () => {
      const card = await socketCard();
      await page.after(() => page.env.lastSocket.end(1003));
      expect([stateOf(card), part(card, 'note')]).to.deep.equal(['error', 'Error']);
      page.feed.reconnect();
      page.env.lastSocket.open();
      await tell({ x: 5 });
      await page.after(() => page.env.lastSocket.end(1003));
      expect([stateOf(card), shown(card)]).to.deep.equal(['stale', '5']);
    });

    it('is error with a feed of an unknown version', async () => {
      await page.add('<section></section>');
      page.get('section').addEventListener('context-request', (event) => {
        event.stopPropagation();
        Reflect.apply(event.callback, undefined, [{ version: 12 }]);
      });
      page.get('section').innerHTML = '<rt-metric-card></rt-metric-card>';
      await page.pass(0);
      expect(stateOf(page.get('rt-metric-card'))).to.equal('error');
    });

    it('keeps the last value of a feed that was removed', async () => {
      await page.add('<rt-feed id="f"></rt-feed><rt-metric-card field="x"></rt-metric-card>');
      await push({ x: 5 });
      page.feed.remove();
      await page.pass(1_000);
      const card = page.get('rt-metric-card');
      expect([stateOf(card), shown(card)]).to.deep.equal(['stale', '5']);
    });

    it('runs no timer of a card that was removed while it was stale', async () => {
      const card = await socketCard();
      page.env.lastSocket.open();
      await tell({ x: 5 });
      await page.after(() => page.feed.disconnect());
      expect(stateOf(card)).to.equal('stale');
      card.requestUpdate();
      card.remove();
      await page.pass(3_000);
      expect(page.env.due).to.deep.equal([]);
    });
  });

  describe('a bad value', () => {
    const BAD: readonly (readonly [attribute: string, value: string, allowed: string])[] = [
      ['format', 'roman', 'number, percent, bytes, compact, currency, duration, text'],
      ['decimals', '-1', 'whole number'],
      ['currency', 'euros', 'three letters'],
      ['states', 'RUNNING', 'good, info, warning, critical'],
      ['thresholds', '70 dangerous', 'good, info, warning, critical'],
      ['good', 'left', 'up, down'],
      ['trend', 'sideways', 'auto, up, down, stable, none'],
      ['trend-window', '0', 'duration'],
      ['stale-after', 'soon', 'duration'],
      ['stale-after', '0', 'duration above 0'],
    ];
    for (const [attribute, value, allowed] of BAD) {
      it(`of ${attribute} is told once, and the card goes on with the default`, async () => {
        const card = await setUp(`field="x" ${attribute}="${value}"`);
        await push({ x: 5 });
        await push({ x: 6 });
        expect(page.errors).to.have.length(1);
        for (const word of ['<rt-metric-card', attribute, value, allowed])
          expect(page.errors[0]?.message).to.contain(word);
        expect(page.errors[0]?.code).to.equal('config');
        expect(page.env.warnings).to.deep.equal([`rt-widgets: ${page.errors[0]?.message}`]);
        expect(shown(card)).to.equal('6');
      });
    }
  });

  describe('to eyes and screen readers', () => {
    it('has all its parts', async () => {
      const card = await alone('label="CPU" unit="%" thresholds="5 warning" trend="up"', 6);
      for (const name of ['card', 'label', 'value', 'unit', 'level', 'trend']) {
        expect(inside(card, `[part='${name}']`), name).not.to.equal(undefined);
      }
      expect(part(card, 'label')).to.equal('CPU');
    });

    it('is named by its label, else by its field, else by its channel', async () => {
      const card = await alone('field="x" channel="c"', 1);
      const name = (): string | undefined => part(card, 'label');
      expect(name()).to.equal('x');
      await page.after(() => (card.label = 'CPU'));
      expect(name()).to.equal('CPU');
      await page.after(() => {
        card.removeAttribute('field');
        card.label = '';
      });
      expect(name()).to.equal('c');
    });

    it('fault 64: hostile text stays text', async () => {
      const evil = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>';
      const card = await setUp('format="text"');
      await page.after(() => {
        card.label = evil;
        card.unit = evil;
      });
      await push(evil);
      expect(part(card, 'value')).to.equal(evil);
      expect(part(card, 'label')).to.equal(evil);
      expect(part(card, 'unit')).to.equal(evil);
      expect(inside(card, 'img, script')).to.equal(undefined);
      await page.after(() => {
        card.label = '';
        card.field = evil;
      });
      expect(part(card, 'label')).to.equal(evil);
      expect(inside(card, 'img, script')).to.equal(undefined);
      expect(Reflect.has(window, 'hurt')).to.equal(false);
    });

    it('speaks German where the page does, and follows it', async () => {
      const card = await setUp('field="x" thresholds="1 warning" trend="up"');
      await push({ x: 1_234.5 });
      expect(shown(card)).to.equal('1,234.5');
      await page.after(() => page.root.setAttribute('lang', 'de'));
      expect(shown(card)).to.equal('1.234,5');
      expect(part(card, 'level')).to.equal('Warnung');
      expect(part(card, 'trend')).to.contain('steigend');
      await push({ x: null });
      expect(part(card, 'note')).to.equal('Kein Wert · jetzt');
      await page.after(() => page.feed.disconnect());
      expect(part(card, 'note')).to.equal('Veraltet · jetzt');
    });

    const STATES: readonly (readonly [state: string, attributes: string, bring: (card: RtMetricCard) => unknown])[] = [
      ['loading', 'label="CPU"', () => undefined],
      ['live', 'label="CPU" field="x" unit="%" trend="up" good="down" thresholds="5 warning"', () => push({ x: 6 })],
      ['live', 'label="CPU" field="x" thresholds="5 critical"', () => push({ x: 6 })],
      ['empty', 'label="CPU" field="x"', () => push({ y: 6 })],
      ['stale', 'label="CPU" field="x"', async () => (await push({ x: 6 }), page.feed.disconnect())],
      ['error', 'label="CPU" field="x"', () => (page.feed.src = 'javascript:0')],
    ];
    for (const scheme of ['light', 'dark']) {
      for (const [state, attributes, bring] of STATES) {
        it(`is accessible when it is ${state}, in ${scheme}, with ${attributes}`, async () => {
          page.paint(scheme);
          const card = await setUp(attributes);
          await bring(card);
          await page.pass(0);
          await page.frame();
          expect(stateOf(card)).to.equal(state);
          await expect(card).to.be.accessible();
        });
      }
    }
  });
});
