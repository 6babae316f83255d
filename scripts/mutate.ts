// `npm run mutate [folder ...]`: changes what decides, one small thing at a time, and demands that the unit tests of the same folder notice.
// A mutant that survives is a decision that no test holds. Only nouns and the guard library: verbs are held by the scenarios and by
// `npm run guards`. Folder by folder, since a noun is to be held by its own tests, and since that is many times faster.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { Stryker } from '@stryker-mutator/core';

/** The least score of all nouns together, in percent. */
const SCORE_MIN = 85;

/** Folder -> its nouns. Files that only hold types and names have nothing to change. */
const NOUNS: Readonly<Record<string, readonly string[]>> = {
  'domain': ['authority', 'exposure', 'freshness', 'permits', 'plan', 'recovery'],
  'guard': ['dynamodb', 'guard', 'permit', 'surrender'],
  'functions/announce': ['drill-message', 'message'],
  'functions/assess': ['readiness'],
  'functions/claim': ['claimable'],
  'functions/conclude': ['conclusion'],
  'functions/confirm': ['service'],
  'functions/enforce': ['locking'],
  'functions/fence': ['fencing'],
  'functions/observe': ['observation', 'suspicion'],
  'functions/promote': ['loss', 'permission', 'promotion'],
  'functions/scale': ['sizing'],
  'functions/shift': ['doors', 'ramp', 'turns', 'weights', 'writing'],
  'functions/verify': ['quorum'],
  'functions/watch': ['lag'],
};

const NO_SOURCES = ['.hotshift', '.venv', '.serverless', 'coverage', 'dist', 'docs', 'reports', 'guard/dist'];

interface Score { readonly file: string; readonly noticed: number; readonly survived: number }

const root = join(import.meta.dirname, '..');
process.chdir(root);
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.keys(NOUNS).some((folder) => folder.endsWith(name)));
if (unknown.length > 0) {
  process.stderr.write(`no nouns in ${unknown.join(', ')}; there are: ${Object.keys(NOUNS).join(', ')}\n`);
  process.exit(2);
}
const folders = Object.keys(NOUNS).filter((folder) => asked.length === 0 || asked.some((name) => folder.endsWith(name)));
const startedAt = performance.now();
const scores: Score[] = [];
for (const folder of folders) {
  try {
    scores.push(...await mutated(folder));
  } catch (error) {
    // Red tests, mostly: what they notice is worth nothing.
    process.stdout.write(`${folder} was NOT measured: ${String(error)}\n`);
    process.exitCode = 1;
  }
}
report(scores);

async function mutated(folder: string): Promise<readonly Score[]> {
  const name = folder.split('/').at(-1) ?? '';
  const files = (NOUNS[folder] ?? []).map((noun) => `${folder}/${noun}.ts`);
  const found = await new Stryker({
    configFile: 'stryker.config.mjs', mutate: files, incrementalFile: `reports/mutation/${name}.json`, logLevel: 'warn' as never,
    // Only the tests of this folder are copied: any other one that reaches the noun would run for every mutant.
    ignorePatterns: otherTests(name),
  }).runMutationTest();
  return files.map((file) => {
    const of = found.filter(({ fileName }) => fileName.endsWith(file));
    const count = (...kinds: readonly string[]): number => of.filter(({ status }) => kinds.includes(status)).length;
    return { file, noticed: count('Killed', 'Timeout'), survived: count('Survived', 'NoCoverage') };
  });
}

function otherTests(name: string): string[] {
  const others = globSync('test/**/*.test.ts', { cwd: root }).filter((file) => !file.startsWith(`test/unit/${name}/`));
  return [...NO_SOURCES, ...others];
}

function report(all: readonly Score[]): void {
  const percent = ({ noticed, survived }: Omit<Score, 'file'>): number => (noticed + survived === 0 ? 100 : (100 * noticed) / (noticed + survived));
  const sum = all.reduce((total, score) => ({ noticed: total.noticed + score.noticed, survived: total.survived + score.survived }), { noticed: 0, survived: 0 });
  const line = (label: string, score: Omit<Score, 'file'>): string => `${label.padEnd(36)} ${percent(score).toFixed(1).padStart(6)} %  ${String(score.noticed).padStart(5)} noticed ${String(score.survived).padStart(4)} survived\n`;
  for (const score of all) process.stdout.write(line(score.file, score));
  process.stdout.write(`${line('all', sum)}mutation score ${percent(sum).toFixed(1)} %, at least ${SCORE_MIN} % wanted; ${((performance.now() - startedAt) / 1000).toFixed(0)} s\n`);
  if (sum.noticed === 0 || percent(sum) < SCORE_MIN) process.exitCode = 1;
}
