/** Tests run as native ES modules, the way the bundles do. */
export default {
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/test/support/one-realm.ts', '<rootDir>/test/support/property-seed.ts'],
  roots: ['<rootDir>/test'],
  // Only a net: nothing here is about time, and machines differ.
  testTimeout: 120_000,
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/transform.js' },
  maxWorkers: '100%',
  // Node.js 20 never lets go of the modules of a file of tests: a worker that has grown is replaced.
  workerIdleMemoryLimit: '384MB',
};
