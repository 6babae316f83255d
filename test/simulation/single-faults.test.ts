// Exhaustive before random: every port call of the steps on every path goes wrong in every way, once each. No invariant is violated,
// and what may pass passes: only a clear "no" and an answer that cannot be read hand the work over to people.
// HOTSHIFT_EXHAUSTIVE=1 runs all kinds on all calls of all paths; without it each call of the plain failover gets two kinds, in turn,
// one of them a crash, and every eighth call of the other paths one.
import { beforeAll, describe, expect, test } from '@jest/globals';
import { CALL_FAULTS, type CallFaultKind } from '../../simulator/calls.ts';
import { PLAIN_OUTAGE, callSites, withFault, type CallSite } from '../../simulator/exhaustive.ts';
import type { Fault } from '../../simulator/faults.ts';
import { simulatedPlan } from '../../simulator/plan.ts';
import type { RunOptions, RunResult } from '../../simulator/simulate.ts';

const ALL = process.env['HOTSHIFT_EXHAUSTIVE'] === '1';
const SEED = Number(process.env['HOTSHIFT_SEED'] ?? 1);
/** The step stops for these, on purpose: retrying cannot help, or the answer is unknown and therefore unsafe. */
const CLEAR: ReadonlySet<CallFaultKind> = new Set(['denied', 'garbage']);
const CRASHES: readonly CallFaultKind[] = ['crash-before', 'crash-after'];
const OTHERS = CALL_FAULTS.filter((kind) => !CRASHES.includes(kind));

interface Single { readonly site: CallSite; readonly kind: CallFaultKind; readonly result: RunResult }
interface Path {
  readonly options: RunOptions;
  /** Only the calls of these; all when absent. */
  readonly steps?: readonly string[];
  /** Calls that must be among those that are put to the test. */
  readonly calls: readonly string[];
  /** As the run without a fault ends. */
  readonly isComplete: (result: RunResult) => boolean;
  /** How it may end after a clear no or garbage, if not completely; nothing half done may be left unsaid. */
  readonly isSafe: (result: RunResult) => boolean;
}

const yes = [60, 90, 120, 150, 240, 330].map((at): Fault => ({ at, do: 'answer approval', decision: 'approve' }));
const isMoved = ({ outcome, promoted, writer, world }: RunResult): boolean =>
  outcome === 'Failed over' && promoted.length === world.plan.databases.length && writer === world.plan.regions[1];
const isHandedOver = ({ outcome, reason }: RunResult): boolean => outcome === 'Handed to a human' && /AccessDenied|Unexpected end of JSON/.test(reason);
const isUntouched = ({ destructive }: RunResult): boolean => destructive.length === 0;
const failover = (options: Omit<RunOptions, 'seed'>): Path => ({
  options: { seed: SEED, ...options }, isComplete: isMoved, isSafe: isHandedOver,
  calls: ['claim leases.replace', 'fence intents.record', 'promote database.promote', 'promote database.writeProbe', 'shift permits.grant', 'shift traffic.setWeights', 'conclude leases.replace'],
});

const PATHS: Readonly<Record<string, Path>> = {
  'a plain failover': failover({ faults: PLAIN_OUTAGE }),
  'a failover of two databases': failover({ faults: PLAIN_OUTAGE, plan: simulatedPlan({ databases: ['orders', 'stock'] }) }),
  'a failover that asks for approval': failover({ faults: [...PLAIN_OUTAGE, ...yes], seconds: 420, plan: simulatedPlan({ approval: 'required', approvalTimeoutSeconds: 120 }) }),
  'a failover by the agent\'s proof, without permits': failover({ faults: [{ at: 20, do: 'application', place: 'home', fault: 'down' }], checksPermits: false, plan: simulatedPlan({ permitsEnforced: false }) }),
  'a failover out of the region without the writer': {
    options: { seed: SEED, faults: [{ at: 20, do: 'isolate', place: 'standby', for: 60 }] }, calls: ['verify observations.list', 'shift traffic.setWeights', 'conclude journal.record'],
    isComplete: ({ outcome, promoted, writer, world }) => outcome === 'Failed over' && promoted.length === 0 && writer === world.plan.regions[0], isSafe: isHandedOver,
  },
  'a stand-down': {
    options: { seed: SEED, faults: [{ at: 20, for: 60, do: 'cut', from: 'witness', to: 'home' }, { at: 30, do: 'start', place: 'witness', evacuate: 'home', mode: 'automatic', name: 'by-suspicion' }] }, calls: ['verify observations.list', 'conclude journal.record'],
    isComplete: (result) => isUntouched(result) && ['Stood down', 'died'].includes(result.outcome),
    isSafe: (result) => isUntouched(result) && ['Stood down', 'Handed to a human', 'died'].includes(result.outcome),
  },
  'a drill': {
    options: { seed: SEED, faults: [{ at: 25, do: 'drill', place: 'standby', evacuate: 'home', seconds: 60 }] }, calls: ['prepare traffic.read', 'shift traffic.setWeights', 'settle leases.replace'],
    isComplete: ({ drill, promoted, destructive }) => promoted.length === 0 && destructive.every((call) => !/promote|fence|permits/.test(call)) && ['Drill passed', 'Drill stopped'].includes(drill?.outcome ?? ''),
    isSafe: ({ drill, promoted }) => promoted.length === 0 && ['Drill passed', 'Drill stopped', 'Drill refused', 'Handed to a human', 'died'].includes(drill?.outcome ?? ''),
  },
  'a failback': {
    options: { seed: SEED, seconds: 900, plan: simulatedPlan({ cooldownSeconds: 60 }), faults: [{ at: 25, for: 70, do: 'crash', place: 'home' }, { at: 200, do: 'ack' }, { at: 210, do: 'failback' }] },
    steps: ['survey', 'rebuild', 'compare'], calls: ['survey permits.read', 'rebuild replicas.setAside', 'rebuild replicas.create', 'rebuild intents.lift', 'compare rows.held'],
    isComplete: ({ failbacks, writer, world }) => failbacks.at(-1)?.outcome === 'Failed back' && writer === world.plan.regions[0],
    isSafe: ({ failbacks }) => ['Failed back', 'Stood down', 'Handed to a human'].includes(failbacks.at(-1)?.outcome ?? ''),
  },
};

describe.each(Object.entries(PATHS))('every single fault of %s', (name, { options, steps, calls, isComplete, isSafe }) => {
  const runs: Single[] = [];
  let made: readonly CallSite[] = [];
  beforeAll(async () => {
    made = (await callSites(options)).filter(({ step }) => steps?.includes(step) ?? true);
    for (const [index, site] of made.entries()) {
      for (const kind of kindsFor(index, name === 'a plain failover')) runs.push({ site, kind, result: await withFault(options, site, kind) });
    }
  }, 3_600_000);

  test('it makes the calls that are put to the test', () => {
    expect(made.map(({ step, port }) => `${step} ${port}`)).toEqual(expect.arrayContaining([...calls]));
  });

  test('no invariant is violated', () => {
    expect(runs.filter(({ result }) => result.violations.length > 0).map(described)).toEqual([]);
  });

  test('what may pass by itself, and a crash at any call, ends as if nothing had happened', () => {
    expect(runs.filter(({ kind, result }) => !CLEAR.has(kind) && !isComplete(result)).map(described)).toEqual([]);
  });

  test('a clear no or an unreadable answer ends completely, or safely and with the reason; never half', () => {
    const clear = runs.filter(({ kind }) => CLEAR.has(kind));
    if (ALL) expect(clear.length).toBeGreaterThan(10);
    expect(clear.filter(({ result }) => !isComplete(result) && !isSafe(result)).map(described)).toEqual([]);
  });
});

function kindsFor(index: number, isPlain: boolean): readonly CallFaultKind[] {
  if (ALL) return CALL_FAULTS;
  if (!isPlain && index % 8 !== 0) return [];
  if (!isPlain) return [CALL_FAULTS[(index + SEED) % CALL_FAULTS.length] ?? 'fails'];
  return [OTHERS[index % OTHERS.length] ?? 'fails', CRASHES[index % CRASHES.length] ?? 'crash-after'];
}

const described = ({ site, kind, result }: Single): string =>
  `seed ${result.seed}: ${kind} on call ${site.turn + 1} of ${site.port} by ${site.step}: ${result.outcome}: ${result.reason}; drill ${JSON.stringify(result.drill)}; failbacks ${JSON.stringify(result.failbacks)}; ${result.destructive.join(', ')}; ${result.violations.map((entry) => `${entry.invariant}: ${entry.what}`).join('; ')}`;
