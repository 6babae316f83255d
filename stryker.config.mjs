// Mutation testing of what decides, folder by folder (scripts/mutate.ts says which): how, and how good it must be.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePlans } from './events/config.ts';
import { tests } from './jest.config.mjs';

/** A module that the copies of the sources reach by way of node_modules. */
function module(name, text) {
  const folder = join(import.meta.dirname, 'node_modules/.cache/hotshift');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}
// What takes most of the time and tells nothing: parsing the same plan for every mutant, and looking for the smallest example that fails.
const example = readFileSync(join(import.meta.dirname, 'hotshift.example.yml'), 'utf8');
const parsedPlan = module('parsed-plan.mjs', `export const parsePlans = () => (${JSON.stringify(parsePlans(example))});\n`);
const firstFailure = module('first-failure.mjs', "import fc from 'fast-check';\nfc.configureGlobal({ endOnFailure: true });\n");

export default {
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: { configFile: 'jest.config.mjs', config: { ...tests, projects: null, moduleNameMapper: { '/events/config\\.ts$': parsedPlan }, setupFiles: [firstFailure] } },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // A mutant may make a loop endless. Generous, since the machine may be busy.
  timeoutMS: 10_000,
  // What was found before is only asked again when its source or its tests have changed. Outside git, as all reports.
  incremental: true,
  reporters: ['clear-text'],
  warnings: { slow: false },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: false },
  /** Of all folders together; scripts/mutate.ts holds the sum against it. */
  thresholds: { high: 95, low: 85, break: null },
  tempDirName: '.stryker-tmp',
};
