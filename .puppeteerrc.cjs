// The tests use the machine's own browser (test/support/find-browser.mjs): nothing is downloaded at `npm ci`.
module.exports = { skipDownload: true };
