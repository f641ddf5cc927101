/** Tests run as native ES modules, the way the bundles do. */
export default {
  testEnvironment: 'node',
  setupFiles: ['<rootDir>/test/support/one-realm.ts'],
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/transform.js' },
};
