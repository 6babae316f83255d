// The plan of the simulated application: the repository's own example, so that the defaults which people get are the ones that are
// tested. A scenario may change single fields.
import { readFileSync } from 'node:fs';
import type { HookPlan, HookPoint } from '../domain/hooks.ts';
import type { ApplicationPlan, DatabasePlan, Region, TrafficStrategy } from '../domain/plan.ts';
import { parsePlans } from '../events/config.ts';
import { GLOBAL, INTERNET } from './places.ts';

export interface PlanChanges {
  readonly approval?: 'none' | 'required';
  readonly approvalDefault?: 'hold' | 'proceed' | 'abort';
  readonly approvalTimeoutSeconds?: number;
  readonly unprovenFence?: 'hand-over' | 'proceed';
  readonly permitsEnforced?: boolean;
  readonly rpoSeconds?: number;
  readonly rtoSeconds?: number;
  readonly promoteTimeoutSeconds?: number;
  readonly cooldownSeconds?: number;
  readonly databases?: readonly string[];
  /** Which of them are Aurora global databases. */
  readonly aurora?: readonly string[];
  /** Database -> those that must have moved before it. */
  readonly after?: Readonly<Record<string, readonly string[]>>;
  /** Database -> whose users' shard it is: its writer is there at first. */
  readonly shards?: Readonly<Record<string, 'home' | 'standby'>>;
  readonly healthChecks?: boolean;
  readonly databaseOutageSeconds?: number;
  /** With others than `weighted-records` the records have health checks. */
  readonly strategies?: readonly TrafficStrategy[];
  readonly strategyTimeoutSeconds?: number;
  /** False: servers go to the database that their permit names. */
  readonly recordLeads?: boolean;
  /** Point -> is it required; the hook has the name of its point. */
  readonly hooks?: Readonly<Record<string, boolean>>;
}

let example: ApplicationPlan | undefined;
function examplePlan(): ApplicationPlan {
  example ??= parsePlans(readFileSync(new URL('../hotshift.example.yml', import.meta.url), 'utf8')).applications[0];
  if (example === undefined) throw new Error('hotshift.example.yml has no application');
  return example;
}

export function simulatedPlan(changes: PlanChanges = {}): ApplicationPlan {
  const plan = examplePlan();
  const [database] = plan.databases;
  if (database === undefined) throw new Error('hotshift.example.yml has no database');
  const promoteTimeoutSeconds = changes.promoteTimeoutSeconds ?? 240;
  const names = changes.databases ?? [database.name];
  return {
    ...plan,
    detection: { ...plan.detection, databaseOutageSeconds: changes.databaseOutageSeconds ?? plan.detection.databaseOutageSeconds },
    permit: { ...plan.permit, enforced: changes.permitsEnforced ?? plan.permit.enforced },
    budgets: { rpoSeconds: changes.rpoSeconds ?? plan.budgets.rpoSeconds, rtoSeconds: changes.rtoSeconds ?? plan.budgets.rtoSeconds },
    policy: {
      ...plan.policy, approval: changes.approval ?? plan.policy.approval, approvalDefault: changes.approvalDefault ?? plan.policy.approvalDefault,
      approvalTimeoutSeconds: changes.approvalTimeoutSeconds ?? plan.policy.approvalTimeoutSeconds,
      unprovenFence: changes.unprovenFence ?? plan.policy.unprovenFence, cooldownSeconds: changes.cooldownSeconds ?? plan.policy.cooldownSeconds,
    },
    ...(changes.hooks === undefined ? {} : { hooks: hooksOf(plan, changes.hooks) }),
    drills: {
      ...plan.drills, holdSeconds: 240, patienceSeconds: 180,
      load: { factor: 2, functionArns: Object.fromEntries(plan.regions.map((region) => [region, `arn:aws:lambda:${region}:111122223333:function:make-load`])) },
    },
    databases: names.map((name) => ({ ...database, ...recordOf(name, database, changes), ...shapeOf(name, plan, changes), name, promoteTimeoutSeconds, failback: { compare: [{ table: 'orders', key: ['id'], writtenAt: 'written_at' }], rebuildTimeoutSeconds: 1800 } })),
    ...(changes.strategies?.includes('routing-control') === true ? { routingControls: { endpoints: [], controls: Object.fromEntries(plan.regions.map((region) => [region, region])) } } : {}),
    traffic: plan.traffic.map((traffic) => ({
      ...traffic, strategies: changes.strategies ?? traffic.strategies, strategyTimeoutSeconds: changes.strategyTimeoutSeconds ?? traffic.strategyTimeoutSeconds,
      endpoints: Object.fromEntries(Object.entries(traffic.endpoints).map(([region, endpoint]) =>
        [region, changes.healthChecks === true || changes.strategies !== undefined ? { ...endpoint, healthCheckId: `check-${region}` } : endpoint])),
    })),
  };
}

const hooksOf = (plan: ApplicationPlan, points: Readonly<Record<string, boolean>>): readonly HookPlan[] => Object.entries(points).map(([point, required]) => ({
  name: point, point: point as HookPoint, required, timeoutSeconds: 5, functionArns: Object.fromEntries(plan.regions.map((region) => [region, `arn:aws:lambda:${region}:111122223333:function:hook`])),
}));

function shapeOf(name: string, { regions: [home, standby] }: ApplicationPlan, { aurora, after, shards }: PlanChanges): Partial<DatabasePlan> {
  const [shard, before] = [shards?.[name], after?.[name]];
  return {
    ...(aurora?.includes(name) === true ? { kind: 'aurora-global', globalCluster: `${name}-global` } : {}),
    ...(before === undefined ? {} : { after: before }), ...(shard === undefined ? {} : { shardOf: shard === 'home' ? home : standby }),
  };
}

/** Each database has a record of its own, as the rules of the configuration demand. */
function recordOf(name: string, { name: first, writerRecord }: DatabasePlan, { recordLeads }: PlanChanges): Pick<DatabasePlan, 'writerRecord'> {
  if (writerRecord === undefined) return {};
  return { writerRecord: { ...writerRecord, ...(name === first ? {} : { name: `${name}-writer.shop.internal` }), ...(recordLeads === undefined ? {} : { leads: recordLeads }) } };
}

/** Names that hold for any plan: `home` has the writer at first. */
export function roles(plan: ApplicationPlan): { readonly home: Region; readonly standby: Region; readonly witness: Region } {
  const [home, standby] = plan.regions;
  return { home, standby, witness: plan.witness };
}

export type PlaceName = 'home' | 'standby' | 'witness' | 'internet' | 'us-east-1';
/** Where a named place of a scenario is. */
export const placeOf = (plan: ApplicationPlan, name: PlaceName): string => ({ ...roles(plan), internet: INTERNET, 'us-east-1': GLOBAL })[name];
