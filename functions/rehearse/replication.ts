// Who replicates from whom, does it go on, and how far behind is it? CloudWatch's lag is a second opinion: `watch` asks the replica itself.
import type { Finding, InstanceDetails } from '../../domain/inventory.ts';
import type { DatabasePlan, Region } from '../../domain/plan.ts';
import { finding, type FindingId } from './catalogue.ts';

export const REPLICATION_FINDINGS: readonly FindingId[] = ['replication-none', 'replication-stopped'];
export const LAG_FINDINGS: readonly FindingId[] = ['replication-lag', 'replication-lag-unknown'];

type Found = Readonly<Record<Region, InstanceDetails | undefined>>;

/** The region of the replica, when exactly one of the two replicates from the other. */
export function replicaRegion(database: DatabasePlan, found: Found): Region | undefined {
  const replicas = Object.keys(database.instances).filter((region) => follows(database, region, found));
  return replicas.length === 1 && sources(database, found).length === 1 ? replicas[0] : undefined;
}

/** The region of the instance that replicates from nothing, when there is exactly one. */
export function writerRegion(database: DatabasePlan, found: Found): Region | undefined {
  const writers = Object.keys(database.instances).filter((region) => found[region] !== undefined && found[region].source === undefined);
  return writers.length === 1 ? writers[0] : undefined;
}

export function replicationFindings(database: DatabasePlan, found: Found): readonly Finding[] {
  const replica = replicaRegion(database, found);
  if (replica === undefined) return [finding('replication-none', { region: 'global', subject: database.name }, shape(database, found))];
  const state = found[replica]?.replication;
  if (state?.isNormal === true) return [];
  const subject = found[replica]?.identifier ?? database.name;
  return [finding('replication-stopped', { region: replica, subject }, state === undefined ? 'RDS shows no state of read replication' : `read replication is ${state.status}`)];
}

export function lagFindings(database: DatabasePlan, replica: Region, lagSeconds: number | undefined, rpoSeconds: number): readonly Finding[] {
  const place = { region: replica, subject: database.instances[replica]?.identifier ?? database.name };
  // RDS reports -1 when replication is not active (RDS guide, ReplicaLag).
  if (lagSeconds === undefined || lagSeconds < 0) return [finding('replication-lag-unknown', place, lagSeconds === undefined ? 'no data of ReplicaLag in the last 15 minutes' : 'ReplicaLag is -1')];
  return lagSeconds <= rpoSeconds ? [] : [finding('replication-lag', place, `ReplicaLag up to ${lagSeconds.toFixed(1)} s; the RPO is ${rpoSeconds} s`)];
}

const sources = (database: DatabasePlan, found: Found): readonly string[] => Object.keys(database.instances).flatMap((region) => found[region]?.source ?? []);

/** Cross-region sources are named by ARN, in one region by identifier (RDS API, DBInstance). */
function follows(database: DatabasePlan, region: Region, found: Found): boolean {
  const source = found[region]?.source;
  return source !== undefined && Object.entries(database.instances).some(([other, planned]) => other !== region && (source === planned.arn || source === planned.identifier));
}

const shape = (database: DatabasePlan, found: Found): string => Object.keys(database.instances).map((region) =>
  `${region}: ${found[region] === undefined ? 'missing' : found[region].source === undefined ? 'replicates from nothing' : `replicates from ${found[region].source}`}`).join('; ');
