import base from '../jest.config.js';

/** The tests that run nothing but sources: `npm run test:fast`, which needs no build. */
export default {
  ...base,
  rootDir: '..',
  testPathIgnorePatterns: ['/test/e2e/', '/test/scripts/', '/test/cli/'],
};
