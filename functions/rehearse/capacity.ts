// Is there room in a region for the load of both? Services as they are, and quotas against what a failover would add.
import type { ConcurrencyDetails, Finding, QuotaDetails, ServiceDetails } from '../../domain/inventory.ts';
import { roomFor, type ServiceCapacity } from '../../domain/capacity.ts';
import type { Region } from '../../domain/plan.ts';
import { finding, type FindingId } from './catalogue.ts';

export const SERVICE_FINDINGS: readonly FindingId[] = ['service-missing', 'service-below-baseline', 'service-short'];
export const QUOTA_FINDINGS: readonly FindingId[] = ['quota-fargate', 'capacity-not-fargate'];

/** Fargate On-Demand vCPU resource count (Service Quotas, service `fargate`). */
export const FARGATE_QUOTA = { service: 'fargate', code: 'L-3032A538' } as const;
/** What Lambda keeps free of reservations (Lambda guide, reserved concurrency). */
const UNRESERVED_LEAST = 100;

export function serviceFindings(capacity: ServiceCapacity, region: Region, found: ServiceDetails | undefined): readonly Finding[] {
  const planned = capacity.services[region];
  if (planned === undefined) return [];
  const place = { region, subject: `${planned.cluster}/${planned.service}` };
  if (found?.status !== 'ACTIVE') return [finding('service-missing', place, found === undefined ? 'ECS knows no such service' : `status ${found.status}`)];
  return [
    ...(found.desired < planned.baseline ? [finding('service-below-baseline', place, `${found.desired} tasks wanted, the baseline is ${planned.baseline}`)] : []),
    ...(found.running < found.desired ? [finding('service-short', place, `${found.running} of ${found.desired} tasks run`)] : []),
  ];
}

/** Tasks that a failover would add: to the target that `scale` counts from the baseline. */
export function addedTasks(capacity: ServiceCapacity, region: Region, found: ServiceDetails): number {
  const baseline = capacity.services[region]?.baseline ?? 0;
  return Math.max(0, roomFor(capacity, baseline) - found.desired);
}

/** All services of a region together must fit into what is left of the quota. */
export function quotaFindings(region: Region, services: readonly { readonly capacity: ServiceCapacity; readonly found: ServiceDetails }[], quota: QuotaDetails): readonly Finding[] {
  const fargate = services.filter(({ found }) => /^FARGATE/.test(found.launchType));
  const others = services.filter((entry) => !fargate.includes(entry)).map(({ capacity, found }) =>
    finding('capacity-not-fargate', { region, subject: capacity.name }, `launch type ${found.launchType}`));
  if (fargate.length === 0) return others;
  const added = fargate.reduce((sum, { capacity, found }) => sum + addedTasks(capacity, region, found) * (found.vcpuPerTask ?? 0), 0);
  // Without a published usage the tasks of the plan are the least that is used.
  const used = quota.used ?? fargate.reduce((sum, { found }) => sum + found.running * (found.vcpuPerTask ?? 0), 0);
  const evidence = `${used} of ${quota.limit} vCPUs are used${quota.used === undefined ? ' at least' : ''}; a failover adds ${added}`;
  return [...others, ...(used + added > quota.limit ? [finding('quota-fargate', { region, subject: FARGATE_QUOTA.code }, evidence)] : [])];
}

/** Twice what Lambda insists on: the functions of the application have twice the load, too. */
export const concurrencyFindings = (region: Region, found: ConcurrencyDetails): readonly Finding[] =>
  (found.unreserved >= 2 * UNRESERVED_LEAST ? [] : [finding('quota-lambda', { region, subject: 'concurrent executions' }, `${found.unreserved} of ${found.limit} are not reserved`)]);
