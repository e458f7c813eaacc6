/** Registers every element, and looks for tags that resemble ours. A tag that is taken is left alone. */
import './elements/rt-feed.js';
import './elements/rt-connection-indicator.js';
import './elements/rt-line-chart.js';
import './elements/rt-metric-card.js';
import './elements/rt-pause-button.js';
import './elements/rt-series.js';
import './elements/rt-source.js';
import './elements/rt-threshold.js';
import { examinePage } from './elements/base/examine.js';
import { isSupported } from './elements/base/support.js';

if (isSupported()) examinePage();
