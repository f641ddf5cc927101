import base from '../jest.config.js';

/** Tests that take minutes: `npm run proofs` runs them, and `npm test` doesn't. */
export default {
  ...base,
  rootDir: '..',
  testMatch: ['**/*.proof.ts'],
  // Each is one of several proofs that run at the same time, and starts processes of its own.
  maxWorkers: 1,
};
