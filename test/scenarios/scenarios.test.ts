// Directed stories, one file each: the name of the file is the sentence that must hold. Every scenario runs the production steps and
// the deployed state machine in the simulator, under the oracle, with several seeds: what holds by luck of one order does not hold.
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { roles, simulatedPlan } from '../../simulator/plan.ts';
import { simulate, type RunResult } from '../../simulator/simulate.ts';
import { faultsOf, planOf, scenarioForm, type Scenario } from './scenario.ts';

const SEEDS = (process.env['HOTSHIFT_SEEDS'] ?? '1,2').split(',').map(Number);
const folder = new URL('./', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml')).sort();
const scenarios = files.map((name) => ({
  name: name.replace(/\.yaml$/, '').replaceAll('-', ' '),
  scenario: scenarioForm.parse(parse(readFileSync(new URL(name, folder), 'utf8'))),
}));

describe('scenarios', () => {
  for (const { name, scenario } of scenarios) {
    const run = scenario.knownHole === undefined ? test : test.failing;
    run(name, async () => {
      for (const seed of scenario.given.seeds ?? SEEDS) judge(scenario, await play(scenario, seed));
    }, 240_000);
  }

  test('at least a hundred, and forty of them end with nothing destructive done', () => {
    const harmless = scenarios.filter(({ scenario }) => scenario.then.destroyed === 'nothing');
    expect(scenarios.length).toBeGreaterThanOrEqual(100);
    expect(harmless.length).toBeGreaterThanOrEqual(40);
  });
});

function play(scenario: Scenario, seed: number): Promise<RunResult> {
  const { checksPermits, seconds } = scenario.given;
  return simulate({
    seed, faults: faultsOf(scenario), plan: simulatedPlan(planOf(scenario)), checksPermits: checksPermits ?? true,
    ...(seconds === undefined ? {} : { seconds }),
  });
}

function usersOf({ world }: RunResult): string {
  const { home, standby } = roles(world.plan);
  const [traffic] = world.plan.traffic;
  const stored = world.names.stored.get(traffic?.recordName ?? '') ?? {};
  if (stored[standby] === 0) return 'home';
  if (stored[home] === 0) return 'standby';
  return Object.entries(traffic?.endpoints ?? {}).every(([region, { weight }]) => stored[region] === weight) ? 'as planned' : JSON.stringify(stored);
}

const writersOf = ({ world }: RunResult, named: (region: string | undefined) => string): Readonly<Record<string, string>> =>
  Object.fromEntries([...world.table.permits.values()].map(({ database, writer, withdrawn }) => [database, named(withdrawn ? undefined : writer)]));

/** One comparison, so that a failure shows the whole picture and the story. */
function judge({ then }: Scenario, result: RunResult): void {
  const { home, standby } = roles(result.world.plan);
  const named = (region: string | undefined): string => (region === undefined ? 'nobody' : region === home ? 'home' : region === standby ? 'standby' : region);
  // One outage is one failover, and its end leads all users to the new writer, unless the story says otherwise.
  const isPlain = then.outcome === 'Failed over' && (then.promoted === 'standby' || then.promoted === 'home') && then.writer === then.promoted && then.failbacks === undefined && then.drill === undefined;
  const failovers = then.failovers ?? (isPlain ? 1 : undefined);
  const users = then.users ?? (isPlain ? then.promoted as 'standby' | 'home' : undefined);
  const titles = result.told.map((announcement) => announcement.title).join(' | ');
  const took = result.endings.find((ending) => ending.outcome === result.outcome)?.seconds ?? 0;
  const found = {
    violations: result.violations.map((entry) => `${entry.invariant}: ${entry.what}`),
    outcome: result.outcome,
    failovers: failovers === undefined ? undefined : result.endings.filter(({ outcome }) => outcome === 'Failed over').length,
    drill: then.drill === undefined ? undefined : result.drill?.outcome,
    drillReason: then.drillReason === undefined || result.drill?.reason.includes(then.drillReason) === true ? 'as expected' : result.drill?.reason,
    failbacks: then.failbacks === undefined ? undefined : result.failbacks.map(({ outcome }) => outcome),
    failbackReason: then.failbackReason === undefined || result.failbacks.at(-1)?.reason.includes(then.failbackReason) === true ? 'as expected' : result.failbacks.at(-1)?.reason,
    records: then.records === undefined ? undefined : result.world.drills.map(({ mode, outcome }) => `${mode}: ${outcome}`),
    users: users === undefined ? undefined : usersOf(result),
    reason: then.reason === undefined || result.reason.includes(then.reason) ? 'as expected' : result.reason,
    promoted: [...new Set(result.promoted)].map(named).join(' and ') || 'nobody',
    writer: then.writer === 'each its own' ? then.writer : named(result.writer),
    writers: then.writers === undefined ? undefined : writersOf(result, named),
    touched: (then.untouched ?? []).filter((name) => result.world.table.permits.get(name)?.epoch !== 0 || [...result.world.table.intents.values()].some((order) => order.database === name)),
    destroyed: then.destroyed === 'nothing' ? result.destructive : [],
    lost: result.lost <= then.lostMax ? 'as expected' : `${result.lost} acknowledged writes`,
    untold: then.told.filter((part) => !titles.includes(part)),
    toldAnyway: then.notTold.filter((part) => titles.includes(part)),
    took: then.withinSeconds === undefined || took <= then.withinSeconds ? 'as expected' : `${took} s`,
    homeNetwork: then.homeNetwork === undefined ? undefined : result.world.pairs.every((pair) => !pair.in(home).networkOpen) ? 'closed' : 'open',
  };
  const wanted = {
    violations: [], outcome: then.outcome, failovers, drill: then.drill, drillReason: 'as expected', failbacks: then.failbacks, failbackReason: 'as expected', records: then.records, users, reason: 'as expected', promoted: then.promoted, writer: then.writer, writers: then.writers, touched: [], destroyed: [],
    lost: 'as expected', untold: [], toldAnyway: [], took: 'as expected', homeNetwork: then.homeNetwork,
  };
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    throw new Error(`seed ${result.seed}: found ${JSON.stringify(found, undefined, 2)}\nwanted ${JSON.stringify(wanted, undefined, 2)}\nstory:\n${result.story}`);
  }
  expect(found).toEqual(wanted);
}
