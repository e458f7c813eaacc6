import { defineConfig } from '@playwright/test';
import { chromiumFlags, findBrowser } from './test/support/find-browser.mjs';

/** What measures how smoothly a page runs, stops programs, or counts what is left over: one at a time, alone. */
const TIMED = /(?:dashboard|faults|flood|leaks|process)\.spec\.ts$/;

export default defineConfig({
  testDir: 'test/e2e',
  globalSetup: './test/e2e/global-setup.ts',
  projects: [
    { name: 'pages', testMatch: /\.spec\.ts$/, testIgnore: TIMED },
    { name: 'timed', testMatch: TIMED, workers: 1 },
  ],
  workers: 2,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 30_000,
  outputDir: 'test-results',
  reporter: 'list',
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: findBrowser(), args: [...chromiumFlags] },
  },
});
