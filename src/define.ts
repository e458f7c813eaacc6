/** Registers every element. A tag that is taken is left alone. */
import './elements/rt-feed.js';
import './elements/rt-connection-indicator.js';
import './elements/rt-line-chart.js';
import './elements/rt-metric-card.js';
import './elements/rt-pause-button.js';
import './elements/rt-series.js';
import './elements/rt-source.js';
import './elements/rt-threshold.js';
