import { GroupController, type GroupRequest } from '../../src/controllers/group-controller.js';
import { ReaderController } from '../../src/controllers/reader-controller.js';
import { ValueController } from '../../src/controllers/value-controller.js';
import type { SeriesQuery } from '../../src/store/samples.js';
import type { SeriesGroup } from '../../src/store/series-group.js';
import { ValueReader } from '../../src/store/value-reader.js';
import { RtFeed } from '../../src/elements/rt-feed/rt-feed.js';
import { expect } from '../support/testing.js';
import { usePage } from '../elements/page.js';
import { Seeker } from './seeker.js';

/** Reads the data itself of channel `a`, by the plain controller. */
class PlainReader extends Seeker {
  changes = 0;
  readonly reading = new ReaderController<ValueReader>(
    this,
    this.feedController,
    () => new ValueReader({ channel: 'a' }, 60_000),
    () => this.changes++,
  );
}

/** Reads one value, of what it is told. */
class OneValue extends Seeker {
  series: SeriesQuery = { channel: 'a', field: 'cpu' };
  span = 60_000;
  changes = 0;
  readonly reading = new ValueController(
    this,
    this.feedController,
    () => ({ series: this.series, span: this.span }),
    () => this.changes++,
  );
}

/** Reads a group, of what it is told. */
class ManyValues extends Seeker {
  changes = 0;
  readonly groups = new GroupController(this, this.feedController, () => this.changes++);
}

customElements.define('test-plain', PlainReader);
customElements.define('test-one', OneValue);
customElements.define('test-many', ManyValues);

const valuesOf = (group: SeriesGroup | undefined): number[][] =>
  group === undefined
    ? []
    : Array.from({ length: group.rows.length }, (_, row) =>
        Array.from({ length: group.width }, (__, column) => group.rows.value(column, row)),
      );

const T = 1_700_000_000_000;

describe('the reader of a widget', () => {
  const page = usePage();
  RtFeed.define();
  const reader = (): PlainReader => page.get('test-plain', PlainReader);
  const value = (): unknown => reader().reading.reader?.last?.raw;
  const push = (data: unknown, feed = page.feed): Promise<void> => page.push({ channel: 'a', data }, feed);

  it('is none before there is a feed', async () => {
    await page.add('<test-plain></test-plain>');
    expect(reader().reading.reader).to.equal(undefined);
    expect(reader().changes).to.equal(0);
  });

  it('reads from when there is one, and is told once a frame', async () => {
    await page.add('<rt-feed><test-plain></test-plain></rt-feed>');
    const { changes } = reader();
    await page.push([1, 2, 3].map((data) => ({ channel: 'a', data })));
    expect(value()).to.equal(3);
    expect(reader().changes).to.equal(changes + 1);
  });

  it('starts late with the channel’s last message', async () => {
    await page.add('<rt-feed></rt-feed>');
    await push(7);
    await page.add('<test-plain></test-plain>');
    expect(value()).to.equal(7);
  });

  it('outlives a move of the widget', async () => {
    await page.add('<rt-feed><p></p><test-plain></test-plain></rt-feed>');
    await push(1);
    const before = reader().reading.reader;
    await page.after(() => page.get('p').append(reader()));
    await page.pass(1_000);
    await push(2);
    expect(reader().reading.reader).to.equal(before);
    expect(value()).to.equal(2);
  });

  it('outlives a move of the feed', async () => {
    await page.add('<rt-feed><test-plain></test-plain></rt-feed><section></section>');
    await push(1);
    const before = reader().reading.reader;
    const { feed } = page;
    feed.remove();
    await page.pass(400);
    page.get('section').append(feed);
    await page.pass(1_000);
    await push(2);
    expect(reader().reading.reader).to.equal(before);
    expect(value()).to.equal(2);
  });

  it('hears no more once the widget is gone, and begins anew when it comes back', async () => {
    await page.add('<rt-feed></rt-feed><section><test-plain></test-plain></section>');
    await push(1);
    const gone = reader();
    gone.remove();
    await page.pass(600);
    await push(2);
    expect(gone.reading.reader?.last?.raw).to.equal(1);
    page.get('section').append(gone);
    await page.pass(1);
    expect(value()).to.equal(2);
  });

  it('keeps the last value of a feed that went away', async () => {
    await page.add('<rt-feed></rt-feed><test-plain></test-plain>');
    await push(1);
    page.feed.remove();
    await page.pass(600);
    expect(value()).to.equal(1);
  });

  it('begins anew with another feed', async () => {
    await page.add('<rt-feed id="a"></rt-feed><test-plain feed="a"></test-plain><rt-feed id="b"></rt-feed>');
    await push(1);
    await page.after(() => (reader().feed = 'b'));
    expect(value()).to.equal(undefined);
    await push(2, page.get('#b', RtFeed));
    expect(value()).to.equal(2);
    await push(3, page.get('#a', RtFeed));
    expect(value()).to.equal(2);
  });

  it('hears no more of a feed that is no longer the widget’s: a second one came', async () => {
    await page.add('<rt-feed id="a"></rt-feed><test-plain></test-plain>');
    await push(1);
    await page.add('<rt-feed id="b"></rt-feed>');
    await push(2, page.get('#a', RtFeed));
    expect(value()).to.equal(1);
  });
});

describe('the reader of one value', () => {
  const page = usePage();
  RtFeed.define();
  const one = (): OneValue => page.get('test-one', OneValue);

  it('is made anew when what is asked for changes, and starts with what is known', async () => {
    await page.add('<rt-feed><test-one></test-one></rt-feed>');
    await page.push({ channel: 'a', data: { cpu: 1, memory: 2 } });
    const before = one().reading.reader;
    expect(before?.last?.raw).to.equal(1);
    one().series = { channel: 'a', field: 'memory' };
    await page.after(() => one().requestUpdate());
    expect(one().reading.reader).not.to.equal(before);
    expect(one().reading.reader?.last?.raw).to.equal(2);
  });

  it('stays where the same is asked for in other objects', async () => {
    await page.add('<rt-feed><test-one></test-one></rt-feed>');
    const before = one().reading.reader;
    one().series = { channel: 'a', field: 'cpu' };
    await page.after(() => one().requestUpdate());
    expect(one().reading.reader).to.equal(before);
    one().span = 1_000;
    await page.after(() => one().requestUpdate());
    expect(one().reading.reader).not.to.equal(before);
  });
});

describe('the group of a chart', () => {
  const page = usePage();
  RtFeed.define();
  const many = (): ManyValues => page.get('test-many', ManyValues);
  const ask = (request: GroupRequest): Promise<void> =>
    page.after(() => {
      many().groups.request(request);
      many().requestUpdate();
    });
  const cpu = { channel: 'a', field: 'cpu' };
  const memory = { channel: 'a', field: 'memory' };
  const push = (at: number, data: object): Promise<void> =>
    page.push({ channel: 'a', data: { ...data, time: T + at * 1_000 } });
  const ABSENT = Number.NEGATIVE_INFINITY;

  it('is none before there is a feed or a row', async () => {
    await page.add('<test-many></test-many>');
    expect(many().groups.group).to.equal(undefined);
    expect(many().groups.isOwn).to.equal(false);
  });

  it('reads what it is asked for', async () => {
    await page.add('<rt-feed><test-many></test-many></rt-feed>');
    await ask({ series: [cpu, memory] });
    await push(0, { cpu: 1, memory: 2 });
    expect(valuesOf(many().groups.group)).to.deep.equal([[1, 2]]);
  });

  it('keeps the past of a series that stays when others come and go', async () => {
    await page.add('<rt-feed><test-many></test-many></rt-feed>');
    await ask({ series: [cpu] });
    await push(0, { cpu: 1, memory: 5 });
    await push(1, { cpu: 2, memory: 6 });
    await ask({ series: [memory, cpu] });
    expect(valuesOf(many().groups.group).map(([, value]) => value)).to.include.members([1, 2]);
    await push(2, { cpu: 3, memory: 7 });
    expect(valuesOf(many().groups.group).at(-1)).to.deep.equal([7, 3]);
    await ask({ series: [cpu] });
    expect(valuesOf(many().groups.group).map(([value]) => value)).to.deep.equal([1, 2, 3]);
  });

  it('keeps its rows when only the window changes', async () => {
    await page.add('<rt-feed><test-many></test-many></rt-feed>');
    await ask({ series: [cpu] });
    await push(0, { cpu: 1 });
    const { group } = many().groups;
    await ask({ series: [{ ...cpu }], window: { ms: 5_000 } });
    expect(many().groups.group).to.equal(group);
    expect(valuesOf(group)).to.deep.equal([[1]]);
  });

  it('keeps as much as the feed says, and more where its window is longer', async () => {
    await page.add('<rt-feed history="3"><test-many></test-many></rt-feed>');
    await ask({ series: [cpu] });
    for (let at = 0; at < 10; at++) await push(at, { cpu: at });
    expect(valuesOf(many().groups.group)).to.deep.equal([[7], [8], [9]]);
    await ask({ series: [cpu], window: { samples: 5 } });
    for (let at = 10; at < 20; at++) await push(at, { cpu: at });
    expect(many().groups.group?.rows.length).to.equal(5);
    await page.after(() => (page.feed.history = '8'));
    for (let at = 20; at < 30; at++) await push(at, { cpu: at });
    await ask({ series: [cpu], window: { samples: 5 } });
    for (let at = 30; at < 40; at++) await push(at, { cpu: at });
    expect(many().groups.group?.rows.length).to.equal(8);
    await ask({ series: [cpu], window: { ms: 20_000 } });
    for (let at = 40; at < 70; at++) await push(at, { cpu: at });
    expect(many().groups.group?.rows.length).to.be.within(20, 22);
    await ask({ series: [cpu], window: { ms: 2_000 } });
    for (let at = 70; at < 90; at++) await push(at, { cpu: at });
    expect(many().groups.group?.rows.length, 'the feed’s history').to.equal(8);
  });

  it('shows a script’s own rows in place of the feed’s, until they are taken back', async () => {
    await page.add('<rt-feed><test-many></test-many></rt-feed>');
    await ask({ series: [cpu] });
    await push(0, { cpu: 1 });
    const { groups } = many();
    expect(groups.replace([T, T + 1], [[5, 6]])).to.equal(undefined);
    expect(groups.isOwn).to.equal(true);
    expect(valuesOf(groups.group)).to.deep.equal([[5], [6]]);
    expect(groups.append(Float64Array.of(T + 2), [Float64Array.of(7)])).to.equal(undefined);
    await push(1, { cpu: 2 });
    expect(valuesOf(groups.group)).to.deep.equal([[5], [6], [7]]);
    groups.disown();
    expect(groups.isOwn).to.equal(false);
    expect(valuesOf(groups.group)).to.deep.equal([[1], [2]]);
  });

  it('says what is wrong with rows, and changes nothing', async () => {
    await page.add('<test-many></test-many>');
    await ask({ series: [cpu, memory] });
    const { groups } = many();
    expect(groups.append([T], [[1]])).to.contain('2 series');
    expect(groups.append([T], [[1], []])).to.contain('as many');
    expect(groups.append([NaN], [[1], [2]])).to.contain('finite');
    expect(groups.group).to.equal(undefined);
    expect(groups.append([T], [[1], [2]])).to.equal(undefined);
    expect(groups.replace([T], [[1]])).to.contain('2 series');
    expect(valuesOf(groups.group)).to.deep.equal([[1, 2]]);
  });

  it('gives a series that comes to own rows no value for what was before', async () => {
    await page.add('<test-many></test-many>');
    await ask({ series: [cpu] });
    many().groups.append([T], [[1]]);
    await ask({ series: [cpu, memory] });
    expect(valuesOf(many().groups.group)).to.deep.equal([[1, ABSENT]]);
    many().groups.append([T + 1], [[2], [3]]);
    expect(valuesOf(many().groups.group)).to.deep.equal([
      [1, ABSENT],
      [2, 3],
    ]);
  });
});
