import base from '../jest.config.js';

/**
 * `npm run test:fast`: without the tests that need the built functions or start programs, and without
 * the one that plays whole rotations thousands of times.
 */
export default {
  ...base,
  rootDir: '..',
  testPathIgnorePatterns: ['/test/e2e/', '/test/scripts/', '/test/cli/', '/test/rotation/crash'],
};
