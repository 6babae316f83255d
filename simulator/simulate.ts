// One run: a world from a seed, a schedule of faults, the oracle looking on, and what came of it. The run lasts until all faults are
// over, every execution has ended and a quiet time has passed.
import type { Outcome } from '../domain/journal.ts';
import type { ApplicationPlan, Region } from '../domain/plan.ts';
import type { Announcement } from '../domain/ports.ts';
import { schedule, type Fault } from './faults.ts';
import type { Dated } from './facts.ts';
import { lostWrites } from './invariants/history.ts';
import { Oracle, type Violation } from './oracle.ts';
import { simulatedPlan } from './plan.ts';
import type { Steps } from './steps.ts';
import { Story } from './story.ts';
import { EPOCH_MS, World } from './world.ts';

export interface RunOptions {
  readonly seed: number;
  readonly faults: readonly Fault[];
  readonly plan?: ApplicationPlan;
  readonly steps?: Partial<Steps>;
  readonly checksPermits?: boolean;
  /** At least so long, in simulated seconds. */
  readonly seconds?: number;
  /** Sabotage, for tests of the oracle. */
  readonly prepare?: (world: World) => void;
  readonly onFact?: (fact: Dated, world: World) => void;
}

export interface Ending { readonly execution: string; readonly evacuated: Region; readonly outcome: Outcome | 'died' | 'failed' | 'running'; readonly reason: string; readonly seconds: number }

export interface RunResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** What stands out: a failover or a hand-over before a stand-down. */
  readonly outcome: Outcome | 'none' | 'died' | 'failed' | 'running';
  readonly reason: string;
  readonly endings: readonly Ending[];
  /** How the last drill ended; drills are not among the endings. */
  readonly drill: { readonly outcome: string; readonly reason: string } | undefined;
  /** How the failbacks ended, in their order; they are not among the endings. */
  readonly failbacks: readonly { readonly outcome: string; readonly reason: string }[];
  /** Regions whose replica left recovery. */
  readonly promoted: readonly Region[];
  /** Who may be written to at the end, by the permits; undefined while withdrawn. */
  readonly writer: Region | undefined;
  readonly lost: number;
  readonly acknowledged: number;
  readonly told: readonly Announcement[];
  /** Destructive port calls that took effect. */
  readonly destructive: readonly string[];
  readonly story: string;
  readonly simulatedSeconds: number;
  readonly events: number;
  readonly world: World;
}

/** Before the first fault everything has been seen healthy. */
const QUIET_AFTER_MS = 20_000;
/** An outer bound on all executions (their own is 7,200 s, and their place may freeze), so that a run always ends. */
const LONGEST_MS = 11_000_000;

export async function simulate(options: RunOptions): Promise<RunResult> {
  const { seed, faults, plan = simulatedPlan() } = options;
  const world = new World({ seed, plan, ...(options.steps === undefined ? {} : { steps: options.steps }), checksPermits: options.checksPermits ?? true });
  const [oracle, story] = [new Oracle(world), new Story(EPOCH_MS)];
  excuse(oracle, plan, options.checksPermits ?? true, faults);
  const acknowledged: { readonly id: number; readonly database: string }[] = [];
  const [promoted, destructive]: [Region[], string[]] = [[], []];
  world.facts.listen((fact) => {
    story.note(fact);
    if (fact.kind === 'acknowledged') acknowledged.push(fact);
    if (fact.kind === 'promoted') promoted.push(fact.region);
    if (fact.kind === 'acted' && fact.caller.kind === 'step' && fact.port !== 'leases.replace') destructive.push(fact.port);
    options.onFact?.(fact, world);
  });
  options.prepare?.(world);
  world.start();
  schedule(world, oracle, faults, EPOCH_MS);
  await untilQuiet(world, oracle, faults, options.seconds ?? 0);
  world.pairs.forEach((pair) => pair.advance());
  oracle.atEnd();
  const endings = endingsOf(world);
  const { outcome, reason } = standingOut(endings);
  const permits = [...world.table.permits.values()];
  return {
    seed, violations: oracle.violations, outcome, reason, endings, drill: drillEnding(world), failbacks: failbackEndings(world), promoted, destructive, story: story.text(), told: world.messages.told,
    writer: permits.every((permit) => !permit.withdrawn) ? permits[0]?.writer : undefined,
    lost: world.pairs.reduce((sum, { name }) => sum + lostWrites(world, name, acknowledged.filter((entry) => entry.database === name)).length, 0),
    acknowledged: acknowledged.length, simulatedSeconds: (world.clock.now() - EPOCH_MS) / 1000, events: world.clock.events, world,
  };
}

async function untilQuiet(world: World, oracle: Oracle, faults: readonly Fault[], seconds: number): Promise<void> {
  const lastFault = Math.max(seconds, ...faults.map((fault) => fault.at + (fault.for ?? 0)));
  const each = (): void => oracle.afterEvent();
  await world.clock.runUntil(EPOCH_MS + lastFault * 1000 + QUIET_AFTER_MS, each);
  const longest = EPOCH_MS + lastFault * 1000 + LONGEST_MS;
  const idle = (): boolean => world.executions.running.every((run) => world.places.state(run.place) !== 'up');
  while (!idle() && world.clock.now() < longest) {
    // Only executions are awaited: users need not write on for two hours.
    await world.clock.runUntil(Math.min(longest, world.clock.now() + 10_000), each, idle);
  }
}

/** By their own documents these worlds do not keep some invariants. */
function excuse(oracle: Oracle, plan: ApplicationPlan, checksPermits: boolean, faults: readonly Fault[]): void {
  if (plan.policy.unprovenFence === 'proceed') for (const invariant of ['I1', 'I2', 'I3', 'I9']) oracle.excused.set(invariant, 'policy.unprovenFence is "proceed"');
  if (plan.permit.enforced && !checksPermits) for (const invariant of ['I1', 'I2', 'I3', 'I9']) oracle.excused.set(invariant, 'the plan says that permits are checked and the application does not');
  // What was lost in it must be reported all the same (I3).
  if (!plan.permit.enforced && faults.some((fault) => fault.do === 'open network')) for (const invariant of ['I1', 'I2']) oracle.excused.set(invariant, 'without permits, what others open again is open until the agent closes it');
}

const failoversOf = (world: World) => [...world.executions.runs.values()].filter(({ drill, failback }) => drill === undefined && failback === undefined);

function drillEnding(world: World): RunResult['drill'] {
  const last = [...world.executions.runs.values()].filter(({ drill }) => drill !== undefined).at(-1);
  return last === undefined ? undefined : { outcome: last.outcome ?? 'running', reason: last.reason ?? '' };
}

const failbackEndings = (world: World): RunResult['failbacks'] =>
  [...world.executions.runs.values()].filter(({ failback }) => failback).map(({ outcome = 'running', reason = '' }) => ({ outcome, reason }));

function endingsOf(world: World): readonly Ending[] {
  return failoversOf(world).map((run) => ({
    execution: run.name, evacuated: run.evacuated, outcome: (run.outcome ?? 'running') as Ending['outcome'], reason: run.reason ?? '',
    seconds: ((run.endedAt ?? world.clock.now()) - run.startedAt) / 1000,
  }));
}

const ORDER = ['failed', 'Failed over', 'Handed to a human', 'running', 'Stood down', 'died'] as const;
function standingOut(endings: readonly Ending[]): { readonly outcome: RunResult['outcome']; readonly reason: string } {
  for (const outcome of ORDER) {
    const found = endings.find((ending) => ending.outcome === outcome);
    if (found !== undefined) return { outcome, reason: found.reason };
  }
  return { outcome: 'none', reason: '' };
}
