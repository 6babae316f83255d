// Is the one table a lock: strong over three places, with replicas that work and items that stay?
import type { Finding, TableDetails } from '../../domain/inventory.ts';
import type { Region } from '../../domain/plan.ts';
import { finding, type FindingId } from './catalogue.ts';

export const TABLE_FINDINGS: readonly FindingId[] = ['table-missing', 'table-not-strong', 'table-replicas', 'table-expiry', 'table-no-recovery', 'table-unprotected'];

/** `places`: the pair and the witness; each must have a replica that can be read and written. */
export function tableFindings(name: string, region: Region, places: readonly Region[], found: TableDetails | undefined): readonly Finding[] {
  const place = { region, subject: name };
  if (found === undefined || !['ACTIVE', 'UPDATING'].includes(found.status)) return [finding('table-missing', place, found === undefined ? 'DynamoDB knows no such table' : `status ${found.status}`)];
  const when = (fails: boolean, id: FindingId, evidence: string): readonly Finding[] => (fails ? [finding(id, place, evidence)] : []);
  const lacking = places.filter((other) => found.replicas[other] !== 'ACTIVE');
  const replicas = Object.entries(found.replicas).map(([other, status]) => `${other} ${status}`).join(', ');
  return [
    ...when(found.consistency !== 'STRONG', 'table-not-strong', `MultiRegionConsistency is ${found.consistency}`),
    ...when(lacking.length > 0, 'table-replicas', `${lacking.join(', ')} lacking; there are ${replicas}`),
    ...when(found.expiry !== 'DISABLED', 'table-expiry', `TimeToLiveStatus is ${found.expiry}`),
    ...when(found.pointInTimeRecovery !== 'ENABLED', 'table-no-recovery', `PointInTimeRecoveryStatus is ${found.pointInTimeRecovery}`),
    ...when(!found.isDeletionProtected, 'table-unprotected', 'DeletionProtectionEnabled is false'),
  ];
}
