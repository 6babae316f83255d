// `npm run false-alarms`: simulated years of noisy but healthy operation under the default policy, beside weakened policies, naive
// alarms and real outages. Ends with 1 when the default policy failed over, which in these years is always false.
import { parseArgs } from 'node:util';
import { simulatedPlan } from '../plan.ts';
import { confirmedOf, EPISODES } from './beyond.ts';
import { defaultPolicy, weakenedPolicies, withFailures } from './policies.ts';
import { beyondTable, studyTable, type Study } from './report.ts';
import { healthyYears, outageYears, type Healthy } from './study.ts';

const { values } = parseArgs({
  options: {
    years: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' }, 'first-year': { type: 'string', default: '1' },
    noise: { type: 'string', default: '1' }, failures: { type: 'string' }, episodes: { type: 'string', default: '300' },
    json: { type: 'boolean', default: false }, beyond: { type: 'boolean', default: false }, only: { type: 'boolean', default: false },
  },
});
// Failed calls are ordinary here and nobody reads their stacks.
Error.stackTraceLimit = 0;
const number = (name: 'years' | 'seed' | 'first-year' | 'noise' | 'failures' | 'episodes', least: number, fallback = ''): number => {
  const found = Number(values[name] ?? fallback);
  if (Number.isFinite(found) && found >= least && (name === 'noise' || Number.isInteger(found))) return found;
  process.stderr.write(`--${name}: ${String(values[name])} is no number of at least ${least}\n`);
  process.exit(2);
};

const example = simulatedPlan();
const plan = values.failures === undefined ? example : withFailures(example, number('failures', 1)).plan;
const [years, seed, firstYear, intensity] = [number('years', 1), number('seed', 0), number('first-year', 1), number('noise', 0)];
if (values.beyond) await beyond();
else await study();

async function study(): Promise<void> {
  const startedAt = performance.now();
  const said = (year: number): void => { if (process.stderr.isTTY && year % 5 === 0) process.stderr.write(`\r${year} years`); };
  const settings = { seed, years, firstYear, intensity };
  const healthy = await healthyYears(defaultPolicy(plan), { ...settings, onYear: said });
  // Weakened policies fail often, and outages are many a year: a tenth of the time counts them well enough.
  const fewer = { ...settings, years: Math.max(1, Math.round(years / 10)) };
  const others: Healthy[] = [];
  for (const policy of values.only ? [] : [...weakenedPolicies(plan), withFailures(plan, plan.detection.failuresToSuspect + 1)]) others.push(await healthyYears(policy, fewer));
  const outages = values.only ? [] : await outageYears(defaultPolicy(plan), fewer);
  const result: Study = { seed, detection: plan.detection, healthy, others, outages, seconds: (performance.now() - startedAt) / 1000 };
  process.stdout.write(values.json ? `${JSON.stringify(result, null, 2)}\n` : studyTable(result));
  process.exitCode = healthy.failovers.length > 0 ? 1 : 0;
}

async function beyond(): Promise<void> {
  const policies = [defaultPolicy(plan), withFailures(plan, plan.detection.failuresToSuspect + 1)];
  const rows = [];
  for (const episode of EPISODES) {
    const confirmed = [];
    for (const policy of policies) confirmed.push({ policy: policy.name, ...await confirmedOf(episode, policy.plan, seed, number('episodes', 1)) });
    rows.push({ what: episode.what, confirmed });
  }
  process.stdout.write(values.json ? `${JSON.stringify(rows, null, 2)}\n` : beyondTable(rows));
}
