// Will the record of a failover be kept where nobody can change it? A failover works without; what it did could be denied afterwards.
import type { BucketDetails, Finding } from '../../domain/inventory.ts';
import type { Region } from '../../domain/plan.ts';
import type { EvidencePlan } from '../../domain/records.ts';
import { finding, type FindingId } from './catalogue.ts';

export const BUCKET_FINDINGS: readonly FindingId[] = ['bucket-missing', 'bucket-no-lock', 'bucket-retention', 'bucket-open'];

export function bucketFindings(name: string, region: Region, found: BucketDetails | undefined, wanted: EvidencePlan): readonly Finding[] {
  const place = { region, subject: name };
  if (found === undefined) return [finding('bucket-missing', place, 'S3 knows no such bucket')];
  const { lock, isClosed } = found;
  // Compliance is more than governance, never less.
  const isWeaker = lock !== undefined && (lock.days < wanted.retentionDays || (wanted.mode === 'compliance' && lock.mode !== 'compliance'));
  return [
    ...(lock === undefined ? [finding('bucket-no-lock', place, 'it has no object lock with a default retention')] : []),
    ...(isWeaker ? [finding('bucket-retention', place, `${lock.mode} for ${lock.days} days, wanted ${wanted.mode} for ${wanted.retentionDays}`)] : []),
    ...(isClosed ? [] : [finding('bucket-open', place, 'its public access block does not block everything')]),
  ];
}
