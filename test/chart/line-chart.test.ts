import { expect } from 'chai';
import { Chart } from 'chart.js';
import { replaceRows } from '../../src/store/fill.js';
import type { SeriesGroup } from '../../src/store/series-group.js';
import { BLUE, feed, GREEN, groupOf, NOON, RED, series, Stage } from './fakes.js';

/** Samples every 50 ms from -1,000 ms up to noon, which came at 0; `value` tells each, by its time. */
const filled = (value: (ms: number) => unknown = () => 50, window = { ms: 1_000 }): SeriesGroup => {
  const group = groupOf(1, window);
  for (let ms = -1_000; ms <= 0; ms += 50) feed(group, 0, ms, value(ms));
  return group;
};

const scale = (stage: Stage, id: string): { min: number; max: number; labels: unknown[] } => {
  const found = Chart.getChart(stage.canvas)?.scales[id];
  return {
    min: found?.min ?? NaN,
    max: found?.max ?? NaN,
    labels: (found?.ticks ?? []).map(({ label }) => label),
  };
};

const texts = ({ reading }: Stage): string[] =>
  reading === undefined ? [] : [reading.title, ...reading.rows.map(({ label, value }) => `${label}: ${value}`)];

describe('a line chart', () => {
  const stages: Stage[] = [];
  const stageOf = async (...given: Parameters<typeof Stage.of>): Promise<Stage> => {
    const stage = await Stage.of(...given);
    stages.push(stage);
    return stage;
  };
  afterEach(() => stages.splice(0).forEach((stage) => stage.remove()));

  describe('draws', () => {
    it('each series in its colour, from border to border', async () => {
      const group = groupOf(2);
      for (let ms = -1_500; ms <= 0; ms += 50) feed(group, 0, ms, 70, 30);
      const stage = await stageOf(group, { series: [series(RED), series(BLUE)] });
      const red = stage.reach('red');
      expect(red.gaps).to.equal(0);
      expect(red.to - red.from).to.be.at.least(350 * devicePixelRatio);
      expect(stage.reach('blue')).to.deep.equal(red);
    });

    it('a gap where there is no value, a line with `connect`, and one with `hold`', async () => {
      const group = filled((ms) => (ms > -700 && ms < -300 ? null : 50));
      const stage = await stageOf(group);
      expect(stage.reach('red').gaps).to.be.within(120, 190);
      for (const gap of ['connect', 'hold'] as const) {
        stage.chart.configure({ ...stage.options, gap });
        stage.frame();
        expect(stage.reach('red').gaps).to.equal(0);
      }
    });

    it('a gap where a series fell silent for more than three times its usual gap', async () => {
      const group = groupOf(1);
      for (let ms = -1_000; ms <= 0; ms += 50) if (ms < -600 || ms > -400) feed(group, 0, ms, 50);
      const stage = await stageOf(group);
      expect(stage.reach('red').gaps).to.be.greaterThan(60);
      stage.chart.configure({ ...stage.options, gapAfter: 500 });
      stage.frame();
      expect(stage.reach('red').gaps).to.equal(0);
    });

    it('a series that is hidden not at all', async () => {
      const stage = await stageOf(filled(), { series: [series(RED, { hidden: true })] });
      expect(stage.has('red')).to.equal(false);
      stage.chart.configure({ ...stage.options, series: [series(RED)] });
      stage.frame();
      expect(stage.has('red')).to.equal(true);
    });

    it('a sample that stands alone as a dot', async () => {
      const group = groupOf(1);
      feed(group, 0, -500, 50);
      feed(group, 0, 0, null);
      const stage = await stageOf(group);
      const { from, to } = stage.reach('red');
      expect(to - from).to.be.within(2, 8);
    });

    it('the area under a line where it is to be filled, and only as far as the line goes', async () => {
      const stage = await stageOf(
        filled((ms) => (ms > -500 ? null : 50)),
        { fill: true },
      );
      const { ctx, chartArea } = Chart.getChart(stage.canvas) ?? {};
      const alphaAt = (x: number): number => {
        const ratio = devicePixelRatio;
        const at = { x: (chartArea?.left ?? 0) + x, y: (chartArea?.bottom ?? 0) - 15 };
        return ctx?.getImageData(at.x * ratio, at.y * ratio, 1, 1).data[3] ?? NaN;
      };
      expect(alphaAt(90)).to.be.within(20, 80);
      expect(alphaAt(270)).to.equal(0);
    });

    it('steps where it is to be stepped', async () => {
      const stage = await stageOf(
        filled((ms) => (ms < -500 ? 20 : 80)),
        { stepped: true },
      );
      const highest = Math.max(...stage.columns('red'));
      // One upright line from 20 to 80.
      expect(highest).to.be.at.least(90 * devicePixelRatio);
    });

    it('a value that was confirmed on to that moment', async () => {
      const group = filled(() => 50, { ms: 1_000 });
      const stage = await stageOf(group);
      stage.now = 500;
      stage.chart.mark();
      stage.frame();
      const before = stage.reach('red').to;
      group.confirm(400);
      stage.chart.mark();
      stage.frame();
      expect(stage.reach('red').to - before).to.be.within(130, 160);
    });

    it('a threshold in its colour, with its label as whole at the very top as elsewhere', async () => {
      const count = async (value: number, label: string): Promise<number> => {
        const stage = await stageOf(groupOf(), { thresholds: [{ value, label, color: GREEN }] });
        return stage.columns('green').reduce((sum, column) => sum + column, 0);
      };
      const [line, middle, top] = [await count(50, ' '), await count(50, 'limit'), await count(100, 'limit')];
      expect(line).to.be.greaterThan(100);
      expect(middle - line).to.be.greaterThan(20);
      expect(top).to.be.within(middle - 2, middle + 2);
    });

    it('no threshold that is out of sight', async () => {
      const stage = await stageOf(filled(), { thresholds: [{ value: 900, label: 'limit', color: GREEN }] });
      expect(stage.has('green')).to.equal(false);
    });

    it('a right axis where a series has it, with ends of its own', async () => {
      const group = groupOf(2);
      for (let ms = -1_000; ms <= 0; ms += 50) feed(group, 0, ms, 50 + (ms % 100), 2e6 - ms * 1e3);
      const free = { yMin: undefined, yMax: undefined };
      const stage = await stageOf(group, { ...free, series: [series(RED), series(BLUE, { axis: 'right' })] });
      expect(scale(stage, 'left').max).to.be.at.most(60);
      expect(scale(stage, 'right').labels).to.include('2.50M');
    });

    it('times in the zone and language that are asked for', async () => {
      const stage = await stageOf(filled(), { window: { ms: 60_000 }, timeZone: 'Asia/Tokyo', lang: 'de' });
      expect(scale(stage, 'x').labels).to.include('20:59:30');
    });

    it('nothing, and does not throw, without a group, without rows and without a series', async () => {
      const stage = await stageOf(undefined);
      expect(stage.has('red')).to.equal(false);
      stage.chart.show(groupOf());
      stage.frame();
      stage.chart.configure({ ...stage.options, series: [] });
      stage.chart.show(filled());
      expect(stage.frame()).to.equal(1);
      expect(stage.has('red')).to.equal(false);
    });

    it('a script’s own rows, and stands at the newest', async () => {
      const group = groupOf(1, undefined);
      const [x, y] = [
        [NOON, NOON + 1, NOON + 2],
        [10, 90, 10],
      ];
      replaceRows(group, x, [y]);
      const stage = await stageOf(group, { window: undefined });
      expect(stage.reach('red').to - stage.reach('red').from).to.be.greaterThan(340);
      expect(scale(stage, 'x')).to.include({ min: NOON, max: NOON + 2 });
      expect(stage.timers.waiting.size).to.equal(0);
    });

    it('absurd numbers without throwing', async () => {
      const free = { yMin: undefined, yMax: undefined, window: undefined };
      for (const values of [
        [1e-12, 3e-12],
        [1e15, -1e15],
        [1e308, -1e308],
        [5, 5],
        [5e-324, 0],
        [0, 0],
      ]) {
        for (const times of [
          [0, 0],
          [0, 1],
          [-8e15, 8e15],
          [1e300, 2e300],
        ]) {
          const group = groupOf(1, undefined);
          replaceRows(group, times, [values]);
          const stage = await stageOf(group, {
            ...free,
            fill: true,
            thresholds: [{ value: 1, label: '', color: GREEN }],
          });
          const { min, max } = scale(stage, 'left');
          expect(min).to.be.lessThan(max);
          stage.remove();
        }
      }
    });
  });

  describe('in time', () => {
    it('moves its window with the clock, so that silence is seen as it grows', async () => {
      const stage = await stageOf(filled());
      const before = stage.reach('red');
      stage.now = 500;
      stage.timers.fire();
      expect(stage.frame()).to.equal(1);
      const after = stage.reach('red');
      expect(before.to - after.to).to.be.within(160, 200);
      expect(after.from).to.equal(before.from);
      expect(scale(stage, 'x')).to.include({ min: NOON - 500, max: NOON + 500 });
    });

    it('draws once a frame, however often it is told of data', async () => {
      const stage = await stageOf(filled());
      expect(stage.frames.tasks.size).to.equal(0);
      stage.chart.mark();
      stage.chart.mark();
      expect([...stage.frames.tasks.values()]).to.deep.equal(['draw']);
      expect(stage.frame()).to.equal(1);
    });

    it('draws nothing when it is told the same options again', async () => {
      const stage = await stageOf(filled());
      stage.chart.configure({ ...stage.options, series: [series(RED)] });
      expect(stage.frame()).to.equal(0);
      stage.chart.configure({ ...stage.options, series: [series(BLUE)] });
      expect(stage.frame()).to.equal(1);
      expect(stage.has('blue')).to.equal(true);
    });

    it('wakes when the window has moved by a pixel of the device, and no sooner than a frame', async () => {
      const stage = await stageOf(
        filled(() => 50, { ms: 1_000 }),
        { window: { ms: 360_000 } },
      );
      expect([...stage.timers.waiting.values()][0]).to.be.within(900 / devicePixelRatio, 1_100 / devicePixelRatio);
      stage.chart.configure({ ...stage.options, window: { ms: 100 } });
      stage.frame();
      expect([...stage.timers.waiting.values()]).to.deep.equal([16]);
    });

    it('wakes once a second at most where less motion is wanted', async () => {
      const stage = await stageOf(filled(), { reducedMotion: true });
      expect([...stage.timers.waiting.values()]).to.deep.equal([1_000]);
    });

    it('sleeps without rows, and asks for no frame until its own has come', async () => {
      const empty = await stageOf(groupOf());
      expect(empty.timers.waiting.size).to.equal(0);
      const stage = await stageOf(filled());
      stage.timers.fire();
      expect(stage.timers.waiting.size).to.equal(0);
      expect(stage.frames.tasks.size).to.equal(1);
    });

    it('shows the last n samples up to the edge', async () => {
      const stage = await stageOf(filled(), { window: { samples: 11 } });
      expect(scale(stage, 'x')).to.include({ min: NOON - 500, max: NOON });
    });
  });

  describe('while paused', () => {
    it('stands still while time passes and data comes, and runs nothing', async () => {
      const group = filled((ms) => 50 + ms / 50);
      const stage = await stageOf(group);
      const { picture } = stage;
      stage.chart.paused = true;
      stage.now = 200;
      feed(group, 200, 200, 99);
      stage.chart.mark();
      expect(stage.frame()).to.equal(0);
      expect(stage.timers.waiting.size).to.equal(0);
      stage.chart.configure({ ...stage.options, reducedMotion: true });
      expect(stage.frame()).to.equal(1);
      expect(stage.picture).to.equal(picture);
      expect(stage.timers.waiting.size).to.equal(0);
    });

    it('jumps to now when it goes on', async () => {
      const group = filled();
      const stage = await stageOf(group);
      stage.chart.paused = true;
      feed(group, 300, 300, 50);
      stage.now = 300;
      stage.chart.paused = false;
      stage.frame();
      expect(scale(stage, 'x').max).to.equal(NOON + 300);
      expect(stage.timers.waiting.size).to.equal(1);
    });

    it('shows its first data all the same', async () => {
      const group = groupOf();
      const stage = await stageOf(group);
      stage.chart.paused = true;
      feed(group, 0, -500, 50);
      feed(group, 0, 0, 50);
      stage.chart.mark();
      stage.frame();
      expect(stage.has('red')).to.equal(true);
      stage.now = 400;
      feed(group, 400, 400, 50);
      stage.chart.mark();
      stage.frame();
      expect(scale(stage, 'x').max).to.equal(NOON);
    });

    it('leaves an edge that the data no longer has', async () => {
      const group = groupOf(1, undefined);
      replaceRows(group, [NOON, NOON + 1_000], [[1, 2]]);
      const stage = await stageOf(group, { window: undefined });
      stage.chart.paused = true;
      replaceRows(group, [5_000, 6_000], [[1, 2]]);
      stage.chart.configure({ ...stage.options, reducedMotion: true });
      stage.frame();
      expect(scale(stage, 'x')).to.include({ min: 5_000, max: 6_000 });
    });
  });

  describe('in its box', () => {
    it('has as many pixels as the device, and follows the box in one frame', async () => {
      const stage = await stageOf(filled(), {}, { width: 400.4, height: 200 });
      expect(stage.canvas.width).to.equal(Math.floor(400.4 * devicePixelRatio));
      stage.box.style.width = '300px';
      await stage.laidOut();
      expect(stage.canvas.width).to.equal(Math.floor(400.4 * devicePixelRatio));
      expect(stage.frame()).to.equal(1);
      expect(stage.canvas.width).to.equal(300 * devicePixelRatio);
      expect(stage.has('red')).to.equal(true);
      expect(stage.frames.tasks.size).to.equal(0);
    });

    it('draws nothing in a box without a size, and draws when it has one', async () => {
      const stage = await stageOf(filled(), {}, { width: 400, height: 0 });
      expect(stage.timers.waiting.size).to.equal(0);
      stage.box.style.height = '200px';
      await stage.laidOut();
      stage.frame();
      expect(stage.has('red')).to.equal(true);
    });

    it('keeps the width of its plot while labels change', async () => {
      const group = filled();
      const stage = await stageOf(group);
      const edges = new Set<string>();
      for (let now = 0; now < 3_000; now += 77) {
        stage.now = now;
        feed(group, now, now, 50);
        stage.chart.mark();
        stage.frame();
        const { left, right } = Chart.getChart(stage.canvas)?.chartArea ?? {};
        edges.add(`${left} ${right}`);
      }
      expect([...edges]).to.have.length(1);
    });
  });

  describe('read with the pointer', () => {
    it('tells the nearest moment, and the value of each series', async () => {
      const group = groupOf(2);
      for (let ms = -60_000; ms <= 0; ms += 1_000) feed(group, 0, ms, 50, 1234.5);
      const stage = await stageOf(group, {
        window: { ms: 60_000 },
        series: [series(RED, { label: 'CPU' }), series(BLUE, { label: 'Memory' })],
      });
      const { left = 0, right = 0 } = Chart.getChart(stage.canvas)?.chartArea ?? {};
      await stage.point('mousemove', left + (right - left) / 2, 60);
      expect(stage.frame()).to.equal(1);
      expect(texts(stage)).to.deep.equal(['May 9, 2025, 11:59:30 AM', 'CPU: 50', 'Memory: 1,234.5']);
    });

    it('goes on telling while data streams by, and neither throws nor flickers', async () => {
      const group = filled((ms) => 50 + ms / 50);
      const stage = await stageOf(group);
      await stage.point('mousemove', 200, 60);
      stage.frame();
      const seen = new Set<string>();
      for (let now = 0; now < 2_000; now += 40) {
        stage.now = now;
        if (now % 120 === 0) feed(group, now, now, now % 100);
        stage.chart.mark();
        stage.frame();
        expect(texts(stage)).to.have.length(2);
        seen.add(texts(stage).join());
      }
      expect(seen.size).to.be.greaterThan(10);
    });

    it('does not throw when series go, come or are hidden under the pointer', async () => {
      const group = groupOf(3);
      for (let ms = -1_000; ms <= 0; ms += 50) feed(group, 0, ms, 10, 20, 30);
      const three = [series(RED), series(BLUE), series(GREEN)];
      const stage = await stageOf(group, { series: three });
      await stage.point('mousemove', 200, 60);
      stage.frame();
      expect(texts(stage)).to.have.length(4);
      for (const shown of [three.slice(0, 1), three, [], three.map((each) => ({ ...each, hidden: true })), three]) {
        stage.chart.configure({ ...stage.options, series: shown });
        stage.frame();
      }
      stage.chart.show(groupOf());
      stage.frame();
      expect(texts(stage)).to.deep.equal([]);
    });

    it('stops telling when the pointer leaves, also to an axis', async () => {
      const stage = await stageOf(filled());
      await stage.point('mousemove', 200, 60);
      stage.frame();
      expect(texts(stage)).to.have.length(2);
      await stage.point('mousemove', 200, 195);
      stage.frame();
      expect(texts(stage)).to.deep.equal([]);
      await stage.point('mousemove', 200, 60);
      stage.frame();
      expect(texts(stage)).to.have.length(2);
      await stage.point('mouseout', 200, 60);
      stage.frame();
      expect(texts(stage)).to.deep.equal([]);
    });

    it('tells while paused, without moving', async () => {
      const stage = await stageOf(filled());
      stage.chart.paused = true;
      stage.now = 900;
      await stage.point('mousemove', 200, 60);
      stage.frame();
      expect(texts(stage)).to.have.length(2);
      expect(scale(stage, 'x').max).to.equal(NOON);
    });
  });

  it('does nothing any more once it is destroyed', async () => {
    const stage = await stageOf(filled());
    stage.chart.mark();
    stage.chart.destroy();
    expect(stage.frames.tasks.size).to.equal(0);
    expect(stage.timers.waiting.size).to.equal(0);
    stage.chart.destroy();
    stage.chart.mark();
    stage.chart.show(undefined);
    stage.chart.configure({ ...stage.options, reducedMotion: true });
    stage.chart.paused = true;
    stage.chart.paused = false;
    stage.box.style.width = '200px';
    await stage.laidOut();
    expect(stage.frames.tasks.size).to.equal(0);
  });
});
