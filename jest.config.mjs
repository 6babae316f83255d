// Jest on Node's own ES modules (middy and our sources are ESM); swc strips the types, tsc checks them in `npm run types`.
const COMPUTING = ['model', 'simulation', 'scenarios', 'false-alarms'];
const common = { testEnvironment: 'node', roots: ['<rootDir>/test'], extensionsToTreatAsEsm: ['.ts'] };

/** What waits for nothing but its own answer, and what waits for real processes. */
export const tests = {
  ...common, displayName: 'tests', testMatch: ['<rootDir>/test/*.test.ts', `<rootDir>/test/!(${COMPUTING.join('|')})/**/*.test.ts`],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
  },
};

export default {
  testTimeout: 60_000,
  projects: [
    tests,
    // They share nothing but time, of which they need the most: see test/light/setup.mjs.
    { ...common, displayName: 'computing', testMatch: [`<rootDir>/test/(${COMPUTING.join('|')})/**/*.test.ts`], runner: 'jest-light-runner/child-process', setupFiles: ['<rootDir>/test/light/setup.mjs'] },
  ],
};
