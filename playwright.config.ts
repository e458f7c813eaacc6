import { defineConfig } from '@playwright/test';
import { chromiumFlags, findBrowser } from './test/support/find-browser.mjs';

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  globalSetup: './test/e2e/global-setup.ts',
  // One at a time: several of these measure how smoothly a page runs, and two cores are few.
  workers: 1,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 30_000,
  outputDir: 'test-results',
  reporter: 'list',
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: findBrowser(), args: [...chromiumFlags] },
    trace: 'retain-on-failure',
  },
});
