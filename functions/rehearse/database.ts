// Is an instance fit to be promoted, and are the two of a pair alike? RDS's own words, held against the plan.
import type { Finding, InstanceDetails } from '../../domain/inventory.ts';
import { traitsOf } from '../../domain/kinds.ts';
import type { DatabasePlan, Region } from '../../domain/plan.ts';
import { finding, type FindingId } from './catalogue.ts';

/** Statuses that end by themselves and during which RDS refuses a promotion. */
const PASSING: ReadonlySet<string> = new Set(['backing-up', 'modifying', 'rebooting', 'upgrading', 'maintenance', 'configuring-enhanced-monitoring', 'storage-config-upgrade']);
/** `storage-optimization` follows a change of storage for hours; the instance works meanwhile (RDS guide, status). */
const WORKING: ReadonlySet<string> = new Set(['available', 'storage-optimization']);

export const INSTANCE_FINDINGS: readonly FindingId[] = [
  'database-missing', 'database-not-available', 'database-backing-up', 'database-host', 'database-no-backups', 'database-not-encrypted', 'database-unprotected',
  'database-single-zone', 'database-parameters-pending', 'database-security-group', 'aurora-headless',
];
export const DRIFT_FINDINGS: readonly FindingId[] = ['database-version-drift', 'database-class-drift', 'aurora-version-mismatch'];

/** What one instance alone shows. */
export function instanceFindings(database: DatabasePlan, region: Region, found: InstanceDetails | undefined): readonly Finding[] {
  const planned = database.instances[region];
  if (planned === undefined) return [];
  const place = { region, subject: planned.identifier };
  if (found === undefined) return [finding('database-missing', place, `RDS knows no ${planned.identifier} in ${region}`)];
  const when = (fails: boolean, id: FindingId, evidence: string): readonly Finding[] => (fails ? [finding(id, place, evidence)] : []);
  const passing = PASSING.has(found.status);
  const pending = found.parameterGroups.filter(({ status }) => status !== 'in-sync');
  const others = found.securityGroupIds.filter((group) => group !== planned.securityGroupId);
  return [
    ...when(passing, 'database-backing-up', `status ${found.status}`),
    ...when(!passing && !WORKING.has(found.status), 'database-not-available', `status ${found.status}`),
    ...when(found.host !== planned.host, 'database-host', `RDS says ${found.host ?? 'nothing'}, the plan ${planned.host}`),
    ...when(found.backupRetentionDays === 0, 'database-no-backups', 'backup retention 0 days'),
    ...when(!found.isEncrypted, 'database-not-encrypted', 'StorageEncrypted is false'),
    ...when(!found.isDeletionProtected, 'database-unprotected', 'DeletionProtection is false'),
    ...when(!found.isMultiZone, 'database-single-zone', 'MultiAZ is false'),
    ...when(found.memberCount === 0, 'aurora-headless', 'the cluster has no instance'),
    ...when(pending.length > 0, 'database-parameters-pending', pending.map(({ name, status }) => `${name}: ${status}`).join(', ')),
    ...when(!found.securityGroupIds.includes(planned.securityGroupId), 'database-security-group', `it has ${found.securityGroupIds.join(', ') || 'none'}, the plan closes ${planned.securityGroupId}`),
    ...when(found.securityGroupIds.includes(planned.securityGroupId) && others.length > 0, 'database-security-group', `besides ${planned.securityGroupId} it has ${others.join(', ')}`),
  ];
}

/** What differs between the two. */
export function driftFindings(database: DatabasePlan, regions: readonly [Region, Region], [one, other]: readonly [InstanceDetails, InstanceDetails]): readonly Finding[] {
  const place = { region: 'global', subject: database.name } as const;
  const differ = (id: FindingId, left: string, right: string): readonly Finding[] =>
    (left === right ? [] : [finding(id, place, `${regions[0]} ${left}, ${regions[1]} ${right}`)]);
  return [
    // A read replica of another version works; a managed failover of a global database is refused.
    ...differ(traitsOf(database).isSwitchover ? 'aurora-version-mismatch' : 'database-version-drift', one.engineVersion, other.engineVersion),
    ...differ('database-class-drift', one.instanceClass, other.instanceClass),
  ];
}

type Parameters = Readonly<Record<string, string>>;
/** Shown at most; the rest is counted. */
const NAMES_MAX = 8;

/** Parameters that somebody set otherwise in one region than in the other. */
export function parameterFindings(database: DatabasePlan, regions: readonly [Region, Region], [one, other]: readonly [Parameters, Parameters]): readonly Finding[] {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => one[name] !== other[name]).sort();
  if (names.length === 0) return [];
  const shown = names.slice(0, NAMES_MAX).map((name) => `${name} ${one[name] ?? 'default'} / ${other[name] ?? 'default'}`).join(', ');
  const rest = names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : '';
  return [finding('database-parameters-drift', { region: 'global', subject: database.name }, `${regions.join(' / ')}: ${shown}${rest}`)];
}

export const keyFindings = (id: 'database-key-disabled' | 'secret-key-disabled', region: Region, subject: string, state: string | undefined): readonly Finding[] =>
  (state === 'Enabled' ? [] : [finding(id, { region, subject }, state === undefined ? 'KMS knows no such key' : `key state ${state}`)]);
