// Are the secrets where they are needed, and the same on both sides? Versions are compared, never values: a rehearsal reads no login.
import type { Finding, SecretDetails } from '../../domain/inventory.ts';
import type { Region } from '../../domain/plan.ts';
import { finding, type FindingId } from './catalogue.ts';

export const SECRET_FINDINGS: readonly FindingId[] = ['secret-missing'];

export function secretFindings(secretId: string, region: Region, found: SecretDetails | undefined): readonly Finding[] {
  const place = { region, subject: secretId };
  if (found === undefined) return [finding('secret-missing', place, 'Secrets Manager knows no such secret')];
  if (found.isBeingDeleted) return [finding('secret-missing', place, 'it is being deleted')];
  return found.currentVersion === undefined ? [finding('secret-missing', place, 'it has no current value')] : [];
}

/** A replicated secret has the same versions everywhere; two secrets of one name do not. */
export function secretDriftFindings(database: string, regions: readonly [Region, Region], [one, other]: readonly [SecretDetails, SecretDetails]): readonly Finding[] {
  if (one.currentVersion === other.currentVersion) return [];
  return [finding('secret-differs', { region: 'global', subject: database }, `current versions ${short(one)} in ${regions[0]} and ${short(other)} in ${regions[1]}`)];
}

const short = ({ currentVersion }: SecretDetails): string => currentVersion?.slice(0, 8) ?? 'none';
