/** Every element of the package: the one list that registering, `data-rt` and advice on names go by. */
import { RtConnectionIndicator } from './rt-connection-indicator/rt-connection-indicator.js';
import { RtFeed } from './rt-feed/rt-feed.js';
import { RtLineChart } from './rt-line-chart/rt-line-chart.js';
import { RtMetricCard } from './rt-metric-card/rt-metric-card.js';
import { RtPauseButton } from './rt-pause-button/rt-pause-button.js';
import { RtSeries } from './rt-series/rt-series.js';
import { RtSource } from './rt-source/rt-source.js';
import { RtThreshold } from './rt-threshold/rt-threshold.js';

export const CLASSES = [
  RtFeed,
  RtConnectionIndicator,
  RtLineChart,
  RtMetricCard,
  RtPauseButton,
  RtSeries,
  RtSource,
  RtThreshold,
] as const;
