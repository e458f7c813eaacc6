/** Prints how many messages a second a page takes in over a WebSocket, and how smoothly it runs meanwhile. Asserts nothing. */
import { chromium } from '@playwright/test';
import { buildIfStale } from '../../demo/build-if-stale.mjs';
import { chromiumFlags, findBrowser } from '../support/find-browser.mjs';
import { startFlood } from './flooding.mjs';

const LADDER = [
  { shape: 'single', rate: 1_000 },
  { shape: 'single', rate: 10_000 },
  { shape: 'single', rate: 20_000 },
  { shape: 'single', rate: 30_000 },
  { shape: 'single', rate: 40_000 },
  { shape: 'batch', rate: 100_000, every: 16 },
  { shape: 'batch', rate: 300_000, every: 16 },
  { shape: 'data', rate: 100_000, every: 16 },
  { shape: 'data', rate: 300_000, every: 16 },
  { shape: 'data', rate: 500_000, every: 16 },
];
const SECONDS = 3;

const COLUMNS = {
  'sent as': ({ shape }) => shape,
  'offered/s': ({ rate }) => rate,
  'taken in/s': ({ received, dropped, seconds }) => Math.round((received + dropped) / seconds),
  dropped: ({ dropped }) => dropped,
  'frames/s, idle': ({ calmFramesASecond }) => calmFramesASecond.toFixed(1),
  'frames/s': ({ frames, seconds }) => (frames / seconds).toFixed(1),
  'longest frame, ms': ({ longestFrame }) => longestFrame.toFixed(0),
  'chart rows': ({ chartRows }) => chartRows,
  problems: ({ problems }) => problems.length,
};

const print = (cells) => console.log(cells.map((cell) => String(cell).padStart(17)).join(''));

buildIfStale();
const browser = await chromium.launch({ executablePath: findBrowser(), args: [...chromiumFlags] });
const flood = await startFlood(browser);
try {
  print(Object.keys(COLUMNS));
  for (const wishes of LADDER) {
    const report = await flood.run({ ...wishes, seconds: SECONDS });
    print(Object.values(COLUMNS).map((column) => column({ ...wishes, ...report })));
  }
} finally {
  await flood.stop();
  await browser.close();
}
