/** The tests that take minutes, or other servers and browsers than every machine has: `npm run test:world`. */
import { defineConfig } from '@playwright/test';
import { chromiumFlags, findBrowser } from '../support/find-browser.mjs';

export default defineConfig({
  testDir: '.',
  testMatch: '**/*.spec.ts',
  globalSetup: '../e2e/global-setup.ts',
  workers: 1,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 20 * 60_000,
  outputDir: '../../test-results/world',
  reporter: 'list',
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath: findBrowser(), args: [...chromiumFlags] },
  },
});
