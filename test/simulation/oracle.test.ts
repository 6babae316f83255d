// The oracle can see: for each invariant a verb or a world is broken on purpose, and the oracle must say so, by name. The same
// schedule with the production code must stay silent, so that it is the breakage which is seen.
import { describe, expect, test } from '@jest/globals';
import type { ApplicationPlan, Region } from '../../domain/plan.ts';
import type { Ports } from '../../domain/ports.ts';
import type { Fault } from '../../simulator/faults.ts';
import { simulate, type RunOptions } from '../../simulator/simulate.ts';
import { productionSteps, type StepName, type StepRun } from '../../simulator/steps.ts';

const CRASH: readonly Fault[] = [{ at: 25, do: 'crash', place: 'home' }];
/** The region serves nobody, but its servers and its database live on. */
const ALIVE_BUT_DOWN: readonly Fault[] = [{ at: 25, do: 'application', place: 'home', fault: 'down' }];

type Change = (ports: Ports, plan: ApplicationPlan, place: Region, input: { readonly failover?: { readonly execution: string }; readonly epoch?: number }) => { readonly ports?: Partial<Ports>; readonly plan?: ApplicationPlan };
/** The production verb with other ports or another plan. */
function broken(name: StepName, change: Change): { readonly [Name in StepName]?: (typeof productionSteps)[StepName] } {
  const { input, output, run } = productionSteps[name];
  const wrapped: StepRun = (ports, plan, place) => (given) => {
    const changed = change(ports, plan, place, given);
    return run({ ...ports, ...changed.ports }, changed.plan ?? plan, place)(given);
  };
  return { [name]: { input, output, run: wrapped } };
}

/** A verb that does something else altogether. */
const replaced = (name: StepName, run: StepRun) => ({ [name]: { ...productionSteps[name], run } });

interface FenceInput { readonly failover: { readonly application: string; readonly evacuated: Region; readonly execution: string }; readonly epoch: number; readonly database: string }
/** Says that all is fenced and withdraws nothing: a fence that lies. */
const lyingFence: StepRun = (ports) => async (given) => {
  const { failover, epoch, database } = given as FenceInput;
  await ports.leases.read(failover.application);
  const at = ports.clock.now();
  await ports.journal.record({ execution: failover.execution, application: failover.application, at, step: 'Fence writer', kind: 'intent', epoch, summary: 'fence' });
  const intent = { application: failover.application, database, region: failover.evacuated, epoch, recordedAt: at, execution: failover.execution };
  await ports.intents.record(intent);
  await ports.intents.recordProof(intent, { at, networkClosed: true, sessionsEnded: 0, detail: 'trust me' });
  return { fence: 'fenced', proof: 'trust me' };
};

interface Sabotage { readonly invariant: string; readonly what: string; readonly faults: readonly Fault[]; readonly options: Partial<RunOptions> }
const SABOTAGES: readonly Sabotage[] = [
  { invariant: 'I1', what: 'a fence that only says so, and no agent that would close anything', faults: [...ALIVE_BUT_DOWN, { at: 0, do: 'no agents', place: 'home', agent: 'enforce' }], options: { steps: replaced('fence', lyingFence) } },
  { invariant: 'I2', what: 'a world in which the replica is promoted behind the back of the writer', faults: [], options: {
    seconds: 60, prepare: (world) => void world.clock.after(30_000, () => world.pairs[0]?.leaveRecovery(world.plan.regions[1])),
  } },
  {
    invariant: 'I3', what: 'a promotion that does not report what may be lost', faults: [{ at: 1, do: 'lag', seconds: 8 }, { at: 60, do: 'crash', place: 'home' }],
    options: { steps: { ...broken('promote', (ports) => ({ ports: { journal: { ...ports.journal, record: ({ evidence: _evidence, ...entry }) => ports.journal.record(entry) } } })), ...broken('conclude', (ports) => ({ ports: { journal: { ...ports.journal, record: ({ evidence, ...entry }) => ports.journal.record({ ...entry, evidence: { ...(evidence as object), lossWindow: undefined } }) } } })) } },
  },
  {
    invariant: 'I4', what: 'steps that know no RPO', faults: [{ at: 1, do: 'lag', seconds: 50 }, { at: 80, do: 'crash', place: 'home' }],
    options: { steps: { ...broken('assess', (_, plan) => ({ plan: { ...plan, budgets: { ...plan.budgets, rpoSeconds: 1e9 } } })), ...broken('promote', (_, plan) => ({ plan: { ...plan, budgets: { ...plan.budgets, rpoSeconds: 1e9 } } })) } },
  },
  {
    invariant: 'I5', what: 'a shift that remembers its lease instead of reading it', faults: CRASH,
    options: { steps: broken('shift', (ports, plan, _, { failover, epoch = 0 }) => ({ ports: { leases: {
      ...ports.leases, replace: () => Promise.resolve(true),
      read: () => Promise.resolve({ application: plan.application, epoch, holder: failover?.execution ?? '', expiresAt: Number.MAX_SAFE_INTEGER, acknowledgementDue: false }),
    } } })) },
  },
  { invariant: 'I6', what: 'a table that takes a smaller epoch', faults: [], options: {
    seconds: 40, prepare: (world) => void world.clock.after(30_000, () => {
      world.table.replaceLease(world.table.lease, { ...world.table.lease, epoch: 5 }, 'sabotage');
      world.table.replaceLease(world.table.lease, { ...world.table.lease, epoch: 4 }, 'sabotage');
    }),
  } },
  {
    invariant: 'I7', what: 'a verification that takes one vantage point for a quorum', faults: [{ at: 25, for: 60, do: 'cut', from: 'witness', to: 'home', bothWays: true }],
    options: { steps: broken('verify', (_, plan) => ({ plan: { ...plan, detection: { ...plan.detection, quorum: 1 } } })) },
  },
  {
    invariant: 'I8', what: 'monitors that do not notice that they are sick',
    faults: [{ at: 15, do: 'cut', from: 'witness', to: 'internet' }, { at: 15, do: 'cut', from: 'standby', to: 'internet' }, { at: 25, do: 'crash', place: 'home' }],
    options: { steps: broken('observe', (ports) => ({ ports: { prober: { ...ports.prober, reachesControl: async (url, seconds) => (await ports.prober.reachesControl(url, seconds)) || true } } })) },
  },
  { invariant: 'I9', what: 'a fence that only says so', faults: ALIVE_BUT_DOWN, options: { steps: replaced('fence', lyingFence) } },
  {
    invariant: 'I10', what: 'a shift in the wrong direction', faults: CRASH,
    options: { steps: broken('shift', (ports, plan) => ({ ports: { traffic: { ...ports.traffic, setWeights: (changes) => ports.traffic.setWeights(changes.map(({ traffic }) => ({ traffic, weights: { [plan.regions[0]]: 100, [plan.regions[1]]: 0 } }))) } } })) },
  },
  {
    invariant: 'I12', what: 'a conclusion that asks nobody to acknowledge',
    faults: [{ at: 25, for: 60, do: 'crash', place: 'home' }, { at: 160, do: 'application', place: 'standby', fault: 'down' }, { at: 120, do: 'no agents', place: 'home', agent: 'enforce' }, { at: 125, do: 'open network', place: 'home' }],
    options: { seconds: 240, steps: broken('conclude', (ports) => ({ ports: { leases: { ...ports.leases, replace: (seen, { cooldownUntil: _until, ...next }) => ports.leases.replace(seen, { ...next, acknowledgementDue: false }) } } })) },
  },
  {
    invariant: 'I13', what: 'a claim that is blind for a pause', faults: [{ at: 10, do: 'pause', seconds: 900 }, ...CRASH],
    options: { steps: broken('claim', (ports) => ({ ports: { leases: {
      read: async (application) => {
        const { pausedUntil: _until, ...lease } = await ports.leases.read(application);
        return lease;
      },
      replace: async (_, next) => ports.leases.replace(await ports.leases.read(next.application), next),
    } } })) },
  },
  {
    // Two executions in their verification; whoever writes the second abort has forgotten the first.
    invariant: 'I13', what: 'a second abort that takes back the first', faults: [
      { at: 1, do: 'events', lost: 1 }, { at: 20, do: 'crash', place: 'home' },
      { at: 28, do: 'start', place: 'standby', evacuate: 'home', mode: 'automatic', name: 'one' }, { at: 28, do: 'start', place: 'witness', evacuate: 'home', mode: 'automatic', name: 'other' },
      { at: 29, do: 'abort', execution: 'one' }, { at: 29.2, do: 'abort', execution: 'other' },
    ],
    options: { prepare: (world) => void world.clock.after(29_300, () => world.table.replaceLease(world.table.lease, { ...world.table.lease, abortExecution: 'other' }, 'a person')) },
  },
  {
    invariant: 'I14', what: 'a verification that never makes up its mind', faults: [{ at: 25, for: 30, do: 'cut', from: 'witness', to: 'home', bothWays: true }],
    options: { steps: replaced('verify', (ports) => () => Promise.resolve({
      verdict: { kind: 'undecided', reason: 'hm', final: false, votes: { down: 0, healthy: 0, abstained: 0, silent: 3, needed: 2, of: 3 } }, nextCheckAt: new Date(ports.clock.now() + 20_000).toISOString(),
    })) },
  },
  {
    invariant: 'I15', what: 'a fence that writes no intent', faults: CRASH,
    options: { steps: broken('fence', (ports) => ({ ports: { journal: { ...ports.journal, record: (entry) => (entry.kind === 'intent' ? Promise.resolve() : ports.journal.record(entry)) } } })) },
  },
  {
    invariant: 'I18', what: 'a fence that asks the region that is being left', faults: CRASH,
    options: { steps: broken('fence', (ports, plan) => ({ ports: { permits: { ...ports.permits, read: async (application, database) => {
      const [first] = plan.databases;
      if (first !== undefined) await ports.database.describe(first, plan.regions[0]).catch(() => undefined);
      return ports.permits.read(application, database);
    } } } })) },
  },
];

describe('the oracle sees what is broken on purpose', () => {
  test.each(SABOTAGES.map((entry) => [entry.invariant, entry.what, entry] as const))('%s: %s', async (invariant, _what, { faults, options }) => {
    const found = await simulate({ seed: 5, faults, ...options });
    expect(found.violations.map((entry) => entry.invariant)).toContain(invariant);
    const { steps: _steps, prepare: _prepare, ...same } = options;
    const control = await simulate({ seed: 5, faults, ...same });
    expect(control.violations).toEqual([]);
  }, 120_000);

  test('a violation says when and what, and its run has a story', async () => {
    const found = await simulate({ seed: 5, faults: ALIVE_BUT_DOWN, steps: replaced('fence', lyingFence) });
    const violation = found.violations.find((entry) => entry.invariant === 'I9');
    expect(violation?.what).toMatch(/orders is promoted in eu-central-1 while orders-\S+ may write in eu-west-1/);
    expect(found.story).toMatch(/FAULT {5}application home/);
    expect(found.story).toMatch(/lease {5}epoch 1 to event-\d+/);
  });
});
