// The first states of statemachines/failover.asl.yaml, with the production verb and noun in them: Verify outage, Outage confirmed?, Wait
// for evidence, Claim lease. Whoever gets past them acts; here that is counted. A test holds this loop against the real file.
import { TryAgainError } from '../../domain/errors.ts';
import type { Failover } from '../../domain/journal.ts';
import type { Lease } from '../../domain/lease.ts';
import type { ApplicationPlan, Instant, Region } from '../../domain/plan.ts';
import type { Suspicion } from '../../domain/ports.ts';
import { claimable } from '../../functions/claim/claimable.ts';
import { verify, type VerifyResult } from '../../functions/verify/verify.ts';
import type { VirtualClock } from '../clock.ts';
import { chance } from './chance.ts';
import type { Table } from './table.ts';
import type { Weather } from './weather.ts';

/** A transition and a warm Lambda; one in twenty starts cold. Assumptions, as in simulator/lambdas.ts. */
const WARM_MS: readonly [number, number] = [60, 300];
const COLD_MS: readonly [number, number] = [400, 1500];
/** `Retry` of the task. */
const RETRY = { intervalSeconds: 1, attemptsMax: 5, delaySecondsMax: 8 };

export interface Ending {
  readonly at: Instant;
  readonly evacuated: Region;
  readonly kind: 'down' | 'healthy' | 'undecided' | 'handed over';
  readonly reason: string;
  /** Only of `down`: did it get the lease, that is, would it have acted? */
  readonly claimed: boolean;
}

export interface WorkflowWorld {
  readonly clock: VirtualClock;
  readonly weather: Weather;
  readonly table: Table;
  readonly plan: ApplicationPlan;
  readonly seed: number;
  readonly lease: { current: Lease };
}

export async function runWorkflow(world: WorkflowWorld, suspicion: Suspicion, place: Region, name: string): Promise<Ending> {
  const { clock, plan } = world;
  const startedAt = clock.now();
  const failover: Failover = { application: plan.application, execution: name, evacuated: suspicion.region, incident: suspicion.incident, mode: 'automatic', startedAt };
  const ending = (kind: Ending['kind'], reason: string, claimed = false): Ending => ({ at: clock.now(), evacuated: suspicion.region, kind, reason, claimed });
  for (;;) {
    const result = await verified(world, failover, place);
    if (result === undefined) return ending('handed over', 'the evidence could not be read');
    if (result.verdict.kind === 'down') return ending('down', result.verdict.reason, claims(world, failover, place));
    if (result.nextCheckAt === undefined) return ending(result.verdict.kind, result.verdict.reason);
    await until(world, Date.parse(result.nextCheckAt));
  }
}

async function verified(world: WorkflowWorld, failover: Failover, place: Region): Promise<VerifyResult | undefined> {
  const { clock, weather, table, plan } = world;
  const from = { clock, weather, place, agent: false };
  const ports = {
    observations: table.storesFor(from).observations,
    journal: { record: () => table.call(from, 'journal', () => undefined), list: () => Promise.resolve([]) },
    clock: { now: () => Math.round(clock.now() + weather.clockOffsetMs(place, clock.now())), sleep: () => Promise.resolve() },
  };
  for (let attempt = 0; ; attempt += 1) {
    await until(world, clock.now() + startMs(world));
    try {
      return await verify(ports, plan)({ failover });
    } catch (error) {
      if (!(error instanceof TryAgainError)) throw error;
      if (attempt >= RETRY.attemptsMax) return undefined;
      const delaySeconds = Math.min(RETRY.delaySecondsMax, RETRY.intervalSeconds * 2 ** attempt);
      await until(world, clock.now() + 1000 * delaySeconds * chance(world.seed, clock.now(), attempt, 21));
    }
  }
}

/** The gates of the claim. A failover ends in a cooldown; that a person has acknowledged it by then is assumed. */
function claims({ clock, weather, plan, lease }: WorkflowWorld, failover: Failover, place: Region): boolean {
  const now = Math.round(clock.now() + weather.clockOffsetMs(place, clock.now()));
  const decision = claimable(lease.current, failover, plan, now);
  if (decision.kind === 'refuse') return false;
  const { holder: _holder, ...free } = decision.next;
  lease.current = { ...free, cooldownUntil: now + plan.policy.cooldownSeconds * 1000 };
  return true;
}

function startMs({ seed, clock }: WorkflowWorld): number {
  const [low, high] = chance(seed, clock.now(), 0, 22) < 0.05 ? COLD_MS : WARM_MS;
  return Math.round(low + (high - low) * chance(seed, clock.now(), 0, 23));
}

function until({ clock }: WorkflowWorld, at: Instant): Promise<void> {
  return new Promise((resolve) => {
    clock.at(Math.round(at), () => {
      clock.touched();
      resolve();
    });
  });
}
