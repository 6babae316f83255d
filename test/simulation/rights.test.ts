// What the simulator saw each function ask of its ports, held against what its role allows. The simulator's ports are the domain's own;
// what a port's method sends to AWS is read in its adapter (test/unit/resources/sdk-calls.ts). Nothing is missing, and what no run
// used has its reason. The twin does the same with calls on the wire (test/twin/run.test.ts).
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { functionNames } from '../../resources/functions.ts';
import { permissionsOf } from '../../resources/permissions.ts';
import { simulatedPlan } from '../../simulator/plan.ts';
import { simulate } from '../../simulator/simulate.ts';
import { faultsOf, planOf, scenarioForm } from '../scenarios/scenario.ts';
import { actionsOf, SourceCalls } from '../unit/resources/sdk-calls.ts';
import { wholePlans } from '../unit/resources/whole-plans.ts';

/** Stories of test/scenarios that together make every function of a workflow do all that it does. */
const STORIES = [
  'a-region-dies-and-the-other-takes-over', 'a-region-that-returns-is-fenced', 'a-partitioned-writer-lapses-before-the-promotion', 'a-person-approves',
  'route-53s-api-is-down-and-the-data-plane-moves-the-traffic', 'no-routing-control-answers-and-the-switch-moves-the-users', 'routing-controls-move-the-users', 'a-drill-moves-all-users-and-brings-them-back',
  'a-failback-brings-the-writer-home-without-a-loss', 'lost-writes-stop-a-failback-until-a-person-accepts-them', 'chat-is-down',
  'a-required-hook-says-no-before-the-fence', 'an-aurora-region-dies-and-the-other-takes-over',
];
/** What the simulator models as a call of its own and is a part of a port's method. */
const PART_OF: Readonly<Record<string, string>> = { 'messenger.topic': 'messenger.send', 'permits.renewals': 'permits.read' };
/** Functions that the simulator does not run, and rights that it has no port for, each with its reason. */
const UNSEEN: readonly (readonly [who: RegExp, action: RegExp, reason: string])[] = [
  [/^(hear|answer|rehearse|watch)$/, /./, 'not simulated: Slack, health checkers, the rehearsal and the watch have tests of their own'],
  [/^(archive|track)$/, /./, 'no part of a workflow: what comes after its end has tests of its own, and the twin\'s drill'],
  [/^warm$/, /^(ssm|sns):/, 'no story has sessions: test/unit/warm'],
  [/^muster$/, /./, 'an evacuation runs in a world of many applications: test/simulation/evacuation.test.ts'],
];

const plans = wholePlans;
const granted = (who: string): ReadonlySet<string> => new Set([...plans.applications[0]!.regions, plans.applications[0]!.witness].flatMap((place) => permissionsOf(who, place, plans)).flatMap(({ Action }) => Action));

describe('rights over the simulator\'s runs', () => {
  const seen = new Map<string, Set<string>>();
  let source: SourceCalls;
  beforeAll(async () => {
    source = new SourceCalls(functionNames());
    for (const story of STORIES) {
      const scenario = scenarioForm.parse(parse(readFileSync(new URL(`../scenarios/${story}.yaml`, import.meta.url), 'utf8')));
      await simulate({
        seed: 1, faults: faultsOf(scenario), plan: simulatedPlan(planOf(scenario)), checksPermits: scenario.given.checksPermits ?? true, ...(scenario.given.seconds === undefined ? {} : { seconds: scenario.given.seconds }),
        onFact: (fact) => {
          if (fact.kind !== 'called' || fact.caller.kind === 'person') return;
          const { caller: { label }, port } = fact;
          seen.set(label, (seen.get(label) ?? new Set()).add(PART_OF[port] ?? port));
        },
      });
    }
  }, 240_000);
  const known = new Map<string, readonly string[]>();
  const sentBy = (port: string): readonly string[] => {
    const actions = known.get(port) ?? source.ofPort(port).flatMap(actionsOf);
    known.set(port, actions);
    return actions;
  };
  const used = (who: string): ReadonlySet<string> => new Set([...seen.get(who) ?? []].flatMap(sentBy));

  test('nothing is missing: what a function was seen to ask for, its role allows', () => {
    const missing = [...seen.keys()].flatMap((who) => [...seen.get(who) ?? []].flatMap((port) => sentBy(port).filter((action) => !granted(who).has(action)).map((action) => `${who}: ${port} sends ${action}`)));
    expect(missing).toEqual([]);
  });

  test('nothing is unused but for a reason: every function ran, and used what its role allows', () => {
    const idle = functionNames().flatMap((who) => [...granted(who)].filter((action) => !used(who).has(action) && !UNSEEN.some(([whose, which]) => whose.test(who) && which.test(action))).map((action) => `${who} ${action}`));
    expect(idle).toEqual([]);
    expect(UNSEEN.filter(([whose, which]) => !functionNames().some((who) => whose.test(who) && [...granted(who)].some((action) => which.test(action))))).toEqual([]);
  });

  test('it would see a right that is missing: a role of another step does not allow what promotion does', () => {
    expect([...used('promote')].filter((action) => !granted('fence').has(action))).toContain('rds:PromoteReadReplica');
  });
});
