/** What a page fetches, compressed. The files are read from the build: an import that is added counts. */
import { relative } from 'node:path';
import { globSync } from 'tinyglobby';
import { closure, importsOf } from './test/support/dist-graph.mjs';

const first = closure(['dist/rt-widgets.js']);

/** Adds what a file needs and what it fetches in turn; `first` is there already, and what *it* may fetch is another's. */
const follow = (file, found) => {
  for (const needed of closure([file])) {
    if (found.has(needed)) continue;
    found.add(needed);
    for (const later of importsOf(needed).later) follow(later, found);
  }
  return found;
};

/** A chart's view, and the chart itself with it. */
const withChart = new Set(first);
const chart = globSync('dist/chunks/line-chart-*.js', { absolute: true });
if (chart.length !== 1) throw new Error('There should be one chunk line-chart-*.js.');
for (const file of chart) follow(file, withChart);

const paths = (files) => [...files].map((file) => relative(process.cwd(), file));

export default [
  { name: 'a page without a chart', path: paths(first), limit: '46 kB', gzip: true },
  { name: 'a page with a chart', path: paths(withChart), limit: '91 kB', gzip: true },
  { name: 'the classic script', path: 'dist/rt-widgets.classic.js', limit: '95 kB', gzip: true },
];
