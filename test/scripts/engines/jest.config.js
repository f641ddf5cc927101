import base from '../../../jest.config.js';

/** Tests on engines that `npm run test:engines` starts; `npm test` needs neither Python nor Java. */
export default {
  ...base,
  rootDir: '../../..',
  roots: ['<rootDir>/test/scripts/engines'],
  testMatch: ['**/*.engine.ts'],
  // They mostly wait for the TTL service, so all of them can wait at once.
  maxWorkers: 8,
};
