/** A chart's attributes and its `<rt-series>` and `<rt-threshold>` children, read. */
import { anyNumber, oneOf, positiveDuration, type Config, type Parse } from '../../controllers/config.js';
import { LEVELS, type Level } from '../../format/levels.js';
import { parseSpan, type Span } from '../../kernel/duration.js';
import { bad, ok } from '../../kernel/result.js';
import type { Where } from '../../store/where.js';
import type { Gap } from '../../chart/options.js';
import { configChildren } from '../base/config-children.js';
import type { RtLineChart } from './rt-line-chart.js';

/** One series as the author wrote it. */
export interface SeriesConfig {
  readonly channel: string | undefined;
  readonly field: string | undefined;
  readonly where: Where | undefined;
  readonly label: string;
  /** A CSS colour; empty for the next of the palette. */
  readonly color: string;
  readonly axis: 'left' | 'right';
}

export interface ThresholdConfig {
  readonly value: number;
  readonly label: string;
  readonly level: Level;
}

export interface ChartConfig {
  /** Those of `fields` first; of a page's own rows as many as they have. */
  readonly series: readonly SeriesConfig[];
  readonly thresholds: readonly ThresholdConfig[];
  readonly window: Span | undefined;
  readonly gap: Gap;
  /** Milliseconds; `undefined`: by the usual rhythm. */
  readonly gapAfter: number | undefined;
  readonly yMin: number | undefined;
  readonly yMax: number | undefined;
  readonly softMin: number | undefined;
  readonly softMax: number | undefined;
}

export const readConfig = (chart: RtLineChart, config: Config): ChartConfig => {
  const number = (attribute: string, text: string | null): number | undefined =>
    config.read<number | undefined>(attribute, text, anyNumber, undefined);
  return {
    series: seriesOf(chart, config),
    thresholds: thresholdsOf(chart, config),
    window: config.read<Span | undefined>('window', chart.window, parseSpan, undefined),
    gap: config.read('gap', chart.gap, oneOf('break', 'connect', 'hold'), 'break'),
    gapAfter: config.read<number | undefined>('gap-after', chart.gapAfter, positiveDuration, undefined),
    yMin: number('y-min', chart.yMin),
    yMax: number('y-max', chart.yMax),
    softMin: number('soft-min', chart.softMin),
    softMax: number('soft-max', chart.softMax),
  };
};

const seriesOf = (chart: RtLineChart, config: Config): readonly SeriesConfig[] => {
  const where = config.where('where', chart.where);
  const base = (field: string): SeriesConfig => ({
    field: field || undefined,
    channel: chart.channel || undefined,
    where,
    label: field || chart.label || chart.channel,
    color: '',
    axis: 'left',
  });
  const named = chart.fields.split(/\s+/).filter(Boolean).map(base);
  const written = configChildren(chart, 'rt-series').map((child) => fromElement(child, base, config));
  const all = [...named, ...written];
  const own = chart.data?.series;
  if (own !== undefined) return own.map(({ label }, index) => ({ ...base(''), ...all[index], label }));
  // A chart that names no field draws the data itself.
  return all.length > 0 ? all : [base('')];
};

const colour: Parse<string> = (text) =>
  CSS.supports('color', text) ? ok(text) : bad('a CSS colour, such as teal, #0b66c3 or var(--mine)');

const fromElement = (child: Element, base: (field: string) => SeriesConfig, config: Config): SeriesConfig => {
  const given = (name: string): string => child.getAttribute(name) ?? '';
  const plain = base(given('field'));
  return {
    ...plain,
    label: given('label') || plain.label,
    color: config.read('rt-series color', given('color'), colour, ''),
    channel: given('channel') || plain.channel,
    where: config.where('rt-series where', given('where'), plain.where),
    axis: config.read('rt-series axis', given('axis'), oneOf('left', 'right'), 'left'),
  };
};

const thresholdsOf = (chart: RtLineChart, config: Config): readonly ThresholdConfig[] =>
  configChildren(chart, 'rt-threshold').flatMap((child) => {
    const text = child.getAttribute('value');
    const value = config.read<number | undefined>('rt-threshold value', text, anyNumber, undefined);
    const level = config.read('rt-threshold level', child.getAttribute('level'), oneOf(...LEVELS), 'warning');
    return value === undefined ? [] : [{ value, level, label: child.getAttribute('label') ?? '' }];
  });
