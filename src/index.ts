/** What `import … from 'rt-widgets'` gives: classes, types and functions. It registers nothing and touches no DOM. */
export { RtConnectionIndicator } from './elements/rt-connection-indicator/rt-connection-indicator.js';
export { RtFeed, type FreshnessDetail, type MessagesDetail, type StatusDetail } from './elements/rt-feed/rt-feed.js';
export { RtLineChart, type LineChartData } from './elements/rt-line-chart/rt-line-chart.js';
export { RtMetricCard } from './elements/rt-metric-card/rt-metric-card.js';
export { RtPauseButton } from './elements/rt-pause-button/rt-pause-button.js';
export { RtSeries } from './elements/rt-series/rt-series.js';
export { RtSource } from './elements/rt-source/rt-source.js';
export { RtThreshold } from './elements/rt-threshold/rt-threshold.js';
export { setStrings, type StringKey, type Strings } from './format/strings.js';
export type { Asked, Decode } from './feed/source.js';
export type { ErrorCode, RtError } from './kernel/errors.js';
export type { Message } from './kernel/message.js';
export type { Status, TransportChoice, TransportName } from './kernel/status.js';
export { VERSION } from './kernel/version.js';
export type { Freshness } from './store/freshness.js';
