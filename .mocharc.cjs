// The tests that need no browser, in Node, straight from TypeScript. The browser runs the pure ones a second time.
module.exports = {
  'node-option': ['import=tsx'],
  extension: ['ts'],
  spec: [
    'test/{kernel,store,decode,feed,format,frame,transport}/**/*.test.ts',
    'test/demo/server/**/*.test.ts',
    'test/node/**/*.test.ts',
  ],
  ignore: ['test/**/*.browser.test.ts'],
  timeout: 10_000,
  'forbid-only': process.env.CI !== undefined,
};
