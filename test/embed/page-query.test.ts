import { expect } from 'chai';
import fc from 'fast-check';
import {
  readContent,
  readLook,
  readParameters,
  type Content,
  type Observed,
  type Piece,
} from '../../src/embed/page-query.js';
import { LEVELS } from '../../src/format/levels.js';
import { bad, ok, type Result } from '../../src/kernel/result.js';

const CLASSES: Readonly<Record<string, string>> = {
  'rt-feed': 'src transport channels interval stale-after credentials paused! debug!',
  'rt-metric-card': 'feed channel where label stale-after field unit thresholds src onclick style',
  'rt-line-chart': 'feed channel label stale-after fields window no-legend! paused!',
  'rt-connection-indicator': 'feed label compact!',
  'rt-pause-button': 'feed label',
};

const observed = (tag: string): Observed => {
  const names = (CLASSES[tag] ?? '').split(' ');
  const bare = (name: string): string => name.replace('!', '');
  return {
    attributes: new Set(names.map(bare)),
    booleans: new Set(names.filter((name) => name.endsWith('!')).map(bare)),
  };
};

const sourceOf = (src: string): Result<string> => (src.startsWith('/') ? ok(`https://h${src}`) : bad('it is foreign'));

const read = (search: string): Result<Content> => readContent(readParameters(search), observed, sourceOf);

const content = (search: string): Content => {
  const result = read(search);
  if (!result.ok) throw new Error(result.problem);
  return result.value;
};

const problem = (search: string): string => {
  const result = read(search);
  return result.ok ? 'none' : result.problem;
};

const given = ({ attributes }: Piece): Record<string, string> => Object.fromEntries(attributes);

describe('the query of an embed page', () => {
  it('names the widget, and its attributes by their names', () => {
    const { widget, feed, title, unknown } = content(
      '?widget=metric-card&src=/events&field=a.b&label=CPU+usage&unit=%25&thresholds=70 warning, 90 critical',
    );
    expect(widget.tag).to.equal('rt-metric-card');
    expect(given(widget)).to.deep.equal({
      field: 'a.b',
      label: 'CPU usage',
      unit: '%',
      thresholds: '70 warning, 90 critical',
    });
    expect(given(feed)).to.deep.equal({ src: 'https://h/events' });
    expect({ title, unknown }).to.deep.equal({ title: 'CPU usage', unknown: [] });
  });

  it('takes a bare % of a hurried author, and a query whose & was escaped once more', () => {
    expect(given(content('?widget=metric-card&amp;src=/e&amp;amp;unit=%').widget)).to.deep.equal({ unit: '%' });
  });

  it('gives a name that both have to the widget, any other to the feed, and with feed- before it to the feed', () => {
    const { widget, feed } = content(
      '?widget=metric-card&src=/e&transport=sse&channels=metrics alert&stale-after=10s&feed-stale-after=20s&feed-interval=1s',
    );
    expect(given(widget)).to.deep.equal({ 'stale-after': '10s' });
    expect(given(feed)).to.deep.equal({
      src: 'https://h/e',
      transport: 'sse',
      channels: 'metrics alert',
      'stale-after': '20s',
      interval: '1s',
    });
  });

  it('sets no address, cookie rule, style, handler or id, whatever a class observes, and says what it left out', () => {
    const search =
      '?widget=metric-card&src=/e&credentials=include&feed=x&feed-src=/y&onclick=z&style=z&id=z&utm_source=z';
    const { widget, feed, unknown } = content(search);
    expect(given(widget)).to.deep.equal({});
    expect(given(feed)).to.deep.equal({ src: 'https://h/e' });
    expect(unknown).to.deep.equal(['credentials', 'feed', 'feed-src', 'onclick', 'style', 'id', 'utm_source']);
  });

  it('turns booleans on by naming them, and off by false, 0, no or off', () => {
    expect(given(content('?widget=line-chart&src=/e&no-legend').widget)).to.deep.equal({ 'no-legend': '' });
    for (const off of ['false', '0', 'no', 'OFF']) {
      expect(given(content(`?widget=line-chart&src=/e&no-legend=${off}`).widget)).to.deep.equal({});
      expect(content(`?widget=line-chart&src=/e&indicator=${off}`).foot).to.deep.equal([]);
    }
  });

  it('takes the first of a name that is given twice', () => {
    expect(given(content('?widget=metric-card&src=/e&label=one&label=two').widget)).to.deep.equal({ label: 'one' });
  });

  it('writes series and thresholds of a chart as words: the first is the field or the value', () => {
    const { widget } = content(
      '?widget=line-chart&src=/e&series=a.cpu CPU  use&series=a.mem&threshold=90 critical upper limit&threshold=50 half&threshold=10',
    );
    expect(widget.children.map((child) => ({ tag: child.tag, ...given(child) }))).to.deep.equal([
      { tag: 'rt-series', field: 'a.cpu', label: 'CPU use' },
      { tag: 'rt-series', field: 'a.mem' },
      { tag: 'rt-threshold', value: '90', level: 'critical', label: 'upper limit' },
      { tag: 'rt-threshold', value: '50', label: 'half' },
      { tag: 'rt-threshold', value: '10' },
    ]);
    for (const level of LEVELS) {
      const [line] = content(`?widget=line-chart&src=/e&threshold=1 ${level}`).widget.children;
      expect(line?.attributes.get('level')).to.equal(level);
    }
    expect(content('?widget=metric-card&src=/e&series=a').unknown).to.deep.equal(['series']);
  });

  it('reads several src as sources tried in order, and refuses all where one is refused', () => {
    const { feed } = content('?widget=metric-card&src=/a&src=/b');
    expect(given(feed)).to.deep.equal({ src: 'https://h/a' });
    expect(feed.children.map((child) => [child.tag, given(child)])).to.deep.equal([
      ['rt-source', { src: 'https://h/b' }],
    ]);
    expect(problem('?widget=metric-card&src=/a&src=//evil/b&src=x')).to.contain('refused: it is foreign');
  });

  it('puts an indicator and a pause button below, but never the same widget twice', () => {
    const tags = (search: string): string[] => content(search).foot.map(({ tag }) => tag);
    expect(tags('?widget=metric-card&src=/e&indicator&pause-button=1')).to.deep.equal([
      'rt-connection-indicator',
      'rt-pause-button',
    ]);
    expect(tags('?widget=connection-indicator&src=/e&indicator')).to.deep.equal([]);
  });

  it('that lacks a widget, a known one or a source is told so in one sentence with what is allowed', () => {
    expect(problem('?src=/e')).to.match(/^The parameter widget is missing: allowed is .*metric-card, line-chart/);
    expect(problem('?widget=feed&src=/e')).to.contain('There is no widget "feed"');
    expect(problem(`?widget=${'x'.repeat(500)}&src=/e`).length).to.be.lessThan(300);
    expect(problem('?widget=metric-card')).to.contain('src is missing');
    for (const name of ['constructor', '__proto__', 'rt-metric-card', 'metric-card ><script>', 'METRIC-CARD']) {
      expect(problem(`?widget=${encodeURIComponent(name)}&src=/e`), name).to.contain('There is no widget');
    }
  });

  it('makes our own elements alone, with attributes that their classes observe, whatever is written', () => {
    const names = fc.constantFrom(
      ...[
        'label',
        'field',
        'src',
        'series',
        'threshold',
        'onclick',
        'onerror',
        'style',
        'href',
        'feed-src',
        'is',
        'slot',
      ],
      ...['innerHTML', '__proto__', 'constructor', 'feed-onclick', 'widget', 'indicator', 'class', 'srcdoc', 'headers'],
    );
    const values = fc.oneof(fc.string(), fc.constantFrom('/e', '<img src=x onerror=alert(1)>', 'javascript:alert(1)'));
    const parameters = fc.array(fc.tuple(fc.oneof(names, fc.string()), values), { maxLength: 12 });
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(CLASSES)), parameters, (tag, list) => {
        const search = new URLSearchParams([['widget', tag.slice(3)], ['src', '/e'], ...list]);
        const result = read(`?${search.toString()}`);
        if (!result.ok) return;
        const { feed, widget, foot } = result.value;
        const children = ['rt-series', 'rt-threshold', 'rt-source'];
        const all = (piece: Piece): Piece[] => [piece, ...piece.children.flatMap(all)];
        for (const piece of [feed, widget, ...foot].flatMap(all)) {
          expect([...Object.keys(CLASSES), ...children]).to.include(piece.tag);
          for (const [name, value] of piece.attributes) {
            if (name === 'src') expect(value).to.match(/^https:\/\/h\//);
            else if (!children.includes(piece.tag)) {
              expect([...observed(piece.tag).attributes]).to.include(name);
              expect(name).to.not.match(/^on|style|href|^feed$|credentials/);
            } else expect(['field', 'label', 'value', 'level']).to.include(name);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the look of an embed page', () => {
  const look = (search: string): ReturnType<typeof readLook> => readLook(readParameters(search));

  it('is the browser’s own unless the query says otherwise', () => {
    expect(look('')).to.deep.equal({
      lang: undefined,
      dir: undefined,
      timeZone: undefined,
      colorScheme: 'light dark',
      height: 'content',
      problems: [],
    });
    expect(look('?lang=DE-at&dir=rtl&time-zone=Europe/Berlin&color-scheme=dark&height=frame')).to.deep.equal({
      lang: 'de-AT',
      dir: 'rtl',
      timeZone: 'Europe/Berlin',
      colorScheme: 'dark',
      height: 'frame',
      problems: [],
    });
    expect(look('?color-scheme=auto').colorScheme).to.equal('light dark');
  });

  it('tells of each value that it does not understand, and goes on without it', () => {
    const { problems, ...rest } = look('?lang=!&dir=up&time-zone=Mars&color-scheme=toString&height=300');
    expect(rest).to.deep.equal({
      lang: undefined,
      dir: undefined,
      timeZone: undefined,
      colorScheme: 'light dark',
      height: 'content',
    });
    expect(problems).to.have.length(5);
    expect(problems[3]).to.equal(
      'The parameter color-scheme="toString" is not understood: allowed is light, dark, auto; it is left out.',
    );
  });
});
