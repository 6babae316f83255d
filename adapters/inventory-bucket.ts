// What a rehearsal reads of the bucket of records: its lock and whether the public is kept out. No record is read.
import { GetObjectLockConfigurationCommand, GetPublicAccessBlockCommand, S3Client } from '@aws-sdk/client-s3';
import type { Inventory } from '../domain/inventory.ts';
import { orAbsent } from './absent.ts';
import { clientSettings, perRegion } from './clients.ts';

/** The bucket is there, and has none. */
const WITHOUT_LOCK = 'ObjectLockConfigurationNotFoundError';

export function bucketInventory(): Pick<Inventory, 'bucket'> {
  const s3 = perRegion((region) => new S3Client({ ...clientSettings(region, 'reading'), useGlobalEndpoint: false }));
  return {
    async bucket(region, name) {
      const resource = `${name} in ${region}`;
      // A bucket that is not there is told from one without a lock by this call: it is the first.
      const access = await orAbsent({ action: 's3:GetBucketPublicAccessBlock', resource }, ['NoSuchBucket'], async () => {
        try {
          return (await s3(region).send(new GetPublicAccessBlockCommand({ Bucket: name }))).PublicAccessBlockConfiguration ?? {};
        } catch (error) {
          if (error instanceof Error && error.name === 'NoSuchPublicAccessBlockConfiguration') return {};
          throw error;
        }
      });
      if (access === undefined) return undefined;
      const { BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets } = access;
      const isClosed = [BlockPublicAcls, BlockPublicPolicy, IgnorePublicAcls, RestrictPublicBuckets].every((part) => part === true);
      const found = await orAbsent({ action: 's3:GetBucketObjectLockConfiguration', resource }, [WITHOUT_LOCK],
        async () => (await s3(region).send(new GetObjectLockConfigurationCommand({ Bucket: name }))).ObjectLockConfiguration);
      const { Mode: mode, Days: days, Years: years } = found?.Rule?.DefaultRetention ?? {};
      return { isClosed, ...(found?.ObjectLockEnabled !== 'Enabled' || mode === undefined ? {} : { lock: { mode: mode.toLowerCase(), days: days ?? (years ?? 0) * 365 } }) };
    },
  };
}
